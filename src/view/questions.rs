//! The questions before something is done, in words.

use super::frame::form;
use super::frame::page::Page;
use super::frame::words::count;
use super::orders::order::evidence;
use crate::desk::{Confirm, Form, Model};
use crate::order::{Environment, OrderId, Statement, doubt};

/// What is about to happen, in words.
pub fn question(page: &mut Page, model: &Model, confirm: &Confirm) {
    let theme = &page.look.theme;
    let (title, what) = words_of(confirm);
    page.text((theme.strong, title));
    page.gap();
    page.text((theme.base, what));
    match confirm {
        Confirm::Complete | Confirm::Probe => {
            let real = match model.setup.environment {
                Environment::Embedded => "Practice: no real order is placed.",
                Environment::Sandbox => "Lumen's test system: no real order is placed.",
                Environment::Production => "PRODUCTION: this is a real order.",
            };
            page.text((theme.strong, real));
            page.gap();
            if let Some(screen) = &model.order {
                let identity = &screen.order.identity;
                page.pair("transaction", (theme.base, identity.transaction_id.as_str()));
                page.pair("partner order", (theme.base, identity.partner_order_id.as_str()));
                evidence(page, &screen.order, model.now);
            }
        }
        Confirm::Settle(statement) => {
            page.gap();
            page.pair("reference", (theme.strong, &statement.reference));
            page.pair("your name", (theme.strong, &statement.name));
        }
        Confirm::RetryAll(ids) => preview(page, model, ids),
        Confirm::RetryOne(id) => preview(page, model, std::slice::from_ref(id)),
        Confirm::Live(_)
        | Confirm::Verdict
        | Confirm::AcceptVerbally
        | Confirm::SendSms
        | Confirm::SendEmail
        | Confirm::Amend
        | Confirm::Decline
        | Confirm::Release
        | Confirm::Abandon
        | Confirm::Quit => {}
    }
}

/// The same with a form; the row of the focused field's last line.
pub fn ask(page: &mut Page, model: &Model, confirm: &Confirm, form: &Form) -> usize {
    question(page, model, confirm);
    page.gap();
    form::fields(page, form, false)
}

/// A title, and what will happen.
fn words_of(confirm: &Confirm) -> (&'static str, &'static str) {
    match confirm {
        Confirm::Complete => (
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
            "The customer said yes",
            "The acceptance is recorded under this name, for the text that was just read. Nothing is sent yet.",
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
        Confirm::RetryOne(_) => ("Retry this order?", "The same call, with the same ids, once:"),
        Confirm::RetryAll(_) => {
            ("Retry all of these?", "One after the other, once each; only orders that are safe to retry:")
        }
        Confirm::Quit => (
            "Quit while something is in progress?",
            "A call that is cut off may still have reached Px. Waiting a moment is safer.",
        ),
    }
}

/// The orders of a retry, and which call each would send.
fn preview(page: &mut Page, model: &Model, ids: &[OrderId]) {
    const MOST: usize = 8;
    let theme = &page.look.theme;
    page.gap();
    for id in ids.iter().take(MOST) {
        let found = model.row(id);
        let call = found
            .and_then(|row| row.trouble.as_ref())
            .map_or(String::new(), |t| format!("{}   last: {}", t.call, t.label()));
        page.row(&[(theme.strong, id.as_str()), (theme.base, "   "), (theme.dim, &call)]);
    }
    if ids.len() > MOST {
        page.row(&[(theme.dim, &format!("and {} more", count(ids.len() - MOST)))]);
    }
}
