//! The applications, and the customers: a row for each.

use super::words;
use crate::desk::{Cell, ContractKey, Mark, Registration, Snapshot};
use crate::registry::Collection;
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::table::{self, Rows, left};
use crate::view::frame::words::plural;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// From this width on a whole id has a column.
const ROOMY: u16 = 110;

const APPLICATIONS: [[table::Column; 4]; 2] = [columns("CUSTOMERS", 26, 24), columns("CUSTOMERS", 50, 30)];
const CUSTOMERS: [[table::Column; 4]; 2] = [columns("APPLICATIONS", 20, 22), columns("APPLICATIONS", 34, 28)];

const fn columns(last: &'static str, id: usize, name: usize) -> [table::Column; 4] {
    [left("", 1), left("ID", id), left("NAME", name), left(last, usize::MAX / 2)]
}

/// Draws those of the list in front.
pub fn draw(
    registration: &Registration,
    here: &Snapshot,
    look: &Look,
    buffer: &mut Buffer,
    place: Rect,
    layout: &mut Layout,
) {
    let collection = registration.rows_of();
    if registration.rows().is_empty() {
        return nothing(registration, look, buffer, place, layout);
    }
    let [list, detail] = Split::vertical([Constraint::Fill(1), Constraint::Length(2)]).areas(place);
    let roomy = usize::from(place.width >= ROOMY);
    let columns =
        if collection == Collection::Applications { &APPLICATIONS[roomy] } else { &CUSTOMERS[roomy] };
    let at = registration.list as usize;
    let rows = Rows {
        columns,
        len: registration.rows().len(),
        selected: registration.selected[at],
        top: registration.top[at],
    };
    table::draw(&rows, look, buffer, list, layout, |at| {
        row(registration, here, look, &(collection, registration.rows()[at].clone()))
    });
    let mut page = Page::new(look, detail.width);
    if let Some(key) = registration.key() {
        about(&mut page, registration, here, &key);
    }
    page.draw(buffer, detail, 0, layout);
}

fn row(registration: &Registration, here: &Snapshot, look: &Look, key: &ContractKey) -> Vec<table::Cell> {
    let draft = &registration.draft;
    let mark = draft.mark(key);
    let style = words::mark_style(look, mark);
    let name = draft.name(here, key).map_or("–".to_owned(), ToString::to_string);
    let partners = match key.0 {
        Collection::Applications => {
            let has = |cell: &Cell| matches!(cell, Cell::With | Cell::New);
            let cells: Vec<Cell> = draft.partners(here, key).into_iter().map(|(_, cell)| cell).collect();
            plural(cells.iter().filter(|cell| has(cell)).count(), "customer")
        }
        Collection::Customers | Collection::Pairs => partners(registration, here, key),
    };
    vec![
        (style, words::mark(mark).to_owned()),
        (style, key.1.to_string()),
        (style, name),
        (if mark == Mark::Removed { style } else { look.theme.dim }, partners),
    ]
}

/// The other ends of its pairs, each with what is to become of the pair where that is something.
fn partners(registration: &Registration, here: &Snapshot, key: &ContractKey) -> String {
    let one = |(id, cell): (crate::registry::ProviderId, Cell)| match cell {
        Cell::With | Cell::Without => id.to_string(),
        Cell::New | Cell::Removed | Cell::Along => format!("{}{id}", words::cell(cell)),
    };
    let all: Vec<String> = registration.draft.partners(here, key).into_iter().map(one).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

/// The chosen row, in full.
fn about(page: &mut Page, registration: &Registration, here: &Snapshot, key: &ContractKey) {
    let theme = &page.look.theme;
    let mark = registration.draft.mark(key);
    let name = registration.draft.name(here, key).map_or_else(String::new, |name| format!("  \"{name}\""));
    page.row(&[
        (theme.base, key.1.as_str()),
        (theme.dim, &name),
        (theme.dim, if mark == Mark::Same { "" } else { "  " }),
        (words::mark_style(page.look, mark), words::marked(mark)),
    ]);
    let of = match key.0 {
        Collection::Applications => "customers: ",
        Collection::Customers | Collection::Pairs => "applications: ",
    };
    page.row(&[(theme.dim, of), (theme.dim, &partners(registration, here, key))]);
}

fn nothing(registration: &Registration, look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    let mut page = Page::new(look, place.width);
    let collection = registration.rows_of();
    if registration.filter.value().is_empty() {
        page.text((look.theme.strong, &format!("There are no {collection}.")));
        page.gap();
        page.text((look.theme.base, &format!("a adds the first {}.", collection.one())));
    } else {
        page.text((look.theme.strong, &format!("No {} matches the filter.", collection.one())));
        page.gap();
        page.text((look.theme.base, "Esc shows every row again."));
    }
    page.draw(buffer, place, 0, layout);
}
