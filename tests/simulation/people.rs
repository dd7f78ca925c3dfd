//! The people at the desks: they do what the screen lets them do, at any time, without much thought.

use crate::ground::{Ground, Shared};
use crate::state::State;
use pxdesk::engine::{Engine, Error, Plan, Until, Walked};
use pxdesk::order::{AddressDetailId, PartnerId, PartnerOrderId, SalesCode, TransactionId};
use pxdesk::order::{
    Amendment, Command, Contact, Email, Identity, Method, NewOrder, Order, OrderId, Pauses, Refusal, Reopens,
    Secret, retryable,
};
use std::fmt::Display;

/// One pair of hands at a desk. `turns`: how many things it does.
pub async fn hand(engine: Engine<Ground>, world: Shared, turns: u64) {
    let recovered = engine.recover().await;
    tell(&world, "recovered", recovered.map(|ids| ids.len()));
    for _ in 0..turns {
        world.some_pause(10, 20_000).await;
        let order = {
            let mut state = world.state();
            let intake = state.intake < state.px.transactions.len();
            let known = state.book.orders().len();
            let chosen = state.some_index(known.max(1));
            if intake && (known == 0 || state.rng.chance(500)) {
                None
            } else {
                state.book.orders().get(chosen).cloned()
            }
        };
        match order {
            None => open(&engine, &world).await,
            Some(order) => act(&engine, &world, &order).await,
        }
        // The desk offers what the journal has not taken by itself, now and then in time.
        if !engine.unrecorded().is_empty() && world.state().rng.chance(500) {
            engine.keep_offering().await;
        }
    }
}

/// Takes in the next order that the order system hands over; sometimes the same one is handed over twice.
async fn open(engine: &Engine<Ground>, world: &Shared) {
    let new = {
        let mut state = world.state();
        let at = state.intake.min(state.px.transactions.len() - 1);
        let again = state.rng.chance(100);
        if !again {
            state.intake = at + 1;
        }
        new_order(&mut state, at)
    };
    let Some(new) = new else { return };
    match engine.open(new).await {
        Ok(order) => {
            let mut state = world.state();
            let now = state.now;
            state.trace.tell(now, format_args!("recorded: {}", order.id));
            state.promised.push(order.id);
        }
        Err(error) => tell::<&str>(world, "open", Err(error)),
    }
}

fn new_order(state: &mut State, at: usize) -> Option<NewOrder> {
    let transaction = &state.px.transactions[at];
    let (id, partner_order) = (transaction.id.clone(), transaction.partner_order.clone());
    let prepared = State::wall_at(transaction.prepared_at);
    Some(NewOrder {
        identity: Identity {
            sales_code: SalesCode::new("S1").ok()?,
            partner_id: PartnerId::new("P1").ok()?,
            partner_order_id: PartnerOrderId::new(partner_order).ok()?,
            transaction_id: TransactionId::new(id).ok()?,
            address_detail_id: AddressDetailId::new(format!("A{}", at % 2)).ok()?,
        },
        prepared_at: state.rng.chance(700).then_some(prepared),
        customer: pxdesk::order::Customer { email: Email::new("a@example.com").ok(), ..Default::default() },
        payment_token: state.rng.chance(300).then(|| Secret::new("tok_1")),
        gift_cards: Vec::new(),
        language: None,
        ignored: Vec::new(),
        despite_doubt: state.rng.chance(500).then(|| "the supervisor knows".to_owned()),
    })
}

/// Does something with an order, sensible or not.
async fn act(engine: &Engine<Ground>, world: &Shared, order: &Order) {
    let id = &order.id;
    if order.doubt().is_some() {
        return crate::doubts::find_out(engine, world, id).await;
    }
    let (what, far) = {
        let mut state = world.state();
        (state.rng.below(18), state.rng.below(4))
    };
    match what {
        0..=6 => walk(engine, world, id, Method::Verbal, far).await,
        7..=8 => walk(engine, world, id, Method::Email, far).await,
        9..=10 => done(world, "complete", engine.complete(id).await.map(|done| done.order)),
        11 => done(world, "retrieve", engine.retrieve(id).await.map(|done| done.order)),
        12 => done(
            world,
            "retry",
            engine.retry(id, retryable(order, engine.moment().now).ok()).await.map(|retried| retried.order),
        ),
        13 => done(world, "decline", engine.command(id, Command::Decline).await),
        14 if far == 0 => {
            let reason = "changed their mind".to_owned();
            done(world, "abandon", engine.command(id, Command::Abandon { reason }).await);
        }
        15 => correct(engine, world, order).await,
        _ => read_aloud(engine, world, order).await,
    }
}

/// Reads the text aloud at the desk, sometimes in a hurry, and takes the customer's yes down.
async fn read_aloud(engine: &Engine<Ground>, world: &Shared, order: &Order) {
    let id = &order.id;
    let mut read = engine.command(id, Command::Read).await;
    for _ in 0..6 {
        let reading = read.as_ref().ok().and_then(|order| order.reading.as_ref());
        let Some(section) = reading.and_then(pxdesk::order::Reading::bookmark) else { break };
        let lit = engine.steady();
        world.some_pause(0, 2_500).await;
        let shown = engine.steady().since_exactly(&lit).unwrap_or_default();
        let millis = u64::try_from(shown.as_millis()).ok();
        match engine.command(id, Command::SectionRead { section, millis }).await {
            Err(Error::Refusal(refusal @ Refusal::TooFast { .. })) => {
                tell::<&str>(world, "reading", Err(refusal.into()));
            }
            other => read = other,
        }
    }
    let yes = engine.command(id, Command::AcceptVerbally { name: "Ann".into() }).await;
    done(world, "read aloud", read.and(yes));
}

/// Corrects what Px refused; releases what it holds, when the carrier says that nothing was placed.
async fn correct(engine: &Engine<Ground>, world: &Shared, order: &Order) {
    let held = order.refusal().is_some_and(|error| error.remedy().reopens == Reopens::Release);
    let command = if held {
        Command::Release { reason: "the carrier says so".to_owned() }
    } else {
        let token = format!("tok_{}", order.seq);
        Command::Amend(Amendment { payment_token: Some(Secret::new(token)), ..Amendment::default() })
    };
    done(world, "correct", engine.command(&order.id, command).await);
}

async fn walk(engine: &Engine<Ground>, world: &Shared, id: &OrderId, method: Method, far: u64) {
    let second = jiff::SignedDuration::from_secs(1);
    let plan = Plan {
        method,
        until: if far == 0 { Until::Accepted } else { Until::Completed },
        to: Email::new("a@example.com").ok().map(Contact::Email),
        accepted_by: Some("Ann".into()),
        take_over: true,
        pauses: Pauses { first: second * 2, longest: second * 30, give_up_after: second * 60 },
    };
    done(world, "walk", engine.walk(id, &plan, &mut |_| ()).await.map(Walked::order));
}

pub fn done(world: &Shared, what: &str, result: Result<Order, Error>) {
    tell(world, what, result.map(|order| order.standing().name()));
}

pub fn tell<T: Display>(world: &Shared, what: &str, result: Result<T, Error>) {
    let mut state = world.state();
    let (task, now) = (state.current, state.now);
    match result {
        Ok(said) => state.trace.tell(now, format_args!("hand {task}: {what}: {said}")),
        Err(error) => state.trace.tell(now, format_args!("hand {task}: {what}: {error}")),
    }
}
