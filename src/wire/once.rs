//! A connection of its own for each request that changes something at the other side: made, counted, used once, dropped.
//!
//! There is no pool that could hold a dead connection, and nothing that could send a request again. No task outlives the
//! exchange: when it is over the connection is closed, and the count of written bytes is final.

use super::counted::{Counted, Written};
use super::failure::Failure;
use super::http::{AGENT, Http};
use super::reason::reason;
use super::received::{LONGEST_REPLY, Lack, Received, read};
use super::url::host;
use hyper::Uri;
use hyper::header::{HOST, HeaderValue, USER_AGENT};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::TokioIo;
use oauth2::url::{Host, Position, Url};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tower_service::Service as _;

/// How long what has arrived may take to be read.
const READING: Duration = Duration::from_millis(100);

/// What came of a request on a connection of its own.
pub struct Exchange {
    /// How many bytes the socket took once the connection stood; for https, of the request's encrypted form.
    pub written: u64,
    /// False when it is certain that some of the request's bytes never left. The encrypted form of a request is longer than
    /// the request, so fewer bytes than that cannot have been all of it.
    pub whole: bool,
    /// The status in the head of the reply, where that came: also when the rest of it did not.
    pub head: Option<u16>,
    pub reply: Result<Received, Failure>,
}

/// A connection that stands: TCP, or TLS over it.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Http {
    /// Sends `request` once, on a connection of its own, and reads the whole reply, all of it within `limit`. At most
    /// half of that is given to the connection. Once that stands, `last_look` says whether the request may leave.
    ///
    /// The reply is [`Failure::NotSent`] when no byte of the request was written, and [`Failure::Unknown`] otherwise.
    pub async fn send_once(
        &self,
        request: reqwest::Request,
        limit: Duration,
        last_look: impl Future<Output = Result<(), String>>,
    ) -> Exchange {
        let host = host(request.url());
        let written = Written::default();
        let length = length(&request);
        let not_sent = |failure| Exchange { written: 0, whole: false, head: None, reply: Err(failure) };
        // Reading certificates is not connecting, so it does not count against the limit.
        let tls = match request.url().scheme() {
            "https" => match self.tls().await {
                Ok(tls) => Some(tls),
                Err(failure) => return not_sent(failure),
            },
            _ => None,
        };
        let deadline = Instant::now() + limit;
        let dialled = timeout(self.connect.min(limit / 2), self.dial(request.url(), tls, &written)).await;
        let stream = match dialled.unwrap_or_else(|_| Err("it took too long".to_owned())) {
            Ok(stream) => stream,
            Err(why) => {
                let proxy =
                    self.proxy_to(request.url()).map(|proxy| format!(" (proxy {})", self::host(proxy)));
                let why = format!("no connection to {host}{}: {why}", proxy.unwrap_or_default());
                return not_sent(Failure::NotSent(why));
            }
        };
        let looked = timeout_at(deadline, last_look).await;
        if let Err(why) =
            looked.unwrap_or_else(|_| Err("whether it still may could not be found out".to_owned()))
        {
            return not_sent(Failure::NotSent(format!("the request was held back: {why}")));
        }
        // The TLS handshake is over: from here on only the request is counted.
        written.restart();
        let head = AtomicU16::new(0);
        let talked = until(deadline, talk(stream, request, &head)).await;
        let written = written.bytes();
        let whole = written >= length;
        let head = Some(head.into_inner()).filter(|status| *status > 0);
        Exchange { written, whole, head, reply: talked.map_err(|lack| failure(&lack, &host, limit, written)) }
    }

    /// Connects: DNS, TCP, the proxy's tunnel and TLS, whichever apply. The error says which failed, and why.
    async fn dial(
        &self,
        url: &Url,
        tls: Option<Arc<ClientConfig>>,
        written: &Written,
    ) -> Result<Box<dyn Stream>, String> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let stream = match self.proxy_to(url) {
            None => tcp.call(uri_of(url)?).await.map_err(|error| reason(&error))?,
            Some(proxy) => {
                let tunnel = Tunnel::new(uri_of(proxy)?, tcp).call(uri_of(url)?);
                tunnel.await.map_err(|error| reason(&error))?
            }
        };
        let stream = Counted::new(stream.into_inner(), written.clone());
        match tls {
            None => Ok(Box::new(stream)),
            Some(tls) => shake_hands(tls, url, stream).await,
        }
    }
}

