//! Answers that the journal has not taken yet. An answer in hand is never given up: it is kept in memory, and where the
//! system allows it in a file of its own, until the journal has it.
//!
//! A file is sealed with the journal's key, whole before it has its name, and named without saying what it is about. Who
//! finds one whose process is gone offers it to the journal before anything else is said of that call.

use crate::files::{has_no_place, private, private_folder, settle};
use crate::journal::Journal;
use crate::kind::Digest;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// The end of a file's name once it is whole.
const WHOLE: &str = "sealed";
/// The end of the name of one that takes up room.
const DRAFT: &str = "room";
/// How much room an answer has, in bytes: those that must not be lost are short.
const ROOM: usize = 16 * 1024;

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
pub struct Entry<O> {
    pub environment: String,
    pub thing: String,
    pub attempt: u32,
    /// The process that made the call. While it lives, the answer is its own.
    pub owner: String,
    pub outcome: O,
}

/// An answer that is in memory.
pub struct Held {
    pub name: String,
    pub kind: &'static str,
    pub thing: String,
    /// What it says, in one line.
    pub answer: String,
    /// The entry, as JSON.
    pub entry: Zeroizing<Vec<u8>>,
    /// The same, shorter, for when there is no room for all of it.
    pub brief: Option<Zeroizing<Vec<u8>>>,
    /// True when it is in a file as well.
    pub kept: bool,
    /// What makes the journal take it, as far as is known.
    pub remedy: Option<&'static str>,
}

/// An answer that the journal has not taken yet, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unrecorded {
    /// The kind of what it is about.
    pub kind: &'static str,
    pub thing: String,
    /// What it says, in one line.
    pub answer: String,
    /// True when it outlives this process.
    pub kept: bool,
    /// What makes the journal take it; none until it was offered.
    pub remedy: Option<&'static str>,
}

/// The name that an answer is kept under: the kind, and what no one can read anything from.
pub fn name(kind: &str, thing: &str, attempt: u32, owner: &str) -> String {
    let about = Digest::of(format!("{kind}\0{thing}\0{attempt}\0{owner}").as_bytes()).to_string();
    format!("{kind}-{}", &about[..32])
}

/// Seals what is kept outside of the journal, with the journal's key.
pub trait Sealer {
    /// Seals `plain`; it opens only with the same `about`.
    ///
    /// # Errors
    /// Says why not.
    fn seal(&self, about: &str, plain: &[u8]) -> Result<Vec<u8>, String>;

    /// Opens what was sealed; none when that was not done by this journal, or was about something else.
    fn open(&self, about: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>>;
}

impl Sealer for Journal {
    fn seal(&self, about: &str, plain: &[u8]) -> Result<Vec<u8>, String> {
        self.seal_aside(about, plain).map_err(|e| e.to_string())
    }

    fn open(&self, about: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.open_aside(about, sealed)
    }
}

/// The folder that the files are in.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    room: Mutex<Room>,
}

/// Files that take up room on the disk until an answer needs it.
#[derive(Debug, Default)]
struct Room {
    /// How many answers may come at once.
    wanted: usize,
    /// Each locked for as long as this process lives; one that is not is left over.
    drafts: Vec<(PathBuf, File)>,
}

