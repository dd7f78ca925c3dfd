//! Whole walks on the command line, the real program against the embedded Px in a process of its own.

use crate::kit::{Home, Sandbox, order};
use serde_json::json;
use std::process::Stdio;

#[test]
fn verbal_from_identifiers_to_order_number() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = home.open(&order("1"));
    let walked = home.walk(&id).with(0);
    let shown = home.show(&id);
    assert_eq!(shown["state"], "completed");
    assert!(walked.out.contains(shown["orderNumber"].as_str().unwrap()), "{walked:?}");
    assert_eq!((&shown["method"], &shown["acceptance"]["method"]), (&json!("verbal"), &json!("verbal")));
    assert_eq!(shown["next"], json!(["erase"]));
    assert_eq!(px.ledger("T-1")["completesApplied"], 1);
    home.walk(&id).with(0);
    assert_eq!(px.ledger("T-1")["completesReceived"], 1, "walked again, sent once");
    home.verifies();
}

/// What failed on the way to an aim, or after it, is not the status of a walk that sends nothing.
#[test]
fn a_walk_that_is_at_its_aim_ends_well_and_one_of_an_order_that_is_over_does_not() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let walk = |id: &str, until: &str| {
        let by = ["--method", "verbal", "--read-and-accepted-by", "Ann", "--until", until];
        home.run(&[&["order", "walk", id], &by[..]].concat())
    };
    let id = home.open(&order("1"));
    px.fault("send_rcc", &json!({ "cut": "after" }));
    home.run(&["order", "walk", &id, "--method", "sms", "--until", "delivered"]).with(4);
    let there = walk(&id, "retrieved").with(0);
    assert!(there.err.is_empty() && home.show(&id)["lastError"]["api"] == "send_rcc", "{there:?}");
    walk(&id, "delivered").with(0);
    // Refused for good until it is corrected, and abandoned.
    px.fault("complete_order", &json!({ "row": "1099" }));
    walk(&id, "completed").with(3);
    walk(&id, "accepted").with(8);
    home.run(&["order", "abandon", &id, "--reason", "the customer left"]).with(0);
    for until in ["retrieved", "delivered", "accepted", "completed"] {
        walk(&id, until).with(8);
    }
    assert_eq!(px.ledger("T-1")["completesReceived"], 1);
}

/// A change that is refused is told, and leaves the order to whom it was given.
#[test]
fn a_refused_change_takes_an_order_from_nobody() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = home.open(&order("1"));
    home.run(&["order", "assign", &id, "--to", "k.ono"]).with(0);
    home.run(&["order", "amend", &id]).with(2);
    let shown = home.show(&id);
    let kinds: Vec<&str> =
        shown["events"].as_array().unwrap().iter().filter_map(|e| e["kind"].as_str()).collect();
    assert_eq!(kinds, ["opened", "assigned"]);
    home.run(&["order", "amend", &id, "--sales-code", "S2"]).with(0);
    assert_eq!(home.show(&id)["events"].as_array().unwrap().len(), 4, "taken over, and amended");
}

#[test]
fn by_sms_and_by_email_the_customer_accepts() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    for (n, method) in [("1", "sms"), ("2", "email")] {
        let id = home.open(&order(n));
        home.run(&["order", "walk", &id, "--method", method, "--until", "delivered"]).with(0);
        let refused = home.run(&["order", "walk", &id, "--method", method, "--wait", "0"]).with(8);
        assert!(refused.err.contains("has not been accepted"), "{refused:?}");
        px.control("accept", &json!({ "transactionId": format!("T-{n}") }));
        home.run(&["order", "walk", &id, "--method", method, "--until", "accepted"]).with(0);
        assert_eq!(home.show(&id)["state"], "accepted");
        home.run(&["order", "walk", &id, "--method", method]).with(0);
        let shown = home.show(&id);
        assert_eq!((&shown["state"], &shown["acceptance"]["method"]), (&json!("completed"), &json!(method)));
        assert_eq!(px.ledger(&format!("T-{n}"))["sendsReceived"], 1);
    }
}

/// The table says so, and Px may hold another text by then.
#[test]
fn after_1210_the_text_is_retrieved_again() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = home.open(&order("1"));
    px.fault("complete_order", &json!({ "row": "1210" }));
    home.walk(&id).with(3);
    home.walk(&id).with(0);
    let asked = px.ledger("T-1");
    assert_eq!((&asked["retrievesReceived"], &asked["completesApplied"]), (&json!(2), &json!(1)));
}

