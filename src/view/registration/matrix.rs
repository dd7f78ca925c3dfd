//! Who has what: a row for each customer, a column for each application.

use super::words;
use crate::desk::frame::list::first_shown;
use crate::desk::frame::target::Target;
use crate::desk::{Mark, Registration, Snapshot};
use crate::registry::{Collection, PairId, ProviderId};
use crate::view::frame::list::with_margin;
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::table::position;
use crate::view::frame::words::count;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};
use std::borrow::Cow;
use std::ops::Range;

/// The narrowest and the widest column of an application.
const COLUMN: Range<usize> = 4..13;
/// Blank columns between two.
const GAP: usize = 2;
/// As many columns as the place of the row, and of the applications, has at most.
const COUNTER: usize = 40;

/// Where fewer customers than this would be seen, what the glyphs mean gives way: the chosen pair is told in words.
const LEAST: usize = 4;

/// What of the matrix is in sight.
struct Sight<'a> {
    registration: &'a Registration,
    here: &'a Snapshot,
    /// The column at which the cells begin, and how wide each is.
    cells: usize,
    width: usize,
    /// The applications that are shown.
    columns: Range<usize>,
    /// Which row is chosen, where not all are in sight.
    position: String,
}

/// Draws it.
pub fn draw(
    registration: &Registration,
    here: &Snapshot,
    look: &Look,
    buffer: &mut Buffer,
    place: Rect,
    layout: &mut Layout,
) {
    if registration.applications.is_empty() || registration.customers.is_empty() {
        let mut page = Page::new(look, place.width);
        let what = if registration.applications.is_empty() {
            "There are no applications."
        } else {
            "There are no customers to show."
        };
        page.text((look.theme.strong, what));
        return page.draw(buffer, place, 0, layout);
    }
    let mut sight = Sight::new(registration, here, usize::from(with_margin(place).width));
    let at = Collection::Pairs as usize;
    let (selected, len) = (registration.selected[at], registration.customers.len());
    let mut below = Page::new(look, place.width);
    sight.detail(&mut below);
    let mut meaning = below.another();
    legend(&mut meaning);
    // How many rows there are for customers, and whether one is left for what the glyphs mean.
    let room = |below: &Page| {
        let room = usize::from(place.height).saturating_sub(1 + below.len());
        let with_legend = room.saturating_sub(meaning.len());
        if with_legend >= LEAST.min(len) { (with_legend, true) } else { (room, false) }
    };
    sight.position = position(selected, len, room(&below).0);
    if !sight.position.is_empty() {
        below = below.another();
        sight.detail(&mut below);
    }
    if room(&below).1 {
        legend(&mut below);
    }
    let rows = u16::try_from(below.len()).unwrap_or(u16::MAX);
    let [list, detail] = Split::vertical([Constraint::Fill(1), Constraint::Length(rows)]).areas(place);
    let list = with_margin(list);
    let [head, rows] = Split::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(list);
    let mut page = Page::new(look, head.width);
    sight.head(&mut page);
    page.draw(buffer, head, 0, &mut Layout::default());
    let height = usize::from(rows.height);
    let top = first_shown(registration.top[at], selected, len, height);
    let mut page = Page::with_room(look, rows.width, height);
    for at in (top..len).take(height) {
        sight.row(&mut page, at, at == selected);
    }
    page.draw(buffer, rows, 0, layout);
    below.draw(buffer, detail, 0, layout);
}

/// What the glyphs mean.
fn legend(page: &mut Page) {
    let bit = (page.look.theme.dim, words::LEGEND);
    if words::LEGEND.chars().count() <= page.width {
        page.row(&[bit]);
    } else {
        page.text(bit);
    }
}

impl<'a> Sight<'a> {
    fn new(registration: &'a Registration, here: &'a Snapshot, room: usize) -> Self {
        let longest =
            registration.applications.iter().map(|id| id.as_str().len()).max().unwrap_or(COLUMN.start);
        let width = longest.clamp(COLUMN.start, COLUMN.end - 1);
        // The marker and the mark, then the customer's id.
        let cells = 4 + (room / 3).min(52) + GAP;
        let fit = (room.saturating_sub(cells) / (width + GAP)).max(1);
        let first = first_shown(0, registration.column, registration.applications.len(), fit);
        let columns = first..(first + fit).min(registration.applications.len());
        Self { registration, here, cells, width, columns, position: String::new() }
    }

