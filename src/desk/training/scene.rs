//! A run of practice as its trainee sees it.

use crate::practice::Report;
use std::sync::Arc;

/// How a run stands.
#[derive(Clone, Debug, PartialEq)]
pub struct PlayView {
    pub title: String,
    pub teaches: String,
    /// What was said, by whom; the newest last.
    pub said: Vec<(String, String)>,
    /// Whether the customer is on the line.
    pub on: bool,
    /// Whether the trainer has paused it.
    pub paused: bool,
    /// Whether there is a trainer who cannot be reached.
    pub lost: bool,
    /// Once it is over.
    pub over: Option<Arc<Report>>,
}

/// True while the trainer has paused a run that is not over.
pub fn is_paused(play: &PlayView) -> bool {
    play.paused && play.over.is_none()
}

/// Somebody to talk to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Talk {
    Customer,
    Carrier,
}
