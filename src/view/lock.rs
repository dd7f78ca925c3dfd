//! The locked desk: which environment, how much waits for a person, and not a word more.

use super::page::Page;
use super::{Layout, Look, chrome, words};
use crate::desk::Model;
use crate::order::Attention;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// How wide the text is.
const WIDTH: u16 = 56;

/// Draws it, on a screen of any size.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, area: Rect) {
    let theme = &look.theme;
    let [top, body] = Split::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let rest = chrome::environment(model, look, buffer, top);
    chrome::explain(model, look, buffer, rest);
    let width = body.width.min(WIDTH);
    let mut page = Page::new(look, width);
    page.text((theme.accent, "This desk is locked."));
    page.gap();
    page.text((theme.strong, "Press any key. That key unlocks, and does nothing else."));
    page.gap();
    let alarms = model.queue.rows.iter().filter(|row| row.attention() == Attention::Alarm).count();
    if alarms > 0 {
        let verb = if alarms == 1 { "needs" } else { "need" };
        page.say(theme.bad, "!", &format!("{} {verb} a supervisor.", words::plural(alarms, "order")));
    }
    if model.under_way > 0 {
        let verb = if model.under_way == 1 { "is" } else { "are" };
        let what = words::plural(model.under_way, "action");
        page.say(theme.dim, "…", &format!("{what} {verb} under way and will be recorded."));
    }
    let height = u16::try_from(page.len()).unwrap_or(u16::MAX).min(body.height);
    let x = body.x + (body.width - width) / 2;
    let y = body.y + (body.height - height) / 3;
    page.draw(buffer, Rect { x, y, width, height }, 0, &mut Layout::default());
}
