//! An order in doubt, on the command line: told from when it may be settled, probed by a person, settled by a verdict.

use crate::kit::{Home, Ran, Sandbox, order};
use serde_json::{Value, json};
use std::time::Duration;

/// A Px, a home whose quiet period is short, and an order whose Complete met `fault`.
fn in_doubt(fault: &Value) -> (Sandbox, Home, String) {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    px.fault("complete_order", fault);
    let id = home.open(&order("1"));
    home.walk(&id).with(4);
    (px, home, id)
}

/// Runs it with a quiet period of one second, again and again until that is over.
fn when_quiet(home: &Home, args: &[&str]) -> Ran {
    for _ in 0..100 {
        let ran: Ran = home.command(args).env("PXDESK_DOUBT_QUIET_PERIOD", "1s").output().unwrap().into();
        if !ran.err.contains("quiet period lasts") {
            return ran;
        }
        assert_eq!(ran.status, 8, "{ran:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the quiet period never ends");
}

#[test]
fn it_says_what_was_sent_what_is_known_and_from_when_something_may_be_done() {
    let (px, home, id) = in_doubt(&json!({ "cut": "after" }));
    let shown = home.show(&id);
    let doubt = &shown["doubt"];
    assert_eq!((&shown["state"], &shown["next"]), (&json!("in_doubt"), &json!(["wait"])), "{shown}");
    assert_eq!(doubt["sent"][0]["attempt"], json!(2), "{doubt}");
    assert!(doubt["sent"][0]["at"].is_string() && doubt["probeOrVerdictFrom"].is_string(), "{doubt}");
    assert!(doubt["known"][0].as_str().unwrap().contains("left this machine"), "{doubt}");
    let left = doubt["secondsLeft"].as_i64().unwrap();
    assert!((60..=240).contains(&left), "{left}");
    let text = home.run(&["order", "show", &id]).with(0).out;
    for part in ["in doubt", "sent", "T-1", "PO-1", "known", "not known", "order probe", "order resolve"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // Too early: nothing is sent, nothing is written.
    let before = home.show(&id)["seq"].clone();
    home.run(&["order", "probe", &id]).with(8);
    home.run(&["order", "resolve", &id, "--placed", "--reference", "X", "--by", "M"]).with(8);
    assert_eq!(
        (home.show(&id)["seq"].clone(), px.ledger("T-1")["completesReceived"].clone()),
        (before, json!(1))
    );
}

#[test]
fn a_probe_of_what_arrived_completes_it_as_inferred() {
    let (px, home, id) = in_doubt(&json!({ "cut": "after" }));
    when_quiet(&home, &["order", "probe", &id]).with(0);
    let shown = home.show(&id);
    assert_eq!((&shown["state"], &shown["orderNumber"]), (&json!("completed"), &Value::Null), "{shown}");
    let basis = (&shown["completion"]["basis"], &shown["completion"]["detailsReceived"]);
    assert_eq!(basis, (&json!("inferred"), &json!(false)), "{shown}");
    let attempts = shown["attempts"].as_array().unwrap();
    let [.., first, probe] = attempts.as_slice() else { panic!("{shown}") };
    assert_eq!((&first["probe"], &probe["probe"]), (&json!(false), &json!(true)), "each has its own line");
    assert_eq!(first["requestSha256"], probe["requestSha256"], "the very same bytes");
    let ledger = px.ledger("T-1");
    assert_eq!((&ledger["completesReceived"], &ledger["completesApplied"]), (&json!(2), &json!(1)));
    home.walk(&id).with(0);
    assert_eq!(px.ledger("T-1")["completesReceived"], json!(2), "nothing is sent any more");
    home.verifies();
}

#[test]
fn a_probe_of_what_never_arrived_places_it() {
    let (px, home, id) = in_doubt(&json!({ "cut": "before" }));
    when_quiet(&home, &["order", "probe", &id]).with(0);
    let shown = home.show(&id);
    assert_eq!((&shown["state"], &shown["completion"]["basis"]), (&json!("completed"), &json!("confirmed")));
    assert!(shown["orderNumber"].is_string(), "{shown}");
    assert_eq!(px.ledger("T-1")["completesApplied"], json!(1));
}

#[test]
fn a_refused_probe_leaves_it_in_doubt_and_a_verdict_settles_it() {
    let (px, home, id) = in_doubt(&json!({ "cut": "after" }));
    px.fault("complete_order", &json!({ "row": "1215" }));
    let probed = when_quiet(&home, &["order", "probe", &id]).with(4);
    assert!(probed.err.contains("1215") && probed.err.contains("says nothing"), "{probed:?}");
    for args in [["walk", "--method=verbal"], ["retry", "--output=text"], ["abandon", "--reason=x"]] {
        home.run(&["order", args[0], &id, args[1]]);
        assert_eq!(home.show(&id)["state"], json!("in_doubt"), "{args:?}");
    }
    let args = ["order", "resolve", &id, "--placed", "--reference", "TKT-7", "--by", "M. Ruiz"];
    when_quiet(&home, &args).with(0);
    let shown = home.show(&id);
    let said = (&shown["completion"]["reference"], &shown["completion"]["by"], &shown["orderNumber"]);
    assert_eq!(said, (&json!("TKT-7"), &json!("M. Ruiz"), &Value::Null), "{shown}");
    assert_eq!(shown["events"].as_array().unwrap().last().unwrap()["kind"], json!("resolved"));
    home.verifies();
}

#[test]
fn a_verdict_of_not_placed_lets_it_be_completed_under_the_same_ids() {
    let (px, home, id) = in_doubt(&json!({ "cut": "before" }));
    home.run(&["order", "resolve", &id, "--reference", "X", "--by", "M"]).with(2);
    home.run(&["order", "resolve", &id, "--placed", "--not-placed", "--reference", "X", "--by", "M"]).with(2);
    let blank =
        when_quiet(&home, &["order", "resolve", &id, "--not-placed", "--reference", " ", "--by", "M"]);
    assert!(blank.with(8).err.contains("reference"));
    let args = ["order", "resolve", &id, "--not-placed", "--reference", "TKT-7", "--by", "M. Ruiz"];
    when_quiet(&home, &args).with(0);
    assert_eq!(home.show(&id)["state"], json!("accepted"));
    home.walk(&id).with(0);
    let ledger = px.ledger("T-1");
    assert_eq!((&ledger["completesReceived"], &ledger["completesApplied"]), (&json!(2), &json!(1)));
}

#[test]
fn submitted_by_someone_else_is_an_alarm() {
    let (px, home) = {
        let px = Sandbox::serve(&[]);
        let home = Home::at(&px.base);
        (px, home)
    };
    px.fault("complete_order", &json!({ "row": "2130" }));
    let id = home.open(&order("1"));
    let walked = home.walk(&id).with(3);
    assert!(walked.err.contains("2130"), "{walked:?}");
    let shown = home.show(&id);
    assert_eq!((&shown["state"], &shown["completion"]), (&json!("refused"), &Value::Null));
}

#[test]
fn the_same_sale_again_needs_a_supervisors_reason() {
    let (_px, home, id) = in_doubt(&json!({ "cut": "after" }));
    let mut again = order("2");
    again["addressDetailId"] = json!("A-1");
    let open = |reason: &[&str], order: &Value| {
        let mut args = vec!["order", "open", "--json", "-"];
        args.extend(reason);
        home.run_with(&args, &order.to_string())
    };
    let refused = open(&[], &again).with(8);
    assert!(refused.err.contains(&id) && refused.err.contains("in doubt"), "{refused:?}");
    open(&["--despite-doubt", "  "], &again).with(8);
    let open_as = |role: &str| {
        let mut command =
            home.command(&["order", "open", "--json", "-", "--despite-doubt", "the carrier says it is free"]);
        command.env("PXDESK_ROLE", role);
        crate::kit::fed(command, &again.to_string())
    };
    let refused = open_as("agent").with(8);
    assert!(refused.err.contains("your role may not add an order despite one in doubt"), "{refused:?}");
    let opened = open_as("supervisor").with(0);
    let despite = &home.show(opened.out.trim())["despiteDoubt"];
    assert_eq!((&despite["order"], &despite["reason"]), (&json!(id), &json!("the carrier says it is free")));
    open(&[], &order("3")).with(0);
}

/// A correction would place what the one in doubt may have placed already.
#[test]
fn a_correction_does_not_get_past_the_doubt() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let (first, other) = (home.open(&order("1")), home.open(&order("3")));
    px.fault("complete_order", &json!({ "cut": "after" }));
    home.walk(&first).with(4);
    let seq = home.show(&other)["seq"].clone();
    let refused = home.run(&["order", "amend", &other, "--address-detail-id", "A-1"]).with(8);
    assert!(refused.err.contains(&first) && refused.err.contains("Settle that order first"), "{refused:?}");
    assert_eq!(home.show(&other)["seq"], seq);
    // It may be corrected in all other ways.
    home.run(&["order", "amend", &other, "--sales-code", "S200"]).with(0);
    home.walk(&other).with(0);
    home.verifies();
}

#[test]
fn a_quiet_period_that_is_too_short_is_for_this_machine_only() {
    let home = Home::empty();
    home.configure(
        "environment = \"sandbox\"\n[environments.sandbox]\nbase_url = \"https://px.example/\"\n[doubt]\nquiet_period = \"90s\"\n",
    );
    let refused = home.run(&["order", "list"]).with(5);
    assert!(refused.err.contains("doubt.quiet_period") && refused.err.contains("240"), "{refused:?}");
}