impl Spool {
    /// That in `folder`, which need not be there yet.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder, room: Mutex::default() }
    }

    /// Takes up room for one more answer: on disk when this returns. It is kept for the next one when none needs it.
    ///
    /// # Errors
    /// Says what the system refused.
    pub fn make_room(&self) -> Result<(), String> {
        let mut room = self.room();
        room.wanted += 1;
        while room.drafts.len() < room.wanted {
            let draft = self.left_over().map_or_else(|| self.new_draft(), Ok);
            match draft {
                Ok(draft) => room.drafts.push(draft),
                // Nothing can ever be kept there, and nothing was: an order goes on without, as it does without a log.
                Err(e) if has_no_place(&self.folder) => {
                    tracing::warn!(%e, "there is no folder to keep the answer in, outside of the journal");
                    return Ok(());
                }
                Err(e) => {
                    room.wanted -= 1;
                    return Err(format!("cannot make room in {}: {e}", self.folder.display()));
                }
            }
        }
        Ok(())
    }

    /// One answer less may come.
    pub fn spare_room(&self) {
        let mut room = self.room();
        room.wanted = room.wanted.saturating_sub(1);
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Room that a process took which is gone.
    fn left_over(&self) -> Option<(PathBuf, File)> {
        let drafts = fs::read_dir(&self.folder).ok()?.flatten().map(|entry| entry.path());
        let free = |path: PathBuf| {
            let file = OpenOptions::new().read(true).write(true).open(&path).ok()?;
            file.try_lock().ok()?;
            // It may have been made use of, and renamed, just before it was locked.
            (path.exists() && file.metadata().ok()?.len() >= ROOM as u64).then_some((path, file))
        };
        drafts.filter(|path| path.extension().is_some_and(|end| end == DRAFT)).find_map(free)
    }

    fn new_draft(&self) -> io::Result<(PathBuf, File)> {
        private_folder().recursive(true).create(&self.folder)?;
        let mut bits = [0; 8];
        getrandom::fill(&mut bits).map_err(io::Error::other)?;
        let path = self.folder.join(format!("{:016x}.{DRAFT}", u64::from_le_bytes(bits)));
        let mut file = empty(&path)?;
        let made = file.lock().and_then(|()| file.write_all(&[0; ROOM])).and_then(|()| file.sync_all());
        if made.is_err() {
            let _ = fs::remove_file(&path);
        }
        made.map(|()| (path, file))
    }

    /// Keeps `entry` under `name`: on disk when this returns.
    ///
    /// # Errors
    /// Says what the system refused; then there is no file of that name.
    pub fn keep(&self, sealer: &impl Sealer, name: &str, entry: &[u8]) -> Result<(), String> {
        let text = sealer.seal(name, entry)?;
        // What does not fit leaves the room to something shorter.
        let taken = if text.len() <= ROOM { self.room().drafts.pop() } else { None };
        let draft =
            taken.as_ref().map_or_else(|| self.folder.join(format!("{name}.new")), |(path, _)| path.clone());
        let written = self.write(taken.map(|(_, file)| file), &draft, &self.file(name), &text);
        written.map_err(|e| {
            let _ = fs::remove_file(&draft);
            format!("cannot keep it in {}: {e}", self.folder.display())
        })
    }

    fn write(&self, room: Option<File>, draft: &Path, file: &Path, sealed: &[u8]) -> io::Result<()> {
        private_folder().recursive(true).create(&self.folder)?;
        let mut open = room.map_or_else(|| empty(draft), Ok)?;
        open.rewind()?;
        open.write_all(sealed)?;
        open.set_len(sealed.len() as u64)?;
        open.sync_all()?;
        fs::rename(draft, file)?;
        settle(file)
    }

    /// True when something is kept under `name`.
    pub fn has(&self, name: &str) -> bool {
        self.file(name).exists()
    }

    /// Every answer about things of `kind` that this journal's key opens.
    pub fn all(&self, sealer: &impl Sealer, kind: &str) -> Vec<(String, Zeroizing<Vec<u8>>)> {
        let names = fs::read_dir(&self.folder).into_iter().flatten().flatten().filter_map(|entry| {
            let path = entry.path();
            let whole = path.extension().is_some_and(|end| end == WHOLE);
            let name = path.file_stem()?.to_str()?.to_owned();
            (whole && name.starts_with(&format!("{kind}-"))).then_some(name)
        });
        let opened = |name: String| {
            let entry = sealer.open(&name, &fs::read(self.file(&name)).ok()?)?;
            Some((name, entry))
        };
        names.filter_map(opened).collect()
    }

    /// Forgets what is kept under `name`: the journal has it. A file that stays behind is offered once more, in vain.
    pub fn forget(&self, name: &str) {
        let _ = fs::remove_file(self.file(name));
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.{WHOLE}"))
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        for (path, _) in self.room().drafts.drain(..) {
            let _ = fs::remove_file(path);
        }
    }
}

