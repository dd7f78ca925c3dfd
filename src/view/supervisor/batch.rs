//! A batch, while it is under way and after it: how far it is, and what became of the last orders.

use crate::desk::{Batch, Ended, How, Model};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::count;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The widest bar.
const BAR: usize = 30;

/// Draws it.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, place: Rect, layout: &mut Layout) {
    let Some(batch) = model.stalled.batch.as_ref().filter(|_| place.height > 0) else { return };
    let theme = &look.theme;
    let mut page = Page::new(look, place.width);
    page.blank();
    let (tried, done) = (batch.ended.len(), batch.done());
    let word = match (batch.is_running(), batch.paused) {
        (true, true) => "Paused  ",
        (true, false) => "Batch   ",
        (false, _) => "Ended   ",
    };
    let mut sum =
        format!("  {} of {}: {} {}", count(tried), count(batch.of), count(done), batch.job.done_words());
    if batch.answered().is_some() {
        sum.push_str(", 1 to record");
    }
    let shortfall = batch.shortfall();
    if !shortfall.is_empty() {
        sum = format!("{sum}, {shortfall}");
    }
    if batch.left > 0 {
        sum = format!("{sum}; {} left", count(batch.left));
    }
    page.row(&[(theme.strong, word), (theme.accent, &bar(batch)), (theme.base, &sum)]);
    let lines = usize::from(place.height).saturating_sub(2);
    for ended in batch.ended.iter().rev().take(lines) {
        line(&mut page, ended);
    }
    page.draw(buffer, place, 0, layout);
}

/// How far it is, in blocks: told by the numbers beside it, too.
fn bar(batch: &Batch) -> String {
    let full = (batch.ended.len() * BAR).checked_div(batch.of).unwrap_or(BAR);
    format!("{}{}", "█".repeat(full), "░".repeat(BAR.saturating_sub(full)))
}

/// What became of one order.
pub fn line(page: &mut Page, ended: &Ended) {
    let theme = &page.look.theme;
    let (glyph, style) = match ended.how {
        How::Done => ("✓ ", theme.good),
        How::Answered => ("… ", theme.warn),
        How::LeftOut => ("– ", theme.dim),
        How::Failed | How::Lost => ("× ", theme.bad),
    };
    page.row(&[
        (style, glyph),
        (theme.base, ended.id.as_str()),
        (theme.base, "  "),
        (theme.dim, &ended.what),
    ]);
}
