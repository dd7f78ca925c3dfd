//! A partner's receiver on this machine, which is sent deploys.

use axum::body::{Body, to_bytes};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Uri, uri::Scheme};
use hyper_util::rt::TokioIo;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long the marketplace waits for an answer; the real one's patience is not documented.
const PATIENCE: Duration = Duration::from_secs(30);
/// Larger answers are not read.
const LARGEST: usize = 1024 * 1024;

/// Where it is, and the headers that it asks for.
#[derive(Clone, Debug)]
pub struct Receiver {
    addresses: Vec<SocketAddr>,
    host: HeaderValue,
    path: String,
    headers: HeaderMap,
}

/// What it answered.
#[derive(Clone, Debug)]
pub struct Received {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Receiver {
    /// Reads where it is; the error names the field. Nothing but plain http to this machine is ever called.
    pub fn read(url: &str, headers: &BTreeMap<String, String>) -> Result<Self, String> {
        let bad = || "url is not http:// to this machine, as http://127.0.0.1:8080/deploy".to_owned();
        let uri: Uri = url.parse().map_err(|_| bad())?;
        let authority = uri.authority().filter(|_| uri.scheme() == Some(&Scheme::HTTP)).ok_or_else(bad)?;
        if authority.as_str().contains('@') {
            return Err(bad());
        }
        let port =
            if authority.as_str() == authority.host() { 80 } else { authority.port_u16().ok_or_else(bad)? };
        let addresses: Vec<SocketAddr> =
            loopback(authority.host()).into_iter().map(|ip| SocketAddr::new(ip, port)).collect();
        if addresses.is_empty() {
            return Err(bad());
        }
        let host = HeaderValue::from_str(authority.as_str()).map_err(|_| bad())?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { addresses, host, path, headers: read_headers(headers)? })
    }

    /// Sends a deploy, and reads the answer.
    pub async fn ask(&self, deploy: &str) -> Result<Received, String> {
        let talked = timeout(PATIENCE, self.talk(deploy)).await;
        talked.unwrap_or_else(|_| Err(format!("no answer in {} s", PATIENCE.as_secs())))
    }

    /// Sends a deploy, and hangs up as soon as it is sent.
    pub async fn hang_up_on(&self, deploy: &str) -> Result<Received, String> {
        let request = self.request(deploy)?;
        let mut bytes = format!("POST {} HTTP/1.1\r\n", self.path).into_bytes();
        for (name, value) in request.headers() {
            bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        bytes.extend([b"\r\n", deploy.as_bytes()].concat());
        let mut stream = self.connect().await?;
        stream.write_all(&bytes).await.map_err(|error| error.to_string())?;
        let _ = stream.shutdown().await;
        Err("hung up before the answer".to_owned())
    }

    async fn talk(&self, deploy: &str) -> Result<Received, String> {
        let request = self.request(deploy)?;
        let stream = TokioIo::new(self.connect().await?);
        let broken = |error: hyper::Error| format!("no answer: {error}");
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake::<_, Body>(stream).await.map_err(broken)?;
        let exchange = async {
            let (head, body) = sender.send_request(request).await.map_err(broken)?.into_parts();
            let body = to_bytes(Body::new(body), LARGEST).await;
            let body = body.map_err(|error| format!("the answer cannot be read: {error}"))?;
            Ok(Received { status: head.status.as_u16(), body: body.to_vec() })
        };
        tokio::pin!(exchange, connection);
        tokio::select! {
            biased;
            received = &mut exchange => received,
            // The exchange already has what arrived before the connection ended.
            _ended = &mut connection => exchange.await,
        }
    }

    async fn connect(&self) -> Result<TcpStream, String> {
        let stream = TcpStream::connect(self.addresses.as_slice()).await;
        stream.map_err(|error| format!("no connection: {error}"))
    }

    fn request(&self, deploy: &str) -> Result<Request<Body>, String> {
        let mut request = Request::post(self.path.as_str())
            .header(HOST, &self.host)
            .header(CONTENT_TYPE, "application/json")
            .header(CONTENT_LENGTH, deploy.len())
            .header(CONNECTION, "close")
            .body(Body::from(deploy.to_owned()))
            .map_err(|error| error.to_string())?;
        request.headers_mut().extend(self.headers.clone());
        Ok(request)
    }
}

/// The addresses of a host that is this machine; none for any other. No name is ever looked up.
fn loopback(host: &str) -> Vec<IpAddr> {
    if host.eq_ignore_ascii_case("localhost") {
        return vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    }
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    host.parse().ok().filter(IpAddr::is_loopback).into_iter().collect()
}

/// The headers that the partner asked the marketplace to send. Those that frame the request are not theirs.
fn read_headers(headers: &BTreeMap<String, String>) -> Result<HeaderMap, String> {
    let mut read = HeaderMap::new();
    for (name, value) in headers {
        let bad = || format!("headers: `{}` cannot be sent", name.escape_default());
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        if [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].contains(&name) {
            return Err(bad());
        }
        read.insert(name, HeaderValue::from_str(value).map_err(|_| bad())?);
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_this_machine_is_called() {
        let read = |url: &str| Receiver::read(url, &BTreeMap::new());
        for url in [
            "http://127.0.0.1:8080/deploy?a=b",
            "http://localhost/",
            "http://[::1]:1",
            "http://127.9.9.9:5/x",
        ] {
            assert!(read(url).is_ok(), "{url}");
        }
        for url in [
            "https://127.0.0.1:8080/",
            "http://example.com/",
            "http://127.0.0.1.example.com/",
            "http://localhost.example.com/",
            "http://user@127.0.0.1/",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1:/",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
            "http://[::ffff:10.0.0.1]/",
            "/deploy",
            "127.0.0.1:80",
            "",
        ] {
            assert!(read(url).unwrap_err().starts_with("url"), "{url}");
        }
    }

    #[test]
    fn a_header_that_cannot_be_sent_is_named() {
        let read = |name: &str, value: &str| {
            Receiver::read("http://127.0.0.1/", &BTreeMap::from([(name.to_owned(), value.to_owned())]))
        };
        assert!(read("X-Deploy-Key", "long and random").is_ok());
        for (name, value) in [("a b", ""), ("x", "a\r\nb: c"), ("Host", "h"), ("content-length", "1")] {
            assert!(read(name, value).unwrap_err().starts_with("headers"), "{name}");
        }
    }
}
