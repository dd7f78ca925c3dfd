//! A world in memory for reports: a journal, and the other side, which answers what the test says.

use super::report::{Call, Came, Event, Report};
use pxdesk::engine::{Answer, Error, Ground, Sends, World};
use pxdesk::journal;
use pxdesk::kind::{Digest, Driven as _, Kind as _, Recorded, Timestamp, Uptime};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

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

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }

    fn desk<R>(&self) -> Result<&str, Error<R>> {
        Ok(self.name)
    }

    fn is_alive(&self, desk: &str) -> bool {
        self.shared.lock().unwrap().alive.iter().any(|alive| alive == desk)
    }

    fn random<R>(&self) -> Result<u64, Error<R>> {
        Ok(7)
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
        Ok(self.write(&report.id, report.seq, events, at, by))
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
            shared.answers.pop_front()
        };
        let Some(outcome) = came else { return std::future::pending().await };
        let token_refused = outcome == Came::TurnedAway;
        Answer { outcome, status: None, token_refused, retry_after: None, elapsed: Duration::ZERO }
    }
}
