//! A replay: which event it is and what it led to, over the order's screen as it was then.

use super::{history, order};
use crate::desk::{Model, Replay, as_it_was};
use crate::order::{Step, Timestamp};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::zone_where_needed;
use crate::view::words;
use jiff::SignedDuration;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// The rows of the strip: the event, what it led to, how far the replay has come.
const STRIP: u16 = 3;
/// The columns of the state that an event led to.
const STATE: usize = 22;

/// Draws the replay. Nothing of the order's screen can be clicked.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let shown =
        model.replay.as_ref().and_then(|replay| Some((replay, replay.step()?, as_it_was(model, replay)?)));
    let Some((replay, step, then)) = shown else { return };
    let [above, below] = Split::vertical([Constraint::Length(STRIP), Constraint::Fill(1)]).areas(body);
    let mut page = Page::new(look, above.width);
    strip(&mut page, model.now, replay, &step);
    page.draw(buffer, above, 0, layout);
    order::draw(&then, look, buffer, below, &mut Layout::default());
}

fn strip(page: &mut Page, now: Timestamp, replay: &Replay, step: &Step) {
    let look = page.look;
    let (theme, width) = (&look.theme, page.width);
    let (at, all) = replay.place();
    let recorded = step.recorded;
    let title = if replay.playing.is_some() { " ▶ REPLAY " } else { " REPLAY " };
    let event = format!("   event {at} of {all}   ");
    let by = format!("   by {}", recorded.by);
    let row = page.row(&[
        (theme.mark, title),
        (theme.strong, &event),
        (theme.chosen, &clock(look, recorded.at, now)),
        (theme.chosen, "   "),
        (theme.chosen, &since(step.since)),
        (theme.chosen, &by),
    ]);
    row.fill = Some(theme.chosen);
    let what = width.saturating_sub(STATE + 2);
    let state = format!("→ {} {}", words::glyph(step.state), step.state.title());
    let row = page.blank();
    let after = row.put(0, what, (theme.strong, &history::kind(&recorded.event)));
    let about = history::about(&recorded.event);
    if !about.is_empty() {
        row.put(after + 2, what.saturating_sub(after + 2), (theme.base, &about));
    }
    row.put_right(width, STATE, (theme.accent, &state));
    let done = width * at / all.max(1);
    page.row(&[(theme.accent, &"━".repeat(done)), (theme.dim, &"─".repeat(width - done))]);
}

/// The time of an event to the second, with its date when that is not today's.
fn clock(look: &Look, at: Timestamp, now: Timestamp) -> String {
    let (at, now) = (at.to_zoned(look.zone.clone()), now.to_zoned(look.zone.clone()));
    let format = if at.date() == now.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
    zone_where_needed(look, at.timestamp(), at.strftime(format).to_string())
}

/// `+0:24:56`: hours, minutes and seconds since the first event.
pub fn since(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    format!("+{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}
