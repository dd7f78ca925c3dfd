//! The journal is taken away, or another one put in its place, under a desk that walks an order, at a Px that knows no
//! 2130: it takes every Complete and says that it is done. Nothing is sent from then on, the desk says why, and no
//! order is completed twice, by whatever comes after it.
//!
//! A part of the twenty moments is met in every `cargo test`. All of them:
//! `cargo test --test it swaps:: -- --ignored --nocapture`.

use crate::kit::{Home, order};
use crate::other::Other;
use crate::pty::Desk;
use rusqlite::Connection;
use rustix::process::Signal;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const FILE: &str = ".local/share/pxdesk/pxdesk.db";
const MOMENTS: u64 = 20;
/// Every how manieth moment the short test meets: each way of swapping comes by and by.
const STRIDE: usize = 6;

/// What happens to the journal.
#[derive(Clone, Copy, Debug)]
enum Swap {
    Deleted,
    DeletedWithItsKey,
    /// Another file is there, with what the journal was before the walk.
    Older,
    /// Another journal is there, with its own key.
    Another,
    /// The very file is written over, with what the journal was before the walk.
    WrittenOver,
    /// The very file is written over, with another journal.
    WrittenOverByAnother,
    LogRemoved,
}

const SWAPS: [Swap; 7] = [
    Swap::Deleted,
    Swap::Older,
    Swap::Another,
    Swap::WrittenOver,
    Swap::LogRemoved,
    Swap::DeletedWithItsKey,
    Swap::WrittenOverByAnother,
];

/// One swap at one moment, both drawn from a seed.
#[derive(Clone, Copy, Debug)]
struct Moment {
    seed: u64,
    swap: Swap,
    /// After so many keys,
    keys: u64,
    /// and so many milliseconds.
    later: u64,
}

impl Moment {
    fn draw(seed: u64) -> Self {
        let mut drawn = seed;
        let mut below = |n: u64| {
            // SplitMix64: the same seed gives the same moment on every machine.
            drawn = drawn.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (z ^ (z >> 31)) % n
        };
        let swap = SWAPS[usize::try_from(seed).unwrap() % SWAPS.len()];
        Self { seed, swap, keys: 1 + below(13), later: below(350) }
    }
}

#[test]
fn a_journal_swapped_under_a_running_desk_at_some_moments() {
    meet((0..MOMENTS).step_by(STRIDE));
}

#[test]
#[ignore = "all twenty moments: some minutes"]
fn a_journal_swapped_under_a_running_desk_at_twenty_moments() {
    meet(0..MOMENTS);
}

/// What is recorded without the key on disk is lost to everybody once the desk ends, which has it in memory.
#[test]
fn nothing_is_sent_while_the_key_file_is_gone_or_another_one() {
    let (px, another) = (Other::serve(), Home::empty());
    let home = Home::at(&px.base);
    home.open(&order("1"));
    another.run(&["order", "list"]).with(0);
    let key = home.path().join(FILE).with_extension("key");
    let (aside, other) = (key.with_extension("aside"), another.path().join(FILE).with_extension("key"));
    let mut desk = Desk::open(&home, 160, 40);
    desk.shows("T-1");
    while !desk.text().contains("Place this order now?") {
        walk_on(&mut desk);
    }
    let requests = px.requests();
    fs::rename(&key, &aside).unwrap();
    desk.keys("y");
    says(&mut desk, "is missing; without it");
    fs::copy(&other, &key).unwrap();
    says(&mut desk, "is not the one of the journal");
    assert_eq!(px.requests(), requests);
    fs::rename(&aside, &key).unwrap();
    while px.completes() == 0 {
        walk_on(&mut desk);
    }
    desk.shows("4711");
    quit(&mut desk);
    home.verifies();
}

/// Nobody reads minutes of text to a customer before they learn that nothing of it can be recorded.
#[test]
fn a_desk_says_that_its_journal_is_gone_before_anything_is_to_be_recorded() {
    let px = Other::serve();
    let home = Home::at(&px.base);
    home.open(&order("1"));
    let file = home.path().join(FILE);
    let aside = file.with_extension("aside");
    let mut desk = Desk::open(&home, 160, 40);
    desk.shows("T-1");
    fs::rename(&file, &aside).unwrap();
    desk.shows("JOURNAL READ-ONLY");
    says(&mut desk, "the right journal must be put back");
    fs::rename(&aside, &file).unwrap();
    desk.hides("JOURNAL READ-ONLY");
    while px.completes() == 0 {
        walk_on(&mut desk);
    }
    desk.shows("4711");
    quit(&mut desk);
    home.verifies();
}

