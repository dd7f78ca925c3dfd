//! The locked desk: which environment, how much waits for a person, and not a word more.

use super::chrome::{self, Bar};
use super::look::{Layout, Look};
use super::page::Page;
use super::words;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// How wide the text is.
const WIDTH: u16 = 56;

/// Draws it, on a screen of any size. `waiting`: what waits for a supervisor; `under_way`: how many tasks are.
pub fn draw(
    bar: &Bar,
    waiting: Option<&str>,
    under_way: usize,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
) {
    let theme = &look.theme;
    let [top, body] = Split::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let rest = chrome::environment(bar, look, buffer, top);
    chrome::explain(bar, look, buffer, rest);
    let width = body.width.min(WIDTH);
    let mut page = Page::new(look, width);
    page.text((theme.accent, "This desk is locked."));
    page.gap();
    page.text((theme.strong, "Press any key. That key unlocks, and does nothing else."));
    page.gap();
    if let Some(waiting) = waiting {
        page.say(theme.bad, "!", waiting);
    }
    if under_way > 0 {
        let verb = if under_way == 1 { "is" } else { "are" };
        let what = words::plural(under_way, "action");
        page.say(theme.dim, "…", &format!("{what} {verb} in progress and will be recorded."));
    }
    let height = u16::try_from(page.len()).unwrap_or(u16::MAX).min(body.height);
    let x = body.x + (body.width - width) / 2;
    let y = body.y + (body.height - height) / 3;
    page.draw(buffer, Rect { x, y, width, height }, 0, &mut Layout::default());
}
