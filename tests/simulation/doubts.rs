//! Orders in doubt: what people do about them.

use crate::ground::{Ground, Shared};
use crate::people::{done, tell};
use crate::plan::QUIET;
use crate::px::millis;
use crate::server::LONGEST_NOTICE;
use pxdesk::engine::Engine;
use pxdesk::order::{OrderId, Statement};

/// An order is in doubt: some leave it, some do not wait, some do.
pub async fn find_out(engine: &Engine<Ground>, world: &Shared, id: &OrderId) {
    let patience = world.state().rng.below(4);
    match patience {
        0 => return,
        1 => {}
        _ => world.some_pause(60_000, 400_000).await,
    }
    let probes = world.state().rng.chance(500);
    if probes { probe(engine, world, id).await } else { resolve(engine, world, id).await }
}

async fn probe(engine: &Engine<Ground>, world: &Shared, id: &OrderId) {
    let task = world.state().current;
    world.state().probing.push(task);
    let result = engine.probe(id).await.map(|done| done.order);
    world.state().probing.retain(|probing| *probing != task);
    world.state().tally.probes += u64::from(result.is_ok());
    done(world, "probe", result);
}

/// The carrier is asked, and knows: its own books are right at any time.
async fn resolve(engine: &Engine<Ground>, world: &Shared, id: &OrderId) {
    let placed = {
        let state = world.state();
        let known = state.book.order(id).and_then(|o| state.px.find(o.identity.transaction_id.as_str()));
        known.is_some_and(|at| state.px.transactions[at].is_submitted())
    };
    let statement = Statement { placed, reference: "ticket 7".to_owned(), name: "Lee".to_owned() };
    let result = engine.resolve(id, statement).await;
    world.state().tally.verdicts += u64::from(result.is_ok());
    done(world, "resolve", result);
}

/// A server takes some time to notice that a desk is gone, and to come back itself.
async fn server_has_noticed(world: &Shared) {
    let shared = world.state().plan.server.shared;
    if shared {
        world.pause(LONGEST_NOTICE).await;
    }
}

/// When all has come to rest: a desk that is started once more, and hands in what its machine has kept.
pub async fn hand_in(engine: Engine<Ground>, world: Shared) {
    server_has_noticed(&world).await;
    let recovered = engine.recover().await;
    tell(&world, "handed in", recovered.map(|ids| ids.len()));
    engine.keep_offering().await;
}

/// When every desk has closed: what is in doubt is settled, one way or the other.
pub async fn supervise(engine: Engine<Ground>, world: Shared) {
    const ROUNDS: usize = 6;
    server_has_noticed(&world).await;
    let recovered = engine.recover().await;
    tell(&world, "the supervisor recovers", recovered.map(|ids| ids.len()));
    let ids: Vec<OrderId> = world.state().book.orders().iter().map(|order| order.id.clone()).collect();
    for id in ids {
        for round in 1..=ROUNDS {
            let doubt = world.state().book.order(&id).is_some_and(|order| order.doubt().is_some());
            if !doubt {
                break;
            }
            world.pause(2 * millis(QUIET)).await;
            let probes = round < ROUNDS && world.state().rng.chance(500);
            if probes { probe(&engine, &world, &id).await } else { resolve(&engine, &world, &id).await }
        }
    }
}
