//! The embedded marketplace over real sockets: partners' calls, buyers, bills, and what goes wrong on demand.

mod buyers;

use crate::kit::{self, Home, Sandbox, get, post};
use crate::sandbox::Px;
use jiff::tz::{TimeZone, offset};
use jiff::{Timestamp, ToSpan as _};
use pxdesk::sandbox::{PRACTICE_PROVIDER_KEY, practice_deploys};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// A marketplace with one sale: P-1, customer 1234, product 7, two SKUs.
fn market() -> Sandbox {
    let market = Sandbox::serve(&["--market"]);
    sold(&market, "P-1");
    market
}

fn sold(market: &Sandbox, id: &str) {
    let sale = json!({ "provisioningId": id, "customerId": "1234", "productId": 7, "productSkus": ["SEATS", "STORAGE"] });
    market.control("market/provisionings", &sale);
}

fn list() -> Value {
    json!({
        "providerKey": PRACTICE_PROVIDER_KEY, "customerId": "1234", "provisioningId": "P-1", "productId": 7,
        "productSkus": ["SEATS"],
    })
}

fn usage(count: f64) -> Value {
    json!({
        "providerKey": PRACTICE_PROVIDER_KEY, "customerId": "1234", "provisioningId": "P-1",
        "productSku": "STORAGE", "productId": 7, "usageCount": count,
    })
}

fn with(base: &Value, name: &str, value: Value) -> Value {
    let mut all = base.clone();
    all[name] = value;
    all
}

/// Posts to the marketplace.
fn call(market: &Sandbox, path: &str, body: &Value) -> (u16, Value) {
    post(&format!("{}{path}", market.base), body)
}

/// What the control side knows.
fn look(market: &Sandbox, what: &str) -> Value {
    get(&format!("{}/_sandbox/market/{what}", market.base))
}

