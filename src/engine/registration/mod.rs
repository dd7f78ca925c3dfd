//! What the engine does with a contract: it lists it, and applies a plan to it.
//!
//! Intent on disk, then send, then outcome on disk, as for every kind; but many changes at once, and an unknown outcome is
//! settled by a listing, never by a person. `list` reads the whole of it, `ask` one object; `behind` finds out a list that goes
//! back; `run` keeps the record of a run, `apply` drives it, `error` says what went wrong.

mod apply;
mod ask;
mod behind;
mod error;
mod list;
mod run;

pub use apply::{Applied, Apply, ApplyNews};
pub use error::{RegistrationError, Unlisted};

use super::Engine;
use super::world::Ground as _;
use crate::journal::Select;
use crate::kind::{ShortId, Timestamp};
use crate::registration::Client;
use crate::registry::{Account, ContractId, Moment, Run, RunRow};
use jiff::SignedDuration;
use std::num::NonZeroU32;

type Result<T> = std::result::Result<T, RegistrationError>;

/// The contract that is looked after, and the way to it.
pub struct Registration {
    pub client: Client,
    pub contract: ContractId,
    /// How long a request can be on its way.
    pub quiet: SignedDuration,
    /// How many calls may be under way at once.
    pub concurrency: u8,
    /// The client's own pace.
    pub requests_per_second: Option<NonZeroU32>,
}

impl Registration {
    /// How long after it was recorded a change may be sent. This machine may sleep in between, and another one may look
    /// for what it has not sent yet.
    fn leaves_within(&self) -> SignedDuration {
        (self.quiet / 2).clamp(SignedDuration::from_secs(2), SignedDuration::from_secs(30))
    }

    /// How many changes are recorded together: as many as can be sent in time.
    fn batch(&self) -> usize {
        let most = usize::from(self.concurrency) * 8;
        let Some(pace) = self.requests_per_second else { return most };
        let in_time = i64::from(pace.get()).saturating_mul(self.leaves_within().as_secs() / 2);
        usize::try_from(in_time).unwrap_or(most).clamp(1, most)
    }
}

impl Engine {
    /// The contract that is looked after here.
    ///
    /// # Errors
    /// When none is configured.
    pub fn contract(&self) -> Result<&ContractId> {
        self.registration().map(|registration| &registration.contract)
    }

    fn registration(&self) -> Result<&Registration> {
        self.world().registration.as_ref().ok_or(RegistrationError::NotConfigured(self.environment()))
    }

    /// True while the process that applies it is at work.
    pub async fn is_at_work(&self, run: &Run) -> bool {
        self.world().is_alive(&run.owner).await
    }

    /// The run of this contract that is unfinished, if there is one.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn unfinished_run(&self) -> Result<Option<Run>> {
        let unfinished = Run::unfinished(self.environment(), self.contract()?);
        let equal = vec![("unfinished", unfinished.into())];
        let rows = self.journal().rows::<Run>(&Select { equal, limit: 1, ..Select::default() }).await?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        Ok(Some(self.journal().load::<Run>(&row.id).await?))
    }

    /// A run, and all that was recorded of its changes.
    ///
    /// # Errors
    /// There is none of that id, or what the journal cannot do.
    pub async fn run_in_full(&self, id: &ShortId) -> Result<(Run, Account)> {
        let run = self.journal().load::<Run>(id).await?;
        Ok((run, self.account(id).await?))
    }

    /// What a run did.
    ///
    /// # Errors
    /// As [`Engine::run_in_full`].
    pub async fn account(&self, id: &ShortId) -> Result<Account> {
        Ok(Account::of(&self.journal().history::<Run>(id).await?))
    }

    /// True while the process that applies an unfinished run is there.
    pub async fn is_under_way(&self, run: &RunRow) -> bool {
        match &run.owner {
            Some(owner) => self.world().is_alive(owner).await,
            None => false,
        }
    }

    /// The runs of this contract, the latest first.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn runs(&self, limit: u32) -> Result<Vec<RunRow>> {
        self.runs_before(None, limit).await
    }

    /// The same from the one that stands before `later` on.
    async fn runs_before(&self, later: Option<&RunRow>, limit: u32) -> Result<Vec<RunRow>> {
        let equal = vec![
            ("environment", self.environment().name().into()),
            ("contract", self.contract()?.as_str().into()),
        ];
        let by = &["opened_at", "id"];
        let after = later.map(|row| vec![row.opened_at.as_microsecond().into(), row.id.to_string().into()]);
        let select = Select { equal, by, after, backward: true, limit, ..Select::default() };
        Ok(self.journal().rows::<Run>(&select).await?)
    }

    /// The time, by every clock there is.
    fn instant(&self) -> Moment {
        Moment { now: self.now(), uptime: self.clock().uptime() }
    }

    fn now(&self) -> Timestamp {
        self.world().now()
    }
}
