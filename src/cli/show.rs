//! An order as text for people.

use super::dates::local;
use super::reading;
use crate::order::Refusal;
use crate::order::doubt::{HELD_BACK, Moment, PROBE, VERDICT, account};
use crate::order::{
    AttemptOutcome, Basis, Completion, Next, Order, Recorded, Timestamp, Trouble, WindowState, one_line, span,
};
use std::fmt::Write as _;

/// All of one order, in lines; `next` is what may be done with it, `in_hand` what Px answered and the journal has not taken yet.
pub fn order(
    order: &Order,
    history: &[Recorded],
    moment: &Moment,
    next: &[Next],
    in_hand: Option<&str>,
) -> String {
    let now = moment.now;
    let mut out = String::new();
    let mut line = |label: &str, value: &str| put(&mut out, label, value);
    identity(order, now, in_hand, &mut line);
    line("window", &window(order, now));
    evidence(order, &mut line);
    outcome(order, &mut line);
    line("may be done next", &may_be_done(next, in_hand));
    for (label, value) in doubt_lines(order, moment) {
        line(label, &value);
    }
    for note in &order.notes {
        let text = note.text.as_ref().map_or("(erased)", crate::order::Personal::expose);
        line("note", &format!("{} {}: {text}", local(note.at), note.by));
    }
    attempts(order, &mut out);
    events(history, &mut out);
    out
}

fn may_be_done(next: &[Next], in_hand: Option<&str>) -> String {
    if in_hand.is_some() {
        return "nothing, until the answer is recorded".to_owned();
    }
    let next: Vec<_> = next.iter().map(|next| next.name()).collect();
    if next.is_empty() { "nothing".to_owned() } else { next.join(", ") }
}

/// Which order it is, whose it is, and what it asks for.
fn identity(order: &Order, now: Timestamp, in_hand: Option<&str>, line: &mut impl FnMut(&str, &str)) {
    let identity = &order.identity;
    line("order", order.id.as_str());
    line("environment", order.environment.name());
    line("state", order.state(now).title());
    if let Some(answer) = in_hand {
        line("NOT YET RECORDED", &format!("{answer}; a retry is dangerous"));
    }
    line("assigned to", &hands(order, now));
    line("transaction id", &format!("{} (locked)", identity.transaction_id));
    line("partner order id", &format!("{} (locked)", identity.partner_order_id));
    line("sales code", identity.sales_code.as_str());
    line("partner id", identity.partner_id.as_str());
    line("address detail id", identity.address_detail_id.as_str());
    if let Some(despite) = &order.despite_doubt {
        line("despite a doubt", &format!("about order {}: {}", despite.order, despite.reason));
    }
}

/// The text, how it was read, and the customer's yes.
fn evidence(order: &Order, line: &mut impl FnMut(&str, &str)) {
    if let Some(rcc) = &order.retrieval {
        let s = if rcc.sections == 1 { "" } else { "s" };
        line("RCC", &format!("{} words in {} section{s}, SHA-256 {}", rcc.words, rcc.sections, rcc.sha256));
        if order.has_text_of_before() {
            let again = "was retrieved before the sales code, the partner or the address was changed; at the desk, g gets it again";
            line("", again);
        }
    }
    for (label, value) in reading::lines(order) {
        line(&label, &value);
    }
    if let Some(acceptance) = &order.acceptance {
        let at = local(acceptance.accepted_at);
        line("accepted", &format!("{} at {at}, {}", acceptance.method.title(), acceptance.evidence));
    }
}

/// What came of it: completed, abandoned, or in trouble.
fn outcome(order: &Order, line: &mut impl FnMut(&str, &str)) {
    if let Some(completion) = &order.completion {
        for (label, value) in completion_lines(completion) {
            line(label, &value);
        }
        if !order.other_numbers.is_empty() {
            line("ALSO PLACED", &order.other_numbers.join(", "));
        }
    }
    if let Some(reason) = &order.abandoned {
        line("abandoned", reason);
    }
    for (label, value) in trouble_lines(order) {
        line(label, &value);
    }
}

