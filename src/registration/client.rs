//! Sends requests to the Registration API and reads what comes back. Each is sent once, whatever that is.

use super::edgegrid::{Credentials, Signable, sign};
use super::key::{Identity, Source};
use super::reply::{Object, Objects, Reply, Unread, classify, object, objects};
use super::request::Request;
use super::settings::{Endpoints, Settings};
use crate::kind::Timestamp;
use crate::order::Secret;
use crate::registry::{Collection, Failure, Outcome, SurrogateId, Verb};
use crate::wire::{
    self, Error, Http, LONGEST_REPLY, Pace, Received, Server, exchange, holds, host, http_date, redact,
    retry_after,
};
use oauth2::url::{Position, Url};
use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_TYPE, HeaderValue};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The longest list that is read: some hundred thousand objects.
const LONGEST_LIST: usize = 64 << 20;

/// How long credentials that were looked up count.
const FRESH: Duration = Duration::from_mins(1);

/// What came of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<T = Outcome> {
    pub outcome: T,
    /// The status of the reply; none when there was no whole reply.
    pub status: Option<u16>,
    /// How long the server asked us to wait before the next call.
    pub retry_after: Option<Duration>,
    /// The server's clock when it answered, to the second.
    pub clock: Option<Timestamp>,
    /// From the start to the last byte, the look for the credentials and the wait for our turn included.
    pub elapsed: Duration,
}

/// Speaks to the Registration API of one environment. Cheap to make: connections, certificates and credentials come with
/// the first call.
pub struct Client {
    endpoints: Endpoints,
    timeout: Duration,
    http: Http,
    credentials: Source,
    /// The credentials of the last look, and when that was.
    known: Mutex<Option<(Arc<Identity>, Instant)>>,
    pace: Pace,
}

impl Client {
    /// Checks the settings; reads the file of authorities if there is one, and does not touch the network.
    ///
    /// # Errors
    /// Names the setting that cannot be used.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let endpoints = Endpoints::new(&settings)?;
        let Settings { timeout, connect, transport, credentials, .. } = settings;
        let http = Http::new(endpoints.is_plain(), connect, transport.proxy()?, transport.authorities()?);
        let (pace, known) = (Pace::new(transport.requests_per_second), Mutex::default());
        Ok(Self { endpoints, timeout, http, credentials, known, pace })
    }

    /// The whole of the time that a call may take once its turn has come.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Whether there are credentials to sign anything with, and an address to send it to. Looks anew.
    ///
    /// # Errors
    /// Says in words for people why there are none, and what to do about it.
    pub async fn check_credentials(&self) -> Result<(), String> {
        let identity = self.look_up().await?;
        self.endpoints.base(identity.host.as_deref()).map(drop)
    }

    /// The credentials. A keyring takes its time, so they are looked up once a minute; and again when they were refused.
    async fn identity(&self) -> Result<Arc<Identity>, String> {
        let known = self.known().clone().filter(|(_, at)| at.elapsed() < FRESH);
        if let Some((identity, _)) = known { Ok(identity) } else { self.look_up().await }
    }

    async fn look_up(&self) -> Result<Arc<Identity>, String> {
        let identity = Arc::new(self.credentials.look_up().await?);
        *self.known() = Some((Arc::clone(&identity), Instant::now()));
        Ok(identity)
    }

    fn known(&self) -> MutexGuard<'_, Option<(Arc<Identity>, Instant)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends `request` exactly once, signed with `now`, the caller's clock. Whether an outcome allows more is for the
    /// engine to know.
    pub async fn send(&self, request: &Request, now: Timestamp) -> Answer {
        let call = request.call;
        let unread = |unread: Unread| unread.into();
        self.ask(request, now, |reply| classify(call, reply), unread).await
    }

    /// All objects of a collection.
    pub async fn list(&self, collection: Collection, now: Timestamp) -> Answer<Result<Objects, Unread>> {
        self.ask(&Request::list(collection), now, |reply| objects(collection, reply), Err).await
    }

    /// One object.
    pub async fn get(
        &self,
        collection: Collection,
        surrogate: &SurrogateId,
        now: Timestamp,
    ) -> Answer<Result<Object, Unread>> {
        self.ask(&Request::get(collection, surrogate), now, |reply| object(collection, reply), Err).await
    }

    /// Sends `request`, and has `read` understand the reply; `failed` says the same of a want of one.
    async fn ask<T>(
        &self,
        request: &Request,
        now: Timestamp,
        read: impl FnOnce(&Reply) -> T,
        failed: impl FnOnce(Unread) -> T,
    ) -> Answer<T> {
        let started = Instant::now();
        let answer = match self.once(request, now, started).await {
            Ok(arrived) => understand(&arrived, read),
            Err(failure) => Answer {
                outcome: failed(Unread::Failed(failure)),
                status: None,
                retry_after: None,
                clock: None,
                elapsed: Duration::ZERO,
            },
        };
        tracing::debug!(call = %request.call, status = answer.status, "reply understood");
        Answer { elapsed: started.elapsed(), ..answer }
    }

    /// The reply, with nothing secret in it.
    async fn once(&self, request: &Request, now: Timestamp, started: Instant) -> Result<Arrived, Failure> {
        let not_sent = |why| Failure::NotSent { why };
        let identity = self.identity().await.map_err(not_sent)?;
        let base = self.endpoints.base(identity.host.as_deref()).map_err(not_sent)?;
        let http = self.http.shared().await.map_err(of_wire)?;
        self.pace.turn().await;
        // A signature is good for some seconds only, and our turn may have been long in coming.
        let signed = now.checked_add(started.elapsed()).unwrap_or(now);
        let wire =
            wire_form(request, self.endpoints.of(&base, request), &identity, signed).map_err(not_sent)?;
        let longest = match request.call.verb {
            Verb::List => LONGEST_LIST,
            Verb::Create | Verb::Get | Verb::Modify | Verb::Remove => LONGEST_REPLY,
        };
        let signature = wire.headers().get(AUTHORIZATION).cloned();
        let received = exchange(http, wire, self.timeout, longest).await.map_err(of_wire)?;
        if received.status == 401 {
            *self.known() = None;
        }
        let signature = signature.as_ref().and_then(|header| header.to_str().ok()).unwrap_or_default();
        let (body, redacted) = without(received.body, &identity, signature);
        Ok(Arrived { received: Received { body, ..received }, signed, redacted })
    }

    /// The server, to be looked at.
    ///
    /// # Errors
    /// In words for people: where it is cannot be told.
    pub async fn server(&self) -> Result<Server, String> {
        let host = match self.endpoints.base(None) {
            Ok(_) => None,
            Err(_) => self.identity().await?.host.clone(),
        };
        Ok(Server::new(&self.http, &self.endpoints.base(host.as_deref())?))
    }

    /// Asks `server` for the head of its root, without a signature: its clock and ours.
    ///
    /// # Errors
    /// In words: why there is no connection that may be trusted, or no answer on it.
    pub async fn greet(&self, server: &Server) -> Result<wire::Clocks, String> {
        server.greet(&self.http).await
    }
}

