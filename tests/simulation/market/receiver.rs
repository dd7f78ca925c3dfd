//! The receiver: deploys come in, are on disk, and are answered; and the marketplace, which sends some of them again.

use super::ground::Ground;
use super::pause::Shared;
use super::people::{self, tell};
use super::plan::Break;
use super::state::{CALENDAR, State};
use super::stock;
use pxdesk::engine::{Engine, MarketError, NewDeploy, Received};
use pxdesk::subscription::{
    Answer, Billing, By, CustomerId, Plan, ProvisioningId, Refusal, Subscription, read_deploy,
};

/// How long a person has to answer, in steps of a second.
const PATIENCE: u32 = 10;

/// One of the receiver's connections.
pub async fn serve(engine: Engine<Ground>, world: Shared, turns: u64) {
    people::recover(&engine, &world).await;
    for _ in 0..turns {
        world.some_pause(10, 10_000).await;
        let buyer = {
            let mut state = world.state();
            let all = state.stock.buyers.len();
            let at = state.some_index(all);
            state.stock.buyers[at].clone()
        };
        deploy(&engine, &world, &buyer).await;
        if !engine.unrecorded().is_empty() {
            people::keep_offering(&engine, &world).await;
        }
    }
}

/// What the configuration answers by itself. Its pattern has room for few ids.
pub fn pattern(state: &mut State) -> Option<(Answer, By)> {
    let customer_id = CustomerId::new(format!("c{}", state.rng.below(6))).ok()?;
    Some((Answer::Provisioned { customer_id }, By::Pattern))
}

fn new_deploy(state: &mut State, buyer: &ProvisioningId) -> Option<NewDeploy> {
    let skus = stock::skus();
    let other = state.rng.chance(100);
    let contact = if other { "b@example.com" } else { "a@example.com" };
    let body = serde_json::json!({
        "provisioningId": buyer, "productId": 7, "productSkus": skus, "contactEmail": contact,
    });
    let plan = |sku: &pxdesk::subscription::Sku| Plan {
        sku: sku.clone(),
        billing: Billing::Manual,
        usage: stock::is_used(sku),
        unit: None,
        known: true,
        starts: None,
    };
    let asked = state.rng.chance(state.plan.asked);
    let answer = if asked { None } else { Some(pattern(state)?) };
    let deploy = read_deploy(body.to_string().as_bytes()).ok()?;
    Some(NewDeploy { deploy, plans: skus.iter().map(plan).collect(), first_version: false, answer })
}

async fn deploy(engine: &Engine<Ground>, world: &Shared, buyer: &ProvisioningId) {
    let new = new_deploy(&mut world.state(), buyer);
    let Some(mut new) = new else { return };
    let too_early = world.state().broken == Some(Break::AnswerBeforeStore);
    if too_early && let Some((Answer::Provisioned { customer_id }, _)) = &new.answer {
        super::check::answered(&mut world.state(), buyer.as_str(), customer_id);
    }
    for _ in 0..8 {
        let received = match engine.receive(vec![new]).await {
            Ok(received) => received.into_iter().next().unwrap_or(Err(MarketError::Conflict)),
            Err(error) => Err(error),
        };
        match received {
            Ok(Received::IdTaken(again)) => {
                let answer = pattern(&mut world.state());
                new = NewDeploy { answer, ..again };
            }
            Ok(Received::New(known) | Received::Again(known)) => return reply(engine, world, known).await,
            Ok(Received::Conflict(known)) => return tell(world, "conflict", Ok(known.id)),
            Err(error) => return tell::<&str>(world, "deploy", Err(error)),
        }
    }
}

/// Answers the marketplace, with what is on disk.
async fn reply(engine: &Engine<Ground>, world: &Shared, mut known: Subscription) {
    for waited in 0..PATIENCE {
        if known.answer.is_some() {
            break;
        }
        world.pause(1_000).await;
        known = match engine.of::<Subscription>().load(&known.id).await {
            Ok(known) => known,
            Err(error) => return tell::<&str>(world, "deploy", Err(error)),
        };
        if waited + 1 == PATIENCE && known.answer.is_none() {
            known = match otherwise(engine, world, known).await {
                Ok(known) => known,
                Err(error) => return tell::<&str>(world, "deploy", Err(error)),
            };
        }
    }
    let Some(customer_id) = known.customer_id().cloned() else { return };
    super::check::answered(&mut world.state(), known.provisioning_id.as_str(), &customer_id);
    world.some_pause(0, 50).await;
    let lost = {
        let state = &mut *world.state();
        state.rng.chance(state.plan.lost)
    };
    tell(world, "delivered", engine.delivered(vec![(known, !lost)]).await.map(|()| !lost));
}

/// Nobody has answered in time.
async fn otherwise(
    engine: &Engine<Ground>,
    world: &Shared,
    known: Subscription,
) -> Result<Subscription, MarketError> {
    for _ in 0..8 {
        let Some((answer, _)) = pattern(&mut world.state()) else { break };
        let by = By::Otherwise { why: "nobody answered".to_owned() };
        match engine.answer(&known.id, answer, by).await {
            // The id belongs to somebody else: another one.
            Err(MarketError::Refusal(Refusal::Taken { .. })) => {}
            Err(MarketError::Refusal(Refusal::Answered)) => break,
            other => return other,
        }
    }
    engine.of::<Subscription>().load(&known.id).await
}

/// The calendar is there: without it nothing of this can run.
pub fn has_calendar() -> bool {
    CALENDAR.is_some()
}
