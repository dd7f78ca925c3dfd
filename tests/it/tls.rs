//! Whom the client trusts: a server with a good certificate, and no other; each bad one is refused for its own reason
//! before a byte of a request is written. And the proxy.

use crate::server::{Act, Server, client, complete, http, identity, not_sent, send, settings, token};
use pxdesk::order::Outcome;
use pxdesk::px::{Answer, Client, Request, Settings};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ALL_VERSIONS, ServerConfig, SupportedProtocolVersion, version};

/// An authority of our own, and the file that names it.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    dir: tempfile::TempDir,
}

impl Authority {
    pub fn new() -> Self {
        Self::called("Test Authority")
    }

    fn called(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { issuer, dir }
    }

    pub fn file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// A certificate from here and its key, as PEM.
    pub fn pem(&self, params: &CertificateParams) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }

    /// A server's side of TLS, with a certificate from here.
    pub fn server(&self, params: &CertificateParams) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        tls(certificate.der().clone(), &key, ALL_VERSIONS)
    }
}

fn tls(
    certificate: CertificateDer<'static>,
    key: &KeyPair,
    versions: &[&'static SupportedProtocolVersion],
) -> ServerConfig {
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())
        .unwrap()
}

pub fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn trusting(server: &Server, authority: &Authority) -> Settings {
    let mut settings = server.settings();
    settings.transport.ca_file = Some(authority.file());
    // The platform's certificates are read meanwhile.
    settings.timeouts.connect = std::time::Duration::from_secs(10);
    settings
}

fn placed() -> String {
    http("200 OK", r#"{"orderNumber":"7","rccText":"t"}"#)
}

fn assert_completed(answer: &Answer) {
    assert!(
        matches!(&answer.outcome, Outcome::Completed { order_number, .. } if order_number == "7"),
        "{answer:?}"
    );
    assert!(answer.written > Some(complete().body.len() as u64), "{answer:?}");
}

#[tokio::test]
async fn a_certificate_of_a_configured_authority_is_good() {
    let authority = Authority::new();
    let key = KeyPair::generate().unwrap();
    let certificate = named("localhost").signed_by(&key, &authority.issuer).unwrap();
    for versions in [&[&version::TLS12], &[&version::TLS13]] {
        let server =
            Server::secure(token(), Act::Say(placed()), tls(certificate.der().clone(), &key, versions)).await;
        let client = Client::new(trusting(&server, &authority)).unwrap();
        assert_completed(&send(&client, &complete()).await);
        let answer = send(&client, &Request::retrieve(&identity())).await;
        assert!(matches!(answer.outcome, Outcome::Rcc { .. }), "{answer:?}");
        assert_eq!(server.arrived(), 3);
    }
}

#[tokio::test]
async fn each_bad_certificate_is_refused_for_its_own_reason() {
    let (ours, strangers, impostors) = (Authority::new(), Authority::called("Strangers"), Authority::new());
    let mut expired = named("localhost");
    (expired.not_before, expired.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 2, 3));
    let mut early = named("localhost");
    (early.not_before, early.not_after) = (date_time_ymd(2090, 4, 5), date_time_ymd(2091, 1, 1));
    let key = KeyPair::generate().unwrap();
    let own = named("localhost").self_signed(&key).unwrap();
    for (tls, reason) in [
        (ours.server(&expired), "its certificate expired on 2020-02-03"),
        (
            ours.server(&early),
            "its certificate is valid only from 2090-04-05 on; is this machine's clock right?",
        ),
        (ours.server(&named("px.example")), "its certificate is for another host: px.example"),
        (tls(own.der().clone(), &key, ALL_VERSIONS), "its certificate is self-signed; "),
        (
            impostors.server(&named("localhost")),
            "its certificate was not signed by the authority that it names",
        ),
        (
            strangers.server(&named("localhost")),
            "its certificate is from an authority that this machine does not know; ",
        ),
    ] {
        let bad = Server::secure(token(), Act::Say(placed()), tls).await;
        let plain = Server::start(token(), Act::Say(placed())).await;
        // Once it is Px that has it, once it is the token service.
        let mut settings = trusting(&bad, &ours);
        settings.token_url = plain.settings().token_url;
        let answer = send(&Client::new(settings).unwrap(), &complete()).await;
        let why = not_sent(&answer);
        assert!(why.starts_with("no connection to localhost:") && why.contains(reason), "{reason}: {why}");
        assert_eq!(answer.written, Some(0));
        let mut settings = trusting(&bad, &ours);
        settings.base_url = plain.url.clone();
        let answer = send(&Client::new(settings).unwrap(), &complete()).await;
        let why = not_sent(&answer);
        assert!(why.starts_with("no token: no connection to localhost:") && why.contains(reason), "{why}");
        assert_eq!((bad.arrived(), plain.count("/pxCompleteOrder")), (0, 0), "{reason}");
    }
}

