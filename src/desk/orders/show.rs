//! Opening an order: it is asked for, and shown when it is there.

use super::hands::worked_on_by;
use super::screen::OrderScreen;
use crate::desk::effect::Effect;
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::order::{Order, OrderId, Recorded, span};
use jiff::SignedDuration;
use std::sync::Arc;

/// Asks for an order, to show it.
pub fn open(model: &mut Model, id: OrderId) -> Vec<Effect> {
    (model.opening, model.then) = (Some(id.clone()), None);
    vec![Effect::LoadOrder(id)]
}

/// The order that was asked for is there. It is shown unless the person has gone elsewhere in the meantime.
pub fn show(model: &mut Model, order: Arc<Order>, history: Arc<Vec<Recorded>>) {
    model.opening = None;
    if model.frame.overlay.is_some() || !matches!(model.screen, Screen::Queue | Screen::Stalled) {
        return;
    }
    model.from = model.screen;
    model.screen = Screen::Order;
    tell_worker(model, &order);
    model.queue.news.remove(&order.id);
    if model.order.as_ref().is_some_and(|screen| screen.order.id == order.id) {
        return;
    }
    let mut screen = OrderScreen::new(order, history, model.now);
    screen.busy = model.running.get(&screen.order.id).copied();
    model.order = Some(screen);
}

/// Says so when somebody else works on the order.
fn tell_worker(model: &mut Model, order: &Order) {
    if let Some(worker) = worked_on_by(model, order) {
        let since = span(model.now.duration_since(worker.at).max(SignedDuration::ZERO));
        let text = format!("{} is working on this order (last {since} ago): O takes it over", worker.name);
        model.say(Severity::Warning, text);
    }
}
