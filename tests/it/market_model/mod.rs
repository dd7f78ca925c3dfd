//! The protocols of the marketplace, checked in every state that they can reach: a month's report and its supplement
//! (`protocol`), a run of reports (`runs`), a deploy (`deploys`).
//!
//! With all guards on, no line is billed twice and nothing is sent in doubt; with any one off, the shortest way to harm is
//! found and told: `cargo test --test it market_model:: -- --nocapture`.
//!
//! What it takes for granted: when the quiet period is over, no request of ours can be added any more; the portal shows
//! what was added; lines that come late are taken in by one desk at a time.

mod deploys;
mod guard;
mod properties;
mod protocol;
mod runs;
mod state;
mod words;

use guard::Guard;
use properties::{COUNTED_ONCE, ONCE, TRUE};
use protocol::Protocol;
use stateright::{Checker as _, HasDiscoveries, Model as _};

/// What the check with all guards on has to look at; another number means that the protocol was changed.
const STATES: usize = 46_360;

#[test]
fn with_every_guard_on_no_line_is_billed_twice_and_nothing_is_sent_in_doubt() {
    let checker = Protocol { off: None }.checker().spawn_bfs().join();
    println!("every guard on: {} states; {} steps deep", checker.unique_state_count(), checker.max_depth());
    checker.assert_properties();
    assert_eq!(checker.unique_state_count(), STATES);
}

/// The shortest way to break `property`, told.
fn shortest(protocol: Protocol, property: &'static str) -> Option<String> {
    (8..24).find_map(|depth| {
        let found = HasDiscoveries::AllOf([property].into());
        let checker = protocol.checker().target_max_depth(depth).finish_when(found).spawn_bfs().join();
        checker.discovery(property).map(|path| words::story(protocol, path.into_vec()))
    })
}

#[test]
fn without_any_one_of_the_guards_there_is_a_way_to_harm() {
    for (guard, property, ends) in [
        (Guard::FrozenAmount, TRUE, "the later line not at all"),
        (Guard::SlotIndex, ONCE, "the first line twice"),
        (Guard::IntentFirst, ONCE, "the first line twice"),
        (Guard::ExpectedSequence, ONCE, "the first line twice"),
        (Guard::QuietPeriod, ONCE, "the first line twice"),
        (Guard::VerdictAfterLook, ONCE, "the first line twice"),
        (Guard::OneIntake, COUNTED_ONCE, "supplement 1, with the later line"),
    ] {
        let story = shortest(Protocol { off: Some(guard) }, property)
            .unwrap_or_else(|| panic!("{guard:?} off breaks nothing"));
        println!("\n{guard:?} off. Broken: {property}.\n{story}");
        assert!(story.contains(ends), "{guard:?}: {story}");
    }
}
