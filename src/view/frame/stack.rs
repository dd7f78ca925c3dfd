//! Places one below the other.

use ratatui::layout::{Constraint, Layout, Rect};

/// The places of `rows`, one below the other. Where all lengths fit, and one row fills what is left, that is a sum: the solver,
/// which takes longer than all else of a first frame, is asked only where it is not.
pub fn stack<const N: usize>(area: Rect, rows: [Constraint; N]) -> [Rect; N] {
    let mut lengths = 0_u16;
    let mut filling = 0;
    for row in rows {
        match row {
            Constraint::Length(length) => lengths = lengths.saturating_add(length),
            Constraint::Fill(1) => filling += 1,
            _ => filling = N + 1,
        }
    }
    let Some(left) = area.height.checked_sub(lengths).filter(|_| filling == 1) else {
        return Layout::vertical(rows).areas(area);
    };
    let mut y = area.y;
    rows.map(|row| {
        let height = if let Constraint::Length(length) = row { length } else { left };
        let place = Rect { y, height, ..area };
        y += height;
        place
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Constraint::{Fill, Length, Min};

    #[test]
    fn it_is_what_the_solver_says() {
        let layouts = [
            [Length(1), Length(1), Fill(1), Length(0), Length(2)],
            [Fill(1), Length(3), Length(0), Length(0), Length(1)],
            [Length(2), Length(1), Length(1), Length(1), Fill(1)],
            [Length(2), Fill(1), Length(1), Fill(1), Length(1)],
            [Length(2), Fill(1), Min(3), Length(4), Length(1)],
            [Length(2), Length(2), Length(2), Length(2), Length(2)],
        ];
        for rows in layouts {
            for height in 0..30 {
                let area = Rect { x: 3, y: 2, width: 20, height };
                assert_eq!(stack(area, rows), Layout::vertical(rows).areas::<5>(area), "{rows:?} {height}");
            }
        }
    }
}
