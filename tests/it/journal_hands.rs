//! What somebody does by hand to a journal's files, or to what is kept beside them, without its key: seen before anything is
//! sent, and said.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::journal::tampered;
use crate::kit::{Home, JOURNALS, Sandbox, order};
use rusqlite::Connection;
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

fn data(home: &Home) -> PathBuf {
    home.path().join(".local/share/pxdesk")
}

fn file(home: &Home) -> PathBuf {
    data(home).join("pxdesk.db")
}

fn state(home: &Home) -> PathBuf {
    home.path().join(".local/state/pxdesk")
}

/// Puts a journal that an earlier release wrote in its place.
fn put(home: &Home, version: usize) {
    let (journal, key) = JOURNALS[version - 1];
    fs::create_dir_all(data(home)).unwrap();
    fs::write(file(home), journal).unwrap();
    fs::write(data(home).join("pxdesk.key"), key).unwrap();
    fs::set_permissions(data(home).join("pxdesk.key"), fs::Permissions::from_mode(0o600)).unwrap();
}

/// Walks an order verbally until the customer has accepted.
fn walk_to_acceptance(home: &Home, id: &str) {
    let walk =
        ["order", "walk", id, "--method", "verbal", "--read-and-accepted-by", "Ann", "--until", "accepted"];
    home.run(&walk).with(0);
}

/// The list of a completed order is led back to an earlier event, in a copy that another machine opens.
#[test]
fn an_order_whose_list_was_led_back_is_not_completed_again() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    for (n, seq) in ["seq - 2", "1"].iter().enumerate() {
        let id = home.open(&order(&n.to_string()));
        home.walk(&id).with(0);
        fs::remove_dir_all(state(&home)).unwrap();
        let back = "UPDATE orders SET standing = 'accepted', owner = NULL, (seq, last) = (SELECT seq, pos FROM events
                WHERE thing = orders.n AND seq = orders.{seq}) WHERE id = '{id}'";
        let back = back.replace("orders.{seq}", &seq.replace("seq", "orders.seq")).replace("{id}", &id);
        tampered(&file(&home), &back).unwrap();
        assert_ne!(
            home.show(&id)["state"],
            "completed",
            "all that its list leads to was written with the key"
        );
        let ran = home.walk(&id).with(6);
        assert!(ran.err.contains("its list does not lead to all of its events"), "{ran:?}");
        assert_eq!(px.ledger(&format!("T-{n}"))["completesReceived"], 1);
    }
    home.run(&["journal", "verify"]).with(6);
}

#[test]
fn an_event_that_was_changed_is_not_read_as_what_happened() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = home.open(&order("1"));
    walk_to_acceptance(&home, &id);
    let change = "DROP TRIGGER events_are_never_changed; UPDATE events SET by = 'm.ruiz' WHERE seq = 1;
        CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT raise(ABORT, 'events are never changed'); END;";
    tampered(&file(&home), change).unwrap();
    let ran = home.run(&["order", "show", &id]).with(6);
    assert!(ran.err.contains("event 1 was changed by something else than pxdesk"), "{ran:?}");
    home.walk(&id).with(6);
    assert_eq!(px.ledger("T-1")["completesReceived"], 0);
}

#[test]
fn a_link_to_the_journal_leads_to_one_log_and_one_memory_of_it() {
    let home = Home::empty();
    let there = home.path().join("elsewhere");
    fs::create_dir_all(&there).unwrap();
    fs::create_dir_all(data(&home)).unwrap();
    std::os::unix::fs::symlink(there.join("pxdesk.db"), file(&home)).unwrap();
    fs::write(there.join("pxdesk.db"), "").unwrap();
    home.open(&order("1"));
    let older = fs::read(there.join("pxdesk.db")).unwrap();
    let second = home.open(&order("2"));
    home.walk(&second).with(0);
    assert!(!there.join("pxdesk.db-wal").exists(), "it was folded");
    assert!(
        there.join("pxdesk.desks").is_dir() && !data(&home).join("pxdesk.desks").exists(),
        "one place for all desks"
    );
    home.verifies();
    // The older copy is noticed, by the link and by the name that it leads to.
    fs::write(there.join("pxdesk.db"), older).unwrap();
    let by_link = home.run(&["journal", "verify"]).with(6);
    assert!(by_link.err.contains("is older than what this machine saw"), "{by_link:?}");
    home.configure(&format!("[journal]\nurl = \"sqlite:{}\"\n", there.join("pxdesk.db").display()));
    home.run(&["journal", "verify"]).with(6);
}

