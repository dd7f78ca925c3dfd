//! A journal that is not the one that was there before: noticed before anything is written to it.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::journal::{journal, now, open, opened, tamper};
use pxdesk::journal::{Doubt, Error, Journal, Lost, Options, every_kind};
use pxdesk::order::{Event, Order, OrderId};
use std::fs;
use std::path::{Path, PathBuf};

/// A machine: a journal, and what it remembers of it apart.
struct Machine {
    home: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    fn file(&self) -> PathBuf {
        self.home.path().join("data/pxdesk.db")
    }

    fn copy(&self) -> PathBuf {
        self.home.path().join("copy.db")
    }

    async fn try_open(&self) -> Result<Journal, Error> {
        fs::create_dir_all(self.file().parent().unwrap()).unwrap();
        let state = Some(self.home.path().join("state"));
        Journal::open_with(
            &self.file().as_path().into(),
            &Options { create: true, state, kinds: every_kind() },
        )
        .await
    }

    async fn open(&self) -> Journal {
        self.try_open().await.unwrap()
    }

    /// Two orders; the second one came after the copy was made.
    async fn two_orders_and_a_copy_of_one(&self) -> Order {
        let journal = self.open().await;
        let first = open(&journal, 1).await;
        journal.close().await;
        fs::copy(self.file(), self.copy()).unwrap();
        let journal = self.open().await;
        open(&journal, 2).await;
        journal.close().await;
        first
    }
}

/// Others record, and fold the log into the file, while it is opened: a file that has gone on meanwhile is no older one.
#[test]
fn a_journal_that_others_carry_on_while_it_is_opened_is_trusted() {
    let machine = Machine::new();
    let works = |desk: u64| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for n in 0..20 {
                // So many at once may have to wait for too long; that is another matter.
                let journal = match machine.try_open().await {
                    Err(Error::Locked { .. }) => continue,
                    other => other.unwrap(),
                };
                assert_eq!(journal.doubt(), None, "desk {desk}, opened {n} times before");
                let (name, id) = (format!("{desk}-{n}"), OrderId::from_bits(desk * 1000 + n));
                let order = opened("embedded", &name, &name);
                let opened = journal.open_thing::<Order>(&id, order, now(), "r.diaz").await;
                assert!(matches!(opened, Ok(_) | Err(Error::Locked { .. })), "{opened:?}");
                journal.close().await;
            }
        });
    };
    std::thread::scope(|scope| {
        for desk in 1..=16 {
            scope.spawn(move || works(desk));
        }
    });
}

async fn append(journal: &Journal, order: &Order) -> Result<Order, Error> {
    journal
        .append(order, vec![Event::AcceptancePending { checks: 1, answered: false }], now(), "r.diaz")
        .await
}

async fn lost_after(change: impl FnOnce(&Path)) -> Lost {
    let machine = Machine::new();
    machine.two_orders_and_a_copy_of_one().await;
    let journal = machine.open().await;
    let order = open(&journal, 3).await;
    change(&machine.file());
    let refused = append(&journal, &order).await;
    let Err(Error::Lost { how, file }) = refused else { panic!("{refused:?}") };
    assert_eq!(file, machine.file());
    assert!(append(&journal, &order).await.is_err(), "it stays lost");
    how
}

#[tokio::test]
async fn a_journal_that_is_taken_away_while_it_is_open_is_written_to_no_more() {
    assert_eq!(lost_after(|file| fs::remove_file(file).unwrap()).await, Lost::Gone);
    assert_eq!(lost_after(|file| fs::rename(file, file.with_extension("old")).unwrap()).await, Lost::Gone);
    let copy = |file: &Path| file.parent().unwrap().parent().unwrap().join("copy.db");
    assert_eq!(lost_after(|file| fs::rename(copy(file), file).unwrap()).await, Lost::Replaced);
    assert_eq!(lost_after(|file| assert!(fs::copy(copy(file), file).unwrap() > 0)).await, Lost::WrittenOver);
    assert_eq!(lost_after(|file| fs::write(file, "").unwrap()).await, Lost::WrittenOver);
    assert_eq!(lost_after(|file| fs::remove_file(log_of(file)).unwrap()).await, Lost::LogGone);
}

