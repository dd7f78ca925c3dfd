//! Recordings of what was on the screen in runs: one file each, and the oldest make room for the newest.

use crate::config::Places;
use crate::session::write_new;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How many are kept.
const KEPT: usize = 200;

/// Where the recording of a run lies.
pub fn recording_of(places: &Places, run: &str) -> PathBuf {
    folder(places).join(format!("{run}.cast"))
}

fn folder(places: &Places) -> PathBuf {
    places.data.join("training")
}

/// Keeps a recording for its owner. Without it the run counts all the same.
pub fn keep(places: &Places, run: &str, recording: &str) {
    if let Err(error) = write_new(&recording_of(places, run), recording) {
        tracing::warn!(%error, "the recording of the run could not be kept");
    }
    remove_oldest(&folder(places), KEPT);
}

/// Removes all recordings but the newest.
fn remove_oldest(folder: &Path, kept: usize) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let casts = entries.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "cast"));
    let mut all: Vec<(SystemTime, PathBuf)> =
        casts.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()))).collect();
    all.sort();
    let old = all.len().saturating_sub(kept);
    for (_, file) in all.into_iter().take(old) {
        // Another desk may have done so at the same time.
        let _ = std::fs::remove_file(file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_newest_recordings_are_kept_and_nothing_else_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        for (n, name) in ["training.db", "b.cast", "a.cast", "c.cast"].into_iter().enumerate() {
            std::fs::write(file(name), "x").unwrap();
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(n as u64);
            std::fs::File::options().write(true).open(file(name)).unwrap().set_modified(at).unwrap();
        }
        remove_oldest(folder.path(), 2);
        assert!(!file("b.cast").exists());
        assert!(["training.db", "a.cast", "c.cast"].iter().all(|name| file(name).exists()));
    }
}
