//! A journal on PostgreSQL that somebody changed who owns the database, or that came back older than it was.

use crate::journal::{now, open, opened};
use crate::journal_server::append;
use crate::postgres::{self, Database};
use pxdesk::journal::{Doubt, Error, Granted, Journal, Options, every_kind, grant};
use pxdesk::order::{Order, OrderId};
use std::path::Path;
use std::time::{Duration, Instant};

/// What guards the tables is looked at as it stands, not by its name.
#[tokio::test]
async fn every_guard_and_index_that_is_not_what_it_was_is_found() {
    let Some(database) = postgres::database() else { return };
    let journal = database.open().await;
    open(&journal, 1).await;
    for (sql, says) in [
        ("ALTER TABLE events DROP CONSTRAINT events_thing_seq_key", "two rows of `events`"),
        ("DROP INDEX events_by_epoch", "`events_by_epoch`"),
        ("DROP INDEX orders_under_way", "`orders_under_way`"),
        (
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "`refuse`",
        ),
        (
            "CREATE OR REPLACE FUNCTION is_agent() RETURNS boolean STABLE LANGUAGE sql AS 'SELECT false'",
            "`is_agent`",
        ),
        ("ALTER FUNCTION end_epoch() SECURITY INVOKER", "`end_epoch`"),
        (
            "DROP TRIGGER events_are_never_changed ON events; CREATE TRIGGER events_are_never_changed
                BEFORE UPDATE ON lease FOR EACH STATEMENT EXECUTE FUNCTION refuse()",
            "`events_are_never_changed`",
        ),
    ] {
        let before = journal.verify(None, |_| ()).await.unwrap().problems.len();
        database.sql(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
        let problems = journal.verify(None, |_| ()).await.unwrap().problems;
        assert_eq!(problems.len(), before + 1, "{sql}: {problems:?}");
        assert!(problems.iter().any(|problem| problem.what.contains(says)), "{sql}: {problems:?}");
    }
}

/// Besides its guards: what acts on the tables, and what every journal has in them.
#[tokio::test]
async fn whatever_is_foreign_to_the_tables_or_missing_from_them_is_found() {
    let Some(database) = postgres::database() else { return };
    let journal = database.open().await;
    open(&journal, 1).await;
    let role = format!("unnoted {}", database.name);
    database.sql(&format!("CREATE ROLE \"{role}\" LOGIN")).unwrap();
    database.sql(&grant(&role, Granted::Agent, &every_kind())).unwrap();
    assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
    let tamper = "CREATE FUNCTION public.evil() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN NEW.by = ''evil''; RETURN NEW; END';
        CREATE TRIGGER zz BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION public.evil()";
    for (sql, says) in [
        ("DELETE FROM reserved WHERE event = 'erased'", "agents may record `erased`"),
        ("DELETE FROM agents", "has an agent's rights"),
        ("ALTER TABLE blind SET UNLOGGED", "is unlogged"),
        ("DELETE FROM lease", "`lease` is missing"),
        ("INSERT INTO lease VALUES (1, 9223372036854775807, '', 'infinity')", "the number of `lease`"),
        (tamper, "none of ours: `zz`"),
        ("CREATE RULE r AS ON DELETE TO counts DO INSTEAD NOTHING", "has a rule: `r`"),
        ("ALTER TABLE orders ENABLE ROW LEVEL SECURITY", "row-level security"),
        ("UPDATE journal SET epoch = 0", "in epoch 0"),
        ("GRANT UPDATE ON usage_reports TO PUBLIC", "PUBLIC may UPDATE the table"),
        ("CREATE TABLE extra (x int)", "the table `extra` is none of ours"),
        (
            "ALTER TABLE usage_reports ALTER COLUMN month DROP NOT NULL",
            "`month` of `usage_reports` may hold nothing",
        ),
        ("CREATE UNIQUE INDEX ux ON usage_reports (sku)", "unique index that is none of ours: `ux`"),
        (
            "ALTER TABLE usage_reports ADD CONSTRAINT c CHECK (lines < 9)",
            "constraint that is none of ours: `c`",
        ),
    ] {
        let before = journal.verify(None, |_| ()).await.unwrap().problems.len();
        database.sql(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
        let problems = journal.verify(None, |_| ()).await.unwrap().problems;
        assert!(problems.len() > before, "{sql}: {problems:?}");
        assert!(problems.iter().any(|problem| problem.what.contains(says)), "{sql}: {problems:?}");
    }
}

/// Whoever looks finds that somebody removed what only a supervisor may record; whoever works puts it back.
#[tokio::test]
async fn what_is_reserved_is_put_back_by_the_owners_desk_and_not_by_a_look() {
    let Some(database) = postgres::database() else { return };
    let journal = database.open().await;
    open(&journal, 1).await;
    database.sql("DELETE FROM reserved WHERE event = 'erased'").unwrap();
    let look = || async {
        let looked = database.look().await;
        looked.verify(None, |_| ()).await.unwrap().problems
    };
    for problems in [look().await, look().await] {
        assert!(
            problems.iter().any(|problem| problem.what.contains("agents may record `erased`")),
            "{problems:?}"
        );
    }
    database.open().await.close().await;
    assert_eq!(look().await, []);
}

/// What no two orders may share is looked for, whatever should have kept it away.
#[tokio::test]
async fn two_orders_with_one_pair_are_found() {
    let Some(database) = postgres::database() else { return };
    let journal = database.open().await;
    open(&journal, 1).await;
    let all = "SELECT conname FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype = 'u'";
    for name in database.sql(all).unwrap().lines() {
        database.sql(&format!("ALTER TABLE orders DROP CONSTRAINT \"{name}\"")).unwrap();
    }
    let unguarded = journal.verify(None, |_| ()).await.unwrap().problems;
    assert!(unguarded.iter().any(|problem| problem.what.contains("two rows of `orders`")), "{unguarded:?}");
    let again = opened("embedded", "TX-1", "PO-1");
    journal.open_thing::<Order>(&OrderId::from_bits(2), again, now(), "r.diaz").await.unwrap();
    let problems = journal.verify(None, |_| ()).await.unwrap().problems;
    let same = problems.iter().find(|problem| problem.what.contains("has the same"));
    assert!(same.is_some_and(|problem| problem.thing.is_some()), "{problems:?}");
}

/// Whatever a person changes who owns the database, and has no key, `verify` finds.
#[tokio::test]
async fn every_change_past_the_journal_is_found() {
    let Some(database) = postgres::database() else { return };
    let journal = database.open().await;
    let mut order = open(&journal, 1).await;
    for _ in 0..3 {
        order = append(&journal, &order).await.unwrap();
    }
    let other = open(&journal, 2).await;
    journal.checkpoint(now()).await.unwrap();
    append(&journal, &other).await.unwrap();
    let tables = ["things", "events", "orders", "counts", "checkpoints", "blind"];
    let each = |what: &dyn Fn(&str) -> String| tables.map(what).concat();
    database
        .sql(&format!("CREATE SCHEMA kept; {}", each(&|t| format!("CREATE TABLE kept.{t} AS TABLE {t};"))))
        .unwrap();
    let back = each(&|t| format!("DELETE FROM {t}; INSERT INTO {t} TABLE kept.{t};"));
    let back =
        format!("ALTER TABLE events ENABLE TRIGGER USER; SET session_replication_role = replica; {back}");
    for sql in [
        "UPDATE events SET by = 'x' WHERE seq = 2",
        "UPDATE events SET clear = '{}' WHERE seq = 1 AND thing = 1",
        "UPDATE events SET at = at + 1 WHERE seq = 3",
        "UPDATE events SET pos = pos + 1000 WHERE seq = 4",
        "UPDATE events SET epoch = 2 WHERE seq = 4",
        "UPDATE events SET epoch = 3 WHERE thing = 2 AND seq = 2",
        "DELETE FROM events WHERE seq = 2 AND thing = 1",
        // Cut off.
        "DELETE FROM events WHERE seq = 4",
        "DELETE FROM events WHERE seq = 4; UPDATE things SET seq = 3, hash = (SELECT hash FROM events WHERE seq = 3) WHERE n = 1",
        // Reordered.
        "UPDATE events SET seq = -2 WHERE seq = 2 AND thing = 1; UPDATE events SET seq = 2 WHERE seq = 3; UPDATE events SET seq = 3 WHERE seq = -2",
        // Removed whole, with all that speaks of it but the checkpoint.
        "DELETE FROM events WHERE thing = 2; DELETE FROM blind WHERE thing = 2; DELETE FROM things WHERE n = 2; DELETE FROM orders WHERE n = 2;
            DELETE FROM counts; INSERT INTO counts SELECT 'orders', environment || ' ' || attention, 1, count(*) FROM orders GROUP BY 2",
        "UPDATE things SET sealed_key = NULL WHERE n = 1",
        "UPDATE things SET id = 'x' WHERE n = 1",
        "UPDATE things SET proof = hash WHERE n = 1",
        "UPDATE orders SET agent = 'x' WHERE n = 1",
        "DELETE FROM orders WHERE n = 1",
        "UPDATE counts SET n = n + 1",
        "DELETE FROM blind",
        "INSERT INTO blind VALUES ('x', 1)",
        "UPDATE checkpoints SET events = events - 1",
        "ALTER TABLE events DISABLE TRIGGER events_are_never_changed",
        "DROP TRIGGER events_are_never_changed ON events",
    ] {
        database.sql(&back).unwrap();
        assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, [], "before: {sql}");
        let done = database.sql(&format!("SET session_replication_role = replica; {sql}"));
        done.unwrap_or_else(|e| panic!("{sql}: {e}"));
        let problems = journal.verify(None, |_| ()).await.unwrap().problems;
        assert!(!problems.is_empty(), "{sql}");
    }
    // One of them hides no other. (The last change above took a trigger away, which stays away.)
    database.sql(&format!("{back}; DELETE FROM blind; UPDATE counts SET n = n + 1")).unwrap();
    let problems = journal.verify(None, |_| ()).await.unwrap().problems;
    for words in ["not in the index", "the numbers of things"] {
        assert!(problems.iter().any(|problem| problem.what.contains(words)), "{words}: {problems:?}");
    }
}

/// Another machine than the one that recorded it finds that a whole order is gone: whoever leaves makes a checkpoint, and not at
/// each leaving.
#[tokio::test]
async fn a_checkpoint_is_made_by_whoever_leaves_and_has_recorded_something() {
    let Some(database) = postgres::database() else { return };
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state");
    let checkpoints = || database.sql("SELECT count(*) FROM checkpoints").unwrap();
    drop(database.open().await);
    database.try_open(Some(&state)).await.unwrap().close().await;
    assert_eq!(checkpoints(), "0", "nothing was recorded");
    for number in 1..3 {
        let journal = database.try_open(Some(&state)).await.unwrap();
        open(&journal, number).await;
        journal.close().await;
        assert_eq!(checkpoints(), "1");
    }
    let gone = "SET session_replication_role = replica; DELETE FROM events WHERE thing = 1; DELETE FROM things WHERE n = 1;
        DELETE FROM blind WHERE thing = 1; DELETE FROM orders WHERE n = 1; UPDATE counts SET n = n - 1 WHERE n > 0";
    database.sql(gone).unwrap();
    let problems = database.open().await.verify(None, |_| ()).await.unwrap().problems;
    assert!(problems.iter().any(|problem| problem.what.contains("has seen 1 events, and 0")), "{problems:?}");
}

/// No hash covers an event's epoch: whoever changes it would hide the event from a checkpoint, and could remove it after that.
#[tokio::test]
async fn no_checkpoint_is_made_past_an_event_that_is_hidden_from_it() {
    let Some(database) = postgres::database() else { return };
    let journal = database.open().await;
    open(&journal, 1).await;
    journal.checkpoint(now()).await.unwrap();
    open(&journal, 2).await;
    let epoch = |epoch: i64| {
        let sql = format!(
            "SET session_replication_role = replica; UPDATE events SET epoch = {epoch} WHERE thing = 2"
        );
        database.sql(&sql).unwrap();
    };
    for wrong in [i64::MAX, 3, 1, 0, -1] {
        epoch(wrong);
        let refused = journal.checkpoint(now()).await.unwrap_err();
        assert!(matches!(&refused, Error::Doubted { doubt: Doubt::Forged, .. }), "{wrong}: {refused}");
        epoch(2);
    }
    let made = journal.checkpoint(now()).await.unwrap();
    assert_eq!((made.events, journal.verify(Some(&made), |_| ()).await.unwrap().problems), (2, vec![]));
}

#[tokio::test]
async fn history_is_not_changed_by_mistake() {
    let Some(database) = postgres::database() else { return };
    open(&database.open().await, 1).await;
    for sql in [
        "UPDATE events SET by = 'x'",
        "DELETE FROM events",
        "TRUNCATE events",
        "DELETE FROM things",
        "TRUNCATE things",
        "DELETE FROM checkpoints",
    ] {
        let refused = database.sql(sql).unwrap_err();
        assert!(refused.contains("never changed or removed"), "{sql}: {refused}");
    }
}

/// A server that came back with an older copy: this machine knows what it recorded.
#[tokio::test]
async fn a_server_that_came_back_with_less_takes_nothing_in_until_a_supervisor_says_so() {
    let Some(database) = postgres::database() else { return };
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state");
    let journal = database.try_open(Some(&state)).await.unwrap();
    let order = open(&journal, 1).await;
    append(&journal, &order).await.unwrap();
    journal.checkpoint(now()).await.unwrap();
    let later = open(&journal, 2).await;
    let later = append(&journal, &later).await.unwrap();
    journal.close().await;
    let roll_back = |database: &Database| {
        // With the checkpoint that was made when its desk was left.
        let sql = "SET session_replication_role = replica; DELETE FROM events WHERE thing = 2 AND seq = 2;
            DELETE FROM checkpoints WHERE epoch > 1; UPDATE things SET seq = 1, hash = (SELECT hash FROM events WHERE thing = 2) WHERE n = 2";
        database.sql(sql).unwrap();
    };
    roll_back(&database);
    let journal = database.try_open(Some(&state)).await.unwrap();
    let Some(Doubt::Lacks { what, .. }) = journal.doubt() else { panic!("{:?}", journal.doubt()) };
    assert!(what.contains("checkpoint") || what == format!("event 2 of order {}", later.id), "{what}");
    assert!(matches!(append(&journal, &order).await, Err(Error::Doubted { .. })));
    assert!(database.try_open(None).await.unwrap().doubt().is_none(), "another machine cannot know");
    // Said in another process, it is enough for this one.
    let command = database.try_open(Some(&state)).await.unwrap();
    command.accept("M. Ruiz", "restored from the night's copy", now(), "m.ruiz").await.unwrap();
    append(&journal, &order).await.unwrap_err();
    append(&journal, &journal.load::<Order>(&order.id).await.unwrap()).await.unwrap();
    journal.close().await;
    assert!(database.try_open(Some(&state)).await.unwrap().doubt().is_none());

    // The checkpoint too.
    let journal = database.try_open(Some(&state)).await.unwrap();
    journal.checkpoint(now()).await.unwrap();
    journal.close().await;
    database.sql("SET session_replication_role = replica; DELETE FROM checkpoints").unwrap();
    let doubt = database.try_open(Some(&state)).await.unwrap().doubt();
    assert!(matches!(&doubt, Some(Doubt::Lacks { what, .. }) if what.contains("checkpoint")), "{doubt:?}");
}

/// The state folder and a journal with two orders: as they are, and as a copy of the server has them that knows nothing of
/// what was recorded since.
async fn and_an_older_copy(state: &Path) -> Option<(Database, Database)> {
    let (now_there, earlier) = (postgres::database()?, postgres::database()?);
    let journal = now_there.try_open(Some(state)).await.unwrap();
    let order = open(&journal, 1).await;
    let dump = now_there.dump();
    append(&journal, &order).await.unwrap();
    journal.close().await;
    earlier.restore(&dump, &now_there);
    Some((now_there, earlier))
}

/// What a machine saw is filed by the journal: an earlier copy under another name is no other journal.
#[tokio::test]
async fn an_older_copy_at_another_address_is_doubted() {
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state");
    let Some((now_there, older)) = and_an_older_copy(&state).await else { return };
    let doubted = async |database: &Database| database.try_open(Some(&state)).await.unwrap().doubt();
    assert!(matches!(doubted(&older).await, Some(Doubt::Lacks { .. })));
    assert_eq!(doubted(&now_there).await, None);
    let journal = older.try_open(Some(&state)).await.unwrap();
    journal.accept("M. Ruiz", "the other one burned", now(), "m.ruiz").await.unwrap();
    assert_eq!(doubted(&older).await, None);
}

/// An older copy may be put in the journal's place while desks stay connected, by a restore for instance: who saw more records
/// nothing, whether it looked again before that or not.
#[tokio::test]
async fn an_older_copy_under_connections_that_stay_takes_nothing_in() {
    let Some(database) = postgres::database() else { return };
    let home = tempfile::tempdir().unwrap();
    let desk = async |name: &str| database.try_open(Some(&home.path().join(name))).await.unwrap();
    let (recorder, writes, looks) =
        (database.try_open(None).await.unwrap(), desk("writes").await, desk("looks").await);
    let order = open(&recorder, 1).await;
    let dump = database.dump();
    append(&recorder, &order).await.unwrap();
    for journal in [&writes, &looks] {
        journal.data_version().await.unwrap();
    }
    database.put_back(&dump);
    // As it is in the copy; nothing else tells it from what was there before.
    let doubted = |error: Error| matches!(error, Error::Doubted { doubt: Doubt::Lacks { .. }, .. });
    assert!(doubted(append(&writes, &order).await.unwrap_err()));
    assert!(doubted(append(&recorder, &order).await.unwrap_err()));
    let new = opened("embedded", "TX-2", "PO-2");
    let opened = looks.open_thing::<Order>(&OrderId::from_bits(2), new, now(), "r.diaz").await;
    assert!(doubted(opened.unwrap_err()));
    assert_eq!(database.sql("SELECT count(*) FROM events").unwrap(), "1");
    writes.accept("M. Ruiz", "restored from the night's copy", now(), "m.ruiz").await.unwrap();
    append(&writes, &order).await.unwrap();

    // A look is enough.
    let looks = desk("looks later").await;
    database.put_back(&dump);
    tokio::time::sleep(Duration::from_secs(1)).await;
    looks.data_version().await.unwrap();
    assert!(matches!(looks.doubt(), Some(Doubt::Lacks { .. })), "{:?}", looks.doubt());
}

/// A machine that only looked at what others recorded knows it, too: as it opened the journal, and while it had it open.
#[tokio::test]
async fn an_older_copy_is_doubted_by_whoever_saw_the_newer_one() {
    let home = tempfile::tempdir().unwrap();
    let (writes, reads) = (home.path().join("writes"), home.path().join("reads"));
    let Some((now_there, older)) = and_an_older_copy(&writes).await else { return };
    let doubted = async |database: &Database| database.try_open(Some(&reads)).await.unwrap().doubt();
    assert_eq!(doubted(&older).await, None, "nobody here has seen more");
    drop(now_there.try_open(Some(&reads)).await.unwrap());
    let doubt = doubted(&older).await;
    // Whoever recorded it made a checkpoint when leaving, which the copy lacks, too.
    let lacks = |what: &str| what.contains("event 2") || what.contains("checkpoint");
    assert!(matches!(&doubt, Some(Doubt::Lacks { what, .. }) if lacks(what)), "{doubt:?}");

    let polls = home.path().join("polls");
    let desk = older.try_open(Some(&polls)).await.unwrap();
    desk.data_version().await.unwrap();
    let recorder = older.try_open(None).await.unwrap();
    let before = older.dump();
    let later = open(&recorder, 3).await;
    let until = Instant::now() + Duration::from_secs(20);
    let folder = polls.join("journals");
    let noted = || {
        let files = std::fs::read_dir(&folder).unwrap().flatten();
        files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect::<String>()
    };
    while !noted().contains(later.id.as_str()) {
        assert!(Instant::now() < until, "a poll notes what others recorded: {}", noted());
        desk.data_version().await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let Some(oldest) = postgres::database() else { return };
    oldest.restore(&before, &older);
    let doubt = oldest.try_open(Some(&polls)).await.unwrap().doubt();
    assert!(matches!(&doubt, Some(Doubt::Lacks { .. })), "{doubt:?}");
}

/// A machine whose state folder is of an earlier version, which filed all that it saw by the address, knows it still.
#[tokio::test]
async fn what_an_earlier_version_saw_is_known_still() {
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state");
    let Some((now_there, older)) = and_an_older_copy(&state).await else { return };
    let folder = state.join("journals");
    let of = |end: &str| {
        let mut files = std::fs::read_dir(&folder).unwrap().flatten().map(|file| file.path());
        files.find(|file| file.extension().is_some_and(|is| is == end)).unwrap_or_else(|| panic!("{end}"))
    };
    std::fs::rename(of("recorded"), of("lines")).unwrap();
    let doubted = async |database: &Database| database.try_open(Some(&state)).await.unwrap().doubt();
    assert_eq!(doubted(&older).await, None, "it was filed by the other address");
    assert_eq!(doubted(&now_there).await, None);
    assert!(matches!(doubted(&older).await, Some(Doubt::Lacks { .. })), "it is filed by the journal by now");
}

/// A copy made with `journal copy` has all that was there, and is the floor's journal from then on.
#[tokio::test]
async fn a_copy_that_has_everything_is_not_doubted() {
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state");
    let (Some(from), Some(to)) = (postgres::database(), postgres::database()) else { return };
    let journal = from.try_open(Some(&state)).await.unwrap();
    let order = open(&journal, 1).await;
    journal.checkpoint(now()).await.unwrap();
    append(&journal, &order).await.unwrap();
    journal.checkpoint(now()).await.unwrap();
    journal.close().await;
    std::fs::copy(from.key(), to.key()).unwrap();
    let options = Options { create: false, state: None, kinds: every_kind() };
    Journal::copy(&from.place(), &to.place(), &options, |_| ()).await.unwrap();
    let copy = to.try_open(Some(&state)).await.unwrap();
    assert_eq!(copy.doubt(), None);
    append(&copy, &copy.load::<Order>(&order.id).await.unwrap()).await.unwrap();
    copy.checkpoint(now()).await.unwrap();
    assert_eq!(copy.verify(None, |_| ()).await.unwrap().problems, []);
    let doubt = from.try_open(Some(&state)).await.unwrap().doubt();
    assert!(matches!(doubt, Some(Doubt::Lacks { .. })), "the other one is behind: {doubt:?}");
}

/// A schema of an earlier journal, kept beside under another name, has triggers of the same names.
#[tokio::test]
async fn a_journal_beside_an_earlier_one_that_was_renamed_has_every_guard() {
    let Some(database) = postgres::database() else { return };
    open(&database.open().await, 1).await;
    database.sql("ALTER SCHEMA pxdesk RENAME TO earlier").unwrap();
    let journal = database.open().await;
    assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
}

#[tokio::test]
async fn a_database_that_was_emptied_is_not_begun_anew_in_silence() {
    let Some(database) = postgres::database() else { return };
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state");
    open(&database.try_open(Some(&state)).await.unwrap(), 1).await;
    database.sql("DROP SCHEMA pxdesk CASCADE").unwrap();
    let doubt = database.try_open(Some(&state)).await.unwrap().doubt();
    let Some(doubt @ Doubt::Gone { .. }) = doubt else { panic!("{doubt:?}") };
    assert!(
        doubt.to_string().ends_with("this machine saw it. The one that is there now is new and empty"),
        "{doubt}"
    );
    let doubt = database.try_open(Some(&state)).await.unwrap().doubt();
    assert!(matches!(doubt, Some(Doubt::Other { .. })), "{doubt:?}");
}

/// What a checkpoint has seen is known to whoever kept it, whatever else was rolled back.
#[tokio::test]
async fn a_checkpoint_that_was_kept_elsewhere_finds_what_went_after() {
    let Some(database) = postgres::database() else { return };
    let journal = database.open().await;
    let order = open(&journal, 1).await;
    let early = journal.checkpoint(now()).await.unwrap();
    let other = open(&journal, 2).await;
    append(&journal, &order).await.unwrap();
    let late = journal.checkpoint(now()).await.unwrap();
    append(&journal, &other).await.unwrap();
    let problems = async |point| journal.verify(Some(point), |_| ()).await.unwrap().problems;
    assert_eq!((problems(&early).await, problems(&late).await), (vec![], vec![]));
    let mut changed = late.clone();
    changed.events -= 1;
    assert!(problems(&changed).await[0].what.contains("was changed since"));
    let sql = "SET session_replication_role = replica; DELETE FROM events WHERE thing = 2; DELETE FROM blind WHERE thing = 2; DELETE FROM things WHERE n = 2;
        DELETE FROM orders WHERE n = 2; DELETE FROM checkpoints WHERE epoch = 2;
        DELETE FROM counts; INSERT INTO counts SELECT 'orders', environment || ' ' || attention, 1, count(*) FROM orders GROUP BY 2";
    database.sql(sql).unwrap();
    assert_eq!(problems(&early).await, [], "all of that time is there");
    assert!(
        problems(&late).await[0].what.contains("older than the checkpoint"),
        "{:?}",
        problems(&late).await
    );
}
