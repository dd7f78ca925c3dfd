//! What SQLite says of a journal in a file, as what it means for people.

use super::Error;
use std::path::{Path, PathBuf};

/// `SQLITE_IOERR_SHMSIZE`.
const SHM_SIZE: i32 = 4874;

impl Error {
    /// What `error` means for the journal at `file`.
    pub(in crate::journal) fn of(file: &Path, error: &rusqlite::Error) -> Self {
        let file = file.to_owned();
        match error {
            rusqlite::Error::SqliteFailure(failure, why) => {
                let why = why.clone().unwrap_or_else(|| failure.to_string());
                Self::of_code(file, failure.extended_code, why)
            }
            rusqlite::Error::QueryReturnedNoRows => {
                Self::Damaged { file, why: "a row that every journal has is missing".to_owned() }
            }
            rusqlite::Error::StatementChangedRows(_) => {
                let why = "a row that was to be written was not: something in it is not pxdesk's".to_owned();
                Self::Damaged { file, why }
            }
            other => Self::Failed { file, why: other.to_string() },
        }
    }

    fn of_code(file: PathBuf, code: i32, why: String) -> Self {
        // The primary code is the low byte: https://www.sqlite.org/rescode.html
        match code & 0xff {
            // The file that SQLite shares its log by cannot grow.
            _ if code == SHM_SIZE => Self::Full { file },
            5 | 6 | 15 => Self::Locked { file },
            8 => Self::ReadOnly { file },
            10 => Self::Io { file, why },
            11 => Self::Damaged { file, why },
            13 => Self::Full { file },
            1 if why.starts_with("no such ") => Self::Damaged { file, why },
            26 => Self::NotADatabase { file },
            _ => Self::Failed { file, why },
        }
    }
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
            (4874, "Full"),
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
