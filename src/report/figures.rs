//! The figures of a period.

use crate::order::{CallError, Event, Method, Order, OrderId, Recorded, State, Timestamp, remedy};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// From when to when, and by which clock on the wall.
#[derive(Clone, Debug)]
pub struct Period {
    pub since: Timestamp,
    /// What happened at this instant is not in it.
    pub until: Timestamp,
    pub zone: TimeZone,
}

impl Period {
    /// Whether it holds `at`.
    pub fn has(&self, at: Timestamp) -> bool {
        self.since <= at && at < self.until
    }
}

/// The bounds of the histogram: orders that took at most so many minutes from opened to completed. One more column has
/// those that took longer.
pub const MINUTES: [u32; 8] = [2, 5, 10, 15, 30, 60, 90, 120];

/// What one person did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agent {
    pub opened: u64,
    pub completed: u64,
    pub abandoned: u64,
    pub errors: u64,
}

/// What happened in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Orders that something happened to, besides a note and an erasure.
    pub orders: u64,
    /// Where they stood at the end of the period; in the order of [`State::ALL`].
    pub states: [u64; State::ALL.len()],
    /// Completions by the hour of the day.
    pub hours: [u64; 24],
    /// Calls that ended in an error, by `call/code`, or by what kept them from an answer.
    pub errors: BTreeMap<String, u64>,
    /// Orders completed in the period by how long that took, by [`MINUTES`]; the last column took longer.
    pub minutes: [u64; MINUTES.len() + 1],
    /// Acceptances: read aloud, by SMS, by e-mail.
    pub acceptances: [(Method, u64); 3],
    /// By the name that stands at each event.
    pub agents: BTreeMap<String, Agent>,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            orders: 0,
            states: [0; State::ALL.len()],
            hours: [0; 24],
            errors: BTreeMap::new(),
            minutes: [0; MINUTES.len() + 1],
            acceptances: [Method::Verbal, Method::Sms, Method::Email].map(|method| (method, 0)),
            agents: BTreeMap::new(),
        }
    }
}

/// What a refusal is called wherever errors are listed: by the row that documents it, however its code came; else by its
/// code.
fn name_of(error: &CallError) -> String {
    let call = error.api.name();
    match (&error.row, &error.internal_code) {
        (Some(row), _) => row.clone(),
        (None, Some(code)) => format!("{call}/{code}"),
        (None, None) => remedy::undocumented(error.api).id.clone(),
    }
}

impl Figures {
    /// Adds an order, with all that ever happened to it. One to which nothing happened in the period counts for nothing: a note
    /// and an erasure do not move it.
    pub fn add(&mut self, id: &OrderId, history: &[Recorded], period: &Period) {
        let inside: Vec<&Recorded> = history.iter().filter(|event| period.has(event.at)).collect();
        let moved = |event: &&&Recorded| !matches!(event.event, Event::Noted { .. } | Event::Erased { .. });
        if !inside.iter().any(|event| moved(&event)) {
            return;
        }
        self.orders += 1;
        // All that came before the last of it has happened, too: one that a clock dated ahead, which was then set back.
        let until_then = history.iter().rposition(|event| event.at < period.until).map_or(0, |last| last + 1);
        if let Ok(order) = Order::fold(id, &history[..until_then]) {
            let state = order.state(period.until);
            for (count, known) in self.states.iter_mut().zip(State::ALL) {
                *count += u64::from(known == state);
            }
        }
        let opened = history.first().map(|first| first.at);
        for event in inside {
            self.event(event, opened, period);
        }
    }

    fn event(&mut self, recorded: &Recorded, opened: Option<Timestamp>, period: &Period) {
        match &recorded.event {
            Event::Opened { .. } => self.agent(recorded).opened += 1,
            Event::Abandoned { .. } => self.agent(recorded).abandoned += 1,
            Event::Completed { .. }
            | Event::CompletionInferred { .. }
            | Event::Resolved { placed: true, .. } => self.completed(recorded, opened, period),
            Event::CallRefused { error, .. } => {
                self.error(recorded, name_of(error));
            }
            Event::CallFailed { call, failure, .. } => {
                use crate::order::Failure::{Credentials, NotSent, Unknown};
                let what = match failure {
                    NotSent(_) => "not_sent",
                    Credentials(_) => "credentials",
                    Unknown(_) => "no_answer",
                };
                self.error(recorded, format!("{}/{what}", call.name()));
            }
            Event::CallCutOff { .. } => self.error(recorded, "cut_off".to_owned()),
            Event::AcceptanceReceived { method, .. } => self.accepted(*method),
            Event::AcceptedVerbally { .. } => self.accepted(Method::Verbal),
            Event::Amended { .. }
            | Event::CallStarted { .. }
            | Event::RccRetrieved { .. }
            | Event::RccSent { .. }
            | Event::AcceptancePending { .. }
            | Event::ReadingStarted { .. }
            | Event::SectionRead { .. }
            | Event::ReadingVouched { .. }
            | Event::ReadingInterrupted { .. }
            | Event::Declined { .. }
            | Event::VerdictProposed { .. }
            | Event::Resolved { placed: false, .. }
            | Event::Released { .. }
            | Event::TakenOver { .. }
            | Event::Assigned { .. }
            | Event::Noted { .. }
            | Event::Erased { .. } => {}
        }
    }

    fn agent(&mut self, recorded: &Recorded) -> &mut Agent {
        self.agents.entry(recorded.by.clone()).or_default()
    }

    fn completed(&mut self, recorded: &Recorded, opened: Option<Timestamp>, period: &Period) {
        self.agent(recorded).completed += 1;
        let hour = recorded.at.to_zoned(period.zone.clone()).hour();
        if let Some(count) = self.hours.get_mut(usize::try_from(hour).unwrap_or_default()) {
            *count += 1;
        }
        let took = opened.map_or(0, |opened| recorded.at.duration_since(opened).as_secs().max(0));
        let column = MINUTES.iter().position(|most| took <= i64::from(*most) * 60).unwrap_or(MINUTES.len());
        self.minutes[column] += 1;
    }

    fn error(&mut self, recorded: &Recorded, code: String) {
        self.agent(recorded).errors += 1;
        *self.errors.entry(code).or_default() += 1;
    }

    fn accepted(&mut self, method: Method) {
        for (known, count) in &mut self.acceptances {
            *count += u64::from(*known == method);
        }
    }

    /// All completions.
    pub fn completions(&self) -> u64 {
        self.hours.iter().sum()
    }
}
