//! The tour of the first order: whether it is on, and how far it has come. What it says is worked out in `guide`.

use super::progress::{Progress, Tour};
use crate::desk::frame::notice::Severity;
use crate::desk::model::Model;

/// How many rows it takes above the notice at the most.
const ROWS: u16 = 2;

/// True where everything is practice, there are orders, and no real order could be taken for a practice one.
pub fn is_offered(model: &Model) -> bool {
    // A classroom has no list of orders to begin at.
    model.trains() && model.training.classroom.is_none()
}

impl Model {
    /// Offers the tour, which the shell asks for on a first start.
    pub fn offer_tour(&mut self) {
        if is_offered(self) {
            set(self, Tour::Offered);
        }
    }

    /// True while a step of the tour is shown.
    pub fn is_shown_around(&self) -> bool {
        matches!(self.training.tour, Tour::On(_))
    }
}

/// Starts the tour, or ends it.
pub fn toggle(model: &mut Model) {
    match model.training.tour {
        Tour::Off | Tour::Offered => set(model, Tour::On(Progress { step: 1, order: None })),
        Tour::On(_) => end(model),
    }
}

/// Takes the offer back; a tour that is on goes on.
pub fn decline(model: &mut Model) {
    if model.training.tour == Tour::Offered {
        set(model, Tour::Off);
    }
}

/// Ends the tour, and says so.
pub fn end(model: &mut Model) {
    set(model, Tour::Off);
    model.say(Severity::Info, "The tour is over. F2 starts it again.");
}

fn set(model: &mut Model, tour: Tour) {
    model.frame.guide = if tour == Tour::Off { 0 } else { ROWS };
    model.training.tour = tour;
}
