//! Where the state is: in memory, or in a file that several processes share.

use super::error::Error;
use super::state::State;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The state, one request at a time.
#[derive(Debug)]
pub struct Store {
    known: Mutex<Known>,
    /// Where it is kept; in memory alone when absent.
    file: Option<PathBuf>,
}

/// The state as this process last saw it.
#[derive(Debug, Default)]
struct Known {
    state: State,
    /// Which version of the file it is; `None` when it must be read again.
    version: Option<u64>,
}

impl Store {
    /// The state in `file`, or in memory.
    pub fn new(file: Option<PathBuf>) -> Result<Self, Error> {
        let store = Self { known: Mutex::default(), file };
        store.look(|_| ())?;
        Ok(store)
    }

    /// Does `work` on the state, alone, and keeps what it made of it.
    pub fn change<T>(&self, work: impl FnOnce(&mut State) -> T) -> Result<T, Error> {
        let mut known = self.known();
        let Some(path) = &self.file else { return Ok(work(&mut known.state)) };
        change_on_file(path, &mut known, work).map_err(|e| said(path, &e))
    }

    /// Looks at the state.
    pub fn look<T>(&self, work: impl FnOnce(&State) -> T) -> Result<T, Error> {
        let mut known = self.known();
        if let Some(path) = &self.file {
            lock(path)
                .and_then(|mut lock| refresh(path, &mut lock, &mut known))
                .map_err(|e| said(path, &e))?;
        }
        Ok(work(&known.state))
    }

    /// A request that panicked left at worst a count behind.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn said(path: &Path, error: &io::Error) -> Error {
    let todo = match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            "It is damaged, or of another version: move it away, or name another file; one that is not there is begun anew"
        }
        _ => "Give this user the right to read and write it and its folder, or name another file",
    };
    Error(format!("the embedded Px's state {} cannot be used: {error}. {todo}", path.display()))
}

fn change_on_file<T>(path: &Path, known: &mut Known, work: impl FnOnce(&mut State) -> T) -> io::Result<T> {
    let mut lock = lock(path)?;
    let version = refresh(path, &mut lock, known)? + 1;
    known.version = None;
    let done = work(&mut known.state);
    // The new version first: should this process end between the two, others read the old state once more.
    lock.rewind()?;
    write!(lock, "{version:020}")?;
    save(path, &known.state)?;
    known.version = Some(version);
    Ok(done)
}

/// The lock file beside the state, held; in it stands the state's version. Free again when dropped.
fn lock(path: &Path) -> io::Result<File> {
    let lock = private().read(true).create(true).truncate(false).open(path.with_extension("lock"))?;
    lock.lock()?;
    Ok(lock)
}

/// Reads the state again if another process changed it.
fn refresh(path: &Path, lock: &mut File, known: &mut Known) -> io::Result<u64> {
    let mut text = String::new();
    lock.read_to_string(&mut text)?;
    let version = text.trim().parse().unwrap_or(0);
    if known.version != Some(version) {
        known.version = None;
        known.state = load(path)?;
        known.version = Some(version);
    }
    Ok(version)
}

/// Whole or not at all, as far as other processes can see. It need not outlive a loss of power, so nothing is synced.
fn save(path: &Path, state: &State) -> io::Result<()> {
    let draft = path.with_extension("new");
    let mut file = private().create(true).truncate(true).open(&draft)?;
    file.write_all(&serde_json::to_vec(state)?)?;
    fs::rename(&draft, path)
}

/// Files with tokens in them are their owner's alone.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn load(path: &Path) -> io::Result<State> {
    match fs::read(path) {
        Ok(bytes) => {
            let state = serde_json::from_slice(&bytes)?;
            // Members may be missing in a state of an earlier version, but not this one: it is somebody's own file.
            let ours = serde_json::from_slice::<Clock>(&bytes).is_ok();
            let not_ours = || io::Error::new(io::ErrorKind::InvalidData, "it is not a state of ours");
            ours.then_some(state).ok_or_else(not_ours)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::default()),
        Err(error) => Err(error),
    }
}

/// What every state has.
#[derive(serde::Deserialize)]
struct Clock {
    advanced_seconds: i64,
}

/// How far the clock of the embedded Px whose state is in `path` was moved on; zero when there is none.
pub fn clock_offset(path: &Path) -> jiff::SignedDuration {
    let clock = fs::read(path).ok().and_then(|bytes| serde_json::from_slice::<Clock>(&bytes).ok());
    jiff::SignedDuration::from_secs(clock.map_or(0, |c| c.advanced_seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_process_does_the_other_sees_and_only_the_owner_may_read() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("px.json");
        let [one, other] = [(); 2].map(|()| Store::new(Some(path.clone())).unwrap());
        for turn in 0..3 {
            one.change(|s| s.px.count()).unwrap();
            other.change(|s| s.px.count()).unwrap();
            assert_eq!(one.look(|s| s.px.counter).unwrap(), 2 * (turn + 1));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn the_clock_is_read_from_outside() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("px.json");
        assert!(clock_offset(&path).is_zero());
        Store::new(Some(path.clone())).unwrap().change(|s| s.advanced_seconds = 7).unwrap();
        assert_eq!(clock_offset(&path).as_secs(), 7);
    }

    #[test]
    fn a_state_that_cannot_be_read_is_named() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("px.json");
        for (broken, todo) in [("{", "move it away"), ("[]", "move it away"), ("", "move it away")] {
            fs::write(&path, broken).unwrap();
            let error = Store::new(Some(path.clone())).unwrap_err();
            assert!(error.0.contains(&path.display().to_string()) && error.0.contains(todo), "{error}");
        }
        // Somebody's own file is not taken for an empty state, and is not written over.
        for theirs in [r#"{"name":"theirs","version":1}"#, "{}"] {
            fs::write(&path, theirs).unwrap();
            let error = Store::new(Some(path.clone())).unwrap_err();
            assert!(error.0.contains("it is not a state of ours"), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), theirs);
        }
        let nowhere = Store::new(Some(home.path().join("no/px.json"))).unwrap_err();
        assert!(nowhere.0.contains("Give this user the right"), "{nowhere}");
    }
}