#[tokio::test]
async fn what_is_not_tls_1_2_is_refused() {
    // A hello of TLS 1.1, and an answer in plain http.
    let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    for (says, reason) in [
        (hello, "it does not offer TLS 1.2 or later; only who runs that server can mend it"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n<html>".to_vec(), "it answers, but not with TLS"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("https://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(&says).await;
                let _ = stream.read(&mut [0; 4096]).await;
            }
        });
        let plain = Server::start(token(), Act::Cut).await;
        let answer = send(&client(&base, &plain.settings().token_url), &complete()).await;
        assert!(not_sent(&answer).ends_with(reason), "{answer:?}");
    }
}

/// A proxy; remembers the first line of what it is asked, and does it, or answers something else.
struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start(instead: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let log = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(tunnel(client, Arc::clone(&log), instead));
            }
        });
        Self { address, asked }
    }
}

async fn tunnel(mut client: TcpStream, log: Arc<Mutex<Vec<String>>>, instead: Option<&str>) {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        if client.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let text = String::from_utf8(bytes).unwrap();
    log.lock().unwrap().push(text.clone());
    if let Some(instead) = instead {
        let _ = client.write_all(instead.as_bytes()).await;
        let _ = client.shutdown().await;
        // To its end, so that what comes unread does not turn the end into a reset.
        let _ = tokio::io::copy(&mut client, &mut tokio::io::sink()).await;
        return;
    }
    let host = text.split(' ').nth(1).unwrap();
    let port = host.strip_prefix("localhost:").unwrap();
    let mut server = TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
}

#[tokio::test]
async fn https_goes_through_the_configured_proxy_and_plain_http_never() {
    let authority = Authority::new();
    let server = Server::secure(token(), Act::Say(placed()), authority.server(&named("localhost"))).await;
    let proxy = Proxy::start(None).await;
    let mut settings = trusting(&server, &authority);
    settings.transport.proxy = Some(format!("http://{}", proxy.address));
    assert_completed(&send(&Client::new(settings).unwrap(), &complete()).await);
    let host = server.url.strip_prefix("https://").unwrap();
    {
        let asked = proxy.asked.lock().unwrap();
        assert_eq!(asked.len(), 2, "for the token and for the order");
        for ask in asked.iter() {
            assert!(ask.starts_with(&format!("CONNECT {host} HTTP/1.1\r\n")), "{ask}");
            assert!(!ask.to_lowercase().contains("authorization"), "{ask}");
        }
    }

    let plain = Server::start(token(), Act::Say(placed())).await;
    let mut settings = plain.settings();
    settings.transport.proxy = Some(format!("http://{}", proxy.address));
    assert_completed(&send(&Client::new(settings).unwrap(), &complete()).await);
    assert_eq!(proxy.asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_proxy_that_does_not_tunnel_got_nothing() {
    let authority = Authority::new();
    let server = Server::secure(token(), Act::Say(placed()), authority.server(&named("localhost"))).await;
    let plain = Server::start(token(), Act::Cut).await;
    for (instead, reason) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Please log in</html>",
            "it closed the connection",
        ),
        (
            "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html>No</html>",
            "the proxy opened no way to it",
        ),
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "authorization required"),
        ("<html>", "the proxy opened no way to it"),
    ] {
        let proxy = Proxy::start(Some(instead)).await;
        let mut settings = trusting(&server, &authority);
        settings.token_url = plain.settings().token_url;
        settings.transport.proxy = Some(format!("http://{}", proxy.address));
        let answer = send(&Client::new(settings).unwrap(), &complete()).await;
        let why = not_sent(&answer);
        assert!(why.contains(&format!("(proxy {})", proxy.address)) && why.contains(reason), "{why}");
        assert_eq!((answer.written, server.arrived()), (Some(0), 0));
    }
}

#[test]
fn a_file_of_authorities_that_cannot_be_used_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (name, text, why) in [
        ("missing.pem", None, "cannot be read"),
        ("empty.pem", Some(""), "holds no certificate"),
        ("words.pem", Some("hello"), "holds no certificate"),
        ("cut.pem", Some("-----BEGIN CERTIFICATE-----\nAAAA"), "is not a PEM file"),
        ("other.pem", Some(pem), "holds a certificate that cannot be used"),
    ] {
        let path = dir.path().join(name);
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        let mut settings = settings("http://127.0.0.1:9", "http://127.0.0.1:9/token");
        settings.transport.ca_file = Some(path.clone());
        let Err(error) = Client::new(settings) else { panic!("{name}") };
        assert!(error.to_string().starts_with(&format!("ca_file {} {why}", path.display())), "{error}");
    }
}
