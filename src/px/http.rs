//! One exchange over HTTP: connect, send once, read a reply of bounded size; and which of these failed.

use super::reply::quote;
use crate::order::Failure;
use oauth2::url::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;

/// The longest reply that is read. An RCC text has some thousand characters.
const LONGEST_REPLY: usize = 1 << 20;

/// The HTTP clients, made when they are first used: loading the platform's certificates takes longer than the desk
/// may take to start.
pub struct Http {
    plain: bool,
    connect: Duration,
    connect_complete: Duration,
    shared: OnceCell<reqwest::Client>,
    complete: OnceCell<reqwest::Client>,
}

/// A reply as it came off the wire.
pub struct Received {
    pub status: u16,
    pub content_type: Option<String>,
    pub retry_after: Option<String>,
    pub body: Vec<u8>,
}

impl Http {
    /// `plain`: every host is on this machine and no certificate is ever looked at. `complete`: Complete's time-out.
    pub fn new(plain: bool, connect: Duration, complete: Duration) -> Self {
        let connect_complete = connect.min(complete / 2);
        Self { plain, connect, connect_complete, shared: OnceCell::new(), complete: OnceCell::new() }
    }

    /// For the token and the calls that may be repeated; keeps connections.
    pub async fn shared(&self) -> Result<&reqwest::Client, Failure> {
        self.shared.get_or_try_init(|| build(self.plain, self.connect, true)).await
    }

    /// For Complete: a connection of its own each time, so that none is found dead after the request was put on it.
    pub async fn for_complete(&self) -> Result<&reqwest::Client, Failure> {
        self.complete.get_or_try_init(|| build(self.plain, self.connect_complete, false)).await
    }
}

/// A client for servers on this machine alone, such as the embedded Px's control side.
///
/// # Errors
/// When the system has no sockets to give.
pub fn local_client() -> Result<reqwest::Client, String> {
    let tls = no_tls().map_err(|error| error.to_string())?;
    let builder = reqwest::Client::builder().no_proxy().http1_only().tls_backend_preconfigured(tls);
    builder.timeout(Duration::from_secs(10)).build().map_err(|error| cause(&error))
}

/// Makes a client off the thread that reads keys: the platform's certificates are read from files.
async fn build(plain: bool, connect: Duration, keep: bool) -> Result<reqwest::Client, Failure> {
    let fail = |why: String| Failure::NotSent(format!("no secure connections on this machine: {why}"));
    let made = tokio::task::spawn_blocking(move || -> Result<_, String> {
        let builder = reqwest::Client::builder()
            .user_agent(concat!("pxdesk/", env!("CARGO_PKG_VERSION")))
            .http1_only()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(connect);
        let builder = if keep { builder } else { builder.pool_max_idle_per_host(0) };
        let builder = if plain {
            builder.tls_backend_preconfigured(no_tls().map_err(|error| error.to_string())?)
        } else {
            // Somebody else's provider, if one is installed already, serves as well.
            let _ = rustls::crypto::ring::default_provider().install_default();
            builder
        };
        builder.build().map_err(|error| cause(&error))
    });
    made.await.map_err(|error| fail(error.to_string()))?.map_err(fail)
}

/// Trusts nobody: for hosts on this machine, so that the embedded Px needs no certificates installed.
fn no_tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}

/// Sends `request` once and reads the whole reply, all of it within `limit`.
///
/// # Errors
/// [`Failure::NotSent`] when no connection came about; [`Failure::Unknown`] for everything after that.
pub async fn exchange(
    client: &reqwest::Client,
    mut request: reqwest::Request,
    limit: Duration,
) -> Result<Received, Failure> {
    let host = host(request.url());
    *request.timeout_mut() = Some(limit);
    let fail = |error: reqwest::Error| failure(&error, &host, limit);
    let mut response = client.execute(request).await.map_err(fail)?;
    let text = |name| header(response.headers(), name);
    let (content_type, retry_after) = (text(CONTENT_TYPE), text(RETRY_AFTER));
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(fail)? {
        if body.len() + chunk.len() > LONGEST_REPLY {
            return Err(Failure::Unknown(format!(
                "the reply of {host} (HTTP {status}) is longer than 1 MiB"
            )));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Received { status, content_type, retry_after, body })
}

fn header(headers: &HeaderMap, name: reqwest::header::HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// The host, and the port when it is not the usual one.
pub fn host(url: &Url) -> String {
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}{port}", url.host_str().unwrap_or_default())
}

fn failure(error: &reqwest::Error, host: &str, limit: Duration) -> Failure {
    let cause = cause(error);
    if error.is_builder() {
        return Failure::NotSent(format!("the request to {host} could not be made: {cause}"));
    }
    if error.is_connect() {
        let why = if error.is_timeout() { "it took too long" } else { &cause };
        return Failure::NotSent(format!("no connection to {host}: {why}"));
    }
    if error.is_timeout() {
        return Failure::Unknown(format!("no whole answer from {host} within {limit:?}"));
    }
    Failure::Unknown(format!("the connection to {host} broke: {cause}"))
}

/// The innermost cause, which is what people know the error by. Never the URL.
fn cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    if inner.is::<reqwest::Error>() { "it cannot be used".to_owned() } else { quote(&inner.to_string()) }
}
