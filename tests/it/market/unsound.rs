//! What the receiver and usage do with a journal whose key is away, whose lists were changed, or that is an older one.

use super::floor::{Floor, deploy, home, sent};
use crate::kit::{Home, Sandbox, post};
use crate::postgres;
use serde_json::json;
use std::fs;
use std::path::PathBuf;

fn data(home: &Home, name: &str) -> PathBuf {
    home.path().join(".local/share/pxdesk").join(name)
}

fn tamper(floor: &Floor, sql: &str) {
    let journal = rusqlite::Connection::open(data(&floor.home, "pxdesk.db")).unwrap();
    journal.execute_batch(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// What nobody could read later is not promised; and whoever started the receiver hears when that begins and when it ends.
#[test]
fn without_its_key_a_receiver_refuses_and_says_so_once() {
    let floor = Floor::new();
    let receiver = floor.receiver();
    let key = data(&floor.home, "pxdesk.key");
    let away = key.with_extension("away");
    assert_eq!(sent(&receiver.url, &deploy("p-1")).0, 200);
    fs::rename(&key, &away).unwrap();
    for id in ["p-2", "p-1", "p-3"] {
        assert_eq!(sent(&receiver.url, &deploy(id)).0, 503, "{id}");
    }
    assert_eq!(post(&receiver.url, &json!([])).0, 503, "what cannot be read could not be kept either");
    fs::rename(&away, &key).unwrap();
    for id in ["p-1", "p-2", "p-3"] {
        assert_eq!(sent(&receiver.url, &deploy(id)).0, 200, "{id}");
    }
    receiver.ends();
    let told = fs::read_to_string(floor.home.path().join("serve.err")).unwrap();
    assert_eq!(told.matches("deploys get a 503").count(), 1, "{told}");
    assert!(told.contains("503 from now on: the key file") && told.contains("is missing"), "{told}");
    assert!(told.contains("deploys are taken again; 4 requests got a 503 meanwhile"), "{told}");
    assert_eq!(floor.json(&["market", "list"]).as_array().unwrap().len(), 3);
    floor.verifies();
}

/// Whose customer id stands in a row can be changed by whoever may record an answer: the events say who has it.
#[test]
fn nothing_is_done_to_another_buyer_because_a_row_says_so() {
    let floor = Floor::new();
    floor.sells(2);
    floor.takes_over();
    tamper(&floor, "UPDATE subscriptions SET customer_id = 'C-9' WHERE customer_id = 'C-1'");
    tamper(&floor, "UPDATE subscriptions SET customer_id = 'C-1' WHERE customer_id = 'C-2'");
    let refused = floor.adds(&[("C-1", "6", "k")]).with(6);
    assert!(refused.err.contains("its row is found by `C-1`, and its events say nothing"), "{}", refused.err);
    floor.run(&["market", "end", "C-1"]).with(6);
    assert_eq!(floor.bill(), json!([]));
}

/// A report that the list lacks is begun no second time.
#[test]
fn usage_waits_while_the_list_of_reports_lacks_some() {
    let floor = Floor::new();
    floor.sells(1);
    floor.takes_over();
    floor.adds(&[("C-1", "5", "k1")]).with(0);
    floor.sends().with(0);
    tamper(&floor, "DELETE FROM usage_reports");
    for refused in [floor.adds(&[("C-1", "5", "k2")]), floor.sends()] {
        let refused = refused.with(6);
        assert!(refused.err.contains("`usage_reports` has 0 rows, and 1 belong in it"), "{}", refused.err);
    }
    tamper(&floor, "DROP TABLE usage_reports");
    let refused = floor.run(&["market", "list"]).with(6);
    assert!(refused.err.contains("the table `usage_reports` is missing"), "{}", refused.err);
}

#[test]
fn a_table_of_a_journal_on_postgresql_is_not_made_anew() {
    let Some(database) = postgres::database() else { return };
    let market = Sandbox::serve(&["--market"]);
    let home = home(&market.base);
    home.configure_also(&format!(
        "[journal]\nurl = \"{}\"\nkey_file = \"{}\"\n",
        database.url(),
        database.key().display()
    ));
    let floor = Floor { home, market };
    floor.sells(1);
    floor.takes_over();
    floor.adds(&[("C-1", "5", "k1")]).with(0);
    floor.sends().with(0);
    database.sql("CREATE TABLE kept AS SELECT * FROM usage_reports; DELETE FROM usage_reports").unwrap();
    floor.adds(&[("C-1", "5", "k2")]).with(6);
    floor.sends().with(6);
    database.sql("DROP TABLE usage_reports CASCADE").unwrap();
    for command in [&["market", "list"][..], &["journal", "verify"], &["order", "list"]] {
        let refused = floor.run(command).with(6);
        assert!(refused.err.contains("the table `usage_reports` is missing"), "{}", refused.err);
    }
    assert_eq!(database.sql("SELECT to_regclass('pxdesk.usage_reports') IS NULL").unwrap().trim(), "t");
}

/// What is printed of an older copy may be old, and is said to be.
#[test]
fn an_older_journal_is_said_to_be_one_by_what_reads_and_what_records() {
    let floor = Floor::new();
    floor.sells(1);
    let (file, kept) = (data(&floor.home, "pxdesk.db"), data(&floor.home, "kept"));
    fs::copy(&file, &kept).unwrap();
    floor.sells(1);
    fs::copy(&kept, &file).unwrap();
    let month = floor.bill_month();
    for command in [
        &["market", "list"][..],
        &["market", "show", "C-1"],
        &["market", "requests"],
        &["market", "usage", "list", "--month", &month],
        &["market", "usage", "preview", "--month", &month],
    ] {
        let read = floor.run(command).with(0);
        assert_eq!(read.err.matches("pxdesk journal accept").count(), 1, "{command:?}: {}", read.err);
    }
    let refused = floor.adds(&[("C-2", "5", "k")]).with(6);
    assert!(refused.err.contains("pxdesk journal accept"), "{}", refused.err);
}

#[test]
fn no_password_of_a_place_to_copy_is_repeated() {
    let home = Home::empty();
    let secret = "postgres://ann:hunter2@db.example/floor";
    let other = "postgres://ann@db.example/floor?password=hunter2";
    for (from, to) in [(secret, "sqlite:x.db"), ("sqlite:x.db", other), ("ann:hunter2@db", secret)] {
        let refused = home.run(&["journal", "copy", from, to]).with(2);
        assert!(refused.err.contains("the place to copy"), "{}", refused.err);
        assert!(!refused.err.contains("hunter2") && !refused.out.contains("hunter2"), "{}", refused.err);
    }
}
