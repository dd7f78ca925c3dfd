//! Positions in the journal, drawn many at a time, so that an append need not ask for one.

use super::failure::Failure;
use super::session::Session;
use std::collections::VecDeque;

/// How many positions one number of the sequence stands for.
pub const BLOCK: i64 = 32;

/// What is wrong with a sequence whose numbers stand for no positions any more.
const TOO_FAR: &str = "gives out no more positions in the journal: its sequence pxdesk.positions was set too far ahead (`pxdesk \
                       journal verify` names it)";

/// The positions that a desk has drawn and not used yet.
#[derive(Default)]
pub struct Positions(VecDeque<i64>);

impl Positions {
    /// The next `many` positions, all of them above `above`. What becomes of them, they are never used again.
    pub async fn draw(&mut self, session: &Session, many: usize, above: i64) -> Result<Vec<i64>, Failure> {
        // Another desk has drawn later, and has used that for the same thing.
        while self.0.front().is_some_and(|pos| *pos <= above) {
            self.0.pop_front();
        }
        let missing = many.saturating_sub(self.0.len());
        if missing > 0 {
            let blocks = i64::try_from(missing).unwrap_or(i64::MAX) / BLOCK + 1;
            let sql = "SELECT nextval('positions') FROM generate_series(1, $1::bigint)";
            for row in session.rows(sql, &[&blocks]).await? {
                let block: i64 = row.try_get(0)?;
                let last = block.checked_mul(BLOCK).ok_or_else(|| Failure::Unfit(TOO_FAR.to_owned()))?;
                self.0.extend(last - BLOCK + 1..=last);
            }
        }
        Ok(self.0.drain(..many.min(self.0.len())).collect())
    }
}
