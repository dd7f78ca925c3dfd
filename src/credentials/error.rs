//! Why there are no credentials: what happened, where, and what to do. Never what is stored.

use super::slot::{Kept, Slot};
use super::store::Store;
use std::fmt;
use std::io;
use std::time::Duration;

/// Credentials could not be read, stored or removed. Displays [`Error::what`], then [`Error::next_step`].
#[derive(Debug)]
pub struct Error {
    pub(super) slot: Slot,
    pub(super) store: Store,
    pub(super) why: Why,
}

#[derive(Debug)]
pub(super) enum Why {
    /// Nothing is stored.
    Nothing,
    /// What is stored is not of the right shape.
    Shape,
    /// What is not right in a file that is not of one shape alone. Never what stands there.
    Content(String),
    /// More than one entry bears our name.
    Several,
    /// There is no such keyring here.
    Unreachable(String),
    /// It does not open.
    Locked(String),
    /// It has not answered for so long; and what is not known for that.
    Late(Duration, Open),
    /// Somebody ended the look before it answered.
    Ended(Open),
    /// Anything else that the keyring said.
    Failed(String),
    /// The file could not be used.
    File(io::Error),
    NotAFile,
    /// Others may read or change the file.
    #[cfg(unix)]
    Open(u32),
}

/// What nobody knows after a look that brought no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    /// Nothing: it was to be read.
    Nothing,
    /// Whether it was stored.
    Stored,
    /// Whether it was removed.
    Removed,
}

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "",
            Self::Stored => "; whether anything was stored is not known",
            Self::Removed => "; whether anything was removed is not known",
        })
    }
}

impl Error {
    /// True when the keyring itself is at fault, not what it holds.
    pub fn is_of_the_keyring(&self) -> bool {
        match self.why {
            Why::Unreachable(_) | Why::Locked(_) | Why::Late(..) | Why::Ended(_) | Why::Failed(_) => true,
            Why::Nothing | Why::Shape | Why::Content(_) | Why::Several | Why::File(_) | Why::NotAFile => {
                false
            }
            #[cfg(unix)]
            Why::Open(_) => false,
        }
    }

    /// True when it is certain that nothing is stored: there is no entry, or no keyring at all that could hold one.
    pub fn is_none_there(&self) -> bool {
        matches!(self.why, Why::Nothing | Why::Unreachable(_))
    }

    /// What happened, and where.
    pub fn what(&self) -> String {
        let Self { slot, store, why } = self;
        let whose = slot.whose();
        match why {
            Why::Nothing => format!("{}: {store} holds none", slot.none()),
            Why::Shape => format!("{store} holds something else for {whose} than {}", slot.shape()),
            Why::Content(why) => format!("{store} cannot be used for {whose}: {why}"),
            Why::Several => format!("{store} holds several entries for {whose}"),
            Why::Unreachable(why) => format!("{store} cannot be reached: {why}"),
            Why::Locked(why) => format!("{store} is locked: {why}"),
            Why::Late(limit, open) => {
                format!("{store} has not answered for {limit:?}; it may be waiting to be unlocked{open}")
            }
            Why::Ended(open) => format!("it was broken off before {store} answered{open}"),
            Why::Failed(why) => format!("{store} failed: {why}"),
            Why::File(error) => format!("{store} cannot be used: {error}"),
            Why::NotAFile => format!("{store} is not a regular file"),
            #[cfg(unix)]
            Why::Open(mode) => format!("{store} may be read or changed by others (mode {mode:04o})"),
        }
    }

    /// What to do next.
    pub fn next_step(&self) -> String {
        let Self { slot, store, why } = self;
        let (flags, setting) = (slot.flags(), slot.setting());
        let login = match (slot, store) {
            // It is the vendor's own, and shared with their other programs: nothing here writes it.
            (Slot::Of(_, Kept::EdgeGrid), Store::File(path)) => {
                format!("put what the control center gives you into {} (mode 0600)", path.display())
            }
            (Slot::Of(..) | Slot::JournalPassword, _) => format!("run: pxdesk login {flags}"),
        };
        let elsewhere = match (slot, store) {
            // Nothing is stored in that one by us.
            (Slot::JournalPassword, _) => {
                "keep it in a file of your own: one line, mode 0600, named in the configuration \
                 by [journal] password_file instead of password"
                    .to_owned()
            }
            (Slot::Of(..), Store::Keyring) if cfg!(target_os = "linux") => format!(
                "choose another place in the configuration, {setting} = \"FILE\" (mode 0600) or \"keyutils\" (until the \
                 machine restarts, or three days go by without its use), then {login}"
            ),
            (Slot::Of(..), _) => {
                format!(
                    "choose another place in the configuration, {setting} = \"FILE\" (mode 0600), then {login}"
                )
            }
        };
        match (why, store) {
            // What is not ours is not replaced: it could be the only copy of somebody's key.
            (Why::Shape, Store::File(_)) => {
                format!("name another file in {setting}; or, if it is yours for that, put it right")
            }
            (Why::Nothing | Why::Shape | Why::Content(_), _) => login,
            (Why::Several, _) => format!("run: pxdesk logout {flags}, then {login}"),
            (Why::Unreachable(_), Store::Keyring) if cfg!(target_os = "linux") => {
                format!("start a Secret Service, such as gnome-keyring, in a D-Bus session; or {elsewhere}")
            }
            (Why::Locked(_) | Why::Late(..), _) => format!("unlock it and try again; or {elsewhere}"),
            (Why::Ended(_), _) => "try again".to_owned(),
            (Why::Unreachable(_) | Why::Failed(_), _) => elsewhere,
            (Why::File(error), _) => match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "make room on its disk, then try again".to_owned()
                }
                io::ErrorKind::ReadOnlyFilesystem => {
                    format!(
                        "have its disk made one that can be written; or name a file on another one in {setting}"
                    )
                }
                _ => format!("name a file of your own in {setting}"),
            },
            (Why::NotAFile, _) => format!("name a file of your own in {setting}"),
            #[cfg(unix)]
            (Why::Open(_), Store::File(path)) => format!("run: chmod 600 {}", path.display()),
            #[cfg(unix)]
            (Why::Open(_), Store::Keyring | Store::Keyutils) => login,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what(), self.next_step())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::Environment;

    #[test]
    fn what_a_silent_keyring_leaves_open_is_said() {
        let slot = Slot::Of(Environment::Sandbox, Kept::Pair);
        let error = |why| Error { slot, store: Store::Keyring, why };
        let late = error(Why::Late(Duration::from_mins(2), Open::Stored)).what();
        assert!(
            late.contains("not answered for 120s")
                && late.ends_with("whether anything was stored is not known"),
            "{late}"
        );
        assert!(
            error(Why::Late(Duration::from_secs(8), Open::Nothing))
                .what()
                .ends_with("waiting to be unlocked")
        );
        let ended = error(Why::Ended(Open::Removed)).to_string();
        assert!(
            ended.contains("broken off")
                && ended.contains("removed is not known")
                && !ended.contains("another place"),
            "{ended}"
        );
    }
}
