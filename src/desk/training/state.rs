//! The trainer's screen.

use super::play::PlayView;
use super::tour::Tour;
use crate::desk::model::Screen;
use jiff::SignedDuration;
use std::collections::VecDeque;

/// The trainer's screen.
#[derive(Clone, Debug, Default)]
pub struct Training {
    pub selected: usize,
    pub top: usize,
    /// How far the embedded Px's clock is ahead.
    pub clock_offset: SignedDuration,
    /// Whether it was entered from an order, which it then goes back to.
    pub from_order: bool,
    /// What was done, the newest last.
    pub log: VecDeque<String>,
    /// The run of practice that this desk is for, if it is for one.
    pub play: Option<PlayView>,
    /// The first line of the report that is shown, and the screen that it goes back to.
    pub report_top: usize,
    pub back_to: Option<Screen>,
    /// Whether somebody new is shown around.
    pub tour: Tour,
}
