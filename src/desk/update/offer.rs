//! What becomes of the tour that is offered.

use crate::desk::frame::key::{Code, Key};
use crate::desk::frame::target::Target;
use crate::desk::model::Model;
use crate::desk::msg::{Input, Msg};
use crate::desk::training::tour;

/// Takes the offer back when `msg` declines it; whatever else `msg` does, it still does.
pub fn answered(model: &mut Model, msg: &Msg) {
    if declines(msg) {
        tour::decline(model);
    }
}

/// True for the first thing that a person does other than to take the tour that is offered.
fn declines(msg: &Msg) -> bool {
    let tour = Key::plain(Code::F(2));
    match msg.input() {
        Some(Input::Key(key) | Input::Held(key) | Input::Clicked(Target::Key(key))) => key != tour,
        Some(Input::Paste(_) | Input::Clicked(Target::Row(_) | Target::Field(_))) => true,
        Some(Input::Scrolled(_)) | None => false,
    }
}