/// A file for its owner alone, empty.
fn empty(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().write(true).create(true).truncate(true)).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Turns bits around, and remembers what it is about.
    struct Turned(u8);

    impl Sealer for Turned {
        fn seal(&self, about: &str, plain: &[u8]) -> Result<Vec<u8>, String> {
            Ok([about.as_bytes(), b"\0", plain].concat().iter().map(|byte| byte ^ self.0).collect())
        }

        fn open(&self, about: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
            let plain: Vec<u8> = sealed.iter().map(|byte| byte ^ self.0).collect();
            let plain = plain.strip_prefix(about.as_bytes())?.strip_prefix(b"\0")?;
            Some(Zeroizing::new(plain.to_vec()))
        }
    }

    #[test]
    fn what_is_kept_is_found_again_by_the_same_journal_alone_until_it_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::at(dir.path().join("a/spool"));
        let (ours, theirs) = (Turned(1), Turned(2));
        assert!(spool.all(&ours, "order").is_empty(), "there is no folder yet");
        let name = name("order", "7f3a", 2, "desk-1");
        assert!(!name.contains("7f3a"), "{name}");
        spool.keep(&ours, &name, b"number 42").unwrap();
        spool.keep(&ours, &name, b"number 42").unwrap();
        fs::write(dir.path().join("a/spool/order-half.new"), b"half").unwrap();
        let all = spool.all(&ours, "order");
        assert_eq!(all.len(), 1);
        assert_eq!((&all[0].0, all[0].1.as_slice()), (&name, b"number 42".as_slice()));
        assert!(spool.all(&theirs, "order").is_empty() && spool.all(&ours, "report").is_empty());
        assert!(!fs::read(spool.file(&name)).unwrap().windows(9).any(|bytes| bytes == b"number 42"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&spool.folder), mode(&spool.file(&name))), (0o700, 0o600));
        }
        spool.forget(&name);
        assert!(spool.all(&ours, "order").is_empty());
    }

    #[test]
    fn room_is_there_before_it_is_needed_and_is_taken_over_from_who_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let rooms = || {
            let files = fs::read_dir(dir.path()).unwrap().flatten().map(|entry| entry.path());
            files.filter(|path| path.extension().is_some_and(|end| end == DRAFT)).count()
        };
        let (first, second) = (Spool::at(dir.path().to_owned()), Spool::at(dir.path().to_owned()));
        first.make_room().unwrap();
        second.make_room().unwrap();
        assert_eq!(rooms(), 2, "each its own");
        first.spare_room();
        first.make_room().unwrap();
        assert_eq!(rooms(), 2, "it is used again");
        first.keep(&Turned(1), "order-1", b"number 42").unwrap();
        assert_eq!(rooms(), 1, "the answer has taken it");
        assert_eq!(first.all(&Turned(1), "order")[0].1.as_slice(), b"number 42");
        // As if its process had been killed: the lock goes, the file stays.
        second.room().drafts.iter().for_each(|(_, file)| file.unlock().unwrap());
        first.spare_room();
        first.make_room().unwrap();
        assert_eq!(rooms(), 1, "what was left over is taken");
        drop(first);
        assert_eq!(rooms(), 0);
    }

    #[test]
    fn an_answer_that_is_too_long_leaves_the_room_to_a_shorter_one() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::at(dir.path().to_owned());
        spool.make_room().unwrap();
        let drafts = || spool.room().drafts.len();
        spool.keep(&Turned(1), "order-1", &vec![b'x'; ROOM + 1]).unwrap();
        assert_eq!((drafts(), spool.has("order-1")), (1, true));
        spool.keep(&Turned(1), "order-1", b"number 42").unwrap();
        assert_eq!((drafts(), spool.all(&Turned(1), "order")[0].1.as_slice()), (0, b"number 42".as_slice()));
        spool.forget("order-1");
        assert!(!spool.has("order-1"));
    }

    #[test]
    fn what_cannot_be_kept_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::at(dir.path().join("spool"));
        fs::create_dir_all(spool.file("order-1")).unwrap();
        let refused = spool.keep(&Turned(1), "order-1", b"x").unwrap_err();
        assert!(refused.contains("cannot keep it"), "{refused}");
        assert!(!dir.path().join("spool/order-1.new").exists());
    }
}
