//! The marketplace's part of the settings: where it is, how deploys are received and answered, and what is sold.

mod file;
mod settings;
mod values;
mod webhook;

pub use file::{EnvironmentMarket, MarketFile};
pub use settings::{MarketSettings, MarketTarget, SkuSettings};
pub use values::Tail;
pub use webhook::{Answering, Otherwise, Proof, TlsFiles, Webhook};

pub(super) use settings::{Given, resolve};

#[cfg(test)]
mod tests;
