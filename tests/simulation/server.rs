//! The server of a floor, in the worlds where desks on several machines share a journal: it behaves as PostgreSQL does.
//!
//! A statement that records something may lose its connection at any moment, and is carried out or not; the server dies
//! and comes back, or another one takes its place, which has all that was acknowledged; the way to it is cut for a while.

use crate::book::Write;
use crate::plan::Break;
use crate::px::Millis;
use crate::state::{Happening, State};
use pxdesk::journal::Error;
use pxdesk::order::{Digest, Order, OrderId};
use std::collections::BTreeMap;

/// How long a server that could not be reached is left alone at first, and at most.
const FIRST_PAUSE: Millis = 100;
const LONGEST_PAUSE: Millis = 5_000;

/// How long a server may take to notice that a connection is gone, in milliseconds; longer than it is ever away.
const NOTICED: u64 = 120_000;
pub const LONGEST_NOTICE: Millis = NOTICED.cast_signed();

#[derive(Default)]
pub struct Server {
    /// From when on it answers.
    answers_from: Millis,
    works: Vec<Work>,
    /// By the names of the desks.
    lines: BTreeMap<String, Line>,
    sessions: u64,
    /// What desks were told is recorded.
    acknowledged: Vec<(OrderId, u64, Digest)>,
}

/// A statement that records something.
struct Work {
    progress: Progress,
    /// True when it cannot be ended before its time.
    stuck: bool,
    /// What its desk was told last.
    said: Option<Said>,
}

enum Progress {
    Begun(Write),
    Done(Result<Box<Order>, Error>),
    /// It never arrived, was ended, or died with the server.
    Undone,
}

/// What a desk was told of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Recorded,
    NotRecorded,
    Unknown,
}

/// What became of a statement, as another connection finds it.
pub enum Became {
    Recorded(Box<Order>),
    Nothing,
    /// The server is still at it.
    Unknown,
}

/// What came back from a statement.
pub enum Came {
    Answer(Result<Box<Order>, Error>),
    /// The connection was lost, or nothing came in time.
    Lost,
}

/// A desk's way to the server.
#[derive(Default)]
struct Line {
    /// The connection that writes.
    session: Option<u64>,
    cut_until: Millis,
    /// Until when the desk leaves the server alone, and how long it waited last.
    later: Millis,
    pause: Millis,
    /// Until when the server takes a desk for connected that is not.
    shown_until: Millis,
}

impl State {
    fn line(&mut self, desk: &str) -> &mut Line {
        self.server.lines.entry(desk.to_owned()).or_default()
    }

    /// True when the desk reaches the server now.
    pub fn reaches(&mut self, desk: &str) -> bool {
        let (now, up) = (self.now, self.server.answers_from);
        now >= up && now >= self.line(desk).cut_until
    }

