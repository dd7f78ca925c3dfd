//! The disk is full from just after a Complete's intent until after its answer, at a desk in a terminal: the screen says
//! what stands where, and the order is completed with its number in the journal once there is room.

use super::strace::Full;
use crate::kit::{Home, order, skip};
use crate::other::Other;
use crate::pty::Desk;
use rustix::process::Signal;
use serde_json::json;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const ANSWER: &str = "completed, order number 4711";

/// A desk whose Complete was answered while the journal's disk was full.
struct Answered {
    px: Other,
    home: Home,
    id: String,
    desk: Desk,
    full: Option<Full>,
}

fn answered() -> Answered {
    let px = Other::serve();
    let home = Home::at(&px.base);
    home.reconfigure("complete_order = \"2s\"", "complete_order = \"30s\"");
    let id = home.open(&order("1"));
    let accepted = ["order", "walk", &id, "--until", "accepted", "--method", "verbal"];
    home.run(&[&accepted[..], &["--read-and-accepted-by", "Ann Okafor"]].concat()).with(0);
    let mut desk = Desk::open(&home, 100, 40);
    desk.shows("T-1").keys("\r").shows("Ready to complete").keys("\r").shows("Place this order now?");
    px.slow(Duration::from_secs(2));
    desk.keys("y");
    let until = Instant::now() + Duration::from_secs(20);
    while px.completes() == 0 {
        assert!(Instant::now() < until, "it is never sent\n{}", desk.text());
        std::thread::sleep(Duration::from_millis(5));
    }
    // It was sent, so its intent is on disk; the answer takes its time.
    let full = Full::of(desk.pid(), &home.path().join(".local/share/pxdesk/pxdesk.db-wal"));
    desk.shows(ANSWER);
    let shown = desk.text().split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["not yet recorded here", "a retry is dangerous", "Make room on the disk."] {
        assert!(shown.contains(words), "{words}: {}", desk.text());
    }
    Answered { px, home, id, desk, full: Some(full) }
}

impl Answered {
    fn spool(&self) -> PathBuf {
        self.home.path().join(".local/state/pxdesk/spool")
    }

    fn kept(&self) -> usize {
        std::fs::read_dir(self.spool()).map_or(0, Iterator::count)
    }

    /// Completed once, with its number in the journal and nothing left beside it.
    fn is_recorded(&self) {
        let shown = self.home.show(&self.id);
        assert_eq!(
            (&shown["state"], &shown["orderNumber"], &shown["completion"]["basis"]),
            (&json!("completed"), &json!("4711"), &json!("confirmed")),
        );
        assert_eq!((self.px.completes(), self.kept()), (1, 0));
        self.home.verifies();
    }
}

#[test]
fn a_desk_whose_disk_was_full_records_the_answer_by_itself_once_there_is_room() {
    if !super::can_trace() {
        return skip("strace, or the right to trace");
    }
    let mut answered = answered();
    // Long enough for whoever asked for the call to be told for good, and for keys that do nothing.
    std::thread::sleep(Duration::from_secs(5));
    answered.desk.keys("\ry").shows("not yet recorded");
    assert_eq!((answered.px.completes(), answered.kept()), (1, 1));
    let shown = answered.home.show(&answered.id);
    assert!(shown["unrecorded"].as_str().unwrap().contains(ANSWER), "others are told, too: {shown}");
    answered.full.take().unwrap().ends();
    let desk = &mut answered.desk;
    desk.shows("The order number is").shows("4711");
    assert!(!desk.text().contains("not yet recorded"), "{}", desk.text());
    assert!(desk.keys("\x1b").shows("0 open").keys("q").ends());
    answered.is_recorded();
}

#[test]
fn a_desk_that_was_killed_while_its_disk_was_full_leaves_the_answer_to_the_next_start() {
    if !super::can_trace() {
        return skip("strace, or the right to trace");
    }
    let mut answered = answered();
    answered.desk.signal(Signal::KILL);
    answered.desk.child.wait().unwrap();
    assert_eq!(answered.kept(), 1);
    let mut next = Desk::open(&answered.home, 100, 40);
    next.shows("T-1").keys("\r").shows("The order number is").shows("4711");
    assert!(next.keys("\x1b").shows("0 open").keys("q").ends());
    answered.is_recorded();
}
