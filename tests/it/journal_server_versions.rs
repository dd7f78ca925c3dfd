//! Journals on PostgreSQL that an earlier pxdesk made: brought to this version by whoever owns the tables, alone and as a whole.

use crate::journal::open;
use crate::journal_server::append;
use crate::postgres::{self, Database};
use pxdesk::journal::Error;
use std::process::Command;

/// What the program of 25 November wrote, as `pg_dump` gives it, and its key.
const VERSION_1: (&str, &[u8]) =
    (include_str!("fixtures/pg1/journal.sql"), include_bytes!("fixtures/pg1/pxdesk.key"));

/// A new database with that journal in it; an agent's role, as that program granted it.
fn of_version_1() -> Option<(Database, String)> {
    let database = postgres::database()?;
    let (dump, key) = VERSION_1;
    database.take(dump, key);
    let role = format!("agent_{}", database.name);
    let granted = format!(
        "CREATE ROLE \"{role}\" LOGIN; GRANT USAGE ON SCHEMA pxdesk TO \"{role}\";
        GRANT SELECT ON ALL TABLES IN SCHEMA pxdesk TO \"{role}\";
        GRANT INSERT, DELETE ON blind TO \"{role}\";
        GRANT INSERT ON events, things, counts, checkpoints, orders TO \"{role}\";
        GRANT UPDATE ON counts TO \"{role}\";
        GRANT UPDATE (seq, hash, proof) ON things TO \"{role}\";
        GRANT UPDATE (seq, standing, updated_at) ON orders TO \"{role}\";
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA pxdesk TO \"{role}\";
        GRANT EXECUTE ON FUNCTION end_epoch() TO \"{role}\";
        INSERT INTO agents VALUES ('{role}')"
    );
    database.sql(&granted).unwrap();
    Some((database, role))
}

fn version(database: &Database) -> String {
    database.sql("SELECT version FROM journal").unwrap()
}

#[tokio::test]
async fn its_lists_are_made_anew_and_its_agents_go_on() {
    let Some((database, role)) = of_version_1() else { return };
    let events = "SELECT md5(string_agg(e::text, '' ORDER BY pos)) FROM events e";
    let before = database.sql(events).unwrap();
    let orders = database.sql("SELECT count(*) FROM orders").unwrap();

    let journal = database.open().await;

    assert_eq!(version(&database), "3");
    assert_eq!(database.sql(events).unwrap(), before, "history stays as it is");
    assert_eq!(database.sql("SELECT count(*) FROM orders WHERE attempts >= 0").unwrap(), orders);
    let report = journal.verify(None, |_| ()).await.unwrap();
    assert_eq!(report.problems, []);
    drop(journal);
    // Nothing is left to bring.
    let journal = database.open_as(&role).await;
    let mine = open(&journal, 90).await;
    append(&journal, &mine).await.unwrap();
}

/// Whoever verifies it first finds nothing that it could not have had.
#[tokio::test]
async fn brought_by_a_look_it_has_all_that_a_new_one_has() {
    let Some((database, _)) = of_version_1() else { return };
    let report = database.look().await.verify(None, |_| ()).await.unwrap();
    assert_eq!(report.problems, []);
}

#[tokio::test]
async fn two_desks_that_come_at_once_bring_it_once() {
    let Some((database, _)) = of_version_1() else { return };
    let (one, other) = tokio::join!(database.try_open(None), database.try_open(None));
    let report = one.unwrap().verify(None, |_| ()).await.unwrap();
    assert_eq!(report.problems, []);
    drop(other.unwrap());
    assert_eq!(version(&database), "3");
}

#[tokio::test]
async fn it_is_left_as_it_is_while_others_work_on_it_and_to_others_than_the_owner_of_its_tables() {
    let Some((database, role)) = of_version_1() else { return };
    let refused = database.try_open_as(&role).await.err().unwrap();
    assert!(refused.to_string().contains("only the owner of its tables"), "{refused}");

    // As a desk of that version is seen by the server.
    let mut desk = Command::new("psql");
    desk.args(["-X", "-q", "-d", &database.url_as(&role), "-c", "SELECT pg_sleep(60)"])
        .env("PGAPPNAME", "pxdesk");
    let mut desk = desk.spawn().unwrap();
    let seen = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = '{role}' AND query LIKE 'SELECT pg_sleep%'"
    );
    while database.sql(&seen).unwrap() != "1" {}
    let refused = database.try_open(None).await.err().unwrap();
    assert!(refused.to_string().contains(&role), "{refused}");
    assert!(refused.to_string().contains("End every pxdesk on it"), "{refused}");
    assert_eq!(version(&database), "1");

    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'");
    database.sql(&end).unwrap();
    desk.wait().unwrap();
    drop(database.open().await);
    assert_eq!(version(&database), "3");
}

#[tokio::test]
async fn one_whose_events_were_changed_is_left_as_it_is() {
    let Some((database, _)) = of_version_1() else { return };
    let change = "SET session_replication_role = replica; UPDATE events SET by = 'nobody' WHERE pos = (SELECT max(pos) FROM events)";
    database.sql(change).unwrap();
    let rows = "SELECT version, (SELECT string_agg(o::text, '' ORDER BY n) FROM orders o) FROM journal";
    let before = database.sql(rows).unwrap();
    let refused = database.try_open(None).await.err().unwrap();
    assert!(matches!(refused, Error::Damaged { .. }), "{refused:?}");
    assert!(refused.to_string().contains("was changed by something else than pxdesk"), "{refused}");
    assert_eq!(database.sql(rows).unwrap(), before);
}
