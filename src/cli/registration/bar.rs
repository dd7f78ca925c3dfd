//! How far an apply has come: one line on stderr that is written over, for a person who waits.

use crate::engine::ApplyNews;
use crate::order::one_line;
use std::io::{self, IsTerminal as _, Write as _};

/// How many characters the bar has.
const WIDTH: usize = 30;

/// The line.
pub struct Bar {
    is_terminal: bool,
    shown: bool,
}

impl Bar {
    /// Nothing is shown where nobody looks.
    pub fn new() -> Self {
        Self { is_terminal: io::stderr().is_terminal(), shown: false }
    }

    /// Shows what happens.
    pub fn tell(&mut self, news: &ApplyNews) {
        if self.is_terminal {
            // Nobody is left to tell when stderr is gone.
            let _ = write!(io::stderr().lock(), "\r{}\x1b[K", one_line(&words(news)));
            self.shown = true;
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.shown {
            let _ = writeln!(io::stderr().lock());
        }
    }
}

fn words(news: &ApplyNews) -> String {
    match news {
        ApplyNews::Progress { done, changes } => {
            let filled = done * WIDTH / (*changes).max(1);
            format!("[{:#<filled$}{:.<rest$}] {done} of {changes}", "", "", rest = WIDTH - filled)
        }
        ApplyNews::Waiting { until, why } => format!("waiting until {until:.0}: {why}"),
        ApplyNews::Finished { run } => {
            format!("run {run}, left behind by a process that stopped, has been finished")
        }
    }
}
