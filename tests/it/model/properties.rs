//! What must always hold, and what must be reachable, so that what always holds is not held by doing nothing.

use super::protocol::Protocol;
use super::state::{Basis, Pair, Record, Standing, State, has_unknown};
use stateright::Property;

pub const ONCE: &str = "Px never places the customer's order twice for us";
pub const NEVER_LOST: &str = "what Px placed for us is completed, in doubt or under way in the journal";
pub const TRUE: &str = "an order is called completed only where Px has it and a request of ours may be why";
pub const OTHERS_ALARM: &str = "an alarm is never about an order that we placed";

/// All of them.
pub fn all() -> Vec<Property<Protocol>> {
    vec![
        Property::always(ONCE, |_, state: &State| state.ours.iter().sum::<u8>() <= 1),
        Property::always(NEVER_LOST, |_, state: &State| (0..2).all(|pair| is_known(state, pair))),
        Property::always(TRUE, |_, state: &State| (0..2).all(|pair| is_true(state, pair))),
        Property::always(OTHERS_ALARM, |_, state: &State| {
            (0..2).all(|pair| state.standing(pair) != Standing::Alarm || state.ours[pair] == 0)
        }),
        Property::sometimes("confirmed", |_, state: &State| completed(state, Basis::Confirmed)),
        Property::sometimes("inferred", |_, state: &State| completed(state, Basis::Inferred)),
        Property::sometimes("placed by verdict", |_, state: &State| completed(state, Basis::Verdict)),
        Property::sometimes("in doubt", |_, state: &State| stands(state, Standing::InDoubt)),
        Property::sometimes("in doubt for good: applied, and nobody knows", |_, state: &State| {
            state.standing(0) == Standing::InDoubt && state.ours[0] == 1 && state.wire.is_empty()
        }),
        Property::sometimes("alarm", |_, state: &State| stands(state, Standing::Alarm)),
        Property::sometimes("sent again after a verdict, and confirmed", |_, state: &State| {
            let judged = state.journal[0].contains(&Record::Verdict { placed: false });
            judged && state.standing(0) == Standing::Completed(Basis::Confirmed)
        }),
        Property::sometimes("confirmed under new ids, the first order abandoned", |_, state: &State| {
            state.standing(1) == Standing::Completed(Basis::Confirmed)
        }),
        // The limit of what 2130 proves: it says inferred, and never confirmed, because of this.
        Property::sometimes("inferred, and it was the other party's", |_, state: &State| {
            state.standing(0) == Standing::Completed(Basis::Inferred) && state.ours[0] == 0
        }),
    ]
}

fn stands(state: &State, standing: Standing) -> bool {
    state.standing(0) == standing
}

fn completed(state: &State, basis: Basis) -> bool {
    stands(state, Standing::Completed(basis))
}

fn is_known(state: &State, pair: Pair) -> bool {
    match state.standing(pair) {
        Standing::UnderWay | Standing::InDoubt | Standing::Completed(_) => true,
        Standing::NotOpened | Standing::Accepted | Standing::Alarm | Standing::Abandoned => {
            state.ours[pair] == 0
        }
    }
}

fn is_true(state: &State, pair: Pair) -> bool {
    match state.standing(pair) {
        Standing::Completed(Basis::Confirmed) => state.ours[pair] > 0,
        Standing::Completed(Basis::Inferred | Basis::Verdict) => {
            state.knows(pair) && has_unknown(&state.journal[pair])
        }
        Standing::NotOpened
        | Standing::Accepted
        | Standing::UnderWay
        | Standing::InDoubt
        | Standing::Alarm
        | Standing::Abandoned => true,
    }
}
