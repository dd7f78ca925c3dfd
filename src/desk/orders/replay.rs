//! A replay: a history that is stepped through, and the order's screen as it was after each event.

use super::screen::OrderScreen;
use crate::order::{FoldError, OrderId, Recorded, Step, Steps};
use jiff::SignedDuration;
use std::sync::Arc;

/// Pauses between events are no longer than this while it plays.
const LONGEST: SignedDuration = SignedDuration::from_secs(2);
/// And no shorter, or nobody would see what lay between.
pub const SHORTEST: SignedDuration = SignedDuration::from_millis(200);

/// A history that is stepped through. It knows no live order, and changes none.
#[derive(Clone, Debug)]
pub struct Replay {
    steps: Steps,
    /// The number of the event that is shown, from 1.
    at: usize,
    /// The order's screen after that event.
    pub then: OrderScreen,
    /// The timer of the next event, while it plays.
    pub playing: Option<u64>,
}

impl Replay {
    /// A replay of these events, which are shown as they are: whose they are must be masked before.
    ///
    /// # Errors
    /// When they do not make an order.
    pub fn of(id: &OrderId, events: impl Into<Arc<Vec<Recorded>>>) -> Result<Self, FoldError> {
        let steps = Steps::of(id, events)?;
        let first = steps.at(1).ok_or(FoldError::Empty)?;
        let then = screen(&first);
        Ok(Self { at: 1, then, playing: None, steps })
    }

    /// The number of the event that is shown, and how many there are.
    pub fn place(&self) -> (usize, usize) {
        (self.at, self.steps.len())
    }

    /// The event that is shown, and what it led to.
    pub fn step(&self) -> Option<Step<'_>> {
        self.steps.at(self.at)
    }

    /// All of its steps.
    pub fn steps(&self) -> &Steps {
        &self.steps
    }

    /// True at the last event.
    pub fn is_over(&self) -> bool {
        self.at == self.steps.len()
    }

    /// Shows the event with this number, or the nearest that there is.
    pub fn show(&mut self, number: usize) {
        let number = number.clamp(1, self.steps.len());
        if let Some(step) = self.steps.at(number).filter(|_| number != self.at) {
            self.then = screen(&step);
            self.at = number;
        }
    }

    /// How long the event stays on the screen while it plays; none for the last one.
    pub fn pause(&self) -> Option<SignedDuration> {
        self.steps.pause_after(self.at).map(|pause| pause.clamp(SHORTEST, LONGEST))
    }
}

/// The order's screen after an event, at that moment.
fn screen(step: &Step) -> OrderScreen {
    let (order, at) = (&step.order, step.recorded.at);
    let busy = order.under_way().map(|attempt| (Some(attempt.call), attempt.at));
    OrderScreen { busy, ..OrderScreen::new(Arc::new(order.clone()), Arc::default(), at) }
}
