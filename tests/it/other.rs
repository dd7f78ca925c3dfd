//! Another Px, which shares nothing with the embedded one: written from the contract by its loosest reading. Numbers come
//! as strings, the RCC as one string, codes as numbers, fields in another order and with others between them.

use crate::kit::{Home, order};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const RCC: &str = "You pay $10\t20 a month.\r\n\r\n\u{202e}Taxes\u{200b} are estimated.\u{1b}[2J \n";

#[derive(Default)]
struct State {
    /// Status and body of replies that come before any other, with the path they are for.
    next: VecDeque<(&'static str, u16, Value)>,
    completes: Vec<Value>,
    /// Every request that came, for a token too.
    requests: usize,
    /// How long it takes over each of the four calls.
    slow: Duration,
    tokens: usize,
    checks: usize,
    /// The `Authorization` of each call.
    shown: Vec<String>,
}

pub struct Other {
    pub base: String,
    state: Arc<Mutex<State>>,
}

impl Other {
    pub fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                std::thread::spawn(move || serve_one(stream, &shared));
            }
        });
        Self { base, state }
    }

    /// What it answers before anything else, in this order: to which path, with which status and body.
    pub fn answers_next(&self, replies: Vec<(&'static str, u16, Value)>) {
        self.state.lock().unwrap().next.extend(replies);
    }

    /// How many Completes came.
    pub fn completes(&self) -> usize {
        self.state.lock().unwrap().completes.len()
    }

    /// How many requests came, those for a token too.
    pub fn requests(&self) -> usize {
        self.state.lock().unwrap().requests
    }

    /// Takes so long over each of the four calls from now on.
    pub fn slow(&self, slow: Duration) {
        self.state.lock().unwrap().slow = slow;
    }

    /// How many tokens were given out.
    pub fn tokens(&self) -> usize {
        self.state.lock().unwrap().tokens
    }

    /// The `Authorization` of each of the four calls that came.
    pub fn shown(&self) -> Vec<String> {
        self.state.lock().unwrap().shown.clone()
    }
}

fn serve_one(mut stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    reader.read_line(&mut first).unwrap_or(0);
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let (mut length, mut line) = (0, String::new());
    while reader.read_line(&mut line).unwrap_or(0) > 2 {
        if path.starts_with("/px")
            && let Some(shown) = line.strip_prefix("authorization: ")
        {
            state.lock().unwrap().shown.push(shown.trim().to_owned());
        }
        if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap_or(());
    let slow = {
        let mut state = state.lock().unwrap();
        state.requests += 1;
        if path.starts_with("/px") { state.slow } else { Duration::ZERO }
    };
    let (status, reply) = answer(&path, &serde_json::from_slice(&body).unwrap_or(Value::Null), state);
    std::thread::sleep(slow);
    let reply = reply.to_string();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        reply.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(reply.as_bytes()));
}

fn answer(path: &str, request: &Value, state: &Mutex<State>) -> (u16, Value) {
    let mut state = state.lock().unwrap();
    if path == "/pxCompleteOrder" {
        state.completes.push(request.clone());
    }
    if state.next.front().is_some_and(|(wanted, ..)| *wanted == path) {
        let (_, status, body) = state.next.pop_front().unwrap();
        return (status, body);
    }
    match path {
        "/oauth/v2/token" => {
            state.tokens += 1;
            (
                200,
                json!({ "status": "approved", "expires_in": 3600, "token_type": "BearerToken", "access_token": "other-token-0123456789" }),
            )
        }
        "/pxRetrieveRCC" => (
            200,
            json!({ "extra": [1, { "a": null }], "rccText": RCC, "partnerOrderId": request["partnerOrderId"], "TxId": 77 }),
        ),
        "/pxSendRCC" => (
            200,
            json!({ "txId": "78", "deliveryMethod": request["deliveryMethod"], "sentAt": "2026-11-20T15:00:00.000+00:00" }),
        ),
        "/pxGetRCCAcceptance" => {
            state.checks += 1;
            let accepted = state.checks > 1;
            (
                200,
                json!({ "accepted": accepted.to_string(), "acceptanceMethod": if accepted { json!("Email") } else { Value::Null }, "txId": "79" }),
            )
        }
        "/pxCompleteOrder" => (
            200,
            json!({ "orderStatus": 1, "orderDetails": { "lines": ["x"] }, "orderNumber": 4_711, "txId": 80 }),
        ),
        _ => (404, json!({ "code": "404", "message": "Not Found", "info": "" })),
    }
}

