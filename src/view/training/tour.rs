//! What the tour says, cut to the room that there is: whole sentences, the most needed first.

use crate::desk::frame::state::TALL;
use crate::desk::{Guide, Model, OrderScreen, Pane, STEPS, Screen, guide};
use crate::view::frame::text::Safe;
use ratatui::layout::Rect;

/// Below this height it takes one row.
pub const LOW: u16 = 20;

/// The words that it begins with, and its lines; no lines when it is off.
pub fn lines(model: &Model, area: Rect) -> (String, Vec<Safe>) {
    let Some(Guide { step, sentences }) = guide(model) else { return (String::new(), Vec::new()) };
    let lead = step.map_or_else(String::new, |step| format!("Step {step} of {STEPS} ·"));
    let width = usize::from(area.width.saturating_sub(4));
    let rows = if area.height < LOW || (area.height < TALL && is_read_aloud(model)) { 1 } else { 2 };
    let mut said = lead.clone();
    let mut shown = Vec::new();
    for sentence in &sentences {
        said = if said.is_empty() { sentence.clone() } else { format!("{said} {sentence}") };
        let lines = Safe::paragraph(&said, width);
        if lines.len() > rows && !shown.is_empty() {
            break;
        }
        shown = lines;
    }
    if shown.len() > rows {
        shown.truncate(rows);
        if let Some(last) = shown.last_mut() {
            *last = last.shortened(width);
        }
    }
    (lead, shown)
}

/// True while the words of a legal text need the room.
pub fn is_read_aloud(model: &Model) -> bool {
    let left = |screen: &OrderScreen| screen.order.reading.as_ref().is_some_and(|reading| reading.left() > 0);
    model.screen == Screen::Order
        && model.frame.overlay.is_none()
        && model.order.as_ref().is_some_and(|screen| screen.pane == Pane::Reading && left(screen))
}