/// Two at a time: most of each is waiting.
fn meet(seeds: impl Iterator<Item = u64>) {
    let moments: Vec<_> = seeds.map(Moment::draw).collect();
    for pair in moments.chunks(2) {
        std::thread::scope(|scope| {
            for moment in pair {
                scope.spawn(|| Stage::new(moment).meet(moment));
            }
        });
    }
}

/// A home with an order that nobody has begun to walk, what its journal was then, and another journal.
struct Stage {
    px: Other,
    home: Home,
    another: Home,
    aside: tempfile::TempDir,
}

/// What was known when the journal was swapped.
struct Before {
    requests: usize,
    /// The intent of a call was recorded, and not yet what came of it: its request may still leave.
    under_way: bool,
    completed: bool,
}

impl Stage {
    /// The older copy knows the order, or not yet.
    fn new(moment: &Moment) -> Self {
        let px = Other::serve();
        let (home, another) = (Home::at(&px.base), Home::at(&px.base));
        another.open(&order("of another"));
        let stage = Self { px, home, another, aside: tempfile::tempdir().unwrap() };
        if moment.seed.is_multiple_of(2) {
            stage.home.open(&order("1"));
            stage.copy();
            stage.home.run(&["order", "amend", "T-1", "--address-detail-id", "A-2"]).with(0);
        } else {
            stage.home.run(&["order", "list"]).with(0);
            stage.copy();
            stage.home.open(&order("1"));
        }
        stage.px.slow(Duration::from_millis(120));
        stage
    }

    fn file(&self) -> PathBuf {
        self.home.path().join(FILE)
    }

    fn copy(&self) {
        fs::copy(self.file(), self.older()).unwrap();
    }

    fn older(&self) -> PathBuf {
        self.aside.path().join("older.db")
    }

    fn meet(&self, moment: &Moment) {
        let mut desk = Desk::open(&self.home, 160, 40);
        desk.shows("T-1");
        for _ in 0..moment.keys {
            walk_on(&mut desk);
        }
        std::thread::sleep(Duration::from_millis(moment.later));
        let before = self.swap_under(&desk, moment.swap);
        self.nothing_is_sent(&mut desk, &before, moment);
        quit(&mut desk);
        self.nothing_comes_twice_later(moment);
    }

    /// While the desk stands still, so that what it had done by then is known.
    fn swap_under(&self, desk: &Desk, swap: Swap) -> Before {
        desk.signal(Signal::STOP);
        std::thread::sleep(Duration::from_millis(20));
        let (under_way, completed) = self.standing();
        let before = Before { requests: self.px.requests(), under_way, completed };
        self.swap(swap);
        desk.signal(Signal::CONT);
        before
    }

    /// Of a copy: whether a call of the order is under way, and whether it is completed.
    fn standing(&self) -> (bool, bool) {
        let copy = self.aside.path().join("now.db");
        for end in ["", "-wal"] {
            let _ = fs::copy(beside(&self.file(), end), beside(&copy, end));
        }
        let columns = "SELECT owner IS NOT NULL, standing = 'completed' FROM orders";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        Connection::open(&copy).unwrap().query_row(columns, [], read).unwrap()
    }

    fn swap(&self, swap: Swap) {
        let (file, another) = (self.file(), self.another.path().join(FILE));
        let remove = |ends: &[&str]| {
            for end in ends {
                let _ = fs::remove_file(beside(&file, end));
            }
        };
        let put_there = |from: &Path| {
            let draft = self.file().with_extension("draft");
            fs::copy(from, &draft).unwrap();
            remove(&["-wal", "-shm"]);
            fs::rename(&draft, &file).unwrap();
        };
        match swap {
            Swap::Deleted => remove(&["", "-wal", "-shm"]),
            Swap::DeletedWithItsKey => {
                remove(&["", "-wal", "-shm"]);
                fs::remove_file(file.with_extension("key")).unwrap();
            }
            Swap::Older => put_there(&self.older()),
            Swap::Another => {
                put_there(&another);
                fs::copy(another.with_extension("key"), file.with_extension("key")).unwrap();
            }
            Swap::WrittenOver => fs::write(&file, fs::read(self.older()).unwrap()).unwrap(),
            Swap::WrittenOverByAnother => fs::write(&file, fs::read(another).unwrap()).unwrap(),
            Swap::LogRemoved => remove(&["-wal"]),
        }
    }