#[test]
fn every_step_can_be_the_last_of_a_walk() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = home.open(&order("1"));
    for (until, state) in [
        ("retrieved", "rcc_retrieved"),
        ("delivered", "reading"),
        ("accepted", "accepted"),
        ("completed", "completed"),
    ] {
        let args = [
            "order",
            "walk",
            &id,
            "--method",
            "verbal",
            "--read-and-accepted-by",
            "Ann",
            "--until",
            until,
            "--output",
            "json",
        ];
        assert_eq!(home.run(&args).with(0).json()["state"], state);
    }
    assert_eq!(px.ledger("T-1")["retrievesReceived"], 1);
    let shown = home.show(&id);
    assert_eq!(shown["reading"]["how"], "vouched for, not timed");
    let evidence = shown["acceptance"]["evidence"].as_str().unwrap();
    assert!(evidence.ends_with(", vouched for, not timed"), "{evidence}");
    let sections = shown["reading"]["sections"].as_array().unwrap();
    assert!(
        sections.iter().all(|s| s["how"] == "vouched for, not timed" && s["seconds"].is_null()),
        "{sections:?}"
    );
    let text = home.run(&["order", "show", &id]).with(0).out;
    assert!(text.contains("section 1       ") && !text.contains(" 0 s,"), "{text}");
}

#[test]
fn an_identity_is_locked_both_ways_and_for_ever() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = home.open(&order("1"));
    home.run(&["order", "abandon", &id, "--reason", "customer hung up"]).with(0);
    for (field, value) in [("partnerOrderId", "PO-9"), ("transactionId", "T-9")] {
        let mut other = order("1");
        other[field] = json!(value);
        let refused = home.run_with(&["order", "open", "--json", "-"], &other.to_string()).with(8);
        assert!(refused.err.contains(&id) && refused.err.contains("2131"), "{refused:?}");
    }
    assert!(px.ledger("T-1").get("completesReceived").is_none_or(|n| n == 0));
}

#[test]
fn one_bad_line_among_good_ones() {
    let home = Home::empty();
    let mut lines: Vec<String> = (0..50).map(|n| order(&n.to_string()).to_string()).collect();
    let mut bad = order("bad");
    bad["salesCode"] = json!(" ");
    bad["customer"]["phone"] = json!("555");
    lines.insert(7, bad.to_string());
    let ran = home.run_with(&["order", "open", "--json", "-"], &lines.join("\n")).with(2);
    assert_eq!(ran.out.lines().count(), 50);
    assert!(
        ran.err.contains("-:8: salesCode is required")
            && ran.err.contains("-:8: customer.phone is not a phone number"),
        "{}",
        ran.err
    );
    let listed = home.run(&["order", "list", "--output", "json"]).with(0).json();
    assert_eq!(listed.as_array().unwrap().len(), 50);
}

#[test]
fn a_first_line_that_is_no_text_holds_up_no_other() {
    let home = Home::empty();
    let file = home.path().join("orders.jsonl");
    let bad = b"{\"salesCode\":\"\xff\"}\n";
    let good = format!("{}\n{}\n", order("1"), order("2"));
    std::fs::write(&file, [&bad[..], good.as_bytes(), bad].concat()).unwrap();
    let ran = home.run(&["order", "open", "--json", file.to_str().unwrap()]).with(2);
    assert_eq!(ran.out.lines().count(), 2);
    for line in [1, 4] {
        assert!(ran.err.contains(&format!(":{line}: the line is not UTF-8 text")), "{}", ran.err);
    }
}

#[test]
fn a_refusal_to_be_corrected_is_not_walked_into_again() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = home.open(&order("1"));
    px.fault("complete_order", &json!({ "row": "1099" }));
    home.walk(&id).with(3);
    let again = home.walk(&id).with(8);
    assert!(again.err.contains("Px refused with 1099, and would again"), "{again:?}");
    assert!(!home.show(&id)["next"].as_array().unwrap().contains(&json!("complete")));
    assert_eq!(px.ledger("T-1")["completesReceived"], 1);
    home.run_with(&["order", "amend", &id, "--payment-token-from-stdin"], "tok_2").with(0);
    home.walk(&id).with(0);
    assert_eq!(px.ledger("T-1")["completesReceived"], 2);
}

#[test]
fn who_accepted_has_a_name_that_can_be_seen() {
    let home = Home::empty();
    for name in ["", "\u{200b}\u{2060}", "Ann\u{1b}[2J"] {
        let walk = ["order", "walk", "x", "--method", "verbal", "--read-and-accepted-by", name];
        let ran = home.run(&walk).with(2);
        assert!(ran.err.contains("--read-and-accepted-by"), "{ran:?}");
    }
}

#[test]
fn two_processes_walk_one_order_and_one_complete_arrives() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    for n in ["1", "2", "3"] {
        let id = home.open(&order(n));
        let args = ["order", "walk", &id, "--method", "verbal", "--read-and-accepted-by", "Ann"];
        let walks: Vec<_> =
            (0..3).map(|_| home.command(&args).stderr(Stdio::null()).spawn().unwrap()).collect();
        for walk in walks {
            walk.wait_with_output().unwrap();
        }
        let ledger = px.ledger(&format!("T-{n}"));
        assert_eq!(
            (&ledger["completesReceived"], &ledger["completesApplied"]),
            (&json!(1), &json!(1)),
            "{ledger}"
        );
        assert_eq!(home.show(&id)["state"], "completed");
    }
    home.verifies();
}

