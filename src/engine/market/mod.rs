//! What the engine does on the marketplace: deploys that are received, calls about subscriptions, usage that is taken in
//! and reported once, notices.
//!
//! `world` is what stands outside of it for each of its kinds. `receive`, `calls` and `report` hold for any world; `intake`,
//! `month`, `end`, `find` and `sender` ask the journal's lists, so they are the real engine's.

mod calls;
mod end;
mod find;
mod intake;
mod month;
mod receive;
mod report;
mod sender;
mod world;

pub use end::{End, Ended, Unreported};
pub use find::Found;
pub use intake::{Intake, Late, Usage};
pub use receive::{NewDeploy, Received};
pub use report::{Halt, Ran, Run, Step as ReportStep};
pub use world::{MarketKind, leaves_in_time};

use super::{Engine, Error};
use crate::subscription::{Calendar, Gate, Notice, Refusal, Report, Subscription};
use jiff::SignedDuration;

/// What can go wrong with things of the marketplace.
pub type MarketError = Error<Refusal>;

impl Engine {
    /// Finds the calls to the marketplace whose process is gone, and says so in the journal: a report is in doubt then.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn recover_market(&self) -> Result<()> {
        self.of::<Subscription>().recover().await?;
        self.of::<Report>().recover().await?;
        self.of::<Notice>().recover().await?;
        Ok(())
    }

    /// Offers the answers of the marketplace that the journal has not taken until it has.
    pub async fn keep_offering_market(&self) {
        self.of::<Subscription>().keep_offering().await;
        self.of::<Report>().keep_offering().await;
        self.of::<Notice>().keep_offering().await;
    }

    /// What a report needs of the time. How far this machine's clock is off is asked where that matters and is not known.
    ///
    /// # Errors
    /// When the marketplace's zone is not known on this machine.
    pub async fn gate(&self, in_process: bool) -> Result<Gate> {
        let calendar = Calendar::new().map_err(Error::System)?;
        let machine = self.world();
        let Some(market) = &machine.market else {
            let (limit, clock_error) = (SignedDuration::ZERO, Some(SignedDuration::ZERO));
            return Ok(Gate { calendar, limit, clock_error });
        };
        let limit = SignedDuration::try_from(market.timeout()).unwrap_or(SignedDuration::MAX);
        // What is inside this program goes by this program's clock.
        if in_process {
            return Ok(Gate { calendar, limit, clock_error: Some(SignedDuration::ZERO) });
        }
        let gate = Gate { calendar, limit, clock_error: machine.clock_error() };
        if gate.clock_error.is_none() && gate.check(self.clock().now()).is_err() {
            machine.heard(market.server_time().await);
        }
        Ok(Gate { clock_error: machine.clock_error(), ..gate })
    }
}

type Result<T> = std::result::Result<T, MarketError>;
