//! What is served.

use super::px::scenario::Scenario;
use std::path::PathBuf;

/// What it serves.
#[derive(Clone, Debug)]
pub struct Options {
    pub scenario: Scenario,
    /// What is left to chance is drawn from this.
    pub seed: u64,
    /// Where its state is kept, shared by all processes that serve it; in memory when absent.
    pub state_file: Option<PathBuf>,
    /// Whether the marketplace's side is served, too.
    pub market: bool,
    /// Whether the registration's side is served, too.
    pub registration: bool,
}
