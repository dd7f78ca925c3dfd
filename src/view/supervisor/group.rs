//! A group of stalled orders, in a few lines: what holds them up, and what to do.

use super::verdict::group_verdict;
use crate::desk::Model;
use crate::order::Summary;
use crate::order::stalled::{Group, outlook};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::{ago, plural};
use crate::view::words;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeMap;

/// Draws the chosen group in the place beside the list.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, place: Rect) {
    let Some(group) = model.stalled.group() else { return };
    let theme = &look.theme;
    let mut page = Page::new(look, place.width);
    page.text((words::urgency(look, group.cause.attention), &group.cause.title));
    page.gap();
    page.pair("cause", (theme.base, &group.cause.key));
    page.pair("orders", (theme.strong, &group.count.to_string()));
    page.pair("oldest", (theme.base, &ago(group.oldest(model.now))));
    if let Some(left) = group.least_left(model.now) {
        page.pair("least left", (theme.base, &words::left_short(left)));
    }
    let (style, verdict) = group_verdict(look, group);
    page.pair("a retry is", (style, &verdict));
    page.gap();
    why(&mut page, model, group);
    page.gap();
    agents(&mut page, model, group);
    page.draw(buffer, place, 0, &mut Layout::default());
}

/// The same in a few lines, `room` at the most.
pub fn lines(page: &mut Page, model: &Model, group: &Group, room: usize) {
    let look = page.look;
    let marked = model.stalled.of_cause(&group.cause.key);
    let marked = marked.filter(|row| model.stalled.marked.contains(&row.id)).count();
    let sum = format!("{}, {marked} of them marked", plural(group.count, "order"));
    page.row(&[(look.theme.base, &group.cause.key), (look.theme.dim, "   "), (look.theme.dim, &sum)]);
    if let Some(first) = model.stalled.of_cause(&group.cause.key).next() {
        brief(page, model, first, room);
    }
}

/// Why a retry of an order is what it is, and what to do next; where there is no room for both, what to do.
pub fn brief(page: &mut Page, model: &Model, row: &Summary, room: usize) {
    let lead = [(page.look.theme.base, "  ")];
    let mut whole = page.another();
    let why = outlook(row, model.now).why;
    whole.hang(&lead, (page.look.theme.base, &why));
    let next = row.stall(model.now).filter(|_| page.len() + whole.len() > room);
    page.hang(&lead, (page.look.theme.base, next.as_ref().map_or(&why, |stall| &stall.next)));
}

fn why(page: &mut Page, model: &Model, group: &Group) {
    if let Some(why) = outlook_of(model, group) {
        page.pair("why", (page.look.theme.base, &why));
    }
}

/// Why a retry of the first of them is what it is: they are stalled for the same reason.
fn outlook_of(model: &Model, group: &Group) -> Option<String> {
    let first = model.stalled.of_cause(&group.cause.key).next()?;
    Some(outlook(first, model.now).why)
}

/// Whose they are.
fn agents(page: &mut Page, model: &Model, group: &Group) {
    const MOST: usize = 8;
    let mut of: BTreeMap<&str, usize> = BTreeMap::new();
    for row in model.stalled.of_cause(&group.cause.key) {
        *of.entry(&row.agent).or_default() += 1;
    }
    let mut of: Vec<(&str, usize)> = of.into_iter().collect();
    of.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    page.row(&[(page.look.theme.dim, "Assigned to")]);
    for (name, n) in of.iter().take(MOST) {
        page.pair(name, (page.look.theme.base, &n.to_string()));
    }
    if of.len() > MOST {
        page.row(&[(page.look.theme.dim, &format!("  and {} more", of.len() - MOST))]);
    }
}
