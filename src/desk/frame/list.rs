//! Moving through rows, and keeping the chosen one in sight.

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
    /// The row of `len` that one comes to from `at`.
    pub fn from(self, at: usize, len: usize, page: usize) -> usize {
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

/// The first row to show so that the selected one is in sight, near `top`, the first one shown before.
pub fn first_shown(top: usize, selected: usize, height: usize) -> usize {
    let lowest = (selected + 1).saturating_sub(height.max(1));
    top.clamp(lowest, selected.max(lowest))
}
