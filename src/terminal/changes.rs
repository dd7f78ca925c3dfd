//! Whether something is written in the journal's folder, as the system tells it: nothing wakes while nothing is.

#[cfg(target_os = "linux")]
pub use linux::Changes;

#[cfg(target_os = "linux")]
mod linux {
    use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
    use std::future::pending;
    use std::path::Path;
    use tokio::net::unix::pipe::Receiver;

    /// Room for some events, each with the name of a file.
    const ROOM: usize = 4096;

    /// What is written in a folder.
    pub struct Changes {
        /// Read like a pipe: what an event says is not looked at.
        told: Receiver,
    }

    impl Changes {
        /// In the folder of `file`. None where the system does not tell.
        pub fn beside(file: &Path) -> Option<Self> {
            let told = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok()?;
            let written = WatchFlags::MODIFY | WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVE;
            inotify::add_watch(&told, file.parent()?, written).ok()?;
            Some(Self { told: Receiver::from_owned_fd_unchecked(told).ok()? })
        }

        /// Waits until something was written since this was last asked.
        pub async fn next(&self) {
            let mut some = false;
            while !some {
                if self.told.readable().await.is_err() {
                    // The runtime is ending.
                    return pending().await;
                }
                // All that is there: what was written is found by looking.
                while matches!(self.told.try_read(&mut [0; ROOM]), Ok(1..)) {
                    some = true;
                }
            }
        }
    }
}

/// Elsewhere the clock says when to look.
#[cfg(not(target_os = "linux"))]
pub struct Changes;

#[cfg(not(target_os = "linux"))]
impl Changes {
    pub fn beside(_: &std::path::Path) -> Option<Self> {
        None
    }

    pub async fn next(&self) {
        std::future::pending().await
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    #[tokio::test]
    async fn what_is_written_beside_a_file_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let changes = Changes::beside(&folder.path().join("pxdesk.db")).unwrap();
        let told = async || timeout(Duration::from_millis(200), changes.next()).await.is_ok();
        assert!(!told().await);
        for text in ["a", "b"] {
            std::fs::write(folder.path().join("pxdesk.db-wal"), text).unwrap();
        }
        assert!(told().await);
        assert!(!told().await, "all of it was told");
        std::fs::remove_file(folder.path().join("pxdesk.db-wal")).unwrap();
        assert!(told().await);
        assert!(Changes::beside(&folder.path().join("none/pxdesk.db")).is_none());
    }
}
