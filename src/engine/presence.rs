//! Which processes are alive, so that a call cut off by a crash is told from one under way elsewhere.
//!
//! Each process that sends holds an exclusive lock on a file of its own beside the journal. The operating system lets
//! go of a lock when its process dies, however it dies; a process id, which can be used again, would prove nothing.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// This process's sign of life, made on first use, and the way to look for others'.
#[derive(Debug)]
pub struct Presence {
    folder: PathBuf,
    /// What tells this machine and this folder from others, where that matters.
    machine: Option<String>,
    mine: OnceLock<Mine>,
}

#[derive(Debug)]
struct Mine {
    name: String,
    path: PathBuf,
    /// Holds the lock.
    _file: File,
}

impl Presence {
    /// The presences beside the journal at `journal`.
    pub fn beside(journal: &Path) -> Self {
        Self { folder: journal.with_extension("desks"), machine: None, mine: OnceLock::new() }
    }

    /// The presences of this machine's desks on a journal that desks of other machines use too: in a folder in `state`.
    /// Their names end in what tells machine and folder.
    pub fn on_floor(state: &Path, journal: &str) -> Self {
        let name = crate::kind::Digest::of(journal.as_bytes()).to_string();
        let folder = state.join("desks").join(&name[..32]);
        let machine = Some(machine(&folder));
        Self { folder, machine, mine: OnceLock::new() }
    }

    /// True when the process of this name has, or had, its file in this folder, which then tells whether it lives.
    pub fn knows(&self, name: &str) -> bool {
        self.machine.as_ref().is_none_or(|machine| name.ends_with(&format!("@{machine}")))
    }

    /// This process's name; from the first call on, the lock is held.
    ///
    /// # Errors
    /// Says what the system refused.
    pub fn name(&self) -> Result<&str, String> {
        if let Some(mine) = self.mine.get() {
            return Ok(&mine.name);
        }
        let failed = |e| format!("cannot announce this desk in {}: {e}", self.folder.display());
        let made = self.announce().map_err(failed)?;
        Ok(&self.mine.get_or_init(|| made).name)
    }

    /// The file gets its name only once it is locked, so that nobody sees it unlocked while its owner lives.
    fn announce(&self) -> std::io::Result<Mine> {
        fs::create_dir_all(&self.folder)?;
        let mut random = [0; 4];
        getrandom::fill(&mut random).map_err(std::io::Error::other)?;
        let at = self.machine.as_ref().map_or_else(String::new, |machine| format!("@{machine}"));
        let name = format!("desk-{}-{}{at}", std::process::id(), hex::encode(random));
        let (path, draft) = (self.folder.join(&name), self.folder.join(format!("{name}.new")));
        let file = OpenOptions::new().write(true).create_new(true).open(&draft)?;
        file.lock()?;
        fs::rename(&draft, &path)?;
        self.clear_up();
        Ok(Mine { name, path, _file: file })
    }

    /// Removes what desks left behind that were killed. A draft may be one that is not locked yet: it stays.
    fn clear_up(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let draft = path.extension().is_some_and(|kind| kind == "new");
            if let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|_| !draft) {
                self.is_alive(name);
            }
        }
    }

    /// True while the process of this name lives. Clears up after one that does not.
    pub fn is_alive(&self, name: &str) -> bool {
        if self.mine.get().is_some_and(|mine| mine.name == name) {
            return true;
        }
        let path = self.folder.join(name);
        // Shared, so that two who look at once do not take each other for the owner, whose lock is exclusive.
        match File::open(&path).map(|file| file.try_lock_shared()) {
            Ok(Ok(())) => {
                // The name is never used again, so whoever removes it first is right. Nothing depends on it.
                let _ = fs::remove_file(&path);
                false
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
            // Locked by its owner; and what cannot be told is not called dead.
            Ok(Err(TryLockError::WouldBlock | TryLockError::Error(_))) | Err(_) => true,
        }
    }
}

/// What tells this machine, and this folder on it, from others: hashed, for others will read it.
fn machine(folder: &Path) -> String {
    let id = ["/etc/machine-id", "/var/lib/dbus/machine-id"].iter().find_map(|file| fs::read(file).ok());
    let id: Option<Vec<u8>> = id.filter(|id| !id.trim_ascii().is_empty());
    let name = || ["HOSTNAME", "COMPUTERNAME"].iter().find_map(std::env::var_os);
    let host = fs::read("/proc/sys/kernel/hostname").ok();
    let host = host.or_else(|| name().map(std::ffi::OsString::into_encoded_bytes)).unwrap_or_default();
    // Copies of one system may have one id.
    let id = id.unwrap_or_default();
    let all = [b"pxdesk machine ".as_slice(), &id, b" ", &host, b" ", folder.as_os_str().as_encoded_bytes()];
    crate::kind::Digest::of(&all.concat()).to_string()[..12].to_owned()
}

impl Drop for Mine {
    fn drop(&mut self) {
        // A file that stays behind is cleared up by the next desk.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_presence_ends_with_its_holder() {
        let dir = tempfile::tempdir().unwrap();
        let journal = dir.path().join("pxdesk.db");
        let (one, other) = (Presence::beside(&journal), Presence::beside(&journal));
        assert!(!other.is_alive("desk-1-00"), "nobody is there yet");
        let name = one.name().unwrap().to_owned();
        assert_eq!(one.name().unwrap(), name);
        assert!(other.is_alive(&name) && one.is_alive(&name));
        drop(one);
        assert!(!other.is_alive(&name));
    }

    #[test]
    fn a_new_desk_clears_up_after_dead_ones_and_leaves_the_living_alone() {
        let dir = tempfile::tempdir().unwrap();
        let journal = dir.path().join("pxdesk.db");
        let (one, other) = (Presence::beside(&journal), Presence::beside(&journal));
        let name = one.name().unwrap().to_owned();
        fs::write(one.folder.join("desk-1-00"), "").unwrap();
        fs::write(one.folder.join("desk-2-00.new"), "").unwrap();
        other.name().unwrap();
        assert!(!one.folder.join("desk-1-00").exists());
        assert!(one.folder.join("desk-2-00.new").exists() && other.is_alive(&name));
    }

    #[test]
    fn a_file_without_a_lock_is_a_dead_desk() {
        let dir = tempfile::tempdir().unwrap();
        let journal = dir.path().join("pxdesk.db");
        let presence = Presence::beside(&journal);
        fs::create_dir_all(&presence.folder).unwrap();
        fs::write(presence.folder.join("desk-1-00"), "").unwrap();
        assert!(!presence.is_alive("desk-1-00"));
        assert!(!presence.folder.join("desk-1-00").exists(), "and is cleared up");
    }
}
