//! A SKU of a subscription: when its billing starts, and whether its usage is reported.

use super::{Calendar, Call, Month, Sku, State};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// When billing starts, as agreed with the marketplace (D).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Billing {
    /// At the purchase.
    Immediately,
    /// By itself, this long after the purchase.
    Delay(SignedDuration),
    /// By itself, on the 1st of the month after the purchase.
    NextMonth,
    /// Never, until it is reported.
    Manual,
}

impl Billing {
    /// When billing of what was bought at `bought` starts by itself; none when it does not.
    pub fn starts(self, bought: Timestamp, calendar: &Calendar) -> Option<Timestamp> {
        match self {
            Self::Immediately => Some(bought),
            Self::Delay(delay) => Some(bought.saturating_add(delay).unwrap_or(Timestamp::MAX)),
            Self::NextMonth => Some(calendar.next_month(bought)),
            Self::Manual => None,
        }
    }
}

impl TryFrom<String> for Billing {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "immediate" | "immediately" => Ok(Self::Immediately),
            "next_month" => Ok(Self::NextMonth),
            "manual" => Ok(Self::Manual),
            other => {
                let days = other.strip_prefix("delay ").and_then(|days| days.trim().strip_suffix('d'));
                let days =
                    days.and_then(|days| days.parse::<u16>().ok()).filter(|days| (1..=366).contains(days));
                days.map(|days| Self::Delay(SignedDuration::from_hours(24 * i64::from(days)))).ok_or_else(
                    || {
                        format!(
                            "`{}` is not one of \"immediately\", \"delay 3d\", \"next_month\", \"manual\"",
                            crate::text::quote(other)
                        )
                    },
                )
            }
        }
    }
}

impl From<Billing> for String {
    fn from(billing: Billing) -> Self {
        billing.to_string()
    }
}

impl fmt::Display for Billing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Immediately => f.write_str("immediately"),
            Self::Delay(delay) => write!(f, "delay {}d", delay.as_hours() / 24),
            Self::NextMonth => f.write_str("next_month"),
            Self::Manual => f.write_str("manual"),
        }
    }
}

/// What the configuration says of a SKU, kept with the deploy that named it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub sku: Sku,
    pub billing: Billing,
    /// Whether it is billed by usage.
    pub usage: bool,
    pub unit: Option<String>,
    /// False when the configuration does not name it: then it waits for a person, and takes usage.
    pub known: bool,
    /// When billing starts by itself.
    pub starts: Option<Timestamp>,
}

/// A SKU of a subscription as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkuLine {
    pub plan: Plan,
    /// When the marketplace took the call that starts billing.
    pub started: Option<Timestamp>,
    /// When it took the call that ends it.
    pub ended: Option<Timestamp>,
    /// A person asked for its end although usage of it was not reported, and said why.
    pub excused: bool,
    /// The call that starts or ends its billing, where one was sent and nobody knows whether it was carried out.
    pub unknown: Option<Call>,
}

/// What a SKU is at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SkuState {
    /// Billing never starts by itself.
    Waiting,
    /// It starts by itself, then.
    Scheduled(Timestamp),
    Billing,
    Ended,
}

impl SkuState {
    /// The name in the interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Scheduled(_) => "scheduled",
            Self::Billing => "billing",
            Self::Ended => "ended",
        }
    }
}

impl SkuLine {
    /// What it is at `now`.
    pub fn state(&self, now: Timestamp) -> SkuState {
        match (self.ended, self.started, self.plan.starts) {
            (Some(_), _, _) => SkuState::Ended,
            (None, Some(_), _) => SkuState::Billing,
            (None, None, Some(starts)) if starts <= now => SkuState::Billing,
            (None, None, Some(starts)) => SkuState::Scheduled(starts),
            (None, None, None) => SkuState::Waiting,
        }
    }

    /// What it is at `now` in a subscription that is `of`: nothing of a refused deploy is billed, whatever was agreed.
    pub fn state_in(&self, of: State, now: Timestamp) -> SkuState {
        if of == State::Rejected { SkuState::Ended } else { self.state(now) }
    }

    /// Takes what the configuration says of it at `now`. When its billing starts is settled once it has.
    pub fn configure(&mut self, plan: &Plan, now: Timestamp) {
        let Plan { sku: _, billing, usage, unit, known, starts } = plan.clone();
        if !self.was_billed(now) {
            (self.plan.billing, self.plan.starts) = (billing, starts);
        }
        (self.plan.usage, self.plan.unit, self.plan.known) = (usage, unit, known);
    }

    /// True once its billing has begun, also where that has ended since.
    pub fn was_billed(&self, now: Timestamp) -> bool {
        let until = self.ended.unwrap_or(now);
        self.started.is_some() || self.plan.starts.is_some_and(|starts| starts <= until)
    }

