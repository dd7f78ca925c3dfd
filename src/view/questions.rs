//! The questions before something is done, in words.

use super::frame::form;
use super::frame::page::Page;
use super::market::asks;
use super::orders::order::evidence;
use super::preview;
use super::registration::asks as contract;
use crate::desk::{Confirm, Form, Model, is_void};
use crate::order::{Environment, Identity, Statement, doubt, one_line};

/// What is said where one person's word settles nothing.
const TWO_PEOPLE: &str =
    "It counts once another person has said the same, at their own desk; until then it is a proposal.";

/// What is said once the order is not what the question was about.
const CHANGED: &str =
    "! The order has changed since you were asked: this can no longer be answered. Esc goes back.";

/// What becomes of runs when their classroom is closed.
const CLOSED: &str =
    "Trainees keep their runs and go on without you. You see no more of them, and cannot direct them.";

/// What is about to happen, in words. A list of orders goes no further than `room` rows.
pub fn question(page: &mut Page, model: &Model, confirm: &Confirm, room: usize) {
    if let Confirm::Market(ask) = confirm {
        return asks::question(page, model, ask);
    }
    if let Confirm::Contract(ask) = confirm {
        return contract::question(page, model, ask, room);
    }
    if matches!(confirm, Confirm::Complete(_) | Confirm::Probe) {
        return submission(page, model, confirm, room);
    }
    let theme = &page.look.theme;
    let (title, what) = words_of(confirm);
    match confirm {
        Confirm::SaidYes(name) => {
            page.text((theme.strong, &format!("Did {} say yes?", one_line(name.expose()))));
        }
        _ => page.text((theme.strong, title)),
    }
    page.gap();
    page.text((theme.base, what));
    if is_void(model, confirm) {
        page.text((theme.bad, CHANGED));
    }
    match confirm {
        Confirm::Settle(statement) => {
            if model.setup.two_people {
                page.text((theme.base, TWO_PEOPLE));
            }
            page.gap();
            if let Some(screen) = &model.order {
                let (identity, customer) = (&screen.order.identity, &screen.order.customer.name);
                page.pair("transaction", (theme.strong, identity.transaction_id.as_str()));
                page.pair("partner order", (theme.strong, identity.partner_order_id.as_str()));
                if let Some(name) = customer {
                    page.pair("customer", (theme.strong, name.expose()));
                }
            }
            page.pair("reference", (theme.strong, &statement.reference));
            page.pair("your name", (theme.strong, &statement.name));
        }
        Confirm::RetryAll(plan) => preview::many(page, model, plan),
        Confirm::RetryOne(id, again) => preview::one(page, model, id, *again),
        Confirm::Assign(ids) | Confirm::Note(ids) | Confirm::AbandonEach(ids) => {
            preview::these(page, model, ids, room);
        }
        Confirm::TakeOver(id, name) => {
            page.gap();
            page.pair("order", (theme.strong, id.as_str()));
            page.pair("worked on by", (theme.strong, name));
        }
        Confirm::SaidYes(name) => {
            page.gap();
            page.pair("accepted by", (theme.strong, name.expose()));
            if let Some(screen) = &model.order {
                let how = screen.order.reading.as_ref().zip(screen.order.retrieval.as_ref());
                let how = how.and_then(|(r, t)| r.how(t.text.as_ref()?, model.setup.fastest).ok());
                let how = how.map_or_else(String::new, |how| how.to_string());
                page.pair("the text", (theme.base, &how));
            }
        }
        Confirm::Complete(_)
        | Confirm::Probe
        | Confirm::Live(_)
        | Confirm::Verdict
        | Confirm::AcceptVerbally
        | Confirm::SendSms
        | Confirm::SendEmail
        | Confirm::Amend
        | Confirm::Decline
        | Confirm::Release
        | Confirm::Abandon
        | Confirm::Market(_)
        | Confirm::Contract(_)
        | Confirm::Discard
        | Confirm::DiscardTyped
        | Confirm::Quit
        | Confirm::EndRun
        | Confirm::CloseClassroom(_) => {}
    }
}

/// Under which codes the order is sold, and for which address.
fn sold_as(identity: &Identity) -> String {
    let Identity { sales_code, partner_id, address_detail_id, .. } = identity;
    let (code, partner) = (sales_code.as_str(), partner_id.as_str());
    format!("sales code {code}, partner {partner}, address {}", address_detail_id.as_str())
}

/// What may place an order. What is sent, and on which yes, comes first: on a small screen it is what is seen.
fn submission(page: &mut Page, model: &Model, confirm: &Confirm, room: usize) {
    let theme = &page.look.theme;
    let real = match model.setup.environment {
        Environment::Embedded => "Practice: no real order is placed.",
        Environment::Sandbox => "Lumen's test system: no real order is placed.",
        Environment::Production => "PRODUCTION: this is a real order.",
    };
    let (title, what) = words_of(confirm);
    let contents = |page: &mut Page, gaps: bool| {
        page.text((theme.strong, title));
        if gaps {
            page.gap();
        }
        if let Some(screen) = &model.order {
            let identity = &screen.order.identity;
            page.pair("transaction", (theme.strong, identity.transaction_id.as_str()));
            page.pair("partner order", (theme.strong, identity.partner_order_id.as_str()));
            evidence(page, &screen.order, model.now, gaps);
            page.pair("sold as", (theme.base, &sold_as(identity)));
            if is_void(model, confirm) {
                page.text((theme.bad, CHANGED));
            }
        }
        if gaps {
            page.gap();
        }
        page.text((theme.strong, real));
        page.text((theme.base, what));
    };
    let mut whole = page.another();
    contents(&mut whole, true);
    contents(page, whole.len() <= room);
}

