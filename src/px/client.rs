//! Sends a request to Px, once, and says what came of it.

use super::http::{Http, Received, exchange};
use super::settings::{Endpoints, Error, Settings, Timeouts};
use super::token::Tokens;
use super::{Reply, Request, classify};
use crate::order::{Call, Failure, Identity, Outcome, Secret, Timestamp};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// A text shorter than this is not blotted out of replies: it could be a code.
const SHORTEST_PRIVATE: usize = 8;

/// Speaks to one environment of Px. Cheap to make: connections, certificates and the token come with the first call.
pub struct Client {
    endpoints: Endpoints,
    timeouts: Timeouts,
    http: Http,
    tokens: Tokens,
    calls: AtomicU64,
}

/// What came of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub outcome: Outcome,
    /// The status of Px's reply; none when there was no whole reply.
    pub http_status: Option<u16>,
    /// How long Px asked us to wait before the next call.
    pub retry_after: Option<Duration>,
    /// From the start to the last byte, the fetching of a token included.
    pub elapsed: Duration,
}

impl Client {
    /// Checks the settings; touches neither network nor files.
    ///
    /// # Errors
    /// Names the setting that cannot be used.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let endpoints = Endpoints::new(&settings)?;
        let Settings { timeouts, credentials, .. } = settings;
        let http = Http::new(endpoints.are_plain(), timeouts.connect, timeouts.complete_order);
        let tokens = Tokens::new(endpoints.token.clone(), credentials);
        Ok(Self { endpoints, timeouts, http, tokens, calls: AtomicU64::new(1) })
    }

    /// Sends `request`, which was made for `identity`, exactly once. Never resends: whether an outcome allows that is
    /// for the journal to know.
    pub async fn send(&self, request: &Request, identity: &Identity) -> Answer {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let call = request.call.name();
        tracing::debug!(number, call, bytes = request.body.len(), "call starts");
        let started = Instant::now();
        let answer = match self.exchange(request).await {
            Err(failure) => Answer {
                outcome: Outcome::Failed(failure),
                http_status: None,
                retry_after: None,
                elapsed: started.elapsed(),
            },
            Ok((received, token)) => {
                let elapsed = started.elapsed();
                tracing::debug!(number, call, bytes = received.body.len(), "reply read");
                self.understand(request, identity, &received, &token, elapsed).await
            }
        };
        let (status, millis) = (answer.http_status, answer.elapsed.as_millis());
        tracing::debug!(number, call, status, millis, "call ends");
        answer
    }

    async fn exchange(&self, request: &Request) -> Result<(Received, Secret), Failure> {
        let call = request.call;
        let limit = self.timeouts.of(call);
        let shared = self.http.shared().await?;
        let (http, need) = match call {
            Call::RetrieveRcc | Call::SendRcc | Call::GetRccAcceptance => (shared, Duration::ZERO),
            // The token must not end while Complete is under way.
            Call::CompleteOrder => (self.http.for_complete().await?, limit),
        };
        let token = self.tokens.get(shared, need, limit).await?;
        let mut wire = reqwest::Request::new(reqwest::Method::POST, self.endpoints.of(call).clone());
        let headers = wire.headers_mut();
        headers.clone_from(&self.endpoints.headers);
        headers.insert(AUTHORIZATION, bearer(&token)?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        *wire.body_mut() = Some(request.body.to_vec().into());
        Ok((exchange(http, wire, limit).await?, token))
    }

    async fn understand(
        &self,
        request: &Request,
        identity: &Identity,
        received: &Received,
        token: &Secret,
        elapsed: Duration,
    ) -> Answer {
        let secrets = request.private.iter().chain([token]);
        let body = secrets.fold(received.body.clone(), |body, secret| blot(body, secret.expose().as_bytes()));
        let reply =
            Reply { status: received.status, content_type: received.content_type.as_deref(), body: &body };
        let outcome = classify(request.call, &reply, identity);
        if matches!(outcome, Outcome::Failed(Failure::Credentials(_))) {
            self.tokens.forget(token).await;
        }
        let retry_after = received.retry_after.as_deref().and_then(|text| pause(text, Timestamp::now()));
        Answer { outcome, http_status: Some(received.status), retry_after, elapsed }
    }
}

fn bearer(token: &Secret) -> Result<HeaderValue, Failure> {
    let text = zeroize::Zeroizing::new(format!("Bearer {}", token.expose()));
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| Failure::NotSent("the token that was issued does not fit a header".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// `body` with every `secret` in it made unreadable, so that a server's echo of it reaches no error, log or journal.
fn blot(body: Vec<u8>, secret: &[u8]) -> Vec<u8> {
    if secret.len() < SHORTEST_PRIVATE {
        return body;
    }
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body.as_slice();
    while let Some(at) = rest.windows(secret.len()).position(|window| window == secret) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(b"[redacted]");
        rest = &rest[at + secret.len()..];
    }
    out.extend_from_slice(rest);
    out
}

/// What `Retry-After` asks for: seconds, or an HTTP date seen from `now`.
fn pause(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()?;
    Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_seconds_or_a_date() {
        let now: Timestamp = "2015-10-21T07:27:30Z".parse().unwrap();
        assert_eq!(pause("90", now), Some(Duration::from_secs(90)));
        assert_eq!(pause("Wed, 21 Oct 2015 07:28:00 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(pause("Wed, 21 Oct 2015 07:27:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(pause("soon", now), None);
    }

    #[test]
    fn an_echoed_secret_is_blotted_out() {
        let body = br#"{"a":"card tok_12345, tok_12345"}"#.to_vec();
        assert_eq!(blot(body.clone(), b"tok_12345"), br#"{"a":"card [redacted], [redacted]"}"#);
        assert_eq!(blot(body.clone(), b"card"), body, "too short to be anything but a word");
    }
}
