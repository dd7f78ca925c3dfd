//! One grant of a token, with client credentials (D): key and secret are shown to the token service, and to nobody else.

use super::credentials::{Credentials, Source};
use super::reply::fault;
use crate::order::{Failure, Secret, Timestamp, span};
use crate::text::quote;
use crate::wire::{self, Backoff, LONGEST_REPLY, Received, exchange, host, redact_text, retry_after};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::SignedDuration;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::url::Url;
use oauth2::{
    AccessToken, AsyncHttpClient, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, RefreshToken, RequestTokenError, Scope, StandardRevocableToken, TokenResponse, TokenUrl,
};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use zeroize::Zeroizing;

/// A token that was given.
pub struct Granted {
    pub token: Secret,
    /// How long it lives, if the service says so.
    pub life: Option<Duration>,
}

type Service = oauth2::Client<
    BasicErrorResponse,
    GatewayToken,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Has the service at `url` give a token, within `limit`.
///
/// # Errors
/// [`Failure::Credentials`] when key and secret are refused, or there are none; otherwise [`Failure::NotSent`], for the
/// call that needs the token has not been sent.
pub async fn grant(
    url: &Url,
    source: &Source,
    http: &reqwest::Client,
    limit: Duration,
) -> Result<Granted, Failure> {
    let no_token = |why: &str| Failure::NotSent(format!("no token: {why}"));
    let credentials = source.look_up().await.map_err(Failure::Credentials)?;
    let basic = basic(&credentials).ok_or_else(|| no_token("key and secret do not fit a header"))?;
    let Credentials { key, secret } = &credentials;
    let private = [key.clone(), secret.clone()];
    let sender =
        Sender { http: http.clone(), basic, private, limit, next_step: source.next_step().to_owned() };
    let given = service(url).exchange_client_credentials().request_async(&sender).await;
    let given = given.map_err(|error| match error {
        RequestTokenError::Request(Refused(failure)) => failure,
        RequestTokenError::ServerResponse(_) | RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            no_token(&format!("the reply of {} holds none that can be read", host(url)))
        }
    })?;
    let token = Secret::new(given.access_token().secret().as_str());
    if token.expose().trim().is_empty() {
        return Err(no_token(&format!("the one in the reply of {} is empty", host(url))));
    }
    // As every call carries it: visible, and one word.
    if !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(no_token(&format!(
            "the one in the reply of {} does not fit a header: it holds a blank, or what is not ASCII",
            host(url)
        )));
    }
    if let Some(other) = given.other_kind() {
        let why =
            format!("the one in the reply of {} is of the kind {}, not Bearer", host(url), quote(other));
        return Err(no_token(&why));
    }
    Ok(Granted { token, life: given.expires_in() })
}

/// The `oauth2` crate's side of it. The crate is not given key and secret, for it does not clear what it is given: [`Sender`]
/// shows them.
fn service(url: &Url) -> Service {
    oauth2::Client::new(ClientId::new(String::new()))
        .set_client_secret(ClientSecret::new(String::new()))
        .set_token_uri(TokenUrl::from_url(url.clone()))
}

/// `base64(key:secret)`, as documented (D). The crate would percent-encode both first, as RFC 6749 asks.
fn basic(credentials: &Credentials) -> Option<HeaderValue> {
    let Credentials { key, secret } = credentials;
    let pair = Zeroizing::new(format!("{}:{}", key.expose(), secret.expose()));
    let basic = Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&basic).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The `oauth2` crate's way out: sends its request once, over our own client.
struct Sender {
    http: reqwest::Client,
    basic: HeaderValue,
    /// Key and secret, which a refusal must not quote.
    private: [Secret; 2],
    limit: Duration,
    /// What to do when key and secret are refused.
    next_step: String,
}

impl<'c> AsyncHttpClient<'c> for Sender {
    type Error = Refused;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Refused>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let not_sent = |why: &str| Refused(Failure::NotSent(format!("no token: {why}")));
            let mut request = reqwest::Request::try_from(request)
                .map_err(|_| not_sent("the request for it cannot be made"))?;
            request.headers_mut().insert(AUTHORIZATION, self.basic.clone());
            let host = host(request.url());
            let received = self.ask(request).await.map_err(|failure| not_sent(failure.why()))?;
            let is_page = received.content_type.as_deref().is_some_and(|kind| kind.starts_with("text/html"));
            if received.status == 200 && is_page {
                Err(not_sent(&format!(
                    "{host} answered with a web page; is a proxy or its sign-in in the way?"
                )))
            } else if received.status == 200 {
                // Without its headers: a wrong content type is no reason to refuse a good token.
                Ok(HttpResponse::new(received.body))
            } else {
                Err(Refused(refusal(&received, &host, &self.next_step, |text| self.without_secrets(text))))
            }
        })
    }
}

