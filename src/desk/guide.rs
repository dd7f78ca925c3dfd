//! What the tour says: worked out from what is on the screen, so that it goes on when the person has done the thing.

use super::confirm::Confirm;
use super::model::{Model, Overlay, Screen};
use super::orders::hands::worked_on_by;
use super::orders::screen::{OrderScreen, Pane};
use super::orders::steps::{has_room, must_mend};
use super::training::progress::{Progress, STEPS, Tour};
use super::training::tour;
use crate::order::{OrderId, State, Summary, WindowState};

/// What is said above the notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    /// The step that it is about; none for the offer.
    pub step: Option<u8>,
    /// Whole sentences: the first says what to do. Those at the end are left out where there is no room for them.
    pub sentences: Vec<String>,
}

/// What was found on the screen.
struct Found {
    /// None when the person has left the way: the step is then the last one.
    step: Option<u8>,
    sentences: Vec<String>,
}

fn at(step: u8, sentences: &[&str]) -> Found {
    Found { step: Some(step), sentences: sentences.iter().map(|&s| s.to_owned()).collect() }
}

fn away(sentences: &[&str]) -> Found {
    Found { step: None, ..at(0, sentences) }
}

/// What the tour says now; nothing when it is off.
pub fn guide(model: &Model) -> Option<Guide> {
    match &model.training.tour {
        Tour::Off => None,
        Tour::Offered => {
            let offer = "First time here? F2 shows you around in seven steps; any other key goes on.";
            Some(Guide { step: None, sentences: vec![offer.to_owned()] })
        }
        Tour::On(progress) => {
            let mut found = find(model, progress);
            if found.step != Some(STEPS) {
                found.sentences.push("F2 ends the tour.".to_owned());
            }
            Some(Guide { step: Some(found.step.unwrap_or(progress.step)), sentences: found.sentences })
        }
    }
}

/// Goes on with the tour after anything that happened. It ends when the completed order is left.
pub fn follow(model: &mut Model) {
    let Tour::On(mut progress) = model.training.tour.clone() else { return };
    let open = model.order.as_ref().filter(|_| model.screen == Screen::Order);
    let followed = |id: &OrderId| model.row(id).is_some_and(|row| row.standing == State::Completed);
    if open.is_none() && progress.order.as_ref().is_some_and(followed) {
        return tour::end(model);
    }
    if let Some(screen) = open.filter(|screen| !screen.order.standing().is_final()) {
        progress.order = Some(screen.order.id.clone());
    }
    progress.step = find(model, &progress).step.unwrap_or(progress.step);
    model.training.tour = Tour::On(progress);
}

fn find(model: &Model, progress: &Progress) -> Found {
    if let Some(overlay) = &model.frame.overlay {
        return over(overlay);
    }
    match model.screen {
        Screen::Queue => queue(model, progress),
        Screen::Order => model.order.as_ref().map_or_else(back, |screen| order(model, screen, progress)),
        Screen::Training if model.training_from == Screen::Order => training(model),
        Screen::Intake
        | Screen::Stalled
        | Screen::Day
        | Screen::Training
        | Screen::Graded
        | Screen::Replay => back(),
        Screen::Market | Screen::Contract if model.is_filtering() => far(),
        Screen::Subscription => far(),
        Screen::Market | Screen::Sending | Screen::Contract | Screen::Applying => {
            away(&["Press 1 to go back to the orders.", "The tour goes on there."])
        }
    }
}

fn back() -> Found {
    away(&["Press Esc to go back.", "The tour goes on in the list of orders."])
}

fn far() -> Found {
    away(&["Press Esc and then 1 to go back to the orders.", "The tour goes on there."])
}

/// What lies over the screen: a question of the way, or something to be closed.
fn over(overlay: &Overlay) -> Found {
    match overlay {
        Overlay::Ask(Confirm::AcceptVerbally, _) => at(
            5,
            &[
                "Check the name, and press Enter.",
                "The record names the person who said yes, not an account.",
            ],
        ),
        Overlay::Confirm(Confirm::SaidYes(_)) => at(
            5,
            &[
                "Press y: the customer said yes.",
                "It is a separate question, so that pressing a key twice never accepts a contract.",
            ],
        ),
        Overlay::Confirm(Confirm::Complete(_)) => at(
            6,
            &[
                "Press y to place the order.",
                "It asks because Complete is sent once, and cannot be taken back.",
            ],
        ),
        Overlay::Ask(Confirm::SendSms | Confirm::SendEmail, _) => {
            at(3, &["Press Enter to send the text, or Esc to read it aloud instead."])
        }
        Overlay::Palette(_) => away(&["Press Esc to close this.", "It finds every command by its name."]),
        Overlay::Help | Overlay::History => away(&["Press Esc to close this.", "The tour goes on after it."]),
        Overlay::Ask(..) | Overlay::Confirm(_) => {
            away(&["This is not on the way: press Esc, and nothing is done."])
        }
    }
}

