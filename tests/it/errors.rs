//! All twenty documented errors, each provoked at the embedded Px on demand.

use crate::kit::{Home, Sandbox, order};
use serde_json::json;

#[test]
fn all_twenty_rows() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let rows = home.run(&["errors", "--output", "json"]).with(0).json();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 20);
    for (n, row) in rows.iter().enumerate() {
        let name = row["id"].as_str().unwrap();
        let (call, key) = name.split_once('/').unwrap();
        px.fault(call, &json!({ "row": key }));
        let id = home.open(&order(&n.to_string()));
        let walked = home.walk(&id).with(3);
        let shown = home.show(&id);
        let state = match name {
            "retrieve_rcc/4040" => "opened",
            "retrieve_rcc/4050" => "rcc_blocked",
            "complete_order/2215" => "expired",
            _ => "refused",
        };
        assert_eq!(shown["state"], state, "{name}");
        let error = &shown["lastError"];
        assert_eq!(error["api"], row["api"], "{name}");
        for field in ["internalCode", "cause", "remedy", "whoMends", "field", "retry"] {
            assert_eq!(error[field], row[field], "{name}: {field}");
        }
        let tx_id = error["txId"].as_str().unwrap_or_else(|| panic!("{name}: {error}"));
        assert!(error["userMessage"].as_str().unwrap().contains(tx_id), "{name}: {error}");
        assert!(
            walked.err.contains(tx_id) && walked.err.contains(row["remedy"].as_str().unwrap()),
            "{name}: {walked:?}"
        );
        let ledger = px.ledger(&format!("T-{n}"));
        assert_eq!(ledger["completesApplied"], json!(0), "{name}");
    }
    home.verifies();
}

#[test]
fn a_row_by_its_code_or_an_honest_no() {
    let home = Home::empty();
    assert!(home.run(&["errors", "2131"]).with(0).out.contains("combination must remain constant"));
    assert!(home.run(&["errors", "9999"]).with(2).err.contains("9999"));
}

#[test]
fn what_was_corrected_goes_through() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let mut wrong = order("1");
    wrong["salesCode"] = json!("BAD1");
    let id = home.open(&wrong);
    home.walk(&id).with(3);
    assert_eq!(home.show(&id)["lastError"]["internalCode"], "2000");
    home.run(&["order", "retry", &id]).with(8);
    home.run(&["order", "amend", &id, "--sales-code", "S100"]).with(0);
    home.walk(&id).with(0);
    let mut cards = order("2");
    cards["giftCards"] = json!(["card-1", "card-2"]);
    let id = home.open(&cards);
    home.walk(&id).with(3);
    assert_eq!(home.show(&id)["lastError"]["internalCode"], "1215");
    home.run(&["order", "amend", &id, "--keep-gift-card", "2"]).with(0);
    home.walk(&id).with(0);
}

#[test]
fn only_what_is_safe_is_retried() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let mut ids = Vec::new();
    for (n, fault) in
        [("1", json!({"row":"4040"})), ("2", json!({"row":"2000"})), ("3", json!({"row":"4050"}))]
    {
        px.fault("retrieve_rcc", &fault);
        let id = home.open(&order(n));
        home.walk(&id).with(3);
        ids.push(id);
    }
    px.fault("complete_order", &json!({ "cut": "after" }));
    let doubt = home.open(&order("4"));
    home.walk(&doubt).with(4);
    let retried = home.run(&["order", "retry", "--all-retryable", "--output", "json"]).with(0).json();
    let mut done: Vec<_> =
        retried.as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect();
    done.sort();
    let mut expected = vec![ids[0].clone(), ids[2].clone()];
    expected.sort();
    assert_eq!(done, expected);
    home.run(&["order", "retry", &doubt]).with(4);
    assert_eq!(px.ledger("T-4")["completesReceived"], 1);
}
