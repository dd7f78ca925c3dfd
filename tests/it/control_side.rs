//! The control side of the embedded Px from outside: whoever is not of this machine changes nothing and learns nothing.

use crate::sandbox::{Px, ids};
use serde_json::{Value, json};

const JSON: &str = "content-type: application/json\r\n";

/// Every control call, with a body that would change something.
fn calls() -> Vec<(&'static str, String)> {
    let transaction = json!({ "transactionId": "T-1" }).to_string();
    let fault = json!({ "call": "complete_order", "fault": { "row": "2131" } }).to_string();
    vec![
        ("POST /_sandbox/clock", json!({ "advanceSeconds": 60 }).to_string()),
        ("GET /_sandbox/clock", String::new()),
        ("POST /_sandbox/clock/hold", json!({ "heldMillis": 5000 }).to_string()),
        ("POST /_sandbox/accept", transaction.clone()),
        ("POST /_sandbox/decline", transaction),
        ("POST /_sandbox/faults", fault),
        ("GET /_sandbox/faults", String::new()),
        ("DELETE /_sandbox/faults", String::new()),
        ("POST /_sandbox/faults/clear", String::new()),
        ("GET /_sandbox/ledger", String::new()),
        ("GET /_sandbox/openapi.json", String::new()),
        ("GET /_sandbox/nothing", String::new()),
        ("PUT /_sandbox/clock", "{}".to_owned()),
        ("POST /_sandbox/reset", String::new()),
    ]
}

/// A Px with something in each part of its state.
fn busy() -> Px {
    let px = Px::serve("calm", None);
    px.call("/pxRetrieveRCC", &ids("1"));
    let mut sms = ids("1");
    sms["deliveryMethod"] = json!("SMS");
    sms["phoneNumber"] = json!("+13035550123");
    assert_eq!(px.call("/pxSendRCC", &sms).status, 200);
    assert_eq!(px.control("clock", &json!({ "advanceSeconds": 5 })).status, 200);
    let fault = json!({ "call": "send_rcc", "fault": { "gateway": "quota" } });
    assert_eq!(px.control("faults", &fault).status, 200);
    px
}

/// All that the control side can say of its state, but for the passing of time.
fn state(px: &Px) -> Value {
    let get = |path: &str| px.exchange(&format!("GET /_sandbox/{path}"), "", b"").json();
    let acceptance = px.call("/pxGetRCCAcceptance", &ids("1")).json()["accepted"].clone();
    let mut ledger = get("ledger");
    // Asking costs a token and a check.
    ledger["tokensIssued"].take();
    ledger["transactions"][0]["acceptanceChecksReceived"].take();
    json!([ledger, get("clock")["advancedSeconds"], get("faults"), acceptance])
}

/// Each call with these header lines is answered with `status` and a hint in words, and changes nothing.
#[track_caller]
fn refused(px: &Px, headers: &str, status: u16, hint: &str) {
    let before = state(px);
    for (start, body) in calls() {
        let reply = px.exchange_headed(start, headers, body.as_bytes());
        assert_eq!(reply.status, status, "{start} with {headers:?}: {}", reply.body);
        assert!(reply.head.contains("content-type: application/json"), "{}", reply.head);
        let message = reply.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(hint), "{start} with {headers:?}: {message}");
    }
    assert_eq!(state(px), before, "changed with {headers:?}");
}

#[test]
fn a_host_that_is_not_this_machine_is_refused() {
    let px = busy();
    let port = px.address.port();
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
        format!("evil.localhost:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("0.0.0.0:{port}"),
        format!("192.168.0.7:{port}"),
        format!("[::2]:{port}"),
        format!("user@localhost:{port}"),
        "localhost:x".to_owned(),
        String::new(),
    ] {
        refused(&px, &format!("host: {host}\r\n{JSON}"), 403, "http://127.0.0.1");
    }
    refused(&px, JSON, 403, "does not say which host");
    refused(&px, &format!("host: localhost\r\nhost: evil.example\r\n{JSON}"), 403, "more than once");
}

#[test]
fn a_target_that_names_its_host_is_held_to_it() {
    let px = busy();
    let here = px.address.to_string();
    let before = state(&px);
    for (target, host) in [
        ("evil.example", here.as_str()),
        (here.as_str(), "evil.example"),
        ("evil.example", "evil.example"),
        ("localhost", here.as_str()),
    ] {
        let start = format!("POST http://{target}/_sandbox/reset");
        assert_eq!(
            px.exchange_headed(&start, &format!("host: {host}\r\n"), b"").status,
            403,
            "{target} {host}"
        );
    }
    assert_eq!(px.exchange_headed(&format!("POST http://{here}/_sandbox/reset"), "", b"").status, 403);
    assert_eq!(state(&px), before);
    let start = format!("POST http://{here}/_sandbox/reset");
    assert_eq!(px.exchange_headed(&start, &format!("host: {here}\r\n"), b"").status, 200);
}

