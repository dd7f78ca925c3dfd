//! The journal's files: what was tampered with is found, and what is no journal is told apart.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::journal::{journal, now, open, opened, tamper, tampered};
use pxdesk::journal::{Error, Journal, Problem};
use pxdesk::order::{Event, Order, OrderId};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};

/// Lets SQL change what the triggers keep.
const UNLOCK: &str = "DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_removed;
    DROP TRIGGER things_are_never_removed;";

/// And puts the triggers back, so that they are not what is found.
const LOCK: &str = "
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT raise(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
BEGIN SELECT raise(ABORT, 'events are never removed'); END;
CREATE TRIGGER things_are_never_removed BEFORE DELETE ON things
BEGIN SELECT raise(ABORT, 'things are never removed'); END;";

#[tokio::test]
async fn events_are_never_changed_or_removed() {
    let (_home, file, journal) = journal().await;
    open(&journal, 1).await;
    for sql in ["UPDATE events SET by = 'x'", "DELETE FROM events", "DELETE FROM things"] {
        let refused = tampered(&file, sql).unwrap_err();
        assert!(refused.to_string().contains("never"), "{refused}");
    }
}

/// Three orders, the second one with four events.
async fn three_orders() -> (tempfile::TempDir, PathBuf, Journal) {
    let (home, file, journal) = journal().await;
    open(&journal, 2).await;
    let mut order = open(&journal, 1).await;
    for checks in 1..=3 {
        let event = Event::AcceptancePending { checks, answered: false };
        order = journal.append(&order, vec![event], now(), "r.diaz").await.unwrap();
    }
    open(&journal, 3).await;
    (home, file, journal)
}

/// What verification says after `sql`, on a journal that is open elsewhere.
async fn problems_after(sql: &str) -> Vec<Problem> {
    let (_home, file, journal) = three_orders().await;
    assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
    tamper(&file, &format!("{UNLOCK} {sql}; {LOCK}")).await;
    journal.verify(None, |_| ()).await.unwrap().problems
}

#[tokio::test]
async fn whatever_is_tampered_with_is_found() {
    // Event 2 of the journal opens order 1; 3 to 5 follow.
    let first = format!("order {}", OrderId::from_bits(1));
    for (sql, pos) in [
        ("UPDATE events SET clear = replace(clear, 'S-1', 'S-9') WHERE pos = 2", Some(2)),
        ("UPDATE events SET by = 'someone' WHERE pos = 3", Some(3)),
        ("UPDATE events SET at = at + 1 WHERE pos = 3", Some(3)),
        ("UPDATE events SET sealed = zeroblob(length(sealed)) WHERE pos = 2", Some(2)),
        ("UPDATE events SET sealed = NULL WHERE pos = 2", Some(2)),
        ("UPDATE events SET event = 'completed' WHERE pos = 3", Some(3)),
        ("UPDATE events SET seq = 9 WHERE pos = 5", Some(5)),
        ("UPDATE orders SET standing = 'completed' WHERE n = 2", None),
        ("UPDATE orders SET attention = 0 WHERE n = 2", None),
        ("UPDATE orders SET standing = 'unheard_of' WHERE n = 2", None),
        ("UPDATE things SET sealed_key = NULL WHERE n = 2", None),
        ("UPDATE things SET sealed_key = zeroblob(72) WHERE n = 2", None),
        ("DELETE FROM orders WHERE n = 2", None),
    ] {
        let problems = problems_after(sql).await;
        assert!(!problems.is_empty(), "not found: {sql}");
        let about = problems.iter().find(|problem| problem.thing.as_ref() == Some(&first));
        assert_eq!(about.map(|problem| problem.pos), Some(pos), "{sql}: {problems:?}");
    }
}

#[tokio::test]
async fn what_was_removed_or_added_is_found() {
    for sql in [
        "DELETE FROM events; DELETE FROM orders; DELETE FROM things; DELETE FROM counts",
        // The last event of an order, its row put right.
        "DELETE FROM events WHERE pos = 6; DELETE FROM orders WHERE n = 3; DELETE FROM things WHERE n = 3;
         UPDATE counts SET n = n - 1 WHERE list = 'orders'",
        "DELETE FROM events WHERE pos = 5; UPDATE orders SET seq = 3 WHERE n = 2",
        "DELETE FROM events WHERE pos = 4",
        "UPDATE events SET pos = pos + 100 WHERE pos = 6",
        "UPDATE events SET pos = 1003 WHERE pos = 3; UPDATE events SET pos = 3, before = 2 WHERE pos = 4;
         UPDATE events SET pos = 4, before = 3 WHERE pos = 1003",
        "UPDATE events SET thing = 99 WHERE pos = 6",
        "UPDATE things SET id = 'zzzzzzzzzz' WHERE n = 3",
        "UPDATE things SET kind = 'other' WHERE n = 3",
        "UPDATE things SET n = 77 WHERE n = 3",
        "INSERT INTO things VALUES (9, 'order', 'zzzzzzzzzz', NULL)",
        "UPDATE journal SET events = 5",
        "UPDATE events SET before = 2 WHERE pos = 5",
        "UPDATE events SET before = 1 WHERE pos = 2",
        "UPDATE orders SET last = 4 WHERE n = 2",
        "UPDATE journal SET sum = zeroblob(32)",
        "UPDATE journal SET proof = zeroblob(32)",
        "UPDATE journal SET id = zeroblob(16)",
        "UPDATE counts SET n = n + 1",
        "DELETE FROM counts",
        "INSERT INTO counts VALUES ('orders', 'sandbox 2', 4)",
        "DROP INDEX orders_by_urgency",
        "DROP INDEX orders_by_urgency; CREATE INDEX orders_by_urgency ON orders (id)",
        "CREATE TABLE notes (text TEXT)",
        "CREATE TRIGGER quiet AFTER INSERT ON events BEGIN DELETE FROM counts; END",
    ] {
        assert!(!problems_after(sql).await.is_empty(), "not found: {sql}");
    }
    let (_home, file, journal) = three_orders().await;
    tamper(&file, "DROP TRIGGER events_are_never_changed").await;
    assert_ne!(journal.verify(None, |_| ()).await.unwrap().problems, []);
}

/// Every value of every row, one at a time.
#[tokio::test]
async fn no_single_value_can_be_changed() {
    let (_home, file, _) = three_orders().await;
    let conn = Connection::open(&file).unwrap();
    let mut places = Vec::new();
    for table in ["journal", "things", "events", "orders", "counts"] {
        let mut columns = conn.prepare(&format!("SELECT name FROM pragma_table_info('{table}')")).unwrap();
        let columns = columns.query_map([], |row| row.get::<_, String>(0)).unwrap();
        places.extend(columns.map(|column| (table, column.unwrap())));
    }
    assert!(places.len() > 40, "{places:?}");
    for (table, column) in places {
        for to in [
            // Another number, another text, other bytes, whatever fits the column; and nothing where there was something.
            format!("{column} || 'x'"),
            format!("{column} + 1"),
            "zeroblob(32)".to_owned(),
            "'x'".to_owned(),
            "7".to_owned(),
            "NULL".to_owned(),
        ] {
            let (_home, file, journal) = three_orders().await;
            let before = rows(&file, table);
            let sql = format!("{UNLOCK} UPDATE OR IGNORE {table} SET {column} = {to} WHERE rowid_of; {LOCK}")
                .replace("rowid_of", if table == "counts" { "1" } else { "rowid = 1" });
            if tampered(&file, &sql).is_err() || rows(&file, table) == before {
                // A value that the column cannot hold.
                continue;
            }
            let found = match journal.verify(None, |_| ()).await {
                Ok(report) => !report.problems.is_empty(),
                Err(error) => !error.to_string().is_empty(),
            };
            let opens = Journal::open(&file, false).await.is_ok();
            assert!(found || !opens, "not found: {table}.{column} = {to}");
        }
    }
}

/// All values of a table, as text.
fn rows(file: &Path, table: &str) -> Vec<String> {
    let conn = Connection::open(file).unwrap();
    let mut all = conn.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let columns = all.column_count();
    let text = |row: &rusqlite::Row<'_>| {
        Ok((0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap())).collect::<Vec<_>>().join(" "))
    };
    all.query_map([], text).unwrap().map(Result::unwrap).collect()
}

