//! The chosen order beside a list: where it stands, what comes next, what happened last.

use super::frame::look::{Layout, Look};
use super::frame::page::Page;
use super::frame::words::{ago, count, time};
use super::orders::history;
use super::{supervisor, words};
use crate::desk::Model;
use crate::order::stalled::outlook;
use crate::order::{Email, Order, Phone, Recorded, Summary};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// How many of the last events are shown.
const EVENTS: usize = 8;

/// Parts the place of a list from that of the order beside it, if there is an order to show.
pub fn split(model: &Model, body: Rect) -> (Rect, Option<Rect>) {
    if !model.has_room_beside() {
        return (body, None);
    }
    let side = (body.width * 2 / 5).clamp(48, 72);
    let columns = [Constraint::Fill(1), Constraint::Length(4), Constraint::Length(side)];
    let [list, _, place] = Split::horizontal(columns).areas(body);
    (list, Some(place))
}

/// Draws it. Of an order that is not loaded yet the row is shown, in the same places.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, place: Rect) {
    let bar = Rect { x: place.x.saturating_sub(2), width: 1, ..place };
    for y in bar.y..bar.bottom() {
        buffer.set_string(bar.x, y, "│", look.theme.dim);
    }
    let Some(row) = model.beside_row() else {
        return supervisor::group(model, look, buffer, place);
    };
    let mut page = Page::new(look, place.width);
    state(&mut page, model, row);
    ids(&mut page, model, row);
    let loaded = model.beside.of(row);
    customer(&mut page, loaded.map(|(order, _)| order.as_ref()));
    next(&mut page, model, row);
    if let Some((_, events)) = loaded {
        last(&mut page, model, events);
    }
    page.draw(buffer, place, 0, &mut Layout::default());
}

fn state(page: &mut Page, model: &Model, row: &Summary) {
    let look = page.look;
    let state = row.state(model.now);
    let title = format!("{} {}", words::glyph(state), state.title());
    let urgency = words::urgency(look, row.attention_at(model.now));
    let window = row.window().at(model.now);
    let left = if row.standing.is_final() { String::new() } else { words::clock(state, window) };
    let width = page.width;
    page.row(&[(urgency, &title)]).put_right(width, 28, (words::clock_style(look, state, window), &left));
    page.gap();
}

fn ids(page: &mut Page, model: &Model, row: &Summary) {
    let theme = &page.look.theme;
    page.pair("order", (theme.strong, row.id.as_str()));
    page.pair("transaction", (theme.base, &row.transaction_id));
    page.pair("partner order", (theme.base, &row.partner_order_id));
    let since = ago(model.now.duration_since(row.opened_at));
    let loaded = model.beside.of(row).map(|(order, _)| order.agent.as_str());
    page.pair("added", (theme.base, &format!("{since} ago by {}", loaded.unwrap_or(&row.agent))));
    hands(page, model, row);
    page.gap();
}

/// Whom it is assigned to, and who works on it.
fn hands(page: &mut Page, model: &Model, row: &Summary) {
    let theme = &page.look.theme;
    page.pair("assigned to", (theme.base, &row.agent));
    if let Some(worker) = row.worker.as_ref().filter(|_| !row.standing.is_final()) {
        let since = ago(model.now.duration_since(worker.at));
        let style = if model.worked_on_by(row).is_some() { theme.warn } else { theme.base };
        page.pair("worked on by", (style, &format!("{}, last {since} ago", worker.name)));
    }
}

/// The customer, masked as on the order's own screen.
fn customer(page: &mut Page, order: Option<&Order>) {
    let theme = &page.look.theme;
    let customer = order.map(|order| &order.customer);
    let shown = |text: Option<String>| match (customer, text) {
        (None, _) => "…".to_owned(),
        (Some(_), None) => "not on file".to_owned(),
        (Some(_), Some(text)) => text,
    };
    let phone = shown(customer.and_then(|c| c.phone.as_ref()).map(Phone::masked));
    let email = shown(customer.and_then(|c| c.email.as_ref()).map(Email::masked));
    page.pair("phone", (theme.base, &phone));
    page.pair("e-mail", (theme.base, &email));
    page.gap();
}

fn next(page: &mut Page, model: &Model, row: &Summary) {
    let look = page.look;
    let theme = &look.theme;
    if let Some(stall) = row.stall(model.now) {
        let outlook = outlook(row, model.now);
        page.pair("stalled", (words::urgency(look, row.attention_at(model.now)), &stall.cause));
        page.pair("next step", (theme.strong, &stall.next));
        page.pair(
            "a retry is",
            (words::verdict_style(look, outlook.retry), words::verdict_of(row, model.now)),
        );
        page.pair("calls so far", (theme.base, &count(row.attempts)));
    } else {
        page.pair("next step", (theme.strong, words::next_step(row.state(model.now))));
    }
    page.gap();
}

fn last(page: &mut Page, model: &Model, events: &[Recorded]) {
    let look = page.look;
    let theme = &look.theme;
    page.row(&[(theme.dim, "Last events")]);
    let width = page.width;
    for recorded in events.iter().rev().take(EVENTS) {
        let at = time(look, recorded.at, model.now);
        let row = page.blank();
        let what = at.chars().count().max(16) + 3;
        row.put(2, what - 3, (theme.dim, &at));
        row.put(what, width.saturating_sub(what), (theme.base, &history::kind(&recorded.event)));
    }
}
