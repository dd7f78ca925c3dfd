//! A world in memory for reports: a journal, and the other side, which answers what the test says.

use super::report::{Call, Came, Event, Report};
use pxdesk::engine::{Answer, Error, Ground, Sends, World};
use pxdesk::journal;
use pxdesk::kind::{Digest, Driven as _, Kind as _, Recorded, Timestamp, Uptime};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use zeroize::Zeroizing;

/// A request: the call that it makes.
pub struct Request(pub Call);

impl Sends for Report {
    type Request = Request;

    fn call(request: &Request) -> Call {
        request.0
    }
}

/// What all desks share.
#[derive(Default)]
pub struct Shared {
    pub log: BTreeMap<String, Vec<Recorded<Event>>>,
    /// What the other side answers; nothing ever comes when there is none left.
    pub answers: VecDeque<Came>,
    /// What left, with the number of events that were on disk at that moment.
    pub sent: Vec<(Call, usize)>,
    pub alive: Vec<String>,
    /// What is wrong with the disk.
    pub disk: Disk,
    /// What becomes of it once the next request has left.
    pub then: Option<Disk>,
    /// What is kept outside of the journal.
    pub spool: BTreeMap<String, Vec<u8>>,
    /// How often each call that must not be done twice was begun, as this machine knows it apart from the journal.
    pub begun: BTreeMap<String, usize>,
    /// What is wrong with the journal, for whoever only asks.
    pub lost: bool,
}

/// How a disk takes what is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disk {
    #[default]
    Well,
    /// No room for the journal; there is some elsewhere.
    Full,
    /// No room for anything.
    FullEverywhere,
    /// It says that it failed, and did not.
    Lies,
    /// Well, but another desk is faster each time.
    Others,
    /// Nothing comes back from it, until something else becomes of it.
    Silent,
}

/// One desk's view of it.
#[derive(Clone)]
pub struct Desk {
    pub name: &'static str,
    pub shared: Arc<Mutex<Shared>>,
}

impl Desk {
    fn fold(&self, id: &str) -> Option<Report> {
        let shared = self.shared.lock().unwrap();
        let (first, rest) = shared.log.get(id)?.split_first()?;
        let mut report = Report::open(&id.to_owned(), first)?;
        rest.iter().all(|recorded| report.follow(recorded)).then_some(report)
    }

    fn write(&self, id: &str, seq: u64, events: Vec<Event>, at: Timestamp, by: &str) -> Report {
        for (seq, event) in (seq + 1..).zip(events) {
            let recorded = Recorded { seq, at, by: by.to_owned(), event, hash: Digest([0; 32]) };
            self.shared.lock().unwrap().log.entry(id.to_owned()).or_default().push(recorded);
        }
        self.fold(id).unwrap()
    }
}

impl Ground for Desk {
    fn now(&self) -> Timestamp {
        "2026-11-20T15:00:00Z".parse().unwrap()
    }

    fn uptime(&self) -> Option<Uptime> {
        None
    }

    fn steady(&self) -> Uptime {
        Uptime { boot: "1".to_owned(), seconds: 0, millis: 0 }
    }

    /// Nobody has to wait in a test.
    async fn sleep(&self, _: Duration) {
        tokio::task::yield_now().await;
    }

    fn desk<R>(&self) -> Result<&str, Error<R>> {
        Ok(self.name)
    }

    async fn is_alive(&self, desk: &str) -> bool {
        self.shared.lock().unwrap().alive.iter().any(|alive| alive == desk)
    }

    fn random<R>(&self) -> Result<u64, Error<R>> {
        Ok(7)
    }

    fn keep(&self, name: &str, answer: &[u8]) -> Result<(), String> {
        let shared = &mut *self.shared.lock().unwrap();
        if shared.disk == Disk::FullEverywhere {
            return Err("no room".to_owned());
        }
        shared.spool.insert(name.to_owned(), answer.to_owned());
        Ok(())
    }