#[tokio::test]
async fn what_is_no_journal_of_ours_is_told_apart_and_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    let refusal = async |file: &Path| {
        let error = Journal::open(file, true).await.err().unwrap();
        assert!(error.to_string().contains(&file.display().to_string()), "it names the file: {error}");
        error
    };

    fs::write(path("text.db"), "these are notes, and not few of them; ".repeat(100)).unwrap();
    assert!(matches!(refusal(&path("text.db")).await, Error::NotADatabase { .. }));
    fs::create_dir(path("dir.db")).unwrap();
    assert!(matches!(refusal(&path("dir.db")).await, Error::NotADatabase { .. }));

    fs::write(path("other.db"), "").unwrap();
    tamper(&path("other.db"), "CREATE TABLE songs (title TEXT)").await;
    let before = fs::read(path("other.db")).unwrap();
    assert!(matches!(refusal(&path("other.db")).await, Error::NotAJournal { .. }));
    assert_eq!(fs::read(path("other.db")).unwrap(), before, "another program's file is not touched");
    assert!(!path("other.key").exists() && !path("other.db-wal").exists());

    drop(Journal::open(&path("new.db"), true).await.unwrap());
    tamper(&path("new.db"), "PRAGMA user_version = 200").await;
    assert!(matches!(refusal(&path("new.db")).await, Error::Newer { found: 200, .. }));

    assert!(matches!(refusal(&path("none/pxdesk.db")).await, Error::Failed { .. }));
    let missing = Journal::open(&path("missing.db"), false).await.err();
    assert!(matches!(missing, Some(Error::Missing { .. })), "{missing:?}");
    assert!(!path("missing.db").exists(), "nothing is made");
}

