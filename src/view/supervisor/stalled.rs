//! The supervisor's screen: orders that are stuck until someone acts, and whether a retry is useful.

use crate::desk::frame::list::first_shown;
use crate::desk::{Model, Target};
use crate::order::{Retry, Stall, Summary, Timestamp};
use crate::view::frame::list::with_margin;
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::{plural, time};
use crate::view::words;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// Draws the stalled orders.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let theme = &look.theme;
    let report = model.stalled.report.len().min(4);
    let below = if report == 0 { 0 } else { u16::try_from(report + 2).unwrap_or(0) };
    let rows = [
        Constraint::Length(3),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(4),
        Constraint::Length(below),
    ];
    let [head, list, _, detail, foot] = Split::vertical(rows).areas(body);
    let list = with_margin(list);
    let (top, height) = (model.stalled.top, usize::from(list.height));
    let top = first_shown(top, model.stalled.selected, height);
    let rows = model.stalled.rows.iter().skip(top).take(height);
    let shown: Vec<(&Summary, Stall)> =
        rows.filter_map(|row| row.stall(model.now).map(|stall| (row, stall))).collect();
    let mut page = Page::new(look, body.width);
    page.row(&[(theme.strong, "Stalled orders"), (theme.dim, "   stuck until someone acts")]);
    page.gap();
    if shown.is_empty() {
        page.row(&[(theme.good, "✓ None. Every order is moving or has ended.")]);
        page.draw(buffer, body, 0, layout);
        return;
    }
    columns(&mut page, theme.dim, ["ORDER", "A RETRY IS", "LEFT", "CAUSE"]);
    page.draw(buffer, head, 0, layout);
    let chosen = model.stalled.selected.saturating_sub(top);
    let mut page = Page::new(look, list.width);
    for (nth, (row, stall)) in shown.iter().enumerate() {
        list_row(&mut page, model, nth == chosen, row, stall);
        page.last().target = Some(Target::Row(top + nth));
    }
    page.draw(buffer, list, 0, layout);
    if let Some((row, stall)) = shown.get(chosen) {
        let mut page = Page::new(look, detail.width);
        page.row(&[
            (theme.base, &row.transaction_id),
            (theme.dim, " + "),
            (theme.base, &row.partner_order_id),
            (theme.dim, "   agent "),
            (theme.base, &row.agent),
        ]);
        page.pair("next step", (theme.strong, &stall.next));
        page.draw(buffer, detail, 0, layout);
    }
    last_retry(model, look, buffer, foot, layout);
}

fn columns(page: &mut Page, style: ratatui::style::Style, titles: [&str; 4]) {
    let row = page.blank();
    for (at, title) in [0, 12, 26, 35].into_iter().zip(titles) {
        row.put(at, 20, (style, title));
    }
}

fn list_row(page: &mut Page, model: &Model, chosen: bool, row: &Summary, stall: &Stall) {
    let look = page.look;
    let (theme, width) = (&look.theme, page.width);
    let pick = |style| if chosen { theme.chosen } else { style };
    let glyph = match stall.retry {
        Retry::Useful => "✓",
        Retry::Futile => "×",
        Retry::Dangerous => "!",
    };
    let line = page.blank();
    line.fill = chosen.then_some(theme.chosen);
    if chosen {
        line.put(0, 2, (theme.chosen, "▸"));
    }
    line.put(2, 11, (pick(theme.base), row.id.as_str()));
    let verdict = format!("{glyph} {}", stall.retry.name());
    line.put(14, 13, (pick(words::verdict_style(look, stall.retry)), &verdict));
    line.put(28, 8, (pick(theme.base), &words::left(row.window().at(model.now))));
    let doubt = model.probe_from(row).map(|from| in_doubt(model, look, from));
    let cause = doubt.as_deref().unwrap_or(&stall.cause);
    line.put(37, width.saturating_sub(37), (pick(theme.base), cause));
}

/// What may be done about an order in doubt, and from when.
fn in_doubt(model: &Model, look: &Look, from: Timestamp) -> String {
    if from > model.now {
        format!("in doubt: probe or verdict from {}", time(look, from, model.now))
    } else {
        "in doubt: may be probed or settled now".to_owned()
    }
}

/// What became of the last retry.
fn last_retry(model: &Model, look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    let theme = &look.theme;
    let report = &model.stalled.report;
    let done = report.iter().filter(|(_, done, _)| *done).count();
    let mut page = Page::new(look, place.width);
    let sum = format!("{done} of {} moved on", plural(report.len(), "order"));
    page.row(&[(theme.strong, "Last retry   "), (theme.dim, &sum)]);
    for (id, done, what) in report.iter().rev().take(4) {
        let (glyph, style) = if *done { ("✓ ", theme.good) } else { ("× ", theme.bad) };
        page.row(&[(style, glyph), (theme.base, id.as_str()), (theme.base, "  "), (theme.dim, what)]);
    }
    page.draw(buffer, place, 0, layout);
}
