//! The trainer's screen: simulates the customer, the clock and failures.

use crate::desk::frame::list::first_shown;
use crate::desk::{Model, Target, training_items};
use crate::view::frame::list::with_margin;
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::ago;
use jiff::SignedDuration;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// How many lines of what was done are shown.
const LOG: usize = 3;

/// Draws what can be made to happen, and what was done already.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let theme = &look.theme;
    let log = model.training.log.len().min(LOG);
    let rows =
        [Constraint::Length(3), Constraint::Fill(1), Constraint::Length(u16::try_from(log + 1).unwrap_or(1))];
    let [head, list, done] = Split::vertical(rows).areas(body);
    let list = with_margin(list);
    let mut page = Page::new(look, head.width);
    let offset = model.training.clock_offset;
    let clock = if offset == SignedDuration::ZERO {
        "Px's clock is on time".to_owned()
    } else {
        format!("Px's clock is {} ahead", ago(offset))
    };
    page.row(&[(theme.strong, "Training on the embedded Px   "), (theme.dim, &clock)]);
    page.gap();
    page.row(&[(theme.dim, "WHAT CAN HAPPEN")]);
    page.draw(buffer, head, 0, layout);
    items(model, look, buffer, list, layout);
    let mut page = Page::new(look, done.width);
    page.blank();
    for what in model.training.log.iter().rev().take(log).rev() {
        page.row(&[(theme.good, "✓ "), (theme.dim, what)]);
    }
    page.draw(buffer, done, 0, layout);
}

fn items(model: &Model, look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    let theme = &look.theme;
    let height = usize::from(place.height);
    let top = first_shown(model.training.top, model.training.selected, height);
    let mut page = Page::new(look, place.width);
    let width = page.width;
    for (at, item) in training_items(model).iter().enumerate().skip(top).take(height) {
        let chosen = at == model.training.selected;
        let style = if chosen { theme.chosen } else { theme.base };
        let row = page.blank();
        row.target = Some(Target::Row(at));
        row.fill = chosen.then_some(theme.chosen);
        row.put(0, 2, (style, if chosen { "▸" } else { "" }));
        row.put(2, width.saturating_sub(2), (style, &item.label));
    }
    page.draw(buffer, place, 0, layout);
}
