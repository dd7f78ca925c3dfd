//! What the engine does on the marketplace: deploys that are received, calls about subscriptions, usage that is taken in
//! and reported once, notices.
//!
//! `world` is what stands outside of it for each of its kinds. `receive`, `calls` and `report` hold for any world; `intake`,
//! `month`, `left_out`, `end`, `find` and `sender` ask the journal's lists, so they are the real engine's.

mod calls;
mod end;
mod find;
mod intake;
mod left_out;
mod month;
mod receive;
mod report;
mod sender;
mod world;

pub use end::{End, Ended, Unreported};
pub use find::Found;
pub use intake::{Intake, Late, Usage};
pub use receive::{NewDeploy, Received};
pub use report::{Halt, Ran, Run, Step as ReportStep, ToSend};
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

    /// Whether there is a provider key to call the marketplace with.
    ///
    /// # Errors
    /// Says in words for people why there is none, and what to do about it.
    pub async fn check_provider_key(&self) -> std::result::Result<(), String> {
        match &self.world().market {
            Some(market) => market.check_key().await,
            None => Ok(()),
        }
    }

    /// What a report needs of the time, to be shown: how far this machine's clock is off is asked within an hour of a closing
    /// alone.
    ///
    /// # Errors
    /// When the marketplace's zone is not known on this machine.
    pub async fn gate(&self, in_process: bool) -> Result<Gate> {
        let gate = self.known_gate(in_process)?;
        let asks = gate.check(self.clock().now()).is_err();
        Ok(self.asked(gate, asks).await)
    }

    /// The same before reports are sent, and where it is asked whether they may be. This machine's clock may be so far off that
    /// no closing seems near. So the time is always asked, unless an answer of the last hour said it.
    ///
    /// # Errors
    /// As for [`Engine::gate`].
    pub async fn gate_to_send(&self, in_process: bool) -> Result<Gate> {
        let gate = self.known_gate(in_process)?;
        Ok(self.asked(gate, true).await)
    }

    fn known_gate(&self, in_process: bool) -> Result<Gate> {
        let calendar = Calendar::new().map_err(Error::System)?;
        let machine = self.world();
        let Some(market) = &machine.market else {
            let (limit, clock_error) = (SignedDuration::ZERO, Some(SignedDuration::ZERO));
            return Ok(Gate { calendar, limit, clock_error, own_clock: true });
        };
        let limit = SignedDuration::try_from(market.timeout()).unwrap_or(SignedDuration::MAX);
        let clock_error = self.market_clock_error(in_process);
        Ok(Gate { calendar, limit, clock_error, own_clock: in_process })
    }

    /// How far this machine's clock is ahead of the marketplace's, as far as an answer of the last hour says, to whichever
    /// command: nobody is asked.
    pub fn market_clock_error(&self, in_process: bool) -> Option<SignedDuration> {
        let machine = self.world();
        // What is inside this program goes by this program's clock.
        let own_clock = in_process || machine.market.is_none();
        let heard = || machine.clock_error().or_else(|| machine.clock_error_of_others());
        if own_clock { Some(SignedDuration::ZERO) } else { heard() }
    }

    /// The gate, after the marketplace was asked for the time, where this process has not heard it and `asks` says that it
    /// matters. A question that fails does not take away what was heard a moment ago, by whichever command.
    async fn asked(&self, gate: Gate, asks: bool) -> Gate {
        let machine = self.world();
        let is_unheard = !gate.own_clock && machine.clock_error().is_none();
        if let Some(market) = machine.market.as_ref().filter(|_| asks && is_unheard) {
            machine.heard(market.server_time().await);
        }
        gate.hearing(self.market_clock_error(gate.own_clock))
    }
}

type Result<T> = std::result::Result<T, MarketError>;