fn log_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

#[tokio::test]
async fn an_older_copy_reads_and_takes_nothing_in_until_a_supervisor_says_so() {
    let machine = Machine::new();
    let first = machine.two_orders_and_a_copy_of_one().await;
    fs::copy(machine.copy(), machine.file()).unwrap();
    let journal = machine.open().await;
    assert!(matches!(journal.doubt(), Some(Doubt::Older { seen: 2, found: 1, .. })), "{:?}", journal.doubt());
    assert_eq!(journal.load::<Order>(&first.id).await.unwrap(), first, "it reads");
    let refused = append(&journal, &first).await;
    assert!(matches!(&refused, Err(Error::Doubted { .. })), "{refused:?}");
    assert!(refused.unwrap_err().to_string().contains("journal accept"));
    assert_ne!(journal.verify(None, |_| ()).await.unwrap().problems, []);
    drop(journal);

    // It does not go away by itself; a supervisor's word, said in another process, is enough for all.
    let (desk, command) = (machine.open().await, machine.open().await);
    assert!(append(&desk, &first).await.is_err());
    command.accept("M. Ruiz", "the disk was replaced", now(), "m.ruiz").await.unwrap();
    append(&desk, &first).await.unwrap();
    assert_eq!(desk.verify(None, |_| ()).await.unwrap().things.get("journal"), Some(&1), "the word is in it");
    assert!(machine.open().await.doubt().is_none());
    let nothing = command.accept("M. Ruiz", "again", now(), "m.ruiz").await;
    assert!(nothing.is_err(), "there is nothing to accept any more");
}

#[tokio::test]
async fn what_another_process_recorded_is_missed_when_an_older_copy_is_written_over_the_open_file() {
    let machine = Machine::new();
    let first = machine.two_orders_and_a_copy_of_one().await;
    let idle = machine.open().await;
    fs::copy(machine.file(), machine.copy()).unwrap();
    // The other one folds its log as it leaves, so that nothing but its words is gone afterwards.
    let other = machine.open().await;
    append(&other, &first).await.unwrap();
    other.close().await;
    fs::write(machine.file(), fs::read(machine.copy()).unwrap()).unwrap();
    let refused = append(&idle, &first).await;
    assert!(matches!(&refused, Err(Error::Doubted { .. } | Error::Lost { .. })), "{refused:?}");
    drop(idle);
    let journal = machine.open().await;
    assert!(matches!(journal.doubt(), Some(Doubt::Older { seen: 3, found: 2, .. })), "{:?}", journal.doubt());
}

/// Each user of a machine remembers for himself. Who only looked knows what he saw, also of what came while he looked on.
#[tokio::test]
async fn what_was_only_looked_at_is_missed_in_an_older_copy() {
    let machine = Machine::new();
    machine.two_orders_and_a_copy_of_one().await;
    let state = Some(machine.home.path().join("another-user"));
    let options = Options { create: false, state, kinds: every_kind() };
    let look = async || Journal::open_with(&machine.file().as_path().into(), &options).await.unwrap();

    look().await.close().await;
    let with_two = fs::read(machine.file()).unwrap();
    fs::copy(machine.copy(), machine.file()).unwrap();
    let doubt = look().await.doubt();
    assert!(matches!(doubt, Some(Doubt::Older { seen: 2, found: 1, .. })), "{doubt:?}");

    fs::write(machine.file(), &with_two).unwrap();
    let on_looker = look().await;
    assert_eq!(on_looker.doubt(), None);
    on_looker.data_version().await.unwrap();
    let journal = machine.open().await;
    open(&journal, 3).await;
    on_looker.data_version().await.unwrap();
    journal.close().await;
    on_looker.close().await;
    fs::write(machine.file(), with_two).unwrap();
    let doubt = look().await.doubt();
    assert!(matches!(doubt, Some(Doubt::Older { seen: 3, found: 2, .. })), "{doubt:?}");
}

