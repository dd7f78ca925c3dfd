//! A look at the way to a server, step by step. Shows credentials to nobody.

use super::http::Http;
use super::kept::exchange;
use super::received::{LONGEST_REPLY, Received};
use super::url::{host, root};
use jiff::Timestamp;
use oauth2::url::Url;
use reqwest::Method;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// How long each step may take.
const LIMIT: Duration = Duration::from_secs(10);

/// A server that the client speaks to.
#[derive(Clone, Debug)]
pub struct Server {
    root: Url,
    /// Whom the client connects to for it: the configured proxy, or itself.
    next: Url,
}

/// The server's clock, to the second, and ours when it answered; none when it does not say.
pub type Clocks = Option<(Timestamp, Timestamp)>;

impl Server {
    /// The server that `url` is at, reached as `http` reaches it.
    pub fn new(http: &Http, url: &Url) -> Self {
        let root = root(url);
        let proxy = http.proxy_to(&root);
        Self { next: proxy.unwrap_or(&root).clone(), root }
    }

    /// True when both are the same server.
    pub fn is(&self, other: &Self) -> bool {
        self.root == other.root
    }

    /// The host, and the port when it is not the usual one.
    pub fn host(&self) -> String {
        host(&self.root)
    }

    /// True when it is spoken to over TLS.
    pub fn is_secure(&self) -> bool {
        self.root.scheme() == "https"
    }

    /// Whom the client connects to for it: the configured proxy, or itself.
    pub fn next(&self) -> String {
        host(&self.next)
    }

    /// What the name of whom the client connects to stands for.
    ///
    /// # Errors
    /// In words: there is no such name, or no answer in time.
    pub async fn resolve(&self) -> Result<Vec<SocketAddr>, String> {
        let name = self.next.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let port = self.next.port_or_known_default().unwrap_or_default();
        let found = timeout(LIMIT, lookup_host((name, port))).await.map_err(|_| late("the name service"))?;
        let found: Vec<_> = found.map_err(|error| error.to_string())?.collect();
        if found.is_empty() { Err("the name has no address".to_owned()) } else { Ok(found) }
    }

    /// Connects to the first of `addresses` that lets us.
    ///
    /// # Errors
    /// In words, of the last one tried.
    pub async fn connect(&self, addresses: &[SocketAddr]) -> Result<SocketAddr, String> {
        let connecting = async {
            let mut refused = String::new();
            for address in addresses {
                match TcpStream::connect(address).await {
                    Ok(_) => return Ok(*address),
                    Err(error) => refused = format!("{address}: {error}"),
                }
            }
            Err(refused)
        };
        timeout(LIMIT, connecting).await.unwrap_or_else(|_| Err(late(&self.next())))
    }

    /// Asks for the head of its root, as all calls do but without credentials. Whatever the answer, it came over a
    /// connection that may be trusted.
    ///
    /// # Errors
    /// In words: why there is no such connection, or no answer on it.
    pub async fn greet(&self, http: &Http) -> Result<Clocks, String> {
        let greet = async {
            let request = reqwest::Request::new(Method::HEAD, self.root.clone());
            exchange(http.shared().await?, request, LIMIT, LONGEST_REPLY).await
        };
        let Received { date, .. } = greet.await.map_err(|failure| failure.why().to_owned())?;
        Ok(date.as_deref().and_then(http_date).map(|theirs| (theirs, Timestamp::now())))
    }
}

fn late(who: &str) -> String {
    format!("no answer from {who} within {LIMIT:?}")
}

/// The instant of a `Date` header.
pub fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()
}
