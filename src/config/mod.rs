//! Settings: flags over `PXDESK_*` variables over the file over defaults. Reading them is this room's only I/O.
//!
//! A key that is unknown, or a value that does not fit, is an error that names the file, the line and the nearest
//! valid key; nothing is guessed.

mod concurrency;
mod distinct;
mod error;
mod explain;
mod file;
mod home;
mod journal;
mod log;
mod market;
mod origin;
mod own;
mod places;
mod production;
mod quiet;
mod registration;
mod settings;
mod spot;
mod store;
mod target;
mod variables;
mod word;

pub use error::Error;
pub use file::{
    Acceptance, Desk, Doubt, Duration, EnvironmentFile, Fastest, File, HttpUrl, Reading, Theme, Timeouts,
};
pub use log::{Format, KeepDays, Level, Log};
pub use market::{
    Answering, EnvironmentMarket, MarketFile, MarketSettings, MarketTarget, Otherwise, Proof, SkuSettings,
    Tail, TlsFiles, Webhook,
};
pub use origin::{Account, Given, Origin};
pub use places::Places;
pub use registration::{EnvironmentRegistration, RegistrationSettings, RegistrationTarget};
pub use settings::{FILE, Flags, Settings};
pub use target::Target;
pub use variables::texts;