#[test]
fn what_a_walk_needs_is_said_before_anything_is_sent() {
    let home = Home::at("http://127.0.0.1:9");
    let mut bare = order("1");
    bare.as_object_mut().unwrap().remove("customer");
    let id = home.open(&bare);
    home.run(&["order", "walk", &id, "--method", "verbal"]).with(2);
    home.run(&["order", "walk", &id, "--method", "sms", "--to", "555"]).with(2);
    home.run(&["order", "walk", "nobody", "--method", "sms"]).with(2);
    let unreachable = home.run(&["order", "walk", &id, "--method", "sms"]).with(7);
    assert!(unreachable.err.contains("127.0.0.1"), "{unreachable:?}");
    let shown = home.show(&id);
    assert_eq!((&shown["state"], &shown["attempts"][0]["outcome"]), (&json!("opened"), &json!("not_sent")));
}

#[test]
fn a_walk_after_which_the_text_may_have_been_sent_ends_in_doubt() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = home.open(&order("1"));
    px.fault("send_rcc", &json!({ "cut": "after" }));
    let ran = home.run(&["order", "walk", &id, "--method", "sms"]).with(4);
    assert!(ran.err.contains("not known"), "{ran:?}");
    assert_eq!(px.ledger("T-1")["sendsReceived"], 1);
}

#[test]
fn a_window_that_is_over_is_refused_here() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let mut late = order("1");
    late["preparedAt"] = json!("2020-01-01T00:00:00Z");
    let id = home.open(&late);
    let refused = home.walk(&id).with(8);
    assert!(refused.err.contains("the 120-minute window expired"), "{refused:?}");
    assert_eq!(home.show(&id)["state"], "expired");
}

/// What may be done next is what this machine would do.
#[test]
fn complete_is_not_named_where_it_would_be_refused_for_want_of_time() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let mut late = order("1");
    late["preparedAt"] = json!((jiff::Timestamp::now() - jiff::SignedDuration::from_mins(90)).to_string());
    let id = home.open(&late);
    let by = ["--method", "verbal", "--read-and-accepted-by", "Ann", "--until", "accepted"];
    home.run(&[&["order", "walk", &id], &by[..]].concat()).with(0);
    let names = || (home.show(&id)["next"].clone(), home.run(&["order", "show", &id]).with(0).out);
    let line = |out: &str| out.lines().find(|line| line.starts_with("may be done next")).unwrap().to_owned();
    let (next, out) = names();
    assert!(next[0] == "complete" && line(&out).contains("complete"), "{next} {out}");
    home.reconfigure("complete_order = \"2s\"", "complete_order = \"1h\"");
    let (next, out) = names();
    assert!(!next.as_array().unwrap().contains(&json!("complete")), "{next}");
    assert!(!line(&out).contains("complete") && line(&out).contains("abandon"), "{out}");
    home.walk(&id).with(8);
    assert_eq!(px.ledger("T-1")["completesReceived"], 0);
}

#[test]
fn erasing_destroys_and_still_verifies() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = home.open(&order("1"));
    home.walk(&id).with(0);
    home.run(&["order", "erase", &id, "--reason", "asked to"]).with(0);
    home.verifies();
    let shown = home.show(&id);
    assert_eq!(
        (&shown["state"], &shown["erased"], &shown["rcc"]["sections"]),
        (&json!("completed"), &json!(true), &json!(null))
    );
    assert!(shown["rcc"]["sha256"].is_string() && shown["orderNumber"].is_string());
}

#[test]
fn the_embedded_px_has_its_place_wherever_the_journal_lies() {
    let home = Home::empty();
    let journal = home.path().join("elsewhere/orders.db");
    std::fs::create_dir(journal.parent().unwrap()).unwrap();
    home.configure(&format!("[journal]\nurl = \"sqlite:{}\"\n", journal.display()));
    let id = home.open(&order("1"));
    home.run(&["order", "walk", &id, "--method", "verbal", "--until", "retrieved"]).with(0);
}

#[test]
fn a_retry_reaches_the_px_inside_the_program() {
    let home = Home::empty();
    let id = home.open(&order("1"));
    // Another process that serves the same Px puts the fault there.
    let state = home.path().join(".local/share/pxdesk/embedded-px.json");
    let px = Sandbox::serve(&["--state", state.to_str().unwrap()]);
    px.fault("retrieve_rcc", &json!({ "row": "4040" }));
    home.walk(&id).with(3);
    home.run(&["order", "retry", &id]).with(0);
    assert_eq!(home.show(&id)["state"], "rcc_retrieved");
}
