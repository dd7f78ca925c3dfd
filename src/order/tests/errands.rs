//! A worker's errands in virtual time: what is done in which second, and how often.

use super::*;
use crate::order::errand::{Backoff, Errand};
use crate::order::errands::{Errands, MOST_TRIES, in_vain};
use std::time::Duration;

const SECOND: SignedDuration = SignedDuration::from_secs(1);
const RETRY: Errand = Errand::Retry(Call::GetRccAcceptance);

/// What Px says of a check.
#[derive(Clone, Copy)]
enum Says {
    NotYet,
    /// No answer; and so many seconds that it wants to be left alone.
    Fails(u64),
}
use Says::{Fails, NotYet};

/// What of the lists can be read in a second.
#[derive(Clone, Copy, PartialEq)]
enum Read {
    All,
    /// The first list, and nothing after it.
    First,
    Nothing,
}

/// One order that was sent, and a worker for it.
struct Floor {
    errands: Errands,
    desk: Desk,
    /// What was recorded by its checks and retries.
    history: Vec<Event>,
    second: i64,
}

impl Floor {
    fn new() -> Self {
        let mut desk = Desk::open();
        desk.retrieved(&["one"]).sent("2026-11-20T15:00:01Z");
        let checks = Backoff { first: SECOND * 2, longest: SECOND * 8 };
        let retries = Backoff { first: SECOND * 10, longest: SECOND * 40 };
        Self { errands: Errands::new(checks, retries), desk, history: Vec::new(), second: 0 }
    }

    /// Goes through the lists as they are: those that were sent, and those with something wrong.
    fn look(&mut self, read: Read) {
        let row = Summary::of(&self.desk.order);
        let lists = [read != Read::Nothing, read == Read::All && row.trouble.is_some()];
        for _ in lists.iter().filter(|has| **has) {
            let tries =
                if self.errands.is_new(&row, self.desk.now) { in_vain(self.history.iter()) } else { 0 };
            self.errands.see(&row, tries, self.desk.now, || 250);
        }
        if read == Read::All {
            self.errands.seen_all();
        }
    }

    /// Works for so many seconds; what was done, and when.
    fn works(
        &mut self,
        seconds: i64,
        read: impl Fn(i64) -> Read,
        says: impl Fn(usize) -> Says,
    ) -> Vec<(i64, Errand)> {
        let mut done = Vec::new();
        for _ in 0..seconds {
            self.second += 1;
            self.desk.now += SECOND;
            self.look(read(self.second));
            if read(self.second) != Read::All {
                continue;
            }
            for (id, errand) in self.errands.due(self.desk.now) {
                let (outcome, asked) = match says(done.len()) {
                    NotYet => (Outcome::NotAccepted, None),
                    Fails(asked) => (unknown(), Some(Duration::from_secs(asked))),
                };
                let events = decide(&self.desk.order, Command::Checked { outcome }, self.desk.now).unwrap();
                self.history.extend(events.clone());
                self.desk.happens(events);
                self.errands.done(&id, asked, self.desk.now, 250);
                done.push((self.second, errand));
            }
        }
        done
    }
}

/// The check, and the retries after it.
fn then(retries: &[i64]) -> Vec<(i64, Errand)> {
    std::iter::once((2, Errand::Check)).chain(retries.iter().map(|at| (*at, RETRY))).collect()
}

/// What is tried, what can be read each second, what Px asks for in seconds, and when the checks leave.
type Row<'a> = (&'a str, &'a dyn Fn(i64) -> Read, u64, &'a [i64]);

#[test]
fn what_fails_is_tried_at_growing_pauses_and_is_then_left_to_a_person() {
    let twelve = [12, 32, 72, 112, 152, 192, 232, 272, 312, 352, 392, 432];
    assert_eq!(u32::try_from(twelve.len()), Ok(MOST_TRIES));
    let breaks_off = |second: i64| match second {
        13..20 | 200..203 | 500..600 => Read::First,
        20..25 | 300..304 => Read::Nothing,
        _ => Read::All,
    };
    let all = |_| Read::All;
    let table: [Row<'_>; 3] = [
        ("in both lists", &all, 0, &twelve),
        ("a journal that cannot be read now and then makes nobody forget", &breaks_off, 0, &twelve),
        (
            "Retry-After, which counts for the next errand, too",
            &all,
            60,
            &[62, 122, 182, 242, 302, 362, 422, 482, 542, 602, 662, 722],
        ),
    ];
    for (what, read, asked, retries) in table {
        let mut floor = Floor::new();
        assert_eq!(floor.works(2_000, read, |_| Fails(asked)), then(retries), "{what}");
        assert_eq!((floor.errands.count(), floor.errands.given_up()), (1, 1), "{what}");
    }
}

/// A worker that is started for one round at a time, or takes over, goes on where the one before it was.
#[test]
fn a_worker_that_begins_anew_counts_what_was_tried_before() {
    let mut floor = Floor::new();
    let mut done = Vec::new();
    for _ in 0..2_000 {
        done.extend(floor.works(1, |_| Read::All, |_| Fails(0)));
        floor.errands = Floor::new().errands;
    }
    assert_eq!(done, then(&[12, 32, 72, 112, 152, 192, 232, 272, 312, 352, 392, 432]));
    floor.look(Read::All);
    assert_eq!((floor.errands.count(), floor.errands.given_up()), (1, 1));
}

#[test]
fn a_check_that_is_answered_begins_the_count_anew() {
    let mut floor = Floor::new();
    let says = |n| if n == 0 { Fails(0) } else { NotYet };
    let check = |at| (at, Errand::Check);
    let done = floor.works(40, |_| Read::All, says);
    assert_eq!(done, [check(2), (12, RETRY), check(14), check(18), check(26), check(34)]);
    let asks_on = floor.works(1_000, |_| Read::All, |_| NotYet);
    assert_eq!((asks_on.len(), floor.errands.given_up()), (125, 0), "asking is never given up");
}

#[test]
fn what_no_list_names_any_more_is_forgotten() {
    let mut floor = Floor::new();
    floor.works(100, |_| Read::All, |_| Fails(0));
    floor.errands.seen_all();
    assert_eq!((floor.errands.count(), floor.errands.due(Timestamp::MAX)), (0, vec![]));
    let id = floor.desk.order.id.clone();
    floor.errands.done(&id, None, floor.desk.now, 250);
    assert_eq!(floor.errands.count(), 0, "an errand that was done for it brings nothing back");
}

#[test]
fn an_order_that_a_clock_dated_ahead_waits_no_longer_than_any_other() {
    let mut floor = Floor::new();
    floor.desk.now -= SignedDuration::from_hours(1);
    floor.look(Read::All);
    floor.desk.now += SECOND * 3;
    assert_eq!(floor.errands.due(floor.desk.now).len(), 1);
}