/// The same with a form; the row of the focused field's last line.
pub fn ask(page: &mut Page, model: &Model, confirm: &Confirm, form: &Form, room: usize) -> usize {
    let mut below = page.another();
    form::fields(&mut below, form, false);
    // A blank row parts the form from the question.
    question(page, model, confirm, room.saturating_sub(below.len() + 1));
    page.gap();
    if page.len() + below.len() > room {
        page.close_gaps();
    }
    form::fields(page, form, false)
}

/// A title, and what will happen.
fn words_of(confirm: &Confirm) -> (&'static str, &'static str) {
    match confirm {
        Confirm::Complete(_) => (
            "Place this order now?",
            "Complete is sent to Px once. If no clear answer comes back, it is never resent automatically.",
        ),
        Confirm::Probe => ("Send the same request once more?", doubt::PROBE),
        Confirm::Verdict => ("What does the carrier say?", doubt::VERDICT),
        Confirm::Settle(Statement { placed: true, .. }) => (
            "Record that the order was placed?",
            "It then counts as completed, on your word, and nothing is ever sent for it again.",
        ),
        Confirm::Settle(Statement { placed: false, .. }) => (
            "Record that the order was NOT placed?",
            "It goes back to where it was before Complete and can be completed again under the same ids. If the carrier is wrong, that places it twice.",
        ),
        Confirm::Live(_) => (
            "Submit a real order?",
            "It would be the first one since you opened pxdesk. It goes to Lumen's PRODUCTION, for a real customer.",
        ),
        Confirm::AcceptVerbally => (
            "Who is on the phone?",
            "The acceptance will be recorded under this name. One more question follows; nothing is recorded yet.",
        ),
        Confirm::SaidYes(_) => (
            "Did the customer say yes?",
            "Their acceptance of the text that was just read is recorded. Nothing is sent yet.",
        ),
        Confirm::SendSms => {
            ("Send the RCC by SMS", "Px sends the text to this number. The customer accepts it there.")
        }
        Confirm::SendEmail => {
            ("Send the RCC by e-mail", "Px sends the text to this address. The customer accepts it there.")
        }
        Confirm::Amend => (
            "Correct the order",
            "Only what Px can accept again is here. The transaction id and the partner order id stay as they are.",
        ),
        Confirm::Decline => (
            "The customer said no?",
            "The no is recorded, and earlier acceptances no longer count. The text can be read or sent again.",
        ),
        Confirm::Release => (
            "Release the hold",
            "Only once the carrier has cleared it by phone. Your reason is kept in the order's history.",
        ),
        Confirm::Abandon => (
            "End this order for good",
            "Nothing more is sent for these ids, and they are never used again. Your reason is kept in its history.",
        ),
        Confirm::RetryOne(..) => ("Retry this order?", "The same call, with the same ids, once:"),
        Confirm::RetryAll(plan) if plan.send.is_empty() => {
            ("None of these can be retried", "Nothing would be sent; each says why:")
        }
        Confirm::RetryAll(_) => (
            "Retry these?",
            "One after the other, once each, with the same ids; it can be paused and stopped:",
        ),
        Confirm::TakeOver(..) => (
            "Take over this order?",
            "Ask them first. Both names are recorded, and their desk will show that you are working on it.",
        ),
        Confirm::Assign(_) => (
            "Assign to an agent",
            "It is assigned to them from then on, and the history records it; nothing is sent.",
        ),
        Confirm::Note(_) => {
            ("Write a note", "It is sealed as all personal data is, and everyone at this desk can read it.")
        }
        Confirm::AbandonEach(_) => (
            "End these orders for good",
            "Nothing more is sent for their ids, and they are never used again. Each is ended on its own.",
        ),
        // Those have words of their own.
        Confirm::Market(_) | Confirm::Contract(_) => ("", ""),
        Confirm::Discard => {
            ("Discard this new order?", "It has not been added yet. What you typed will be lost.")
        }
        Confirm::DiscardTyped => {
            ("Discard what you typed?", "Nothing was done with it yet. What you typed will be lost.")
        }
        Confirm::EndRun => (
            "End the run now?",
            "It is not over yet: it is graded as not finished, and does not count toward what was practiced.",
        ),
        Confirm::Quit => (
            "Quit while something is in progress?",
            "A call that is cut off may still have reached Px. Waiting a moment is safer.",
        ),
        Confirm::CloseClassroom(1) => ("Close the classroom? A run is under way.", CLOSED),
        Confirm::CloseClassroom(_) => ("Close the classroom? Runs are under way.", CLOSED),
    }
}
