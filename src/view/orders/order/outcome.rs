//! How an order ended: what is known, what is not, what may be done.

use super::{doubt, trouble};
use crate::desk::{Model, OrderScreen, submitted_elsewhere};
use crate::order::{Basis, Completion, Order, State, Timestamp};
use crate::view::frame::page::Page;
use crate::view::frame::words::time;
use serde_json::Value;

/// From so many rows of the screen on there is room for blank ones.
const ROOMY: u16 = 20;

/// The pane of an order that has ended, or is in doubt.
pub fn outcome(page: &mut Page, model: &Model, screen: &OrderScreen) {
    let theme = &page.look.theme;
    let order = &screen.order;
    if let Some(error) = submitted_elsewhere(order) {
        doubt::submitted_elsewhere(page, error);
        return;
    }
    match order.state(model.now) {
        State::Completed => {
            completed(page, order, model);
            if order.is_placed_again() {
                page.gap();
                trouble::add(page, screen, model.now);
            }
        }
        State::InDoubt => doubt::account(page, model, screen),
        State::Completing => {
            page.text((theme.strong, "… Complete has been sent. Stay here until Px answers."));
        }
        State::Expired => expired(page, screen, model.now),
        State::Abandoned => {
            let reason = order.abandoned.as_deref().unwrap_or_default();
            page.text((theme.strong, "– Abandoned"));
            page.gap();
            page.pair("why", (theme.base, reason));
            page.pair("when", (theme.base, &time(page.look, order.updated_at, model.now)));
            page.pair("next step", (theme.base, "Nothing more will be sent for these ids."));
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

fn completed(page: &mut Page, order: &Order, model: &Model) {
    let (look, now) = (page.look, model.now);
    let theme = &look.theme;
    let Some(completion) = &order.completion else { return };
    match &completion.basis {
        Basis::Confirmed => {
            let number = completion.order_number.as_deref().unwrap_or("not given");
            order_number(page, number, model.frame.size.1 >= ROOMY);
        }
        Basis::Inferred { probe } => {
            page.text((theme.good, "✓ Completed, inferred: order details not received."));
            page.gap();
            let attempt = completion.attempt;
            let why =
                format!("Px answered 2130, already submitted, to call {probe}: call {attempt} had arrived.");
            page.pair("inferred from", (theme.strong, &why));
            page.pair("not known", (theme.base, "the order number: ask the carrier for it"));
        }
        Basis::Verdict { reference, name } => {
            page.text((theme.good, "✓ Completed, by a person's verdict: order details not received."));
            page.gap();
            page.pair("reference", (theme.strong, reference));
            page.pair("said by", (theme.strong, name));
            page.pair("not known", (theme.base, "what Px would have sent: status and order details"));
        }
    }
    if !order.other_numbers.is_empty() {
        page.gap();
        let others = order.other_numbers.join(", ");
        page.text((theme.bad, &format!("! Placed more than once: also order number {others}.")));
    }
    page.gap();
    page.pair("when", (theme.base, &time(look, completion.at, now)));
    if let Some(status) = &completion.order_status {
        page.pair("status", (theme.base, status));
    }
    if let Some(tx) = &completion.tx_id {
        page.pair("TxID", (theme.base, tx));
    }
    details(page, completion);
    page.gap();
    super::submit::contents(page, order, now, true);
}

/// The number of the order, which is what the customer is told. On a short screen it stands right under the words.
fn order_number(page: &mut Page, number: &str, roomy: bool) {
    let theme = &page.look.theme;
    page.text((theme.good, "✓ Completed. The order number is"));
    let number = format!("   {number}   ");
    if !roomy {
        page.row(&[(theme.next, &number)]);
        return;
    }
    page.gap();
    let blank = " ".repeat(number.chars().count().min(page.width));
    page.row(&[(theme.next, &blank)]);
    page.row(&[(theme.next, &number)]);
    page.row(&[(theme.next, &blank)]);
}

/// Whatever Px sent with the order, a line for each value.
fn details(page: &mut Page, completion: &Completion) {
    let Some(details) = &completion.details else { return };
    let theme = &page.look.theme;
    let mut lines = Vec::new();
    flatten("", &details.0, &mut lines);
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

fn expired(page: &mut Page, screen: &OrderScreen, now: Timestamp) {
    let look = page.look;
    let theme = &look.theme;
    let disputed = screen.order.window().is_disputed(State::Expired, now);
    let what = if disputed {
        "Expired, according to Px: more than 120 minutes have passed since prepare."
    } else {
        "Expired: more than 120 minutes have passed since prepare."
    };
    page.say(theme.bad, "×", what);
    page.gap();
    if let Some(end) = screen.order.window().expires_at() {
        let end = time(look, end, now);
        if disputed {
            let text = format!("By the preparedAt given here it would expire at {end}. Px's answer counts.");
            page.pair("they disagree", (theme.warn, &text));
        } else {
            page.pair("expired at", (theme.base, &end));
        }
    }
    page.pair("known", (theme.base, "No Complete is outstanding, and Px no longer accepts one (2215)."));
    let next = "Abandon it, prepare it again in the order system, and add it under its new ids.";
    page.pair("next step", (theme.strong, next));
    page.gap();
    if screen.order.trouble.is_some() {
        trouble::add(page, screen, now);
    }
}
