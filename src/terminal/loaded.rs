//! An order as it stands, for the screen.

use super::tell::{failed, tell};
use crate::desk::Msg;
use crate::engine::Engine;
use crate::order::{Order, OrderId};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// Reads an order and shows it.
pub async fn load(engine: &Engine, sender: &UnboundedSender<Msg>, id: OrderId) {
    match engine.journal().load::<Order>(&id).await {
        Ok(order) => tell_loaded(engine, sender, order, false).await,
        Err(error) => tell(sender, failed(Some(id), &error.into(), false)),
    }
}

/// Shows an order; `after` something that was asked for.
pub async fn tell_loaded(engine: &Engine, sender: &UnboundedSender<Msg>, order: Order, after: bool) {
    match engine.journal().history::<Order>(&order.id).await {
        Ok(history) => tell(sender, Msg::Order { order: Arc::new(order), history: Arc::new(history), after }),
        Err(error) => tell(sender, failed(Some(order.id.clone()), &error.into(), after)),
    }
}