    /// The connection that writes, made anew when it was lost; none when the server cannot be reached, or could not be a
    /// moment ago.
    pub fn session(&mut self, desk: &str) -> Option<u64> {
        let (now, reaches) = (self.now, self.reaches(desk));
        let next = self.server.sessions + 1;
        let line = self.line(desk);
        if line.session.is_some() {
            return line.session;
        }
        if now < line.later {
            return None;
        }
        if !reaches {
            line.pause = (line.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
            line.later = now + line.pause;
            return None;
        }
        (line.session, line.pause) = (Some(next), 0);
        self.server.sessions = next;
        Some(next)
    }

    /// The way to the server is cut, for a while or for this moment alone. The server notices now or later.
    pub fn cut(&mut self, desk: &str) {
        let lasts = if self.rng.chance(500) { self.some_millis(0, 90_000) } else { 0 };
        let noticed = if self.rng.chance(500) { self.some_millis(0, NOTICED) } else { 0 };
        let now = self.now;
        let line = self.line(desk);
        (line.session, line.cut_until, line.shown_until) = (None, now + lasts, now + noticed);
        self.tally.cuts += 1;
        self.trace.tell(now, format_args!("{desk} is cut off from the server for {lasts} ms"));
    }

    /// The desk is gone; what the server does for it goes on.
    pub fn line_ends(&mut self, desk: &str) {
        let noticed = if self.rng.chance(200) { self.some_millis(0, NOTICED) } else { 0 };
        let until = self.now + noticed;
        let line = self.line(desk);
        (line.session, line.shown_until) = (None, until);
    }

    /// What the server says of another machine's desk.
    pub fn is_shown(&mut self, desk: &str) -> bool {
        let now = self.now;
        let line = self.line(desk);
        line.session.is_some() || now < line.shown_until
    }

    /// The statement leaves for the server. In some worlds its connection is lost just then: before it arrives, or after.
    pub fn begin_work(&mut self, desk: &str, write: Write) -> usize {
        let work = self.server.works.len();
        let slow = self.rng.chance(self.plan.server.slow);
        let takes = if slow { self.some_millis(100, 30_000) } else { self.some_millis(0, 4) };
        let stuck = slow && self.rng.chance(500);
        let mut progress = Progress::Begun(write);
        if self.rng.chance(self.plan.server.cut) {
            self.cut(desk);
            if self.rng.chance(400) {
                progress = Progress::Undone;
            }
        }
        self.server.works.push(Work { progress, stuck, said: None });
        self.after(takes, Happening::Work(work));
        work
    }

    /// The server carries a statement out, unless it was ended.
    pub fn work(&mut self, work: usize) {
        let progress = &mut self.server.works[work].progress;
        let Progress::Begun(_) = progress else { return };
        let Progress::Begun(write) = std::mem::replace(progress, Progress::Undone) else { return };
        let done = self.commit(write);
        if done.is_ok() && self.server.works[work].said == Some(Said::NotRecorded) {
            self.wrong("recorded, after it was said that it was not".to_owned());
        }
        self.server.works[work].progress = Progress::Done(done.map(Box::new));
    }

    /// What came back of it by now on this connection.
    pub fn answer(&mut self, work: usize, desk: &str, session: u64) -> Option<Came> {
        if self.line(desk).session != Some(session) {
            return Some(Came::Lost);
        }
        let progress = &mut self.server.works[work].progress;
        match progress {
            Progress::Begun(_) => None,
            Progress::Undone => Some(Came::Lost),
            Progress::Done(Ok(order)) => Some(Came::Answer(Ok(order.clone()))),
            Progress::Done(Err(_)) => match std::mem::replace(progress, Progress::Undone) {
                Progress::Done(refused) => Some(Came::Answer(refused)),
                Progress::Begun(_) | Progress::Undone => Some(Came::Lost),
            },
        }
    }

    /// Nobody waits on that connection any more.
    pub fn give_up(&mut self, desk: &str) {
        let until = self.now;
        let line = self.line(desk);
        if line.session.take().is_some() {
            line.shown_until = until;
        }
    }

    /// What became of a statement, asked on another connection. While the server is still at it, it is told to end it.
    pub fn became(&mut self, work: usize) -> Became {
        let Work { progress, stuck, .. } = &self.server.works[work];
        match progress {
            Progress::Begun(_) if *stuck => Became::Unknown,
            Progress::Begun(_) => {
                self.end_work(work);
                Became::Unknown
            }
            Progress::Done(Ok(order)) => Became::Recorded(order.clone()),
            Progress::Done(Err(_)) | Progress::Undone => Became::Nothing,
        }
    }

    /// Something ended it: it was done just before, or is not done at all.
    fn end_work(&mut self, work: usize) {
        if self.rng.chance(500) {
            self.work(work);
        } else if let progress @ Progress::Begun(_) = &mut self.server.works[work].progress {
            *progress = Progress::Undone;
        }
    }

    /// A desk is told what became of its statement.
    pub fn say(&mut self, work: usize, said: Said) {
        let Work { progress, said: before, .. } = &mut self.server.works[work];
        *before = Some(said);
        match (said, progress) {
            (Said::Recorded, Progress::Done(Ok(order))) => {
                let (id, seq) = (order.id.clone(), order.seq);
                if let Some(hash) = self.book.hash_of(&id, seq) {
                    self.server.acknowledged.push((id, seq, hash));
                }
            }
            (Said::NotRecorded, Progress::Done(Ok(_))) => {
                self.wrong("it is said that nothing was recorded, and it was".to_owned());
            }
            (Said::Unknown, _) => self.tally.unknown += 1,
            (Said::Recorded | Said::NotRecorded, _) => {}
        }
    }

    /// The server dies with all that it was at, and comes back; or another one takes its place.
    pub fn server_dies(&mut self) {
        let down = self.some_millis(500, 60_000);
        let takes_over = self.rng.chance(500);
        self.tally.deaths += 1;
        let how = if takes_over { "dies, and another takes its place" } else { "dies" };
        self.trace.tell(self.now, format_args!("the server {how} after {down} ms"));
        for work in 0..self.server.works.len() {
            if matches!(self.server.works[work].progress, Progress::Begun(_)) {
                self.end_work(work);
            }
        }
        let now = self.now;
        self.server.answers_from = now + down;
        for line in self.server.lines.values_mut() {
            (line.session, line.shown_until) = (None, now);
        }
        if takes_over && self.broken == Some(Break::ForgetfulFailover) {
            let _ = self.book.forget_last();
        }
        self.nothing_is_forgotten();
    }

    /// All that desks were told is recorded is there, as it was.
    pub fn nothing_is_forgotten(&mut self) {
        let is_there = |(id, seq, hash): &&(OrderId, u64, Digest)| self.book.hash_of(id, *seq) == Some(*hash);
        let all = self.server.acknowledged.len();
        let there = self.server.acknowledged.iter().filter(is_there).count();
        if there < all {
            self.wrong("the server forgets what it has acknowledged".to_owned());
        }
    }
}
