//! Leaving the desk: not before what is under way has ended, and not without the bookmark of a text that is being read.

use super::effect::Effect;
use super::model::{Confirm, Model, Overlay};
use super::{deeds, order_screen};
use crate::order::OrderId;

/// The person wants to leave. While something is under way they are asked first; asked twice, they mean it.
pub fn wished(model: &mut Model) -> Vec<Effect> {
    if model.under_way == 0 {
        return go(model);
    }
    if matches!(model.overlay, Some(Overlay::Confirm(Confirm::Leave))) {
        return vec![Effect::Quit];
    }
    deeds::question(model, Confirm::Leave)
}

/// The system wants the desk to end.
pub fn asked(model: &mut Model) -> Vec<Effect> {
    model.leaving = true;
    last_ended(model)
}

/// Lets a person go who asked to, once nothing is under way any more.
pub fn last_ended(model: &mut Model) -> Vec<Effect> {
    if model.leaving && model.under_way == 0 { go(model) } else { Vec::new() }
}

/// The same after a failure on the order `id`. It may have been the putting aside that failed: that is not tried again.
pub fn failed(model: &mut Model, id: Option<&OrderId>) -> Vec<Effect> {
    let open = model.order.as_ref().map(|screen| &screen.order.id);
    let ready = model.leaving && model.under_way == 0;
    if ready && id.is_some() && id == open { vec![Effect::Quit] } else { last_ended(model) }
}

/// Leaves; a reading is put aside first.
fn go(model: &mut Model) -> Vec<Effect> {
    model.leaving = true;
    let aside = order_screen::put_aside(model);
    if aside.is_empty() { vec![Effect::Quit] } else { aside }
}
