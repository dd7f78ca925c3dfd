//! Orders with an unknown part: a Complete in doubt, and an order that somebody else has submitted.

use crate::desk::{Model, OrderScreen};
use crate::order::doubt::{self, Account, HELD_BACK};
use crate::order::{Attempt, AttemptOutcome, CallError, Order, Right};
use crate::view::frame::page::Page;
use crate::view::frame::words::{ago, countdown, time};

/// What was sent and when, what is known and not known, what may be done and from when.
pub fn account(page: &mut Page, model: &Model, screen: &OrderScreen) {
    let (theme, order) = (&page.look.theme, &screen.order);
    let Some(account) = doubt::account(order, &model.moment()) else { return };
    page.say(theme.bad, "!", "In doubt: Complete was sent, and its outcome is not known.");
    page.gap();
    if let Some(problem) = &screen.problem {
        page.say(theme.bad, "×", &format!("Refused: {}. {}", problem.what, problem.next));
        page.gap();
    }
    now(page, model, order, &account);
    page.gap();
    for attempt in &account.sent {
        sent(page, model, attempt);
    }
    list(page, "known", account.known.iter().map(String::as_str));
    list(page, "not known", account.unknown.iter().copied());
    page.pair("fix by", (theme.base, "a supervisor"));
    page.gap();
    page.text((theme.base, doubt::PROBE));
    page.gap();
    page.text((theme.base, doubt::VERDICT));
}

fn now(page: &mut Page, model: &Model, order: &Order, account: &Account) {
    let look = page.look;
    let theme = &look.theme;
    let settles = model.setup.role.may(Right::Settle);
    if order.under_way().is_some() {
        page.pair("now", (theme.strong, "The probe is on its way: wait for its outcome."));
    } else if account.left.is_zero() {
        page.pair("now", (theme.strong, "p probes: the same request is sent once more."));
        let who = if settles { "v" } else { "a supervisor" };
        page.pair("or", (theme.strong, &format!("{who} records what the carrier says.")));
    } else {
        let from = time(look, account.from, model.now);
        let left = countdown(account.left);
        page.pair("now", (theme.strong, &format!("Wait {left}: the request may still be on its way.")));
        let key = if settles { " (v)" } else { ", which a supervisor records" };
        page.pair("from", (theme.base, &format!("{from}: a probe (p), or the carrier's answer{key}")));
    }
}

fn sent(page: &mut Page, model: &Model, attempt: &Attempt) {
    let look = page.look;
    let theme = &look.theme;
    let at = time(look, attempt.at, model.now);
    let ago = ago(model.now.duration_since(attempt.at));
    let what = if attempt.probe { ", as a probe" } else { "" };
    let label = match attempt.outcome {
        Some(AttemptOutcome::HeldBack) => "held back",
        _ if attempt.probe => "sent again",
        _ => "sent",
    };
    page.pair(
        label,
        (theme.base, &format!("{at}, {ago} ago, by {}, call {}{what}", attempt.by, attempt.number)),
    );
    page.pair("answer", (theme.base, ending(attempt)));
}

/// How an attempt ended, as far as anyone knows.
fn ending(attempt: &Attempt) -> &str {
    match &attempt.outcome {
        Some(AttemptOutcome::Failed(failure)) => failure.why(),
        Some(AttemptOutcome::CutOff) => "its desk could no longer be seen, and no answer was recorded",
        Some(AttemptOutcome::HeldBack) => HELD_BACK,
        // Those are not in doubt.
        None | Some(AttemptOutcome::Answered | AttemptOutcome::Refused(_)) => "no answer yet",
    }
}

fn list<'a>(page: &mut Page, label: &str, lines: impl Iterator<Item = &'a str>) {
    let theme = &page.look.theme;
    for (at, line) in lines.enumerate() {
        page.pair(if at == 0 { label } else { "" }, (theme.base, line));
    }
}

/// Px has the order, and it was not this desk that submitted it.
pub fn submitted_elsewhere(page: &mut Page, error: &CallError) {
    let theme = &page.look.theme;
    page.say(theme.bad, "!", "ALARM: someone else has submitted this order.");
    page.gap();
    let next = "Tell a supervisor. Ask the carrier, with both ids and the TxID, who submitted it and what was ordered. Write down what it says (N).";
    page.pair("next step", (theme.strong, next));
    page.pair("fix by", (theme.base, "a supervisor"));
    page.gap();
    page.pair("Px says", (theme.base, &error.user_message));
    let tx_id = error.tx_id.as_ref().map_or(String::new(), |tx_id| format!("   TxID {tx_id}"));
    page.pair("", (theme.base, &format!("code {}   HTTP {}{tx_id}", error.code(), error.http_status)));
    page.pair("known", (theme.base, "No Complete in this journal can have placed it."));
    let unknown = "Who submitted it, when, and with what: it may not be what the customer accepted here.";
    page.pair("not known", (theme.base, unknown));
    page.pair("a retry is", (theme.bad, "! dangerous: nothing more is sent for this order"));
}
