//! The embedded Px over real sockets: who is let in, what is cut, what the control side says.

use crate::kit;
use pxdesk::sandbox::{self, Options, Scenario};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;
use tokio::sync::oneshot;

/// A server on a thread of its own; it ends when dropped.
pub struct Px {
    pub address: SocketAddr,
    ends: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What came back, as it stands on the wire.
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    /// What came back, read from its bytes.
    fn read(bytes: Vec<u8>) -> Self {
        let all = String::from_utf8(bytes).unwrap();
        let (head, body) = all.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no reply: {all:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
}

impl Px {
    pub fn serve(scenario: &str, state_file: Option<&Path>) -> Self {
        let options = Options {
            scenario: Scenario::named(scenario).unwrap(),
            seed: 1,
            state_file: state_file.map(Path::to_owned),
            market: true,
            registration: true,
        };
        let (ends, end) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = sandbox::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let shutdown = async {
                    let _ = end.await;
                };
                sandbox::serve(listener, options, shutdown).await.unwrap();
            });
        });
        Self { address: told.recv().unwrap(), ends: Some(ends), thread: Some(thread) }
    }

    /// Sends `method path` with these header lines; everything that comes back until the server closes.
    pub fn raw(&self, start: &str, headers: &str, body: &[u8]) -> Vec<u8> {
        self.raw_headed(start, &format!("host: {}\r\n{headers}", self.address), body)
    }

    /// The same, and not even a host is said but in `headers`.
    fn raw_headed(&self, start: &str, headers: &str, body: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head = format!(
            "{start} HTTP/1.1\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        // A server that refuses a body need not read all of it.
        let _ = stream.write_all(body);
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all);
        all
    }

    pub fn exchange(&self, start: &str, headers: &str, body: &[u8]) -> Reply {
        Reply::read(self.raw(start, headers, body))
    }

    /// An exchange with no header lines but these.
    pub fn exchange_headed(&self, start: &str, headers: &str, body: &[u8]) -> Reply {
        Reply::read(self.raw_headed(start, headers, body))
    }

    fn token(&self, basic: &str) -> Reply {
        let headers =
            format!("authorization: {basic}\r\ncontent-type: application/x-www-form-urlencoded\r\n");
        self.exchange("POST /oauth/v2/token", &headers, b"grant_type=client_credentials")
    }

    /// Header lines that are let in.
    fn bearer(&self) -> String {
        let token = self.token("Basic azpz").json();
        format!(
            "authorization: Bearer {}\r\ncontent-type: application/json\r\n",
            token["access_token"].as_str().unwrap()
        )
    }

    pub fn call(&self, path: &str, request: &Value) -> Reply {
        self.exchange(&format!("POST {path}"), &self.bearer(), request.to_string().as_bytes())
    }

    pub fn control(&self, path: &str, body: &Value) -> Reply {
        let kind = "content-type: application/json\r\n";
        self.exchange(&format!("POST /_sandbox/{path}"), kind, body.to_string().as_bytes())
    }

    fn ledger(&self, transaction: &str) -> Value {
        self.exchange(&format!("GET /_sandbox/ledger?transactionId={transaction}"), "", b"").json()
    }

    /// Ends the server and waits until it has.
    fn end(&mut self) {
        self.ends.take().map(|ends| ends.send(()));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Px {
    fn drop(&mut self) {
        self.end();
    }
}

pub fn ids(n: &str) -> Value {
    let mut order = kit::order(n);
    order.as_object_mut().unwrap().remove("customer");
    order
}

fn completing(n: &str) -> Value {
    let mut request = ids(n);
    request["rccAccepted"] = json!(true);
    request["rccAcceptanceMethod"] = json!("VERBAL");
    request
}

#[test]
fn a_token_is_for_who_has_key_and_secret_and_ends() {
    let px = Px::serve("strict", None);
    // practice-key:practice-secret
    let good = "basic cHJhY3RpY2Uta2V5OnByYWN0aWNlLXNlY3JldA==";
    for bad in ["", "Basic", "Basic !!", "Basic azpz", "Bearer x"] {
        let refused = px.token(bad);
        assert_eq!((refused.status, &refused.json()["ErrorCode"]), (401, &json!("invalid_client")), "{bad}");
    }
    let token = px.token(good).json();
    assert_eq!((&token["expires_in"], &token["token_type"]), (&json!("60"), &json!("Bearer")));
    let bearer = format!("authorization: bearer {}\r\n", token["access_token"].as_str().unwrap());
    let body = ids("1").to_string();
    let retrieve = || px.exchange("POST /pxRetrieveRCC", &bearer, body.as_bytes());
    assert_eq!(retrieve().status, 200);
    px.control("clock", &json!({ "advanceSeconds": 60 }));
    let refused = retrieve();
    assert_eq!(
        (refused.status, &refused.json()["fault"]["faultstring"]),
        (401, &json!("Invalid Access Token"))
    );
    assert_eq!(px.ledger("T-1")["retrievesReceived"], 2);
}

#[test]
fn a_grant_other_than_client_credentials_is_refused() {
    let px = Px::serve("calm", None);
    let refused =
        px.exchange("POST /oauth/v2/token", "authorization: Basic azpz\r\n", b"grant_type=password");
    assert_eq!((refused.status, &refused.json()["ErrorCode"]), (400, &json!("unsupported_grant_type")));
}

#[test]
fn every_cut_leaves_no_byte_and_the_ledger_knows_what_was_done() {
    let px = Px::serve("calm", None);
    for (n, (fault, applied)) in
        [(json!({"cut":"before"}), 0), (json!({"cut":"after"}), 1)].into_iter().enumerate()
    {
        let n = n.to_string();
        px.call("/pxRetrieveRCC", &ids(&n));
        px.control("faults", &json!({ "call": "complete_order", "fault": fault }));
        let bytes = px.raw("POST /pxCompleteOrder", &px.bearer(), completing(&n).to_string().as_bytes());
        assert!(bytes.is_empty(), "{fault}: {bytes:?}");
        let line = px.ledger(&format!("T-{n}"));
        assert_eq!((&line["completesReceived"], &line["completesApplied"]), (&json!(1), &json!(applied)));
    }
}

#[test]
fn spoilt_replies_are_spoilt_after_the_work() {
    let px = Px::serve("calm", None);
    let spoil = |n: &str, fault: Value| {
        px.call("/pxRetrieveRCC", &ids(n));
        px.control("faults", &json!({ "call": "complete_order", "fault": fault }));
        px.exchange("POST /pxCompleteOrder", &px.bearer(), completing(n).to_string().as_bytes())
    };
    let html = spoil("1", json!({ "body": "html" }));
    assert!(html.status == 502 && html.head.contains("text/html") && html.body.starts_with("<html>"));
    let other = spoil("2", json!({ "body": "other_ids" })).json();
    assert_eq!(other["transactionId"], "T-2-other");
    assert_eq!(other["orderDetails"]["partnerOrderId"], "PO-2-other");
    assert!(serde_json::from_str::<Value>(&spoil("3", json!({ "body": "truncated" })).body).is_err());
    assert_eq!(spoil("4", json!({ "body": "empty", "status": 500 })).body, "");
    assert_eq!(spoil("5", json!({ "body": "garbled", "applied": false })).status, 200);
    let applied: Vec<_> = (1..=5).map(|n| px.ledger(&format!("T-{n}"))["completesApplied"].clone()).collect();
    assert_eq!(applied, [1, 1, 1, 1, 0].map(|n| json!(n)));
    let quota = spoil("6", json!({ "status": 429, "retryAfter": 7 }));
    assert!(quota.status == 429 && quota.head.contains("retry-after: 7"), "{}", quota.head);
    assert_eq!(px.ledger("T-6")["completesApplied"], 0);
}

#[test]
fn a_hanging_reply_does_not_keep_the_server_from_ending() {
    let mut px = Px::serve("calm", None);
    px.call("/pxRetrieveRCC", &ids("1"));
    px.control("faults", &json!({ "call": "complete_order", "fault": { "hang": "after" } }));
    let bearer = px.bearer();
    let address = px.address;
    let mut stream = TcpStream::connect(address).unwrap();
    let body = completing("1").to_string();
    let head = format!(
        "POST /pxCompleteOrder HTTP/1.1\r\nhost: px\r\n{bearer}content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    while px.ledger("T-1")["completesApplied"] != 1 {
        std::thread::sleep(Duration::from_millis(5));
    }
    px.end();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    assert!(bytes.is_empty(), "{bytes:?}");
}

#[test]
fn servers_that_share_a_state_are_one_px() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("px.json");
    let [one, other] = [(); 2].map(|()| Px::serve("calm", Some(&file)));
    let bearer = one.bearer();
    let retrieve = other.exchange("POST /pxRetrieveRCC", &bearer, ids("1").to_string().as_bytes());
    assert_eq!(retrieve.status, 200, "a token of one is good at the other");
    assert_eq!(one.call("/pxCompleteOrder", &completing("1")).status, 200);
    assert_eq!(other.call("/pxCompleteOrder", &completing("1")).json()["internalMessageCode"], "2130");
    drop((one, other));
    let later = Px::serve("calm", Some(&file));
    assert_eq!(later.ledger("T-1")["completesReceived"], 2);
}

