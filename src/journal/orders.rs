//! The orders' list: the queue and the stalled orders. Each costs the same however many orders there are.

use super::error::Error;
use super::select::Select;
use super::store::Journal;
use crate::kind::{Timestamp, Value};
use crate::order::{Attention, Environment, Order, RESTING, State, Summary, WINDOW_LENGTH};

/// The moment at which a queue is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub now: Timestamp,
    /// Orders that ended before this are no longer in the queue: the beginning of the day.
    pub today: Timestamp,
}

/// How many orders of an environment there are, by how soon a person should look; ignoring the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Neither completed nor abandoned.
    pub open: u64,
    /// In doubt, submitted by someone else, or with something that a person can put right.
    pub attention: u64,
    /// Of those, in doubt or submitted by someone else: in need of a supervisor.
    pub alarms: u64,
    /// The customer said yes.
    pub ready: u64,
    /// Completed or abandoned, ever.
    pub ended: u64,
}

/// By what the queue is sorted within a band.
const BY: [&str; 3] = ["due", "opened_at", "id"];

/// The bands of the queue, in their order. The clock moves an order from its own band to that of the expired ones.
const BANDS: [Attention; 7] = [
    Attention::Alarm,
    Attention::Fix,
    Attention::Ready,
    Attention::Open,
    Attention::Busy,
    Attention::Over,
    Attention::Done,
];

/// Those whose window can expire while they wait.
const CAN_EXPIRE: [Attention; 3] = [Attention::Fix, Attention::Ready, Attention::Open];

/// Those whose last try failed.
const FAILED: Option<&str> = Some("trouble_class IS NOT NULL");

/// Rows of one index range: an attention as it is stored, and a range of [`Summary::due`].
struct Range {
    attention: Attention,
    from: Option<i64>,
    below: Option<i64>,
}

impl Range {
    /// The ranges of a band at a moment.
    fn of(band: Attention, moment: Moment) -> Vec<Self> {
        let expired = moment.now.checked_sub(WINDOW_LENGTH).map_or(i64::MIN, Timestamp::as_microsecond);
        let whole = |attention| Self { attention, from: None, below: None };
        match band {
            Attention::Alarm | Attention::Busy => vec![whole(band)],
            Attention::Fix | Attention::Ready | Attention::Open => {
                vec![Self { attention: band, from: Some(expired), below: None }]
            }
            Attention::Over => {
                let late = |attention| Self { attention, from: None, below: Some(expired) };
                CAN_EXPIRE.into_iter().map(late).chain([whole(Attention::Over)]).collect()
            }
            Attention::Done => {
                let since = i64::MAX.saturating_sub(moment.today.as_microsecond());
                vec![Self { attention: band, from: None, below: Some(since.saturating_add(1)) }]
            }
        }
    }
}

/// The rows of a range, in the queue's order.
fn select(environment: Environment, Range { attention, from, below }: Range) -> Select<'static> {
    Select {
        equal: vec![("environment", environment.name().into()), ("attention", (attention as i64).into())],
        from: from.map(|due| ("due", due.into())).into_iter().collect(),
        below: below.map(|due| ("due", due.into())).into_iter().collect(),
        by: &BY,
        ..Select::default()
    }
}

/// Where a row is within its band.
fn place(row: &Summary) -> Vec<Value> {
    vec![row.due().into(), row.opened_at.as_microsecond().into(), row.id.as_str().into()]
}