/// A reply, as it may be read.
struct Arrived {
    received: Received,
    /// When the request was signed, by the caller's clock.
    signed: Timestamp,
    /// True when something secret was taken out of it.
    redacted: bool,
}

fn of_wire(failure: wire::Failure) -> Failure {
    match failure {
        wire::Failure::NotSent(why) => Failure::NotSent { why },
        wire::Failure::Unknown(why) => Failure::Unknown { why },
    }
}

/// `request` as it goes over the wire to `url`, signed as exactly that.
fn wire_form(
    request: &Request,
    url: Url,
    identity: &Identity,
    now: Timestamp,
) -> Result<reqwest::Request, String> {
    let signable = Signable {
        method: request.method(),
        scheme: url.scheme(),
        host: &host(&url),
        path_and_query: &url[Position::BeforePath..Position::AfterQuery],
        headers: &[],
        body: request.body().as_bytes(),
    };
    let signature = sign(&identity.credentials, &signable, now, &nonce()?);
    let mut signature =
        HeaderValue::from_str(&signature).map_err(|_| "the credentials do not fit a header".to_owned())?;
    signature.set_sensitive(true);
    let method = match request.call.verb {
        Verb::List | Verb::Get => Method::GET,
        Verb::Create => Method::POST,
        Verb::Modify => Method::PUT,
        Verb::Remove => Method::DELETE,
    };
    let mut wire = reqwest::Request::new(method, url);
    let headers = wire.headers_mut();
    headers.insert(AUTHORIZATION, signature);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if request.call.verb == Verb::List {
        // An answer that came twice would be read as the next list, and an empty list fits every one.
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if !request.body().is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        *wire.body_mut() = Some(request.body().to_owned().into());
    }
    Ok(wire)
}

/// A new random UUID, version 4, for each sending (G).
fn nonce() -> Result<String, String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| format!("this system has no random numbers: {error}"))?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex::encode(bytes);
    Ok([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
}

fn understand<T>(arrived: &Arrived, read: impl FnOnce(&Reply) -> T) -> Answer<T> {
    let Arrived { received, signed, redacted } = arrived;
    let (signed, redacted) = (*signed, *redacted);
    let Received { status, content_type, location, link, range, retry_after: asked, date, body } = received;
    let reply = Reply {
        status: *status,
        content_type: content_type.as_deref(),
        location: location.as_deref(),
        link: link.as_deref(),
        range: range.as_deref(),
        date: date.as_deref(),
        body,
        signed,
        redacted,
    };
    Answer {
        outcome: read(&reply),
        status: Some(*status),
        retry_after: asked.as_deref().and_then(|text| retry_after(text, signed)),
        clock: date.as_deref().and_then(http_date),
        elapsed: Duration::ZERO,
    }
}

/// `body` without the credentials and without what the request was signed with, which is the whole header `signature`;
/// whether they stand there as they are, as JSON may write them, or as an address does. True when any of it stood there.
fn without(body: Vec<u8>, identity: &Identity, signature: &str) -> (Vec<u8>, bool) {
    let Credentials { client_token, client_secret, access_token, .. } = &identity.credentials;
    let credentials = [client_secret, access_token, client_token].map(Secret::expose);
    // The nonce and the signature are its last two.
    let parts = signature.rsplit(';').take(2).filter_map(|part| part.split_once('='));
    let (mut body, mut redacted) = (body, false);
    for private in credentials.into_iter().chain(parts.map(|(_, value)| value)) {
        let escaped = zeroize::Zeroizing::new(private.replace('/', "\\/"));
        let encoded = private.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let encoded = zeroize::Zeroizing::new(encoded);
        let others = [escaped.as_str(), encoded.as_str()].into_iter().filter(|form| *form != private);
        for form in std::iter::once(private).chain(others) {
            if holds(&body, form.as_bytes()) {
                (body, redacted) = (redact(body, form.as_bytes()), true);
            }
        }
    }
    (body, redacted)
}

#[cfg(test)]
mod tests;