#[test]
fn a_journal_with_two_names_reads_and_sends_nothing() {
    let home = Home::empty();
    let id = home.open(&order("1"));
    let other = home.path().join("other.db");
    fs::hard_link(file(&home), &other).unwrap();
    home.show(&id);
    let ran = home.walk(&id).with(6);
    assert!(ran.err.contains("has 2 names on its disk"), "{ran:?}");
    assert!(home.run(&["journal", "accept", "--by", "M", "--reason", "r"]).with(6).err.contains("2 names"));
    fs::remove_file(other).unwrap();
    home.walk(&id).with(0);
}

#[test]
fn a_complete_leaves_only_where_its_answer_can_be_kept() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    for (n, folder) in ["spool", "sent"].iter().enumerate() {
        let id = home.open(&order(&n.to_string()));
        walk_to_acceptance(&home, &id);
        let folder = state(&home).join(folder);
        let _ = fs::remove_dir_all(&folder);
        fs::write(&folder, "").unwrap();
        let ran = home.walk(&id).with(6);
        assert!(
            ran.err.contains(&folder.display().to_string()) && ran.err.contains("Nothing was sent"),
            "{ran:?}"
        );
        assert_eq!(px.ledger(&format!("T-{n}"))["completesReceived"], 0);
        assert_eq!(home.show(&id)["state"], "accepted");
        let doctor = home.run(&["doctor"]).with(6);
        assert!(doctor.out.contains(&format!("{} cannot be written", folder.display())), "{doctor:?}");
        fs::remove_file(&folder).unwrap();
        home.walk(&id).with(0);
    }
}

#[test]
fn what_was_kept_of_a_journal_and_changed_since_is_not_taken_for_nothing() {
    let home = Home::empty();
    let id = home.open(&order("1"));
    for kept in fs::read_dir(state(&home).join("journals")).unwrap() {
        let kept = kept.unwrap().path();
        let text = fs::read_to_string(&kept).unwrap();
        let changed = text.replacen("\"events\":1", "\"events\":0", 1);
        assert_ne!(text, changed);
        fs::write(kept, changed).unwrap();
    }
    let ran = home.walk(&id).with(6);
    assert!(ran.err.contains("was not written with the journal's key"), "{ran:?}");
}

#[test]
fn what_was_brought_from_a_chain_without_a_key_is_said_for_ever() {
    let home = Home::empty();
    put(&home, 1);
    let verify = ["journal", "verify", "--output", "json"];
    let first = home.run(&verify).with(0).json();
    let brought = first["brought"].as_u64().unwrap();
    assert!(brought > 0 && first["events"] == json!(brought + 1), "{first}");
    home.open(&order("9"));
    assert_eq!(home.run(&verify).with(0).json()["brought"], brought);
    let text = home.run(&["journal", "verify"]).with(0);
    assert!(
        text.out.contains(&format!("The first {brought} events were brought from version 1")),
        "{text:?}"
    );
    // One of version 1 in its place would be proven by being brought.
    put(&home, 1);
    let before = fs::read(file(&home)).unwrap();
    let ran = home.run(&["journal", "verify"]).with(6);
    assert!(
        ran.err.contains("is of version 1") && ran.err.contains(".local/state/pxdesk/journals/"),
        "{ran:?}"
    );
    assert_eq!(fs::read(file(&home)).unwrap(), before);

    let home = Home::empty();
    put(&home, 2);
    assert!(home.run(&verify).with(0).json().get("brought").is_none());
}