/// As of a container that is given the file alone: its log is in a folder of its own.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_is_mounted_without_its_folder_reads_and_takes_nothing_in() {
    let machine = Machine::new();
    let first = machine.two_orders_and_a_copy_of_one().await;
    let elsewhere = machine.home.path().join("elsewhere");
    fs::create_dir_all(&elsewhere).unwrap();
    let there = elsewhere.join("pxdesk.db");
    fs::write(&there, "").unwrap();
    fs::copy(machine.file().with_extension("key"), there.with_extension("key")).unwrap();
    let mount = |program: &str, arguments: &[&Path]| {
        std::process::Command::new(program).args(arguments).status().is_ok_and(|status| status.success())
    };
    if !mount("mount", &[Path::new("--bind"), &machine.file(), &there]) {
        return crate::kit::say("not run: this user may not mount");
    }
    let options = Options { create: false, state: None, kinds: every_kind() };
    let opened = Journal::open_with(&there.as_path().into(), &options).await;
    let doubt = opened.as_ref().ok().and_then(Journal::doubt);
    let refused = append(opened.as_ref().unwrap(), &first).await.unwrap_err();
    opened.unwrap().close().await;
    assert!(mount("umount", &[&there]));
    assert_eq!(doubt, Some(Doubt::Mounted));
    assert!(refused.to_string().contains("Mount its whole folder instead"), "{refused}");
}

#[tokio::test]
async fn an_older_copy_is_one_under_any_path() {
    let machine = Machine::new();
    let first = machine.two_orders_and_a_copy_of_one().await;
    let elsewhere = machine.home.path().join("elsewhere");
    fs::create_dir_all(&elsewhere).unwrap();
    let copy = elsewhere.join("pxdesk.db");
    fs::copy(machine.copy(), &copy).unwrap();
    fs::copy(machine.file().with_extension("key"), copy.with_extension("key")).unwrap();
    let state = Some(machine.home.path().join("state"));
    let options = Options { create: false, state, kinds: every_kind() };
    let journal = Journal::open_with(&copy.as_path().into(), &options).await.unwrap();
    assert!(matches!(journal.doubt(), Some(Doubt::Older { seen: 2, found: 1, .. })), "{:?}", journal.doubt());
    assert!(append(&journal, &first).await.is_err());
    // A supervisor may go on with it; then the one that was left behind is the one that is doubted.
    journal.accept("M. Ruiz", "the disk was replaced", now(), "m.ruiz").await.unwrap();
    append(&journal, &first).await.unwrap();
    assert!(matches!(machine.open().await.doubt(), Some(Doubt::Older { .. } | Doubt::Forked { .. })));
}

#[test]
fn a_journal_that_others_write_to_while_it_is_opened_is_not_doubted() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (machine, writing) = (Machine::new(), runtime());
    let writer = writing.block_on(machine.open());
    let mut order = writing.block_on(open(&writer, 1));
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let opening = scope.spawn(|| {
            let (opens, mut opened) = (runtime(), 0);
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                let journal = opens.block_on(machine.open());
                assert_eq!(journal.doubt(), None);
                opened += 1;
            }
            opened
        });
        for _ in 0..300 {
            order = writing.block_on(append(&writer, &order)).unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(opening.join().unwrap() > 0);
    });
}

#[tokio::test]
async fn a_journal_that_was_emptied_is_gone_and_a_doubted_one_is_not_backed_up() {
    let machine = Machine::new();
    machine.two_orders_and_a_copy_of_one().await;
    fs::write(machine.file(), "").unwrap();
    let journal = machine.open().await;
    assert!(matches!(journal.doubt(), Some(Doubt::Gone { seen: 2, .. })), "{:?}", journal.doubt());
    let backup = machine.home.path().join("backup.db");
    assert!(matches!(journal.backup(&backup).await, Err(Error::Doubted { .. })));
    assert!(!backup.exists());
}

