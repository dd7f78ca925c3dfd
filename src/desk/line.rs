//! One sentence about the next key.

use super::action::Action;
use super::bindings::yes;
use super::confirm::Confirm;
use super::market::line as market;
use super::model::{Model, Overlay, Screen};
use super::orders::line::order_line;
use super::orders::questions::is_void;
use super::orders::replaying;
use super::registration::line as contract;
use super::rights::includes;
use super::screen_keys::palette_lines;
use super::supervisor::list::Fitting;
use super::supervisor::state::Batch;
use super::training::line as training;

/// The one line that says what the next key does.
pub fn next_line(model: &Model) -> String {
    if model.training.is_paused() {
        return training::paused(model).to_owned();
    }
    match (&model.frame.overlay, model.screen, &model.order) {
        (Some(Overlay::Confirm(confirm)), ..) if is_void(model, confirm) => {
            "Esc goes back: look at the order as it is now.".to_owned()
        }
        (Some(Overlay::Confirm(Confirm::Complete(_))), ..) => {
            "y completes the order, once. Esc goes back; nothing is sent.".to_owned()
        }
        (Some(Overlay::Confirm(Confirm::RetryAll(plan))), ..) if plan.send.is_empty() => {
            "Nothing would be sent. Esc goes back.".to_owned()
        }
        (Some(Overlay::Confirm(Confirm::Market(ask)) | Overlay::Ask(Confirm::Market(ask), _)), ..) => {
            market::ask(model, ask)
        }
        (Some(Overlay::Confirm(Confirm::Contract(ask))), ..) => contract::ask(ask, None),
        (Some(Overlay::Ask(Confirm::Contract(ask), form)), ..) => contract::ask(ask, Some(form)),
        (Some(Overlay::Confirm(Confirm::DiscardTyped)), ..) => {
            "y throws away what you typed. Esc goes back to it.".to_owned()
        }
        (Some(Overlay::Confirm(confirm)), ..) => {
            format!("y: {}. Esc: no, nothing is done.", yes(confirm).trim_start_matches("yes, "))
        }
        (Some(Overlay::Ask(Confirm::Live(_), _)), ..) => {
            "Type live and press Enter: a real order is submitted. Esc goes back; nothing is sent.".to_owned()
        }
        (Some(Overlay::Ask(..)), ..) => "Fill in the form and press Enter. Esc cancels.".to_owned(),
        (Some(Overlay::Help | Overlay::History), ..) => "Esc closes this.".to_owned(),
        (Some(Overlay::Palette(_)), ..) if palette_lines(model).is_empty() => {
            "No command matches what you typed. Esc closes this.".to_owned()
        }
        (Some(Overlay::Palette(_)), ..) => {
            "Type to search, choose with the arrows, Enter runs it.".to_owned()
        }
        (None, Screen::Queue, _) if model.queue.filtering => {
            "Type an id, a state, an agent, or a whole phone number or e-mail. Enter keeps it, Esc clears it."
                .to_owned()
        }
        (None, Screen::Queue, _) if model.queue.rows.is_empty() && model.queue.counts.ended > 0 => {
            "n adds an order; / finds one that ended.".to_owned()
        }
        (None, Screen::Queue, _) if model.queue.rows.is_empty() => "n adds the first order.".to_owned(),
        (None, Screen::Queue, _) if model.queue.matches.is_empty() => {
            "No order matches. / changes the filter, Esc shows every order. n adds a new one.".to_owned()
        }
        (None, Screen::Queue, _) => "Enter opens the chosen order. n adds a new one.".to_owned(),
        (None, Screen::Intake, _) => "Fill in the form or paste the order's JSON. Ctrl-S adds it.".to_owned(),
        (None, Screen::Replay, _) => replaying::line(model).to_owned(),
        (None, Screen::Stalled, _) => stalled_line(model),
        (None, Screen::Day, _) => "r reads the figures again. Esc goes back.".to_owned(),
        (None, Screen::Training, _) => training::line(model),
        (None, Screen::Graded, _) => "This is how the run went. q leaves it; Esc goes back.".to_owned(),
        (None, Screen::Market, _) => market::lists(model),
        (None, Screen::Subscription, _) => market::page(model),
        (None, Screen::Sending, _) => market::sending(model.market.run.as_ref()),
        (None, Screen::Contract, _) => contract::lists(&model.registration),
        (None, Screen::Applying, _) => contract::applying(model.registration.run.as_ref()),
        (None, Screen::Order, Some(screen)) => order_line(model, screen),
        (None, Screen::Order, None) => "Esc goes back to the queue.".to_owned(),
    }
}

fn stalled_line(model: &Model) -> String {
    let stalled = &model.stalled;
    let marked = stalled.marked_rows().count();
    match (&stalled.batch, stalled.row()) {
        (Some(batch), _) if batch.is_running() && batch.paused => {
            "The batch is paused. p goes on; x stops it, and the rest stays marked.".to_owned()
        }
        (Some(batch), _) if batch.is_stopping() => {
            "The batch is stopping: this order is its last one. The rest stays marked.".to_owned()
        }
        (Some(batch), _) if Batch::is_running(batch) => {
            "The batch is in progress. p pauses it; x stops it after this order.".to_owned()
        }
        (Some(_) | None, _) if stalled.lines.is_empty() => "Nothing to do here. Esc goes back.".to_owned(),
        (Some(_) | None, _) if !includes(model, Action::RetryAll) && stalled.row().is_none() => {
            "Enter opens or closes the group; * marks all of it; N writes a note.".to_owned()
        }
        (Some(_) | None, _) if marked > 0 && includes(model, Action::RetryAll) => match stalled.fitting() {
            Fitting::Retry => {
                format!("A previews a retry of the {marked} marked; G assigns them; N writes a note.")
            }
            Fitting::Abandon => {
                format!("X abandons the {marked} marked; G assigns them; N writes a note.")
            }
            Fitting::Hands => format!("G assigns the {marked} marked to an agent; N writes a note for each."),
        },
        (Some(_) | None, Some(_)) => match stalled.fitting() {
            Fitting::Abandon if includes(model, Action::Abandon) => {
                "Enter opens the order; X abandons it; Space marks it.".to_owned()
            }
            Fitting::Hands if includes(model, Action::Assign) => {
                "Enter opens the order; G assigns it to an agent; Space marks it.".to_owned()
            }
            Fitting::Hands | Fitting::Abandon => {
                "Enter opens the order; N writes a note; Space marks it.".to_owned()
            }
            Fitting::Retry => {
                "Enter opens the order; r retries it if that is safe; Space marks it.".to_owned()
            }
        },
        (Some(_) | None, None) => {
            let then = match stalled.fitting() {
                Fitting::Retry => "A previews a retry of all",
                Fitting::Abandon => "X then abandons them",
                Fitting::Hands => "G then assigns them",
            };
            format!("Enter opens or closes the group; * marks all of it; {then}.")
        }
    }
}
