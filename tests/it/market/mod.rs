//! The marketplace from the command line: deploys that are received, billing that starts and ends, usage that is reported
//! once. Against the embedded marketplace, and against another one that shares nothing with it.

pub mod crash;
mod clock;
mod deciders;
mod ending;
mod floor;
mod forms;
mod goodbye;
mod guards;
mod handed;
mod harm;
mod lines;
mod months;
mod other;
mod receiver;
mod requests;
mod secrets;
mod shared;
mod stopped;
mod unsound;

use floor::{Floor, TRACK};
use serde_json::json;

#[test]
fn from_a_deploy_to_a_bill_and_an_end() {
    let floor = Floor::new();
    floor.sells(1);
    let list = floor.json(&["market", "list"]);
    assert_eq!((&list[0]["customerId"], &list[0]["state"]), (&json!("C-1"), &json!("provisioned")), "{list}");
    assert_eq!(list[0]["skus"][0]["state"], "waiting");
    floor.run(&["market", "start-billing", "C-1"]).with(0);
    assert_eq!(floor.json(&["market", "list", "--state", "billing"]).as_array().unwrap().len(), 1);
    let month = floor.bill_month();
    floor.adds(&[("C-1", "100.5", "k1"), ("C-1", "0.1", "k2")]).with(0);
    let preview = floor.json(&["market", "usage", "preview", "--month", &month]);
    assert_eq!(
        (&preview["lines"][0]["amount"], &preview["bill"]),
        (&json!("100.6"), &json!(month)),
        "{preview}"
    );
    floor.run(&["market", "usage", "send", "--month", &month]).with(8);
    floor.takes_over();
    floor.run(&["market", "usage", "send", "--month", &month]).with(0);
    floor.run(&["market", "usage", "send", "--month", &month]).with(0);
    let bill = floor.bill();
    assert_eq!((&bill[0]["amount"], &bill[0]["reports"]), (&json!("100.6"), &json!(1)), "{bill}");
    let reports = floor.json(&["market", "usage", "list", "--month", &month]);
    assert_eq!((&reports[0]["state"], &reports[0]["bill"]), (&json!("reported"), &json!(month)), "{reports}");
    floor.run(&["market", "end", "C-1"]).with(0);
    let shown = floor.json(&["market", "show", "C-1"]);
    assert_eq!(shown["state"], "ended");
    assert!(shown["events"].as_array().unwrap().len() >= 7, "{shown}");
    floor.verifies();
}

#[test]
fn a_repeated_start_or_end_is_for_a_person_to_ask_for() {
    let floor = Floor::new();
    floor.sells(1);
    floor.run(&["market", "start-billing", "C-1"]).with(0);
    floor.run(&["market", "start-billing", "C-1"]).with(8);
    let again = ["market", "start-billing", "C-1", "--sku", "PRACTICE-SEATS"];
    floor.run(&again).with(8);
    floor.run(&[&again[..], &["--reason", "the portal does not show it"]].concat()).with(0);
    floor.run(&["market", "end", "C-1", "--preview"]).with(0);
    floor.run(&["market", "end", "C-1", "--sku", "PRACTICE-SEATS"]).with(0);
    floor.run(&["market", "start-billing", "C-1", "--sku", "PRACTICE-SEATS", "--reason", "x"]).with(8);
    assert_eq!(floor.json(&["market", "show", "C-1"])["state"], "billing", "the other SKU goes on");
    floor.run(&["market", "end", "C-1"]).with(0);
    floor.run(&["market", "end", "C-1"]).with(8);
    floor.run(&["market", "end", "C-9"]).with(2);
}

#[test]
fn a_start_or_an_end_whose_answer_was_lost_is_not_known_until_it_is_sent_again() {
    let floor = Floor::new();
    floor.sells(1);
    let seats = |list: serde_json::Value| {
        let skus = list[0]["skus"].as_array().unwrap().clone();
        skus.into_iter().find(|sku| sku["sku"] == "PRACTICE-SEATS").unwrap()
    };
    for (fault, command, call, said) in [
        ("start_billing", "start-billing", "start_billing", "PRACTICE-SEATS start not known"),
        ("usage_end", "end", "end_usage", "PRACTICE-SEATS end not known"),
    ] {
        let args = ["market", command, "C-1", "--sku", "PRACTICE-SEATS"];
        floor.fault(fault, &json!({ "cut": "before" }));
        floor.run(&args).with(4);
        let again = floor.run(&args).with(4);
        assert!(
            again.err.contains("is not known: the call of") && again.err.contains("--reason"),
            "{}",
            again.err
        );
        assert_eq!(seats(floor.json(&["market", "list"]))["unknown"], call);
        let list = floor.run(&["market", "list"]).with(0);
        assert!(list.out.contains(said), "{}", list.out);
        if command == "end" {
            let preview = floor.json(&[&args[..], &["--preview"]].concat());
            assert_eq!(preview["unknown"], json!(["PRACTICE-SEATS"]), "{preview}");
        }
        floor.run(&[&args[..], &["--reason", "the portal does not show it"]].concat()).with(0);
        assert_eq!(seats(floor.json(&["market", "list"]))["unknown"], json!(null));
    }
    floor.verifies();
}

#[test]
fn tracking_and_the_first_version_are_sent_once() {
    let floor = Floor::new();
    floor.sells(1);
    floor.fault("tracking", &json!({ "cut": "before" }));
    floor.run(&TRACK).with(4);
    let lost = floor.run(&TRACK).with(4);
    assert!(lost.err.contains("may have been carried out") && lost.err.contains("portal"), "{}", lost.err);
    floor.run(&[&TRACK[..], &["--reason", "the portal does not show it"]].concat()).with(0);
    let again = floor.run(&TRACK).with(8);
    assert!(again.err.contains("was sent before"), "{}", again.err);
    let update =
        ["market", "v1", "update-subscription", "--coid", "C-1", "--sku", "PRACTICE-STORAGE", "--count", "5"];
    floor.run(&update).with(8);
    floor.home.configure_also("[market.v1]\nenabled = true\n");
    floor.run(&update).with(0);
    floor.run(&[&update[..], &["--expired"]].concat()).with(2);
    let expired = ["--expired", "--expired-date", "2026-11-20"];
    let otherwise = floor.run(&[&update[..], &expired].concat()).with(8);
    assert!(otherwise.err.contains("without --count"), "{}", otherwise.err);
    floor.fault("update_subscription", &json!({ "cut": "after" }));
    floor.run(&update).with(8);
    let again = ["--reason", "as much once more", "--output", "json"];
    let doubt = floor.run(&[&update[..], &again].concat()).with(4).json();
    let id = doubt["id"].as_str().unwrap().to_owned();
    let settle = ["market", "v1", "resolve", &id, "--reported", "--reference", "portal", "--by", "Ann"];
    floor.settles(&settle);
    assert_eq!(floor.look("updates").as_array().unwrap().len(), 2, "each arrived once");
}

#[test]
fn closing_says_which_bill_and_when() {
    let floor = Floor::new();
    let closing = floor.json(&["market", "closing"]);
    assert!(closing["bill"].as_str().unwrap().starts_with("20"), "{closing}");
    let opens: jiff::Timestamp = closing["opensAt"].as_str().unwrap().parse().unwrap();
    let closes: jiff::Timestamp = closing["closesAt"].as_str().unwrap().parse().unwrap();
    let hours = opens.duration_since(closes).as_hours();
    assert!((2..=3).contains(&hours), "{closing}");
}
