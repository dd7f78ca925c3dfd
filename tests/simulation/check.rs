//! What must hold, whatever happens. Each thing that does not is written down in [`State::wrong`].

use crate::plan::QUIET;
use crate::px::{millis, number};
use crate::state::{Departure, State, TaskId};
use pxdesk::order::{
    Attempt, AttemptOutcome, Basis, Call, Completion, Digest, Event, HowRead, Identity, Order, OrderId,
    Outcome, Pace, Reopens,
};
use serde::Deserialize;

/// A Complete is about to leave: it stands in the journal, in this desk's name and in these very bytes; its guards hold;
/// and when the outcome of an earlier one is not known, a person has asked for this, and not too soon.
pub fn leaving(state: &mut State, task: TaskId, desk: &str, identity: &Identity, body: &[u8]) {
    state.tally.completes += 1;
    let digest = Digest::of(body);
    let id = identity.transaction_id.as_str();
    let intended = |order: &&Order| {
        order.identity == *identity
            && order.under_way().is_some_and(|attempt| {
                attempt.call == Call::CompleteOrder
                    && attempt.owner == desk
                    && attempt.request == Some(digest)
            })
    };
    let (Some(order), Some(transaction)) =
        (state.book.orders().iter().find(intended).cloned(), state.px.find(id))
    else {
        return state.wrong(format!("{id}: a Complete leaves that the journal does not hold"));
    };
    // Of an answer that another machine keeps nobody here can know; then only what a person asks for may leave.
    if state.kept.contains(&order.id) && !state.plan.server.shared {
        state.wrong(format!("{id}: a Complete leaves although the answer to one is kept"));
    }
    let number = order.under_way().map_or(0, |attempt| attempt.number);
    let in_doubt = order.doubt().is_some();
    if let Some(guard) = failing_guard(&order, in_doubt) {
        state.wrong(format!("{id}: a Complete leaves although {guard}"));
    }
    if in_doubt && !state.probing.contains(&task) {
        state.wrong(format!("{id}: a Complete leaves for an order in doubt, and nobody asked for it"));
    }
    let unknown = |departure: &&Departure| {
        departure.transaction == transaction
            && order.attempts.iter().any(|a| a.number == departure.attempt && a.in_doubt())
    };
    let last = state.departures.iter().filter(unknown).map(|departure| departure.at).max();
    if last.is_some_and(|at| state.now - at < millis(QUIET)) {
        state.wrong(format!("{id}: the quiet period is not over"));
    }
    if state.departures.iter().any(|d| d.transaction == transaction && d.attempt == number) {
        state.wrong(format!("{id}: attempt {number} leaves twice"));
    }
    state.departures.push(Departure { transaction, attempt: number, at: state.now });
}

/// What Complete's guards should have stopped. A probe is about an earlier Complete, so a refusal does not stop it.
fn failing_guard(order: &Order, probe: bool) -> Option<&'static str> {
    let text = order.retrieval.as_ref().map(|retrieval| retrieval.sha256);
    let accepted = order.acceptance.as_ref().map(|acceptance| acceptance.sha256);
    let refused = order.refusal().map(|error| error.remedy().reopens);
    let guards = [
        (order.completion.is_some(), "it is completed"),
        (order.abandoned.is_some(), "it is abandoned"),
        (text.is_none() || order.rcc_blocked, "there is no RCC text"),
        (accepted.is_none() || accepted != text, "the customer did not accept this RCC text"),
        (!probe && matches!(refused, Some(Reopens::Never | Reopens::Release)), "Px has refused it"),
        (!probe && is_refused_already(order), "Px has refused the same, and nothing was corrected"),
    ];
    guards.into_iter().find(|(fails, _)| *fails).map(|(_, guard)| guard)
}

/// True when the very same Complete was refused before, as one to correct first. Nobody here corrects anything back.
fn is_refused_already(order: &Order) -> bool {
    let to_mend = |attempt: &Attempt| match &attempt.outcome {
        Some(AttemptOutcome::Refused(error)) => error.remedy().reopens == Reopens::Mend,
        _ => false,
    };
    order.under_way().is_some_and(|leaving| {
        let same = |a: &&Attempt| a.call == leaving.call && a.request == leaving.request;
        order.attempts.iter().filter(same).any(to_mend)
    })
}

/// An event was recorded: an order that was placed is never taken for one that may be sent again.
pub fn recorded(state: &mut State, order: &Order) {
    let id = order.identity.transaction_id.as_str();
    let placed = state.px.find(id).is_some_and(|at| state.px.transactions[at].applied > 0);
    if placed && !is_safe(order) {
        state.wrong(format!("{id}: placed, and it stands as {}", order.standing().name()));
    }
}

/// A section was read: it had been lit for as long as its words take, whatever the wall clock did.
pub fn read(state: &mut State, order: &Order, events: &[Event]) {
    for event in events {
        let words = match event {
            Event::ReadingStarted { .. } => None,
            Event::SectionRead { words, .. } => Some(words.unwrap_or_default()),
            Event::AcceptedVerbally { read: Some(HowRead::Timed { .. }), .. } => {
                state.tally.readings += 1;
                continue;
            }
            _ => continue,
        };
        let lit = state.lit.insert(order.id.clone(), state.now);
        let least = words.map(|words| millis(Pace::FASTEST.time_for(words).unsigned_abs()));
        if least.zip(lit).is_some_and(|(least, lit)| state.now - lit < least) {
            state.wrong(format!("order {}: a section was read faster than it can be", order.id));
        }
    }
}