    /// The agent goes on as if nothing had happened.
    fn nothing_is_sent(&self, desk: &mut Desk, before: &Before, moment: &Moment) {
        let until = Instant::now() + Duration::from_secs(8);
        let mut told = false;
        while !told && Instant::now() < until && !before.completed {
            walk_on(desk);
            std::thread::sleep(Duration::from_millis(100));
            told = says_why(&desk.text());
        }
        assert!(told || before.completed, "the desk does not say why: {moment:?}\n{}", desk.text());
        assert!(!desk.text().contains("Make room"), "it is not the disk: {moment:?}\n{}", desk.text());
        for _ in 0..2 {
            walk_on(desk);
        }
        std::thread::sleep(Duration::from_millis(300));
        // A call whose intent was recorded by then may still fetch its token, and leave.
        let most = before.requests + if before.under_way { 2 } else { 0 };
        assert!(self.px.requests() <= most, "something was sent: {moment:?}\n{}", desk.text());
        assert!(self.px.completes() <= 1, "{moment:?}");
    }

    /// A new desk, and commands, first without a supervisor's word and then with it.
    fn nothing_comes_twice_later(&self, moment: &Moment) {
        let sent = self.px.completes();
        let mut desk = Desk::open(&self.home, 160, 40);
        std::thread::sleep(Duration::from_millis(500));
        for _ in 0..4 {
            walk_on(&mut desk);
        }
        quit(&mut desk);
        let once = |what: &str| {
            assert!(self.px.completes() <= 1, "completed twice, {what}: {moment:?}");
        };
        once("by a new desk");
        let walked = self.add_and_walk();
        once("by a command");
        let accept = ["journal", "accept", "--by", "M. Ruiz", "--reason", "there is no other one"];
        let accepted = self.home.run(&accept);
        let again = self.add_and_walk();
        once("after a supervisor's word");
        if sent == 1 {
            for ran in [&walked, &again] {
                let known = ran.status == 0 && ran.out.contains("4711");
                assert!(known || ran.status != 0, "{moment:?}: {ran:?}");
            }
            let dangerous = again.status == 0 || again.err.contains("not sent again") || accepted.status != 0;
            assert!(dangerous || again.status == 4, "{moment:?}: {again:?}, {accepted:?}");
        }
    }

    /// The same order once more, by command line.
    fn add_and_walk(&self) -> crate::kit::Ran {
        self.home.run_with(&["order", "open", "--json", "-"], &order("1").to_string());
        self.home.walk("T-1")
    }
}

fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Types the key that takes the order a step further, whatever the screen shows.
fn walk_on(desk: &mut Desk) {
    let text = desk.text();
    let keys = [
        ("Place this order now?", "y"),
        ("say yes?", "y"),
        ("Who is on the phone?", "\r"),
        ("Every section was read", "\r"),
        ("read this now", " "),
    ];
    let key = keys.iter().find(|(shown, _)| text.contains(shown)).map_or("\r", |(_, key)| key);
    desk.keys(key);
    std::thread::sleep(Duration::from_millis(60));
}

/// The agent goes on until the screen says this, wherever its lines end.
fn says(desk: &mut Desk, words: &str) {
    let until = Instant::now() + Duration::from_secs(10);
    while !desk.text().split_whitespace().collect::<Vec<_>>().join(" ").contains(words) {
        assert!(Instant::now() < until, "never said: {words}\n{}", desk.text());
        walk_on(desk);
    }
}

/// True when the screen says in words what has become of the journal, or of the answer that it did not take.
fn says_why(text: &str) -> bool {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = [
        "was deleted or moved while it was open",
        "was replaced by another file while it was open",
        "lost its log",
        "was written over with another copy while it was open",
        "was changed by something else than pxdesk",
        "not yet recorded here",
        "is damaged",
    ];
    words.iter().any(|words| text.contains(words))
}

fn quit(desk: &mut Desk) {
    desk.signal(Signal::TERM);
    let until = Instant::now() + Duration::from_secs(6);
    while desk.child.try_wait().unwrap().is_none() {
        if Instant::now() > until {
            desk.signal(Signal::KILL);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
