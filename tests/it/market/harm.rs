//! What goes wrong between a report and the marketplace: nothing is billed twice, and a doubt stays one until a person
//! says what the portal shows.

use super::floor::Floor;
use serde_json::{Value, json};

/// A customer with 10 GB to be reported.
fn ready() -> Floor {
    let floor = Floor::new();
    floor.sells(1);
    floor.takes_over();
    floor.adds(&[("C-1", "10", "a")]).with(0);
    floor
}

fn state(floor: &Floor) -> Value {
    let month = floor.bill_month();
    floor.json(&["market", "usage", "list", "--month", &month])[0]["state"].clone()
}

#[test]
fn applied_and_never_answered_is_in_doubt_and_never_sent_again() {
    let faults = [
        json!({ "cut": "after" }),
        json!({ "hang": "after" }),
        json!({ "hang": "before" }),
        json!({ "body": "html", "status": 502, "applied": true }),
        json!({ "body": "empty", "status": 202, "applied": true }),
        json!({ "body": "empty", "status": 204, "applied": true }),
        json!({ "body": "empty", "status": 302, "applied": true }),
        json!({ "status": 503 }),
        json!({ "status": 408 }),
        json!({ "status": 409 }),
        json!({ "status": 425 }),
        json!({ "status": 429, "retryAfter": 1 }),
    ];
    let floor = Floor::new();
    floor.sells(faults.len());
    floor.takes_over();
    let month = floor.bill_month();
    let customers: Vec<String> = (1..=faults.len()).map(|n| format!("C-{n}")).collect();
    let lines: Vec<_> = customers.iter().map(|of| (of.as_str(), "10", of.as_str())).collect();
    floor.adds(&lines).with(0);
    for (of, fault) in customers.iter().zip(&faults) {
        floor.fault("usage", fault);
        floor.run(&["market", "usage", "send", "--month", &month, "--only", of]).with(4);
    }
    // Neither a run nor the lines once more send anything.
    floor.sends().with(4);
    floor.adds(&lines).with(0);
    let received = floor.look("ledger").as_array().unwrap().iter().filter(|l| l["call"] == "usage").count();
    assert_eq!(received, faults.len());
    let billed = floor.bill();
    for of in &customers {
        let applied = billed.as_array().unwrap().iter().any(|line| line["customerId"] == of.as_str());
        let what = if applied { "--reported" } else { "--not-reported" };
        let verdict = ["market", "usage", "resolve", of, "PRACTICE-STORAGE", "--month", &month, what];
        floor.settles(&[&verdict[..], &["--reference", "T-1", "--by", "Ann"]].concat());
    }
    floor.sends().with(0);
    let bill = floor.bill();
    assert_eq!(bill.as_array().unwrap().len(), faults.len());
    assert!(
        bill.as_array()
            .unwrap()
            .iter()
            .all(|line| (&line["amount"], &line["reports"]) == (&json!("10"), &json!(1))),
        "{bill}"
    );
    let list = floor.json(&["market", "usage", "list", "--month", &month]);
    assert!(list.as_array().unwrap().iter().all(|line| line["state"] == "reported"), "{list}");
    floor.verifies();
}

#[test]
fn a_200_counts_whatever_its_body_is_and_however_it_ends() {
    for body in ["garbled", "empty", "truncated", "html"] {
        let floor = ready();
        floor.fault("usage", &json!({ "body": body, "status": 200, "applied": true }));
        floor.sends().with(0);
        assert_eq!((state(&floor), &floor.bill()[0]["reports"]), (json!("reported"), &json!(1)), "{body}");
    }
}

