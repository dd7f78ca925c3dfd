//! The four lists under their tabs.

use super::{doubts, month, requests, subscriptions};
use crate::desk::{List, Market, Model};
use crate::view::frame::form::visible_part;
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::count;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// Draws the list in front.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let [tabs, list] = Split::vertical([Constraint::Length(2), Constraint::Fill(1)]).areas(body);
    let market = &model.market;
    let mut page = Page::new(look, tabs.width);
    heading(&mut page, market);
    page.draw(buffer, tabs, 0, layout);
    if market.calendar.is_none() {
        let mut page = Page::new(look, list.width);
        let said = if market.reading.under_way {
            "…  reading the journal"
        } else {
            "It was not read. R reads it."
        };
        page.row(&[(look.theme.dim, said)]);
        return page.draw(buffer, list, 0, layout);
    }
    match market.list {
        List::Requests => requests::draw(model, look, buffer, list, layout),
        List::Subscriptions => subscriptions::draw(model, look, buffer, list, layout),
        List::Month => month::draw(model, look, buffer, list, layout),
        List::Doubts => doubts::draw(model, look, buffer, list, layout),
    }
}

/// The tabs, the one in front in brackets; or the filter that is typed.
fn heading(page: &mut Page, market: &Market) {
    let theme = &page.look.theme;
    let width = page.width;
    let filtered = market.filtering || !market.filter.value().is_empty();
    if filtered && market.list == List::Subscriptions {
        let found = format!("{} shown of {}", count(market.matches.len()), count(market.rows.len()));
        let row = page.row(&[(theme.accent, "Filter ")]);
        row.put_right(width, 30, (theme.dim, &found));
        let (text, cursor) = visible_part(&market.filter, width.saturating_sub(10 + found.len()));
        let row = page.last();
        row.put_safe(7, theme.strong, &text);
        row.cursor = market.filtering.then_some(7 + cursor);
        return;
    }
    let titles = List::ALL.map(|list| (list == market.list, title(market, list)));
    // On a narrow screen they stand closer: it is the number of doubts that would be cut off.
    let all: usize = titles.iter().map(|(_, title)| title.chars().count() + 3).sum();
    let gap = usize::from(all <= width + 1);
    let row = page.blank();
    let mut at = 0;
    for (in_front, title) in titles {
        let (style, text) =
            if in_front { (theme.accent, format!("[{title}]")) } else { (theme.dim, format!(" {title} ")) };
        at = row.put(at, width.saturating_sub(at), (style, &text)) + gap;
    }
    let loading = if market.reading.under_way || market.month_loading { "…" } else { "" };
    row.put_right(width, 2, (theme.dim, loading));
}

fn title(market: &Market, list: List) -> String {
    match list {
        List::Requests => format!("Requests {}", count(market.to_look_at())),
        List::Subscriptions => format!("Subscriptions {}", count(market.rows.len())),
        List::Month => {
            market.month.as_ref().map_or_else(|| "Month".to_owned(), |view| format!("Month {}", view.month))
        }
        List::Doubts => format!("Doubts {}", count(market.doubts.len())),
    }
}
