//! A run's folder: its own while the run lasts, and gone afterwards, also where the process was killed.

use crate::session::{Exit, Failed};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that is removed when this is dropped.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed holds nothing of anybody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    /// A new one below `data`, for this process alone. What processes that were killed have left there is removed.
    pub fn new(data: &Path) -> Result<Self, Failed> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let all = data.join("training");
        remove_leftovers(&all);
        let path = all.join(format!("run-{}-{count}", std::process::id()));
        let failed = |e| {
            Failed::new(
                Exit::Unexpected,
                format!("cannot make the folder of the run {}: {e}", path.display()),
            )
        };
        // A dead process may have had this one's id.
        if path.exists() {
            std::fs::remove_dir_all(&path).map_err(failed)?;
        }
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).map_err(failed)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// Removes the folders of processes that are gone.
fn remove_leftovers(all: &Path) {
    let entries = std::fs::read_dir(all).into_iter().flatten().filter_map(Result::ok);
    for entry in entries {
        let name = entry.file_name();
        if name.to_str().and_then(process_of).is_some_and(is_gone) {
            // It is tried again at the next run.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The process that a folder of this name belongs to; none where no run made it.
fn process_of(name: &str) -> Option<i32> {
    let (process, count) = name.strip_prefix("run-")?.split_once('-')?;
    count.parse::<u32>().ok()?;
    process.parse().ok()
}

/// True when there is no such process any more. One that somebody else owns is there.
#[cfg(unix)]
fn is_gone(process: i32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let process = (process > 0).then(|| Pid::from_raw(process)).flatten();
    process.is_some_and(|process| test_kill_process(process) == Err(rustix::io::Errno::SRCH))
}

/// Nothing says so here.
#[cfg(not(unix))]
fn is_gone(_: i32) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_a_dead_process_left_goes_and_nothing_else_does() {
        let data = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let dead = child.id();
        child.wait().unwrap();
        let all = data.path().join("training");
        // The first process of the system lives, and is somebody else's.
        let stay = ["run-1-0", "run-x-0", "run-7", &format!("run-{dead}-x"), "runs", "kept"];
        let gone = [format!("run-{dead}-0"), format!("run-{dead}-12")];
        for name in stay.iter().copied().chain(gone.iter().map(String::as_str)) {
            std::fs::create_dir_all(all.join(name).join("within")).unwrap();
        }
        std::fs::write(all.join("training.db"), "x").unwrap();
        let folder = Folder::new(data.path()).unwrap();
        assert!(stay.iter().all(|name| all.join(name).join("within").exists()));
        assert!(gone.iter().all(|name| !all.join(name).exists()));
        assert!(all.join("training.db").exists());
        let path = folder.path().to_owned();
        std::fs::write(path.join("orders.db"), "x").unwrap();
        // Another run of this process does not take it away.
        let other = Folder::new(data.path()).unwrap();
        assert!(path.join("orders.db").exists() && other.path() != path);
        drop(folder);
        assert!(!path.exists() && other.path().exists());
    }
}
