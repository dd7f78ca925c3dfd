//! How things look, and what of a frame can be clicked.

use super::theme::Theme;
use crate::desk::frame::seen::Seen;
use crate::desk::frame::target::Target;
use crate::desk::frame::theme::ThemeName;
use jiff::tz::TimeZone;
use ratatui::layout::{Position, Rect};

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
    /// How far the text that is being read has been shown, this frame included.
    pub seen: Option<Seen>,
}

impl Layout {
    /// What is at this column and row.
    pub fn at(&self, column: u16, row: u16) -> Option<Target> {
        let here = Position { x: column, y: row };
        self.places.iter().rev().find(|(place, _)| place.contains(here)).map(|(_, target)| *target)
    }
}
