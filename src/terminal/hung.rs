//! A terminal that takes nothing any more and is not gone either: a connection that is frozen, for instance. The loop hangs in
//! a write to it, and hears nobody; the engine's thread goes on.

use super::screen;
use super::signals::{Signal, Signals};
use crate::engine::Engine;
use crate::session::Exit;
use std::time::Duration;

/// A slow terminal takes what it is given sooner than this.
const LONGEST: Duration = Duration::from_secs(3);
/// How soon it is looked whether the loop hangs.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Ends the program once it was told to and its loop hangs: what is under way is waited for and recorded, unless it was told
/// twice.
pub async fn end_when_told(engine: Engine) {
    let Ok(mut signals) = Signals::listen() else { return };
    while !ends(signals.next().await) {}
    let mut again = false;
    loop {
        tokio::select! {
            signal = signals.next() => again |= ends(signal),
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
        if screen::hangs(LONGEST) {
            break;
        }
    }
    if !again {
        tokio::select! {
            _idle = engine.idle() => engine.journal().close().await,
            () = told(&mut signals) => {}
        }
    }
    // The loop cannot give anything back: that, too, would be written to the terminal.
    std::process::exit(Exit::Unexpected as i32)
}

async fn told(signals: &mut Signals) {
    while !ends(signals.next().await) {}
}

fn ends(signal: Signal) -> bool {
    matches!(signal, Signal::Terminate | Signal::Hangup)
}
