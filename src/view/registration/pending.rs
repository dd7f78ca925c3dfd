//! What is to change, beside the lists.

use super::words;
use crate::desk::Registration;
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// How many rows it would need for all of it.
pub fn rows(registration: &Registration, look: &Look, width: u16) -> u16 {
    let changes = registration.pending().map_or(0, |plan| plan.changes.len() + plan.goes_along.len());
    let rows = head(registration, look, width).len() + changes;
    u16::try_from(rows).unwrap_or(u16::MAX)
}

/// How much is to change.
fn head<'a>(registration: &Registration, look: &'a Look, width: u16) -> Page<'a> {
    let mut page = Page::new(look, width);
    if let Some(plan) = registration.pending() {
        page.hang(&[(look.theme.strong, "Pending changes: ")], (look.theme.base, &plan.counts()));
        return page;
    }
    let said = match &registration.plan {
        Some(_) => "Pending changes: none",
        None if registration.draft.is_empty() => "",
        None => "Your changes are kept, and cannot be planned now.",
    };
    page.row(&[(look.theme.dim, said)]);
    page
}

/// Draws the counts, and as many changes as there is room for.
pub fn draw(registration: &Registration, look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    let mut page = head(registration, look, place.width);
    let Some(plan) = registration.pending() else {
        return page.draw(buffer, place, 0, layout);
    };
    let all = plan.changes.len() + plan.goes_along.len();
    let room = usize::from(place.height).saturating_sub(page.len());
    let shown = if all > room { room.saturating_sub(1) } else { all };
    for line in plan.lines().take(shown) {
        page.row(&[(words::line_style(look, &line), &line)]);
    }
    if all > shown && room > 0 {
        page.row(&[(look.theme.dim, &format!("and {} more lines; p shows all", all - shown))]);
    }
    page.draw(buffer, place, 0, layout);
}
