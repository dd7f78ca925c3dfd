//! The words and glyphs for what is to become of things.

use crate::desk::{Cell, Mark};
use crate::registry::Collection;
use crate::view::frame::look::Look;
use crate::view::frame::page::Page;
use ratatui::style::Style;

/// What the glyphs of the matrix mean.
pub const LEGEND: &str = "x assigned   + to add   - to remove   * removed too   · not assigned";

/// A list's name.
pub fn list(list: Collection) -> &'static str {
    match list {
        Collection::Applications => "Applications",
        Collection::Customers => "Customers",
        Collection::Pairs => "Matrix",
    }
}

/// The glyph of what is to become of a row.
pub fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Same => "",
        Mark::New => "+",
        Mark::Renamed => "~",
        Mark::Removed => "-",
    }
}

/// The same in words.
pub fn marked(mark: Mark) -> &'static str {
    match mark {
        Mark::Same => "",
        Mark::New => "to be added",
        Mark::Renamed => "to be renamed",
        Mark::Removed => "to be removed",
    }
}

/// The style of that.
pub fn mark_style(look: &Look, mark: Mark) -> Style {
    match mark {
        Mark::Same => look.theme.base,
        Mark::New => look.theme.good,
        Mark::Renamed => look.theme.accent,
        Mark::Removed => look.theme.warn,
    }
}

/// The glyph of what is to become of a pair.
pub fn cell(cell: Cell) -> &'static str {
    match cell {
        Cell::Without => "·",
        Cell::With => "x",
        Cell::New => "+",
        Cell::Removed => "-",
        Cell::Along => "*",
    }
}

/// The same in words.
pub fn cell_words(cell: Cell) -> &'static str {
    match cell {
        Cell::Without => "not assigned",
        Cell::With => "assigned",
        Cell::New => "to add",
        Cell::Removed => "to remove",
        Cell::Along => "removed too",
    }
}

/// The style of that.
pub fn cell_style(look: &Look, cell: Cell) -> Style {
    match cell {
        Cell::Without => look.theme.dim,
        Cell::With => look.theme.base,
        Cell::New => look.theme.good,
        Cell::Removed | Cell::Along => look.theme.warn,
    }
}

/// The style of a line of a plan.
pub fn line_style(look: &Look, line: &str) -> Style {
    match line.chars().next() {
        Some('+') => look.theme.good,
        Some('~') => look.theme.accent,
        _ => look.theme.warn,
    }
}

/// A line of a plan, in as many rows as it needs.
pub fn whole_line(page: &mut Page, line: &str) {
    let style = line_style(page.look, line);
    let text = line.trim_start_matches(['+', '~', '-', ' ']);
    let lead = &line[..line.len() - text.len()];
    page.hang(&[(style, lead)], (style, text));
}
