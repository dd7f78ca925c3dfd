//! What becomes of the tour that is offered.

use crate::desk::frame::key::{Code, Key};
use crate::desk::frame::target::Target;
use crate::desk::model::Model;
use crate::desk::msg::Msg;
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
    match msg {
        Msg::Key(key) | Msg::Held(key) | Msg::Clicked(Target::Key(key)) => *key != tour,
        Msg::Paste(_) | Msg::Clicked(Target::Row(_) | Target::Field(_)) => true,
        Msg::Scrolled(_)
        | Msg::Resized { .. }
        | Msg::Focused(_)
        | Msg::Shown(_)
        | Msg::Continued
        | Msg::Tick
        | Msg::Timer(_)
        | Msg::Queue(_)
        | Msg::Found { .. }
        | Msg::Stalled { .. }
        | Msg::Order { .. }
        | Msg::Glance { .. }
        | Msg::Opened(_)
        | Msg::Ended(_)
        | Msg::Day { .. }
        | Msg::Failed { .. }
        | Msg::Simulated { .. }
        | Msg::Practice(_)
        | Msg::Market(_)
        | Msg::Classroom(_)
        | Msg::Contract(_)
        | Msg::JournalChanged
        | Msg::JournalAway
        | Msg::JournalBack
        | Msg::AskedToQuit => false,
    }
}
