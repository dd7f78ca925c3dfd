//! What the engine does on the marketplace: deploys that are received, calls about subscriptions, usage that is taken in
//! and reported once, notices.
//!
//! `world` is what stands outside of it for each of its kinds. `receive`, `calls` and `report` hold for any world; `intake`,
//! `month`, `find` and `sender` ask the journal's lists, so they are the real engine's.

mod calls;
mod find;
mod intake;
mod month;
mod receive;
mod report;
mod sender;
mod world;

pub use find::Found;
pub use intake::{Intake, Late, Usage};
pub use month::{Month as MonthView, MonthLine};
pub use receive::{NewDeploy, Received};
pub use report::{Halt, Ran, Run, Step as ReportStep};
pub use world::MarketKind;

use super::Error;
use crate::subscription::Refusal;

/// What can go wrong with things of the marketplace.
pub type MarketError = Error<Refusal>;

type Result<T> = std::result::Result<T, MarketError>;
