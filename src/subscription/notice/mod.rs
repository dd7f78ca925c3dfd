//! A notice to the marketplace that belongs to no subscription of the present interface: a sale to be tracked, or an
//! update of version 1. One thing for each; each is sent once, and once more only when a person asks for it.

mod kind;

use super::{
    Amount, Arrived, Attempt, Attempts, Call, CallEvent, Clash, CustomerId, Month, Outcome, Refusal, Signed,
    Sku, Total, attempt::since,
};
use crate::kind::{Digest, Reached, Recorded, ShortId, Timestamp, Uptime};
use crate::order::Environment;
use jiff::SignedDuration;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use kind::NoticeRow;

/// What is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum Told {
    /// A sale that began on the marketplace was made on the partner's own site.
    Sale { service: String, customer_id: CustomerId, purchased_at: Timestamp },
    /// Version 1: what became of a subscription.
    Update {
        coid: CustomerId,
        sku: Sku,
        /// When it expired, if it did.
        expired: Option<Date>,
        /// The aggregate, never an increment of the present interface.
        count: Option<Amount>,
    },
}

impl Told {
    /// The call that tells it.
    pub fn call(&self) -> Call {
        match self {
            Self::Sale { .. } => Call::Track,
            Self::Update { count: None, .. } => Call::UpdateSubscription,
            Self::Update { count: Some(_), .. } => Call::UpdateCount,
        }
    }

    /// True when both count for the same SKU of the same customer.
    pub fn counts_the_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Update { coid, sku, count: Some(_), .. },
                Self::Update { coid: other, sku: another, count: Some(_), .. },
            ) => (coid, sku) == (other, another),
            _ => false,
        }
    }

    /// The id of the notice that tells this. The same, told again, is the same notice: two desks cannot send it both, and
    /// one that may have arrived is not sent by whoever did not see that. A count belongs to the bill month in which it
    /// is told: the same may be due in the next one. Whether the subscription has expired makes it no other count.
    pub fn id(&self, environment: Environment, bill: Month) -> ShortId {
        let month = (self.call() == Call::UpdateCount).then(|| bill.to_string());
        let mut what = self.clone();
        if let Self::Update { expired, count: Some(_), .. } = &mut what {
            *expired = None;
        }
        let told = serde_json::json!([environment.name(), what, month]).to_string();
        let Digest(hash) = Digest::of(told.as_bytes());
        ShortId::from_bits(hash.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte)))
    }
}

/// What happens to a notice, in the past tense.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NoticeEvent {
    /// Always the first event.
    NoticeWritten {
        environment: Environment,
        #[serde(flatten)]
        told: Told,
    },
    /// A person said what became of the attempt in doubt.
    NoticeResolved { attempt: u32, reported: bool, reference: String, name: String },
    /// What happened to the call.
    #[serde(untagged)]
    Call(CallEvent),
}

/// What a person, or the engine, wants done.
#[derive(Clone, Debug)]
pub enum NoticeCommand {
    Begin { signed: Signed, reason: Option<String> },
    End { attempt: u32, outcome: Outcome, uptime: Option<Uptime> },
    CutOff { attempt: u32, held_back: bool, uptime: Option<Uptime> },
    Resolve { statement: super::report::Statement, quiet: SignedDuration, uptime: Option<Uptime> },
}

/// A notice as its events make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub id: ShortId,
    pub environment: Environment,
    pub told: Told,
    pub attempts: Attempts,
    /// The attempts that a person has settled, and whether each arrived.
    said: BTreeMap<u32, bool>,
    /// The contradiction that a person has looked at last.
    looked_at: Option<Clash>,
    pub seq: u64,
    pub written_at: Timestamp,
}

impl Notice {
    /// The attempt that may have arrived, while nobody knows: only where a second one would do harm. Or the last one, where
    /// what is known contradicts itself.
    pub fn doubt(&self) -> Option<&Attempt> {
        let last = self.attempts.last()?;
        let unknown = last.call.repeat().in_doubt(last.ended.as_ref()?.reached());
        let settled = self.said.contains_key(&last.number);
        (unknown && !settled || self.clash().is_some()).then_some(last)
    }

    /// True once the marketplace took it, or a person said so.
    pub fn is_done(&self) -> bool {
        let is = |arrived: Arrived| self.attempts.0.iter().any(|attempt| self.arrived(attempt) == arrived);
        is(Arrived::Yes) || is(Arrived::Denied) && self.clash().is_none()
    }

    /// How an answer contradicts what a person had said of a count, until a person has looked at just that.
    pub fn clash(&self) -> Option<Clash> {
        self.found_clash().filter(|clash| self.looked_at.as_ref() != Some(clash))
    }

    fn found_clash(&self) -> Option<Clash> {
        let Told::Update { count: Some(count), .. } = &self.told else { return None };
        let attempts = || self.attempts.0.iter();
        if let Some(attempt) = attempts().find(|attempt| self.arrived(attempt) == Arrived::Denied) {
            return Some(Clash::Denied { attempt: attempt.number });
        }
        let sum = |is: Arrived| {
            let those = attempts().filter(|attempt| self.arrived(attempt) == is);
            those.fold(Total::ZERO, |sum, _| sum.plus(*count))
        };
        let denied = |attempt: &Attempt| {
            self.arrived(attempt) == Arrived::Yes && self.said.get(&attempt.number) == Some(&false)
        };
        // A person may have it sent again, and then it is there twice.
        let (taken, maybe, used) = (sum(Arrived::Yes), sum(Arrived::Maybe), Total::from(*count));
        let once = taken == used && maybe == Total::ZERO;
        (attempts().any(denied) && !once).then_some(Clash::NotOnce { taken, maybe, used })
    }

