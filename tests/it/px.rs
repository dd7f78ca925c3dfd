//! The client against small servers written for the case: how often each request arrives, and what is made of replies
//! that are cut, late, sent elsewhere or refused.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use pxdesk::order::{Contact, Failure, Identity, Method, Outcome, Phone, Secret};
use pxdesk::px::{Answer, Client, Credentials, Paths, Request, Settings, Source, Timeouts};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const TOKEN: &str = "tok-0123456789abcdef";

/// What a server does with a request for a call.
#[derive(Clone)]
enum Act {
    /// Answers with these bytes.
    Say(String),
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
type Log = Arc<Mutex<Vec<(usize, String)>>>;

/// A server that gives out tokens and does one thing with everything else; it remembers what arrived.
struct Server {
    url: String,
    arrived: Log,
}

impl Server {
    async fn start(token: String, act: Act) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let arrived = Log::default();
        let log = Arc::clone(&arrived);
        tokio::spawn(async move {
            for connection in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                tokio::spawn(serve(connection, stream, Arc::clone(&log), token.clone(), act.clone()));
            }
        });
        Self { url, arrived }
    }

    fn count(&self, path: &str) -> usize {
        self.arrived.lock().unwrap().iter().filter(|(_, r)| r.starts_with(&format!("POST {path} "))).count()
    }

    fn client(&self) -> Client {
        client(&self.url, &format!("{}/token", self.url))
    }
}