fn events(history: &[Recorded], out: &mut String) {
    out.push_str("events\n");
    for r in history {
        let _ = writeln!(
            out,
            "  {:>3}  {}  {:<20}  {:<12}  {:.12}",
            r.seq,
            local(r.at),
            r.event.word(),
            one_line(&r.by),
            r.hash.to_string()
        );
    }
}

/// A line of it. What Px or a person wrote stays on that line, whatever it holds.
fn put(out: &mut String, label: &str, value: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{label:<18}{}", one_line(value));
}

/// Who has it, and who works on it.
fn hands(order: &Order, now: Timestamp) -> String {
    match &order.worker {
        None if order.waits_for_holder => format!("{}, who has not worked on it yet", order.holder),
        None => format!("{}; nobody has worked on it yet", order.holder),
        // Somebody else may have done the last thing without taking it over.
        Some(worker) => {
            let worker = order.last_worker.as_ref().unwrap_or(worker);
            if worker.is_ahead(now) {
                return format!(
                    "{}; {} worked on it at a time still to come by this clock; is the clock right?",
                    order.holder, worker.name
                );
            }
            let ago = span(worker.since(now));
            format!("{}; {} worked on it {ago} ago", order.holder, worker.name)
        }
    }
}

fn completion_lines(completion: &Completion) -> Vec<(&'static str, String)> {
    match &completion.basis {
        Basis::Confirmed => vec![
            ("order number", completion.order_number.clone().unwrap_or_else(|| "not given".to_owned())),
            ("status", completion.order_status.clone().unwrap_or_else(|| "none given".to_owned())),
        ],
        Basis::Inferred { probe } => vec![(
            "completed",
            format!(
                "inferred: call {probe} got 2130, so call {} had arrived; order details not received",
                completion.attempt
            ),
        )],
        Basis::Verdict { reference, name } => vec![
            ("completed", "by a person's verdict; order details not received".to_owned()),
            ("  reference", reference.clone()),
            ("  said by", name.clone()),
        ],
    }
}

/// What was sent and when, what is known, what is not, what may be done now and from when.
pub fn doubt_lines(order: &Order, moment: &Moment) -> Vec<(&'static str, String)> {
    let Some(account) = account(order, moment) else { return Vec::new() };
    let mut lines = vec![("in doubt", "a Complete was sent, and its outcome is not known".to_owned())];
    for attempt in &account.sent {
        let identity = &order.identity;
        lines.push((
            if attempt.outcome == Some(AttemptOutcome::HeldBack) { "  held back" } else { "  sent" },
            format!(
                "{} by {}, call {}, transaction {}, partner order {}",
                local(attempt.at),
                attempt.by,
                attempt.number,
                identity.transaction_id,
                identity.partner_order_id
            ),
        ));
    }
    lines.extend(account.known.iter().map(|known| ("  known", known.clone())));
    lines.extend(account.unknown.iter().map(|unknown| ("  not known", (*unknown).to_owned())));
    if account.left.is_zero() {
        lines.push(("  from now on", format!("{PROBE} (pxdesk order probe {})", order.id)));
    } else {
        lines.push(("  now", "Wait: the request may still be on its way.".to_owned()));
        let from = format!("{PROBE} (pxdesk order probe {})", order.id);
        lines.push(("  from", format!("{}, in {}", local(account.from), span(account.left))));
        lines.push(("  then", from));
    }
    lines.push(("  or", format!("{VERDICT} (pxdesk order resolve {})", order.id)));
    lines
}