#[test]
fn a_backup_of_an_earlier_version_is_an_older_copy_and_can_be_accepted() {
    let home = Home::empty();
    put(&home, 2);
    home.open(&order("9"));
    put(&home, 2);
    let ran = home.run(&["journal", "verify"]).with(6);
    assert!(ran.err.contains("is older than what this machine saw"), "{ran:?}");
    home.run(&["journal", "accept", "--by", "M. Ruiz", "--reason", "the disk broke"]).with(0);
    home.open(&order("9"));
    home.verifies();
}

#[test]
fn what_stands_in_the_place_of_the_memory_hides_it_and_is_told() {
    let home = Home::empty();
    home.open(&order("1"));
    let (journals, aside) = (state(&home).join("journals"), state(&home).join("aside"));
    fs::rename(&journals, &aside).unwrap();
    fs::write(&journals, "").unwrap();
    let said = home.run_with(&["order", "open", "--json", "-"], &order("2").to_string()).with(6);
    assert!(said.err.contains("Whether it is an older copy is not known"), "{said:?}");
    fs::remove_file(&journals).unwrap();
    fs::rename(&aside, &journals).unwrap();
    home.open(&order("2"));
    home.verifies();
}

#[test]
fn what_a_migration_began_with_is_kept_beside_what_an_earlier_one_kept() {
    let home = Home::empty();
    let events = |name: &str| -> i64 {
        let conn = Connection::open(data(&home).join(name)).unwrap();
        conn.query_row("SELECT count(*) FROM events", [], |row| row.get(0)).unwrap()
    };
    put(&home, 2);
    home.verifies();
    // The same journal again needs no second copy.
    fs::remove_dir_all(state(&home)).unwrap();
    put(&home, 2);
    home.verifies();
    assert!(!data(&home).join("pxdesk.v2.2.db").exists());
    // Another one does.
    fs::remove_file(data(&home).join("pxdesk.v2.db")).unwrap();
    fs::write(data(&home).join("pxdesk.v2.db"), "no journal").unwrap();
    put(&home, 2);
    home.verifies();
    assert_eq!(fs::read(data(&home).join("pxdesk.v2.db")).unwrap(), b"no journal");
    assert!(events("pxdesk.v2.2.db") > 0);
}

/// A call of an order is answered after its journal was written over with an older copy, which is then accepted: the answer is
/// in hand, and the journal knows nothing of its attempt.
fn answered_and_forgotten(px: &Sandbox, home: &Home, call: &str, until: &str) -> String {
    let id = home.open(&order("1"));
    if until == "completed" {
        walk_to_acceptance(home, &id);
    }
    let older = fs::read(file(home)).unwrap();
    px.fault(call, &json!({ "latencySeconds": 1.5 }));
    let walk =
        ["order", "walk", &id, "--method", "verbal", "--read-and-accepted-by", "Ann", "--until", until];
    let child = home.command(&walk).spawn().unwrap();
    while home.show(&id)["state"] == if until == "completed" { "accepted" } else { "opened" }
        && !home.run(&["order", "show", &id]).out.contains("in progress")
    {}
    fs::write(file(home), &older).unwrap();
    let walked = child.wait_with_output().unwrap();
    assert_eq!(walked.status.code(), Some(6), "{walked:?}");
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(data(home).join(format!("pxdesk.db{end}")));
    }
    fs::write(file(home), &older).unwrap();
    home.run(&["journal", "accept", "--by", "M. Ruiz", "--reason", "the disk broke"]).with(0);
    id
}

#[test]
fn an_answer_in_hand_is_what_became_of_a_call_that_an_older_copy_knows_nothing_of() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = answered_and_forgotten(&px, &home, "complete_order", "completed");
    home.walk(&id);
    let shown = home.show(&id);
    assert_eq!(
        (&shown["state"], &px.ledger("T-1")["completesReceived"]),
        (&json!("completed"), &json!(1)),
        "{shown}"
    );
    assert!(shown.get("unrecorded").is_none() && home.walk(&id).status == 0, "{shown}");
    home.verifies();
}