async fn serve(connection: usize, mut stream: TcpStream, log: Log, token: String, act: Act) {
    while let Some(request) = read(&mut stream).await {
        let is_token = request.starts_with("POST /token ");
        log.lock().unwrap().push((connection, request));
        let act = if is_token { Act::Say(token.clone()) } else { act.clone() };
        match act {
            Act::Say(reply) => stream.write_all(reply.as_bytes()).await.unwrap(),
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
async fn read(stream: &mut TcpStream) -> Option<String> {
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

fn client(base_url: &str, token_url: &str) -> Client {
    Client::new(settings(base_url, token_url)).unwrap()
}

fn settings(base_url: &str, token_url: &str) -> Settings {
    // Enough on a busy machine; only connecting is short, for the server that does not speak TLS.
    let ample = Duration::from_secs(10);
    Settings {
        base_url: base_url.to_owned(),
        token_url: token_url.to_owned(),
        paths: Paths::default(),
        headers: vec![("X-Partner".to_owned(), "abc".to_owned())],
        timeouts: Timeouts {
            connect: Duration::from_millis(500),
            retrieve_rcc: ample,
            send_rcc: ample,
            get_rcc_acceptance: ample,
            complete_order: ample,
        },
        credentials: Source::Fixed(Credentials {
            key: Secret::new("the-key"),
            secret: Secret::new("the-secret"),
        }),
    }
}

fn http(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn token() -> String {
    http("200 OK", &format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer","expires_in":"1799"}}"#))
}

fn identity() -> Identity {
    let json = r#"{"salesCode":"S","partnerId":"P","partnerOrderId":"PO","transactionId":"T","addressDetailId":"A"}"#;
    serde_json::from_str(json).unwrap()
}

fn complete() -> Request {
    Request::complete(&identity(), Method::Verbal, Some(&Secret::new("pay-0123456789")), &[])
}

async fn send(client: &Client, request: &Request) -> Answer {
    client.send(request, &identity()).await
}

fn unknown(answer: &Answer) -> &str {
    match &answer.outcome {
        Outcome::Failed(Failure::Unknown(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn not_sent(answer: &Answer) -> &str {
    match &answer.outcome {
        Outcome::Failed(Failure::NotSent(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_call_arrives_as_the_contract_says() {
    let server = Server::start(token(), Act::Say(http("200 OK", r#"{"orderNumber":7}"#))).await;
    let answer = send(&server.client(), &complete()).await;
    assert!(
        matches!(&answer.outcome, Outcome::Completed { order_number, .. } if order_number == "7"),
        "{answer:?}"
    );
    assert_eq!(answer.http_status, Some(200));
    let arrived = server.arrived.lock().unwrap().clone();
    let [(_, fetch), (_, call)] = arrived.as_slice() else { panic!("{arrived:?}") };
    let fetch = fetch.to_lowercase();
    // base64("the-key:the-secret")
    assert!(fetch.contains("authorization: basic dghllwtletp0agutc2vjcmv0\r\n"), "{fetch}");
    assert!(
        fetch.ends_with("\r\n\r\ngrant_type=client_credentials") && !fetch.contains("x-partner"),
        "{fetch}"
    );
    let (head, body) = call.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert!(head.starts_with("post /pxcompleteorder http/1.1\r\n"), "{head}");
    for header in
        [&format!("authorization: bearer {TOKEN}"), "content-type: application/json", "x-partner: abc"]
    {
        assert!(head.contains(header), "{head}");
    }
    assert_eq!(body.as_bytes(), complete().body.as_slice());
}

#[tokio::test]
async fn a_complete_without_a_whole_reply_is_unknown_and_arrived_once() {
    for (act, word) in [
        (Act::Cut, "broke"),
        (Act::CutWithin, "broke"),
        (Act::Flood, "longer than 1 MiB"),
        (Act::Say("nonsense\r\n\r\n".to_owned()), "broke"),
        (Act::Say(http("502 Bad Gateway", "<html>")), "502"),
    ] {
        let server = Server::start(token(), act).await;
        let answer = send(&server.client(), &complete()).await;
        assert!(unknown(&answer).contains(word), "{answer:?}");
        assert_eq!(server.count("/pxCompleteOrder"), 1, "{word}");
    }
}

#[tokio::test]
async fn a_complete_that_is_never_answered_is_unknown_when_its_time_is_over() {
    let server = Server::start(token(), Act::Hang).await;
    let mut settings = settings(&server.url, &format!("{}/token", server.url));
    settings.timeouts.complete_order = Duration::from_millis(700);
    let answer = send(&Client::new(settings).unwrap(), &complete()).await;
    assert!(unknown(&answer).ends_with("within 700ms"), "{answer:?}");
    assert_eq!(server.count("/pxCompleteOrder"), 1);
}

#[tokio::test]
async fn a_port_where_nobody_listens_got_nothing() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let server = Server::start(token(), Act::Cut).await;
    let base = format!("http://{free}");
    let answer = send(&client(&base, &format!("{}/token", server.url)), &complete()).await;
    let why = not_sent(&answer);
    assert!(why.contains(&free.to_string()) && why.contains("refused") && !why.contains("http:"), "{why}");
    let answer = send(&client(&server.url, &format!("{base}/token")), &complete()).await;
    assert!(not_sent(&answer).starts_with("no token: no connection to "), "{answer:?}");
    assert_eq!(server.count("/pxCompleteOrder"), 0);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Server::start(token(), Act::Cut).await;
    let away =
        format!("HTTP/1.1 307 Away\r\nLocation: {}/pxCompleteOrder\r\nContent-Length: 0\r\n\r\n", other.url);
    let server = Server::start(token(), Act::Say(away.clone())).await;
    let answer = send(&server.client(), &complete()).await;
    assert!(unknown(&answer).contains("307"), "{answer:?}");
    assert_eq!(server.count("/pxCompleteOrder"), 1);

    let server = Server::start(away, Act::Cut).await;
    let answer = send(&server.client(), &complete()).await;
    assert!(not_sent(&answer).contains("307"), "{answer:?}");
    assert!(other.arrived.lock().unwrap().is_empty(), "neither the order nor key and secret went elsewhere");
}

#[tokio::test]
async fn a_401_of_px_leaves_the_token_alone_and_one_of_the_gateway_drops_it() {
    let px = r#"{"internalMessageCode":"1210","userMessage":"RCC must be accepted; TxID 1"}"#;
    let gateway = r#"{"fault":{"faultstring":"Invalid Access Token","detail":{"errorcode":"x"}}}"#;
    for (body, tokens) in [(px, 1), (gateway, 2)] {
        let server = Server::start(token(), Act::Say(http("401 Unauthorized", body))).await;
        let client = server.client();
        for _ in 0..2 {
            let answer = send(&client, &complete()).await;
            match tokens {
                1 => assert!(matches!(answer.outcome, Outcome::Refused(_)), "{answer:?}"),
                _ => {
                    assert!(matches!(answer.outcome, Outcome::Failed(Failure::Credentials(_))), "{answer:?}");
                }
            }
        }
        assert_eq!(server.count("/pxCompleteOrder"), 2, "each was sent once");
        assert_eq!(server.count("/token"), tokens);
    }
}

#[tokio::test]
async fn many_calls_share_one_token() {
    let server = Server::start(token(), Act::Say(http("200 OK", r#"{"rccText":"t"}"#))).await;
    let client = Arc::new(server.client());
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let client = Arc::clone(&client);
            tokio::spawn(async move { send(&client, &Request::retrieve(&identity())).await })
        })
        .collect();
    for call in calls {
        assert!(matches!(call.await.unwrap().outcome, Outcome::Rcc { .. }));
    }
    assert_eq!((server.count("/token"), server.count("/pxRetrieveRCC")), (1, 20));
}

#[tokio::test]
async fn a_token_that_could_end_under_way_is_renewed_for_complete_only() {
    let reply = http("200 OK", r#"{"orderNumber":7,"rccText":"t"}"#);
    let brief = http("200 OK", &format!(r#"{{"access_token":"{TOKEN}","expires_in":60}}"#));
    for (request, tokens) in [(complete(), 2), (Request::retrieve(&identity()), 1)] {
        let server = Server::start(brief.clone(), Act::Say(reply.clone())).await;
        let mut settings = settings(&server.url, &format!("{}/token", server.url));
        settings.timeouts.complete_order = Duration::from_mins(2);
        let client = Client::new(settings).unwrap();
        for _ in 0..2 {
            let answer = send(&client, &request).await;
            assert!(!matches!(answer.outcome, Outcome::Failed(_)), "{answer:?}");
        }
        assert_eq!(server.count("/token"), tokens, "{}", request.call);
    }
}

#[tokio::test]
async fn no_token_no_call() {
    let refused = r#"{"ErrorCode":"invalid_client","Error":"Client credentials are invalid"}"#;
    let server = Server::start(http("401 Unauthorized", refused), Act::Cut).await;
    let answer = send(&server.client(), &complete()).await;
    match &answer.outcome {
        Outcome::Failed(Failure::Credentials(why)) => assert!(why.contains("invalid_client"), "{why}"),
        other => panic!("{other:?}"),
    }
    for reply in
        [http("200 OK", "<html>"), http("200 OK", "{}"), http("503 Busy", ""), "nonsense\r\n\r\n".to_owned()]
    {
        let server = Server::start(reply, Act::Cut).await;
        let answer = send(&server.client(), &complete()).await;
        assert!(not_sent(&answer).starts_with("no token"), "{answer:?}");
        assert_eq!(
            server.arrived.lock().unwrap().len(),
            1,
            "the token was asked for once, the order not sent"
        );
    }
}

#[tokio::test]
async fn what_is_private_does_not_come_back_in_an_error() {
    let echo = format!(r#"{{"userMessage":"+13035550123 pay-0123456789 Bearer {TOKEN} TxID 1"}}"#);
    let server = Server::start(
        token(),
        Act::Say(http("503 Busy", &echo).replace("\r\n\r\n", "\r\nRetry-After: 7\r\n\r\n")),
    )
    .await;
    let phone = Contact::Sms(Phone::new("3035550123").unwrap());
    for (request, hidden) in
        [(complete(), "pay-0123456789"), (Request::send(&identity(), &phone), "3035550123")]
    {
        let answer = send(&server.client(), &request).await;
        let shown = format!("{answer:?} {request:?}");
        assert!(!shown.contains(TOKEN) && !shown.contains(hidden) && shown.contains("TxID 1"), "{shown}");
        assert_eq!(answer.retry_after, Some(Duration::from_secs(7)));
    }
}

#[tokio::test]
async fn every_complete_has_a_connection_of_its_own() {
    let server =
        Server::start(token(), Act::Say(http("200 OK", r#"{"rccText":"t","orderNumber":"1"}"#))).await;
    let client = server.client();
    for request in [Request::retrieve(&identity()), complete(), complete(), Request::retrieve(&identity())] {
        send(&client, &request).await;
    }
    let arrived = server.arrived.lock().unwrap();
    let completes = arrived.iter().filter(|(_, request)| request.starts_with("POST /pxCompleteOrder "));
    for (connection, _) in completes {
        assert_eq!(arrived.iter().filter(|(other, _)| other == connection).count(), 1);
    }
    assert_eq!(arrived.len(), 5);
}

#[tokio::test]
async fn a_host_that_cannot_do_tls_got_nothing() {
    let server = Server::start(token(), Act::Cut).await;
    let base = server.url.replace("http:", "https:");
    let answer = send(&client(&base, &format!("{}/token", server.url)), &complete()).await;
    assert!(not_sent(&answer).starts_with("no "), "{answer:?}");
    assert_eq!(server.count("/pxCompleteOrder"), 0);
}
