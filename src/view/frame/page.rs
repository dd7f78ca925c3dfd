//! A column of rows, laid out before it is drawn: what is longer than its place can then be scrolled, and says so.

use super::look::{Layout, Look};
use super::text::Safe;
use crate::desk::frame::target::Target;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use std::ops::Range;

/// The width at which a text is read without losing the line.
pub const READABLE: usize = 66;

/// As many texts as most rows have at the most.
const BITS: usize = 10;

/// Rows for a place of a known width.
pub struct Page<'a> {
    pub look: &'a Look,
    pub width: usize,
    rows: Vec<Row>,
}

/// A text and its style.
pub type Bit<'a> = (Style, &'a str);

/// One row: texts at their columns.
#[derive(Default)]
pub struct Row {
    /// All its texts, one after the other.
    text: Safe,
    /// Which of the glyphs begin at which column, in which style.
    bits: Vec<(usize, Range<usize>, Style)>,
    /// What a click on it means.
    pub target: Option<Target>,
    /// The column of the cursor, if it is here.
    pub cursor: Option<usize>,
    /// The style of the whole row, under its texts.
    pub fill: Option<Style>,
}

impl Row {
    /// An empty row, with room for as many columns of text in a few bits.
    fn with_room(columns: usize) -> Self {
        Self { text: Safe::with_room(columns), bits: Vec::with_capacity(BITS), ..Self::default() }
    }

    /// Puts `text` at `column`, cut to `width`; the column after it.
    pub fn put(&mut self, column: usize, width: usize, (style, text): Bit<'_>) -> usize {
        let glyphs = self.text.add(text, width);
        self.place(column, style, glyphs)
    }

    /// The same, ending at column `end`.
    pub fn put_right(&mut self, end: usize, width: usize, (style, text): Bit<'_>) {
        let glyphs = self.text.add(text, width);
        let column = end.saturating_sub(self.text.width_of(glyphs.clone()));
        self.place(column, style, glyphs);
    }

    /// Puts a line at `column`; the column after it.
    pub fn put_safe(&mut self, column: usize, style: Style, text: &Safe) -> usize {
        let glyphs = self.text.extend(text);
        self.place(column, style, glyphs)
    }

    fn place(&mut self, column: usize, style: Style, glyphs: Range<usize>) -> usize {
        let after = column + self.text.width_of(glyphs.clone());
        self.bits.push((column, glyphs, style));
        after
    }
}

impl<'a> Page<'a> {
    /// An empty page.
    pub fn new(look: &'a Look, width: u16) -> Self {
        Self { look, width: width.into(), rows: Vec::new() }
    }

    /// An empty page, with room for so many rows.
    pub fn with_room(look: &'a Look, width: u16, rows: usize) -> Self {
        Self { rows: Vec::with_capacity(rows), ..Self::new(look, width) }
    }