#[tokio::test]
async fn a_file_that_was_written_over_under_its_log_is_not_read_as_one_journal() {
    let stranger = Machine::new();
    stranger.two_orders_and_a_copy_of_one().await;
    for over in ["an older copy", "another journal"] {
        let machine = Machine::new();
        machine.two_orders_and_a_copy_of_one().await;
        let journal = machine.open().await;
        let order = open(&journal, 3).await;
        let from = if over == "an older copy" { machine.copy() } else { stranger.file() };
        fs::write(machine.file(), fs::read(from).unwrap()).unwrap();
        let refused = append(&journal, &order).await;
        assert!(matches!(refused, Err(Error::Lost { how: Lost::WrittenOver, .. })), "{over}: {refused:?}");
        // The log, which is of the journal that was there, stays: it is not folded into what it does not belong to.
        drop(journal);
        let journal = machine.open().await;
        assert_eq!(journal.doubt(), Some(Doubt::Mixed), "{over}");
        assert!(append(&journal, &order).await.is_err(), "{over}");
        assert!(journal.accept("M. Ruiz", "it is the right one", now(), "m.ruiz").await.is_err(), "{over}");
    }
}

/// As a desk leaves it that was killed, or met a full disk, between making it and writing to it.
#[tokio::test]
async fn a_memory_that_was_made_and_never_written_says_nothing() {
    for left in ["", "\0\0\0\0", " \n"] {
        let machine = Machine::new();
        let order = machine.two_orders_and_a_copy_of_one().await;
        let folder = machine.home.path().join("state/journals");
        for memory in fs::read_dir(&folder).unwrap() {
            fs::write(memory.unwrap().path(), left).unwrap();
        }
        let journal = machine.open().await;
        journal.trust().unwrap();
        append(&journal, &order).await.unwrap();
        journal.close().await;
        // From then on it is what it was.
        fs::copy(machine.copy(), machine.file()).unwrap();
        let journal = machine.open().await;
        assert!(
            matches!(journal.trust(), Err(Error::Doubted { doubt: Doubt::Older { .. }, .. })),
            "{left:?}"
        );
    }
}

#[tokio::test]
async fn an_older_copy_that_others_worked_with_is_told_by_what_it_lacks() {
    let machine = Machine::new();
    machine.two_orders_and_a_copy_of_one().await;
    // Another machine, which remembers nothing, has gone on with the copy.
    fs::copy(machine.copy(), machine.file()).unwrap();
    let elsewhere = Journal::open(&machine.file(), false).await.unwrap();
    for number in 3..6 {
        open(&elsewhere, number).await;
    }
    elsewhere.close().await;
    let journal = machine.open().await;
    assert!(matches!(journal.doubt(), Some(Doubt::Forked { seen: 2, .. })), "{:?}", journal.doubt());
}

#[tokio::test]
async fn a_journal_that_is_gone_or_another_one_is_not_begun_anew_in_silence() {
    let machine = Machine::new();
    machine.two_orders_and_a_copy_of_one().await;
    for name in ["pxdesk.db", "pxdesk.key"] {
        fs::remove_file(machine.file().with_file_name(name)).unwrap();
    }
    let journal = machine.open().await;
    assert!(matches!(journal.doubt(), Some(Doubt::Gone { seen: 2, .. })), "{:?}", journal.doubt());
    let opened = crate::journal::opened("embedded", "TX-1", "PO-1");
    let refused = journal.open_thing::<Order>(&OrderId::from_bits(1), opened.clone(), now(), "a").await;
    assert!(matches!(refused, Err(Error::Doubted { .. })), "{refused:?}");
    drop(journal);
    assert!(!log_of(&machine.file()).exists(), "nothing waits for the file that is put back");
    let journal = machine.open().await;
    assert!(matches!(journal.doubt(), Some(Doubt::Other { .. })), "{:?}", journal.doubt());
    journal.accept("M. Ruiz", "a new beginning", now(), "m.ruiz").await.unwrap();
    journal.open_thing::<Order>(&OrderId::from_bits(1), opened, now(), "a").await.unwrap();
    drop(journal);
    assert!(machine.open().await.doubt().is_none());
}

