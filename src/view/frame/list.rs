//! Lists of rows.

use ratatui::layout::Rect;

/// A list's marker stands in the margin, so that its columns begin where all text begins.
pub fn with_margin(list: Rect) -> Rect {
    Rect { x: list.x.saturating_sub(2), width: list.width + 2, ..list }
}
