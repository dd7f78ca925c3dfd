//! What happens to the canaries: everything that goes right, and everything that goes wrong.

use super::house::{House, PAIR, order};
use super::{ACCEPTED_BY, SECRETS};
use crate::kit::Ran;
use crate::pty::Desk;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

pub fn successes(house: &mut House) {
    let id = house.open();
    house.walk_aloud(&id).with(0);
    for (method, to) in [("sms", "720-555-0168"), ("email", "quillon.feather@canary-mail.example")] {
        let id = house.open();
        // Nobody accepts within the second that is waited.
        house.walk(&id, method, Some(to), "json").with(8);
        house.px.control("accept", &json!({ "transactionId": format!("T-{}", house.orders) }));
        house.walk(&id, method, Some(to), "json").with(0);
    }
}

pub fn refusals(house: &mut House) {
    let rows = house.run(&["errors", "--output", "json"], "").with(0).json();
    for row in rows.as_array().unwrap() {
        let (call, key) = row["id"].as_str().unwrap().split_once('/').unwrap();
        house.px.fault(call, &json!({ "row": key }));
        let id = house.open();
        house.walk_aloud(&id).with(3);
        house.run(&["order", "retry", &id], "");
    }
    let id = house.open();
    house.run(&["order", "amend", &id, "--payment-token-from-stdin"], "tok_canary_second_88Qx\n");
    house.run(&["order", "abandon", &id, "--reason", "practice"], "").with(0);
    house.run(&["order", "erase", &id, "--reason", "asked for"], "").with(0);
}

pub fn gateway_and_wire(house: &mut House) {
    let faults = [
        json!({ "gateway": "invalid_token" }),
        json!({ "gateway": "apigee" }),
        json!({ "gateway": "quota" }),
        json!({ "cut": "before" }),
        json!({ "cut": "after" }),
        json!({ "body": "html", "status": 502 }),
        json!({ "body": "garbled" }),
        json!({ "body": "truncated" }),
        json!({ "body": "other_ids" }),
        json!({ "status": 503, "retryAfter": 1 }),
    ];
    for call in ["token", "retrieve_rcc", "complete_order"] {
        for fault in &faults {
            house.px.fault(call, fault);
            let id = house.open();
            house.walk_aloud(&id);
            house.px.control("faults/clear", &json!({}));
        }
    }
}

/// Px says in its errors what it was told, and what else it could know; the token service, whom it refused.
pub fn echoes(house: &mut House) {
    let known = "tok_canary_51507VbRr2 / giftcard-canary-8842Aq / Quillon Featherstonhaugh / FEATHERSTONHAUGH / \
        +13035550147 / (303) 555-0147 / Quillon.Feather@canary-mail.example / 4417 Kestrel Lane";
    let spoken = format!("{known} / {ACCEPTED_BY}");
    for (path, words) in [("/pxRetrieveRCC", known), ("/pxCompleteOrder", spoken.as_str())] {
        for (status, code) in [(401, "2000"), (400, "9999"), (500, "")] {
            let message = format!("{words}; TxID 3035550147");
            let said = json!({ "internalMessageCode": code, "userMessage": message, "txId": "3035550147" });
            house.relay.say(path, status, &said);
            let id = house.open();
            house.walk_aloud(&id);
        }
    }
    let basic = house.relay.authorizations().into_iter().find(|a| a.starts_with("Basic ")).unwrap();
    let words = format!("{} {} {basic}", SECRETS[0], SECRETS[1]);
    for status in [401, 500] {
        let said = json!({ "ErrorCode": "invalid_client", "Error": words });
        house.relay.say("/oauth/v2/token", status, &said);
        let id = house.open();
        house.walk_aloud(&id);
    }
}

pub fn bad_intake(house: &mut House) {
    let mut lines = vec![order("bad").to_string()[..200].to_owned()];
    for (field, value) in [
        ("/customer/phone", json!("+13035550147 ext 9")),
        ("/customer/email", json!("quillon.feather@canary-mail")),
        ("/customer/name", json!(["Quillon Featherstonhaugh"])),
        ("/customer/address", json!({ "street": "4417 Kestrel Lane" })),
        ("/paymentToken", json!({ "tok_canary_51507VbRr2": 1 })),
        ("/giftCards", json!("giftcard-canary-8842Aq")),
        ("/salesCode", json!("Quillon Featherstonhaugh\u{202e}")),
        ("/preparedAt", json!("+13035550147")),
    ] {
        let mut bad = order("bad");
        *bad.pointer_mut(field).unwrap_or(&mut Value::Null) = value.clone();
        bad[field.trim_start_matches('/').split('/').next_back().unwrap()] = value;
        lines.push(bad.to_string());
    }
    house.run(&["order", "open", "--json", "-"], &lines.join("\n")).with(2);
}

