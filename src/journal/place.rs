//! Where a journal is.

use super::postgres::Address;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a journal is: in a file, or on a server.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    File(PathBuf),
    Server(Box<Address>),
}

impl Place {
    /// The file that holds its key.
    pub fn key_file(&self) -> PathBuf {
        match self {
            Self::File(file) => super::links::key_of(&super::links::real(file), file),
            Self::Server(address) => address.key.clone(),
        }
    }

    /// The file it is in, if it is in one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(file) => Some(file),
            Self::Server(_) => None,
        }
    }

    /// What stands beside the file of earlier versions of it: the migration to each version keeps what it began with.
    pub fn kept_by_migrations(&self) -> Vec<PathBuf> {
        let Some(file) = self.file() else { return Vec::new() };
        let kept = |version: i64| super::copy::kept_at(&file.with_extension(format!("v{version}.db")));
        let versions = 1..super::schema::VERSION;
        versions.flat_map(|version| kept(version).take_while(|kept| kept.exists())).collect()
    }
}

impl From<&Path> for Place {
    fn from(file: &Path) -> Self {
        Self::File(file.to_owned())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => file.display().fmt(f),
            Self::Server(address) => f.write_str(&address.shown),
        }
    }
}
