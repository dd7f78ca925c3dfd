//! The protocol between desk, journal and Px, checked in every state that it can reach.
//!
//! With all guards on, nothing is placed twice and nothing is lost; with any one off, the shortest way to harm is found
//! and told. `cargo test --test it model:: -- --nocapture` prints the stories; they are approved in `snapshots/`.
//!
//! `code` holds the program's own decisions against every history that the model can write.
//!
//! What it takes for granted: when the quiet period is over, no request of ours can be applied any more; the carrier's
//! books are right. What it leaves out: the three calls before Complete, and attempts beyond the third of an order.

mod code;
mod properties;
mod protocol;
mod state;
mod words;

use properties::{NEVER_LOST, ONCE, TRUE};
use protocol::{Guard, Protocol};
use stateright::{Checker as _, HasDiscoveries, Model as _};

/// What the check with all guards on has to look at; another number means that the protocol was changed.
const STATES: usize = 256_782;

#[test]
fn with_every_guard_on_nothing_is_placed_twice_and_nothing_is_lost() {
    let checker = Protocol { off: None }.checker().spawn_bfs().join();
    checker.assert_properties();
    assert_eq!(checker.unique_state_count(), STATES);
    println!("every guard on: {STATES} states, and no more; {} steps deep", checker.max_depth());
}

/// The shortest way to break `property`, told.
fn shortest(protocol: Protocol, property: &'static str) -> Option<String> {
    (2..20).find_map(|depth| {
        let found = HasDiscoveries::AllOf([property].into());
        let checker = protocol.checker().target_max_depth(depth).finish_when(found).spawn_bfs().join();
        checker.discovery(property).map(|path| words::story(protocol, path.into_vec()))
    })
}

#[test]
fn without_any_one_of_the_guards_there_is_a_way_to_harm() {
    for (name, guard, property) in [
        ("durable_intent-lost", Guard::DurableIntent, NEVER_LOST),
        ("durable_intent-twice", Guard::DurableIntent, ONCE),
        ("expected_sequence", Guard::ExpectedSequence, ONCE),
        ("quiet_period", Guard::QuietPeriod, ONCE),
        ("no_new_ids", Guard::NoNewIds, ONCE),
        ("foreign_check", Guard::ForeignCheck, TRUE),
    ] {
        let story = shortest(Protocol { off: Some(guard) }, property)
            .unwrap_or_else(|| panic!("{guard:?} off breaks nothing"));
        let told = format!("{guard:?} off. Broken: {property}.\n{story}");
        println!("\n{told}");
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, told);
        });
    }
}
