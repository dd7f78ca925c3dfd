//! Whom the open order is assigned to, and taking it over.

use super::tell::say;
use crate::desk::confirm::Confirm;
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::order::{Claim, Event, Order, OrderId, Recorded, Worker};

/// Who else works on `order` now. Whether another process lives only the engine knows; here it is taken to.
pub fn worked_on_by(model: &Model, order: &Order) -> Option<Worker> {
    match order.claim(&model.setup.agent, model.now, |_| true) {
        Claim::WorkedOn(worker) if !order.standing().is_final() => Some(worker),
        Claim::WorkedOn(_) | Claim::Free | Claim::Resting => None,
    }
}

/// Asks before the order in front is taken over, or says why there is nothing to take over.
pub fn ask(model: &mut Model) {
    let found: Option<(OrderId, Option<String>)> = if model.screen == Screen::Order {
        let order = model.order.as_ref().map(|screen| screen.order.clone());
        order.map(|order| (order.id.clone(), worked_on_by(model, &order).map(|worker| worker.name)))
    } else {
        let row = model.stalled.row();
        row.map(|row| (row.id.clone(), model.worked_on_by(row).map(|worker| worker.name.clone())))
    };
    match found {
        Some((id, Some(name))) => model.frame.ask(Confirm::TakeOver(id, name)),
        Some((_, None)) => {
            model.say(Severity::Info, "nobody else is working on it: go on");
        }
        None => {}
    }
}

/// Says so when somebody else has taken the order over, or given it to somebody: what happened after event `seq`.
pub fn tell_taken(model: &mut Model, id: &OrderId, history: &[Recorded], seq: u64) {
    let agent = &model.setup.agent;
    let news = history.iter().rev().take_while(|record| record.seq > seq);
    let taken = news.filter(|record| record.by != *agent).find_map(|record| match &record.event {
        Event::TakenOver { .. } => {
            Some(format!("this order was taken over by {}: leave it to them", record.by))
        }
        Event::Assigned { to } if to != agent => {
            Some(format!("this order was assigned to {to} by {}", record.by))
        }
        _ => None,
    });
    if let Some(text) = taken {
        say(model, id, Severity::Warning, &text);
    }
}

/// Says so when the last that happened to an order is that it changed hands or got a note.
pub fn tell(model: &mut Model, id: &OrderId, history: &[Recorded]) {
    let last = history.last().map(|last| &last.event);
    let text = if let Some(Event::TakenOver { from }) = last {
        format!("you have taken it over from {from}; the history records it")
    } else if let Some(Event::Assigned { to }) = last {
        format!("assigned to {to}")
    } else if let Some(Event::Noted { .. }) = last {
        "the note is kept in the history".to_owned()
    } else {
        return;
    };
    say(model, id, Severity::Done, &text);
}
