//! Sends requests to the marketplace and reads what comes back. Each is sent once, whatever that is.

use super::key::Source;
use super::reply::{Reply, Sent, classify};
use super::request::Request;
use super::settings::{Endpoints, Settings};
use crate::kind::Timestamp;
use crate::order::Secret;
use crate::subscription::{Failure, Outcome};
use crate::wire::{Clocks, Error, Exchange, Http, Pace, Received, Server, http_date, redact, retry_after};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use std::time::Duration;
use tokio::time::Instant;

/// What came of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub outcome: Outcome,
    /// The status of the reply; none when there was no whole reply.
    pub status: Option<u16>,
    /// How long the marketplace asked us to wait before the next call.
    pub retry_after: Option<Duration>,
    /// The marketplace's clock when it answered, to the second.
    pub clock: Option<Timestamp>,
    /// From the start to the last byte, the look for the key and the wait for our turn included.
    pub elapsed: Duration,
}

/// Speaks to the marketplace of one environment. Cheap to make: connections, certificates and the provider key come with
/// the first call.
pub struct Client {
    endpoints: Endpoints,
    timeout: Duration,
    http: Http,
    key: Source,
    pace: Pace,
}

impl Client {
    /// Checks the settings; reads the file of authorities if there is one, and does not touch the network.
    ///
    /// # Errors
    /// Names the setting that cannot be used.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let endpoints = Endpoints::new(&settings)?;
        let Settings { timeout, connect, transport, key, .. } = settings;
        let plain = endpoints.base.scheme() == "http";
        let http = Http::new(plain, connect, transport.proxy()?, transport.authorities()?);
        Ok(Self { endpoints, timeout, http, key, pace: Pace::new(transport.requests_per_second) })
    }

    /// The whole of the time that a call may take once its turn has come.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Whether there is a provider key to send anything with.
    ///
    /// # Errors
    /// Says in words for people why there is none, and what to do about it.
    pub async fn check_key(&self) -> Result<(), String> {
        self.key.look_up().await.map(drop)
    }

    /// Sends `request` exactly once, on a connection of its own. When all is ready for it to leave, `last_look` says whether
    /// it still may; it says why not otherwise. Whether an outcome allows more is for the journal to know.
    pub async fn send(
        &self,
        request: &Request,
        last_look: impl Future<Output = Result<(), String>>,
    ) -> Answer {
        let started = Instant::now();
        let mut answer = self.once(request, last_look).await;
        answer.elapsed = started.elapsed();
        tracing::debug!(call = request.call.name(), status = answer.status, "reply understood");
        answer
    }

    async fn once(&self, request: &Request, last_look: impl Future<Output = Result<(), String>>) -> Answer {
        let key = match self.key.look_up().await {
            Ok(key) => key,
            Err(why) => return Answer::without_reply(Outcome::Failed { failure: Failure::NotSent { why } }),
        };
        self.pace.turn().await;
        let Exchange { written, whole, head, reply } =
            self.http.send_once(self.wire(request, &key), self.timeout, last_look).await;
        tracing::debug!(written, whole, "request sent");
        let sent = Sent::of(written, whole);
        match reply {
            Ok(received) => understand(request, received, sent, &key),
            Err(failure) => match head {
                // The status alone decides, and it came.
                Some(status) => {
                    let reply = Reply { status, content_type: None, body: &[] };
                    let outcome = classify(request.call, Ok(&reply), sent);
                    Answer { status: Some(status), ..Answer::without_reply(outcome) }
                }
                None => Answer::without_reply(classify(request.call, Err(failure.why()), sent)),
            },
        }
    }

    fn wire(&self, request: &Request, key: &Secret) -> reqwest::Request {
        let mut wire = reqwest::Request::new(reqwest::Method::POST, self.endpoints.of(request.call).clone());
        let headers = wire.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        *wire.body_mut() = Some(request.body(key).to_vec().into());
        wire
    }

    /// The marketplace's server, to be looked at.
    pub fn server(&self) -> Server {
        Server::new(&self.http, &self.endpoints.base)
    }

    /// What the server's root says to a look, which shows the key to nobody, and what time it is there.
    ///
    /// # Errors
    /// In words: why there is no connection that may be trusted, or no answer on it.
    pub async fn greet(&self) -> Result<Clocks, String> {
        self.server().greet(&self.http).await
    }

    /// What time it is there, to the second: asks for the head of the server's root, without the key. None when there is no
    /// answer, or none that says so.
    pub async fn server_time(&self) -> Option<Timestamp> {
        self.greet().await.ok()?.map(|(theirs, _ours)| theirs)
    }
}

impl Answer {
    fn without_reply(outcome: Outcome) -> Self {
        Self { outcome, status: None, retry_after: None, clock: None, elapsed: Duration::ZERO }
    }
}

fn understand(request: &Request, received: Received, sent: Sent, key: &Secret) -> Answer {
    let Received { status, content_type, retry_after: asked, date, body, .. } = received;
    let body = without(body, key);
    let reply = Reply { status, content_type: content_type.as_deref(), body: &body };
    Answer {
        outcome: classify(request.call, Ok(&reply), sent),
        status: Some(status),
        retry_after: asked.and_then(|text| retry_after(&text, Timestamp::now())),
        clock: date.as_deref().and_then(http_date),
        elapsed: Duration::ZERO,
    }
}

/// `body` without the key, whether it stands there as it is or as JSON writes it.
fn without(body: Vec<u8>, key: &Secret) -> Vec<u8> {
    let body = redact(body, key.expose().as_bytes());
    let quoted = zeroize::Zeroizing::new(serde_json::Value::from(key.expose()).to_string());
    redact(body, quoted.trim_matches('"').as_bytes())
}

#[cfg(test)]
mod tests;
