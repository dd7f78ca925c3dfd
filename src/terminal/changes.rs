//! Whether something is written in the journal's folder, as the system tells it: nothing wakes while nothing is.

#[cfg(target_os = "linux")]
pub use linux::Changes;

#[cfg(target_os = "linux")]
mod linux {
    use rustix::fd::OwnedFd;
    use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};
    use std::future::pending;
    use std::mem::MaybeUninit;
    use std::path::Path;
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    /// Room for some events, each with the name of a file.
    const ROOM: usize = 4096;

    /// What is written in a folder.
    pub struct Changes {
        told: AsyncFd<OwnedFd>,
    }

    impl Changes {
        /// In the folder of `file`. None where the system does not tell.
        pub fn beside(file: &Path) -> Option<Self> {
            let told = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok()?;
            let written = WatchFlags::MODIFY | WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVE;
            inotify::add_watch(&told, file.parent()?, written).ok()?;
            Some(Self { told: AsyncFd::with_interest(told, Interest::READABLE).ok()? })
        }

        /// Waits until something was written since this was last asked.
        pub async fn next(&self) {
            loop {
                // The runtime is ending.
                let Ok(mut ready) = self.told.readable().await else { return pending().await };
                let mut room = [MaybeUninit::uninit(); ROOM];
                let mut events = Reader::new(&self.told, &mut room);
                let mut some = false;
                // All that is there: what was written is found by looking.
                while events.next().is_ok() {
                    some = true;
                }
                ready.clear_ready();
                if some {
                    return;
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
