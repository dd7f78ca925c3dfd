//! Reports of which nobody knows whether they arrived.

use crate::desk::{List, Model, quiet_left};
use crate::order::Right;
use crate::subscription::{Clash, Failure, Outcome, Report};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::table::{self, Rows, left, right, wide};
use crate::view::frame::words::{ago, countdown, time};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// The columns of a place of this width: a long amount needs what is free.
fn columns(width: u16) -> [table::Column; 5] {
    [
        left("MONTH", 9),
        left("SKU", 20),
        left("PROVISIONING ID", 20),
        right("AMOUNT", wide(12, 28, width)),
        left("SINCE", usize::MAX / 2),
    ]
}

/// Draws them, and the account of the chosen one below.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    let market = &model.market;
    if market.doubts.is_empty() {
        let mut page = Page::new(look, place.width);
        page.text((look.theme.strong, "No report is in doubt."));
        page.gap();
        page.text((look.theme.base, "A report that got no answer stays here until somebody has checked the portal. It is never sent again by itself."));
        return page.draw(buffer, place, 0, layout);
    }
    let height = u16::try_from(market.doubts.len()).unwrap_or(u16::MAX).saturating_add(1);
    let height = height.min(place.height.saturating_sub(11).max(3));
    let [list, _, account] =
        Split::vertical([Constraint::Length(height), Constraint::Length(1), Constraint::Fill(1)])
            .areas(place);
    let at = List::Doubts as usize;
    let columns = columns(list.width);
    let rows = Rows {
        columns: &columns,
        len: market.doubts.len(),
        selected: market.selected[at],
        top: market.top[at],
    };
    table::draw(&rows, look, buffer, list, layout, |at| {
        let report = &market.doubts[at];
        let base = look.theme.base;
        let since = report.begun_at().map_or_else(String::new, |at| ago(model.now.duration_since(at)));
        vec![
            (look.theme.bad, format!("! {}", report.slot.month)),
            (base, report.slot.sku.to_string()),
            (base, report.slot.provisioning_id.to_string()),
            (base, report.amount().unwrap_or_default().to_string()),
            (look.theme.dim, since),
        ]
    });
    let mut page = Page::new(look, account.width);
    if let Some(report) = market.doubt() {
        account_of(&mut page, model, report);
    }
    page.draw(buffer, account, 0, layout);
}

/// The bills on which a report in doubt can be, in words; none before the zone of the cut-off was read.
pub fn bills(model: &Model, report: &Report) -> Option<String> {
    let calendar = model.market.calendar.as_ref()?;
    let (first, last) = report.bills_of_doubt(calendar, model.now)?;
    Some(match () {
        () if first == last => format!("of {first}"),
        () if first.next() == last => format!("of {first} or {last}"),
        () => format!("from {first} to {last}"),
    })
}

/// What was sent and seen, what is not known, and from when a person may say what the portal shows.
fn account_of(page: &mut Page, model: &Model, report: &Report) {
    let look = page.look;
    let theme = &look.theme;
    let Some(attempt) = report.doubt() else { return };
    if let Some(clash) = report.clash() {
        return clash_of(page, model, report, &clash);
    }
    if attempt.is_held_back() {
        page.pair(
            "sent",
            (
                theme.base,
                "nothing at that time: this machine had sent it before, and the journal had lost that",
            ),
        );
        page.pair(
            "",
            (theme.base, "Not known: when it was sent, and whether it arrived. Look at earlier bills, too."),
        );
        return next(page, model, report);
    }
    let at = time(look, attempt.at, model.now);
    let amount = report.amount().unwrap_or_default();
    let sent = format!("{amount} at {at}, by {}, attempt {}", attempt.by, attempt.number);
    page.pair("sent", (theme.base, &sent));
    let outcome = attempt.ended.as_ref().and_then(|ended| ended.outcome.as_ref());
    let seen = outcome.map_or_else(
        || "its desk could no longer be seen, and no answer was recorded".to_owned(),
        Outcome::words,
    );
    page.pair("answer", (theme.base, &seen));
    let known = match outcome {
        Some(Outcome::Failed { failure: Failure::Partly { .. } }) => "The count never left whole.",
        _ => "Not known: whether it arrived. A second report would be added to it.",
    };
    page.pair("", (theme.base, known));
    if let Some(bills) = bills(model, report) {
        page.pair("bill", (theme.base, &format!("{bills}, if it arrived")));
    }
    next(page, model, report);
}

/// What was sent, answered and said, and how that contradicts itself.
fn clash_of(page: &mut Page, model: &Model, report: &Report, clash: &Clash) {
    let look = page.look;
    let theme = &look.theme;
    page.pair("alarm", (theme.bad, &clash.words()));
    for attempt in &report.attempts.0 {
        let at = time(look, attempt.at, model.now);
        let words = attempt.words().unwrap_or_default();
        let amount = report.sent_with(attempt);
        page.pair("sent", (theme.base, &format!("{amount} at {at}, by {}: {words}", attempt.by)));
        for verdict in report.verdicts.iter().filter(|verdict| verdict.attempt == attempt.number) {
            page.pair("said", (theme.base, &verdict.words(|at| time(look, at, model.now))));
        }
    }
    next(page, model, report);
}

/// From when a person may say what the portal shows, and who.
fn next(page: &mut Page, model: &Model, report: &Report) {
    let theme = &page.look.theme;
    let now = if let Some(left) = quiet_left(model, report) {
        format!("Wait {}: the request may still be on its way.", countdown(left))
    } else {
        let who = if model.setup.role.may(Right::RecordVerdict) { "Enter" } else { "a supervisor" };
        format!("Look at the portal; {who} records what it shows.")
    };
    page.pair("now", (theme.strong, &now));
    page.pair("fix by", (theme.base, "a supervisor"));
}
