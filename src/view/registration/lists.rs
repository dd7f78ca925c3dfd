//! The three lists under their tabs, and what is to change.

use super::{matrix, named, pending, words};
use crate::desk::{Model, Registration, Snapshot, WIDE};
use crate::registry::{Collection, mend};
use crate::view::frame::form::visible_part;
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::{count, plural, time};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// As many findings as are told.
const FINDINGS: usize = 3;

/// From so many rows on there is room for a blank one between the list and what is to change.
const ROOMY: u16 = 12;

/// Draws the list in front.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let [tabs, rest] = Split::vertical([Constraint::Length(2), Constraint::Fill(1)]).areas(body);
    let registration = &model.registration;
    let mut page = Page::new(look, tabs.width);
    heading(&mut page, model);
    page.draw(buffer, tabs, 0, layout);
    let Some(here) = &registration.here else {
        let mut page = Page::new(look, rest.width);
        nothing(&mut page, registration);
        return page.draw(buffer, rest, 0, layout);
    };
    let rest = findings(here, look, buffer, rest, layout);
    let (list, place) = split(model, look, rest);
    pending::draw(registration, look, buffer, place, layout);
    match registration.list {
        Collection::Applications | Collection::Customers => {
            named::draw(registration, here, look, buffer, list, layout);
        }
        Collection::Pairs => matrix::draw(registration, here, look, buffer, list, layout),
    }
}

/// The places of the list, and of what is to change: beside it on a wide screen, else below.
fn split(model: &Model, look: &Look, rest: Rect) -> (Rect, Rect) {
    if model.frame.size.0 >= WIDE {
        let side = (rest.width * 2 / 5).clamp(48, 72);
        let columns = [Constraint::Fill(1), Constraint::Length(4), Constraint::Length(side)];
        let [list, _, place] = Split::horizontal(columns).areas(rest);
        return (list, place);
    }
    // What the changes do not need is the list's.
    let height = pending::rows(&model.registration, look, rest.width).min((rest.height / 3).clamp(2, 12));
    let gap = u16::from(rest.height >= ROOMY);
    let rows = [Constraint::Fill(1), Constraint::Length(gap), Constraint::Length(height)];
    let [list, _, place] = Split::vertical(rows).areas(rest);
    (list, place)
}

/// The tabs, the one in front in brackets; or the filter that is typed.
fn heading(page: &mut Page, model: &Model) {
    let registration = &model.registration;
    let look = page.look;
    let (theme, width) = (&look.theme, page.width);
    if registration.filtering || !registration.filter.value().is_empty() {
        let found = format!("{} shown", plural(registration.rows().len(), registration.rows_of().one()));
        let row = page.row(&[(theme.accent, "Filter ")]);
        row.put_right(width, 30, (theme.dim, &found));
        let (text, cursor) = visible_part(&registration.filter, width.saturating_sub(10 + found.len()));
        let row = page.last();
        row.put_safe(7, theme.strong, &text);
        row.cursor = registration.filtering.then_some(7 + cursor);
        return;
    }
    let row = page.blank();
    let mut at = 0;
    for list in Collection::ALL {
        let in_front = list == registration.list;
        let (style, text) = if in_front {
            (theme.accent, format!("[{}]", title(registration, list)))
        } else {
            (theme.dim, format!(" {} ", title(registration, list)))
        };
        at = row.put(at, width.saturating_sub(at), (style, &text)) + 1;
    }
    let listed = match &registration.here {
        _ if registration.reading.under_way => "… listing".to_owned(),
        Some(here) => format!("listed {}", time(look, here.at, model.now)),
        None => String::new(),
    };
    row.put_right(width, width.saturating_sub(at), (theme.dim, &listed));
}

fn title(registration: &Registration, list: Collection) -> String {
    let rows = match list {
        Collection::Applications => &registration.applications,
        Collection::Customers => &registration.customers,
        Collection::Pairs => return words::list(list).to_owned(),
    };
    match &registration.here {
        // The filter is for the list in front, and then stands in the place of the tabs.
        Some(_) => format!("{} {}", words::list(list), count(rows.len())),
        None => words::list(list).to_owned(),
    }
}

/// There is no listing.
fn nothing(page: &mut Page, registration: &Registration) {
    let theme = &page.look.theme;
    if registration.reading.under_way {
        page.row(&[(theme.dim, "…  listing the contract")]);
        return;
    }
    page.text((theme.strong, "The contract was not listed."));
    page.gap();
    if let Some(problem) = &registration.reading.problem {
        page.text((theme.base, problem));
    }
}

/// What contradicts itself in the listing, and what to do about it; the place that is left.
fn findings(here: &Snapshot, look: &Look, buffer: &mut Buffer, rest: Rect, layout: &mut Layout) -> Rect {
    let mut page = Page::new(look, rest.width);
    for finding in here.findings.iter().take(FINDINGS) {
        page.say(look.theme.bad, "!", &finding.to_string());
    }
    if here.findings.len() > FINDINGS {
        page.row(&[(look.theme.bad, &format!("  and {} more", count(here.findings.len() - FINDINGS)))]);
    }
    if !here.findings.is_empty() {
        let next = format!("Nothing can be changed from here. {}", mend(&here.findings));
        page.text((look.theme.base, &next));
    }
    if here.case_twins > 0 {
        let what = "Some ids differ only in upper and lower case; whether that counts is not documented.";
        page.say(look.theme.warn, "!", what);
    }
    page.gap();
    let rows = u16::try_from(page.len()).unwrap_or(u16::MAX).min(rest.height / 2);
    let [said, rest] = Split::vertical([Constraint::Length(rows), Constraint::Fill(1)]).areas(rest);
    page.draw(buffer, said, 0, layout);
    rest
}
