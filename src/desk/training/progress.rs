//! How far somebody has come who is shown around.

use crate::order::OrderId;

/// How many steps there are.
pub const STEPS: u8 = 7;

/// Whether somebody is shown around.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Tour {
    #[default]
    Off,
    /// It is offered until a key is pressed.
    Offered,
    On(Progress),
}

/// How far somebody has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// From 1.
    pub step: u8,
    /// The order that was opened on the way, to be found again.
    pub order: Option<OrderId>,
}
