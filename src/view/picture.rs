//! A frame without a terminal: for a recording.

use super::{Look, view};
use crate::desk::Model;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The frame that the model makes, at the size that it has.
pub fn picture(model: &Model, look: &Look) -> Buffer {
    let (width, height) = model.frame.size;
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    view(model, look, &mut buffer);
    buffer
}
