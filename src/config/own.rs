//! Files that are no place for a secret of ours: the program's own, and those that another setting names as well.

use super::file::File;
use super::home;
use super::places::Places;
use crate::credentials::Store;
use crate::journal::{Place, real, stands_beside};
use crate::order::Environment;
use std::path::{Path, PathBuf};

/// Every file that a setting names, with the key of that, whichever environment it is for.
pub fn named(file: &File, folder: &Path, data: &Path, home: Option<&Path>) -> Vec<(String, PathBuf)> {
    let mut named = Vec::new();
    for environment in Environment::ALL {
        let mut file = file.clone();
        // A path that has no whole is of weight for nobody here: it is told where it is read.
        if home::expand(&mut file, environment, home).is_err() {
            continue;
        }
        let paths = home::paths(&mut file, environment).into_iter();
        named.extend(paths.filter_map(|(key, path)| {
            let path = path.filter(|path| !matches!(path.as_str(), "keyring" | "keyutils"))?;
            let below = if key == "journal.key_file" { data } else { folder };
            (key != "journal.url").then(|| (key, below.join(path.as_str())))
        }));
    }
    named.sort();
    named.dedup();
    named
}

/// The other setting of `named` that is about the file of `key`, if there is one.
pub fn shared<'n>(named: &'n [(String, PathBuf)], key: &str, file: &Path) -> Option<&'n str> {
    let file = whole(file);
    let other = named.iter().find(|(other, path)| other != key && whole(path) == file);
    other.map(|(other, _)| other.as_str())
}

/// Refuses a place for a secret that is one of the program's own files: `login` would write over it.
///
/// # Errors
/// Names the setting.
pub fn refuse(key: &str, store: &Store, path: &Path, journal: &Place, places: &Places) -> Result<(), String> {
    let Store::File(file) = store else { return Ok(()) };
    let is = whole(file);
    let what = if is == whole(path) {
        "the configuration itself"
    } else if is_of_the_journal(&is, journal, places) {
        "of the journal, or its key"
    } else if is_kept(&is, places) {
        "what pxdesk itself keeps"
    } else {
        return Ok(());
    };
    Err(format!("{key} names {}, which is {what}; name another file", file.display()))
}

fn is_of_the_journal(file: &Path, journal: &Place, places: &Places) -> bool {
    let usual = places.data.join("pxdesk.db");
    let journals = [journal.file(), Some(usual.as_path())];
    let beside = |journal: &Path| whole(journal) == *file || stands_beside(journal, file);
    journals.into_iter().flatten().any(beside) || whole(&journal.key_file()) == *file
}

fn is_kept(file: &Path, places: &Places) -> bool {
    let Places { data, state, .. } = places;
    let folders = [data.join("training"), state.join("spool"), state.join("sent"), state.join("journals")];
    let embedded = ["json", "lock"].map(|end| data.join("embedded-px").with_extension(end));
    folders.iter().any(|folder| file.starts_with(whole(folder)))
        || embedded.iter().any(|own| whole(own) == *file)
}

/// The file that a path means, whatever links lead to it.
fn whole(path: &Path) -> PathBuf {
    let path = real(path);
    std::path::absolute(&path).unwrap_or(path)
}