/// Choosing an order: the one that was left, or else the one with the most time.
fn queue(model: &Model, progress: &Progress) -> Found {
    let queue = &model.queue;
    if queue.filtering || queue.is_filtered() {
        return away(&["Press Esc to see every order again."]);
    }
    let left = progress.order.as_ref().and_then(|id| model.row(id)).filter(|row| can_go_on(model, row));
    let Some(row) = left.or_else(|| best(model)) else {
        return at(1, &["Press n to add an order.", "There is none here that could be completed."]);
    };
    let chosen = queue.chosen().is_some_and(|chosen| chosen.id == row.id);
    let name = &row.transaction_id;
    let what = if chosen {
        format!("Press Enter to open {name}.")
    } else {
        format!("Choose {name} with ↓ and ↑, then press Enter.")
    };
    if left.is_some() {
        return away(&[&what, "It goes on where you left it."]);
    }
    let time = match row.window().at(model.now) {
        WindowState::Open(_) => "It has the most time left of its 120 minutes.",
        WindowState::Unknown | WindowState::Ahead | WindowState::Over(_) => {
            "How much is left of its 120 minutes is not known."
        }
    };
    at(1, &[&what, time])
}

/// The order with the most time left, of those with which nothing was done yet.
fn best(model: &Model) -> Option<&Summary> {
    let fresh = |row: &&Summary| row.state(model.now) == State::Opened && row.trouble.is_none();
    let time = |row: &&Summary| match row.window().at(model.now) {
        WindowState::Open(left) => Some(left),
        WindowState::Over(_) | WindowState::Unknown | WindowState::Ahead => None,
    };
    model.queue.rows.iter().filter(fresh).max_by_key(time)
}

/// True for an order that the tour can still end with.
fn can_go_on(model: &Model, row: &Summary) -> bool {
    match row.state(model.now) {
        State::Opened
        | State::RccRetrieved
        | State::Reading
        | State::Sent
        | State::Accepted
        | State::Completing => true,
        State::RccBlocked
        | State::Refused
        | State::InDoubt
        | State::Completed
        | State::Expired
        | State::Abandoned => false,
    }
}

fn order(model: &Model, screen: &OrderScreen, progress: &Progress) -> Found {
    if screen.pane == Pane::Outcome {
        return outcome(screen, progress);
    }
    if worked_on_by(model, &screen.order).is_some() {
        return away(&["Press Esc and choose another order.", "Somebody else works on this one."]);
    }
    if screen.problem.is_some() || screen.order.rcc_blocked || must_mend(model, screen) {
        return away(&[
            "This order has a problem.",
            "The line below says what to do; or press Esc and choose another order.",
        ]);
    }
    match screen.pane {
        Pane::Retrieve if screen.busy.is_some() => at(2, &["Asking Px for the text; please wait."]),
        Pane::Retrieve => at(
            2,
            &["Press Enter to retrieve the RCC text.", "It holds the terms that the customer has to accept."],
        ),
        Pane::Deliver => at(
            3,
            &[
                "Press Enter to read the text aloud.",
                "Reading is timed: nobody can accept what was not read to them.",
            ],
        ),
        Pane::Reading => reading(screen),
        Pane::Sent => at(
            5,
            &[
                "Press Enter when the customer accepts.",
                "To be the customer yourself, press t; v reads instead.",
            ],
        ),
        Pane::Complete if screen.busy.is_some() => {
            at(6, &["The order is being placed; wait for the answer."])
        }
        Pane::Complete if !has_room(model, screen) => {
            away(&["Press Esc and choose another order.", "Too little is left of this one's 120 minutes."])
        }
        Pane::Complete => at(6, &["Press Enter to complete the order.", "One question comes first."]),
        Pane::Outcome => outcome(screen, progress),
    }
}

fn reading(screen: &OrderScreen) -> Found {
    if screen.order.reading.as_ref().is_some_and(|r| !r.sections.is_empty() && r.left() == 0) {
        return at(
            5,
            &[
                "Ask \"Do you accept?\" Press Enter when the customer says yes.",
                "In training you are also the customer.",
            ],
        );
    }
    if screen.too_soon {
        return at(4, &["Too soon: read on to its end, then press Space again."]);
    }
    at(4, &["Read this section aloud, then press Space.", "It is timed.", "Esc stops, and keeps your place."])
}

fn outcome(screen: &OrderScreen, progress: &Progress) -> Found {
    match screen.order.standing() {
        State::Completed if progress.order.as_ref() == Some(&screen.order.id) => at(
            STEPS,
            &[
                "Done: the order is placed, and this is its confirmation.",
                "For help press ?, for any command Ctrl-P.",
                "Esc ends the tour.",
            ],
        ),
        State::Completed => away(&["Press Esc and choose another order.", "This one is completed already."]),
        State::Opened
        | State::RccRetrieved
        | State::RccBlocked
        | State::Reading
        | State::Sent
        | State::Accepted
        | State::Completing
        | State::InDoubt
        | State::Expired
        | State::Refused
        | State::Abandoned => {
            away(&["Press Esc and choose another order.", "This one cannot be completed now."])
        }
    }
}

/// The trainer's screen over the order: the place to be the customer.
fn training(model: &Model) -> Found {
    let sent = model.order.as_ref().is_some_and(|screen| screen.pane == Pane::Sent);
    if sent {
        return at(5, &["Choose the line that says the customer accepts, press Enter, then Esc."]);
    }
    away(&["Press Esc to go back to your order."])
}