impl Journal {
    /// The most urgent open orders of an environment, then those that ended today, the latest first: `limit` of them
    /// after `after`, or before it when `backward`. A page that goes backward is in the queue's order too.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn queue(
        &self,
        environment: Environment,
        moment: Moment,
        after: Option<&Summary>,
        backward: bool,
        limit: u32,
    ) -> Result<Vec<Summary>, Error> {
        let first = after.map(|row| row.attention_at(moment.now));
        let mut bands: Vec<Attention> = BANDS.to_vec();
        if backward {
            bands.reverse();
            bands.retain(|band| first.is_none_or(|first| *band <= first));
        } else {
            bands.retain(|band| first.is_none_or(|first| *band >= first));
        }
        let part = |band: &Attention| {
            let select = |range| Select {
                after: after.filter(|_| first == Some(*band)).map(place),
                backward,
                limit,
                ..select(environment, range)
            };
            Range::of(*band, moment).into_iter().map(select).collect()
        };
        let parts = bands.iter().map(part).collect::<Vec<_>>();
        let mut found = self.rows_in_turn::<Order>(&parts, limit).await?;
        if backward {
            found.reverse();
        }
        Ok(found)
    }

    /// The first rows of one band, or of those in it for which `only` holds.
    async fn band(
        &self,
        environment: Environment,
        (band, only): (Attention, Option<&str>),
        moment: Moment,
        after: Option<&Summary>,
        limit: u32,
    ) -> Result<Vec<Summary>, Error> {
        let select = |range| Select { only, after: after.map(place), limit, ..select(environment, range) };
        let ranges = Range::of(band, moment).into_iter().map(select).collect();
        self.rows_in_turn::<Order>(&[ranges], limit).await
    }

    /// The orders that will not move by themselves, the most urgent first, `limit` of them after `after`: in doubt or
    /// troubled, then those that were accepted and whose Complete could not be sent, then those that nobody has gone on
    /// with, then the expired ones.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn stalled(
        &self,
        environment: Environment,
        now: Timestamp,
        after: Option<&Summary>,
        limit: u32,
    ) -> Result<Vec<Summary>, Error> {
        let moment = Moment { now, today: Timestamp::MAX };
        let rank = |row: &Summary| match row.attention_at(now) {
            Attention::Alarm => 0,
            Attention::Fix => 1,
            Attention::Ready if row.trouble.is_some() => 2,
            Attention::Ready | Attention::Open | Attention::Busy => 3,
            Attention::Over | Attention::Done => 4,
        };
        let first = after.map_or(0, rank);
        let mut found: Vec<Summary> = Vec::new();
        for part in first..5 {
            let left = limit.saturating_sub(u32::try_from(found.len()).unwrap_or(limit));
            if left == 0 {
                break;
            }
            let after = after.filter(|_| part == first);
            found.extend(match part {
                0 => self.band(environment, (Attention::Alarm, None), moment, after, left).await?,
                1 => self.band(environment, (Attention::Fix, None), moment, after, left).await?,
                2 => self.band(environment, (Attention::Ready, FAILED), moment, after, left).await?,
                3 => self.resting(environment, now, after, left).await?,
                _ => self.band(environment, (Attention::Over, None), moment, after, left).await?,
            });
        }
        Ok(found)
    }

    /// Orders on their way that nobody has gone on with, the oldest first, to a few minutes.
    async fn resting(
        &self,
        environment: Environment,
        now: Timestamp,
        after: Option<&Summary>,
        limit: u32,
    ) -> Result<Vec<Summary>, Error> {
        let mut found: Vec<Summary> = Vec::new();
        let mut after = after.cloned();
        loop {
            let place = |row: &Summary| -> Vec<Value> { vec![row.touched().into(), row.id.as_str().into()] };
            let until = now.checked_sub(RESTING).map_or(i64::MIN, Timestamp::as_microsecond);
            let select = Select {
                equal: vec![("environment", environment.name().into())],
                below: vec![("touched", until.into())],
                only: Some("attention IN (2, 3)"),
                by: &["touched", "id"],
                after: after.as_ref().map(place),
                limit,
                ..Select::default()
            };
            let page = self.rows::<Order>(&select).await?;
            let whole = page.len() < limit as usize;
            after = page.last().cloned();
            // The expired ones have a part of their own, and so have those whose last try failed.
            let waits = |row: &Summary| {
                let elsewhere = row.attention_at(now) == Attention::Over || row.trouble.is_some();
                !elsewhere && row.owner.is_none() && row.stall(now).is_some()
            };
            found.extend(page.into_iter().filter(waits));
            if whole || found.len() >= limit as usize {
                found.truncate(limit as usize);
                return Ok(found);
            }
        }
    }

    /// Orders of an environment by when they were opened, `limit` of them after `after`: all of them, or those of a state
    /// (ignoring the clock), or of an agent.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn orders(
        &self,
        environment: Environment,
        state: Option<State>,
        agent: Option<&str>,
        after: Option<&Summary>,
        limit: u32,
    ) -> Result<Vec<Summary>, Error> {
        let mut equal = vec![("environment", Value::from(environment.name()))];
        equal.extend(state.map(|state| ("standing", state.name().into())));
        equal.extend(agent.map(|agent| ("agent", agent.into())));
        let place = |row: &Summary| vec![row.opened_at.as_microsecond().into(), row.id.as_str().into()];
        let by = &["opened_at", "id"];
        let after = after.map(place);
        self.rows::<Order>(&Select { equal, by, after, limit, ..Select::default() }).await
    }

    /// The orders of an environment that stand so, ignoring the clock.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn standing(&self, environment: Environment, standing: State) -> Result<Vec<Summary>, Error> {
        self.orders(environment, Some(standing), None, None, u32::MAX).await
    }

    /// The orders of an environment that have a call under way.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn under_way(&self, environment: Environment) -> Result<Vec<Summary>, Error> {
        let equal = vec![("environment", environment.name().into())];
        let (only, by) = (Some("owner IS NOT NULL"), &["opened_at", "id"]);
        self.rows::<Order>(&Select { equal, only, by, limit: u32::MAX, ..Select::default() }).await
    }

    /// How many orders an environment has.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn order_counts(&self, environment: Environment) -> Result<Counts, Error> {
        let mut counts = Counts::default();
        for (of, n) in self.counts::<Order>().await? {
            let [of, attention] = of.as_slice() else { continue };
            let attention = BANDS.into_iter().find(|band| (*band as i64).to_string() == *attention);
            if of != environment.name() {
                continue;
            }
            match attention {
                Some(Attention::Done) => counts.ended += n,
                Some(Attention::Alarm) => {
                    counts.open += n;
                    counts.attention += n;
                    counts.alarms += n;
                }
                Some(Attention::Fix) => {
                    counts.open += n;
                    counts.attention += n;
                }
                Some(Attention::Ready) => {
                    counts.open += n;
                    counts.ready += n;
                }
                Some(Attention::Open | Attention::Busy | Attention::Over) => counts.open += n,
                None => {}
            }
        }
        Ok(counts)
    }
}
