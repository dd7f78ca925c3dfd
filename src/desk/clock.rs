//! When what is on the screen next changes by the passing of time alone. Without a running clock in sight, never.

use super::market;
use super::model::{Model, Overlay, Screen};
use super::orders::clock::{order, rows};
use super::supervisor::day::AGAIN;
use super::supervisor::list::Line;
use crate::order::{OrderId, Timestamp};
use jiff::SignedDuration;

const SECOND: SignedDuration = SignedDuration::from_secs(1);
/// The ages in a group's heading are no more exact than this.
const GROUPS: SignedDuration = SignedDuration::from_secs(20);

/// How long until then: seconds where seconds are shown, else the next full minute; and when the desk locks itself.
pub fn next_tick(model: &Model, now: Timestamp) -> Option<SignedDuration> {
    // While a run is paused, its clock stands still.
    if model.frame.lock.locked || model.training.is_paused() {
        return None;
    }
    let lock = model.frame.lock.left(model.setup.lock_after, model.unmoved(now));
    let lock = lock.map(|left| left.max(SECOND));
    shown(model, now).into_iter().chain(lock).min()
}

/// True while somebody looks at what other processes may write any moment: an order that has not ended, stalled orders, deploys that are
/// received, and usage. Then the journal is worth a look every other second.
pub fn watches_journal(model: &Model) -> bool {
    let in_front = match model.screen {
        Screen::Order => model.order.as_ref().is_some_and(|screen| !screen.order.standing().is_final()),
        Screen::Stalled | Screen::Market | Screen::Subscription | Screen::Sending => true,
        _ => false,
    };
    in_front && !model.frame.lock.locked && !model.training.is_paused()
}

/// The order in front whose call another process makes: when that one dies, nothing in the journal tells of it.
pub fn awaited(model: &Model) -> Option<&OrderId> {
    let screen = model.order.as_ref().filter(|_| model.screen == Screen::Order)?;
    let by_another = screen.busy.is_none() && screen.order.under_way().is_some();
    by_another.then_some(&screen.order.id)
}

fn shown(model: &Model, now: Timestamp) -> Option<SignedDuration> {
    if matches!(model.frame.overlay, Some(Overlay::Help)) {
        return None;
    }
    match model.screen {
        Screen::Intake | Screen::Replay | Screen::Graded | Screen::Contract | Screen::Applying => None,
        // How long a run lasts is shown in seconds.
        Screen::Training => {
            let classroom = model.training.classroom.as_ref();
            classroom.is_some_and(|classroom| !classroom.trainees.is_empty()).then_some(SECOND)
        }
        Screen::Order => model.order.as_ref().and_then(|screen| order(model, screen, now)),
        Screen::Queue => rows(model, model.queue.visible(model.page()).map(|(_, row)| row), now),
        Screen::Day => Some(AGAIN),
        Screen::Market | Screen::Subscription | Screen::Sending => Some(market::clock::next_tick(model)),
        Screen::Stalled => {
            // The view keeps the chosen line in sight, so what it shows lies within a page of it.
            let (page, stalled) = (model.page(), &model.stalled);
            let near = stalled.lines.iter().skip(stalled.selected.saturating_sub(page)).take(2 * page);
            let row = |line: &Line| match line {
                Line::Row(at) => stalled.rows.get(*at),
                Line::Group(_) => None,
            };
            let groups = (!stalled.groups.is_empty()).then_some(GROUPS);
            rows(model, near.filter_map(row), now).into_iter().chain(groups).min()
        }
    }
}
