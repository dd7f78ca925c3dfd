//! What the role of the agent keeps them from: not offered, and said why when its key is pressed all the same.

use super::action::Action;
use super::market::act::Act;
use super::market::state::List;
use super::model::{Model, Screen};
use super::supervisor::batch;
use crate::order::{Command, Right, right_for};

/// The right that `action` needs on the present screen; none when every role has it.
pub fn right_of(model: &Model, action: Action) -> Option<Right> {
    let mine = |agent: &str| agent == model.setup.agent;
    match action {
        Action::Assign => Some(Right::Assign),
        Action::RetryAll => Some(Right::RetryInBulk),
        Action::Verdict => Some(Right::Settle),
        Action::Market(Act::Next) if model.screen == Screen::Market && model.market.list == List::Doubts => {
            Some(Right::RecordVerdict)
        }
        Action::Abandon if model.screen == Screen::Order => {
            of_open_order(model, &Command::Abandon { reason: String::new() })
        }
        Action::Release => of_open_order(model, &Command::Release { reason: String::new() }),
        Action::Abandon if model.setup.role.may(Right::AbandonOthers) => None,
        Action::Abandon => {
            let others = batch::chosen(model).iter().any(|row| !mine(&row.agent));
            others.then_some(Right::AbandonOthers)
        }
        _ => None,
    }
}

/// The right that a command needs for the order that is open.
fn of_open_order(model: &Model, command: &Command) -> Option<Right> {
    let screen = model.order.as_ref()?;
    right_for(command, &screen.order, &model.setup.agent)
}

/// Whether the agent's role includes `action` here.
pub fn includes(model: &Model, action: Action) -> bool {
    right_of(model, action).is_none_or(|right| model.setup.role.may(right))
}
