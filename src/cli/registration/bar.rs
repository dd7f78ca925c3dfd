//! How far an apply has come: one line on stderr that is written over, for a person who waits. Where nobody looks, only long
//! waits are said, a line for each.

use crate::engine::ApplyNews;
use crate::order::one_line;
use jiff::SignedDuration;
use std::io::{self, IsTerminal as _, Write as _};

/// How many characters the bar has.
const WIDTH: usize = 30;

/// A wait as long as that is said where nobody looks, too.
const LONG: SignedDuration = SignedDuration::from_secs(10);

/// The line.
pub struct Bar {
    is_terminal: bool,
    shown: bool,
}

impl Bar {
    /// It is for a terminal, if stderr is one.
    pub fn new() -> Self {
        Self { is_terminal: io::stderr().is_terminal(), shown: false }
    }

    /// Shows what happens.
    pub fn tell(&mut self, news: &ApplyNews) {
        // Nobody is left to tell when stderr is gone.
        if self.is_terminal {
            let _ = write!(io::stderr().lock(), "\r{}\x1b[K", one_line(&words(news)));
            self.shown = true;
        } else if matches!(news, ApplyNews::Waiting { left, .. } if *left >= LONG) {
            let _ = writeln!(io::stderr().lock(), "{}", one_line(&words(news)));
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
        ApplyNews::Waiting { left, until, why } => {
            format!("waiting for {} s at most, until {until:.0}: {why}", left.as_secs().max(1))
        }
        ApplyNews::Finished { run } => {
            format!("run {run}, left behind by a process that stopped, has been finished")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Timestamp;

    #[test]
    fn a_wait_is_told_with_its_length_its_end_and_its_reason() {
        let why = "a request without an answer may still be on its way".to_owned();
        let left = SignedDuration::from_secs(240);
        let until = Timestamp::UNIX_EPOCH + left;
        assert_eq!(
            words(&ApplyNews::Waiting { left, until, why }),
            "waiting for 240 s at most, until 1970-01-01T00:04:00Z: a request without an answer may still be on its way"
        );
    }
}
