//! How often a call that must not be done twice was begun on this machine, kept apart from the journal: so that it is not
//! begun again with a journal that does not know of it, an older copy that a supervisor has accepted for instance.

use crate::files::{has_no_place, private, private_folder};
use crate::kind::Digest;
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The folder that this is kept in: one line for each time, in a file with those whose digests begin alike.
#[derive(Debug)]
pub struct Sent {
    folder: PathBuf,
    /// Where in its file the next note of a call has room, by the call's name: written before the call is begun, so that a
    /// disk that has filled up meanwhile does not keep the note out.
    room: Mutex<HashMap<String, u64>>,
}

/// How long a line is, with the line ends around it. One that was cut short ends there, and does not spoil the next one.
const LINE: usize = 32;

impl Sent {
    /// That in `folder`, which need not be there yet.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder, room: Mutex::default() }
    }

    /// How often the call of this name was begun. A line that was cut short counts where it may be one of this name.
    ///
    /// # Errors
    /// Says which file cannot be read.
    pub fn times(&self, name: &str) -> Result<usize, String> {
        let (file, line) = self.place(name);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            // Nothing was ever kept there.
            Err(error) if error.kind() == io::ErrorKind::NotFound || has_no_place(&self.folder) => {
                return Ok(0);
            }
            Err(error) => return Err(format!("cannot read {}: {error}", file.display())),
        };
        let may_be_it = |known: &str| !known.is_empty() && line.starts_with(known);
        Ok(text.lines().filter(|known| may_be_it(known.trim_end())).count())
    }

    /// Makes room for noting it once more.
    ///
    /// # Errors
    /// Says which file cannot be written.
    pub fn room_for(&self, name: &str) -> Result<(), String> {
        if has_no_place(&self.folder) { Ok(()) } else { self.make_room(name, &self.place(name).0) }
    }

    /// Notes that the call of this name is begun once more. Not waited for until it is on disk: after a power cut the
    /// journal itself is the better witness.
    ///
    /// # Errors
    /// Says what the system refused.
    pub fn note(&self, name: &str) -> Result<(), String> {
        let (file, line) = self.place(name);
        let room = self.room().remove(name);
        let text = format!("\n{line}\n");
        let written = match room {
            Some(at) => OpenOptions::new().write(true).open(&file).and_then(|mut open| {
                open.seek(SeekFrom::Start(at))?;
                open.write_all(text.as_bytes())
            }),
            None => self.open(&file)?.write_all(text.as_bytes()),
        };
        written.map_err(|e| format!("cannot write {}: {e}", file.display()))
    }

    fn make_room(&self, name: &str, file: &Path) -> Result<(), String> {
        let mut room = self.room();
        if room.contains_key(name) && file.exists() {
            return Ok(());
        }
        let blank = format!("\n{:LINE$}\n", "");
        let mut open = self.open(file)?;
        // Where an addition ended: others add to the same file.
        let end = open.write_all(blank.as_bytes()).and_then(|()| open.stream_position());
        let end = end.map_err(|e| format!("cannot write {}: {e}", file.display()))?;
        room.insert(name.to_owned(), end.saturating_sub(blank.len() as u64));
        Ok(())
    }

    fn room(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file, to add to; made where there is none.
    fn open(&self, file: &Path) -> Result<File, String> {
        let mut options = OpenOptions::new();
        let options = private(options.append(true).create(true));
        let opened = options.open(file).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                private_folder().recursive(true).create(&self.folder).and_then(|()| options.open(file))
            }
            _ => Err(error),
        });
        opened.map_err(|e| format!("cannot write {}: {e}", file.display()))
    }

    /// The file, and the line in it, of this name. Nobody can read anything from either.
    fn place(&self, name: &str) -> (PathBuf, String) {
        let digest = Digest::of(name.as_bytes()).to_string();
        (self.folder.join(&digest[..2]), digest[2..2 + LINE].to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = "order production T-1";

    #[test]
    fn what_was_begun_is_counted_and_a_line_cut_short_spoils_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let sent = Sent::at(dir.path().join("state/sent"));
        assert_eq!(sent.times(CALL), Ok(0));
        sent.note(CALL).unwrap();
        let (file, line) = sent.place(CALL);
        fs::write(&file, format!("{}{}", fs::read_to_string(&file).unwrap(), &line[..9])).unwrap();
        assert_eq!(sent.times(CALL), Ok(2), "the line that was cut short is of it");
        sent.note(CALL).unwrap();
        sent.note(CALL).unwrap();
        assert_eq!((sent.times(CALL), sent.times("order production T-2")), (Ok(4), Ok(0)));
        assert!(!fs::read_to_string(&file).unwrap().contains("T-1"));
        fs::write(&file, [0xff]).unwrap();
        assert!(sent.times(CALL).unwrap_err().contains("cannot read"));
    }

    #[test]
    fn a_note_takes_the_room_that_was_made_for_it_and_two_processes_take_each_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (Sent::at(dir.path().to_owned()), Sent::at(dir.path().to_owned()));
        for sent in [&one, &other, &one] {
            sent.room_for(CALL).unwrap();
            assert_eq!(sent.times(CALL), Ok(0));
        }
        let file = one.place(CALL).0;
        let long = fs::metadata(&file).unwrap().len();
        one.note(CALL).unwrap();
        other.note(CALL).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().len(), long, "nothing was added");
        assert_eq!(one.times(CALL), Ok(2));
    }
}
