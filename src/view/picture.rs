//! A frame without a terminal: for a recording.

use super::{Look, view};
use crate::desk::Model;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

/// The frame that the model makes, at the size that it has.
pub fn picture(model: &Model, look: &Look) -> Buffer {
    let (width, height) = model.frame.size;
    // This backend is a buffer in memory, and never fails.
    let Ok(mut terminal) = Terminal::new(TestBackend::new(width, height));
    let Ok(frame) = terminal.draw(|frame| {
        view(model, look, frame);
    });
    frame.buffer.clone()
}
