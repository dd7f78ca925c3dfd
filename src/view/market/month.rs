//! A month: each SKU of each subscription, what is missing first.

use super::words;
use crate::desk::{List, Model, clock_off};
use crate::kind::off;
use crate::subscription::{Earlier, Finding, MonthLine, MonthView, ReportState};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::table::{self, Rows, left, right, wide};
use crate::view::frame::words::{count, time, time_there};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// The width of what was reported before, where there is no more room.
const BEFORE: usize = 8;

/// The columns of a place of this width: a long amount needs what is free.
fn columns(width: u16) -> [table::Column; 6] {
    [
        left("STATE", 10),
        left("SKU", 18),
        left("CUSTOMER", 8),
        right("AMOUNT", wide(12, 28, width)),
        right("BEFORE", wide(BEFORE, 22, width.saturating_sub(40))),
        left("NOTE", usize::MAX / 2),
    ]
}

/// Draws it.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    let market = &model.market;
    let parts = [Constraint::Length(2), Constraint::Fill(1), Constraint::Length(1), Constraint::Length(2)];
    let [head, list, _, detail] = Split::vertical(parts).areas(place);
    let mut page = Page::new(look, head.width);
    let Some(view) = &market.month else {
        page.row(&[(look.theme.dim, "…  reading the month")]);
        return page.draw(buffer, head, 0, layout);
    };
    heading(&mut page, model, view);
    page.draw(buffer, head, 0, layout);
    if view.lines.is_empty() {
        let mut page = Page::new(look, list.width);
        page.text((look.theme.strong, "Nothing is billed by usage in this month."));
        return page.draw(buffer, list, 0, layout);
    }
    let at = List::Month as usize;
    let (columns, selected) = (columns(list.width), market.selected[at]);
    let rows = Rows { columns: &columns, len: view.lines.len(), selected, top: market.top[at] };
    table::draw(&rows, look, buffer, list, layout, |at| cells(look, &view.lines[at]));
    let mut page = Page::new(look, detail.width);
    if let Some(line) = view.lines.get(market.selected[at]) {
        page.text((look.theme.dim, &detail_of(look, model, line)));
    }
    page.draw(buffer, detail, 0, layout);
}

fn heading(page: &mut Page, model: &Model, view: &MonthView) {
    let theme = &page.look.theme;
    let number = |what: &dyn Fn(&MonthLine) -> bool| view.lines.iter().filter(|line| what(line)).count();
    // What is counted as to send is not counted once more as what it was before.
    let is = |line: &MonthLine, state| {
        !line.goes_as_it_is() && line.report.as_ref().is_some_and(|row| row.state == state)
    };
    let missing = number(&|line| line.findings.contains(&Finding::Missing));
    let mut parts = vec![format!("{} to send", count(number(&MonthLine::goes_as_it_is)))];
    for (state, name) in [
        (ReportState::Reported, "reported"),
        (ReportState::Refused, "refused"),
        (ReportState::InDoubt, "in doubt"),
    ] {
        let n = number(&|line| is(line, state));
        if n > 0 {
            parts.push(format!("{} {name}", count(n)));
        }
    }
    let unknown = number(&|line| line.goes() && line.findings.contains(&Finding::NoProduct));
    if unknown > 0 {
        parts.push(format!("{} no product", count(unknown)));
    }
    let earlier: usize = view.earlier.iter().map(Earlier::all).sum();
    if earlier > 0 {
        parts.push(format!("{} of earlier months", count(earlier)));
    }
    let rest = format!("  ·  {}", parts.join("  ·  "));
    let style = if missing + earlier > 0 { theme.warn } else { theme.dim };
    let look = page.look;
    page.row(&[(style, &format!("{} missing", count(missing))), (theme.base, &rest)]);
    let closed = view.closed || view.last_begin <= model.now;
    let closing = if let Some(ahead) = clock_off(model).filter(|_| closed) {
        format!("closed: this clock is {}", off(ahead).trim_end_matches(" of"))
    } else if closed {
        format!("closed until {}", time_there(look, view.first_begin, model.now))
    } else {
        format!("closes {}", time_there(look, view.closing.closes, model.now))
    };
    let (width, used) = (page.width, format!("{missing} missing{rest}").chars().count());
    if used + closing.len() + 2 <= width {
        page.last().put_right(width, closing.len(), (theme.dim, &closing));
    }
}

fn cells(look: &Look, line: &MonthLine) -> Vec<table::Cell> {
    let theme = &look.theme;
    let dash = || "–".to_owned();
    let amount = amount(line).unwrap_or_else(dash);
    let notes: Vec<&str> =
        line.findings.iter().filter(|finding| **finding != Finding::Missing).map(words::finding).collect();
    vec![
        words::line(look, line),
        (theme.base, line.sku.to_string()),
        (theme.base, line.customer_id.as_ref().map_or("–", |id| id.as_str()).to_owned()),
        (theme.base, amount),
        (theme.dim, line.usual.map_or_else(dash, |usual| usual.to_string())),
        (theme.warn, notes.join(", ")),
    ]
}

/// How much it is, in its unit; none while nothing was added.
fn amount(line: &MonthLine) -> Option<String> {
    let amount = line.report.as_ref()?.amount?;
    let unit = line.unit.as_ref().map_or_else(String::new, |unit| format!(" {unit}"));
    Some(format!("{amount}{unit}"))
}

fn detail_of(look: &Look, model: &Model, line: &MonthLine) -> String {
    let mut parts = vec![line.provisioning_id.to_string()];
    parts.extend(amount(line));
    let before = line.usual.map(|usual| usual.to_string()).filter(|usual| usual.len() > BEFORE);
    parts.extend(before.map(|usual| format!("{usual} before")));
    if let Some(row) = &line.report {
        if model.market.month.as_ref().is_some_and(|view| view.month != row.slot.month) {
            parts.push(format!("of {}", row.slot.month));
        }
        if row.slot.supplement > 0 {
            parts.push(format!("supplement {}", row.slot.supplement));
        }
        if let Some(at) = row.reported_at {
            parts.push(format!("reported {}", time(look, at, model.now)));
        }
    }
    parts.extend(line.findings.iter().map(Finding::words));
    parts.join("; ")
}
