//! The end of a subscription whose usage is not reported yet.

use super::floor::Floor;
use serde_json::json;

const END: [&str; 3] = ["market", "end", "C-1"];

/// A customer who is billed, with usage that nobody has reported.
fn used() -> Floor {
    let floor = Floor::new();
    floor.sells(1);
    floor.run(&["market", "start-billing", "C-1"]).with(0);
    floor.adds(&[("C-1", "7.5", "a")]).with(0);
    floor
}

fn state(floor: &Floor) -> String {
    floor.json(&["market", "show", "C-1"])["state"].as_str().unwrap().to_owned()
}

#[test]
fn the_last_usage_is_reported_before_the_end() {
    let floor = used();
    let shown = floor.json(&[&END[..], &["--preview"]].concat());
    assert_eq!(shown["notReported"][0]["customerId"], "C-1", "{shown}");
    let held = floor.run(&END).with(8);
    assert!(held.err.contains("takeover") && held.err.contains("--without-usage"), "{}", held.err);
    assert_eq!((state(&floor).as_str(), floor.bill()), ("billing", json!([])));
    floor.takes_over();
    let ended = floor.json(&END);
    assert_eq!(
        (&ended["usage"][0]["amount"], &ended["usage"][0]["state"]),
        (&json!("7.5"), &json!("reported")),
        "{ended}"
    );
    assert_eq!((state(&floor).as_str(), &floor.bill()[0]["amount"]), ("ended", &json!("7.5")));
    let calls: Vec<_> =
        floor.look("ledger").as_array().unwrap().iter().map(|line| line["call"].clone()).collect();
    assert_eq!(calls[calls.len() - 2..], [json!("usage"), json!("usage_end")], "the usage came first");
    floor.verifies();
}

#[test]
fn a_report_that_is_refused_or_in_doubt_ends_nothing() {
    let floor = used();
    floor.takes_over();
    floor.fault("usage", &json!({ "message": "no such SKU", "status": 400 }));
    let refused = floor.run(&END).with(3);
    assert!(refused.err.contains("no such SKU"), "{}", refused.err);
    assert!(
        refused.err.contains("--reason") && !refused.err.contains("goes with the next run"),
        "{}",
        refused.err
    );
    // Nothing has changed, so it would be refused again.
    let again = floor.run(&END).with(8);
    assert!(again.err.contains("no such SKU"), "{}", again.err);
    floor.fault("usage", &json!({ "cut": "after" }));
    floor.run(&[&END[..], &["--reason", "they have set it up"]].concat()).with(4);
    // Nobody knows, so that nothing is sent again either.
    floor.run(&END).with(4);
    assert_eq!((state(&floor).as_str(), &floor.bill()[0]["reports"]), ("billing", &json!(1)));
    floor.run(&[&END[..], &["--without-usage"]].concat()).with(2);
    floor.run(&[&END[..], &["--without-usage", "--reason", "settled with them"]].concat()).with(0);
    let shown = floor.json(&["market", "show", "C-1"]).to_string();
    assert!(shown.contains("ended") && shown.contains("usage not reported: settled with them"), "{shown}");
    assert_eq!(floor.bill()[0]["reports"], 1);
    floor.verifies();
}

