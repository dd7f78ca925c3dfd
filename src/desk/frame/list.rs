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

/// The first row of `len` to show so that the selected one is in sight, near `top`, the first one shown before. No line stays
/// empty while rows are above.
pub fn first_shown(top: usize, selected: usize, len: usize, height: usize) -> usize {
    let lowest = (selected + 1).saturating_sub(height.max(1));
    top.min(len.saturating_sub(height)).clamp(lowest, selected.max(lowest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_row_is_in_sight_and_the_screen_is_full() {
        // top, selected, rows, height
        for (of, first) in [
            ((0, 0, 20, 5), 0),
            ((0, 7, 20, 5), 3),
            ((9, 7, 20, 5), 7),
            ((5, 7, 20, 5), 5),
            ((0, 19, 20, 5), 15),
            // The terminal has grown.
            ((15, 19, 20, 30), 0),
            ((15, 19, 20, 12), 8),
            ((15, 16, 20, 5), 15),
            ((3, 0, 0, 5), 0),
            ((0, 4, 5, 0), 4),
        ] {
            let (top, selected, len, height) = of;
            assert_eq!(first_shown(top, selected, len, height), first, "{of:?}");
        }
    }
}
