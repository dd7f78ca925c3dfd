//! Who is in the classroom, pure: seats, what was heard of them, what waits for them.

use super::words::Numbered;
use crate::practice::{Directive, Snapshot};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// As many trainees as one trainer can look after.
const MOST: usize = 64;
/// As many directives as wait for a trainee.
const WAITING: usize = 100;
/// A trainee who has not been heard of for so long is away.
pub const AWAY: Duration = Duration::from_secs(10);

/// A trainee's seat, as the trainer sees it.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Its number, from 1; no other seat ever has it.
    pub number: u32,
    pub name: String,
    pub away: bool,
    /// When it was last heard of.
    pub heard: Instant,
    /// When a key was last pressed there, as far as has been told.
    pub last_key: Option<Instant>,
    /// When the snapshot came.
    pub told: Instant,
    pub snapshot: Snapshot,
    /// How many directives have not arrived there yet.
    pub waiting: usize,
}

#[derive(Debug)]
struct Kept {
    key: String,
    seat: Seat,
    numbered: u64,
    directives: VecDeque<Numbered>,
}

/// All seats.
#[derive(Debug, Default)]
pub struct Seats {
    kept: Vec<Kept>,
    last: u32,
}

impl Seats {
    /// The seat that they have already, as it is; or else a new one for `name`, whose secret name is then `key`. Where somebody
    /// has the name, here or away, a number is added to it: a seat is for whoever has its key. None when all are taken.
    pub fn join(&mut self, name: &str, had: Option<&str>, key: String, now: Instant) -> Option<String> {
        if let Some(kept) = had.and_then(|had| self.of(had)) {
            kept.seat.hear(now);
            return Some(kept.key.clone());
        }
        self.mark_away(now);
        if self.kept.len() >= MOST {
            let gone = self.kept.iter().position(|kept| kept.seat.away)?;
            self.kept.remove(gone);
        }
        self.last += 1;
        let name = self.free_name(name);
        self.kept.push(Kept::new(key.clone(), self.last, name, now));
        Some(key)
    }

    /// The name to join by: the one that they were `given` before, if it was made of theirs and nobody has it here.
    pub fn known_as<'a>(&self, name: &'a str, given: Option<&'a str>) -> &'a str {
        let number = |given: &str| {
            let number = given.strip_prefix(name)?.strip_prefix(" (")?.strip_suffix(')')?;
            number.parse::<u32>().ok().filter(|n| given == numbered(name, *n))
        };
        given.filter(|given| number(given).is_some() && self.is_free(given)).unwrap_or(name)
    }

    /// The name that this seat goes by.
    pub fn name(&mut self, key: &str) -> Option<String> {
        self.of(key).map(|kept| kept.seat.name.clone())
    }

    /// The name, or `Ann (2)` where another seat has it.
    fn free_name(&self, name: &str) -> String {
        let all = std::iter::once(name.to_owned()).chain((2..).map(|n| numbered(name, n)));
        all.into_iter().find(|name| self.is_free(name)).unwrap_or_default()
    }

    fn is_free(&self, name: &str) -> bool {
        self.kept.iter().all(|kept| kept.seat.name != name)
    }

    /// The trainee of this seat tells how their run stands; false for nobody's seat.
    pub fn tell(&mut self, key: &str, mut snapshot: Snapshot, now: Instant) -> bool {
        let Some(kept) = self.of(key) else { return false };
        let seat = &mut kept.seat;
        seat.hear(now);
        // It grows from one telling to the next, of which each is the same otherwise.
        let ago = Duration::from_millis(snapshot.key_ago.take().unwrap_or_default());
        if snapshot.keys != seat.snapshot.keys {
            seat.last_key = Some(now.checked_sub(ago).unwrap_or(now));
        }
        // The same again is a sign of life, and its times are as old as they were.
        if seat.snapshot != snapshot {
            (seat.snapshot, seat.told) = (snapshot, now);
        }
        true
    }

    /// This seat asks what waits for it, and has all directives up to the number `after`: whether some of them are new
    /// there. None for nobody's seat.
    pub fn arrived(&mut self, key: &str, after: u64, now: Instant) -> Option<bool> {
        let kept = self.of(key)?;
        kept.seat.hear(now);
        let before = kept.directives.len();
        kept.directives.retain(|directive| directive.number > after);
        kept.seat.waiting = kept.directives.len();
        Some(kept.seat.waiting < before)
    }

    /// What waits for this seat; none for nobody's seat.
    pub fn wanted(&mut self, key: &str) -> Option<Vec<Numbered>> {
        self.of(key).map(|kept| kept.directives.iter().cloned().collect())
    }

    /// The trainer wants something of a seat; false when there is no such seat, or too much waits for it.
    pub fn direct(&mut self, number: u32, directive: Directive) -> bool {
        let Some(kept) = self.kept.iter_mut().find(|kept| kept.seat.number == number) else { return false };
        if kept.directives.len() >= WAITING {
            return false;
        }
        kept.numbered += 1;
        kept.directives.push_back(Numbered { number: kept.numbered, directive });
        kept.seat.waiting = kept.directives.len();
        true
    }

    /// All of them, in the order in which they joined.
    pub fn all(&self) -> Vec<Seat> {
        self.kept.iter().map(|kept| kept.seat.clone()).collect()
    }

    /// Marks who is away by now; true when somebody has become so.
    pub fn mark_away(&mut self, now: Instant) -> bool {
        let mut some = false;
        for seat in self.kept.iter_mut().map(|kept| &mut kept.seat) {
            let away = now.saturating_duration_since(seat.heard) >= AWAY;
            some |= away && !seat.away;
            seat.away = away;
        }
        some
    }

    /// When the next one is away who is not heard of any more.
    pub fn next_away(&self) -> Option<Instant> {
        self.kept.iter().filter(|kept| !kept.seat.away).map(|kept| kept.seat.heard + AWAY).min()
    }

    fn of(&mut self, key: &str) -> Option<&mut Kept> {
        self.kept.iter_mut().find(|kept| kept.key == key)
    }
}

/// The name of somebody who is not the first one here of that name.
fn numbered(name: &str, n: u32) -> String {
    format!("{name} ({n})")
}

impl Kept {
    fn new(key: String, number: u32, name: String, now: Instant) -> Self {
        let seat = Seat {
            number,
            name,
            away: false,
            heard: now,
            last_key: None,
            told: now,
            snapshot: Snapshot::default(),
            waiting: 0,
        };
        Self { key, seat, numbered: 0, directives: VecDeque::new() }
    }
}

impl Seat {
    fn hear(&mut self, now: Instant) {
        self.heard = now;
        self.away = false;
    }
}