#[test]
fn usage_that_was_left_out_does_not_go_with_the_next_run_until_more_is_added_late() {
    let floor = used();
    floor.takes_over();
    floor.run(&[&END[..], &["--without-usage", "--reason", "settled with them"]].concat()).with(0);
    let month = floor.bill_month();
    let preview = ["market", "usage", "preview", "--month", &month];
    assert!(floor.run(&preview).with(0).out.contains("left out: settled with them"));
    let list = floor.json(&["market", "usage", "list", "--month", &month]);
    assert_eq!(
        (&list[0]["state"], &list[0]["leftOut"]),
        (&json!("open"), &json!("settled with them")),
        "{list}"
    );
    floor.sends().with(0);
    assert_eq!(floor.bill(), json!([]));
    // Nor does a second end, which a person can ask for.
    floor
        .run(&[&END[..], &["--sku", "PRACTICE-STORAGE", "--reason", "the portal shows it still"]].concat())
        .with(0);
    assert_eq!(floor.bill(), json!([]));
    // That late usage is carried over by itself is no person's word.
    floor.home.configure_also("[market.usage]\ntail = \"carry\"\n");
    floor.adds(&[("C-1", "5", "b")]).with(2);
    let late = ["market", "usage", "add", "--late", "--reason", "it came late", "--by", "Ann", "--json", "-"];
    let line =
        format!(r#"{{"customerId":"C-1","sku":"PRACTICE-STORAGE","month":"{month}","count":5,"key":"b"}}"#);
    // Of the months after its end nothing is taken in.
    let next = pxdesk::subscription::Month::parse(&month).unwrap().next();
    let after = floor.home.run_with(&late, &line.replace(&month, &next.to_string())).with(2);
    assert!(
        after.err.contains(&format!("ended in the bill month {month}, and {next} is after it")),
        "{}",
        after.err
    );
    floor.home.run_with(&late, &line).with(0);
    assert!(!floor.run(&preview).with(0).out.contains("left out"));
    floor.sends().with(0);
    assert_eq!(floor.bill()[0]["amount"], "12.5");
    floor.verifies();
}

/// A customer who is billed since some weeks, and of whose usage nothing is known.
fn unknown() -> Floor {
    let floor = Floor::new();
    floor.sells(1);
    floor.run(&["market", "usage", "takeover", "--from", "2026-01", "--by", "Ann Okafor"]).with(0);
    floor.run(&["market", "start-billing", "C-1"]).with(0);
    let since = (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(40 * 24)).to_string();
    let moved = ["market", "note", "C-1", "--sku", "PRACTICE-STORAGE", "--billing-date", &since];
    floor.run(&moved).with(0);
    floor
}

fn missing(floor: &Floor) -> Vec<serde_json::Value> {
    let preview = floor.json(&["market", "usage", "preview", "--month", &floor.bill_month()]);
    preview["missing"].as_array().unwrap().clone()
}

#[test]
fn a_month_of_which_nothing_was_added_ends_nothing_without_a_word() {
    let floor = unknown();
    let bill = floor.bill_month();
    let preview = floor.json(&[&END[..], &["--preview"]].concat());
    let months: Vec<_> = preview["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["month"].as_str().unwrap().to_owned())
        .collect();
    assert!(months.len() >= 2 && months.last() == Some(&bill), "{preview}");
    let shown = floor.run(&[&END[..], &["--preview"]].concat()).with(0).out;
    assert!(shown.contains(&format!("missing: PRACTICE-STORAGE {bill}")), "{shown}");
    let held = floor.run(&END).with(8);
    assert!(held.err.contains(&months[0]) && held.err.contains("count 0"), "{}", held.err);
    assert_eq!(state(&floor), "billing");
    floor.run(&[&END[..], &["--sku", "PRACTICE-SEATS"]].concat()).with(0);
    // That nothing was used is said by a line; what was used in this month can still be said afterwards.
    let zero = |month: &String| {
        format!(
            r#"{{"customerId":"C-1","sku":"PRACTICE-STORAGE","month":"{month}","count":0,"key":"{month}"}}"#
        )
    };
    let zeros: Vec<_> = months.iter().filter(|month| **month != bill).map(zero).collect();
    floor.home.run_with(&["market", "usage", "add", "--json", "-"], &zeros.join("\n")).with(0);
    let ended = floor.json(&END);
    assert_eq!((&ended["usage"][0]["amount"], state(&floor).as_str()), (&json!("0"), "ended"), "{ended}");
    floor.verifies();
}

#[test]
fn what_was_left_out_with_a_reason_is_not_missing_and_can_still_be_added_late() {
    let floor = unknown();
    let month = floor.bill_month();
    floor.run(&[&END[..], &["--without-usage", "--reason", "settled with them"]].concat()).with(0);
    assert_eq!((state(&floor).as_str(), missing(&floor).len()), ("ended", 0));
    let shown = floor.json(&["market", "show", "C-1"]);
    let note = json!({ "usageLeftOut": ["PRACTICE-STORAGE"], "reason": "settled with them" });
    assert_eq!(shown["notes"].as_array().unwrap().last(), Some(&note), "{shown}");
    let refused = floor.adds(&[("C-1", "5", "late")]).with(2);
    assert!(refused.err.contains("has ended") && refused.err.contains("--late"), "{}", refused.err);
    let late = ["market", "usage", "add", "--late", "--reason", "it came late", "--by", "Ann", "--json", "-"];
    let line = |month: &str, key: &str| {
        format!(
            r#"{{"customerId":"C-1","sku":"PRACTICE-STORAGE","month":"{month}","count":5,"key":"{key}"}}"#
        )
    };
    floor.home.run_with(&late, &line(&month, "late")).with(0);
    floor.sends().with(0);
    assert_eq!(floor.bill()[0]["amount"], "5");
    floor.verifies();
}

#[test]
fn usage_that_was_left_out_stays_so_where_the_end_got_no_answer_and_goes_where_it_was_refused() {
    let floor = used();
    floor.takes_over();
    let without = [&END[..], &["--without-usage", "--reason", "waived"]].concat();
    floor.fault("usage_end", &json!({ "message": "not now", "status": 400 }));
    floor.run(&without).with(3);
    let month = floor.bill_month();
    let list = || floor.json(&["market", "usage", "list", "--month", &month])[0]["leftOut"].clone();
    assert_eq!(list(), json!(null), "nothing was ended");
    floor.fault("usage_end", &json!({ "cut": "after" }));
    floor.run(&without).with(4);
    assert_eq!(list(), "waived");
    floor.sends().with(0);
    assert_eq!(floor.bill(), json!([]));
    floor.run(&[&END[..], &["--reason", "looked at the portal"]].concat()).with(0);
    assert_eq!((floor.bill(), state(&floor).as_str()), (json!([]), "ended"));
    floor.verifies();
}