    fn head(&self, page: &mut Page) {
        let look = page.look;
        let row = page.row(&[(look.theme.dim, "    CUSTOMER")]);
        for (n, at) in self.columns.clone().enumerate() {
            let chosen = at == self.registration.column;
            let style = if chosen { look.theme.accent } else { look.theme.dim };
            let id = shortened(self.registration.applications[at].as_str(), self.width);
            row.put(self.cells + n * (self.width + GAP), self.width, (style, &id));
        }
    }

    fn row(&self, page: &mut Page, at: usize, chosen: bool) {
        let look = page.look;
        let customer = &self.registration.customers[at];
        let mark = self.registration.draft.mark(&(Collection::Customers, customer.clone()));
        let style = if chosen { look.theme.chosen } else { words::mark_style(look, mark) };
        let row = page.blank();
        row.put(2, 1, (style, words::mark(mark)));
        row.put(4, self.cells - GAP - 4, (style, customer.as_str()));
        for (n, column) in self.columns.clone().enumerate() {
            let pair = self.pair(customer, column);
            let cell = self.registration.draft.cell(self.here, &pair);
            let here = chosen && column == self.registration.column;
            let style = if chosen { look.theme.chosen } else { words::cell_style(look, cell) };
            let glyph = words::cell(cell);
            let text = if here { format!("[{glyph}]") } else { format!(" {glyph}") };
            row.put(self.cells + n * (self.width + GAP), self.width, (style, &text));
        }
        row.target = Some(Target::Row(at));
        if chosen {
            row.fill = Some(look.theme.chosen);
            row.put(0, 2, (look.theme.pointer, "▸"));
        }
    }

    fn pair(&self, customer: &ProviderId, column: usize) -> PairId {
        PairId { customer: customer.clone(), application: self.registration.applications[column].clone() }
    }

    /// The chosen pair in full. What does not fit a row goes on in the next.
    fn detail(&self, page: &mut Page) {
        if let Some(pair) = self.registration.pair() {
            self.whole(page, &pair);
        }
    }

    fn whole(&self, page: &mut Page, pair: &PairId) {
        let (theme, width, shown) = (&page.look.theme, page.width, self.shown());
        let cell = self.registration.draft.cell(self.here, pair);
        let (style, state) = (words::cell_style(page.look, cell), words::cell_words(cell));
        let key = (Collection::Applications, pair.application.clone());
        let goes = self.registration.draft.mark(&key) == Mark::Removed;
        let goes = if goes { "the application is to be removed; " } else { "" };
        let text = format!("{} · {}: {goes}", pair.customer, pair.application);
        let room = width.saturating_sub(if shown.is_empty() { 0 } else { shown.chars().count() + 1 });
        if text.chars().count() + state.len() <= room {
            page.row(&[(theme.base, &text), (style, state)]);
            page.last().put_right(width, COUNTER, (theme.dim, &shown));
            return;
        }
        page.blank().put(0, room, (theme.base, &format!("{} ·", pair.customer)));
        page.last().put_right(width, COUNTER, (theme.dim, &shown));
        page.row(&[(theme.base, &format!("{}: ", pair.application)), (style, state)]);
        if !goes.is_empty() {
            page.row(&[(theme.base, goes.trim_end_matches("; "))]);
        }
    }

    /// Which row is chosen and which columns are in sight, where not all are.
    fn shown(&self) -> String {
        let all = self.registration.applications.len();
        let Range { start, end } = self.columns;
        if self.columns.len() == all {
            return self.position.clone();
        }
        let columns = format!("‹ {}–{} of {} ›", count(start + 1), count(end), count(all));
        if self.position.is_empty() { columns } else { format!("{}  {columns}", self.position) }
    }
}

/// An id in so many columns: its beginning and its end, for ids often begin alike.
fn shortened(id: &str, width: usize) -> Cow<'_, str> {
    // Every character of an id is one byte, and one column.
    if id.len() <= width {
        return Cow::Borrowed(id);
    }
    let head = width / 3;
    let tail = width.saturating_sub(head + 1);
    Cow::Owned(format!("{}…{}", &id[..head], &id[id.len() - tail..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_begin_alike_are_told_apart() {
        assert_eq!(shortened("application-12", 12), "appl…tion-12");
        assert_eq!(shortened("crm", 4), "crm");
        assert_eq!(shortened("abcdefgh", 4), "a…gh");
    }
}
