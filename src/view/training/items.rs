//! What can be made to happen: short lines, and below them all that is to be said of the chosen one; what was done already.

use crate::desk::frame::list::first_shown;
use crate::desk::{Item, Model, Tab, Target, training_items};
use crate::view::frame::list::{beyond, with_margin};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// How many lines of what was done are shown.
const LOG: usize = 3;
/// How many rows the chosen line's sentences have, where there is room.
const SAID: u16 = 4;
/// Lower than this there is room for one alone.
const LOW: u16 = 10;

/// A row of the list.
enum Row<'a> {
    Heading(&'a str),
    Item(usize, &'a Item),
}

/// Draws it.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let theme = &look.theme;
    let items = training_items(model);
    let most = if body.height < 20 { LOG - 1 } else { LOG };
    // What has just been done is said below already.
    let notice = model.frame.notice.as_ref().map(|notice| notice.text.as_str());
    let said_below = usize::from(notice.is_some() && notice == model.training.log.back().map(String::as_str));
    let log = (model.training.log.len() - said_below).min(most);
    let height = u16::try_from(log + usize::from(log > 0)).unwrap_or(0);
    let height = if body.height < LOW { 0 } else { height };
    let rows_said = if body.height < LOW { 2 } else { SAID + 1 };
    let parts = [Constraint::Fill(1), Constraint::Length(rows_said), Constraint::Length(height)];
    let [list, said, done] = Split::vertical(parts).areas(body);
    rows(model, &items, look, buffer, list, layout);
    let mut page = Page::new(look, said.width);
    if body.height >= LOW {
        page.blank();
    }
    match items.get(model.training.selected()) {
        Some(item) => {
            page.text((theme.base, &item.sentence));
            if !item.advice.is_empty() {
                page.hang(&[(theme.dim, "Right move: ")], (theme.dim, &item.advice));
            }
        }
        None => page.text((theme.dim, nothing(model))),
    }
    page.draw(buffer, said, 0, layout);
    let mut page = Page::new(look, done.width);
    page.blank();
    for what in model.training.log.iter().rev().skip(said_below).take(log).rev() {
        page.row(&[(theme.good, "✓ "), (theme.dim, what)]);
    }
    page.draw(buffer, done, 0, layout);
}

/// Why there is nothing to choose.
fn nothing(model: &Model) -> &'static str {
    match (&model.training.classroom, model.training.tab) {
        (Some(_), _) if model.training.trainee().is_some() => "This trainee has no run under way.",
        (Some(_), _) => "Nobody is here yet.",
        (None, Tab::Customer) => "No order is open, so there is no customer.",
        (None, Tab::Trainees | Tab::Clock | Tab::Server) => "Training is available only on the embedded Px.",
    }
}

fn rows(model: &Model, items: &[Item], look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    let theme = &look.theme;
    let mut rows = Vec::new();
    let title = match (model.training.tab, model.training.call) {
        (Tab::Server, Some(call)) => format!("THE NEXT {}", call.to_string().to_uppercase()),
        (Tab::Server, None) => "THE NEXT CALL".to_owned(),
        (Tab::Clock, _) => "MOVE AHEAD".to_owned(),
        (Tab::Customer | Tab::Trainees, _) => "THE CUSTOMER".to_owned(),
    };
    let mut group = "";
    for (at, item) in items.iter().enumerate() {
        if item.group != group {
            group = item.group;
            rows.push(Row::Heading(group));
        }
        rows.push(Row::Item(at, item));
    }
    let [head, list] = Split::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(place);
    let list = with_margin(list);
    let height = usize::from(list.height);
    let selected = model.training.selected();
    let chosen = rows.iter().position(|row| matches!(row, Row::Item(at, _) if *at == selected));
    let chosen = chosen.unwrap_or_default();
    // A row more below the chosen one is in sight, so that the end of the list is known.
    let top = first_shown(0, (chosen + 1).min(rows.len().saturating_sub(1)), rows.len(), height);
    let below = rows.len().saturating_sub(top + height);
    let mut page = Page::new(look, head.width);
    let width = page.width;
    let row = page.row(&[(theme.dim, &title)]);
    let room = width.saturating_sub(title.len() + 2);
    let long = beyond(top, below);
    let hidden = if long.chars().count() > room { format!("▴ {top} ▾ {below}") } else { long };
    row.put_right(width, room, (theme.dim, &hidden));
    page.draw(buffer, head, 0, layout);
    let codes = items.iter().any(|item| !item.code.is_empty());
    let mut page = Page::new(look, list.width);
    let width = page.width;
    for line in rows.iter().skip(top).take(height) {
        let row = page.blank();
        match line {
            Row::Heading(text) => drop(row.put(2, width.saturating_sub(2), (theme.dim, text))),
            Row::Item(at, item) => {
                let is_chosen = *at == selected;
                let style = if is_chosen { theme.chosen } else { theme.base };
                row.target = Some(Target::Row(*at));
                row.fill = is_chosen.then_some(theme.chosen);
                row.put(0, 2, (style, if is_chosen { "▸" } else { "" }));
                let mut column = 2;
                if codes {
                    row.put(column, 5, (style, &item.code));
                    column += 6;
                }
                row.put(column, width.saturating_sub(column), (style, &item.label));
            }
        }
    }
    page.draw(buffer, list, 0, layout);
}