#[test]
fn what_does_not_fit_gets_the_shape_of_the_contract() {
    let px = Px::serve("calm", None);
    let bearer = px.bearer();
    let not_json = px.exchange("POST /pxRetrieveRCC", &bearer, b"{");
    assert!(not_json.status == 400 && not_json.json()["userMessage"].is_string());
    let typed = bearer.replace("application/json", "text/xml");
    assert_eq!(px.exchange("POST /pxRetrieveRCC", &typed, ids("1").to_string().as_bytes()).status, 400);
    assert_eq!(px.exchange("GET /pxRetrieveRCC", &bearer, b"").json()["code"], "405");
    assert_eq!(px.exchange("POST /pxNothing", &bearer, b"{}").json()["code"], "404");
    let missing = px.exchange("POST /pxRetrieveRCC", "", b"{}");
    assert_eq!((missing.status, &missing.json()["code"]), (401, &json!("missingCredentials")));
    assert_eq!(
        px.exchange("POST /pxRetrieveRCC", &bearer, &vec![b' '; 1024 * 1024 + 1]).json()["code"],
        "413"
    );
}

#[test]
fn the_control_side_says_what_it_takes() {
    let px = Px::serve("calm", None);
    for (path, body, hint) in [
        ("clock", json!({ "advanceSeconds": -1 }), "goes forward"),
        ("clock", json!({ "seconds": 1 }), "advanceSeconds"),
        ("accept", json!({}), "transactionId"),
        (
            "faults",
            json!({ "call": "complete_order", "fault": { "row": "4040" } }),
            "not documented for this call",
        ),
        ("faults", json!({ "call": "complete_order", "fault": {} }), "says nothing"),
        (
            "faults",
            json!({ "call": "complete_order", "fault": { "cut": "after", "aplied": true } }),
            "aplied",
        ),
        (
            "faults",
            json!({ "call": "complete_order", "fault": { "cut": "after", "row": "2131" } }),
            "more than one",
        ),
        (
            "faults",
            json!({ "call": "send_rcc", "times": 1, "forSeconds": 60, "fault": { "cut": "after" } }),
            "say one of them",
        ),
        ("faults", json!({ "call": "brew", "fault": { "cut": "after" } }), "retrieve_rcc"),
    ] {
        let refused = px.control(path, &body);
        let message = refused.json()["message"].as_str().unwrap().to_owned();
        assert!(refused.status == 400 && message.contains(hint), "{path} {body}: {message}");
    }
    assert_eq!(px.control("accept", &json!({ "transactionId": "T-1" })).status, 404);
    assert_eq!(px.control("clock", &json!({ "advanceSeconds": 7260 })).json()["advancedSeconds"], 7260);
    px.control("faults", &json!({ "call": "token", "times": 2, "fault": { "gateway": "quota" } }));
    assert_eq!(px.token("Basic azpz").status, 429);
    let pending = px.exchange("GET /_sandbox/faults", "", b"").json();
    assert_eq!(pending["pending"][0]["times"], 1);
    assert_eq!(px.exchange("DELETE /_sandbox/faults", "", b"").json()["pending"], json!([]));
    px.call("/pxRetrieveRCC", &ids("1"));
    assert_eq!(px.control("reset", &json!({})).status, 200);
    let ledger = px.exchange("GET /_sandbox/ledger", "", b"").json();
    assert_eq!(ledger, json!({ "transactions": [], "tokensIssued": 0 }));
}

