//! The keys of the trainer's screen.

use super::items::is_offered;
use crate::desk::action::{Action, moving};
use crate::desk::frame::binding::{plain, primary};
use crate::desk::frame::key::Code;
use crate::desk::model::{Binding, Model};

/// The keys of the trainer's screen.
pub fn training(model: &Model) -> Vec<Binding> {
    let mut all = Vec::new();
    if is_offered(model) {
        all.push(primary(
            plain(Code::Enter),
            "run",
            "Make the chosen thing happen on the embedded Px.",
            Action::Simulate,
        ));
    }
    moving(&mut all);
    all
}
