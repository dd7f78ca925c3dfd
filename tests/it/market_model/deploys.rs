//! One deploy, which the marketplace may send again: it is on disk before it is answered, so that it is always answered
//! the same. The receiver may crash between any two steps; each time that it decides, it gives another customer id.

use stateright::{Checker as _, Model, Property};

/// How often it is sent, and how often the receiver crashes.
const SENT: u8 = 3;

const ONE_ID: &str = "a buyer has one customer id";
const ON_DISK: &str = "what the marketplace was told is on disk";

#[derive(Clone, Copy, Debug)]
struct Deploys {
    /// Stored, then answered: `Engine::receive` returns when it is on disk, and only then is it answered.
    store_first: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct State {
    sent: u8,
    /// The id that the journal holds.
    stored: Option<u8>,
    /// What each connection of the receiver has decided, and whether that was answered.
    at: [Option<(u8, bool)>; 2],
    ids: u8,
    told: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Arrive(usize),
    Store(usize),
    Answer(usize),
    Crash,
}

impl Model for Deploys {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::default()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for connection in 0..2 {
            let stored = |id| state.stored == Some(id);
            match state.at[connection] {
                None if state.sent < SENT => actions.push(Action::Arrive(connection)),
                Some((id, answered)) => {
                    if !stored(id) {
                        actions.push(Action::Store(connection));
                    }
                    if !answered && (stored(id) || !self.store_first) {
                        actions.push(Action::Answer(connection));
                    }
                }
                None => {}
            }
        }
        if state.at.iter().any(Option::is_some) {
            actions.push(Action::Crash);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Arrive(connection) => {
                state.sent += 1;
                // What is known already is answered as it was.
                let id = state.stored.unwrap_or(state.ids);
                state.ids += u8::from(state.stored.is_none());
                state.at[connection] = Some((id, false));
            }
            Action::Store(connection) => {
                let (id, answered) = state.at[connection]?;
                let kept = *state.stored.get_or_insert(id);
                // The provisioning id is taken: what stands there is the answer.
                state.at[connection] = (!answered).then_some((kept, false));
            }
            Action::Answer(connection) => {
                let (id, _) = state.at[connection]?;
                state.told.push(id);
                state.told.sort_unstable();
                state.told.dedup();
                state.at[connection] = (state.stored != Some(id)).then_some((id, true));
            }
            Action::Crash => state.at = [None, None],
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(ONE_ID, |_, state: &State| state.told.len() <= 1),
            Property::always(ON_DISK, |_, state: &State| {
                state.told.iter().all(|id| state.stored == Some(*id))
            }),
            Property::sometimes("answered twice over", |_, state: &State| {
                state.sent == SENT && state.told.len() == 1 && state.at == [None, None]
            }),
        ]
    }
}

#[test]
fn a_deploy_is_answered_once_and_for_all_and_without_storing_it_first_it_is_not() {
    Deploys { store_first: true }.checker().spawn_bfs().join().assert_properties();
    let checker = Deploys { store_first: false }.checker().spawn_bfs().join();
    for property in [ONE_ID, ON_DISK] {
        let path = checker.discovery(property).unwrap_or_else(|| panic!("nothing breaks: {property}"));
        println!("\nThe storing before the answer off. Broken: {property}.");
        for (number, action) in (1..).zip(path.into_actions()) {
            let told = match action {
                Action::Arrive(_) => {
                    "The marketplace sends the deploy; the receiver decides on a customer id."
                }
                Action::Store(_) => "The receiver records it.",
                Action::Answer(_) => "The receiver answers with 200 and that id.",
                Action::Crash => "The receiver crashes and starts again.",
            };
            println!("{number:>2}. {told}");
        }
    }
}
