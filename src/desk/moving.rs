//! Moving through whatever is in front: rows, commands, a long text.

use super::effect::Effect;
use super::model::{Model, Overlay, Screen};
use super::{Deed, deeds, keys, stalled, training};

/// Where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
}

impl Move {
    /// The place of `len` that one comes to from `at`.
    fn from(self, at: usize, len: usize, page: usize) -> usize {
        let last = len.saturating_sub(1);
        match self {
            Self::Up => at.saturating_sub(1),
            Self::Down => (at + 1).min(last),
            Self::PageUp => at.saturating_sub(page),
            Self::PageDown => (at + page).min(last),
            Self::First => 0,
            Self::Last => last,
        }
    }
}

/// A step, in whatever is in front.
pub fn step(model: &mut Model, to: Move) -> Vec<Effect> {
    let page = model.page();
    let moved = |at, len| to.from(at, len, page);
    // Where the end of a text is, only the view knows; it shows no more than there is.
    let scrolled = |at| moved(at, usize::from(u16::MAX));
    match &model.overlay {
        Some(Overlay::History) => {
            // An event is a row, under three rows of headings.
            let rows = model.order.as_ref().map_or(0, |screen| screen.history.len() + 3);
            model.scroll = moved(model.scroll, rows);
        }
        Some(Overlay::Help) => model.scroll = scrolled(model.scroll),
        Some(Overlay::Palette(palette)) => {
            let at = moved(palette.selected, keys::palette_lines(model).len());
            if let Some(Overlay::Palette(palette)) = &mut model.overlay {
                palette.selected = at;
            }
        }
        Some(Overlay::Confirm(_) | Overlay::Ask(..)) => {}
        None => match model.screen {
            Screen::Queue => {
                model.queue.selected = moved(model.queue.selected, model.queue.matches.len());
                model.queue.scroll_to_chosen(page);
            }
            Screen::Stalled => {
                stalled::choose(model, moved(model.stalled.selected, model.stalled.rows.len()));
            }
            Screen::Training => {
                model.training.selected = moved(model.training.selected, training::items(model).len());
            }
            Screen::Order => {
                if let Some(screen) = &mut model.order {
                    screen.top = scrolled(screen.top);
                }
            }
            Screen::Intake => {}
        },
    }
    Vec::new()
}

/// A row of the list was clicked: it is chosen; clicked again, it is opened.
pub fn click_row(model: &mut Model, row: usize) -> Vec<Effect> {
    if model.overlay.is_some() {
        return Vec::new();
    }
    let (selected, len, deed) = match model.screen {
        Screen::Queue => (model.queue.selected, model.queue.matches.len(), Deed::OpenChosen),
        Screen::Stalled => (model.stalled.selected, model.stalled.rows.len(), Deed::OpenChosen),
        Screen::Training => (model.training.selected, training::items(model).len(), Deed::Practise),
        Screen::Order | Screen::Intake => return Vec::new(),
    };
    if row >= len {
        return Vec::new();
    }
    if row == selected {
        return deeds::perform(model, deed);
    }
    match model.screen {
        Screen::Queue => model.queue.selected = row,
        Screen::Stalled => stalled::choose(model, row),
        Screen::Training => model.training.selected = row,
        Screen::Order | Screen::Intake => {}
    }
    Vec::new()
}