#[test]
fn a_refusal_is_mended_and_prepared_again_and_what_concerns_all_stops_the_run() {
    let floor = Floor::new();
    floor.sells(3);
    floor.takes_over();
    floor.adds(&[("C-1", "1", "a"), ("C-2", "2", "b"), ("C-3", "3", "c")]).with(0);
    floor.fault("usage", &json!({ "status": 400 }));
    floor.sends().with(3);
    assert_eq!(floor.bill().as_array().unwrap().len(), 2, "the others go");
    floor.adds(&[("C-1", "0.5", "d"), ("C-2", "0.5", "e"), ("C-3", "0.5", "f")]);
    floor.sends().with(0);
    let sum = |bill: &Value| {
        bill.as_array()
            .unwrap()
            .iter()
            .map(|l| l["amount"].as_str().unwrap().parse::<f64>().unwrap())
            .sum::<f64>()
    };
    let bill = floor.bill();
    assert_eq!(bill.as_array().unwrap().len(), 3, "{bill}");
    assert!((sum(&bill) - 6.5).abs() < 1e-9, "the refused one goes with what came since: {bill}");

    let floor = Floor::new();
    floor.sells(3);
    floor.takes_over();
    floor.adds(&[("C-1", "1", "a"), ("C-2", "2", "b"), ("C-3", "3", "c")]).with(0);
    super::floor::secret(&floor.home, "provider.key", "another key\n");
    let ran = floor.sends().with(3);
    assert!(ran.err.contains("0 of 3 reported, 1 refused"), "{}", ran.err);
    assert!(ran.err.contains("2 not begun"), "{}", ran.err);
    super::floor::secret(&floor.home, "provider.key", "PRACTICE-PROVIDER-KEY\n");
    floor.sends().with(0);
    assert_eq!(floor.bill().as_array().unwrap().len(), 3);
}

#[test]
fn a_run_stops_at_the_second_doubt() {
    let floor = Floor::new();
    floor.sells(6);
    floor.takes_over();
    let lines: Vec<(String, String)> = (1..=6).map(|n| (format!("C-{n}"), format!("k{n}"))).collect();
    let lines: Vec<_> = lines.iter().map(|(of, key)| (of.as_str(), "1", key.as_str())).collect();
    floor.adds(&lines).with(0);
    let faults = json!({ "call": "usage", "times": 6, "fault": { "cut": "after" } });
    floor.market.control("faults", &faults);
    floor.sends().with(4);
    let month = floor.bill_month();
    let list = floor.json(&["market", "usage", "list", "--month", &month]);
    let doubts = list.as_array().unwrap().iter().filter(|line| line["state"] == "in_doubt").count();
    assert_eq!(doubts, 2, "{list}");
}

#[test]
fn what_never_left_goes_with_the_next_run() {
    let floor = ready();
    let away = "http://127.0.0.1:9/";
    let base = format!("{}/", floor.market.base);
    floor
        .home
        .reconfigure(&format!("market]\nbase_url = \"{base}\""), &format!("market]\nbase_url = \"{away}\""));
    floor.sends().with(7);
    assert_eq!(state(&floor), "prepared");
    floor
        .home
        .reconfigure(&format!("market]\nbase_url = \"{away}\""), &format!("market]\nbase_url = \"{base}\""));
    floor.sends().with(0);
    assert_eq!(floor.bill()[0]["reports"], 1);
}

#[test]
fn an_older_copy_of_the_journal_sends_nothing_again() {
    let floor = ready();
    let data = floor.home.path().join(".local/share/pxdesk");
    let copy = floor.home.path().join("copy.db");
    floor.run(&["journal", "backup", copy.to_str().unwrap()]).with(0);
    floor.sends().with(0);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(data.join(format!("pxdesk.db{end}")));
    }
    std::fs::copy(&copy, data.join("pxdesk.db")).unwrap();
    assert_ne!(floor.sends().status, 0);
    floor.run(&["journal", "accept", "--by", "Ann", "--reason", "a test"]).with(0);
    floor.sends();
    assert_eq!(floor.bill()[0]["reports"], 1, "this machine knows that it was begun");
}

#[test]
fn two_desks_that_send_the_same_month_at_once_report_each_once() {
    let floor = Floor::new();
    floor.sells(8);
    floor.takes_over();
    let lines: Vec<(String, String)> = (1..=8).map(|n| (format!("C-{n}"), format!("k{n}"))).collect();
    let lines: Vec<_> = lines.iter().map(|(of, key)| (of.as_str(), "1", key.as_str())).collect();
    floor.adds(&lines).with(0);
    let month = floor.bill_month();
    let send = || floor.home.command(&["market", "usage", "send", "--month", &month]).spawn().unwrap();
    let desks = [send(), send(), send()];
    for mut desk in desks {
        desk.wait().unwrap();
    }
    floor.sends();
    let bill = floor.bill();
    assert_eq!(bill.as_array().unwrap().len(), 8, "{bill}");
    assert!(bill.as_array().unwrap().iter().all(|line| line["reports"] == 1), "{bill}");
}