#[test]
fn the_page_and_the_contract_are_served() {
    let px = Px::serve("calm", None);
    let contract = px.exchange("GET /openapi.json", "", b"");
    assert_eq!((contract.status, &contract.json()["openapi"]), (200, &json!("3.1.0")));
    let page = px.exchange("GET /docs/", "", b"");
    assert!(page.status == 200 && page.body.contains("swagger-ui"));
    let settings = px.exchange("GET /docs/swagger-initializer.js", "", b"");
    for contract in ["\"/openapi.json\"", "\"/_sandbox/openapi.json\""] {
        assert!(settings.body.contains(contract), "{}", settings.body);
    }
}

#[test]
fn a_taken_port_is_named() {
    let px = Px::serve("calm", None);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(sandbox::bind(px.address)).unwrap_err();
    assert!(error.0.contains(&px.address.to_string()), "{error}");
}

#[test]
fn a_state_that_cannot_be_read_is_told_before_anything_listens() {
    let home = kit::Home::empty();
    let state = home.path().join("state.json");
    for broken in ["{", "[]", "{\"advanced_seconds\":\"soon\"}"] {
        std::fs::write(&state, broken).unwrap();
        let serve = ["sandbox", "serve", "--listen", "127.0.0.1:0", "--state", state.to_str().unwrap()];
        let ran = home.run(&serve).with(2);
        assert!(ran.out.is_empty() && ran.err.contains(state.to_str().unwrap()), "{ran:?}");
        assert!(ran.err.contains("move it away, or name another file"), "{ran:?}");
        assert_eq!(std::fs::read_to_string(&state).unwrap(), broken, "it is left as it was");
    }
}

/// A pipe would be waited for, and a device read without end.
#[test]
fn only_a_file_of_a_sensible_size_is_a_scenario() {
    let home = kit::Home::empty();
    let (large, other) = (home.path().join("large.toml"), home.path().join("other.toml"));
    std::fs::write(&large, "# ".repeat(600_000)).unwrap();
    std::fs::write(&other, "\ntoken_lifetime_seconds = -1\n").unwrap();
    let table = [
        ("/dev/zero", "it is not a file"),
        ("/nowhere.toml", "neither one of calm, practice"),
        (large.to_str().unwrap(), "it is larger than 1 MiB"),
        (other.to_str().unwrap(), "other.toml:2: token_lifetime_seconds = -1 is not between 1"),
    ];
    for (scenario, said) in table {
        let refused =
            home.run(&["sandbox", "serve", "--listen", "127.0.0.1:0", "--scenario", scenario]).with(2);
        assert!(refused.out.is_empty() && refused.err.contains(said), "{scenario}: {refused:?}");
    }
}
