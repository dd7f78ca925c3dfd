//! What time it was at the marketplace at its last answer, kept in a file for an hour: the next command is another process, and
//! where its question after the time fails, what was known a second ago is not forgotten.

use crate::files::{draft_of, private, private_folder, settle};
use crate::kind::{Timestamp, Uptime};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What a clock said longer ago says nothing of now.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// The file.
#[derive(Debug)]
pub struct Heard {
    file: PathBuf,
}

/// What was heard, and when by this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub theirs: Timestamp,
    pub at: Timestamp,
    /// Unknown where the system does not say.
    pub uptime: Option<Uptime>,
}

impl Told {
    /// How far the clock is ahead of theirs at `now`; none where that was too long ago. A clock that was set meanwhile is no
    /// less known where the system says how long it has been up.
    fn ahead(&self, now: Timestamp, uptime: Option<&Uptime>) -> Option<SignedDuration> {
        let by_uptime = uptime.zip(self.uptime.as_ref()).and_then(|(now, then)| now.since_exactly(then));
        let since = by_uptime.unwrap_or_else(|| now.duration_since(self.at));
        let theirs = self.theirs.checked_add(since).ok()?;
        (SignedDuration::ZERO..FRESH).contains(&since).then(|| now.duration_since(theirs))
    }
}

impl Heard {
    /// That of an environment in `folder`, which need not be there yet.
    pub fn at(folder: &Path, environment: &str) -> Self {
        Self { file: folder.join(format!("market-clock-{environment}.json")) }
    }

    /// Keeps what was told, as far as the system lets it: without it the next command asks.
    pub fn keep(&self, told: &Told) {
        if let Err(error) = self.write(told) {
            tracing::warn!(%error, "the marketplace's time cannot be kept");
        }
    }

    /// How far the clock is ahead of the marketplace's at `now`, as its last answer within an hour says.
    pub fn ahead(&self, now: Timestamp, uptime: Option<&Uptime>) -> Option<SignedDuration> {
        self.last()?.ahead(now, uptime)
    }

    fn last(&self) -> Option<Told> {
        serde_json::from_slice(&fs::read(&self.file).ok()?).ok()
    }

    fn write(&self, told: &Told) -> io::Result<()> {
        if let Some(folder) = self.file.parent() {
            private_folder().recursive(true).create(folder)?;
        }
        let draft = draft_of(&self.file)?;
        let text = serde_json::to_vec(told)?;
        let written = private(OpenOptions::new().write(true).create_new(true))
            .open(&draft)
            .and_then(|mut file| file.write_all(&text))
            .and_then(|()| fs::rename(&draft, &self.file));
        if written.is_err() {
            // It may be there, whole or not.
            let _ = fs::remove_file(&draft);
        }
        written.and_then(|()| settle(&self.file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up(seconds: i64) -> Uptime {
        Uptime::of("b".to_owned(), SignedDuration::from_secs(seconds))
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_heard_is_known_for_an_hour_also_to_another_process() {
        let dir = tempfile::tempdir().unwrap();
        let heard = Heard::at(&dir.path().join("state"), "sandbox");
        let (noon, days) = (at("2026-11-27T12:00:00Z"), SignedDuration::from_hours(75));
        assert_eq!(heard.ahead(noon, Some(&up(0))), None);
        heard.keep(&Told { theirs: noon + days, at: noon, uptime: Some(up(100)) });
        let other = Heard::at(&dir.path().join("state"), "sandbox");
        let later =
            |seconds: i64| other.ahead(noon + SignedDuration::from_secs(seconds), Some(&up(100 + seconds)));
        assert_eq!([later(1), later(3599), later(3600)], [Some(-days), Some(-days), None]);
        // Another environment is another marketplace.
        assert_eq!(Heard::at(&dir.path().join("state"), "production").ahead(noon, Some(&up(101))), None);
        // The clock was set right meanwhile.
        assert_eq!(other.ahead(noon + days, Some(&up(100))), Some(SignedDuration::ZERO));
        // After a restart the clock on the wall is all there is.
        let restarted = Uptime::of("c".to_owned(), SignedDuration::from_secs(5));
        assert_eq!(other.ahead(noon + SignedDuration::from_secs(60), Some(&restarted)), Some(-days));
        assert_eq!(other.ahead(noon - SignedDuration::from_secs(60), Some(&restarted)), None);
        fs::write(&heard.file, "{").unwrap();
        assert_eq!(heard.ahead(noon, Some(&up(100))), None);
    }
}
