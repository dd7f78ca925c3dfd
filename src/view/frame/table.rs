//! Rows in columns, of which only those in sight cost anything.

use crate::desk::frame::list::first_shown;
use crate::desk::frame::target::Target;
use crate::view::frame::list::with_margin;
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::count;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};
use ratatui::style::Style;

/// A column: its title, its width, and whether it ends at its right edge.
pub struct Column {
    pub title: &'static str,
    pub width: usize,
    pub right: bool,
}

/// A column whose texts begin at its left edge.
pub const fn left(title: &'static str, width: usize) -> Column {
    Column { title, width, right: false }
}

/// A column whose texts end at its right edge.
pub const fn right(title: &'static str, width: usize) -> Column {
    Column { title, width, right: true }
}

/// The width of a column in a place of this width: from `least` to `most`, half of what is beyond 80 columns.
pub fn wide(least: usize, most: usize, place: u16) -> usize {
    least.saturating_add(usize::from(place.saturating_sub(80)) / 2).min(most)
}

/// A text of a row.
pub type Cell = (Style, String);

/// The rows of a list.
pub struct Rows<'a> {
    pub columns: &'a [Column],
    pub len: usize,
    pub selected: usize,
    pub top: usize,
}

/// Blank columns between two.
const GAP: usize = 2;

/// Draws a heading and the rows in sight; `row` gives the cells of one. The last column takes what is left.
pub fn draw(
    rows: &Rows,
    look: &Look,
    buffer: &mut Buffer,
    place: Rect,
    layout: &mut Layout,
    row: impl Fn(usize) -> Vec<Cell>,
) {
    let [head, list] =
        Split::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(with_margin(place));
    let height = usize::from(list.height);
    let row_of = position(rows.selected, rows.len, height);
    let mut page = Page::new(look, head.width);
    titles(&mut page, rows.columns, &row_of);
    page.draw(buffer, head, 0, &mut Layout::default());
    let top = first_shown(rows.top, rows.selected, rows.len, height);
    let mut page = Page::with_room(look, list.width, height);
    for at in (top..rows.len).take(height) {
        let chosen = at == rows.selected;
        let cells = row(at).into_iter();
        put(
            &mut page,
            rows.columns,
            cells.map(|(style, text)| (if chosen { look.theme.chosen } else { style }, text)),
        );
        let drawn = page.last();
        drawn.target = Some(Target::Row(at));
        if chosen {
            drawn.fill = Some(look.theme.chosen);
            drawn.put(0, 2, (look.theme.pointer, "▸"));
        }
    }
    page.draw(buffer, list, 0, layout);
}

/// Which row of how many is chosen; nothing where all of them are seen in `height` rows.
pub fn position(selected: usize, len: usize, height: usize) -> String {
    if len <= height { String::new() } else { format!("row {} of {}", count(selected + 1), count(len)) }
}

/// The columns' titles, and at the right edge the position, before which a title gives way.
fn titles(page: &mut Page, columns: &[Column], position: &str) {
    let (width, dim) = (page.width, page.look.theme.dim);
    // Without a position what has no room is cut, as in the rows.
    let room = if position.is_empty() { usize::MAX } else { width.saturating_sub(position.len() + GAP) };
    let mut from = 2;
    let texts = columns.iter().map(|column| {
        let end = if column.right { from + column.width } else { from + column.title.len() };
        from = from.saturating_add(column.width + GAP);
        (dim, if end <= room { column.title.to_owned() } else { String::new() })
    });
    put(page, columns, texts);
    page.last().put_right(width, position.len(), (dim, position));
}

fn put(page: &mut Page, columns: &[Column], cells: impl Iterator<Item = Cell>) {
    let width = page.width;
    let row = page.blank();
    let mut at = 2;
    for (column, (style, text)) in columns.iter().zip(cells) {
        let room = column.width.min(width.saturating_sub(at));
        if column.right {
            row.put_right(at + room, room, (style, &text));
        } else {
            row.put(at, room, (style, &text));
        }
        at += column.width + GAP;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_position_is_told_where_rows_are_hidden() {
        assert_eq!(position(0, 5, 5), "");
        assert_eq!(position(4, 5, 4), "row 5 of 5");
        assert_eq!(position(999, 1_200, 10), "row 1,000 of 1,200");
    }
}
