//! Signals, as something to wait for.

use std::io;

/// What the system asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Terminate,
    /// The terminal is gone, or somebody has sent the signal that says so.
    Hangup,
    /// The terminal has another size.
    Resized,
    /// The program is to stop until it is continued.
    Suspend,
    /// The program was stopped and goes on.
    Continued,
}

#[cfg(unix)]
pub use unix::Signals;

#[cfg(unix)]
mod unix {
    use super::{Signal, io};
    use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

    /// The signals that the desk listens for.
    pub struct Signals {
        terminate: Stream,
        interrupt: Stream,
        quit: Stream,
        hangup: Stream,
        resized: Stream,
        suspend: Stream,
        continued: Stream,
    }

    impl Signals {
        /// Starts listening; from here on none of them ends the program by itself.
        pub fn listen() -> io::Result<Self> {
            Ok(Self {
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
                quit: signal(SignalKind::quit())?,
                hangup: signal(SignalKind::hangup())?,
                resized: signal(SignalKind::window_change())?,
                suspend: signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
                continued: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
            })
        }

        /// The next one.
        pub async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.terminate.recv() => Signal::Terminate,
                _ = self.interrupt.recv() => Signal::Terminate,
                _ = self.quit.recv() => Signal::Terminate,
                _ = self.hangup.recv() => Signal::Hangup,
                _ = self.resized.recv() => Signal::Resized,
                _ = self.suspend.recv() => Signal::Suspend,
                _ = self.continued.recv() => Signal::Continued,
            }
        }
    }
}

#[cfg(not(unix))]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    pub async fn next(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::Terminate,
            Err(_) => std::future::pending().await,
        }
    }
}
