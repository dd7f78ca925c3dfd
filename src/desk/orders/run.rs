//! Starting a task on an order.

use crate::desk::effect::{Effect, Task};
use crate::desk::model::Model;
use crate::order::{Call, OrderId};

/// Starts a task on the open order, unless something is under way for it.
pub fn run(model: &mut Model, task: Task) -> Vec<Effect> {
    let Some(screen) = model.order.as_ref() else { return Vec::new() };
    let id = screen.order.id.clone();
    run_on(model, id, task)
}

/// The same on any order.
pub fn run_on(model: &mut Model, id: OrderId, task: Task) -> Vec<Effect> {
    if model.running.contains_key(&id) {
        return Vec::new();
    }
    if let Some(screen) = model.order.as_mut().filter(|screen| screen.order.id == id) {
        screen.problem = None;
    }
    let call = match &task {
        Task::Retrieve => Some(Call::RetrieveRcc),
        Task::Send(_) => Some(Call::SendRcc),
        Task::Check => Some(Call::GetRccAcceptance),
        Task::Complete(_) | Task::Probe => Some(Call::CompleteOrder),
        Task::Resolve(_) | Task::Do(_) => None,
    };
    model.begin(&id, call);
    model.frame.under_way += 1;
    vec![Effect::Run(id, task)]
}
