//! Small servers for the px client, written for the case: they do one thing, and remember what arrived.

use pxdesk::engine::{Clock, Engine, Options, Presence};
use pxdesk::journal::Journal;
use pxdesk::order::{Environment, Failure, Identity, Method, Outcome, Pace, Role, Secret};
use pxdesk::px::{Answer, Client, Credentials, Paths, Request, Settings, Source, Timeouts};
use pxdesk::wire::Transport;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// Where the embedded Px has its token service.
pub const TOKEN_PATH: &str = "/oauth/v2/token";
pub const TOKEN: &str = "tok-0123456789abcdef";

/// What a server does with a request for a call.
#[derive(Clone)]
pub enum Act {
    /// Answers with these bytes.
    Say(String),
    /// Answers with the first of these, then the second; the last stays.
    SayEach(Vec<String>),
    /// Closes without a byte.
    Cut,
    /// Closes in the middle of the reply.
    CutWithin,
    /// Never answers.
    Hang,
    /// Answers with more than anyone would read.
    Flood,
}

/// What arrived: the number of the connection, and the request on it.
pub type Log = Arc<Mutex<Vec<(usize, String)>>>;

/// A server that gives out tokens and does one thing with everything else; it remembers what arrived.
pub struct Server {
    pub url: String,
    pub arrived: Log,
}

impl Server {
    /// In plain http.
    pub async fn start(token: String, act: Act) -> Self {
        Self::listen(token, act, None).await
    }

    /// Over TLS, as `localhost`.
    pub async fn secure(token: String, act: Act, tls: ServerConfig) -> Self {
        Self::listen(token, act, Some(TlsAcceptor::from(Arc::new(tls)))).await
    }

    async fn listen(token: String, act: Act, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = tls
            .as_ref()
            .map_or_else(|| format!("http://{address}"), |_| format!("https://localhost:{}", address.port()));
        let arrived = Log::default();
        let log = Arc::clone(&arrived);
        tokio::spawn(async move {
            for connection in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let (log, token, act, tls) = (Arc::clone(&log), token.clone(), act.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(connection, stream, log, token, act).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(connection, stream, log, token, act).await;
                            }
                        }
                    }
                });
            }
        });
        Self { url, arrived }
    }

    /// How many requests arrived.
    pub fn arrived(&self) -> usize {
        self.arrived.lock().unwrap().len()
    }

    /// How many of them for this path.
    pub fn count(&self, path: &str) -> usize {
        self.arrived.lock().unwrap().iter().filter(|(_, r)| r.starts_with(&format!("POST {path} "))).count()
    }

    pub fn settings(&self) -> Settings {
        settings(&self.url, &format!("{}/token", self.url))
    }

    pub fn client(&self) -> Client {
        Client::new(self.settings()).unwrap()
    }
}

async fn serve<S>(connection: usize, mut stream: S, log: Log, token: String, act: Act)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(request) = read(&mut stream).await {
        let is_token = request.starts_with("POST /token ");
        log.lock().unwrap().push((connection, request));
        let act = if is_token { Act::Say(token.clone()) } else { act.clone() };
        match act {
            Act::Say(reply) => {
                stream.write_all(reply.as_bytes()).await.unwrap();
                stream.flush().await.unwrap();
            }
            Act::SayEach(replies) => {
                let arrived =
                    log.lock().unwrap().iter().filter(|(_, r)| !r.starts_with("POST /token ")).count();
                let reply = &replies[arrived.min(replies.len()) - 1];
                stream.write_all(reply.as_bytes()).await.unwrap();
            }
            Act::Cut => return,
            Act::CutWithin => {
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"orderNumber\":\"1\"")
                    .await;
                return;
            }
            Act::Hang => std::future::pending().await,
            Act::Flood => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n").await;
                while stream.write_all(&[b' '; 8192]).await.is_ok() {}
                return;
            }
        }
    }
}

/// One whole request, or none at the end of the connection.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return Some(text);
        }
    }
}

pub fn client(base_url: &str, token_url: &str) -> Client {
    Client::new(settings(base_url, token_url)).unwrap()
}

/// Where nobody listens.
pub const NOWHERE: &str = "http://127.0.0.1:9";

/// An engine over the journal in `file`, which is made when it is not there; its Px is at `base_url`.
pub async fn engine(file: &Path, environment: Environment, base_url: &str) -> Engine {
    let journal = Journal::open(file, true).await.unwrap();
    let options = Options {
        environment,
        agent: "r.diaz".to_owned(),
        complete_room: jiff::SignedDuration::from_secs(10),
        quiet: jiff::SignedDuration::from_mins(4),
        market_quiet: jiff::SignedDuration::from_mins(4),
        fastest: Pace::FASTEST,
        role: Role::Supervisor,
        two_people: false,
    };
    let client = client(base_url, &format!("{base_url}{TOKEN_PATH}"));
    Engine::new(journal, client, Clock::default(), Presence::beside(file), options)
}

pub fn settings(base_url: &str, token_url: &str) -> Settings {
    // Enough on a busy machine; only connecting is short, for the server that does not speak TLS.
    let ample = Duration::from_secs(10);
    Settings {
        base_url: base_url.to_owned(),
        token_url: token_url.to_owned(),
        paths: Paths::default(),
        headers: vec![("X-Partner".to_owned(), Secret::new("abc"))],
        timeouts: Timeouts {
            connect: Duration::from_millis(500),
            retrieve_rcc: ample,
            send_rcc: ample,
            get_rcc_acceptance: ample,
            complete_order: ample,
        },
        transport: Transport::default(),
        credentials: Source::Fixed(Credentials {
            key: Secret::new("the-key"),
            secret: Secret::new("the-secret"),
        }),
    }
}

pub fn http(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub fn token() -> String {
    http("200 OK", &format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer","expires_in":"1799"}}"#))
}

pub fn identity() -> Identity {
    let json = r#"{"salesCode":"S","partnerId":"P","partnerOrderId":"PO","transactionId":"T","addressDetailId":"A"}"#;
    serde_json::from_str(json).unwrap()
}

pub fn complete() -> Request {
    Request::complete(&identity(), Method::Verbal, Some(&Secret::new("pay-0123456789")), &[])
}

pub async fn send(client: &Client, request: &Request) -> Answer {
    client.send(request, &identity()).await
}

pub fn unknown(answer: &Answer) -> &str {
    match &answer.outcome {
        Outcome::Failed(Failure::Unknown(why)) => why,
        other => panic!("{other:?}"),
    }
}

pub fn not_sent(answer: &Answer) -> &str {
    match &answer.outcome {
        Outcome::Failed(Failure::NotSent(why)) => why,
        other => panic!("{other:?}"),
    }
}
