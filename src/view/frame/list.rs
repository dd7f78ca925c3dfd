//! Lists of rows.

use super::words::plural;
use ratatui::layout::Rect;

/// A list's marker stands in the margin, so that its columns begin where all text begins.
pub fn with_margin(list: Rect) -> Rect {
    Rect { x: list.x.saturating_sub(2), width: list.width + 2, ..list }
}

/// How many rows of a list are hidden above and below what is seen.
pub fn beyond(above: usize, below: usize) -> String {
    let hidden =
        |glyph, rows, place| (rows > 0).then(|| format!("{glyph} {} {place}", plural(rows, "more line")));
    let both = [hidden("▴", above, "above"), hidden("▾", below, "below")];
    both.into_iter().flatten().collect::<Vec<_>>().join("   ")
}
