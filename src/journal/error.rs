//! What can go wrong with a journal, in words for people: which file, what happened, what to do.

mod server;
mod sqlite;

use super::memory::Doubt;
use std::fmt;
use std::path::{Path, PathBuf};

/// Why the journal did not do what it was asked. After any of these but [`Error::Io`] it is as it was before.
#[derive(Debug)]
pub enum Error {
    /// What no two things may share is already used, by this one.
    Taken { field: &'static str, kind: &'static str, thing: String },
    /// The thing has moved on since it was read: read it again, decide again.
    Conflict { kind: &'static str, thing: String },
    /// There is no such thing.
    NotFound { kind: &'static str, thing: String },
    /// What is stored of this thing makes no sense: `journal verify` tells more.
    Broken { file: PathBuf, kind: &'static str, thing: String, why: String },
    /// The file that is open is no longer the journal at its path.
    Lost { file: PathBuf, how: Lost },
    /// The journal is not what this machine last saw, and no supervisor has said that it is to be used all the same.
    Doubted { file: PathBuf, doubt: Doubt },
    /// The journal was closed.
    Closed { file: PathBuf },
    /// There is no journal, and none was to be made.
    Missing { file: PathBuf },
    /// The file, or the directory that SQLite keeps its log in, cannot be written.
    ReadOnly { file: PathBuf },
    /// The disk, or the quota, is full.
    Full { file: PathBuf },
    /// The disk failed while it was read or written. What was being recorded may be there when the journal is next
    /// opened, or not: a write-ahead log is read again then.
    Io { file: PathBuf, why: String },
    /// Another program has kept the journal locked for longer than we wait.
    Locked { file: PathBuf },
    /// The file is not an SQLite database.
    NotADatabase { file: PathBuf },
    /// The file is a database, of another program.
    NotAJournal { file: PathBuf },
    /// The journal was written by a newer pxdesk.
    Newer { file: PathBuf, found: i64, known: i64 },
    /// SQLite says that the file is damaged.
    Damaged { file: PathBuf, why: String },
    /// The journal's key file is not there.
    NoKey { file: PathBuf, journal: PathBuf },
    /// The key file does not hold a key, or not this journal's; `why` continues "it …".
    WrongKey { file: PathBuf, journal: PathBuf, why: String },
    /// Others than its owner may read the key file.
    OpenKey { file: PathBuf, mode: u32 },
    /// There is no connection to the server, and nothing was recorded.
    Away { file: PathBuf, why: String },
    /// The connection was lost while something was recorded, and nobody can say whether it was.
    Unknown { file: PathBuf, why: String },
    /// The server cannot keep a journal as it is set up; `why` continues "the server …".
    Unfit { file: PathBuf, why: String },
    /// The server does not let this user connect: the name or the password is not right.
    Login { file: PathBuf, why: String },
    /// The password for the server cannot be had.
    NoPassword { file: PathBuf, why: String },
    /// The server does not let this user do that.
    Role { file: PathBuf, why: String },
    /// This user's database role is an agent's, and `why` says what only a supervisor may do.
    Reserved { file: PathBuf, why: String },
    /// The server has no database of that name.
    NoDatabase { file: PathBuf },
    /// This worker does not hold the lease any more: another one may work.
    Fenced { file: PathBuf },
    /// The server's disk is full.
    ServerFull { file: PathBuf },
    /// Anything else that the system or SQLite said.
    Failed { file: PathBuf, why: String },
}

/// How an open journal was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// There is no file at its path.
    Gone,
    /// Another file is at its path.
    Replaced,
    /// The log beside it was removed or replaced.
    LogGone,
    /// Another copy was written over it.
    WrittenOver,
}

impl Lost {
    fn what(self) -> &'static str {
        match self {
            Self::Gone => "was deleted or moved while it was open",
            Self::Replaced => "was replaced by another file while it was open",
            Self::LogGone => "lost its log, the file beside it whose name ends in -wal, while it was open",
            Self::WrittenOver => "was written over with another copy while it was open",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken { field, kind, thing } => {
                write!(f, "this {field} already belongs to {kind} {thing}; identifiers are never used twice")
            }
            Self::Conflict { kind, thing } => {
                write!(f, "{kind} {thing} was changed from somewhere else meanwhile; look at it again")
            }
            Self::NotFound { kind, thing } => write!(f, "there is no {kind} {thing}"),
            Self::Broken { file, kind, thing, why } => write!(
                f,
                "{kind} {thing} in the journal {} cannot be read: {why}. Run `pxdesk journal verify`, and restore a \
                 backup",
                file.display()
            ),
            Self::Doubted { file, doubt } if !doubt.may_be_accepted() => {
                write!(f, "the journal {} {doubt}. Nothing is sent or recorded with it", file.display())
            }
            Self::Doubted { file, doubt } => write!(
                f,
                "the journal {} {doubt}. Nothing is sent or recorded with it. Put the right journal back; or a \
                 supervisor runs `pxdesk journal accept --by NAME --reason TEXT`, which is recorded, and this journal is \
                 used from then on",
                file.display()
            ),
            Self::NoKey { file, journal } => write!(
                f,
                "the key file {} is missing; without it the personal data in the journal {} cannot be read. {}",
                file.display(),
                journal.display(),
                if is_on_a_server(journal) {
                    "Copy it from another machine of the floor, mode 0600, or put it back from a backup"
                } else {
                    "Put it back from a backup"
                }
            ),
            Self::WrongKey { file, journal, why } => write!(
                f,
                "the key file {} is not the one of the journal {}: it {why}. Put the right one back",
                file.display(),
                journal.display()
            ),
            Self::OpenKey { file, mode } => write!(
                f,
                "the key file {} can be read by others (mode {mode:03o}). Run: chmod 600 {0}",
                file.display()
            ),
            Self::Failed { file, why } => write!(f, "{}: {why}", file.display()),
            Self::Away { .. }
            | Self::Unknown { .. }
            | Self::Unfit { .. }
            | Self::Login { .. }
            | Self::NoPassword { .. }
            | Self::Role { .. }
            | Self::Reserved { .. }
            | Self::NoDatabase { .. }
            | Self::ServerFull { .. }
            | Self::Fenced { .. } => self.of_the_server(f),
            Self::Missing { .. }
            | Self::ReadOnly { .. }
            | Self::Full { .. }
            | Self::Io { .. }
            | Self::Locked { .. }
            | Self::NotADatabase { .. }
            | Self::NotAJournal { .. }
            | Self::Newer { .. }
            | Self::Lost { .. }
            | Self::Closed { .. }
            | Self::Damaged { .. } => self.of_the_file(f),
        }
    }
}

impl Error {
    /// Whether it is about one thing alone, and says nothing about the others.
    pub fn is_of_one(&self) -> bool {
        matches!(
            self,
            Self::Taken { .. } | Self::Conflict { .. } | Self::NotFound { .. } | Self::Broken { .. }
        )
    }