    /// The call of which nobody knows whether it was carried out, as far as that matters to what it is at `now`.
    pub fn not_known(&self, now: Timestamp) -> Option<Call> {
        self.unknown.filter(|call| match self.state(now) {
            SkuState::Waiting | SkuState::Scheduled(_) => true,
            SkuState::Billing => *call == Call::EndUsage,
            SkuState::Ended => false,
        })
    }

    /// That in words, in place of what it would be otherwise.
    pub fn doubt(&self, now: Timestamp) -> Option<&'static str> {
        let start = self.not_known(now)? == Call::StartBilling;
        Some(if start { "start not known" } else { "end not known" })
    }

    /// True when it has ended, and a person had its usage left out.
    pub fn is_excused(&self) -> bool {
        self.excused && self.ended.is_some()
    }

    /// The first and the last month whose usage is to be reported, as far as is known at `now`: from the start of its
    /// billing to its end. None when it is not billed by usage, was never billed, or is excused.
    pub fn to_report(&self, calendar: &Calendar, now: Timestamp) -> Option<(Month, Month)> {
        if !self.plan.usage || self.is_excused() {
            return None;
        }
        let began = self.started.into_iter().chain(self.plan.starts).min()?;
        let until = self.ended.unwrap_or(now);
        (began <= until).then(|| (calendar.bill_month(began), calendar.bill_month(until)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_billed_once_was_billed_and_nothing_of_a_refused_deploy_is() {
        let plan = |starts: Option<&str>| Plan {
            sku: Sku::new("S").unwrap(),
            billing: Billing::Manual,
            usage: true,
            unit: None,
            known: true,
            starts: starts.map(at),
        };
        let now = at("2026-11-20T12:00:00Z");
        for (starts, started, ended, billed) in [
            (None, None, None, false),
            (None, None, Some("2026-11-19T00:00:00Z"), false),
            (None, Some("2026-11-18T00:00:00Z"), Some("2026-11-19T00:00:00Z"), true),
            (Some("2026-11-18T00:00:00Z"), None, Some("2026-11-19T00:00:00Z"), true),
            (Some("2026-11-20T00:00:00Z"), None, Some("2026-11-19T00:00:00Z"), false),
            (Some("2026-11-21T00:00:00Z"), None, None, false),
        ] {
            let (started, ended) = (started.map(at), ended.map(at));
            let line = SkuLine { plan: plan(starts), started, ended, excused: false, unknown: None };
            assert_eq!(line.was_billed(now), billed, "{line:?}");
            assert_eq!(line.state_in(State::Rejected, now), SkuState::Ended);
            assert_eq!(line.state_in(State::Billing, now), line.state(now));
        }
    }

    #[test]
    fn usage_is_to_be_reported_from_the_start_of_billing_to_the_end() {
        let plan = Plan {
            sku: Sku::new("S").unwrap(),
            billing: Billing::Manual,
            usage: true,
            unit: None,
            known: true,
            starts: None,
        };
        let line = SkuLine { plan, started: None, ended: None, excused: false, unknown: None };
        let calendar = Calendar::new().unwrap();
        let months = |line: &SkuLine| {
            let months = line.to_report(&calendar, at("2026-11-20T12:00:00Z"));
            months.map(|(first, last)| format!("{first} {last}"))
        };
        let of = |text: &str| Some(text.to_owned());
        assert_eq!(months(&line), None, "never billed");
        let ended = SkuLine { ended: Some(at("2026-10-05T00:00:00Z")), ..line.clone() };
        assert_eq!(months(&ended), None, "never billed, and ended");
        let billed = SkuLine { started: Some(at("2026-09-05T00:00:00Z")), ..line.clone() };
        assert_eq!(months(&billed), of("2026-09 2026-11"));
        let ended = SkuLine { ended: ended.ended, ..billed.clone() };
        assert_eq!(months(&ended), of("2026-09 2026-10"));
        assert_eq!(months(&SkuLine { excused: true, ..ended }), None);
        assert_eq!(months(&SkuLine { excused: true, ..billed.clone() }), of("2026-09 2026-11"), "it goes on");
        let scheduled = |starts: &str| {
            let plan = Plan { starts: Some(at(starts)), ..line.plan.clone() };
            SkuLine { plan, ..line.clone() }
        };
        assert_eq!(months(&scheduled("2026-12-01T12:00:00Z")), None);
        assert_eq!(months(&scheduled("2026-11-02T12:00:00Z")), of("2026-11 2026-11"));
        let flat = SkuLine { plan: Plan { usage: false, ..line.plan.clone() }, ..billed };
        assert_eq!(months(&flat), None);
    }
}