fn window(order: &Order, now: Timestamp) -> String {
    match order.window().at(now) {
        WindowState::Over(since) => format!("expired {} ago", span(since)),
        WindowState::Unknown | WindowState::Ahead | WindowState::Open(_)
            if order.state(now) == crate::order::State::Expired =>
        {
            "expired, according to Px".to_owned()
        }
        WindowState::Unknown => "prepare time unknown".to_owned(),
        WindowState::Ahead => {
            "not known: it was prepared later than it is now by this clock; is the clock right?".to_owned()
        }
        WindowState::Open(left) => format!("{} left of the 120 minutes", span(left)),
    }
}

/// What went wrong and what to do about it. While a Complete is in doubt, the refusal of its probe is no reason to place the
/// order in another way.
pub fn trouble_lines(order: &Order) -> Vec<(&'static str, String)> {
    let Some(trouble) = &order.trouble else { return Vec::new() };
    match trouble {
        Trouble::Refused(error) if order.doubt().is_some() => {
            let doubt = Refusal::InDoubt;
            vec![
                ("refused by Px", format!("{} {} (HTTP {})", error.api, error.code(), error.http_status)),
                ("  message", error.user_message.clone()),
                ("  TxID", error.tx_id.clone().unwrap_or_else(|| "none".to_owned())),
                ("  cause", error.remedy().cause.clone()),
                ("  fix by", doubt.who().title().to_owned()),
                ("  next step", doubt.next().to_owned()),
                ("  a retry is", doubt.retry().name().to_owned()),
            ]
        }
        Trouble::Refused(error) => {
            let remedy = error.remedy();
            vec![
                ("refused by Px", format!("{} {} (HTTP {})", error.api, error.code(), error.http_status)),
                ("  message", error.user_message.clone()),
                ("  TxID", error.tx_id.clone().unwrap_or_else(|| "none".to_owned())),
                ("  field", remedy.field.clone()),
                ("  cause", remedy.cause.clone()),
                ("  fix by", remedy.who.title().to_owned()),
                ("  next step", remedy.next.clone()),
                ("  a retry is", remedy.retry.name().to_owned()),
            ]
        }
        Trouble::Failed { .. } | Trouble::CutOff { .. } | Trouble::PlacedAgain => {
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
    out.push_str("calls\n");
    for a in &order.attempts {
        let outcome = match &a.outcome {
            None => "in progress".to_owned(),
            Some(AttemptOutcome::Answered) => "answered".to_owned(),
            Some(AttemptOutcome::Refused(error)) => format!("refused with {}", error.code()),
            Some(AttemptOutcome::Failed(failure)) => failure.why().to_owned(),
            Some(AttemptOutcome::CutOff) => "cut off: its desk could no longer be seen".to_owned(),
            Some(AttemptOutcome::HeldBack) => HELD_BACK.to_owned(),
        };
        let to = a.to.as_ref().map_or(String::new(), |to| format!(" to {}", to.masked()));
        let probe = if a.probe { ", a probe" } else { "" };
        let outcome = one_line(&outcome);
        let _ = writeln!(out, "  {:>3}  {}  {}{to}{probe}: {outcome}", a.number, local(a.at), a.call);
    }
}

#[cfg(test)]
mod tests {
    use super::{Recorded, events, put};
    use crate::order::{Digest, Event, Timestamp};

    #[test]
    fn a_line_break_in_a_name_of_an_old_journal_makes_no_event() {
        let by = "ann\n    2  2026-11-28 17:00:00 +00:00  order completed  ann".to_owned();
        let event = Event::Released { reason: "r".to_owned() };
        let mut out = String::new();
        events(&[Recorded { seq: 1, at: Timestamp::UNIX_EPOCH, by, event, hash: Digest::of(b"") }], &mut out);
        assert_eq!(out.lines().count(), 2, "{out}");
        assert!(out.contains("ann<U+000A>"), "{out}");
    }

    #[test]
    fn a_line_break_in_what_px_sent_makes_no_line() {
        let mut out = String::new();
        put(&mut out, "order number", "N1\nstate             abandoned\r\n");
        assert_eq!(out.lines().count(), 1, "{out}");
        assert!(out.starts_with("order number      N1"), "{out}");
    }
}
