//! Starting a task on the open order.

use crate::desk::effect::{Effect, Task};
use crate::desk::model::Model;
use crate::order::Call;

/// Starts a task on the open order, unless something is under way for it.
pub fn run(model: &mut Model, task: Task) -> Vec<Effect> {
    let Some(screen) = model.order.as_mut() else { return Vec::new() };
    let id = screen.order.id.clone();
    if model.running.contains_key(&id) {
        return Vec::new();
    }
    screen.problem = None;
    let call = match &task {
        Task::Retrieve => Some(Call::RetrieveRcc),
        Task::Send(_) => Some(Call::SendRcc),
        Task::Check => Some(Call::GetRccAcceptance),
        Task::Complete | Task::Probe => Some(Call::CompleteOrder),
        Task::Resolve(_) | Task::Do(_) => None,
    };
    model.begin(&id, call);
    model.frame.under_way += 1;
    vec![Effect::Run(id, task)]
}
