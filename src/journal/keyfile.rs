//! The key file beside the journal: 64 hexadecimal digits that only their owner may read.

use super::Error;
use super::blind::BlindKey;
use super::chain::{ChainKey, Head, JournalId, same};
use super::seal::{KEY, Key};
use crate::files::{draft_of, name_it, private, settle};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What is made from the bytes of a key file.
#[derive(Clone)]
pub struct Keys {
    /// Seals the keys of things.
    pub seal: Key,
    /// Makes the chains.
    pub chain: ChainKey,
    /// Makes the terms of the blind index.
    pub blind: BlindKey,
}

/// Where the key of the journal at `journal` is: `pxdesk.db` has `pxdesk.key`.
pub fn path_of(journal: &Path) -> PathBuf {
    journal.with_extension("key")
}

/// Reads the key of `journal` from `file`.
pub fn read_at(file: &Path, journal: &Path) -> Result<Keys, Error> {
    let missing = |e: &io::Error| match e.kind() {
        io::ErrorKind::NotFound => Error::NoKey { file: file.to_owned(), journal: journal.to_owned() },
        _ => Error::Failed { file: file.to_owned(), why: e.to_string() },
    };
    let found = fs::metadata(file).map_err(|e| missing(&e))?;
    if !found.is_file() {
        // To read it might never end.
        return Err(Error::Failed { file: file.to_owned(), why: "is not a file".to_owned() });
    }
    check_mode(file, &found)?;
    let text = Zeroizing::new(fs::read(file).map_err(|e| missing(&e))?);
    let mut bytes = Zeroizing::new([0; KEY]);
    hex::decode_to_slice(text.trim_ascii(), bytes.as_mut_slice()).map_err(|_| Error::WrongKey {
        file: file.to_owned(),
        journal: journal.to_owned(),
        why: "does not hold 64 hexadecimal digits".to_owned(),
    })?;
    Ok(Keys { seal: Key::new(&bytes), chain: ChainKey::derive(&bytes), blind: BlindKey::derive(&bytes) })
}

/// Nothing, while `file` holds the key that `keys` were made of. Without it what is recorded is lost to everybody once the last
/// process has ended that read it.
///
/// # Errors
/// [`Error::NoKey`] and [`Error::WrongKey`]; and when it cannot be read.
pub fn stays(file: &Path, journal: &Path, keys: &Keys) -> Result<(), Error> {
    let tells = |keys: &Keys| keys.chain.head(JournalId([0; 16]), &Head::EMPTY);
    if same(&tells(&read_at(file, journal)?), &tells(keys)) {
        return Ok(());
    }
    let why = "was put in the place of the right one while this was open".to_owned();
    Err(Error::WrongKey { file: file.to_owned(), journal: journal.to_owned(), why })
}

/// Reads the key of `journal` from `file`, or makes one when there is none. Of two processes that make one at once, both get
/// the same: the file appears whole, or not at all.
pub fn read_or_make_at(file: PathBuf, journal: &Path) -> Result<Keys, Error> {
    if !file.exists() {
        match make(&file) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => {
                return Err(Error::Failed { why: format!("no key could be made: {e}"), file });
            }
            Ok(()) | Err(_) => {}
        }
    }
    read_at(&file, journal)
}

/// Nothing, when nobody but its owner may read a file with a secret in it.
///
/// # Errors
/// When others may, or when it cannot be looked at.
pub fn only_ours(file: &Path) -> Result<(), Error> {
    let found =
        fs::metadata(file).map_err(|e| Error::Failed { file: file.to_owned(), why: e.to_string() })?;
    check_mode(file, &found)
}

fn make(file: &Path) -> io::Result<()> {
    let mut bytes = Zeroizing::new([0; KEY]);
    getrandom::fill(bytes.as_mut_slice()).map_err(io::Error::other)?;
    let text = Zeroizing::new(hex::encode(bytes.as_slice()));
    let draft = draft_of(file)?;
    let written = private(OpenOptions::new().write(true).create_new(true))
        .open(&draft)
        .and_then(|mut out| writeln!(out, "{}", *text).and_then(|()| out.sync_all()))
        .and_then(|()| name_it(&draft, file));
    fs::remove_file(&draft).ok();
    written.and_then(|()| settle(file))
}

#[cfg(unix)]
fn check_mode(file: &Path, found: &fs::Metadata) -> Result<(), Error> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o777;
    let others = mode & 0o077;
    if others == 0 { Ok(()) } else { Err(Error::OpenKey { file: file.to_owned(), mode }) }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
fn check_mode(_: &Path, _: &fs::Metadata) -> Result<(), Error> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn read_or_make(journal: &Path) -> Result<Keys, Error> {
        read_or_make_at(path_of(journal), journal)
    }

    #[test]
    fn a_key_is_made_once() {
        let dir = tempfile::tempdir().unwrap();
        let journal = dir.path().join("j.db");
        let key = |made: Result<Keys, Error>| made.unwrap().seal.seal([0; 24], "", b"the same under one key");
        let first = key(read_or_make(&journal));
        assert_eq!(make(&path_of(&journal)).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(
            (key(read_or_make(&journal)), key(read_at(&path_of(&journal), &journal))),
            (first.clone(), first.clone())
        );
        assert_ne!(key(read_or_make(&dir.path().join("k.db"))), first);
    }

    #[test]
    fn a_key_that_is_gone_or_another_one_does_not_stay() {
        let dir = tempfile::tempdir().unwrap();
        let (journal, other) = (dir.path().join("j.db"), dir.path().join("k.db"));
        let keys = read_or_make(&journal).unwrap();
        let stays = || super::stays(&path_of(&journal), &journal, &keys);
        stays().unwrap();
        let right = fs::read(path_of(&journal)).unwrap();
        read_or_make(&other).unwrap();
        fs::copy(path_of(&other), path_of(&journal)).unwrap();
        assert!(matches!(stays(), Err(Error::WrongKey { .. })));
        fs::write(path_of(&journal), "nothing of the kind").unwrap();
        assert!(matches!(stays(), Err(Error::WrongKey { .. })));
        fs::remove_file(path_of(&journal)).unwrap();
        assert!(matches!(stays(), Err(Error::NoKey { .. })));
        private(OpenOptions::new().write(true).create_new(true))
            .open(path_of(&journal))
            .unwrap()
            .write_all(&right)
            .unwrap();
        stays().unwrap();
        let files = fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(files, 2, "no draft stays behind");
    }

    #[test]
    fn a_key_that_cannot_be_made_is_told_from_one_that_cannot_be_read() {
        let dir = tempfile::tempdir().unwrap();
        let nowhere = read_or_make(&dir.path().join("no/such/folder/j.db"));
        assert!(matches!(nowhere, Err(Error::Failed { .. })));
        // The name is taken by a link to nothing: another process may be as far.
        let journal = dir.path().join("j.db");
        std::os::unix::fs::symlink(dir.path().join("nothing"), path_of(&journal)).unwrap();
        let taken = read_or_make(&journal);
        assert!(matches!(taken, Err(Error::NoKey { .. })));
    }
}