/// All that comes back, as it stands on the wire.
fn raw(market: &Sandbox, start: &str, headers: &str, body: &str) -> String {
    let address = market.base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let head = format!(
        "{start} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let _ = stream.write_all(body.as_bytes());
    let mut all = String::new();
    let _ = stream.read_to_string(&mut all);
    all
}

const JSON: &str = "content-type: application/json\r\n";

#[test]
fn a_partners_calls_are_answered_with_and_without_the_slash() {
    let market = market();
    for path in ["/start-billing/", "/start-billing", "/saas-usage/end"] {
        assert_eq!(call(&market, path, &list()), (200, json!({ "status": "ok" })), "{path}");
    }
    for path in ["/saas-usage/", "/saas-usage"] {
        assert_eq!(call(&market, path, &usage(100.5)).0, 200, "{path}");
    }
    let v1 = json!({ "coid": "1234", "expired": "false", "sku": "STORAGE", "count": "3", "providerkey": PRACTICE_PROVIDER_KEY });
    for path in ["/update-subscription/", "/update-subscription"] {
        assert_eq!(call(&market, path, &v1).0, 201, "{path}");
    }
    let sale = json!({
        "partnerKey": PRACTICE_PROVIDER_KEY, "serviceName": "Backup", "customerId": "9",
        "purchasedAt": "2026-11-26T12:00:00Z",
    });
    assert_eq!(call(&market, "/api/SaasTrackings", &sale).0, 200);
    assert_eq!(look(&market, "sales")[0]["serviceName"], "Backup");
    assert_eq!(look(&market, "updates")[1]["count"], "3");
    let known = look(&market, "provisionings");
    assert!(known[0]["billing"]["SEATS"].is_string() && known[0]["ended"]["SEATS"].is_string(), "{known}");
    let calls: Vec<Value> =
        look(&market, "ledger").as_array().unwrap().iter().map(|e| e["call"].clone()).collect();
    let expected = ["start_billing", "start_billing", "usage_end", "usage", "usage", "update_subscription"];
    assert_eq!(calls[..6], expected.map(Value::from));
}

#[test]
fn what_does_not_fit_is_refused_and_entered_in_the_ledger() {
    let market = market();
    for (path, body, status) in [
        ("/saas-usage/", with(&usage(1.0), "usageCount", json!("1")), 400),
        ("/saas-usage/", usage(-1.0), 400),
        ("/saas-usage/", with(&usage(1.0), "productSku", json!("X")), 400),
        ("/saas-usage/", with(&usage(1.0), "provisioningId", json!("P-2")), 400),
        ("/saas-usage/", with(&usage(1.0), "customerId", json!("4321")), 400),
        ("/saas-usage/", with(&usage(1.0), "month", json!("2026-11")), 400),
        ("/saas-usage/", with(&usage(1.0), "providerKey", json!("X")), 401),
        ("/start-billing/", with(&list(), "productSkus", json!([])), 400),
        ("/start-billing/", with(&list(), "productId", json!("7")), 400),
        ("/start-billing/", usage(1.0), 400),
        ("/saas-usage/end", with(&list(), "providerKey", json!("X")), 401),
        ("/update-subscription/", json!({}), 400),
        ("/api/SaasTrackings", json!({}), 400),
    ] {
        let (got, said) = call(&market, path, &body);
        assert_eq!(got, status, "{path} {body}: {said}");
        assert!(said["message"].is_string(), "{said}");
    }
    let status = |reply: String| reply.split(' ').nth(1).map(str::to_owned).unwrap();
    assert_eq!(status(raw(&market, "POST /saas-usage/", JSON, "{")), "400");
    assert_eq!(
        status(raw(&market, "POST /saas-usage/", "content-type: text/plain\r\n", &usage(1.0).to_string())),
        "400"
    );
    assert_eq!(status(raw(&market, "POST /saas-usage/", JSON, &" ".repeat(1024 * 1024 + 1))), "413");
    assert_eq!(status(raw(&market, "GET /saas-usage/", "", "")), "405");
    assert_eq!(status(raw(&market, "POST /saas-usages/", JSON, "{}")), "404");
    assert_eq!(look(&market, "bill"), json!([]));
    let ledger = look(&market, "ledger");
    assert_eq!(ledger.as_array().unwrap().len(), 15, "not what is at no path, nor what is too large");
    assert!(ledger.as_array().unwrap().iter().all(|e| e["applied"] == false), "{ledger}");
    assert_eq!((&ledger[6]["status"], &ledger[6]["usageCount"]), (&json!(401), &json!("1.0")));
}

/// The next closing of a month by `clock`, a minute before; how far the opening is from there; and the two months.
fn closing(clock: Timestamp) -> (Timestamp, i64, [String; 2]) {
    let chicago = TimeZone::get("America/Chicago").unwrap();
    let mut last = clock.to_zoned(chicago.clone()).date().last_of_month();
    loop {
        let at =
            |hour, minute, zone: TimeZone| last.at(hour, minute, 0, 0).to_zoned(zone).unwrap().timestamp();
        let letter = || TimeZone::fixed(offset(-6));
        let closes = at(15, 45, chicago.clone()).min(at(15, 45, letter()));
        let opens = at(18, 0, chicago.clone()).max(at(18, 0, letter()));
        let next = last.first_of_month().checked_add(1.month()).unwrap();
        let before = closes.checked_sub(60.seconds()).unwrap();
        if before > clock {
            let months = [last, next].map(|day| day.strftime("%Y-%m").to_string());
            return (before, opens.as_second() - before.as_second(), months);
        }
        last = next.last_of_month();
    }
}

fn clock(market: &Sandbox) -> Timestamp {
    get(&format!("{}/_sandbox/clock", market.base))["now"].as_str().unwrap().parse().unwrap()
}

/// Its clients go by the header that every answer has.
#[test]
fn answers_are_dated_by_the_clock_that_is_moved() {
    let market = market();
    advance(&market, 40 * 24 * 3600);
    let answer = raw(&market, "GET /_sandbox/clock", "", "");
    let date =
        answer.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("date: ").map(str::to_owned));
    let date = jiff::fmt::rfc2822::parse(&date.unwrap()).unwrap().timestamp();
    let off = clock(&market).as_second() - date.as_second();
    assert!((0..=2).contains(&off), "{off} s");
}