impl Sender {
    /// The reply. A service that is busy, and says for how long, is asked again after that, where there is time for it: to ask for
    /// a token changes nothing.
    async fn ask(&self, request: reqwest::Request) -> Result<Received, wire::Failure> {
        let deadline = Instant::now() + self.limit;
        let mut backoff = Backoff::default();
        loop {
            // Its body is in memory, so there is always a copy.
            let Some(copy) = request.try_clone() else {
                return exchange(&self.http, request, self.limit, LONGEST_REPLY).await;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            let received = exchange(&self.http, copy, left, LONGEST_REPLY).await?;
            let left = deadline.saturating_duration_since(Instant::now());
            let asked = asked(&received).filter(|_| received.status == BUSY);
            let chance = getrandom::u32().unwrap_or_default();
            let Some(pause) = asked.and_then(|asked| backoff.pause(Some(asked), left, chance)) else {
                return Ok(received);
            };
            tracing::debug!(millis = pause.as_millis(), "the token service is busy; asking again");
            sleep(pause).await;
        }
    }

    /// What the service says, without what it was shown.
    fn without_secrets(&self, text: String) -> String {
        let pair = self.basic.to_str().ok().and_then(|basic| basic.strip_prefix("Basic "));
        self.private.iter().map(Secret::expose).chain(pair).fold(text, redact_text)
    }
}

/// Too many requests.
const BUSY: u16 = 429;

/// How long the service asks to be left alone.
fn asked(received: &Received) -> Option<Duration> {
    retry_after(received.retry_after.as_deref()?, Timestamp::now())
}

/// What a status other than 200 from the token service means. `clean` takes the secrets out of what it says.
fn refusal(received: &Received, host: &str, next_step: &str, clean: impl Fn(String) -> String) -> Failure {
    let said = serde_json::from_slice(&received.body).ok().and_then(|root| fault(&root));
    let said = said.map_or_else(String::new, |fault| {
        format!(" ({}: {})", quote(&clean(fault.code)), quote(&clean(fault.message)))
    });
    let status = received.status;
    match status {
        400 | 401 | 403 => Failure::Credentials(format!(
            "no token: {host} refused the consumer key and secret: HTTP {status}{said}{next_step}"
        )),
        404 | 405 => Failure::Credentials(format!(
            "no token: {host} has no token service there: HTTP {status}{said}; check `token_url`"
        )),
        300..=399 => Failure::NotSent(format!(
            "no token: {host} answered HTTP {status}, a redirect, and none is followed; check `token_url`"
        )),
        BUSY => {
            let asked = asked(received).and_then(|asked| SignedDuration::try_from(asked).ok());
            let pause = asked
                .map_or_else(String::new, |asked| format!(", and asks to be left alone for {}", span(asked)));
            Failure::NotSent(format!("no token: {host} is busy: HTTP {status}{said}{pause}"))
        }
        _ => Failure::NotSent(format!("no token: {host} answered HTTP {status}{said}")),
    }
}

/// A failure on its way through the `oauth2` crate.
#[derive(Debug)]
struct Refused(Failure);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.why())
    }
}

impl std::error::Error for Refused {}

/// The gateway's token reply: the lifetime comes as a text (G). Nothing else in it is used.
#[derive(Debug, Serialize, Deserialize)]
struct GatewayToken {
    access_token: AccessToken,
    /// Where it says something else than a text, it says nothing.
    #[serde(default)]
    token_type: serde_json::Value,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
}

impl GatewayToken {
    /// What it says to be where it is no bearer token. Such a gateway may write `BearerToken` (O), or nothing.
    fn other_kind(&self) -> Option<&str> {
        let kind = self.token_type.as_str()?.trim();
        (!kind.is_empty() && !kind.to_ascii_lowercase().contains("bearer")).then_some(kind)
    }
}

/// A number of seconds as a number or as a text; anything else counts as not said.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_u64().or_else(|| value.as_str()?.trim().parse().ok()))
}

impl TokenResponse for GatewayToken {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }
    fn token_type(&self) -> &BasicTokenType {
        &BasicTokenType::Bearer
    }
    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(Duration::from_secs)
    }
    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }
    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// What a reply of the token service comes to, for the fuzz target; part of no other build.