/// Another machine, which knows nothing of that answer, is told meanwhile that the order was submitted.
#[test]
fn an_answer_in_hand_is_recorded_though_another_machine_went_on_without_it() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = answered_and_forgotten(&px, &home, "complete_order", "completed");
    let ours = [state(&home).join("spool"), state(&home).join("sent")];
    let aside = |folder: &PathBuf| folder.with_extension("aside");
    for folder in &ours {
        fs::rename(folder, aside(folder)).unwrap();
    }
    home.walk(&id);
    let shown = home.show(&id);
    assert_eq!(shown["lastError"]["internalCode"], "2130", "{shown}");
    for folder in &ours {
        let _ = fs::remove_dir_all(folder);
        fs::rename(aside(folder), folder).unwrap();
    }
    home.walk(&id).with(0);
    let shown = home.show(&id);
    assert_eq!((&shown["state"], &shown["lastError"]), (&json!("completed"), &json!(null)), "{shown}");
    assert!(shown["orderNumber"].is_string() && shown.get("unrecorded").is_none(), "{shown}");
    home.verifies();
}

#[test]
fn nobody_says_that_nothing_was_placed_while_an_answer_is_in_hand() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = answered_and_forgotten(&px, &home, "complete_order", "completed");
    let spool = state(&home).join("spool");
    let aside = home.path().join("aside");
    fs::rename(&spool, &aside).unwrap();
    home.walk(&id).with(4);
    // What was held back is not told as one that was sent, nor as one whose desk was lost.
    let (shown, told) = (home.show(&id), home.run(&["order", "show", &id]).out);
    let last = shown["attempts"].as_array().and_then(|all| all.last()).unwrap();
    assert_eq!((&last["outcome"], &last["inDoubt"]), (&json!("held_back"), &json!(true)), "{shown}");
    assert_eq!(
        (&shown["doubt"]["sent"][0]["heldBack"], told.contains("cut")),
        (&json!(true), false),
        "{told}"
    );
    assert!(
        shown["lastError"]["userMessage"].as_str().unwrap().starts_with("held back, not sent"),
        "{shown}"
    );
    assert!(told.contains("  held back") && told.contains("call_held_back"), "{told}");
    let _ = fs::remove_dir_all(&spool);
    fs::rename(&aside, &spool).unwrap();
    let verdict = ["--reference", "ticket 7", "--by", "M. Ruiz"];
    let said = home.run(&[&["order", "resolve", &id, "--not-placed"][..], &verdict].concat()).with(8);
    assert!(said.err.contains("has an answer about this order that is not recorded: completed"), "{said:?}");
    let said = home.run(&[&["order", "resolve", &id, "--placed"][..], &verdict].concat()).with(8);
    assert!(said.err.contains("the quiet period"), "nothing else is against it: {said:?}");
    assert_eq!(px.ledger("T-1")["completesReceived"], 1);
}

#[test]
fn an_answer_in_hand_to_another_process_s_attempt_of_the_same_number_holds_nothing_up() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = answered_and_forgotten(&px, &home, "retrieve_rcc", "retrieved");
    px.fault("retrieve_rcc", &json!({ "latencySeconds": 1.5 }));
    let walk = ["order", "walk", &id, "--method", "verbal", "--read-and-accepted-by", "Ann"];
    let mut child = home.command(&walk).spawn().unwrap();
    while !home.run(&["order", "show", &id]).out.contains("in progress") {}
    child.kill().unwrap();
    child.wait().unwrap();
    home.walk(&id).with(0);
}

#[test]
fn a_journal_that_is_gone_can_be_accepted() {
    let home = Home::empty();
    home.open(&order("1"));
    fs::remove_file(file(&home)).unwrap();
    let gone = home.run_with(&["order", "open", "--json", "-"], &order("1").to_string()).with(6);
    assert!(gone.err.contains("journal accept"), "{gone:?}");
    home.run(&["order", "list"]);
    home.run(&["journal", "accept", "--by", "M. Ruiz", "--reason", "nothing is left of it"]).with(0);
    home.open(&order("2"));
    home.verifies();
}