#[tokio::test]
async fn a_journal_that_was_gone_is_itself_again_once_it_is_put_back() {
    let machine = Machine::new();
    machine.two_orders_and_a_copy_of_one().await;
    let [file, key] = [machine.file(), machine.file().with_extension("key")];
    let (whole, its_key) = (fs::read(&file).unwrap(), fs::read(&key).unwrap());
    for gone in [&file, &key] {
        fs::remove_file(gone).unwrap();
    }
    assert!(matches!(machine.open().await.doubt(), Some(Doubt::Gone { .. })));
    fs::write(&file, whole).unwrap();
    fs::write(&key, its_key).unwrap();
    let journal = machine.open().await;
    assert_eq!((journal.doubt(), journal.verify(None, |_| ()).await.unwrap().problems), (None, vec![]));
    assert_eq!(journal.verify(None, |_| ()).await.unwrap().things.get("order"), Some(&2));
}

#[tokio::test]
async fn a_head_that_was_not_written_with_the_key_is_found_at_the_start() {
    for sql in [
        "UPDATE journal SET events = 1",
        "UPDATE journal SET proof = zeroblob(32)",
        "DROP TRIGGER events_are_never_removed; DELETE FROM events WHERE pos = 2",
    ] {
        let machine = Machine::new();
        let first = machine.two_orders_and_a_copy_of_one().await;
        tamper(&machine.file(), sql).await;
        let journal = machine.open().await;
        assert_eq!(journal.doubt(), Some(Doubt::Forged), "{sql}");
        assert!(matches!(append(&journal, &first).await, Err(Error::Doubted { .. })), "{sql}");
        let accepted = journal.accept("M. Ruiz", "it is the right one", now(), "m.ruiz").await;
        assert!(accepted.is_err(), "nobody can say that a changed history is right");
    }
}

#[tokio::test]
async fn a_journal_that_was_closed_is_whole_in_its_file_alone() {
    let (home, file, journal) = journal().await;
    let order = open(&journal, 1).await;
    journal.close().await;
    assert!(!log_of(&file).exists() && matches!(append(&journal, &order).await, Err(Error::Closed { .. })));
    let away = home.path().join("away");
    fs::create_dir(&away).unwrap();
    for name in ["pxdesk.db", "pxdesk.key"] {
        fs::copy(file.with_file_name(name), away.join(name)).unwrap();
    }
    let copy = Journal::open(&away.join("pxdesk.db"), false).await.unwrap();
    assert_eq!(copy.load::<Order>(&order.id).await.unwrap(), order);
    // While another desk has it open, too.
    let (one, two) = (Journal::open(&file, false).await.unwrap(), Journal::open(&file, false).await.unwrap());
    let order = append(&one, &order).await.unwrap();
    two.close().await;
    fs::copy(&file, away.join("pxdesk.db")).unwrap();
    let copy = Journal::open(&away.join("pxdesk.db"), false).await.unwrap();
    assert_eq!(copy.load::<Order>(&order.id).await.unwrap(), order);
    append(&one, &order).await.unwrap();
}

