//! A screen that is too small to be worked at shows nothing but that, so nothing is done on it unseen.

use crate::desk::frame::key::{Code, Key};
use crate::desk::model::Model;
use crate::desk::msg::{Input, Msg};

/// True when the screen is too small for what `msg` asks for, which then does nothing. Leaving, suspending and locking
/// need no room.
pub fn keeps(model: &Model, msg: &Msg) -> bool {
    let needs_room = match msg.input() {
        Some(Input::Key(Key { code: Code::Char('c' | 'z' | 'l'), ctrl: true, .. })) | None => false,
        Some(_) => true,
    };
    needs_room && !model.frame.fits()
}
