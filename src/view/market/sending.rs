//! A month's reports, as they are sent.

use crate::desk::frame::list::first_shown;
use crate::desk::{Model, Run, Sent, SentEnd};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::{count, plural};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// How wide the bar is.
const BAR: usize = 30;

/// Draws them, the latest last.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let Some(run) = &model.market.run else { return };
    let mut page = Page::new(look, body.width);
    heading(&mut page, run);
    let rows = u16::try_from(page.len() + 1).unwrap_or(u16::MAX);
    let [head, list] = Split::vertical([Constraint::Length(rows), Constraint::Fill(1)]).areas(body);
    page.draw(buffer, head, 0, layout);
    let height = usize::from(list.height);
    let latest = run.sent.len().saturating_sub(1);
    // What went wrong takes a few rows more.
    let plain = run.sent.iter().all(|sent| sent.end == SentEnd::Reported);
    let results = if plain { height } else { (height / 3).max(1) };
    let top = first_shown(0, run.top.min(latest), run.sent.len(), results);
    let mut page = Page::with_room(look, list.width, height);
    for sent in run.sent.iter().skip(top).take(height) {
        result(&mut page, sent);
    }
    page.draw(buffer, list, 0, layout);
}

fn result(page: &mut Page, sent: &Sent) {
    let theme = &page.look.theme;
    let (style, glyph) = match sent.end {
        SentEnd::Reported => (theme.good, "✓"),
        SentEnd::Refused => (theme.bad, "×"),
        SentEnd::InDoubt => (theme.bad, "!"),
        SentEnd::NotSent => (theme.warn, "–"),
        SentEnd::Elsewhere => (theme.base, "…"),
        SentEnd::Unrecorded => (theme.warn, "◑"),
    };
    let about = format!(" {}  {}  ", sent.about, sent.amount);
    if sent.end == SentEnd::Reported {
        page.row(&[(style, glyph), (theme.base, &about), (style, &sent.what)]);
    } else {
        page.row(&[(style, glyph), (theme.base, &about)]);
        page.hang(&[(style, "  ")], (style, &sent.what));
    }
}

fn heading(page: &mut Page, run: &Run) {
    let theme = &page.look.theme;
    let (done, of) = (run.sent.len(), run.plan.reports.len());
    let filled = (BAR * done).checked_div(of).unwrap_or(BAR).min(BAR);
    let bar = format!("{}{}", "█".repeat(filled), "░".repeat(BAR - filled));
    let state = match &run.ended {
        None if run.stopping => "stopping",
        None => "sending",
        Some(ran) if ran.paused => "stopped",
        Some(_) => "ended",
    };
    let title = format!("Usage of {}   ", run.plan.month);
    let progress = format!("   {} of {}, {state}", count(done), count(of));
    page.row(&[(theme.strong, &title), (theme.accent, &bar), (theme.base, &progress)]);
    let number = |end: SentEnd| run.sent.iter().filter(|sent| sent.end == end).count();
    let sums = format!(
        "{} reported  ·  {} refused  ·  {} in doubt  ·  {} not sent",
        count(number(SentEnd::Reported)),
        count(number(SentEnd::Refused)),
        count(number(SentEnd::InDoubt)),
        count(number(SentEnd::NotSent))
    );
    let also = |end, what: &str| match number(end) {
        0 => String::new(),
        n => format!("  ·  {} {what}", count(n)),
    };
    let elsewhere = also(SentEnd::Elsewhere, "in progress at another desk");
    let unrecorded = also(SentEnd::Unrecorded, "not recorded yet");
    page.row(&[(theme.base, &format!("{sums}{elsewhere}{unrecorded}"))]);
    let ended = run.ended.as_ref();
    if let Some(halt) = ended.and_then(|ran| ran.halt.as_ref()) {
        let left = plural(run.left().len(), "report");
        // It may be a sentence, or more of them.
        page.say(theme.warn, "!", &format!("{}; {left} left", halt.trim_end_matches('.')));
    }
    if ended.is_some() && number(SentEnd::InDoubt) > 0 {
        page.say(theme.bad, "!", "In doubt: look at the portal, then settle it on the list of doubts, d.");
    }
}
