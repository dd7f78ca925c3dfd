//! Folders that hold practice alone: each its process's own while it lasts, and gone afterwards, also where the process was
//! killed.

use super::process::{host, is_gone};
use crate::files;
use std::fs::Metadata;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// What their names begin with, below the data folder and among the system's temporary files.
const RUN: &str = "run-";
const TEMPORARY: &str = "pxdesk-practice-";
/// So many names are tried before something else must be wrong.
const TRIES: usize = 1000;

/// A folder that only this user can look into, and that goes with this value.
#[derive(Debug)]
pub struct PrivateFolder(PathBuf);

impl PrivateFolder {
    /// Makes one among the system's temporary files, and removes what processes that were killed have left there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new() -> Result<Self> {
        Self::make(&std::env::temp_dir(), TEMPORARY)
    }

    /// The same for the world of a run, beside the journal of practice.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn of_run(data: &Path) -> Result<Self> {
        let all = data.join("training");
        std::fs::create_dir_all(&all)?;
        Self::make(&all, RUN)
    }

    fn make(all: &Path, prefix: &str) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        remove_leftovers(all, prefix);
        let builder = files::private_folder();
        for _ in 0..TRIES {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = all.join(format!("{prefix}{}-{}-{count}", host(), std::process::id()));
            match builder.create(&path) {
                Ok(()) => return Ok(Self(path)),
                // A dead process may have had this one's id.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::new(error.kind(), format!("{}: {error}", path.display()))),
            }
        }
        Err(Error::new(ErrorKind::AlreadyExists, format!("every name is taken in {}", all.display())))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "what was practiced could not be removed");
        }
    }
}

/// Removes the folders of processes of this machine that are gone.
fn remove_leftovers(all: &Path, prefix: &str) {
    let entries = std::fs::read_dir(all).into_iter().flatten().filter_map(Result::ok);
    for entry in entries {
        let name = entry.file_name();
        let gone =
            name.to_str().and_then(|name| process_of(name, prefix)).is_some_and(|(h, p)| is_gone(h, p));
        if gone && entry.metadata().is_ok_and(|found| found.is_dir() && is_ours(&found)) {
            // It is tried again the next time.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The machine and the process that a folder of this name belongs to; none where it is no such folder's name.
fn process_of<'a>(name: &'a str, prefix: &str) -> Option<(&'a str, u32)> {
    let mut parts = name.strip_prefix(prefix)?.rsplitn(3, '-');
    parts.next()?.parse::<u32>().ok()?;
    let process = parts.next()?.parse().ok()?;
    Some((parts.next()?, process))
}

/// Everybody may write among the temporary files: a folder of somebody else's stays as it is.
#[cfg(unix)]
fn is_ours(folder: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(folder) == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_ours(_: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_folder_is_nobody_elses_and_goes_with_what_is_in_it() {
        let folder = PrivateFolder::new().unwrap();
        let path = folder.path().to_owned();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        }
        std::fs::write(path.join("practice.db"), "x").unwrap();
        drop(folder);
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn what_a_dead_process_of_this_machine_left_goes_and_nothing_else_does() {
        let data = tempfile::tempdir().unwrap();
        let (dead, here) = (crate::session::process::tests::a_dead_one(), host());
        let all = data.path().join("training");
        let stay = [
            format!("run-{here}-1-0"),
            format!("run-{here}-x-0"),
            format!("run-{here}-{dead}"),
            format!("run-{here}-{dead}-x"),
            format!("run-elsewhere-{dead}-0"),
            "kept".to_owned(),
        ];
        let gone = [format!("run-{here}-{dead}-0"), format!("run-{here}-{dead}-12")];
        for name in stay.iter().chain(&gone) {
            std::fs::create_dir_all(all.join(name).join("within")).unwrap();
        }
        std::fs::write(all.join("training.db"), "x").unwrap();
        let folder = PrivateFolder::of_run(data.path()).unwrap();
        assert!(stay.iter().all(|name| all.join(name).join("within").exists()));
        assert!(gone.iter().all(|name| !all.join(name).exists()));
        assert!(all.join("training.db").exists());
        let path = folder.path().to_owned();
        std::fs::write(path.join("orders.db"), "x").unwrap();
        // Another run of this process does not take it away.
        let other = PrivateFolder::of_run(data.path()).unwrap();
        assert!(path.join("orders.db").exists() && other.path() != path);
        drop(folder);
        assert!(!path.exists() && other.path().exists());
    }
}
