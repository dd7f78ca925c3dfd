//! A run of reports over a way on which answers can be lost: it begins with one, goes to four after the first that was
//! taken, and begins no other one once two are in doubt. Each of its answers comes, or is lost.

use stateright::{Checker as _, Model, Property};

const REPORTS: u8 = 8;
const AT_ONCE: u8 = 4;
/// Two that stopped it, and those that were under way by then.
const MOST_DOUBTS: u8 = 2 + AT_ONCE - 1;

const BOUNDED: &str = "of a dead way, no more are in doubt than were under way when the second one was";

#[derive(Clone, Copy, Debug)]
struct Runs {
    /// It stops at the second doubt: `Ran::count_sent`.
    stops: bool,
    /// It begins with one: `Engine::send_reports`.
    begins_with_one: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct State {
    begun: u8,
    under_way: u8,
    reported: u8,
    in_doubt: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Begin,
    Answered,
    Lost,
}

impl Model for Runs {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::default()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let at_once = if state.reported == 0 && self.begins_with_one { 1 } else { AT_ONCE };
        let halted = self.stops && state.in_doubt >= 2;
        if !halted && state.begun < REPORTS && state.under_way < at_once {
            actions.push(Action::Begin);
        }
        if state.under_way > 0 {
            actions.extend([Action::Answered, Action::Lost]);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let State { begun, under_way, reported, in_doubt } = *last;
        Some(match action {
            Action::Begin => State { begun: begun + 1, under_way: under_way + 1, reported, in_doubt },
            Action::Answered => State { begun, under_way: under_way - 1, reported: reported + 1, in_doubt },
            Action::Lost => State { begun, under_way: under_way - 1, reported, in_doubt: in_doubt + 1 },
        })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(BOUNDED, |_, state: &State| {
                let most = if state.reported == 0 { 2 } else { MOST_DOUBTS };
                state.in_doubt <= most
            }),
            Property::sometimes("all are reported", |_, state: &State| state.reported == REPORTS),
        ]
    }
}

#[test]
fn a_dead_way_puts_few_reports_in_doubt_and_without_the_stop_all_of_them() {
    Runs { stops: true, begins_with_one: true }.checker().spawn_bfs().join().assert_properties();
    for (runs, guard) in [
        (Runs { stops: false, begins_with_one: true }, "The stop at the second doubt"),
        (Runs { stops: true, begins_with_one: false }, "The beginning with one"),
    ] {
        let checker = runs.checker().spawn_bfs().join();
        let path = checker.discovery(BOUNDED).unwrap_or_else(|| panic!("{guard} off breaks nothing"));
        println!("\n{guard} off. Broken: {BOUNDED}.");
        for (number, action) in (1..).zip(path.into_actions()) {
            let told = match action {
                Action::Begin => "The run sends the next report.",
                Action::Answered => "One is answered with 200.",
                Action::Lost => "The answer to one never comes: it is in doubt.",
            };
            println!("{number:>2}. {told}");
        }
    }
}