    fn kept(&self, kind: &str) -> Vec<(String, Zeroizing<Vec<u8>>)> {
        let shared = self.shared.lock().unwrap();
        let ours = shared.spool.iter().filter(|(name, _)| name.starts_with(kind));
        ours.map(|(name, answer)| (name.clone(), Zeroizing::new(answer.clone()))).collect()
    }

    fn forget(&self, name: &str) {
        self.shared.lock().unwrap().spool.remove(name);
    }

    fn trust(&self) -> Result<(), journal::Error> {
        let lost = journal::Error::Lost { file: "reports.db".into(), how: journal::Lost::Gone };
        if self.shared.lock().unwrap().lost { Err(lost) } else { Ok(()) }
    }

    fn times_begun(&self, name: &str) -> Result<usize, String> {
        Ok(self.shared.lock().unwrap().begun.get(name).copied().unwrap_or_default())
    }

    fn note_begun(&self, name: &str) -> Result<(), String> {
        *self.shared.lock().unwrap().begun.entry(name.to_owned()).or_default() += 1;
        Ok(())
    }
}

impl World<Report> for Desk {
    async fn load(&self, id: &String) -> Result<Report, journal::Error> {
        self.fold(id).ok_or_else(|| journal::Error::NotFound { kind: Report::NAME, thing: id.clone() })
    }

    async fn open(
        &self,
        id: &String,
        first: Event,
        at: Timestamp,
        by: &str,
    ) -> Result<Report, journal::Error> {
        if self.shared.lock().unwrap().log.contains_key(id) {
            return Err(journal::Error::Taken { field: "id", kind: Report::NAME, thing: id.clone() });
        }
        Ok(self.write(id, 0, vec![first], at, by))
    }

    async fn append(
        &self,
        report: &Report,
        events: Vec<Event>,
        at: Timestamp,
        by: &str,
    ) -> Result<Report, journal::Error> {
        let known = self.fold(&report.id).map_or(0, |known| known.seq);
        if known != report.seq {
            return Err(journal::Error::Conflict { kind: Report::NAME, thing: report.id.clone() });
        }
        let file = "reports.db".into();
        let mut disk = self.shared.lock().unwrap().disk;
        while disk == Disk::Silent {
            tokio::task::yield_now().await;
            disk = self.shared.lock().unwrap().disk;
        }
        match disk {
            Disk::Silent => unreachable!("it was waited for"),
            Disk::Well => Ok(self.write(&report.id, report.seq, events, at, by)),
            Disk::Others => Err(journal::Error::Conflict { kind: Report::NAME, thing: report.id.clone() }),
            Disk::Full | Disk::FullEverywhere => Err(journal::Error::Full { file }),
            Disk::Lies => {
                self.write(&report.id, report.seq, events, at, by);
                Err(journal::Error::Io { file, why: "fsync".to_owned() })
            }
        }
    }

    async fn under_way(&self, _: &str) -> Result<Vec<(String, String)>, journal::Error> {
        let ids: Vec<String> = self.shared.lock().unwrap().log.keys().cloned().collect();
        let owned = |id: String| Some((id.clone(), self.fold(&id)?.pending()?.owner.to_owned()));
        Ok(ids.into_iter().filter_map(owned).collect())
    }

    async fn in_doubt(&self, _: &str) -> Result<Vec<String>, journal::Error> {
        let ids: Vec<String> = self.shared.lock().unwrap().log.keys().cloned().collect();
        Ok(ids.into_iter().filter(|id| self.fold(id).is_some_and(|r| r.doubted().is_some())).collect())
    }

    async fn send(&self, request: &Request, report: &Report) -> Answer<Came> {
        let came = {
            let shared = &mut *self.shared.lock().unwrap();
            shared.sent.push((request.0, shared.log[&report.id].len()));
            shared.disk = shared.then.take().unwrap_or(shared.disk);
            shared.answers.pop_front()
        };
        let Some(outcome) = came else { return std::future::pending().await };
        let token_refused = outcome == Came::TurnedAway;
        Answer { outcome, status: None, token_refused, retry_after: None, elapsed: Duration::ZERO }
    }
}