    fn arrived(&self, attempt: &Attempt) -> Arrived {
        attempt.arrived(self.said.get(&attempt.number).copied())
    }

    /// In one word.
    pub fn state(&self) -> &'static str {
        let reached = self.attempts.last().map(|last| last.ended.as_ref().map(super::Ended::reached));
        match reached {
            _ if self.clash().is_some() => "in_doubt",
            _ if self.is_done() => "done",
            _ if self.doubt().is_some() => "in_doubt",
            Some(None) => "sending",
            Some(Some(Reached::Answered)) => "refused",
            Some(Some(Reached::Unknown)) => "unknown",
            Some(Some(Reached::No)) | None => "open",
        }
    }

    fn opened(id: &ShortId, first: &Recorded<NoticeEvent>) -> Option<Self> {
        let NoticeEvent::NoticeWritten { environment, told } = &first.event else { return None };
        Some(Self {
            id: id.clone(),
            environment: *environment,
            told: told.clone(),
            attempts: Attempts::default(),
            said: BTreeMap::new(),
            looked_at: None,
            seq: first.seq,
            written_at: first.at,
        })
    }

    fn take(&mut self, recorded: &Recorded<NoticeEvent>) -> bool {
        let follows = match &recorded.event {
            NoticeEvent::NoticeWritten { .. } => false,
            NoticeEvent::NoticeResolved { attempt, reported, .. } => {
                self.said.insert(*attempt, *reported);
                self.looked_at = self.found_clash();
                true
            }
            NoticeEvent::Call(event) => self.attempts.follow(event, recorded.at, &recorded.by),
        };
        if follows {
            self.seq = recorded.seq;
        }
        follows
    }

    fn decided(&self, command: NoticeCommand, now: Timestamp) -> Result<Vec<NoticeEvent>, Refusal> {
        match command {
            NoticeCommand::Begin { signed, reason } => {
                let reason = reason.filter(|reason| !reason.trim().is_empty());
                self.may_begin(reason.is_some())?;
                Ok(vec![NoticeEvent::Call(self.attempts.start(self.told.call(), Vec::new(), signed, reason))])
            }
            NoticeCommand::End { attempt, outcome, uptime } if self.attempts.awaits(attempt) => {
                Ok(vec![NoticeEvent::Call(CallEvent::ending(attempt, outcome, uptime))])
            }
            NoticeCommand::End { .. } => Err(Refusal::NotInDoubt),
            NoticeCommand::CutOff { attempt, held_back, uptime } => {
                Ok(vec![NoticeEvent::Call(CallEvent::CallCutOff { attempt, held_back, uptime })])
            }
            NoticeCommand::Resolve { statement, quiet, uptime } => {
                let doubt = self.doubt().ok_or(Refusal::NotInDoubt)?;
                let ended = doubt.ended.as_ref();
                let waited = ended.map_or(SignedDuration::ZERO, |ended| since(ended, now, uptime.as_ref()));
                if waited < quiet {
                    return Err(Refusal::TooEarly { left: quiet - waited });
                }
                let known = ended.is_some_and(|ended| ended.reached() != Reached::Unknown);
                let taken = self.attempts.0.iter().any(|attempt| self.arrived(attempt) == Arrived::Yes);
                if !statement.reported && known && taken {
                    return Err(Refusal::Carried);
                }
                let super::report::Statement { reported, reference, name, .. } = statement;
                let (reference, name) = (reference.trim().to_owned(), name.trim().to_owned());
                match (reference.is_empty(), name.is_empty()) {
                    (true, _) => Err(Refusal::NoReference),
                    (false, true) => Err(Refusal::NobodySaysSo),
                    (false, false) => {
                        let attempt = doubt.number;
                        Ok(vec![NoticeEvent::NoticeResolved { attempt, reported, reference, name }])
                    }
                }
            }
        }
    }

    fn may_begin(&self, again: bool) -> Result<(), Refusal> {
        if let Some(pending) = self.attempts.pending() {
            return Err(self.attempts.busy(pending.attempt));
        }
        if self.doubt().is_some() {
            return Err(Refusal::CountInDoubt(self.id.clone()));
        }
        let is_unknown = |attempt: &&Attempt| {
            attempt.ended.as_ref().is_some_and(|ended| ended.reached() == Reached::Unknown)
        };
        let unknown = self.attempts.0.iter().rfind(is_unknown).map(|attempt| attempt.at);
        let call = self.told.call();
        let harms = call.repeat().harms();
        match (self.is_done(), unknown) {
            (true, _) if harms && !again => Err(Refusal::Reported),
            (true, _) if !again && !harms => Err(Refusal::SentBefore(call)),
            (false, Some(at)) if !again && !harms => Err(Refusal::NotAnswered { call, at }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_the_same_with_or_without_a_date_of_expiry() {
        let told = |expired: Option<&str>, count: Option<&str>| Told::Update {
            coid: CustomerId::new("C-1").unwrap(),
            sku: Sku::new("S").unwrap(),
            expired: expired.map(|date| date.parse().unwrap()),
            count: count.map(|count| Amount::parse(count).unwrap()),
        };
        let of = |told: Told, month: &str| told.id(Environment::Sandbox, Month::parse(month).unwrap());
        let count = of(told(None, Some("5")), "2026-11");
        assert_eq!(of(told(Some("2026-11-20"), Some("5.0")), "2026-11"), count);
        assert_eq!(of(told(Some("2026-11-21"), Some("5")), "2026-11"), count);
        assert_ne!(of(told(None, Some("6")), "2026-11"), count);
        assert_ne!(of(told(None, Some("5")), "2026-12"), count);
        // Without a count nothing is added up.
        let expired = |date| of(told(Some(date), None), "2026-11");
        assert_ne!(expired("2026-11-20"), expired("2026-11-21"));
    }
}
