//! Where the state is: in memory, or in a file that several processes share.

use super::Error;
use super::state::State;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The state, one request at a time.
#[derive(Debug)]
pub enum Store {
    Memory(Box<Mutex<State>>),
    File(PathBuf),
}

impl Store {
    /// The state in `file`, or in memory.
    pub fn new(file: Option<PathBuf>) -> Result<Self, Error> {
        match file {
            None => Ok(Self::Memory(Box::default())),
            Some(path) => {
                load(&path).map_err(|e| said(&path, &e))?;
                Ok(Self::File(path))
            }
        }
    }

    /// Does `work` on the state, alone, and keeps what it made of it.
    pub fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> Result<T, Error> {
        match self {
            Self::Memory(state) => Ok(work(&mut state.lock().unwrap_or_else(PoisonError::into_inner))),
            Self::File(path) => on_file(path, work).map_err(|e| said(path, &e)),
        }
    }
}

fn said(path: &Path, error: &io::Error) -> Error {
    Error(format!("the embedded Px's state {} cannot be used: {error}", path.display()))
}

fn on_file<T>(path: &Path, work: impl FnOnce(&mut State) -> T) -> io::Result<T> {
    let lock =
        OpenOptions::new().create(true).truncate(false).write(true).open(path.with_extension("lock"))?;
    lock.lock()?;
    let mut state = load(path)?;
    let done = work(&mut state);
    let draft = path.with_extension("new");
    let mut file = File::create(&draft)?;
    file.write_all(&serde_json::to_vec(&state)?)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    Ok(done)
}

fn load(path: &Path) -> io::Result<State> {
    match fs::read(path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::default()),
        Err(error) => Err(error),
    }
}

/// How far the clock of the embedded Px whose state is in `path` was moved on; zero when there is none.
pub fn clock_offset(path: &Path) -> jiff::SignedDuration {
    #[derive(serde::Deserialize)]
    struct Clock {
        advanced_seconds: i64,
    }
    let clock = fs::read(path).ok().and_then(|bytes| serde_json::from_slice::<Clock>(&bytes).ok());
    jiff::SignedDuration::from_secs(clock.map_or(0, |c| c.advanced_seconds))
}