/// Completed, or locked until a person finds out.
fn is_safe(order: &Order) -> bool {
    let completing = order.under_way().is_some_and(|attempt| attempt.call == Call::CompleteOrder);
    order.completion.is_some() || order.doubt().is_some() || completing
}

/// Px has carried a Complete out: once an order, and one that the journal holds.
pub fn applied(state: &mut State, transaction: usize, body: &[u8]) {
    let known = &state.px.transactions[transaction];
    let (id, times) = (known.id.clone(), known.applied);
    if times > 1 {
        state.wrong(format!("{id}: placed {times} times"));
    }
    let digest = Some(Digest::of(body));
    let holds = |order: &&Order| order.attempts.iter().any(|attempt| attempt.request == digest);
    match state.book.orders().iter().find(holds).cloned() {
        Some(order) => recorded(state, &order),
        None => state.wrong(format!("{id}: placed, and the journal does not know of it")),
    }
}

/// An answer is kept outside of the journal: one that completes its order is never lost from now on.
pub fn kept(state: &mut State, answer: &[u8]) {
    let Ok(entry) = serde_json::from_slice::<Entry>(answer) else {
        return state.wrong("an answer is kept that cannot be read".to_owned());
    };
    let id = OrderId::parse(&entry.thing).filter(|id| state.book.order(id).is_some());
    match (id, entry.outcome) {
        (None, _) => state.wrong(format!("an answer is kept for order {}, which is none", entry.thing)),
        (Some(id), Outcome::Completed { .. }) => state.kept.push(id),
        (Some(_), _) => {}
    }
}

/// What is read of an answer that is kept.
#[derive(Deserialize)]
struct Entry {
    thing: String,
    outcome: Outcome,
}

/// When all has come to rest and the supervisor has settled what was in doubt.
pub fn at_the_end(state: &mut State) {
    state.nothing_is_forgotten();
    if let Err(why) = state.book.verify() {
        state.wrong(format!("the journal does not verify: {why}"));
    }
    for id in state.promised.clone() {
        if state.book.order(&id).is_none() {
            state.wrong(format!("order {id}: recorded, and lost"));
        }
    }
    for id in std::mem::take(&mut state.kept) {
        let completion = state.book.order(&id).and_then(|order| order.completion.as_ref());
        // Where another machine has settled the order meanwhile, the answer says no more than is known already.
        let shared = state.plan.server.shared;
        if completion.is_none_or(|completion| !shared && completion.basis != Basis::Confirmed) {
            state.wrong(format!("order {id}: completed by an answer that was kept, and the answer is lost"));
        }
    }
    if !state.spool.is_empty() {
        state.wrong("an answer is left outside of the journal".to_owned());
    }
    let orders = state.book.orders().to_vec();
    for (at, order) in orders.iter().enumerate() {
        let ids =
            |order: &Order| (order.identity.transaction_id.clone(), order.identity.partner_order_id.clone());
        let (ours, others) = (ids(order), orders[..at].iter().map(ids));
        if others.into_iter().any(|other| other.0 == ours.0 || other.1 == ours.1) {
            state.wrong(format!("two orders share {} or {}", ours.0, ours.1));
        }
        settled(state, order);
    }
    state.tally.events = state.book.events() as u64;
}

/// The journal and Px agree on the order, or the journal says honestly that they do not.
fn settled(state: &mut State, order: &Order) {
    let id = order.identity.transaction_id.as_str();
    state.tally.doubts += order.attempts.iter().filter(|attempt| attempt.in_doubt()).count() as u64;
    let Some(known) = state.px.find(id).map(|at| &state.px.transactions[at]) else {
        return state.wrong(format!("{id}: Px never heard of it"));
    };
    let (placed, foreign) = (known.applied > 0, known.foreign);
    if order.under_way().is_some() || order.doubt().is_some() {
        return state.wrong(format!("{id}: not settled, it stands as {}", order.standing().name()));
    }
    let refused = order.refusal().and_then(|error| error.row.as_deref());
    if refused == Some("complete_order/2130") {
        state.tally.alarms += 1;
        if !foreign {
            state.wrong(format!("{id}: an alarm, and nobody else submitted it"));
        }
    }
    let (bad, what) = match &order.completion {
        None => (placed, "placed, and not completed"),
        Some(Completion { basis: Basis::Confirmed, order_number, .. }) => {
            let given = order_number.as_deref() == Some(number(id).as_str());
            (!placed || !given, "confirmed by a reply that Px never gave")
        }
        Some(Completion { basis: Basis::Inferred { .. } | Basis::Verdict { .. }, .. }) => {
            (!placed && !foreign, "completed, and not placed")
        }
    };
    if bad {
        state.wrong(format!("{id}: {what}"));
    }
}
