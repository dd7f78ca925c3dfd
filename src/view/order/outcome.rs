//! The end of an order, whichever it is: what is known, what is not, what may be done.

use super::trouble;
use crate::desk::{Model, OrderScreen};
use crate::order::{Attempt, AttemptOutcome, Completion, Order, State, Timestamp};
use crate::view::page::Page;
use crate::view::words;
use serde_json::Value;

/// The pane of the end.
pub fn outcome(page: &mut Page, model: &Model, screen: &OrderScreen) {
    let theme = &page.look.theme;
    let order = &screen.order;
    match order.state(model.now) {
        State::Completed => completed(page, order, model.now),
        State::InDoubt => in_doubt(page, model, order),
        State::Completing => {
            page.text((theme.strong, "… Complete is on its way. Stay here until Px has answered."));
        }
        State::Expired => expired(page, screen, model.now),
        State::Abandoned => {
            let reason = order.abandoned.as_deref().unwrap_or_default();
            page.text((theme.strong, "– Abandoned"));
            page.gap();
            page.pair("why", (theme.base, reason));
            page.pair("when", (theme.base, &words::time(page.look, order.updated_at, model.now)));
            page.pair("what next", (theme.base, "Nothing more will be sent for these ids."));
        }
        State::Opened
        | State::RccRetrieved
        | State::RccBlocked
        | State::Reading
        | State::Sent
        | State::Accepted
        | State::Refused => trouble::add(page, screen, model.now),
    }
}

fn completed(page: &mut Page, order: &Order, now: Timestamp) {
    let look = page.look;
    let theme = &look.theme;
    let Some(completion) = &order.completion else { return };
    page.text((theme.good, "✓ Completed. The order number is"));
    page.gap();
    let number = format!("   {}   ", completion.order_number);
    let blank = " ".repeat(number.chars().count().min(page.width));
    page.row(&[(theme.next, &blank)]);
    page.row(&[(theme.next, &number)]);
    page.row(&[(theme.next, &blank)]);
    page.gap();
    page.pair("when", (theme.base, &words::time(look, completion.at, now)));
    if let Some(status) = &completion.order_status {
        page.pair("status", (theme.base, status));
    }
    if let Some(tx) = &completion.tx_id {
        page.pair("TxID", (theme.base, tx));
    }
    details(page, completion);
    page.gap();
    super::submit::contents(page, order, now);
}

/// Whatever Px sent with the order, a line for each value.
fn details(page: &mut Page, completion: &Completion) {
    let Some(details) = &completion.details else { return };
    let theme = &page.look.theme;
    let mut lines = Vec::new();
    flatten("", details, &mut lines);
    if lines.is_empty() {
        return;
    }
    page.gap();
    page.row(&[(theme.dim, "Order details, as Px sent them")]);
    for (path, value) in lines {
        page.pair(&path, (theme.base, &value));
    }
}

fn flatten(path: &str, value: &Value, out: &mut Vec<(String, String)>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| flatten(&below(name), value, out)),
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                flatten(&below(&(i + 1).to_string()), item, out);
            }
        }
        Value::String(text) => out.push((path.to_owned(), text.clone())),
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push((path.to_owned(), value.to_string())),
    }
}

/// What an attempt's end was, as far as anyone knows.
fn ending(attempt: &Attempt) -> String {
    match &attempt.outcome {
        None => "no answer yet".to_owned(),
        Some(AttemptOutcome::Answered) => "answered".to_owned(),
        Some(AttemptOutcome::Refused(error)) => format!("refused with {}", error.code()),
        Some(AttemptOutcome::Failed(failure)) => failure.why().to_owned(),
        Some(AttemptOutcome::CutOff) => "the desk stopped before an answer was on disk".to_owned(),
    }
}

fn in_doubt(page: &mut Page, model: &Model, order: &Order) {
    let look = page.look;
    let theme = &look.theme;
    page.say(theme.bad, "!", "In doubt: Complete was sent; whether it arrived is not known.");
    page.gap();
    if let Some(attempt) = order.doubt() {
        let at = words::time(look, attempt.at, model.now);
        let ago = words::ago(model.now.duration_since(attempt.at));
        page.pair("sent", (theme.base, &format!("{at}, {ago} ago, by {}", attempt.by)));
        page.pair("what came", (theme.base, &ending(attempt)));
        page.pair("not known", (theme.base, "whether Px placed the order"));
    }
    page.gap();
    let never = "! dangerous: it is never sent again by itself, and never under other ids";
    page.pair("a retry is", (theme.bad, never));
    let next = "Ask the carrier, with the ids and the time above, whether the order was placed.";
    page.pair("what next", (theme.strong, next));
    page.pair("who mends it", (theme.base, "a supervisor"));
    if let Some(end) = order.doubt().and_then(|a| a.at.checked_add(model.setup.quiet_period).ok())
        && end > model.now
    {
        let until = words::time(look, end, model.now);
        page.pair("quiet until", (theme.base, &format!("{until}: an answer may still be on its way")));
    }
}

fn expired(page: &mut Page, screen: &OrderScreen, now: Timestamp) {
    let look = page.look;
    let theme = &look.theme;
    page.say(theme.bad, "×", "Expired: the 120 minutes after prepare are over.");
    page.gap();
    if let Some(end) = screen.order.window().expires_at() {
        page.pair("over since", (theme.base, &words::time(look, end, now)));
    }
    page.pair(
        "known",
        (theme.base, "No Complete of this desk is open for it, and Px takes none any more (2215)."),
    );
    let next = "Abandon it, prepare it again in the order system, and take it in under its new ids.";
    page.pair("what next", (theme.strong, next));
    page.gap();
    if screen.order.trouble.is_some() {
        trouble::add(page, screen, now);
    }
}
