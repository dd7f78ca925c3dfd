//! Which positions of a journal are taken, whatever the order in which one hears of them. Pure; a bit for each.

/// The positions, from 1 on.
#[derive(Debug)]
pub struct Positions {
    taken: Vec<u64>,
    /// The highest one so far; 0 before the first.
    pub last: i64,
    most: i64,
}

/// So many records may be missing and the positions still be told apart: a position that was changed must not take all the
/// memory there is.
const MISSING: i64 = 1 << 20;

impl Positions {
    /// Those of so many events; none is taken yet.
    pub fn of(events: i64) -> Self {
        Self { taken: Vec::new(), last: 0, most: events.saturating_add(MISSING) }
    }

    /// Takes one. False when it was taken before, or can be none.
    pub fn take(&mut self, pos: i64) -> bool {
        if !(1..=self.most).contains(&pos) {
            return false;
        }
        self.last = self.last.max(pos);
        let (at, bit) = place(pos);
        if self.taken.len() <= at {
            self.taken.resize(at + 1, 0);
        }
        let word = self.taken.get_mut(at);
        word.is_some_and(|word| {
            let new = *word & bit == 0;
            *word |= bit;
            new
        })
    }

    /// Those below the highest that are not taken: from the first to the last of each gap.
    pub fn missing(&self) -> Vec<(i64, i64)> {
        let mut gaps: Vec<(i64, i64)> = Vec::new();
        let free = |pos: &i64| {
            let (at, bit) = place(*pos);
            self.taken.get(at).is_some_and(|word| word & bit == 0)
        };
        for pos in (1..=self.last).filter(free) {
            match gaps.last_mut() {
                Some((_, to)) if *to + 1 == pos => *to = pos,
                Some(_) | None => gaps.push((pos, pos)),
            }
        }
        gaps
    }
}

fn place(pos: i64) -> (usize, u64) {
    let index = (pos - 1).cast_unsigned();
    (usize::try_from(index / 64).unwrap_or(usize::MAX), 1 << (index % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_repetitions_are_found_in_any_order() {
        let mut positions = Positions::of(200);
        for pos in [5, 1, 200, 2, 6] {
            assert!(positions.take(pos), "{pos}");
        }
        assert!(!positions.take(5) && !positions.take(0) && !positions.take(-3) && !positions.take(i64::MAX));
        assert_eq!(positions.missing(), [(3, 4), (7, 199)]);
        assert_eq!(positions.last, 200);
        assert_eq!(Positions::of(0).missing(), []);
    }
}