#[test]
fn the_same_walks_against_another_px() {
    let px = Other::serve();
    let home = Home::at(&px.base);
    let spoken = home.open(&order("1"));
    home.walk(&spoken).with(0);
    let shown = home.show(&spoken);
    assert_eq!((&shown["state"], &shown["orderNumber"]), (&json!("completed"), &json!("4711")));
    let hash = pxdesk::order::Digest::of(RCC.as_bytes()).to_string();
    assert_eq!(
        (&shown["rcc"]["sha256"], &shown["rcc"]["sections"][0]["text"]),
        (&json!(hash), &json!(RCC)),
        "raw, to the byte"
    );
    let mailed = home.open(&order("2"));
    home.run(&["order", "walk", &mailed, "--method", "email", "--wait", "10"]).with(0);
    let state = px.state.lock().unwrap();
    assert_eq!(state.completes.len(), 2);
    assert_eq!(
        (&state.completes[0]["rccAcceptanceMethod"], &state.completes[1]["rccAcceptanceMethod"]),
        (&json!("VERBAL"), &json!("EMAIL"))
    );
    assert_eq!(state.completes[0]["rccAccepted"], json!(true));
    assert_eq!(state.tokens, 2, "one for each process");
}

#[test]
fn all_twenty_rows_at_another_px() {
    let px = Other::serve();
    let home = Home::at(&px.base);
    for (n, row) in pxdesk::order::remedy::all().iter().enumerate() {
        let path = if row.id.starts_with("retrieve") { "/pxRetrieveRCC" } else { "/pxCompleteOrder" };
        let message = row.message.replace("<B>", &row.field).replace("TxID <>", "TxID 7f-3a");
        let mut error =
            json!({ "message": { "userMessage": message, "apiStatusCode": row.http_status.to_string() } });
        // The code as a number, elsewhere in the body; the row without one goes by its words.
        if let Ok(code) = row.code.parse::<u32>() {
            error["detail"] = json!([{ "internalMessageCode": code }]);
        }
        let status = if row.http_status == 0 { 400 } else { row.http_status };
        px.state.lock().unwrap().next.push_back((path, status, error));
        let id = home.open(&order(&n.to_string()));
        let walked = home.walk(&id).with(3);
        let shown = home.show(&id);
        assert_eq!(
            (&shown["lastError"]["field"], &shown["lastError"]["remedy"]),
            (&json!(row.field), &json!(row.next)),
            "{}",
            row.id
        );
        assert_eq!(shown["lastError"]["txId"], "7f-3a", "{}", row.id);
        assert!(walked.err.contains("7f-3a"), "{}: {walked:?}", row.id);
        assert!(px.state.lock().unwrap().next.is_empty());
    }
}

#[test]
fn a_refused_token_leads_to_one_more_attempt_that_is_on_record() {
    let px = Other::serve();
    let home = Home::at(&px.base);
    let id = home.open(&order("1"));
    let fault = json!({ "fault": { "faultstring": "Invalid Access Token", "detail": { "errorcode": "keymanagement.service.invalid_access_token" } } });
    px.state.lock().unwrap().next.push_back(("/pxCompleteOrder", 401, fault));
    home.walk(&id).with(0);
    let shown = home.show(&id);
    let completes: Vec<_> =
        shown["attempts"].as_array().unwrap().iter().filter(|a| a["call"] == "complete_order").collect();
    assert_eq!(completes.iter().map(|a| &a["outcome"]).collect::<Vec<_>>(), ["credentials", "answered"]);
    assert_eq!(px.state.lock().unwrap().tokens, 2);
}