#[cfg(fuzzing)]
pub fn read(status: u16, body: Vec<u8>) -> Result<(Secret, Option<Duration>), Failure> {
    if status != 200 {
        let received = Received {
            status,
            content_type: None,
            location: None,
            link: None,
            range: None,
            retry_after: None,
            date: None,
            body,
        };
        return Err(refusal(&received, "the host", "", |text| text));
    }
    let token: GatewayToken =
        serde_json::from_slice(&body).map_err(|_| Failure::NotSent("no token".to_owned()))?;
    Ok((Secret::new(token.access_token().secret().as_str()), token.expires_in()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lifetime_may_be_a_number_a_text_or_missing() {
        let life = |json: &str| {
            let text = format!(r#"{{"access_token":"t"{json}}}"#);
            serde_json::from_str::<GatewayToken>(&text).unwrap().expires_in().map(|d| d.as_secs())
        };
        assert_eq!(life(r#","expires_in":"1799","token_type":"BearerToken""#), Some(1799));
        assert_eq!(life(r#","expires_in":1799"#), Some(1799));
        for unsaid in ["", r#","expires_in":null"#, r#","expires_in":"soon""#, r#","expires_in":-1"#] {
            assert_eq!(life(unsaid), None, "{unsaid}");
        }
    }

    #[test]
    fn only_another_kind_of_token_is_none_of_ours() {
        let other = |kind: &str| {
            let text = format!(r#"{{"access_token":"t"{kind}}}"#);
            serde_json::from_str::<GatewayToken>(&text).unwrap().other_kind().map(str::to_owned)
        };
        for bearer in [
            "",
            r#","token_type":"Bearer""#,
            r#","token_type":"BearerToken""#,
            r#","token_type":null"#,
            r#","token_type":7"#,
        ] {
            assert_eq!(other(bearer), None, "{bearer}");
        }
        assert_eq!(other(r#","token_type":"MAC""#).as_deref(), Some("MAC"));
    }

    #[test]
    fn a_service_that_is_busy_says_for_how_long() {
        let reply = Received {
            status: BUSY,
            content_type: None,
            location: None,
            link: None,
            range: None,
            retry_after: Some("7200".to_owned()),
            date: None,
            body: Vec::new(),
        };
        let busy = refusal(&reply, "h", "", |text| text);
        assert_eq!(busy.why(), "no token: h is busy: HTTP 429, and asks to be left alone for 120 min");
    }

    #[test]
    fn a_short_secret_that_is_echoed_is_not_told() {
        let sender = Sender {
            http: wire::local_client().unwrap(),
            basic: HeaderValue::from_static("Basic azphYmM="),
            private: [Secret::new("k1"), Secret::new("abc")],
            limit: Duration::ZERO,
            next_step: String::new(),
        };
        let said = "abc of k1 (azphYmM=), abcdef".to_owned();
        assert_eq!(sender.without_secrets(said), "[redacted] of [redacted] ([redacted]), abcdef");
    }

    #[test]
    fn basic_is_the_base64_of_the_pair_as_it_is() {
        let credentials = Credentials { key: Secret::new("k/+="), secret: Secret::new("s%:ü") };
        let basic = basic(&credentials).unwrap();
        let pair = BASE64_STANDARD.decode(&basic.as_bytes()["Basic ".len()..]).unwrap();
        assert_eq!(pair, "k/+=:s%:ü".as_bytes());
        assert!(basic.is_sensitive());
    }

    #[test]
    fn what_a_refusal_says_to_do() {
        let reply = |status, body: &str| Received {
            status,
            content_type: None,
            location: None,
            link: None,
            range: None,
            retry_after: None,
            date: None,
            body: body.as_bytes().to_vec(),
        };
        let plain = |text| text;
        let invalid = r#"{"ErrorCode":"invalid_client","Error":"Client credentials are invalid"}"#;
        let refused = refusal(&reply(401, invalid), "h", "; login", plain);
        assert!(
            matches!(&refused, Failure::Credentials(why) if why.contains("invalid_client") && why.ends_with("; login")),
            "{refused:?}"
        );
        assert!(
            matches!(refusal(&reply(404, ""), "h", "; login", plain), Failure::Credentials(why) if why.ends_with("`token_url`"))
        );
        for status in [302, 429, 500, 503] {
            assert!(matches!(refusal(&reply(status, "<html>"), "h", "", plain), Failure::NotSent(_)));
        }
    }
}