/// A Complete that hangs, looked at while it does.
pub fn under_way(house: &mut House) {
    let id = house.open();
    house.px.fault("complete_order", &json!({ "hang": "after" }));
    let before = house.relay.count("/pxCompleteOrder");
    let args = ["order", "walk", &id, "--method", "verbal", "--read-and-accepted-by", "-"];
    let child = house.spawn(&args, ACCEPTED_BY);
    let until = Instant::now() + Duration::from_secs(20);
    while house.relay.count("/pxCompleteOrder") == before {
        assert!(Instant::now() < until, "Complete never arrived");
        std::thread::sleep(Duration::from_millis(5));
    }
    house.keep_process(child.id());
    // With the log of the journal that is still open.
    house.keep_files();
    let ran = Ran::from(child.wait_with_output().unwrap()).with(4);
    house.said.push(("a walk in doubt".to_owned(), ran.out + &ran.err));
}

pub fn wrong_credentials(house: &mut House) {
    house.home.credentials("canary-key-7Qh2vLw0\ncanary-wrong-secret-5Tt1\n");
    house.px.fault("token", &json!({ "gateway": "invalid_client" }));
    let id = house.open();
    house.walk_aloud(&id).with(5);
    house.home.credentials("canary-key-7Qh2vLw0 canary-wrong-secret-5Tt1\n");
    house.walk_aloud(&id).with(5);
}

/// A walk at the desk, which shows the customer on purpose; the name that was typed is not seen again.
pub fn at_the_desk(house: &mut House) {
    house.open();
    let order = format!("T-{}", house.orders);
    let mut desk = Desk::open(&house.home, 100, 30);
    desk.shows("n new").keys("/").keys(&order).keys("\r").shows(&order).keys("\r").shows("1 Retrieve");
    desk.keys("\r").shows("RCC text retrieved").keys("\r").shows("read this now");
    for _ in 0..100 {
        if desk.text().contains("Every section was read") {
            break;
        }
        desk.keys(" ");
        std::thread::sleep(Duration::from_millis(50));
    }
    desk.shows("Every section was read")
        .keys("\r")
        .shows("Who accepted")
        .keys(&"\x7f".repeat(40))
        .keys(ACCEPTED_BY)
        .keys("\r")
        .shows("say yes?")
        .keys("y");
    desk.shows("Ready to complete").keys("\r").shows("Place this order now?").keys("y").shows("order number");
    house.keep_process(desk.pid());
    house.keep_files();
    assert!(desk.keys("\x1b").shows("n new").keys("q").ends());
}

/// What is known of the credentials, of good ones and of refused ones, and their end.
pub fn credentials(house: &mut House) {
    for output in ["text", "json"] {
        house.run(&["doctor", "--output", output], "").with(0);
        house.px.fault("token", &json!({ "gateway": "invalid_client" }));
        house.run(&["doctor", "--output", output], "").with(5);
    }
    for wrong in ["canary-key-7Qh2vLw0:canary-wrong-secret-5Tt1\n", "canary-key-7Qh2vLw0\n", ""] {
        house.run(&["login", "-e", "sandbox"], wrong).with(2);
    }
    house.run(&["logout", "-e", "sandbox"], "").with(0);
    house.run(&["doctor"], "").with(5);
    house.run(&["login", "-e", "sandbox"], PAIR).with(0);
}

pub fn looked_at(house: &mut House) {
    house.run(&["order", "list"], "").with(0);
    house.run(&["order", "list", "--output", "json"], "").with(0);
    for n in [1, 2, 4, house.orders - 2] {
        let name = format!("T-{n}");
        house.run(&["order", "show", &name], "").with(0);
        house.run(&["order", "show", &name, "--output", "json"], "").with(0);
    }
    house.run(&["journal", "verify"], "").with(0);
}
