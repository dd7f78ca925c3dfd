//! When what is on the screen next changes by the passing of time alone. Without a running clock in sight, never.

use super::model::{Model, OrderScreen, Overlay, Screen};
use crate::order::{Order, State, Summary, Timestamp, Window, WindowState};
use jiff::SignedDuration;

const SECOND: SignedDuration = SignedDuration::from_secs(1);
/// While minutes are shown, how many seconds pass at least between two looks at the clock.
const SELDOM: i64 = 5;

/// How long until then: seconds where seconds are shown, else the next full minute.
pub fn next_tick(model: &Model, now: Timestamp) -> Option<SignedDuration> {
    if matches!(model.overlay, Some(Overlay::Help)) {
        return None;
    }
    match model.screen {
        Screen::Intake | Screen::Training => None,
        Screen::Order => model.order.as_ref().and_then(|screen| order(screen, now)),
        Screen::Queue => rows(model.queue.visible(model.page()).map(|(_, row)| row), now),
        Screen::Stalled => {
            // The view keeps the chosen row in sight, so what it shows lies within a page of it.
            let (page, chosen) = (model.page(), model.stalled.selected);
            let near = model.stalled.rows.iter().skip(chosen.saturating_sub(page)).take(2 * page);
            rows(near.filter_map(|at| model.queue.rows.get(*at as usize)), now)
        }
    }
}

fn rows<'a>(rows: impl Iterator<Item = &'a Summary>, now: Timestamp) -> Option<SignedDuration> {
    rows.filter(|row| !row.standing.is_final()).filter_map(|row| left(row.window(), now)).min()
}

fn order(screen: &OrderScreen, now: Timestamp) -> Option<SignedDuration> {
    if screen.busy.is_some() || screen.polling.is_some() {
        return Some(SECOND);
    }
    let order = &screen.order;
    if order.standing().is_final() {
        return None;
    }
    let window = match order.window().at(now) {
        // How long it has been over stands at the top of the order.
        WindowState::Over(since) => Some(age(since)),
        WindowState::Open(_) | WindowState::Unknown => left(order.window(), now),
    };
    since_then(order, now).into_iter().chain(window).min()
}

/// The tick of the age that the order's pane shows: of the Complete in doubt, or of what was sent.
fn since_then(order: &Order, now: Timestamp) -> Option<SignedDuration> {
    let at = match order.state(now) {
        State::InDoubt => order.doubt().map(|attempt| attempt.at),
        State::Sent => order.delivery().map(|delivery| delivery.at),
        State::Opened
        | State::RccRetrieved
        | State::RccBlocked
        | State::Reading
        | State::Accepted
        | State::Completing
        | State::Completed
        | State::Expired
        | State::Refused
        | State::Abandoned => None,
    };
    at.map(|at| age(now.duration_since(at)))
}

fn left(window: Window, now: Timestamp) -> Option<SignedDuration> {
    match window.at(now) {
        WindowState::Unknown | WindowState::Over(_) => None,
        WindowState::Open(left) if left.as_secs() < 120 => Some(SECOND),
        // A queue's minutes end at as many different seconds as it has rows: no more often than every few.
        WindowState::Open(left) => Some(SignedDuration::from_secs((left.as_secs() % 60 + 1).max(SELDOM))),
    }
}

/// An age is shown in seconds for a minute, and in minutes after that.
fn age(since: SignedDuration) -> SignedDuration {
    let seconds = since.as_secs().max(0);
    if seconds < 60 { SECOND } else { SignedDuration::from_secs(60 - seconds % 60) }
}
