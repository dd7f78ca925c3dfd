//! A Complete that may have been carried out is never sent again by itself; a program that dies loses nothing.

use crate::kit::{Home, Sandbox, order};
use serde_json::json;
use std::process::Stdio;
use std::time::Duration;

#[test]
fn applied_and_never_answered_is_in_doubt() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let faults = [
        json!({ "cut": "after" }),
        json!({ "hang": "after" }),
        json!({ "body": "html", "status": 502 }),
        json!({ "body": "garbled" }),
        json!({ "body": "other_ids" }),
        json!({ "body": "empty" }),
        json!({ "cut": "before" }),
    ];
    for (n, fault) in faults.iter().enumerate() {
        let transaction = format!("T-{n}");
        px.fault("complete_order", fault);
        let id = home.open(&order(&n.to_string()));
        let walked = home.walk(&id).with(4);
        assert!(walked.err.contains("in doubt") && walked.err.contains(&transaction), "{fault}: {walked:?}");
        for _ in 0..2 {
            home.walk(&id).with(4);
        }
        let shown = home.show(&id);
        assert_eq!((&shown["state"], &shown["next"]), (&json!("in_doubt"), &json!(["wait"])), "{fault}");
        assert_eq!(px.ledger(&transaction)["completesReceived"], 1, "{fault}");
        home.run(&["order", "abandon", &id, "--reason", "x"]).with(4);
    }
    home.verifies();
}

#[test]
fn killed_at_any_moment_it_can_be_taken_up_again() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let mut doubts = 0;
    // Each call lasts 40 ms, so that the kills fall into every phase of the walk.
    for n in 0..12u64 {
        for call in ["retrieve_rcc", "complete_order"] {
            px.fault(call, &json!({ "latencySeconds": 0.04 }));
        }
        let (name, transaction) = (n.to_string(), format!("T-{n}"));
        let id = home.open(&order(&name));
        let args = ["order", "walk", &id, "--method", "verbal", "--read-and-accepted-by", "Ann"];
        let mut walk = home.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(20 + 14 * n));
        let _ = walk.kill();
        walk.wait().unwrap();
        let again = home.walk(&id);
        let shown = home.show(&id);
        let ledger = px.ledger(&transaction);
        let received = ledger["completesReceived"].as_u64().unwrap_or(0);
        match again.status {
            0 => assert_eq!((&shown["state"], received), (&json!("completed"), 1)),
            4 => {
                doubts += 1;
                assert!(shown["state"] == "in_doubt" && received <= 1, "{shown}");
            }
            _ => panic!("{again:?}"),
        }
        home.verifies();
        px.control("faults/clear", &json!({}));
    }
    assert!(doubts < 12, "some walks end before they are killed, or go on after it");
}
