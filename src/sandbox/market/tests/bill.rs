//! What is added, to which bill, and what a fault leaves of it.

use super::{Market, list, options, usage, with};
use crate::sandbox::market::call::Call;
use crate::sandbox::market::fault::Pending;
use crate::sandbox::market::practice;
use crate::sandbox::market::provisioning::Provisioning;
use crate::sandbox::market::service::{self, Arrived};
use serde_json::json;

#[test]
fn usage_adds_up_exactly_however_often_it_is_sent() {
    let mut market = Market::new();
    for count in ["0.1", "0.2", "100.5", "100.5", "1e2", "0", "0.30000000000000004"] {
        market.use_up(count);
    }
    assert_eq!(market.bill("2026-11"), ("301.60000000000000004".to_owned(), 7));
    assert_eq!(market.last().usage_count.as_deref(), Some("0.30000000000000004"));
    let text = serde_json::to_string(&market.state).unwrap();
    assert!(text.contains("\"amount\":\"301.60000000000000004\""), "{text}");
    market.state = serde_json::from_str(&text).unwrap();
    market.use_up("0.00000000000000001");
    assert_eq!(market.bill("2026-11"), ("301.60000000000000005".to_owned(), 8));
    market.use_up("70000000000");
    let huge = usage().to_string().replace("100.5", "79228162514264337593543950335");
    let (status, answer) = market.post(Call::Usage, &huge);
    assert!(status == 400 && answer["message"].as_str().unwrap().contains("longer"), "{answer}");
    assert_eq!(market.bill("2026-11").1, 9);
}

#[test]
fn the_bill_is_that_of_the_moment_of_arrival() {
    let mut market = Market::new();
    for (at, month, closed) in [
        ("2026-11-30T21:44:59Z", "2026-11", false),
        ("2026-11-30T21:45:00Z", "2026-12", true),
        ("2026-12-01T00:00:01Z", "2026-12", false),
        ("2026-12-01T06:00:01Z", "2026-12", false),
    ] {
        market.now = at.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        market.use_up("1");
        let last = market.last();
        assert_eq!((last.month.as_deref(), last.in_closed_hours), (Some(month), closed), "{at}");
    }
    assert_eq!(market.bill("2026-11"), ("1".to_owned(), 1));
    assert_eq!(market.bill("2026-12"), ("3".to_owned(), 3));
    let line = &market.state.bills.lines(Some("2026-12"))[0];
    assert_eq!(
        (line.first_at.as_str(), line.last_at.as_str()),
        ("2026-11-30T21:45:00Z", "2026-12-01T06:00:01Z")
    );
    assert!(market.state.bills.lines(Some("2026-10")).is_empty());
    // Neither a start nor a sale is on a bill.
    market.check(Call::StartBilling, &list(), 200, "ok");
    assert_eq!(market.last().month, None);
}

#[test]
fn a_repeated_start_keeps_the_first_moment_and_so_does_an_end() {
    let mut market = Market::new();
    let first = market.now;
    for _ in 0..2 {
        market.check(Call::StartBilling, &list(), 200, "ok");
        market.check(Call::UsageEnd, &list(), 200, "ok");
        market.now += 1000;
    }
    let bought = &market.state.provisionings["P-1"];
    assert_eq!((bought.billing["SEATS"], bought.ended["SEATS"]), (first, first));
    market.use_up("1");
    assert_eq!(market.bill("2026-11").1, 1, "after the end as well: nothing says that it is not");
}

#[test]
fn the_portals_file_quotes_what_would_break_it() {
    let mut market = Market::new();
    let sku = "GB, \"hot\"\nand cold";
    let odd = Provisioning::new("a,b", 7, &[sku.to_owned()], 0);
    market.state.provisionings.insert("P-2".to_owned(), odd);
    market.use_up("2.50");
    let more = json!({ "provisioningId": "P-2", "customerId": "a,b", "productSku": sku });
    market.check(Call::Usage, &with(&usage(), &more), 200, "ok");
    assert_eq!(
        market.state.bills.csv(Some("2026-11")),
        "provisioningId,customerId,sku,month,amount\nP-1,1234,STORAGE,2026-11,2.5\n\
         P-2,\"a,b\",\"GB, \"\"hot\"\"\nand cold\",2026-11,100.5\n"
    );
}

#[test]
fn a_fault_says_whether_the_work_was_done() {
    for (fault, status, applied) in [
        (json!({ "cut": "before" }), None, false),
        (json!({ "cut": "after" }), None, true),
        (json!({ "hang": "before" }), None, false),
        (json!({ "hang": "after" }), None, true),
        (json!({ "body": "html" }), Some(502), true),
        (json!({ "body": "html", "status": 503, "applied": false }), Some(503), false),
        (json!({ "body": "truncated" }), Some(200), true),
        (json!({ "status": 503 }), Some(503), false),
        (json!({ "message": "no such SKU" }), Some(400), false),
        (json!({ "message": "not now", "status": 409 }), Some(409), false),
        (json!({ "latencySeconds": 0.1 }), Some(200), true),
    ] {
        let mut market = Market::new();
        let pending = json!({ "call": "usage", "provisioningId": "P-1", "fault": fault });
        market.state.faults.push_back(Pending::read(pending.to_string().as_bytes()).unwrap());
        market.check(Call::StartBilling, &list(), 200, "ok");
        market.check(Call::Usage, &with(&usage(), &json!({ "provisioningId": "P-2" })), 400, "no such");
        market.answer(Call::Usage, usage().to_string().as_bytes());
        let last = market.last();
        assert_eq!((last.status, last.applied), (status, applied), "{fault}");
        assert_eq!(market.state.bills.lines(None).len(), usize::from(applied), "{fault}");
        assert!(market.state.faults.is_empty());
        market.use_up("1");
    }
    for fault in [
        json!({}),
        json!({ "cut": "after", "message": "x" }),
        json!({ "body": "other_ids" }),
        json!({ "row": "2131" }),
        json!({ "cut": "after", "aplied": false }),
        json!({ "status": 99 }),
        json!({ "latencySeconds": -1 }),
    ] {
        let pending = json!({ "call": "usage", "fault": fault });
        assert!(Pending::read(pending.to_string().as_bytes()).is_err(), "{fault}");
    }
}

#[test]
fn by_chance_some_calls_go_wrong() {
    let mut market = Market::new();
    for _ in 0..500 {
        let arrived = Arrived { content_type: None, body: b"{}" };
        service::call(&mut market.state, &options(20), 0, Call::Usage, arrived);
    }
    let wrong = market.state.ledger.iter().filter(|entry| entry.status != Some(400)).count();
    assert!((40..150).contains(&wrong), "about four in 25 of 500: {wrong}");
}

#[test]
fn a_practice_deploy_counts_as_sold_when_it_is_first_named() {
    let mut market = Market::new();
    let named = json!({ "provisioningId": "PRACTICE-1", "productId": practice::PRODUCT, "productSku": "PRACTICE-STORAGE" });
    market.check(Call::Usage, &with(&usage(), &named), 200, "ok");
    let other = with(&usage(), &with(&named, &json!({ "customerId": "5" })));
    market.check(Call::Usage, &other, 400, "customerId");
    let other = with(&usage(), &with(&named, &json!({ "productId": 7 })));
    market.check(Call::Usage, &other, 400, "productId");
    let key = with(&usage(), &json!({ "provisioningId": "PRACTICE-2", "providerKey": "X" }));
    market.check(Call::Usage, &key, 401, "key");
    assert!(!market.state.provisionings.contains_key("PRACTICE-2"));
}
