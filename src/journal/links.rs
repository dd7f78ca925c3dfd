//! Where the files of a journal are that is named by a link.

use super::keyfile;
use std::io;
use std::path::{Path, PathBuf};

/// The file that links lead to from `named`, so that all who open it keep one log and one memory of it. Where there are none,
/// and where nothing can be found out, the name stays as it is.
pub fn real(named: &Path) -> PathBuf {
    let found = named.canonicalize().or_else(|error| {
        let name = named.file_name().ok_or(error)?;
        let folder = named.parent().filter(|folder| !folder.as_os_str().is_empty());
        Ok::<_, io::Error>(folder.unwrap_or(Path::new(".")).canonicalize()?.join(name))
    });
    let is_named = |found: &PathBuf| std::path::absolute(named).is_ok_and(|whole| whole == *found);
    found.ok().filter(|found| !is_named(found)).unwrap_or_else(|| named.to_owned())
}

/// Where the key of the journal in `file` is: beside the link that leads there, if it is not beside the file.
pub fn key_of(file: &Path, named: &Path) -> PathBuf {
    let (beside, linked) = (keyfile::path_of(file), keyfile::path_of(named));
    if !beside.exists() && linked.exists() { linked } else { beside }
}
