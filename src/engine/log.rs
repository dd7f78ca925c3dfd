//! What the engine says of itself in the logs: ids, calls, statuses, codes, times. Never a text that somebody wrote,
//! for that could be about a customer; the journal keeps those.

use crate::order::{Call, Event, Failure, Order, OrderId, Outcome};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tracing::{Level, Span};

/// The longest code or `TxID` that is written.
const LONGEST: usize = 64;

/// Everything about `order`. At the level of errors, so that no line lacks it whatever the level.
pub fn order(id: &OrderId) -> Span {
    tracing::error_span!("order", %id)
}

/// Everything about one call, the fetching of a token included. Its id is this process and a number; a call that the
/// journal counts has its number there as well.
pub fn call(order: &OrderId, call: Call, attempt: Option<u32>) -> Span {
    static CALLS: AtomicU64 = AtomicU64::new(1);
    let id = format!("{}-{}", std::process::id(), CALLS.fetch_add(1, Ordering::Relaxed));
    let about = self::order(order);
    let span = tracing::error_span!(parent: &about, "call", id, api = call.name(), attempt);
    span.in_scope(|| tracing::info!("call starts"));
    span
}

/// The end of a call; `outcome` with the order's own data masked.
pub fn ended(outcome: &Outcome, status: Option<u16>, elapsed: Duration) {
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let (code, tx_id) = match outcome {
        Outcome::Rcc { tx_id, .. }
        | Outcome::Sent { tx_id, .. }
        | Outcome::Accepted { tx_id, .. }
        | Outcome::Completed { tx_id, .. } => (None, tx_id.as_deref()),
        Outcome::Refused(error) => (error.internal_code.as_deref(), error.tx_id.as_deref()),
        Outcome::NotAccepted | Outcome::Failed(_) => (None, None),
    };
    let (code, tx_id) = (code.map(Opaque), tx_id.map(Opaque));
    let (code, tx_id) = (code.map(tracing::field::display), tx_id.map(tracing::field::display));
    tracing::info!(outcome = name(outcome), status, code, tx_id, millis, "call ends");
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Rcc { .. } => "rcc",
        Outcome::Sent { .. } => "sent",
        Outcome::NotAccepted => "not_accepted",
        Outcome::Accepted { .. } => "accepted",
        Outcome::Completed { .. } => "completed",
        Outcome::Refused(_) => "refused",
        Outcome::Failed(Failure::NotSent(_)) => "not_sent",
        Outcome::Failed(Failure::Credentials(_)) => "credentials",
        Outcome::Failed(Failure::Unknown(_)) => "unknown",
    }
}

/// An order was taken in.
pub fn opened(order: &Order) {
    tracing::info!(kind = "opened", environment = %order.environment, "recorded");
}

/// What a line says of an event.
pub struct Entry {
    kind: &'static str,
    weight: Level,
}

/// What will be said of `events` once they are recorded.
pub fn entries(events: &[Event]) -> Vec<Entry> {
    events.iter().map(|event| Entry { kind: event.kind(), weight: weight(event) }).collect()
}

/// The journal has taken them down.
pub fn recorded(entries: &[Entry]) {
    for Entry { kind, weight } in entries {
        match *weight {
            Level::WARN => tracing::warn!(kind, "recorded"),
            Level::INFO => tracing::info!(kind, "recorded"),
            _ => tracing::debug!(kind, "recorded"),
        }
    }
}

/// Warnings are what a person must look into; the steps of reading aloud are for whoever looks closely.
fn weight(event: &Event) -> Level {
    match event {
        Event::CallFailed { call: Call::CompleteOrder, failure: Failure::Unknown(_), .. }
        | Event::CallCutOff { .. }
        | Event::CompletionInferred { .. } => Level::WARN,
        Event::Opened { .. }
        | Event::Amended { .. }
        | Event::RccRetrieved { .. }
        | Event::RccSent { .. }
        | Event::AcceptancePending { .. }
        | Event::AcceptanceReceived { .. }
        | Event::ReadingVouched { .. }
        | Event::AcceptedVerbally { .. }
        | Event::Declined { .. }
        | Event::Completed { .. }
        | Event::Resolved { .. }
        | Event::CallRefused { .. }
        | Event::CallFailed { .. }
        | Event::Released { .. }
        | Event::Abandoned { .. }
        | Event::Erased { .. } => Level::INFO,
        Event::CallStarted { .. }
        | Event::ReadingStarted { .. }
        | Event::PassageRead { .. }
        | Event::ReadingInterrupted { .. } => Level::DEBUG,
    }
}

/// A code or an id that a server gave: shown as long as it can be nothing else.
struct Opaque<'a>(&'a str);

impl fmt::Display for Opaque<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.:/".contains(c);
        let opaque = self.0.len() <= LONGEST && self.0.chars().all(fits);
        f.write_str(if opaque { self.0 } else { "[not shown]" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_id_is_shown_when_it_can_be_nothing_else() {
        assert_eq!(Opaque("7f3a-1:2/x_y.z").to_string(), "7f3a-1:2/x_y.z");
        for text in ["Ann Okafor", "ann@example.com", "1\u{1b}[2J", &"x".repeat(65)] {
            assert_eq!(Opaque(text).to_string(), "[not shown]", "{text}");
        }
    }
}
