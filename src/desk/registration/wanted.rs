//! What the registration's desk asks of the world.

use crate::registry::{Listing, Plan};
use std::sync::Arc;

/// Something for the terminal's loop to do. Each answers with [`super::news::News`], unless it says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// List the contract; answers `Loaded` or `NotLoaded`.
    Load,
    /// Apply this plan, which was made from this listing; answers `Progress` and the like, and then `Ran`.
    Apply { plan: Box<Plan>, listing: Arc<Listing> },
    /// Send no further changes; answers nothing.
    Stop,
}
