//! All subscriptions, and what comes next for each.

use super::words;
use crate::desk::{List, Model, Step};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::table::{self, Rows, left};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// From this width on the SKUs have a column.
const ROOMY: u16 = 110;

const NARROW: [table::Column; 4] =
    [left("STATE", 13), left("CUSTOMER", 12), left("PROVISIONING ID", 20), left("NEXT STEP", usize::MAX / 2)];
const WIDE: [table::Column; 5] = [
    left("STATE", 13),
    left("CUSTOMER", 14),
    left("PROVISIONING ID", 24),
    left("NEXT STEP", 26),
    left("SKUS", usize::MAX / 2),
];

/// Draws them.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    let market = &model.market;
    if market.matches.is_empty() {
        let mut page = Page::new(look, place.width);
        let (title, text) = if market.rows.is_empty() {
            (
                "No subscriptions yet.",
                "The marketplace sends deploys to pxdesk market serve; each becomes a row here.",
            )
        } else {
            ("No subscription matches the filter.", "Esc shows every subscription again.")
        };
        page.text((look.theme.strong, title));
        page.gap();
        page.text((look.theme.base, text));
        return page.draw(buffer, place, 0, layout);
    }
    let mut page = Page::new(look, place.width);
    if let Some(row) = market.row() {
        page.row(&[(look.theme.dim, row.provisioning_id.as_str())]);
        page.text((look.theme.dim, &skus(look, model, row)));
    }
    // What the chosen one does not need is the list's.
    let height = u16::try_from(page.len()).unwrap_or(u16::MAX).min(3);
    let [list, _, detail] =
        Split::vertical([Constraint::Fill(1), Constraint::Length(1), Constraint::Length(height)])
            .areas(place);
    let at = List::Subscriptions as usize;
    let columns: &[table::Column] = if place.width >= ROOMY { &WIDE } else { &NARROW };
    let rows =
        Rows { columns, len: market.matches.len(), selected: market.selected[at], top: market.top[at] };
    table::draw(&rows, look, buffer, list, layout, |at| {
        let row = &market.rows[market.matches[at]];
        let step = Step::of(row, model.now);
        let base = look.theme.base;
        vec![
            (base, words::state(row.state(model.now))),
            (base, row.customer_id.as_ref().map_or("–", |id| id.as_str()).to_owned()),
            (base, row.provisioning_id.to_string()),
            (words::step_style(look, model, &step), words::step(look, model, &step)),
            (look.theme.dim, skus(look, model, row)),
        ]
    });
    page.draw(buffer, detail, 0, layout);
}

/// The SKUs of a row, each with what it is.
fn skus(look: &Look, model: &Model, row: &crate::subscription::SubscriptionRow) -> String {
    let state = row.state(model.now);
    let skus: Vec<String> = row.skus.iter().map(|line| words::sku(look, model, line, state)).collect();
    let unconfirmed = if row.unconfirmed { "; unconfirmed" } else { "" };
    format!("{}{unconfirmed}", skus.join(", "))
}
