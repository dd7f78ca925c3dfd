//! The connections of a client: whom it trusts, and through which proxy it goes.

use super::failure::Failure;
use super::reason::reason;
use super::tls;
use oauth2::url::Url;
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

/// How the program names itself to servers.
pub(super) const AGENT: &str = concat!("pxdesk/", env!("CARGO_PKG_VERSION"));

/// The ways to a server, made when they are first used: loading the platform's certificates takes longer than the desk may
/// take to start.
pub struct Http {
    /// Every host is on this machine and spoken to in plain http: no certificate is ever looked at.
    plain: bool,
    /// How long DNS, TCP and TLS may take together.
    pub(super) connect: Duration,
    proxy: Option<Url>,
    /// Trusted besides the platform's.
    authorities: Vec<CertificateDer<'static>>,
    tls: OnceCell<Arc<ClientConfig>>,
    shared: OnceCell<reqwest::Client>,
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

    /// Loads whom to trust now, instead of with the first request.
    ///
    /// # Errors
    /// As for [`Http::shared`].
    pub async fn ready(&self) -> Result<(), Failure> {
        self.tls().await.map(drop)
    }

    /// Whom to trust, made once, off the thread that reads keys: the platform's certificates are read from files.
    pub(super) async fn tls(&self) -> Result<Arc<ClientConfig>, Failure> {
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

/// A client for servers on this machine alone, such as the control side of an embedded one.
///
/// # Errors
/// When the system has no sockets to give.
pub fn local_client() -> Result<reqwest::Client, String> {
    let tls = tls::trusting_nobody().map_err(|error| error.to_string())?;
    pooled(tls).timeout(Duration::from_secs(10)).build().map_err(|error| reason(&error))
}