#[tokio::test]
async fn a_checkpoint_finds_what_came_before_it_and_went() {
    let (_home, file, journal) = journal().await;
    let order = open(&journal, 1).await;
    let early = journal.checkpoint(now()).await.unwrap();
    let order = append(&journal, &order).await.unwrap();
    let late = journal.checkpoint(now()).await.unwrap();
    append(&journal, &order).await.unwrap();
    let problems =
        async |journal: &Journal, point| journal.verify(Some(point), |_| ()).await.unwrap().problems;
    assert_eq!(problems(&journal, &early).await, []);
    assert_eq!(problems(&journal, &late).await, []);

    let mut changed = late.clone();
    changed.events = 1;
    assert!(problems(&journal, &changed).await[0].what.contains("was changed since"));
    let (_home, _file, other) = crate::journal::journal().await;
    assert!(problems(&other, &late).await[0].what.contains("another journal"));

    // The journal as it was at the early one, put back, and gone on with.
    let (_away, past, _) = crate::journal::journal().await;
    journal.close().await;
    fs::copy(&file, &past).unwrap();
    fs::copy(file.with_extension("key"), past.with_extension("key")).unwrap();
    let later = Journal::open(&past, false).await.unwrap();
    let far = {
        let order = later.load::<Order>(&order.id).await.unwrap();
        append(&later, &order).await.unwrap();
        later.checkpoint(now()).await.unwrap()
    };
    let here = Journal::open(&file, false).await.unwrap();
    assert!(problems(&here, &far).await[0].what.contains("older than the checkpoint"));
    open(&here, 7).await;
    assert!(!problems(&here, &far).await.is_empty(), "as many events, and not the same");
}

#[tokio::test]
async fn a_backup_is_whole_while_desks_run_and_is_never_half() {
    let (home, file, journal) = journal().await;
    let order = open(&journal, 1).await;
    let to = home.path().join("backup.db");
    assert_eq!(journal.backup(&to).await.unwrap(), 1);
    append(&journal, &order).await.unwrap();
    fs::copy(file.with_extension("key"), to.with_extension("key")).unwrap();
    let copy = Journal::open(&to, false).await.unwrap();
    assert_eq!(copy.load::<Order>(&order.id).await.unwrap(), order);
    assert_eq!(copy.verify(None, |_| ()).await.unwrap().problems, []);
    let again = journal.backup(&to).await.unwrap_err().to_string();
    assert!(again.contains("is there already"), "{again}");
    assert!(journal.backup(&home.path().join("no/such/folder.db")).await.is_err());
    let drafts = fs::read_dir(home.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("new-"));
    assert_eq!(drafts.count(), 0, "no draft stays behind");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&to).unwrap().permissions()) & 0o077, 0);
}

#[tokio::test]
async fn a_backup_removes_what_a_killed_one_left_and_nothing_whose_writer_lives() {
    let (home, _file, journal) = journal().await;
    let to = home.path().join("backup.db");
    let at = |name: &str| home.path().join(name);
    let [gone, alive, other, older] =
        ["backup.db.new-01", "backup.db.new-02", "backup.db2.new-03", "backup.db.new-04"].map(at);
    for draft in [&gone, &alive, &other, &older] {
        fs::write(draft, "half a copy").unwrap();
    }
    fs::write(at("backup.db.new-01-journal"), "").unwrap();
    for held in ["backup.db.new-01.held", "backup.db2.new-03.held"] {
        fs::write(at(held), "").unwrap();
    }
    let writer = fs::File::create(at("backup.db.new-02.held")).unwrap();
    writer.lock().unwrap();
    journal.backup(&to).await.unwrap();
    assert!(!gone.exists() && !at("backup.db.new-01.held").exists());
    assert!(!at("backup.db.new-01-journal").exists());
    assert!(alive.exists() && other.exists(), "one is at work, and one is of another file");
    assert!(older.exists(), "of an earlier version nobody knows whether it is at work");
    drop(writer);
    assert!(journal.backup(&to).await.is_err(), "it is there already");
    assert!(!alive.exists());
}

/// A journal that an earlier release wrote: five orders; one completed, one erased, one on its way.
fn earlier(version: usize) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("pxdesk.db");
    let (journal, its_key) = crate::kit::JOURNALS[version - 1];
    fs::write(&file, journal).unwrap();
    let key = file.with_extension("key");
    fs::write(&key, its_key).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    (home, file)
}