fn advance(market: &Sandbox, mut seconds: i64) {
    while seconds > 0 {
        let step = seconds.min(30 * 24 * 3600);
        market.control("clock", &json!({ "advanceSeconds": step }));
        seconds -= step;
    }
}

#[test]
fn usage_adds_up_on_the_bill_of_its_arrival() {
    let market = market();
    let now = clock(&market);
    let (before, opens, [month, next]) = closing(now);
    advance(&market, before.as_second() - now.as_second());
    let report = |count| assert_eq!(call(&market, "/saas-usage/", &usage(count)).0, 200);
    report(0.1);
    report(0.2);
    report(100.5);
    advance(&market, 90);
    report(7.0);
    advance(&market, opens);
    report(0.25);
    let bill = look(&market, &format!("bill?month={month}"));
    assert_eq!((&bill[0]["amount"], &bill[0]["reports"]), (&json!("100.8"), &json!(3)), "{bill}");
    let bill = look(&market, &format!("bill?month={next}"));
    assert_eq!((&bill[0]["amount"], &bill[0]["reports"]), (&json!("7.25"), &json!(2)), "{bill}");
    assert_eq!(look(&market, "bill").as_array().unwrap().len(), 2);
    let closed: Vec<Value> =
        look(&market, "ledger").as_array().unwrap().iter().map(|e| e["inClosedHours"].clone()).collect();
    assert_eq!(closed, [false, false, false, true, false].map(Value::from));
    let file = raw(&market, &format!("GET /_sandbox/market/report.csv?month={month}"), "", "");
    let (head, body) = file.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("text/csv"), "{head}");
    assert_eq!(body, format!("provisioningId,customerId,sku,month,amount\nP-1,1234,STORAGE,{month},100.8\n"));
    assert!(raw(&market, "GET /_sandbox/market/bill?month=2026-13", "", "").starts_with("HTTP/1.1 400"));
    market.control("reset", &json!({}));
    assert_eq!((look(&market, "bill"), look(&market, "ledger")), (json!([]), json!([])));
    assert_eq!(call(&market, "/saas-usage/", &usage(1.0)).0, 400, "the sale is forgotten, too");
}

#[test]
fn a_fault_comes_before_the_work_or_after_it() {
    let market = market();
    let report = || raw(&market, "POST /saas-usage/", JSON, &usage(1.0).to_string());
    for (fault, starts, reports) in [
        (json!({ "cut": "before" }), "", 0),
        (json!({ "cut": "after" }), "", 1),
        (json!({ "body": "html" }), "HTTP/1.1 502", 2),
        (json!({ "body": "html", "status": 504, "applied": false }), "HTTP/1.1 504", 2),
        (json!({ "body": "truncated" }), "HTTP/1.1 200", 3),
        (json!({ "status": 503, "retryAfter": 5 }), "HTTP/1.1 503", 3),
        (json!({ "message": "no such SKU" }), "HTTP/1.1 400", 3),
        (json!({ "latencySeconds": 0.05 }), "HTTP/1.1 200", 4),
    ] {
        market.fault("usage", &fault);
        let reply = report();
        assert!(reply.starts_with(starts) && reply.is_empty() == starts.is_empty(), "{fault}: {reply}");
        let whole = reply.is_empty() || reply.ends_with(['}', '>']);
        assert_eq!(fault["body"] == "truncated", !whole, "{reply}");
        let bill = look(&market, "bill");
        assert_eq!(bill[0]["reports"].as_u64().unwrap_or(0), reports, "{fault}");
        let last = look(&market, "ledger").as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["status"].is_null(), starts.is_empty(), "{last}");
    }
    // For one provisioning only, and beside those of Px.
    let only =
        json!({ "call": "usage_end", "provisioningId": "P-2", "times": 2, "fault": { "cut": "after" } });
    market.control("faults", &only);
    market.fault("token", &json!({ "gateway": "quota" }));
    assert_eq!(call(&market, "/saas-usage/end", &list()).0, 200);
    let pending = get(&format!("{}/_sandbox/faults", market.base));
    assert_eq!(pending["pending"].as_array().unwrap().len(), 2, "{pending}");
    let refused = post(
        &format!("{}/_sandbox/faults", market.base),
        &json!({ "call": "usage", "fault": { "row": "2131" } }),
    );
    assert!(
        refused.0 == 400 && refused.1["message"].as_str().unwrap().contains("start_billing"),
        "{refused:?}"
    );
}

