//! The real world for the kinds of the marketplace: the journal, and the marketplace itself.

use crate::engine::machine::Machine;
use crate::engine::world::{Answer, Sends, World};
use crate::journal::{self, Select};
use crate::kind::{Driven, ShortId, Timestamp};
use crate::market::Request;
use crate::subscription::{
    Call, Failure, Notice, NoticeRow, Outcome, Refusal, Report, ReportRow, SPARE, Subscription,
    SubscriptionRow,
};
use jiff::SignedDuration;
use std::time::Duration;

/// A kind of the marketplace: its calls go there.
pub trait MarketKind: Driven<Call = Call, Outcome = Outcome, Refusal = Refusal, Id = ShortId> {
    /// The column of its list that says what it is, and the value there while it is in doubt.
    const IN_DOUBT: Option<(&'static str, &'static str)>;

    /// How long after it was decided a call may leave, where that was decided by the time.
    const LEAVES_WITHIN: Option<SignedDuration> = None;

    /// When its last call was decided.
    fn decided_at(&self) -> Option<Timestamp>;

    /// The thing's id, and the process that makes a call for it.
    fn owned(row: Self::Row) -> (ShortId, Option<String>);
}

impl MarketKind for Subscription {
    const IN_DOUBT: Option<(&'static str, &'static str)> = None;

    fn decided_at(&self) -> Option<Timestamp> {
        self.attempts.last().map(|last| last.at)
    }

    fn owned(row: SubscriptionRow) -> (ShortId, Option<String>) {
        (row.id, row.owner)
    }
}

impl MarketKind for Report {
    const IN_DOUBT: Option<(&'static str, &'static str)> = Some(("state", "in_doubt"));
    const LEAVES_WITHIN: Option<SignedDuration> = Some(SPARE);

    fn decided_at(&self) -> Option<Timestamp> {
        self.begun_at()
    }

    fn owned(row: ReportRow) -> (ShortId, Option<String>) {
        (row.id, row.owner)
    }
}

impl MarketKind for Notice {
    const IN_DOUBT: Option<(&'static str, &'static str)> = Some(("state", "in_doubt"));

    fn decided_at(&self) -> Option<Timestamp> {
        self.attempts.last().map(|last| last.at)
    }

    fn owned(row: NoticeRow) -> (ShortId, Option<String>) {
        (row.id, row.owner)
    }
}

impl<K: MarketKind> Sends for K {
    type Request = Request;

    fn call(request: &Request) -> Call {
        request.call
    }
}

/// As many rows as are looked at for calls whose process is gone.
const ALL: u32 = 1 << 20;

impl<K: MarketKind> World<K> for Machine {
    async fn load(&self, id: &ShortId) -> Result<K, journal::Error> {
        self.journal.load(id).await
    }

    async fn open(
        &self,
        id: &ShortId,
        first: K::Event,
        at: Timestamp,
        by: &str,
    ) -> Result<K, journal::Error> {
        self.journal.open_thing::<K>(id, first, at, by).await
    }

    async fn open_many(
        &self,
        many: Vec<(ShortId, K::Event)>,
        at: Timestamp,
        by: &str,
    ) -> Result<Vec<Result<K, journal::Error>>, journal::Error> {
        self.journal.open_many::<K>(many, at, by).await
    }

    async fn open_all(
        &self,
        many: Vec<(ShortId, Vec<K::Event>)>,
        at: Timestamp,
        by: &str,
    ) -> Result<Vec<Result<K, journal::Error>>, journal::Error> {
        self.journal.open_all::<K>(many, at, by).await
    }

    async fn append(
        &self,
        thing: &K,
        events: Vec<K::Event>,
        at: Timestamp,
        by: &str,
    ) -> Result<K, journal::Error> {
        self.journal.append(thing, events, at, by).await
    }

    async fn append_many(
        &self,
        many: Vec<(K, Vec<K::Event>)>,
        at: Timestamp,
        by: &str,
    ) -> Result<Vec<Result<K, journal::Error>>, journal::Error> {
        self.journal.append_many::<K>(many, at, by).await
    }

    async fn under_way(&self, environment: &str) -> Result<Vec<(ShortId, String)>, journal::Error> {
        let select = Select {
            equal: vec![("environment", environment.into())],
            only: Some("owner IS NOT NULL"),
            by: &["id"],
            limit: ALL,
            ..Select::default()
        };
        let rows = self.journal.rows::<K>(&select).await?;
        Ok(rows.into_iter().map(K::owned).filter_map(|(id, owner)| Some((id, owner?))).collect())
    }

    async fn in_doubt(&self, environment: &str) -> Result<Vec<ShortId>, journal::Error> {
        let Some((column, value)) = K::IN_DOUBT else { return Ok(Vec::new()) };
        let equal = vec![("environment", environment.into()), (column, value.into())];
        let rows = self.journal.rows::<K>(&Select { equal, limit: ALL, ..Select::default() }).await?;
        Ok(rows.into_iter().map(|row| K::owned(row).0).collect())
    }

    async fn send(&self, request: &Request, thing: &K) -> Answer<Outcome> {
        let not_sent = |why: String| Answer {
            outcome: Outcome::Failed { failure: Failure::NotSent { why } },
            status: None,
            token_refused: false,
            retry_after: None,
            elapsed: Duration::ZERO,
        };
        if let Err(fenced) = self.journal.holds() {
            return not_sent(fenced.to_string());
        }
        let Some(market) = &self.market else {
            return not_sent("no marketplace is configured in this environment".to_owned());
        };
        let last_look = async {
            leaves_in_time(thing, self.clock.now())?;
            // Desks of one machine tell by a lock whether another one lives, and it holds while that one sleeps.
            if self.journal.is_shared() {
                return still_under_way(self, thing).await;
            }
            Ok(())
        };
        let answer = market.send(request, last_look).await;
        self.heard(answer.clock);
        Answer {
            outcome: answer.outcome,
            status: answer.status,
            token_refused: false,
            retry_after: answer.retry_after,
            elapsed: answer.elapsed,
        }
    }
}

/// Nothing, when the call of `thing` still may leave: whether it is on time for the closing was decided with its intent,
/// and this machine may have slept since.
///
/// # Errors
/// Says why not.
pub fn leaves_in_time<K: MarketKind>(thing: &K, now: Timestamp) -> Result<(), String> {
    let waited = thing.decided_at().map(|at| now.duration_since(at));
    match K::LEAVES_WITHIN.zip(waited) {
        Some((limit, waited)) if waited > limit => {
            Err(format!("it was decided {} s ago, and may be too late by now", waited.as_secs()))
        }
        Some(_) | None => Ok(()),
    }
}

/// Another machine may have called this process gone while it slept: then the call is not its own any more.
async fn still_under_way<K: MarketKind>(machine: &Machine, thing: &K) -> Result<(), String> {
    let now: K = machine.journal.load(thing.id()).await.map_err(|error| error.to_string())?;
    match (now.pending(), thing.pending()) {
        (Some(now), Some(then)) if now == then => Ok(()),
        _ => Err("another desk has called this call cut off".to_owned()),
    }
}
