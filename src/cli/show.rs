//! An order as text for people.

use crate::order::{AttemptOutcome, Order, Recorded, Timestamp, Trouble, WindowState, next_steps, span};
use std::fmt::Write as _;

/// All of one order at `now`, in lines.
pub fn order(order: &Order, history: &[Recorded], now: Timestamp) -> String {
    let mut out = String::new();
    let mut line = |label: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{label:<18}{value}");
    };
    let identity = &order.identity;
    line("order", order.id.as_str());
    line("environment", order.environment.name());
    line("state", order.state(now).title());
    line("transaction id", &format!("{} (locked)", identity.transaction_id));
    line("partner order id", &format!("{} (locked)", identity.partner_order_id));
    line("sales code", identity.sales_code.as_str());
    line("partner id", identity.partner_id.as_str());
    line("address detail id", identity.address_detail_id.as_str());
    line("window", &window(order, now));
    if let Some(rcc) = &order.retrieval {
        line("RCC", &format!("{} words in {} sections, SHA-256 {}", rcc.words, rcc.sections, rcc.sha256));
    }
    if let Some(acceptance) = &order.acceptance {
        line(
            "accepted",
            &format!("{} at {}, {}", acceptance.method.title(), acceptance.accepted_at, acceptance.evidence),
        );
    }
    if let Some(completion) = &order.completion {
        line("order number", &completion.order_number);
        line("status", completion.order_status.as_deref().unwrap_or("none given"));
    }
    if let Some(reason) = &order.abandoned {
        line("abandoned", reason);
    }
    if let Some(trouble) = &order.trouble {
        for (label, value) in trouble_lines(trouble) {
            line(label, &value);
        }
    }
    let next: Vec<_> = next_steps(order, now).into_iter().map(crate::order::Next::name).collect();
    line("may be done next", &if next.is_empty() { "nothing".to_owned() } else { next.join(", ") });
    attempts(order, &mut out);
    out.push_str("events\n");
    for r in history {
        let _ = writeln!(
            out,
            "  {:>3}  {}  {:<20}  {:<12}  {:.12}",
            r.seq,
            r.at,
            r.event.kind(),
            r.by,
            r.hash.to_string()
        );
    }
    out
}

fn window(order: &Order, now: Timestamp) -> String {
    match order.window().at(now) {
        WindowState::Unknown => "prepare time unknown".to_owned(),
        WindowState::Open(left) => format!("{} left of the 120 minutes", span(left)),
        WindowState::Over(since) => format!("over since {}", span(since)),
    }
}

/// What went wrong and what to do about it.
pub fn trouble_lines(trouble: &Trouble) -> Vec<(&'static str, String)> {
    match trouble {
        Trouble::Refused(error) => {
            let remedy = error.remedy();
            vec![
                ("refused by Px", format!("{} {} (HTTP {})", error.api, error.code(), error.http_status)),
                ("  message", error.user_message.clone()),
                ("  TxID", error.tx_id.clone().unwrap_or_else(|| "none".to_owned())),
                ("  field", remedy.field.clone()),
                ("  cause", remedy.cause.clone()),
                ("  who mends it", remedy.who.title().to_owned()),
                ("  next", remedy.next.clone()),
                ("  a retry is", remedy.retry.name().to_owned()),
            ]
        }
        Trouble::Failed { .. } | Trouble::CutOff { .. } => {
            let stall = crate::order::Brief::of(trouble).stall();
            let mut lines = vec![("trouble", stall.cause)];
            if let Trouble::Failed { failure, .. } = trouble {
                lines.push(("  what was seen", failure.why().to_owned()));
            }
            lines.extend([("  next", stall.next), ("  a retry is", stall.retry.name().to_owned())]);
            lines
        }
    }
}

fn attempts(order: &Order, out: &mut String) {
    if order.attempts.is_empty() {
        return;
    }
    out.push_str("attempts\n");
    for a in &order.attempts {
        let outcome = match &a.outcome {
            None => "under way".to_owned(),
            Some(AttemptOutcome::Answered) => "answered".to_owned(),
            Some(AttemptOutcome::Refused(error)) => format!("refused with {}", error.code()),
            Some(AttemptOutcome::Failed(failure)) => failure.why().to_owned(),
            Some(AttemptOutcome::CutOff) => "cut off: the desk stopped".to_owned(),
        };
        let to = a.to.as_ref().map_or(String::new(), |to| format!(" to {}", to.masked()));
        let _ = writeln!(out, "  {:>3}  {}  {}{to}: {outcome}", a.number, a.at, a.call);
    }
}