#[test]
fn a_page_of_another_origin_is_refused() {
    let px = busy();
    let here = px.address;
    let port = here.port();
    for origin in [
        "null".to_owned(),
        "http://evil.example".to_owned(),
        format!("http://evil.example:{port}"),
        format!("https://{here}"),
        format!("http://localhost:{port}"),
        "http://127.0.0.1".to_owned(),
        format!("http://127.0.0.1:{}", port ^ 1),
        format!("http://{here}/"),
        format!("http://{here}.evil.example"),
        format!("http://evil.example@{here}"),
        here.to_string(),
        String::new(),
    ] {
        refused(
            &px,
            &format!("host: {here}\r\norigin: {origin}\r\n{JSON}"),
            403,
            "may not use the control side",
        );
    }
    let twice = format!("host: {here}\r\norigin: http://{here}\r\norigin: http://evil.example\r\n{JSON}");
    refused(&px, &twice, 403, "more than once");
    for site in ["cross-site", "same-site", "anything"] {
        refused(&px, &format!("host: {here}\r\nsec-fetch-site: {site}\r\n{JSON}"), 403, "from elsewhere");
    }
}

#[test]
fn a_body_that_is_not_said_to_be_json_is_refused() {
    let px = busy();
    for kind in [
        "text/plain",
        "text/plain;charset=UTF-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "text/json",
        "text/plain; application/json",
        "application/json, text/plain",
        "",
    ] {
        let headers = format!("host: {}\r\ncontent-type: {kind}\r\n", px.address);
        refused(&px, &headers, 415, "application/json");
    }
    let before = state(&px);
    for (start, body) in calls().into_iter().filter(|(_, body)| !body.is_empty()) {
        let reply = px.exchange(start, "", body.as_bytes());
        assert_eq!(reply.status, 415, "{start} without a type");
    }
    assert_eq!(state(&px), before);
}

#[test]
fn this_machines_own_programs_and_pages_are_let_in() {
    let px = busy();
    let port = px.address.port();
    let body = json!({ "advanceSeconds": 1 }).to_string();
    let mut moved = 5;
    for (host, kind) in [
        ("localhost".to_owned(), "application/json"),
        (format!("LocalHost:{port}"), "Application/JSON; charset=utf-8"),
        ("127.0.0.1".to_owned(), "application/json;charset=utf-8"),
        (format!("127.0.0.2:{port}"), "application/json ; q=1"),
        ("[::1]".to_owned(), "application/json"),
        (format!("[::1]:{port}"), "application/json"),
    ] {
        for page in [String::new(), format!("origin: http://{host}\r\nsec-fetch-site: same-origin\r\n")] {
            let headers = format!("host: {host}\r\ncontent-type: {kind}\r\n{page}");
            let reply = px.exchange_headed("POST /_sandbox/clock", &headers, body.as_bytes());
            moved += 1;
            assert_eq!(reply.status, 200, "{headers:?}: {}", reply.body);
            assert_eq!(reply.json()["advancedSeconds"], moved);
        }
    }
    // A person who types the address sees what is there.
    let typed = px.exchange("GET /_sandbox/ledger", "sec-fetch-site: none\r\n", b"");
    assert_eq!(typed.json()["transactions"][0]["transactionId"], "T-1");
    assert_eq!(px.exchange("POST /_sandbox/reset", "", b"").status, 200, "nothing to be said of no body");
}

#[test]
fn the_rest_of_the_server_asks_no_one_where_they_come_from() {
    let px = Px::serve("calm", None);
    for start in ["GET /openapi.json", "GET /docs/"] {
        let headers = "host: px.example\r\norigin: http://px.example\r\n";
        assert_eq!(px.exchange_headed(start, headers, b"").status, 200, "{start}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_in_the_shape_of_the_contract() {
    let px = Px::serve("calm", None);
    let large = vec![b' '; 1024 * 1024 + 1];
    for (start, body, status) in [
        ("POST /_sandbox/clock", large.as_slice(), 413),
        ("POST /_sandbox/faults", large.as_slice(), 413),
        ("POST /_sandbox/accept", b"{", 400),
        ("GET /_sandbox/ledger?transactionId=a&transactionId=b", b"", 400),
        ("GET /_sandbox/nothing", b"", 404),
        ("GET /_sandbox/reset", b"", 405),
    ] {
        let reply = px.exchange(start, JSON, body);
        assert_eq!(reply.status, status, "{start}: {}", reply.body);
        assert!(reply.json()["message"].is_string(), "{start}");
    }
}

#[test]
fn the_contract_of_the_control_side_names_every_refusal() {
    let px = Px::serve("calm", None);
    let contract = px.exchange("GET /_sandbox/openapi.json", "", b"").json();
    let mut documented = 0;
    for (start, body) in calls() {
        let (method, path) = start.split_once(' ').unwrap();
        let responses = &contract["paths"][path][method.to_ascii_lowercase()]["responses"];
        if responses.is_null() {
            assert!(path.ends_with("nothing") || method == "PUT", "{start} is not in the contract");
            continue;
        }
        documented += 1;
        let expected: &[&str] =
            if body.is_empty() { &["403", "405", "415"] } else { &["400", "403", "405", "413", "415"] };
        for status in expected {
            assert!(responses[*status].is_object(), "{start}: {status}");
        }
    }
    let paths = contract["paths"].as_object().unwrap().values();
    let all: usize = paths.map(|methods| methods.as_object().unwrap().len()).sum();
    assert_eq!(documented, all, "a call in the contract that nothing here tries");
}
