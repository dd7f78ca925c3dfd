//! HTTP/1.1 to Px: one exchange at a time, of bounded size; and what it means when one fails.
//!
//! Two ways, and nothing that could be sent on the one when it belongs on the other: [`Http::send_once`] for what
//! changes something at Px, on a connection of its own, with every written byte counted; [`exchange`] over kept
//! connections for the token and for what may be repeated. No redirects, no proxy but the configured one.

mod counted;
mod fresh;
mod reason;
mod tls;

pub use fresh::Exchange;
pub use tls::authorities;

use crate::order::Failure;
use oauth2::url::Url;
use reason::reason;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

/// The longest reply that is read. An RCC text has some thousand characters.
const LONGEST_REPLY: usize = 1 << 20;

/// The ways to Px, made when they are first used: loading the platform's certificates takes longer than the desk may
/// take to start.
pub struct Http {
    /// Every host is on this machine and spoken to in plain http: no certificate is ever looked at.
    plain: bool,
    /// How long DNS, TCP and TLS may take together.
    connect: Duration,
    proxy: Option<Url>,
    /// Trusted besides the platform's.
    authorities: Vec<CertificateDer<'static>>,
    tls: OnceCell<Arc<ClientConfig>>,
    shared: OnceCell<reqwest::Client>,
}

/// A reply as it came off the wire.
pub struct Received {
    pub status: u16,
    pub content_type: Option<String>,
    pub retry_after: Option<String>,
    /// The server's clock.
    pub date: Option<String>,
    pub body: Vec<u8>,
}

/// How the program names itself to servers.
const AGENT: &str = concat!("pxdesk/", env!("CARGO_PKG_VERSION"));

/// Why there is no whole reply.
enum Lack {
    /// Not in time.
    Late,
    /// The connection ended, or what came over it is not HTTP.
    Broken(Box<dyn Error + Send + Sync>),
    /// More than anyone would read, with this status.
    TooLong(u16),
}

impl Lack {
    fn of(error: reqwest::Error) -> Self {
        if error.is_timeout() { Self::Late } else { Self::Broken(Box::new(error)) }
    }

    /// In words; `sent` says how much of the request had been sent, if that is known.
    fn words(&self, host: &str, limit: Duration, sent: &str) -> String {
        match self {
            Self::Late => format!("no whole answer from {host} within {limit:?}{sent}"),
            Self::Broken(error) => format!("the connection to {host} broke{sent}: {}", reason(&**error)),
            Self::TooLong(status) => format!("the reply of {host} (HTTP {status}) is longer than 1 MiB"),
        }
    }
}

impl Http {
    pub fn new(
        plain: bool,
        connect: Duration,
        proxy: Option<Url>,
        authorities: Vec<CertificateDer<'static>>,
    ) -> Self {
        Self { plain, connect, proxy, authorities, tls: OnceCell::new(), shared: OnceCell::new() }
    }

    /// For the token and the calls that may be repeated; keeps connections.
    ///
    /// # Errors
    /// [`Failure::NotSent`] when this machine has nothing to check certificates with.
    pub async fn shared(&self) -> Result<&reqwest::Client, Failure> {
        self.shared
            .get_or_try_init(async || {
                let tls = self.tls().await?;
                let builder = pooled(ClientConfig::clone(&tls)).connect_timeout(self.connect);
                let builder = match &self.proxy {
                    None => builder,
                    Some(proxy) => builder.proxy(reqwest::Proxy::https(proxy.clone()).map_err(no_tls)?),
                };
                builder.build().map_err(no_tls)
            })
            .await
    }

    /// Whom to trust, made once, off the thread that reads keys: the platform's certificates are read from files.
    async fn tls(&self) -> Result<Arc<ClientConfig>, Failure> {
        let make = async || {
            let authorities = self.authorities.clone();
            let trust = if self.plain {
                spawn_blocking(tls::trusting_nobody)
            } else {
                spawn_blocking(move || tls::trusting(&authorities))
            };
            trust.await.map_err(no_tls)?.map(Arc::new).map_err(no_tls)
        };
        self.tls.get_or_try_init(make).await.map(Arc::clone)
    }

    /// The proxy that stands between here and `url`: plain http stays on this machine.
    pub fn proxy_to(&self, url: &Url) -> Option<&Url> {
        self.proxy.as_ref().filter(|_| url.scheme() == "https")
    }
}

fn no_tls(error: impl Error + 'static) -> Failure {
    Failure::NotSent(format!("no secure connections on this machine: {}", reason(&error)))
}

/// What every client that keeps connections has in common: it goes where it was told, once.
fn pooled(tls: ClientConfig) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(AGENT)
        .no_proxy()
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .tls_backend_preconfigured(tls)
}

/// A client for servers on this machine alone, such as the embedded Px's control side.
///
/// # Errors
/// When the system has no sockets to give.
pub fn local_client() -> Result<reqwest::Client, String> {
    let tls = tls::trusting_nobody().map_err(|error| error.to_string())?;
    pooled(tls).timeout(Duration::from_secs(10)).build().map_err(|error| reason(&error))
}

/// Sends `request` over a kept connection and reads the whole reply, all of it within `limit`. For what changes
/// nothing: how much of it was written is not counted.
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
    let lack = match client.execute(request).await {
        Ok(response) => match read(response).await {
            Ok(received) => return Ok(received),
            Err(lack) => lack,
        },
        Err(error) if error.is_builder() => {
            return Err(Failure::NotSent(format!(
                "the request to {host} could not be made: {}",
                reason(&error)
            )));
        }
        Err(error) if error.is_connect() => {
            let why = if error.is_timeout() { "it took too long".to_owned() } else { reason(&error) };
            return Err(Failure::NotSent(format!("no connection to {host}: {why}")));
        }
        Err(error) => Lack::of(error),
    };
    Err(Failure::Unknown(lack.words(&host, limit, "")))
}

/// The whole of a reply.
async fn read(mut response: reqwest::Response) -> Result<Received, Lack> {
    let text = |name| header(response.headers(), name);
    let (content_type, retry_after, date) = (text(CONTENT_TYPE), text(RETRY_AFTER), text(DATE));
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Lack::of)? {
        if body.len() + chunk.len() > LONGEST_REPLY {
            return Err(Lack::TooLong(status));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Received { status, content_type, retry_after, date, body })
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// The host, and the port when it is not the usual one.
pub fn host(url: &Url) -> String {
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}{port}", url.host_str().unwrap_or_default())
}
