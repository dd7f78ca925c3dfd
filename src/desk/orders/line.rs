//! One sentence about the next key of the open order.

use super::doubt::submitted_elsewhere;
use super::hands::worked_on_by;
use super::reading;
use super::screen::{OrderScreen, Pane};
use super::steps::{has_room, must_mend, steps};
use crate::desk::action::Action;
use crate::desk::model::Model;
use crate::order::doubt::quiet_left;
use crate::order::{
    Basis, Command, Reopens, Right, State, is_to_be_retrieved, right_for, seconds_left, span,
};

/// What the next key does.
pub fn order_line(model: &Model, screen: &OrderScreen) -> String {
    let polling = model.polls.get(&screen.order.id);
    if let Some((call, _)) = screen.busy
        && polling.is_none()
    {
        return match call {
            Some(call) => format!("{call} is in progress. Please wait."),
            None => "It is being recorded. Please wait.".to_owned(),
        };
    }
    if let Some(polling) = polling {
        let wait = polling.next_at.map(|at| at.duration_since(model.now));
        return match wait {
            Some(wait) if wait.is_positive() => {
                format!("Checking again in {}. x stops checking.", span(wait))
            }
            Some(_) | None => "Checking for the customer's acceptance. x stops checking.".to_owned(),
        };
    }
    if screen.too_soon
        && let Some(left) = reading::time_left(model)
    {
        return format!("Read on: {} s left of this section.", seconds_left(left));
    }
    if let Some(attempt) = screen.elsewhere() {
        return format!("{} is in progress at {}'s desk: wait for the answer.", attempt.call, attempt.by);
    }
    if let Some(worker) = worked_on_by(model, &screen.order).filter(|_| screen.pane != Pane::Outcome) {
        return format!("{} is working on this order. O takes it over; you confirm first.", worker.name);
    }
    let bindings = steps(model, screen);
    if must_mend(model, screen) && screen.busy.is_none() {
        return "a corrects what Px refused; then the step can be done again.".to_owned();
    }
    if bindings.iter().any(|b| b.primary) {
        return primary_line(screen);
    }
    if submitted_elsewhere(&screen.order).is_some() {
        return "Alarm: someone else submitted this order. c copies the code and TxID; N writes a note."
            .to_owned();
    }
    match screen.order.state(model.now) {
        State::InDoubt => doubt_line(model, screen),
        State::Completed => completed_line(screen).to_owned(),
        State::Abandoned => "Abandoned. Esc goes back to the queue.".to_owned(),
        State::Expired => {
            let who = abandons(model, screen);
            format!("Too late under these ids: {who} abandons it; prepare it again in the order system.")
        }
        State::Completing if screen.has_answer() => {
            "The answer is here, see above, and not recorded yet: nothing is to be sent again.".to_owned()
        }
        State::Completing => "Another desk is completing this order: wait for the outcome.".to_owned(),
        State::Refused if bindings.iter().any(|b| b.action == Action::Release) => {
            hold_line(model, screen).to_owned()
        }
        State::Refused if is_given_up(screen) => {
            format!(
                "This order cannot go on: see the next step above; {} abandons it.",
                abandons(model, screen)
            )
        }
        State::Accepted if !has_room(model, screen) => {
            let who = abandons(model, screen);
            format!("Too little time is left to complete: {who} abandons it; prepare it again.")
        }
        State::Opened
        | State::RccRetrieved
        | State::RccBlocked
        | State::Reading
        | State::Sent
        | State::Accepted
        | State::Refused => "Nothing to do here: see the next step above. Esc goes back.".to_owned(),
    }
}

/// True when the agent's role includes this for the order.
fn may(model: &Model, screen: &OrderScreen, command: &Command) -> bool {
    let needed = right_for(command, &screen.order, &model.setup.agent);
    needed.is_none_or(|right| model.setup.role.may(right))
}

/// The key that abandons the order, or who can.
fn abandons(model: &Model, screen: &OrderScreen) -> &'static str {
    if may(model, screen, &Command::Abandon { reason: String::new() }) { "X" } else { "a supervisor" }
}

/// True for an order that Px refused in a way that nothing mends.
fn is_given_up(screen: &OrderScreen) -> bool {
    screen.order.refusal().is_some_and(|error| error.remedy().reopens == Reopens::Never)
}

fn hold_line(model: &Model, screen: &OrderScreen) -> &'static str {
    if may(model, screen, &Command::Release { reason: String::new() }) {
        "On hold: call the carrier first; then u releases the order."
    } else {
        "On hold: call the carrier first; then ask a supervisor, who releases the order."
    }
}

fn doubt_line(model: &Model, screen: &OrderScreen) -> String {
    let left = quiet_left(&screen.order, &model.moment());
    if screen.order.under_way().is_some() {
        "Another desk is probing this order: wait for the outcome.".to_owned()
    } else if left.is_zero() && model.setup.role.may(Right::Settle) {
        "p sends the same request once more; v records the carrier's answer.".to_owned()
    } else if left.is_zero() {
        "p sends the same request once more; a supervisor records the carrier's answer.".to_owned()
    } else {
        "Locked: nothing may be sent yet. Call the carrier in the meantime.".to_owned()
    }
}

fn completed_line(screen: &OrderScreen) -> &'static str {
    match screen.order.completion.as_ref().map(|completion| &completion.basis) {
        Some(Basis::Confirmed) | None => "Done. c copies the order number; Esc goes back to the queue.",
        Some(Basis::Inferred { .. }) => {
            "Done, inferred. Ask the carrier for its order number. Esc goes back."
        }
        Some(Basis::Verdict { .. }) => {
            "Done, by verdict. c copies the reference; Esc goes back to the queue."
        }
    }
}

/// What the step's own next key does.
fn primary_line(screen: &OrderScreen) -> String {
    let order = &screen.order;
    let (read, all) =
        order.reading.as_ref().map_or((0, 0), |r| (r.sections.len() - r.left(), r.sections.len()));
    let bookmark = order.reading.as_ref().and_then(crate::order::Reading::bookmark).unwrap_or(read);
    match screen.pane {
        Pane::Retrieve if order.rcc_blocked => "Enter tries to retrieve the RCC text again.".to_owned(),
        Pane::Retrieve => "Enter retrieves the RCC text.".to_owned(),
        Pane::Deliver if order.replaced.is_some() => {
            "The text has changed: Enter reads the new one aloud; s sends it by SMS, e by e-mail.".to_owned()
        }
        Pane::Deliver if is_to_be_retrieved(order) => {
            "Enter retrieves the text again: it may have changed. v reads it aloud, s and e send it."
                .to_owned()
        }
        Pane::Deliver => "Enter reads it aloud; s sends it by SMS, e by e-mail.".to_owned(),
        Pane::Reading if read == all => {
            "All read. Enter: the customer said yes. d: the customer said no.".to_owned()
        }
        Pane::Reading if screen.goes_on() => {
            format!("Space: the next part of section {} of {all}.", screen.section + 1)
        }
        Pane::Reading if screen.is_out_of_sight() => {
            format!("Space: back to section {} of {all}, which is not on the screen.", screen.section + 1)
        }
        Pane::Reading if screen.section < bookmark => {
            format!("You looked back. Space: on to section {} of {all}.", screen.section + 2)
        }
        Pane::Reading => format!("Space: section {} of {all} was read.", bookmark + 1),
        Pane::Sent => "Press Enter when the customer says they accepted.".to_owned(),
        Pane::Complete => "Enter completes the order; you confirm first.".to_owned(),
        Pane::Outcome => String::new(),
    }
}