    /// An empty page of the same width.
    pub fn another(&self) -> Self {
        Self { look: self.look, width: self.width, rows: Vec::new() }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// A blank row, unless the page is empty or its last row is blank already.
    pub fn gap(&mut self) {
        if self.rows.last().is_some_and(|row| !row.bits.is_empty()) {
            self.rows.push(Row::default());
        }
    }

    /// A new row, to be filled.
    pub fn blank(&mut self) -> &mut Row {
        let at = self.rows.len();
        self.rows.push(Row::with_room(self.width));
        &mut self.rows[at]
    }

    /// The last row, to be added to.
    pub fn last(&mut self) -> &mut Row {
        if self.rows.is_empty() {
            return self.blank();
        }
        let at = self.rows.len() - 1;
        &mut self.rows[at]
    }

    /// Texts one after the other on one row, cut at its end.
    pub fn row(&mut self, bits: &[Bit<'_>]) -> &mut Row {
        let width = self.width;
        let row = self.blank();
        let mut column = 0;
        for bit in bits {
            column = row.put(column, width.saturating_sub(column), *bit);
        }
        row
    }

    /// A text in as many rows as it needs, at a readable width.
    pub fn text(&mut self, bit: Bit<'_>) {
        self.hang(&[], bit);
    }

    /// A text after `lead`, all its rows beginning in the same column.
    pub fn hang(&mut self, lead: &[Bit<'_>], (style, text): Bit<'_>) {
        let width = self.width;
        let indent: usize = lead.iter().map(|(_, text)| Safe::line(text).width()).sum();
        let room = width.saturating_sub(indent).clamp(1, READABLE);
        let mut lead = Some(lead);
        for line in Safe::paragraph(text, room) {
            let row = self.row(lead.take().unwrap_or_default());
            row.put_safe(indent, style, &line);
        }
    }

    /// A sentence that begins with a glyph.
    pub fn say(&mut self, style: Style, glyph: &str, text: &str) {
        self.hang(&[(style, glyph), (style, " ")], (style, text));
    }

    /// A labelled value.
    pub fn pair(&mut self, label: &str, value: Bit<'_>) {
        let label = format!("  {label:<14} ");
        self.hang(&[(self.look.theme.dim, &label)], value);
    }

    /// Draws the rows from `top` on; when they do not fit, the last line says how many follow.
    pub fn draw(&self, buffer: &mut Buffer, area: Rect, top: usize, layout: &mut Layout) {
        self.draw_rows(&self.rows, buffer, area, top, layout);
    }

    /// The same, with the first row in sight wherever the rest is scrolled to.
    pub fn draw_titled(&self, buffer: &mut Buffer, area: Rect, top: usize, layout: &mut Layout) {
        let top = top.min(self.rows.len().saturating_sub(area.height.into()));
        match self.rows.split_first() {
            Some((title, rest)) if top > 0 && area.height > 1 => {
                self.draw_row(title, buffer, Rect { height: 1, ..area }, layout);
                let area = Rect { y: area.y + 1, height: area.height - 1, ..area };
                self.draw_rows(rest, buffer, area, top, layout);
            }
            Some(_) | None => self.draw(buffer, area, top, layout),
        }
    }

    /// Takes the blank rows out.
    pub fn close_gaps(&mut self) {
        self.rows.retain(|row| !row.bits.is_empty());
    }

    /// Draws a page that ends in a form, with its first row in sight. Nothing scrolls while a form is filled in: what has no
    /// room above `top` is told, and how it comes in sight.
    pub fn draw_form(&self, buffer: &mut Buffer, area: Rect, top: usize, layout: &mut Layout) {
        let top = top.min(self.rows.len().saturating_sub(area.height.into()));
        let above = self.rows.iter().take(top + 2).skip(1).filter(|row| !row.bits.is_empty()).count();
        if top == 0 || above == 0 || area.height < 4 {
            return self.draw_titled(buffer, area, top, layout);
        }
        self.draw_row(&self.rows[0], buffer, Rect { height: 1, ..area }, layout);
        let said = format!(
            "▴ {above} more {} above: make the window larger",
            if above == 1 { "line" } else { "lines" }
        );
        let line = Rect { y: area.y + 1, height: 1, ..area };
        Safe::line(&said).draw(buffer, line, self.look.theme.warn, self.look.theme.mark);
        let rest = Rect { y: area.y + 2, height: area.height - 2, ..area };
        self.draw_rows(&self.rows[2..], buffer, rest, top, layout);
    }

    /// Which rows are seen in a place of `height` rows, from `top` on.
    pub fn seen(&self, height: u16, top: usize) -> Range<usize> {
        in_sight(self.rows.len(), height, top)
    }

    /// Marks at the right edge of the first row that others are hidden above it.
    pub fn mark_above(&self, buffer: &mut Buffer, area: Rect, top: usize) {
        if self.seen(area.height, top).start > 0 && area.width > 0 && area.height > 0 {
            let corner = Rect { x: area.right() - 1, width: 1, height: 1, ..area };
            Safe::line("▴").draw(buffer, corner, self.look.theme.dim, self.look.theme.mark);
        }
    }

    /// The same of a page that is the beginning of a longer one: how many rows follow is not known.
    pub fn draw_beginning(&self, buffer: &mut Buffer, area: Rect, top: usize, layout: &mut Layout) {
        self.draw_rows_and(&self.rows, |_| "▾ more lines below".to_owned(), buffer, area, top, layout);
    }

    fn draw_rows(&self, rows: &[Row], buffer: &mut Buffer, area: Rect, top: usize, layout: &mut Layout) {
        self.draw_rows_and(rows, |hidden| format!("▾ {hidden} more lines below"), buffer, area, top, layout);
    }

    /// Draws rows, and says in the last line that others follow.
    fn draw_rows_and(
        &self,
        rows: &[Row],
        more: impl Fn(usize) -> String,
        buffer: &mut Buffer,
        area: Rect,
        top: usize,
        layout: &mut Layout,
    ) {
        let shown = in_sight(rows.len(), area.height, top);
        let hidden = rows.len() - shown.end;
        for (row, y) in rows[shown].iter().zip(area.y..) {
            self.draw_row(row, buffer, Rect { y, height: 1, ..area }, layout);
        }
        if hidden > 0 && area.height > 0 {
            let text = more(hidden);
            let line = Rect { y: area.bottom() - 1, height: 1, ..area };
            Safe::line(&text).draw(buffer, line, self.look.theme.dim, self.look.theme.mark);
        }
    }

    fn draw_row(&self, row: &Row, buffer: &mut Buffer, line: Rect, layout: &mut Layout) {
        if let Some(fill) = row.fill {
            buffer.set_style(line, fill);
        }
        for (column, glyphs, style) in &row.bits {
            let at = shift(line, *column);
            row.text.draw_part(glyphs.clone(), buffer, at, (*style, self.look.theme.mark));
        }
        if let Some(target) = row.target {
            layout.places.push((line, target));
        }
        if let Some(column) = row.cursor {
            let x = shift(line, column).x.min(line.right().saturating_sub(1));
            layout.cursor = Some(Position { x, y: line.y });
        }
    }
}

/// Which of so many rows are seen in a place of `height` rows, from `top` on; its last one may say that more follow.
fn in_sight(rows: usize, height: u16, top: usize) -> Range<usize> {
    let height = usize::from(height);
    let top = top.min(rows.saturating_sub(height));
    let more = rows > top + height;
    top..(top + height).min(rows) - usize::from(more && height > 0)
}

/// What is left of `line` from `column` on.
fn shift(line: Rect, column: usize) -> Rect {
    let column = u16::try_from(column).unwrap_or(u16::MAX).min(line.width);
    Rect { x: line.x + column, width: line.width - column, ..line }
}
