//! The terminal: raw mode, input, signals, and the loop that joins the pure desk to the engine.
//!
//! One queue of messages. A batch of input is drained before anything is drawn; nothing in the loop waits for the
//! journal or the network; a frame that equals the last one is not sent. May touch: everything. Never: an order's rules.

mod classroom;
mod clipboard;
mod day;
mod effects;
mod floor;
mod held;
mod hung;
mod input;
mod items;
mod loaded;
mod market;
mod open;
mod panics;
pub mod practice;
mod queue;
mod registration;
mod screen;
mod setup;
mod signals;
mod simulation;
mod tell;
mod tour;
mod trust;
mod turns;
mod worker;

use crate::config::Settings;
use crate::session::{Exit, Failed, Session, block_on};
use open::{Front, needs_terminal, open};
use setup::is_practice;
pub use setup::{setup, theme};

pub use classroom::Teaching;

/// Opens the desk and returns when the person leaves.
///
/// # Errors
/// When there is no terminal, or the journal cannot be opened. Whatever happens, the terminal is given back.
pub fn run(settings: &Settings) -> Result<Exit, Failed> {
    needs_terminal(
        "Without a screen, use `pxdesk order open`, `walk`, `list` and `show`; `pxdesk --help` lists them.",
    )?;
    block_on(Box::pin(async {
        let session = Session::open_for_desk(settings).await?;
        Box::pin(open(settings, session, Front::default())).await?.ended
    }))
}

/// The same at the trainer's screen, with a classroom open. Whoever calls this has a terminal.
///
/// # Errors
/// As [`run`].
pub fn train(settings: &Settings, teaching: Teaching) -> Result<Exit, Failed> {
    block_on(Box::pin(async {
        let session = Session::open_for_desk(settings).await?;
        let front = Front { teaching: Some(teaching), ..Front::default() };
        Box::pin(open(settings, session, front)).await?.ended
    }))
}
