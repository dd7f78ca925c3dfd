//! Sends requests to Px and reads the answers. What changes something there is sent once, whatever comes back.

use super::answer::Answer;
use super::repeat::Repeatable;
use super::reply::{Reply, classify};
use super::request::Request;
use super::settings::{Endpoints, Settings, Timeouts};
use super::token::Tokens;
use super::without::without;
use crate::order::{Failure, Identity, Outcome, Secret, Timestamp};
use crate::wire::{
    self, Error, Exchange, Http, LONGEST_REPLY, Pace, Received, exchange, redact, retry_after,
};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Speaks to one environment of Px. Cheap to make: connections, certificates and the token come with the first call.
pub struct Client {
    pub(super) endpoints: Endpoints,
    timeouts: Timeouts,
    pub(super) http: Http,
    pub(super) tokens: Tokens,
    pace: Pace,
    /// The values of the configured headers, which may be keys: no answer quotes them.
    shown: Vec<Secret>,
}

impl Client {
    /// Checks the settings; reads the file of authorities if there is one, and does not touch the network.
    ///
    /// # Errors
    /// Names the setting that cannot be used.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let mut endpoints = Endpoints::new(&settings)?;
        let Settings { timeouts, transport, credentials, headers, .. } = settings;
        let authorities = std::mem::take(&mut endpoints.authorities);
        let http = Http::new(endpoints.are_plain(), timeouts.connect, endpoints.proxy.take(), authorities);
        let tokens = Tokens::new(endpoints.token.clone(), credentials);
        let pace = Pace::new(transport.requests_per_second);
        let shown = headers.into_iter().map(|(_, value)| value).collect();
        Ok(Self { endpoints, timeouts, http, tokens, pace, shown })
    }

    /// Sends `request`, which was made for `identity`. What changes something at Px (Send RCC, Complete Order) is sent
    /// exactly once: whether an outcome allows more is for the journal to know. What only asks (Retrieve RCC, Get RCC
    /// Acceptance) is sent again, within the same attempt and the same time, while Px says that it is busy: twice at
    /// most, after the pause that it asks for.
    pub async fn send(&self, request: &Request, identity: &Identity) -> Answer {
        self.send_after(request, identity, std::future::ready(Ok(()))).await
    }

    /// The same. When all is ready for a request that changes something to leave, `last_look` says whether it still may; it
    /// says why not otherwise.
    pub async fn send_after(
        &self,
        request: &Request,
        identity: &Identity,
        last_look: impl Future<Output = Result<(), String>>,
    ) -> Answer {
        tracing::debug!(bytes = request.body.len(), "request made");
        let started = Instant::now();
        let mut answer = match Repeatable::of(request.call) {
            None => self.once(request, identity, last_look).await,
            Some(repeatable) => self.ask(request, identity, repeatable).await,
        };
        answer.elapsed = started.elapsed();
        tracing::debug!(written = answer.written, "reply understood");
        answer
    }

    /// On a connection of its own, which is used for nothing else.
    async fn once(
        &self,
        request: &Request,
        identity: &Identity,
        last_look: impl Future<Output = Result<(), String>>,
    ) -> Answer {
        let limit = self.timeouts.of(request.call);
        // The token must not end while the call is under way.
        let (token, bearer) = match self.token(limit, limit).await {
            Ok(ready) => ready,
            Err(failure) => return Answer::without_reply(failure, Some(0)),
        };
        self.pace.turn().await;
        let Exchange { written, reply, .. } =
            self.http.send_once(self.wire(request, bearer), limit, last_look).await;
        self.understand(request, identity, reply, &token, Some(written)).await
    }

    /// Over a kept connection, and again while Px is busy.
    async fn ask(&self, request: &Request, identity: &Identity, mut repeatable: Repeatable) -> Answer {
        let limit = self.timeouts.of(request.call);
        let ready =
            async { Ok::<_, Failure>((self.http.shared().await?, self.token(Duration::ZERO, limit).await?)) };
        let (http, (token, bearer)) = match ready.await {
            Ok(ready) => ready,
            Err(failure) => return Answer::without_reply(failure, Some(0)),
        };
        self.pace.turn().await;
        let deadline = Instant::now() + limit;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let reply = exchange(http, self.wire(request, bearer.clone()), left, LONGEST_REPLY).await;
            let answer = self.understand(request, identity, reply, &token, None).await;
            let left = deadline.saturating_duration_since(Instant::now());
            let chance = getrandom::u32().unwrap_or_default();
            let Some(pause) = repeatable.pause(&answer, left, chance) else { return answer };
            tracing::debug!(
                status = answer.http_status,
                millis = pause.as_millis(),
                "Px is busy; asking again"
            );
            sleep(pause).await;
            self.pace.turn().await;
        }
    }

    /// A token with at least `need` left to live, and the header that shows it.
    async fn token(&self, need: Duration, limit: Duration) -> Result<(Secret, HeaderValue), Failure> {
        let token = self.tokens.get(self.http.shared().await?, need, limit).await?;
        let bearer = bearer(&token)?;
        Ok((token, bearer))
    }

    fn wire(&self, request: &Request, bearer: HeaderValue) -> reqwest::Request {
        let mut wire = reqwest::Request::new(reqwest::Method::POST, self.endpoints.of(request.call).clone());
        let headers = wire.headers_mut();
        headers.clone_from(&self.endpoints.headers);
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        *wire.body_mut() = Some(request.body.to_vec().into());
        wire
    }

    async fn understand(
        &self,
        request: &Request,
        identity: &Identity,
        reply: Result<Received, wire::Failure>,
        token: &Secret,
        written: Option<u64>,
    ) -> Answer {
        let received = match reply {
            Ok(received) => received,
            Err(failure) => return Answer::without_reply(failure.into(), written),
        };
        let Received { status, content_type, retry_after: asked, body, .. } = received;
        // No answer quotes a token. What is private of the order may be part of a number in the answer, so the answer is read
        // first.
        let body = redact(body, token.expose().as_bytes());
        let reply = Reply { status, content_type: content_type.as_deref(), body: &body };
        let private = request.private.iter().chain(&self.shown);
        let outcome = without(classify(request.call, &reply, identity), private);
        if matches!(outcome, Outcome::Failed(Failure::Credentials(_))) {
            self.tokens.forget(token).await;
        }
        let retry_after = asked.and_then(|text| retry_after(&text, Timestamp::now()));
        let outcome = and_wait(outcome, retry_after);
        Answer { outcome, http_status: Some(status), retry_after, written, elapsed: Duration::ZERO }
    }
}