#[test]
fn a_page_of_another_site_neither_buys_nor_reads() {
    let market = market();
    let foreign = "origin: http://evil.example\r\ncontent-type: application/json\r\n";
    let (url, asked) = buyers::receiver(&[]);
    for (start, body) in [
        ("POST /_sandbox/market/buy", json!({ "url": url }).to_string()),
        ("POST /_sandbox/market/provisionings", json!({}).to_string()),
        ("GET /_sandbox/market/provisionings", String::new()),
        ("GET /_sandbox/market/bill", String::new()),
        ("GET /_sandbox/market/report.csv", String::new()),
        ("GET /_sandbox/market/ledger", String::new()),
        ("GET /_sandbox/market/sales", String::new()),
        ("GET /_sandbox/market/updates", String::new()),
    ] {
        let reply = raw(&market, start, foreign, &body);
        assert!(reply.starts_with("HTTP/1.1 403"), "{start}: {reply}");
    }
    assert!(asked.recv().is_err(), "nobody was called");
}

#[test]
fn a_sale_is_registered_once() {
    let market = market();
    sold(&market, "P-1");
    let other =
        json!({ "provisioningId": "P-1", "customerId": "9", "productId": 7, "productSkus": ["SEATS"] });
    assert_eq!(post(&format!("{}/_sandbox/market/provisionings", market.base), &other).0, 409);
    for deploy in practice_deploys() {
        let named = with(&usage(1.5), "provisioningId", deploy["provisioningId"].clone());
        let practice = with(
            &with(&named, "productId", deploy["productId"].clone()),
            "productSku",
            deploy["productSkus"][0].clone(),
        );
        assert_eq!(call(&market, "/saas-usage/", &practice).0, 200, "{deploy}");
    }
    assert_eq!(look(&market, "bill").as_array().unwrap().len(), 3);
}

#[test]
fn a_market_that_was_not_asked_for_is_not_there() {
    let px = Sandbox::serve(&[]);
    for path in ["/saas-usage/", "/_sandbox/market/provisionings", "/market/openapi.json"] {
        assert_eq!(call(&px, path, &usage(1.0)).0, 404, "{path}");
    }
    let fault = json!({ "call": "usage", "fault": { "cut": "after" } });
    assert_eq!(post(&format!("{}/_sandbox/faults", px.base), &fault).0, 400);
}

#[test]
fn the_contract_is_served_and_names_every_control_call() {
    let px = Px::serve("calm", None);
    let contract = px.exchange("GET /market/openapi.json", "", b"").json();
    let page = px.exchange("GET /docs/swagger-initializer.js", "", b"").body;
    assert!(page.contains("\"/market/openapi.json\""), "{page}");
    for (path, methods) in contract["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let reply = px.exchange(&format!("{} {path}", method.to_uppercase()), JSON, b"[]");
            assert!(
                operation["responses"][reply.status.to_string()].is_object(),
                "{method} {path}: {}",
                reply.status
            );
            assert_ne!(reply.status, 404, "{path}");
        }
    }
}

#[test]
fn what_is_billed_outlives_the_server() {
    let home = Home::empty();
    let file = home.path().join("state.json");
    let args = ["--market", "--state", file.to_str().unwrap()];
    let first = Sandbox::serve(&args);
    sold(&first, "P-1");
    assert_eq!(call(&first, "/saas-usage/", &usage(0.1)).0, 200);
    drop(first);
    let again = Sandbox::serve(&args);
    assert_eq!(call(&again, "/saas-usage/", &usage(0.2)).0, 200);
    assert_eq!(look(&again, "bill")[0]["amount"], "0.3");
    assert_eq!(kit::get(&format!("{}/_sandbox/ledger", again.base))["tokensIssued"], 0);
}