fn uri_of(url: &Url) -> Result<Uri, String> {
    url.as_str().parse().map_err(|_| format!("the address of {} cannot be used", host(url)))
}

async fn shake_hands(
    tls: Arc<ClientConfig>,
    url: &Url,
    stream: Counted<TcpStream>,
) -> Result<Box<dyn Stream>, String> {
    let name = match url.host() {
        Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()).ok(),
        Some(Host::Ipv4(ip)) => Some(ServerName::from(std::net::IpAddr::from(ip))),
        Some(Host::Ipv6(ip)) => Some(ServerName::from(std::net::IpAddr::from(ip))),
        None => None,
    };
    let name = name.ok_or_else(|| "its name cannot stand in a certificate".to_owned())?;
    let stream = TlsConnector::from(tls).connect(name, stream).await.map_err(|error| reason(&error))?;
    Ok(Box::new(stream))
}

/// What comes of it until the deadline. What has arrived by then and was not looked at is read all the same: this process may
/// have been stopped (Ctrl-Z, a paused machine) until long after it.
async fn until<T>(deadline: Instant, work: impl Future<Output = Result<T, Lack>>) -> Result<T, Lack> {
    tokio::pin!(work);
    match timeout_at(deadline, &mut work).await {
        Ok(done) => done,
        Err(_) => timeout(READING, work).await.unwrap_or(Err(Lack::Late)),
    }
}

/// One request and its reply over `stream`, which is closed afterwards.
async fn talk(
    stream: impl Stream + 'static,
    request: reqwest::Request,
    head: &AtomicU16,
) -> Result<Received, Lack> {
    let request = on_the_wire(request)?;
    let broken = |error: hyper::Error| Lack::Broken(Box::new(error));
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(broken)?;
        head.store(response.status().as_u16(), Ordering::Relaxed);
        read(response.map(reqwest::Body::wrap).into(), LONGEST_REPLY).await
    };
    // Without TLS's closing message, which would be counted even where no byte of the request was written.
    let connection = connection.without_shutdown();
    tokio::pin!(exchange, connection);
    tokio::select! {
        biased;
        reply = &mut exchange => reply,
        // The exchange already has what arrived before the connection ended.
        _ended = &mut connection => exchange.await,
    }
}

/// The request in the form that a server is sent: a path, and the host in a header.
fn on_the_wire(request: reqwest::Request) -> Result<hyper::Request<reqwest::Body>, Lack> {
    let host = HeaderValue::try_from(host(request.url())).map_err(|error| Lack::Broken(Box::new(error)))?;
    let mut request =
        hyper::Request::try_from(request).map_err(|error: reqwest::Error| Lack::Broken(Box::new(error)))?;
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = path.map_or_else(|| Uri::from_static("/"), Uri::from);
    request.headers_mut().insert(HOST, host);
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(AGENT));
    Ok(request)
}

/// How many bytes the request is on the wire, in clear.
fn length(request: &reqwest::Request) -> u64 {
    let url = request.url();
    let line =
        request.method().as_str().len() + " ".len() + url[Position::BeforePath..Position::AfterQuery].len();
    let header = |name: &str, value: usize| name.len() + ": ".len() + value + "\r\n".len();
    let given: usize =
        request.headers().iter().map(|(name, value)| header(name.as_str(), value.as_bytes().len())).sum();
    let ours = header("host", host(url).len()) + header("user-agent", AGENT.len());
    let body = request.body().and_then(reqwest::Body::as_bytes).map_or(0, <[u8]>::len);
    let told = if body == 0 { 0 } else { header("content-length", body.to_string().len()) };
    (line + " HTTP/1.1\r\n".len() + given + ours + told + "\r\n".len() + body) as u64
}

/// What a missing reply means when `written` bytes of its request had gone out.
fn failure(lack: &Lack, host: &str, limit: Duration, written: u64) -> Failure {
    match written {
        0 => Failure::NotSent(lack.words(host, limit, " before any byte of the request was sent")),
        1 => Failure::Unknown(lack.words(host, limit, " after 1 byte was sent")),
        n => Failure::Unknown(lack.words(host, limit, &format!(" after {n} bytes were sent"))),
    }
}

#[cfg(test)]
mod tests;
