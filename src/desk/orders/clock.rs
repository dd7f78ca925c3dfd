//! When what is shown of orders next changes by the passing of time alone.

use super::reading;
use super::screen::{OrderScreen, Pane};
use crate::desk::model::Model;
use crate::order::doubt::{Moment, quiet_left};
use crate::order::{Order, State, Summary, Timestamp, Window, WindowState};
use jiff::SignedDuration;

const SECOND: SignedDuration = SignedDuration::from_secs(1);
/// In a list, whose rows' minutes end at as many different seconds, this much passes at least between two looks.
const SELDOM: SignedDuration = SignedDuration::from_secs(5);

/// The next change in these rows of a list.
pub fn rows<'a>(
    model: &Model,
    rows: impl Iterator<Item = &'a Summary>,
    now: Timestamp,
) -> Option<SignedDuration> {
    let next = |row: &Summary| {
        let left = left(row.window(), now).filter(|_| !row.standing.is_final());
        let quiet =
            model.probe_from(row).map(|from| from.duration_since(now)).filter(SignedDuration::is_positive);
        let quiet = quiet.map(|left| left.max(SECOND));
        left.into_iter().chain(quiet).chain([age(now.duration_since(row.opened_at)).max(SELDOM)])
    };
    rows.flat_map(next).min()
}

/// The next change on the open order's screen.
pub fn order(model: &Model, screen: &OrderScreen, now: Timestamp) -> Option<SignedDuration> {
    if screen.busy.is_some() || model.polls.contains_key(&screen.order.id) {
        return Some(SECOND);
    }
    if screen.pane == Pane::Reading && screen.shown_at.is_some() && reading::time_left(model).is_some() {
        return Some(SECOND);
    }
    let order = &screen.order;
    if order.standing().is_final() {
        return None;
    }
    let window = match order.window().at(now) {
        // How long it has been over stands at the top of the order; and a clock that was wrong may be set right.
        WindowState::Over(since) => Some(age(since).min(SELDOM)),
        WindowState::Open(_) | WindowState::Unknown | WindowState::Ahead => left(order.window(), now),
    };
    let moment = Moment { now, ..model.moment() };
    let quiet = (!quiet_left(order, &moment).is_zero()).then_some(SECOND);
    since_then(order, now).into_iter().chain(window).chain(quiet).min()
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
        WindowState::Unknown | WindowState::Ahead | WindowState::Over(_) => None,
        WindowState::Open(left) if left.as_secs() < 120 => Some(SECOND),
        WindowState::Open(left) => Some(SignedDuration::from_secs(left.as_secs() % 60 + 1).max(SELDOM)),
    }
}

/// An age is shown in seconds, then in full minutes, hours and days, as [`span`](crate::order::span) says it.
fn age(since: SignedDuration) -> SignedDuration {
    let seconds = since.as_secs().max(0);
    let next = |unit: i64| SignedDuration::from_secs(unit - seconds % unit);
    match seconds {
        ..120 => SECOND,
        120..10_800 => next(60),
        10_800..172_800 => next(3_600),
        _ => next(86_400),
    }
}
