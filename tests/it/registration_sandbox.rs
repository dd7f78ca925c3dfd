//! The embedded registration over real sockets: who is let in, what is cut, and what a trainer may ask.

use crate::kit::{self, Home, Sandbox, get, post};
use crate::sandbox::{Px, Reply};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use pxdesk::sandbox::{PRACTICE_CONTRACT, PRACTICE_EDGEGRID};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

const JSON: &str = "content-type: application/json\r\n";
const FORM: &str = "content-type: application/x-www-form-urlencoded\r\n";
const BASE: &str = "/config-saas-registration/v1";

fn keyed(key: &str, data: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(data.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// Each is taken once.
static NONCES: AtomicU64 = AtomicU64::new(0);

/// The header line of a client of practice whose clock is off by so many seconds.
fn authorization(host: SocketAddr, start: &str, body: &str, off: i64) -> String {
    let (method, target) = start.split_once(' ').unwrap();
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(off);
    let at = at.strftime("%Y%m%dT%H:%M:%S+0000").to_string();
    let begins = format!(
        "EG1-HMAC-SHA256 client_token={};access_token={};timestamp={at};nonce=n{};",
        PRACTICE_EDGEGRID.client_token,
        PRACTICE_EDGEGRID.access_token,
        NONCES.fetch_add(1, Ordering::Relaxed)
    );
    let hash = match (method, body) {
        ("POST", body) if !body.is_empty() => BASE64_STANDARD.encode(Sha256::digest(body)),
        _ => String::new(),
    };
    let data = format!("{method}\thttp\t{host}\t{target}\t\t{hash}\t{begins}");
    let signature = keyed(&keyed(PRACTICE_EDGEGRID.client_secret, &at), &data);
    format!("authorization: {begins}signature={signature}\r\n")
}

fn ask_off(px: &Px, start: &str, body: &str, off: i64) -> Reply {
    let headers = authorization(px.address, start, body, off) + FORM;
    px.exchange(start, &headers, body.as_bytes())
}

/// A call under the contract of practice: `GET customers`.
fn ask(px: &Px, call: &str, body: &str) -> Reply {
    let (method, path) = call.split_once(' ').unwrap();
    ask_off(px, &format!("{method} {BASE}/{path}?contractId={PRACTICE_CONTRACT}"), body, 0)
}

/// What the control side knows.
fn look(px: &Px, what: &str) -> Value {
    px.exchange(&format!("GET /_sandbox/registration/{what}"), "", b"").json()
}

#[test]
fn a_client_lists_creates_renames_and_removes() {
    let px = Px::serve("calm", None);
    for path in ["customers", "customers/"] {
        assert_eq!(ask(&px, &format!("GET {path}"), "").json().as_array().unwrap().len(), 12);
    }
    let created = ask(&px, "POST customers", "providerCustomerId=new&customerName=N+%C3%A9");
    let location = format!("location: https://{}{BASE}/customers/12", px.address);
    assert!(created.status == 201 && created.body.is_empty() && created.head.contains(&location));
    assert!(!created.head.contains("content-type"), "{}", created.head);
    assert_eq!(ask(&px, "GET customers/12", "").json()["customerName"], "N é");
    let renamed = ask(&px, "PUT customers/12/", "providerCustomerId=new&customerName=M");
    assert!(renamed.status == 204 && renamed.head.contains(&location));
    assert_eq!(ask(&px, "DELETE customers/12", "").status, 204);
    let gone = ask(&px, "GET customers/12", "");
    assert!(gone.status == 404 && gone.json()["title"] == "Not Found");
    assert_eq!(look(&px, "contracts/A-PRACTICE")["customers"].as_array().unwrap().len(), 12);
    let counted = &look(&px, "ledger")["contracts"][PRACTICE_CONTRACT]["creates"];
    assert_eq!(*counted, json!([{ "collection": "customers", "id": "new", "times": 1 }]));
}

#[test]
fn the_clock_that_counts_is_the_one_that_the_servers_share() {
    let px = Px::serve("calm", None);
    let list = format!("GET {BASE}/pairs?contractId={PRACTICE_CONTRACT}");
    assert_eq!(ask_off(&px, &list, "", 0).status, 200);
    assert_eq!(px.control("clock", &json!({ "advanceSeconds": 100 })).status, 200);
    let refused = ask_off(&px, &list, "", 0);
    assert!(refused.status == 400 && refused.json()["detail"] == "Invalid timestamp", "{}", refused.body);
    assert!(refused.json()["requestTime"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    assert_eq!(ask_off(&px, &list, "", 100).status, 200);
    assert_eq!(px.exchange(&list, "", b"").status, 401);
    let twice = authorization(px.address, &list, "", 100).repeat(2);
    assert_eq!(px.exchange(&list, &twice, b"").status, 400);
}

#[test]
fn somebody_else_fills_and_changes_a_contract_and_a_reset_brings_practice_back() {
    let px = Px::serve("calm", None);
    let fill = json!({ "contract": PRACTICE_CONTRACT, "customers": 100, "pairs": 150 });
    assert_eq!(px.control("registration/fill", &fill).json(), json!({ "before": 28, "now": 278 }));
    let change = json!({ "contract": PRACTICE_CONTRACT, "remove": { "customers": ["zephyr"] } });
    assert_eq!(px.control("registration/change", &change).json()["removed"], 1);
    let again = px.control("registration/change", &change);
    assert!(again.status == 409 && again.json()["message"].as_str().unwrap().contains("no zephyr"));
    let half = json!({ "contract": PRACTICE_CONTRACT, "remove": { "customers": ["lindqvist", "zephyr"] } });
    assert_eq!(px.control("registration/change", &half).status, 409);
    let world = look(&px, "contracts/A-PRACTICE");
    assert_eq!(world["customers"].as_array().unwrap().len(), 111, "whole or not at all");
    let too_many = json!({ "contract": "A-1", "customers": 199_800 });
    assert_eq!(px.control("registration/fill", &too_many).status, 409);
    let settings = json!({ "duplicates": "conflict", "withoutRights": ["A-1"] });
    assert_eq!(px.control("registration/settings", &settings).json()["ids"], "reference");
    assert_eq!(ask(&px, "POST customers", "providerCustomerId=lindqvist").status, 409);
    assert_eq!(ask_off(&px, &format!("GET {BASE}/pairs?contractId=A-1"), "", 0).status, 403);
    assert_eq!(px.control("reset", &json!({})).status, 200);
    assert_eq!(ask(&px, "GET customers", "").json().as_array().unwrap().len(), 12);
    assert_eq!(look(&px, "settings")["duplicates"], "allowed");
}

#[test]
fn faults_meet_their_call_and_are_dropped_with_the_others() {
    let px = Px::serve("calm", None);
    let fault = |call: &str, fault: Value| px.control("faults", &json!({ "call": call, "fault": fault }));
    assert_eq!(fault("list_any", json!({ "cutAfterBytes": 40 })).status, 200);
    let start = format!("GET {BASE}/pairs?contractId={PRACTICE_CONTRACT}");
    let headers = authorization(px.address, &start, "", 0);
    assert_eq!(px.raw(&start, &headers, b"").len(), 40);
    assert_eq!(fault("create_customer", json!({ "cut": "after" })).status, 200);
    let start = format!("POST {BASE}/customers?contractId={PRACTICE_CONTRACT}");
    let headers = authorization(px.address, &start, "customerId=x", 0) + FORM;
    assert!(px.raw(&start, &headers, b"customerId=x").is_empty());
    let creates = &look(&px, "ledger")["contracts"][PRACTICE_CONTRACT]["creates"];
    assert_eq!(creates[0]["times"], 1);
    let waiting = fault("remove_any", json!({ "error": "CONFLICT" })).json();
    assert_eq!(waiting["pending"].as_array().unwrap().len(), 1);
    assert!(fault("remove_any", json!({})).json()["message"].as_str().unwrap().contains("list_applications"));
    assert_eq!(px.control("faults/clear", &json!({})).json()["pending"], json!([]));
    assert_eq!(ask(&px, "DELETE pairs/0", "").status, 204);
}

#[test]
fn the_contract_is_served_and_names_every_call_and_refusal() {
    let px = Px::serve("calm", None);
    let contract = px.exchange("GET /registration/openapi.json", "", b"").json();
    let page = px.exchange("GET /docs/swagger-initializer.js", "", b"").body;
    assert!(page.contains("\"/registration/openapi.json\""), "{page}");
    for (path, methods) in contract["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for method in [method.to_uppercase().as_str(), "PATCH"] {
                let reply = px.exchange(&format!("{method} {path}"), JSON, b"[]");
                assert!(operation["responses"][reply.status.to_string()].is_object(), "{method} {path}");
                assert_ne!(reply.status, 404, "{path}");
                assert_eq!(method == "PATCH", reply.status == 405, "{path}");
            }
        }
    }
    assert_eq!(px.exchange(&format!("GET {BASE}/users"), "", b"").status, 404);
    let large = "x".repeat(1024 * 1024 + 1);
    assert_eq!(ask(&px, "POST customers", &large).status, 413);
}

#[test]
fn a_registration_that_was_not_asked_for_is_not_there_and_its_state_outlives_the_server() {
    let px = Sandbox::serve(&["--market"]);
    let fault = json!({ "call": "list_any", "fault": { "cut": "after" } });
    assert_eq!(post(&format!("{}/_sandbox/faults", px.base), &fault).0, 400);
    for path in
        ["/_sandbox/registration/fill", "/registration/openapi.json", "/config-saas-registration/v1/pairs"]
    {
        assert_eq!(post(&format!("{}{path}", px.base), &json!({})).0, 404, "{path}");
    }
    let home = Home::empty();
    let file = home.path().join("state.json");
    let args = ["--registration", "--state", file.to_str().unwrap()];
    let first = Sandbox::serve(&args);
    let three = json!({ "contract": "A-1", "customers": 3 });
    assert_eq!(post(&format!("{}/_sandbox/registration/fill", first.base), &three).0, 200);
    drop(first);
    let again = Sandbox::serve(&args);
    let world = kit::get(&format!("{}/_sandbox/registration/contracts/A-1", again.base));
    assert_eq!(world["customers"].as_array().unwrap().len(), 3);
    assert_eq!(get(&format!("{}/_sandbox/ledger", again.base))["tokensIssued"], 0);
}