/// Says for how long it asked to wait, where that is why there is no answer.
fn and_wait(outcome: Outcome, wait: Option<Duration>) -> Outcome {
    match (outcome, wait) {
        (Outcome::Failed(Failure::Unknown(why)), Some(wait)) => {
            Outcome::Failed(Failure::Unknown(format!("{why}; it asks to wait {} s", wait.as_secs())))
        }
        (outcome, _) => outcome,
    }
}

fn bearer(token: &Secret) -> Result<HeaderValue, Failure> {
    let text = zeroize::Zeroizing::new(format!("Bearer {}", token.expose()));
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| Failure::NotSent("the token that was issued does not fit a header".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_it_asks_to_wait_is_told_where_there_is_no_answer() {
        let unknown = || Outcome::Failed(Failure::Unknown("Px answered HTTP 429".into()));
        let why = |outcome| match outcome {
            Outcome::Failed(failure) => failure.why().to_owned(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            why(and_wait(unknown(), Some(Duration::from_secs(5)))),
            "Px answered HTTP 429; it asks to wait 5 s"
        );
        assert_eq!(why(and_wait(unknown(), None)), "Px answered HTTP 429");
        assert_eq!(and_wait(Outcome::NotAccepted, Some(Duration::ZERO)), Outcome::NotAccepted);
    }
}
