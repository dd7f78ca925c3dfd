//! What is seen of a journal's file without its log. Pure.

use serde::{Deserialize, Serialize};

/// What is seen of a journal's file, its log not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raw {
    /// Of its mark.
    pub generation: u32,
    /// The page in which the journal's row stands; 0 while it stands in the log alone.
    pub row: u64,
}