#[tokio::test]
async fn the_key_file_must_be_there_and_fit_and_be_private() {
    let (home, file, journal) = journal().await;
    open(&journal, 1).await;
    drop(journal);
    let key = home.path().join("pxdesk.key");
    let right = fs::read(&key).unwrap();
    let refusal = async || Journal::open(&file, true).await.err().unwrap();

    fs::remove_file(&key).unwrap();
    assert!(matches!(refusal().await, Error::NoKey { file, .. } if file == key));
    assert!(!key.exists(), "no other key is made for a journal that has one");

    for wrong in ["", "not hexadecimal", &"ab".repeat(32)] {
        fs::write(&key, wrong).unwrap();
        private(&key, 0o600);
        assert!(matches!(refusal().await, Error::WrongKey { file, .. } if file == key), "{wrong}");
    }
    fs::write(&key, &right).unwrap();
    #[cfg(unix)]
    {
        private(&key, 0o640);
        let error = refusal().await;
        assert!(matches!(&error, Error::OpenKey { mode: 0o640, .. }), "{error}");
        assert!(error.to_string().contains("chmod 600"));
        private(&key, 0o600);
    }
    Journal::open(&file, false).await.unwrap();
}

#[cfg(unix)]
fn private(file: &Path, mode: u32) {
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn private(_: &Path, _: u32) {}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_their_owners_alone() {
    let (home, _file, journal) = journal().await;
    open(&journal, 1).await;
    for file in fs::read_dir(home.path()).unwrap() {
        let file = file.unwrap();
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "{}", file.path().display());
    }
}

#[tokio::test]
async fn two_that_make_the_journal_at_once_make_one() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("pxdesk.db");
    let (one, two) = tokio::join!(Journal::open(&file, true), Journal::open(&file, true));
    let (one, two) = (one.unwrap(), two.unwrap());
    let order = open(&one, 1).await;
    assert_eq!(two.load::<Order>(&order.id).await.unwrap(), order);
    two.open_thing::<Order>(&OrderId::from_bits(2), opened("embedded", "TX-2", "PO-2"), now(), "b")
        .await
        .unwrap();
    assert_eq!(one.verify(None, |_| ()).await.unwrap().problems, []);
}