#[tokio::test]
async fn a_journal_of_an_earlier_version_is_brought_to_this_one_and_kept() {
    for (version, events) in [(1, 32), (2, 20), (3, 20)] {
        let (_home, file) = earlier(version);
        let (one, two) = tokio::join!(Journal::open(&file, false), Journal::open(&file, false));
        let (one, two) = (one.unwrap(), two.unwrap());
        let report = one.verify(None, |_| ()).await.unwrap();
        assert_eq!((report.things.get("order"), report.events, report.problems), (Some(&5), events, vec![]));
        let found = two.find(pxdesk::order::Environment::Embedded, "T-1").await.unwrap();
        let order = two.load::<Order>(&found[0].id).await.unwrap();
        assert_eq!(order.customer.name.as_ref().map(pxdesk::order::Personal::expose), Some("Ann Okafor"));
        assert!(order.completion.is_some());
        append(&one, &one.load::<Order>(&found[0].id).await.unwrap()).await.unwrap();
        assert_eq!(one.verify(None, |_| ()).await.unwrap().problems, []);
        let kept = fs::read(file.with_extension(format!("v{version}.db"))).unwrap();
        assert!(kept.starts_with(b"SQLite format 3"));
    }
}

#[tokio::test]
async fn an_earlier_version_that_was_changed_is_not_brought_over() {
    for (version, sql, named) in [
        (1, "UPDATE events SET by = 'x' WHERE pos = 9", "record 9"),
        (2, "UPDATE events SET by = 'x' WHERE pos = 9", "record 9"),
        (3, "UPDATE events SET by = 'x' WHERE pos = 9", "record 9"),
        (2, "UPDATE journal SET events = 19", "its head was not written with its key"),
        (
            2,
            "DROP TRIGGER events_are_never_removed; DELETE FROM events WHERE pos = 20",
            "of 20 events, and 19",
        ),
    ] {
        let (_home, file) = earlier(version);
        let user_version = || -> i64 {
            let conn = rusqlite::Connection::open(&file).unwrap();
            conn.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
        };
        let before = user_version();
        tamper(&file, &format!("DROP TRIGGER events_are_never_changed; {sql}")).await;
        let refused = Journal::open(&file, false).await.err().unwrap();
        assert!(matches!(&refused, Error::Damaged { why, .. } if why.contains(named)), "{sql}: {refused}");
        assert_eq!(user_version(), before, "it is left as it was");
    }
}

/// What this machine remembers is damaged, or somebody else's: the journal reads, and a supervisor's word goes on.
#[tokio::test]
async fn what_cannot_be_compared_reads_and_waits_for_a_word() {
    let machine = Machine::new();
    let first = machine.two_orders_and_a_copy_of_one().await;
    let folder = machine.home.path().join("state/journals");
    for file in fs::read_dir(&folder).unwrap() {
        fs::write(file.unwrap().path(), "{\"journal\": half").unwrap();
    }
    let journal = machine.open().await;
    let Some(Doubt::Unreadable { why }) = journal.doubt() else { panic!("{:?}", journal.doubt()) };
    assert!(why.contains(&*folder.to_string_lossy()), "{why}");
    assert_eq!(journal.load::<Order>(&first.id).await.unwrap(), first);
    assert!(matches!(append(&journal, &first).await, Err(Error::Doubted { .. })));
    let said = pxdesk::journal::remembered(&machine.file(), &machine.home.path().join("state"));
    assert!(matches!(said, Some(Doubt::Unreadable { .. })), "a doctor sees it, too");
    journal.accept("M. Lee", "the disk was damaged", now(), "r.diaz").await.unwrap();
    append(&journal, &first).await.unwrap();
    journal.close().await;
    assert_eq!(machine.open().await.doubt(), None);
}
