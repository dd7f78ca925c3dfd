//! A plan, as it is applied, and what came of it.

use crate::desk::{ContractRun as Run, Model};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::{count, time};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// How wide the bar is.
const BAR: usize = 30;

/// Draws it.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let Some(run) = &model.registration.run else { return };
    let mut page = Page::new(look, body.width);
    heading(&mut page, run);
    page.row(&[(look.theme.base, &run.plan.counts())]);
    page.gap();
    if let Some((until, why)) = &run.waiting {
        let text = format!("nothing is sent until {} at the latest: {why}", time(look, *until, model.now));
        page.say(look.theme.warn, "…", &text);
    }
    result(&mut page, run);
    page.draw(buffer, body, run.top, layout);
}

fn heading(page: &mut Page, run: &Run) {
    let theme = &page.look.theme;
    let (done, of) = (run.done, run.plan.changes.len());
    let filled = (BAR * done).checked_div(of).unwrap_or(BAR).min(BAR);
    let bar = format!("{}{}", "█".repeat(filled), "░".repeat(BAR - filled));
    let state = match &run.ended {
        None if run.stopping => "stopping",
        None if run.waiting.is_some() => "waiting",
        None => "applying",
        Some(ran) if ran.halt.is_some() => "ended early",
        Some(_) => "ended",
    };
    let progress = format!("   {} of {} done, {state}", count(done), count(of));
    page.row(&[(theme.strong, "Changes   "), (theme.accent, &bar), (theme.base, &progress)]);
}

/// What was not done, and why; nothing more where all was.
fn result(page: &mut Page, run: &Run) {
    let theme = &page.look.theme;
    let Some(ran) = &run.ended else { return };
    if let Some((what, next)) = &ran.halt {
        page.say(theme.bad, "!", what);
        page.hang(&[(theme.base, "  ")], (theme.base, next));
        page.gap();
    }
    for failed in &ran.failed {
        page.say(theme.bad, "×", &format!("not done: {}: {}", failed.change, failed.why));
        page.hang(&[(theme.base, "  ")], (theme.base, &failed.next));
    }
    for unknown in &ran.unknown {
        page.say(
            theme.warn,
            "?",
            &format!("not known whether it was done: {}: {}", unknown.change, unknown.why),
        );
        page.hang(&[(theme.base, "  ")], (theme.base, &unknown.next));
    }
    if ran.halt.is_none() && ran.failed.is_empty() {
        page.say(theme.good, "✓", "All of it is done.");
    }
}
