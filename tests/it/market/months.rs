//! A month as the commands tell of it: what is still in doubt, and on which bill a report is.

use super::floor::Floor;
use serde_json::json;

#[test]
fn a_run_after_a_doubt_tells_of_it_until_somebody_has_settled_it() {
    let floor = Floor::new();
    floor.sells(3);
    floor.takes_over();
    let month = floor.bill_month();
    floor.run(&["market", "start-billing", "C-3"]).with(0);
    floor.adds(&[("C-1", "10", "a"), ("C-2", "20", "b")]).with(0);
    floor.fault("usage", &json!({ "cut": "after" }));
    let send = ["market", "usage", "send", "--month", &month];
    floor.run(&send).with(4);
    let again = floor.run(&send).with(4);
    assert!(again.err.contains("1 in doubt") && again.err.contains("resolve"), "{}", again.err);
    assert!(again.err.contains("1 missing"), "{}", again.err);
    let json = floor.run(&[&send[..], &["--output", "json"]].concat()).with(4).json();
    assert_eq!((&json["inDoubt"], &json["missing"], &json["reported"]), (&json!(1), &json!(1), &json!(0)));
    // Of another customer nothing is in doubt.
    let list = floor.json(&["market", "usage", "list", "--month", &month]);
    let rows = list.as_array().unwrap();
    let of =
        |state: &str| rows.iter().find(|row| row["state"] == state).unwrap()["customerId"].as_str().unwrap();
    floor.run(&[&send[..], &["--only", of("reported")]].concat()).with(0);
    let verdict = ["market", "usage", "resolve", of("in_doubt"), "PRACTICE-STORAGE", "--month", &month];
    floor.settles(&[&verdict[..], &["--reported", "--reference", "T-1", "--by", "Ann"]].concat());
    floor.run(&send).with(0);
}
