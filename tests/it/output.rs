//! What a command does when nobody can read what it says, and what it says of what was done before.

use crate::kit::{Home, Sandbox, order};
use serde_json::{Value, json};
use std::fs::OpenOptions;
use std::process::{Output, Stdio};

/// Runs with an output that takes nothing.
fn unheard(home: &Home, args: &[&str]) -> (i32, String) {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let Output { status, stderr, .. } =
        home.command(args).stdout(full).stdin(Stdio::null()).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stderr).unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_hides_no_doubt_and_stops_no_batch() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let walk = |id: &str| {
        unheard(
            &home,
            &["order", "walk", id, "--method", "verbal", "--read-and-accepted-by", "Ann", "--output", "json"],
        )
    };
    px.fault("complete_order", &json!({ "cut": "after" }));
    let (status, said) = walk(&home.open(&order("1")));
    assert_eq!(status, 4, "{said}");
    assert!(said.contains("in doubt") && said.contains("cannot write to stdout"), "{said}");

    let (status, said) = walk(&home.open(&order("2")));
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("What was done stands in the journal"), "{said}");

    let ids: Vec<String> = ["3", "4"].map(|n| home.open(&order(n))).into();
    let (status, said) =
        unheard(&home, &["order", "assign", &ids[0], &ids[1], "--to", "b.lee", "--output", "json"]);
    assert_eq!(status, 1, "{said}");
    for id in &ids {
        assert!(home.show(id).to_string().contains("b.lee"));
    }
    // An order that is named twice is assigned once.
    let assigned = || home.show(&ids[0])["events"].to_string().matches("\"assigned\"").count();
    let before = assigned();
    home.run(&["order", "assign", &ids[0], &ids[0], "--to", "k.ono"]).with(0);
    assert_eq!(assigned(), before + 1, "{}", home.show(&ids[0]));
    for args in [&["--help"][..], &["--version"], &["order", "--help"]] {
        let (status, said) = unheard(&home, args);
        assert!(status == 1 && said.contains("cannot write to stdout"), "{args:?}: {said}");
    }
    // What only reads stops.
    let (status, said) = unheard(&home, &["order", "list"]);
    assert!(status == 1 && !said.contains("stands in the journal"), "{said}");
}

#[test]
fn an_order_that_is_given_again_is_told_from_a_pair_that_does_not_belong_together() {
    let home = Home::empty();
    let first = order("1");
    let id = home.open(&first);
    let mut mixed = order("2");
    mixed["transactionId"] = first["transactionId"].clone();
    let lines = format!("{first}\n{mixed}\n");
    let again = home.run_with(&["order", "open", "--json", "-", "--output", "json"], &lines).with(8);
    let told: Vec<Value> = again.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&told[0]["known"], &told[0]["id"]), (&json!(true), &json!(id)));
    assert!(told[0]["errors"][0]["text"].as_str().unwrap().contains("was added before"), "{told:?}");
    assert!(
        told[1]["known"].is_null() && told[1]["errors"][0]["text"].as_str().unwrap().contains("2131"),
        "{told:?}"
    );
}

#[test]
fn each_of_several_orders_is_assigned_or_says_why_not() {
    let home = Home::empty();
    let ids: Vec<String> = ["1", "2", "3"].map(|n| home.open(&order(n))).into();
    home.run(&["order", "abandon", &ids[0], "--reason", "hung up"]).with(0);
    let args = ["order", "assign", &ids[0], &ids[1], &ids[2], "--to", "b.lee", "--output", "json"];
    let told = home.run(&args).with(8).json();
    let done =
        |n: usize| (told[n]["id"].as_str().unwrap().to_owned(), told[n]["assigned"].as_bool().unwrap());
    assert_eq!(
        [0, 1, 2].map(done),
        [(ids[0].clone(), false), (ids[1].clone(), true), (ids[2].clone(), true)]
    );
}

#[test]
fn bad_values_are_bad_input_and_half_a_variable_is_no_setting() {
    let home = Home::empty();
    let id = home.open(&order("1"));
    for args in [
        &["order", "note", &id, ""] as &[&str],
        &["order", "assign", &id, "--to", ""],
        &["order", "amend", &id],
        &["scenario", "check", home.path().to_str().unwrap()],
        &["errors", "--output", "csv"],
        &["market", "track", "--service", "x", "--customer-id", "C-1", "--purchased-at", "yesterday"],
    ] {
        home.run(args).with(2);
    }
    for (name, meant) in [
        ("PXDESK_ENV", "PXDESK_ENVIRONMENT"),
        ("PXDESK_JOURNAL", "PXDESK_JOURNAL_"),
        ("PXDESK_AGENT_NAME", "PXDESK_AGENT"),
    ] {
        let ran = home.command(&["order", "list"]).env(name, "production").output().unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert!(ran.status.code() == Some(5) && said.contains(meant), "{name}: {said}");
    }
    assert!(home.run(&["man", "order", "walk"]).with(0).out.contains("read\\-and\\-accepted\\-by"));
}

#[test]
fn a_list_with_nothing_in_it_says_so_and_prints_nothing() {
    let home = Home::empty();
    for (args, says) in [
        (&["order", "list", "--state", "completed"][..], "no orders to list"),
        (&["market", "list"], "no subscriptions to list"),
        (&["market", "requests"], "nothing to look at"),
        (&["market", "usage", "list", "--month", "2020-01"], "no usage was added for 2020-01"),
        (&["registration", "runs"], "no plan was applied yet"),
    ] {
        let listed = home.run(args).with(0);
        assert_eq!((listed.out.as_str(), listed.err.contains(says)), ("", true), "{listed:?}");
    }
}

#[test]
fn what_has_ended_has_no_time_left_in_a_list() {
    let home = Home::empty();
    let prepared = |n| {
        let mut order = order(n);
        order["preparedAt"] = jiff::Timestamp::now().to_string().into();
        order
    };
    let (open, ended) = (home.open(&prepared("1")), home.open(&prepared("2")));
    home.run(&["order", "abandon", &ended, "--reason", "hung up"]).with(0);
    let listed = home.run(&["order", "list"]).with(0).out;
    let line = |id: &str| listed.lines().find(|line| line.starts_with(id)).unwrap().to_owned();
    assert!(line(&open).contains(" min  "), "{listed}");
    assert!(line(&ended).contains("abandoned") && !line(&ended).contains(" min  "), "{listed}");
}

#[test]
fn a_copy_of_a_journal_that_is_not_there_says_nothing_of_orders_to_add() {
    let home = Home::empty();
    let copied = home.run(&["journal", "copy", "sqlite:gone.db", "sqlite:copy.db"]).with(6);
    assert!(copied.err.contains("there is no journal to copy"), "{copied:?}");
    assert!(!copied.err.contains("Add an order"), "{copied:?}");
}
