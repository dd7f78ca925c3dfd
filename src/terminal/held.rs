//! Answers that the journal has not taken yet.

use super::loaded::load;
use super::market;
use super::tell::{not_recorded, tell};
use crate::desk::Msg;
use crate::engine::Engine;
use crate::kind::Kind as _;
use crate::order::{Order, OrderId};
use tokio::sync::mpsc::UnboundedSender;

/// Says which answers the journal has not taken, offers them until it has, and shows their orders then.
pub async fn record_what_is_held(engine: Engine, sender: UnboundedSender<Msg>) {
    loop {
        let (held, of_market): (Vec<_>, Vec<_>) =
            engine.unrecorded().into_iter().partition(|held| held.kind == Order::NAME);
        let ids: Vec<OrderId> = held.iter().filter_map(|held| OrderId::parse(&held.thing)).collect();
        for (id, held) in ids.iter().zip(&held) {
            let problem = not_recorded(&held.answer, held.remedy);
            tell(&sender, Msg::Failed { id: Some(id.clone()), problem, after: false, retry_after: None });
        }
        for held in &of_market {
            market::not_recorded(&sender, held);
        }
        engine.keep_offering().await;
        engine.keep_offering_market().await;
        if !of_market.is_empty() {
            tell(&sender, Msg::JournalChanged);
        }
        for id in ids {
            load(&engine, &sender, id).await;
        }
        engine.one_more_unrecorded().await;
    }
}
