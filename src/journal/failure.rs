//! What went wrong before it is known which journal it is about.

use super::error::Error;
use std::io;
use std::path::Path;

/// A failure of SQLite or of the system, the journal's path left out.
pub enum Failure {
    Sql(rusqlite::Error),
    Io(io::Error),
    Told(Error),
}

impl Failure {
    /// What it means for the journal at `file`.
    pub fn of(self, file: &Path) -> Error {
        match self {
            Self::Sql(error) => Error::of(file, &error),
            Self::Io(error) => Error::Failed { file: file.to_owned(), why: error.to_string() },
            Self::Told(error) => error,
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Told(error)
    }
}
