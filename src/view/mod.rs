//! Draws the desk, pure: a model and a look become a frame, and a list of the places on it that can be clicked.
//!
//! Every text, whoever wrote it, becomes cells through [`Safe`] alone. State is told by a word or a glyph, never by
//! colour alone. May touch: `desk`'s model, `order`'s values, ratatui's buffer. Never: I/O, clocks, messages.

mod chrome;
mod form;
mod history;
mod lock;
mod order;
mod overlay;
mod page;
mod queue;
mod stalled;
#[cfg(test)]
mod tests;
mod text;
mod theme;
mod training;
mod words;

pub use text::Safe;
pub use theme::Theme;

use crate::desk::{Model, Overlay, Screen, Target, ThemeName};
use jiff::tz::TimeZone;
use page::Page;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Margin, Position, Rect};

/// The smallest screen on which an order can be worked on, in columns and rows.
pub const SMALLEST: (u16, u16) = (60, 15);

/// What is not the model's but the place's: the styles, and the zone of the times.
#[derive(Clone, Debug)]
pub struct Look {
    pub theme: Theme,
    pub zone: TimeZone,
}

impl Look {
    /// The look of a theme, in a time zone.
    pub fn new(theme: ThemeName, zone: TimeZone) -> Self {
        Self { theme: Theme::named(theme), zone }
    }
}

/// What the frame offers to the mouse, and where the cursor is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Later places lie over earlier ones.
    pub places: Vec<(Rect, Target)>,
    /// Where typing goes, if anywhere.
    pub cursor: Option<Position>,
}

impl Layout {
    /// What is at this column and row.
    pub fn at(&self, column: u16, row: u16) -> Option<Target> {
        let here = Position { x: column, y: row };
        self.places.iter().rev().find(|(place, _)| place.contains(here)).map(|(_, target)| *target)
    }
}

/// Draws the whole of the model.
pub fn view(model: &Model, look: &Look, frame: &mut Frame) -> Layout {
    let mut layout = Layout::default();
    let area = frame.area();
    let buffer = frame.buffer_mut();
    buffer.set_style(area, look.theme.base);
    if model.lock.locked {
        lock::draw(model, look, buffer, area);
        return layout;
    }
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        too_small(model, look, buffer, area);
        return layout;
    }
    let body = chrome::draw(model, look, buffer, area, &mut layout);
    match &model.overlay {
        Some(Overlay::Help) => overlay::help(model, look, buffer, body, &mut layout),
        Some(Overlay::History) => history::draw(model, look, buffer, body, &mut layout),
        Some(over @ (Overlay::Palette(_) | Overlay::Confirm(_) | Overlay::Ask(..))) => {
            screen(model, look, buffer, body, &mut Layout::default());
            buffer.set_style(body, look.theme.dim);
            overlay::boxed(model, over, look, buffer, body, &mut layout);
        }
        None => screen(model, look, buffer, body, &mut layout),
    }
    if let Some(cursor) = layout.cursor {
        frame.set_cursor_position(cursor);
    }
    layout
}

fn screen(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    match model.screen {
        Screen::Queue => queue::draw(model, look, buffer, body, layout),
        Screen::Intake => form::intake(model, look, buffer, body, layout),
        Screen::Order => order::draw(model, look, buffer, body, layout),
        Screen::Stalled => stalled::draw(model, look, buffer, body, layout),
        Screen::Training => training::draw(model, look, buffer, body, layout),
    }
}

fn too_small(model: &Model, look: &Look, buffer: &mut Buffer, area: Rect) {
    let [top, rest] = Split::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    chrome::environment(model, look, buffer, top);
    let area = if area.width > 24 && area.height > 4 { rest.inner(Margin::new(2, 1)) } else { rest };
    let mut page = Page::new(look, area.width);
    let (width, height) = SMALLEST;
    page.text((look.theme.strong, &format!("pxdesk needs {width}×{height}.")));
    page.text((look.theme.base, &format!("This is {}×{}.", buffer.area.width, buffer.area.height)));
    page.text((look.theme.base, "Nothing is lost."));
    page.draw(buffer, area, 0, &mut Layout::default());
}
