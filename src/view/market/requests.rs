//! The deploys that a person should look at.

use super::words;
use crate::desk::{Model, Request};
use crate::kind::Timestamp;
use crate::subscription::{ProvisioningId, SubscriptionRow};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::table::{self, Rows, left, right};
use crate::view::frame::words::{ago, plural};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

const COLUMNS: [table::Column; 5] = [
    left("WHY", 13),
    left("PROVISIONING ID", 20),
    left("CUSTOMER", 10),
    right("AGE", 6),
    left("SKUS", usize::MAX / 2),
];

/// Draws them.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    let market = &model.market;
    if market.requests.is_empty() {
        return nothing(model, look, buffer, place, layout);
    }
    let [list, _, detail] =
        Split::vertical([Constraint::Fill(1), Constraint::Length(1), Constraint::Length(3)]).areas(place);
    let (selected, top) = (market.selected[0], market.top[0]);
    let rows = Rows { columns: &COLUMNS, len: market.requests.len(), selected, top };
    table::draw(&rows, look, buffer, list, layout, |at| {
        let (why, row) = market.requests[at];
        let row = &market.rows[row];
        let base = look.theme.base;
        let skus: Vec<&str> = row.skus.iter().map(|line| line.plan.sku.as_str()).collect();
        vec![
            (words::request_style(look, why), words::request(why).0.to_owned()),
            (base, row.provisioning_id.to_string()),
            (base, row.customer_id.as_ref().map_or("–", |id| id.as_str()).to_owned()),
            (base, ago(model.now.duration_since(since(model, why, row)))),
            (look.theme.dim, skus.join(", ")),
        ]
    });
    let mut page = Page::new(look, detail.width);
    if let Some((why, row)) = market.requests.get(selected) {
        let of = &market.rows[*row].provisioning_id;
        let mut text = format!("{of}: {}", words::request(*why).1);
        if let Some(earlier) = market.tries.get(&market.rows[*row].id) {
            let ids: Vec<&str> = earlier.iter().map(ProvisioningId::as_str).collect();
            let ids = ids.join(", ");
            text = match why {
                Request::SecondTry => format!("{text} Earlier: {ids}"),
                _ => format!("{text} A repeat? Earlier: {ids}"),
            };
        }
        page.text((look.theme.base, &text));
    }
    outside(&mut page, model);
    page.draw(buffer, detail, 0, layout);
}

/// When what it is about came: an alarm is as old as the deploy that caused it.
fn since(model: &Model, why: Request, row: &SubscriptionRow) -> Timestamp {
    let alarm = model.market.conflicts.get(&row.id).filter(|_| why == Request::Conflict);
    alarm.copied().unwrap_or(row.requested_at)
}

fn nothing(model: &Model, look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    let mut page = Page::new(look, place.width);
    let deploys = if model.market.unreadable > 0 { "Nothing else waits" } else { "Nothing waits" };
    page.text((look.theme.strong, &format!("{deploys} for a person.")));
    page.gap();
    page.text((
        look.theme.base,
        "This list shows deploys waiting for an answer, answers that may not have arrived, ids that came again with different content, and repeat requests.",
    ));
    page.gap();
    outside(&mut page, model);
    page.draw(buffer, place, 0, layout);
}

/// What came to the receiver and is no deploy.
fn outside(page: &mut Page, model: &Model) {
    let (look, market) = (page.look, &model.market);
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    if market.unreadable > 0 {
        let what = plural(number(market.unreadable), "deploy");
        page.say(
            look.theme.warn,
            "!",
            &format!("{what} could not be read; pxdesk market requests says why."),
        );
    }
    if market.strangers > 0 {
        let what = plural(number(market.strangers), "request");
        page.say(look.theme.warn, "!", &format!("{what} came without proof of who sent them."));
    }
}
