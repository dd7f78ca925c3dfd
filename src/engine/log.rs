//! What the engine says of itself in the logs: ids, calls, statuses, codes, times. Never a text that somebody wrote,
//! for that could be about a customer; the journal keeps those.

use super::world::Sends;
use crate::kind::{Driven, Told, Weight};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tracing::Span;

/// The longest code or `TxID` that is written.
const LONGEST: usize = 64;

/// Everything about one call, the fetching of a token included. Its id is this process and a number; a call that the
/// journal counts has its number there as well. At the level of errors, so that no line lacks it whatever the level.
pub fn call<K: Sends>(id: &K::Id, call: K::Call, attempt: Option<u32>) -> Span {
    static CALLS: AtomicU64 = AtomicU64::new(1);
    let about = K::span(id);
    let id = format!("{}-{}", std::process::id(), CALLS.fetch_add(1, Ordering::Relaxed));
    let span = tracing::error_span!(parent: &about, "call", id, api = K::call_name(call), attempt);
    span.in_scope(|| tracing::info!("call starts"));
    span
}

/// The end of a call; `outcome` with the thing's own data masked.
pub fn ended<K: Driven>(outcome: &K::Outcome, status: Option<u16>, elapsed: Duration) {
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let Told { name, code, tx_id } = K::told(outcome);
    let (code, tx_id) = (code.map(Opaque), tx_id.map(Opaque));
    let (code, tx_id) = (code.map(tracing::field::display), tx_id.map(tracing::field::display));
    tracing::info!(outcome = name, status, code, tx_id, millis, "call ends");
}

/// What a line says of an event.
pub struct Entry {
    kind: &'static str,
    weight: Weight,
}

/// What will be said of `events` once they are recorded.
pub fn entries<K: Driven>(events: &[K::Event]) -> Vec<Entry> {
    events.iter().map(|event| Entry { kind: K::event_name(event), weight: K::weight(event) }).collect()
}

/// A thing was opened in `environment`.
pub fn opened(entries: &[Entry], environment: &str) {
    for Entry { kind, .. } in entries {
        tracing::info!(kind, environment, "recorded");
    }
}

/// The journal has taken them down.
pub fn recorded(entries: &[Entry]) {
    for Entry { kind, weight } in entries {
        match *weight {
            Weight::Warning => tracing::warn!(kind, "recorded"),
            Weight::Normal => tracing::info!(kind, "recorded"),
            Weight::Detail => tracing::debug!(kind, "recorded"),
        }
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
