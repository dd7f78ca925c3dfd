//! Sequences that were set back, by a restore for instance: what they give out is used already. They are drawn from until
//! that is behind them, which everybody may do who records.

use super::failure::Failure;
use super::positions::BLOCK;
use super::session::within;
use tokio_postgres::GenericClient;

/// How many numbers are passed over at once, at most. What lies farther ahead was never drawn from the sequence, and is in
/// nobody's way for long.
const REACH: i64 = 1_000_000;

/// What is drawn from a sequence.
pub struct Drawn {
    sequence: &'static str,
    /// The highest that is used, up to a limit.
    used: &'static str,
    /// How many each number of the sequence stands for.
    each: i64,
}

/// Positions of events.
pub const POSITIONS: Drawn =
    Drawn { sequence: "positions", used: "SELECT max(pos) FROM pxdesk.events WHERE pos <= $1", each: BLOCK };

/// Numbers of things.
pub const NUMBERS: Drawn =
    Drawn { sequence: "things_n", used: "SELECT max(n) FROM pxdesk.things WHERE n <= $1", each: 1 };

impl Drawn {
    /// By how many numbers the sequence is behind what is used.
    pub async fn behind(&self, client: &impl GenericClient) -> Result<i64, Failure> {
        let last = self.last(client).await?;
        let limit = last.saturating_add(REACH).saturating_mul(self.each);
        let used: Option<i64> = within(client.query_one(self.used, &[&limit])).await?.try_get(0)?;
        let used = used.unwrap_or(0).max(0);
        Ok((used.div_euclid(self.each) + i64::from(used % self.each > 0)).saturating_sub(last).max(0))
    }

    /// Whether what it gives out will soon be more than a position or a number can be.
    pub async fn is_at_its_end(&self, client: &impl GenericClient) -> Result<bool, Failure> {
        Ok(self.last(client).await? > i64::MAX / self.each - REACH)
    }

    async fn last(&self, client: &impl GenericClient) -> Result<i64, Failure> {
        let ask =
            "SELECT max(last_value) FROM pg_sequences WHERE schemaname = 'pxdesk' AND sequencename = $1";
        let last: Option<i64> = within(client.query_one(ask, &[&self.sequence])).await?.try_get(0)?;
        Ok(last.unwrap_or(0))
    }

    /// Draws until nothing that is used lies ahead. Returns how many numbers that took.
    pub async fn catch_up(&self, client: &impl GenericClient) -> Result<i64, Failure> {
        let behind = self.behind(client).await?;
        if behind > 0 {
            tracing::warn!(
                self.sequence,
                behind,
                "a sequence gives out what is used already; it is drawn past that"
            );
            let draw =
                "SELECT max(nextval(('pxdesk.' || $1::text)::regclass)) FROM generate_series(1, $2::bigint)";
            within(client.query_one(draw, &[&self.sequence, &behind])).await?;
        }
        Ok(behind)
    }
}
