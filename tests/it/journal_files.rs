//! The journal's files: what was tampered with is found, and what is no journal is told apart.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::journal::{journal, now, open, opened, tamper};
use pxdesk::journal::{Error, Journal};
use pxdesk::order::{Event, OrderId};
use std::fs;
use std::path::Path;

/// Lets SQL change what the triggers keep.
const UNLOCK: &str = "DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_removed;";

#[tokio::test]
async fn events_are_never_changed_or_removed() {
    let (_home, file, journal) = journal().await;
    open(&journal, 1).await;
    let mut conn = sqlx::ConnectOptions::connect(&sqlx::sqlite::SqliteConnectOptions::new().filename(&file))
        .await
        .unwrap();
    for sql in ["UPDATE events SET by = 'x'", "DELETE FROM events"] {
        let refused = sqlx::raw_sql(sql).execute(&mut conn).await.unwrap_err();
        assert!(refused.to_string().contains("never"), "{refused}");
    }
}

#[tokio::test]
async fn whatever_is_tampered_with_is_found() {
    let first = OrderId::from_bits(1);
    let cases = [
        ("UPDATE events SET clear = replace(clear, 'S-1', 'S-9') WHERE pos = 1", Some(1)),
        ("UPDATE events SET by = 'someone' WHERE pos = 2", Some(2)),
        ("UPDATE events SET at = at + 1 WHERE pos = 2", Some(2)),
        ("UPDATE events SET sealed = zeroblob(length(sealed)) WHERE pos = 1", Some(1)),
        ("UPDATE events SET sealed = NULL WHERE pos = 1", Some(1)),
        ("UPDATE events SET hash = zeroblob(32) WHERE pos = 3", Some(3)),
        ("DELETE FROM events WHERE pos = 3", Some(4)),
        ("DELETE FROM events WHERE pos = 4", None),
        (
            "UPDATE events SET pos = -pos; UPDATE events SET pos = CASE pos WHEN -2 THEN 3 WHEN -3 THEN 2 ELSE -pos END",
            Some(2),
        ),
        ("DELETE FROM orders WHERE id = (SELECT order_id FROM events WHERE pos = 1)", None),
        ("UPDATE orders SET standing = 'completed'", None),
        ("UPDATE orders SET attention = 0", None),
        ("UPDATE orders SET standing = 'unheard_of'", None),
        ("UPDATE keys SET sealed_key = NULL", None),
        ("UPDATE keys SET sealed_key = zeroblob(72)", None),
    ];
    for (sql, expected) in cases {
        let (_home, file, journal) = journal().await;
        let mut order = open(&journal, 1).await;
        for checks in 1..=3 {
            let event = Event::AcceptancePending { checks };
            order = journal.append(&order, vec![event], now(), "r.diaz").await.unwrap();
        }
        tamper(&file, &format!("{UNLOCK} {sql}")).await;
        let problems = journal.verify(|_| ()).await.unwrap().problems;
        assert!(!problems.is_empty(), "not found: {sql}");
        assert_eq!(problems[0].pos, expected, "{sql}: {problems:?}");
        assert_eq!(problems[0].order.as_deref(), Some(first.as_str()), "{sql}: {problems:?}");
    }
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
    tamper(&path("new.db"), "PRAGMA user_version = 1000").await;
    assert!(matches!(refusal(&path("new.db")).await, Error::Newer { found: 1000, .. }));

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
    assert_eq!(two.load(&order.id).await.unwrap(), order);
    two.open_order(&OrderId::from_bits(2), opened("embedded", "TX-2", "PO-2"), now(), "b").await.unwrap();
    assert_eq!(one.verify(|_| ()).await.unwrap().problems, []);
}
