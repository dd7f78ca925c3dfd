//! What can go wrong with a journal, in words for people: which file, what happened, what to do.

use crate::order::OrderId;
use std::fmt;
use std::path::{Path, PathBuf};

/// Why the journal did not do what it was asked. After any of these but [`Error::Io`] it is as it was before.
#[derive(Debug)]
pub enum Error {
    /// The identifier is already used in that environment, by this order.
    Taken { field: &'static str, order: OrderId },
    /// The order has moved on since it was read: read it again, decide again.
    Conflict { order: OrderId },
    /// There is no such order.
    NoOrder { order: OrderId },
    /// What is stored of this order makes no sense: `journal verify` tells more.
    Broken { file: PathBuf, order: String, why: String },
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
    /// Anything else that the system or SQLite said.
    Failed { file: PathBuf, why: String },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken { field, order } => {
                write!(f, "this {field} already belongs to order {order}; identifiers are never used twice")
            }
            Self::Conflict { order } => {
                write!(f, "order {order} was changed from somewhere else meanwhile; look at it again")
            }
            Self::NoOrder { order } => write!(f, "there is no order {order}"),
            Self::Broken { file, order, why } => write!(
                f,
                "order {order} in the journal {} cannot be read: {why}. Run `pxdesk journal verify`, and restore a \
                 backup",
                file.display()
            ),
            Self::NoKey { file, journal } => write!(
                f,
                "the key file {} is missing; without it the personal data in the journal {} cannot be read. Put it \
                 back from a backup",
                file.display(),
                journal.display()
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
            Self::Missing { .. }
            | Self::ReadOnly { .. }
            | Self::Full { .. }
            | Self::Io { .. }
            | Self::Locked { .. }
            | Self::NotADatabase { .. }
            | Self::NotAJournal { .. }
            | Self::Newer { .. }
            | Self::Damaged { .. } => self.of_the_file(f),
        }
    }
}

impl Error {
    /// The errors that are about the journal's file as a whole.
    fn of_the_file(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut say =
            |file: &Path, what: &dyn fmt::Display| write!(f, "the journal {} {what}", file.display());
        match self {
            Self::Missing { file } => say(file, &"does not exist. Take an order in to begin it"),
            Self::ReadOnly { file } => say(
                file,
                &"cannot be written, or its directory cannot: SQLite keeps a log beside the file. Nothing was \
                  recorded. Give this user the right to write both",
            ),
            Self::Full { file } => {
                say(file, &"cannot grow: the disk is full. Nothing was recorded. Make room, then try again")
            }
            Self::Io { file, why } => say(
                file,
                &format_args!(
                    "could not be read or written: {why}. Whether the last step was recorded is not certain. See to \
                     the disk, then look at the order again before going on"
                ),
            ),
            Self::Locked { file } => say(
                file,
                &"is kept locked by another program. Nothing was recorded. Close what else has it open, then try \
                  again",
            ),
            Self::NotADatabase { file } => {
                say(file, &"is not a pxdesk journal: it is not a database at all. Name another file")
            }
            Self::NotAJournal { file } => {
                say(file, &"is not a pxdesk journal: it is another program's database. Name another file")
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
            | Self::NoOrder { .. }
            | Self::Broken { .. }
            | Self::NoKey { .. }
            | Self::WrongKey { .. }
            | Self::OpenKey { .. }
            | Self::Failed { .. } => Ok(()),
        }
    }

    /// What `error` means for the journal at `file`.
    pub(super) fn of(file: &Path, error: &sqlx::Error) -> Self {
        match sqlite(error) {
            Some((code, why)) => Self::of_code(file.to_owned(), code, why),
            None => Self::Failed { file: file.to_owned(), why: error.to_string() },
        }
    }

    fn of_code(file: PathBuf, code: i32, why: String) -> Self {
        // The primary code is the low byte: https://www.sqlite.org/rescode.html
        match code & 0xff {
            5 | 6 | 15 => Self::Locked { file },
            8 => Self::ReadOnly { file },
            10 => Self::Io { file, why },
            11 => Self::Damaged { file, why },
            13 => Self::Full { file },
            26 => Self::NotADatabase { file },
            _ => Self::Failed { file, why },
        }
    }
}

impl std::error::Error for Error {}

/// SQLite's extended code and message, when `error` is SQLite's.
pub(super) fn sqlite(error: &sqlx::Error) -> Option<(i32, String)> {
    let error = error.as_database_error()?;
    Some((error.code()?.parse().ok()?, error.message().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_sqlite_is_told_by_its_low_byte() {
        for (code, kind) in [
            (5, "Locked"),
            (6, "Locked"),
            (15, "Locked"),
            (261, "Locked"), // SQLITE_BUSY_RECOVERY
            (8, "ReadOnly"),
            (1032, "ReadOnly"), // SQLITE_READONLY_DBMOVED
            (10, "Io"),
            (1034, "Io"), // SQLITE_IOERR_FSYNC
            (11, "Damaged"),
            (13, "Full"),
            (26, "NotADatabase"),
            (1, "Failed"),
            (19, "Failed"),
        ] {
            let error = format!("{:?}", Error::of_code("j.db".into(), code, "why".to_owned()));
            assert!(error.starts_with(kind), "{code}: {error}");
        }
    }
}
