//! The parts of a scenario, as far as a check looks for them.

use super::{Scenario, Step};
use crate::order::Call;
use crate::practice::moves::Move;

/// Which number each part has in its list in the file, from 1: a part that could not be read is left out of the scenario.
#[derive(Debug, Default)]
pub struct Numbers {
    pub faults: Vec<usize>,
    pub turns: Vec<usize>,
    pub jumps: Vec<usize>,
    /// False when a step could not be read: nothing can be said then about which steps lead where.
    pub all_steps: bool,
    /// The same of what goes wrong at Px.
    pub all_faults: bool,
}

/// True when a step of the scenario is this move, or takes it for as good.
pub fn does(scenario: &Scenario, it: Move) -> bool {
    scenario.steps.iter().any(|step| step.it == it || step.or == Some(it))
}

/// True when a step makes this call, either way.
pub fn makes(step: &Step, call: Call) -> bool {
    step.it.call() == Some(call) || step.or.is_some_and(|or| or.call() == Some(call))
}