    /// What happened, without what a person does about it where that depends on who waits for the journal.
    pub fn what(&self) -> String {
        match self {
            // What was recorded before it is recorded all the same.
            Self::Away { file, why } => format!(
                "the journal {} cannot be reached: {why}. This was not recorded, and nothing is sent without it",
                file.display()
            ),
            other => other.to_string(),
        }
    }

    /// What makes the journal take again what it refused with this error.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Full { .. } => "Make room on the disk.",
            Self::Lost { .. } => "Put the right journal file back, then start pxdesk again.",
            Self::Doubted { doubt, .. } if doubt.may_be_accepted() => {
                "Put the right journal back, or let a supervisor accept this one with `pxdesk journal accept`."
            }
            Self::Doubted { doubt, .. } if doubt.is_of_its_place() => {
                "Do what it says; then start pxdesk again. No backup is needed."
            }
            Self::Doubted { .. } | Self::Broken { .. } | Self::Damaged { .. } => {
                "Restore a backup of the journal."
            }
            Self::NotFound { .. }
            | Self::Missing { .. }
            | Self::NotADatabase { .. }
            | Self::NotAJournal { .. }
            | Self::Taken { .. } => "Put the right journal back: the one that is there does not know of it.",
            Self::ReadOnly { .. } => "Give this user the right to write the journal and its folder.",
            Self::Locked { .. } => "Close the other program that keeps the journal locked.",
            Self::Io { .. } | Self::Failed { .. } => "Check the disk that the journal is on.",
            Self::Away { .. } | Self::Unknown { .. } => "Get the database server running again.",
            Self::Unfit { .. } => "Ask the database's administrator to fix the server.",
            Self::Login { .. } => "Check the database's user, and its password.",
            Self::NoPassword { .. } => "Put the database's password where the configuration says that it is.",
            Self::Role { .. } => "Ask the database's administrator to grant the role.",
            Self::Reserved { .. } => "Ask a supervisor to do it.",
            Self::NoDatabase { .. } => "Check the database's name in the configuration, or have it created.",
            Self::ServerFull { .. } => "Make room on the database server's disk.",
            Self::Closed { .. } => "Start pxdesk again.",
            Self::Fenced { .. } => "Nothing to do: the worker that holds the lease will check it again.",
            Self::Conflict { .. } => "Look at it again.",
            Self::Newer { .. } => "Update pxdesk.",
            Self::NoKey { .. } | Self::WrongKey { .. } | Self::OpenKey { .. } => {
                "Put the journal's key file right: `pxdesk doctor` says how."
            }
        }
    }

    /// The errors that are about the journal's file as a whole.
    fn of_the_file(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut say =
            |file: &Path, what: &dyn fmt::Display| write!(f, "the journal {} {what}", file.display());
        match self {
            Self::Missing { file } => say(file, &"does not exist. Add an order to begin it"),
            Self::Lost { file, how } => say(
                file,
                &format_args!(
                    "{}. Nothing is sent or recorded any more. Put the right file back, then start pxdesk again",
                    how.what()
                ),
            ),
            Self::Closed { file } => say(file, &"was closed: pxdesk is ending"),
            Self::ReadOnly { file } => say(
                file,
                &"cannot be written, or its directory cannot: SQLite keeps a log beside the file, also to read it. Nothing \
                  was recorded. Give this user the right to write both",
            ),
            Self::Full { file } => say(
                file,
                &"cannot grow: the disk is full, and to read it takes room as well. Nothing was recorded. Make room, then try again",
            ),
            Self::Io { file, why } => say(
                file,
                &format_args!(
                    "could not be read or written: {why}. Whether the last step was recorded is not certain. Check \
                     the disk, then check the order before going on"
                ),
            ),
            Self::Locked { file } => say(
                file,
                &"was kept locked by others for too long. This was not recorded. Try again; if no other pxdesk is at \
                  work on it, close what else has it open",
            ),
            Self::NotADatabase { file } => {
                say(file, &"is not a pxdesk journal: it is not a database at all. Name another file")
            }
            Self::NotAJournal { file } => {
                say(file, &"is not a pxdesk journal: it is another program's database. Name another one")
            }
            Self::Newer { file, found, known } => say(
                file,
                &format_args!(
                    "is of version {found}, from a newer pxdesk; this one knows version {known}. Update pxdesk"
                ),
            ),
            Self::Damaged { file, why } => say(
                file,
                &format_args!(
                    "is damaged: {why}. Keep the file, restore a backup, then run `pxdesk journal verify`"
                ),
            ),
            Self::Taken { .. }
            | Self::Conflict { .. }
            | Self::NotFound { .. }
            | Self::Doubted { .. }
            | Self::Broken { .. }
            | Self::NoKey { .. }
            | Self::WrongKey { .. }
            | Self::OpenKey { .. }
            | Self::Away { .. }
            | Self::Unknown { .. }
            | Self::Unfit { .. }
            | Self::Login { .. }
            | Self::NoPassword { .. }
            | Self::Role { .. }
            | Self::Reserved { .. }
            | Self::NoDatabase { .. }
            | Self::Fenced { .. }
            | Self::ServerFull { .. }
            | Self::Failed { .. } => Ok(()),
        }
    }

    /// A list is gone, and things that stood in it are there.
    pub(super) fn lost_list(file: &Path, table: &str) -> Self {
        let why = format!("the table `{table}` is missing, and was there: something stood in it");
        Self::Damaged { file: file.to_owned(), why }
    }
}

/// Whether a journal is on a server, by what is shown of its place.
fn is_on_a_server(place: &Path) -> bool {
    place.to_str().is_some_and(|place| place.starts_with("postgres"))
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_that_keeps_an_answer_out_has_its_own_words() {
        let file = || PathBuf::from("j.db");
        let causes = [
            Error::Full { file: file() },
            Error::Lost { file: file(), how: Lost::Gone },
            Error::Doubted { file: file(), doubt: Doubt::Forged },
            Error::NotFound { kind: "order", thing: "7".to_owned() },
            Error::ReadOnly { file: file() },
            Error::Locked { file: file() },
            Error::Io { file: file(), why: "EIO".to_owned() },
        ];
        let words: std::collections::BTreeSet<_> = causes.iter().map(Error::remedy).collect();
        assert_eq!(words.len(), causes.len(), "{words:?}");
        assert!(causes[0].remedy().contains("room on the disk"));
        assert!(causes[1..].iter().all(|cause| !cause.remedy().contains("room on the disk")));
    }
}
