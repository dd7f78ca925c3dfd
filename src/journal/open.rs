//! Opening a journal: is it one, is it ours, is it durable, is it what this machine last saw; and bringing it to this version.

use super::chain::{Head, JournalId};
use super::error::Error;
use super::fold::{Rest, fold};
use super::guard::{self, Guard};
use super::head::{Row, judge};
use super::keyfile::{self, Keys};
use super::kinds::Registered;
use super::links::{key_of, real};
use super::make::make;
use super::memory::{Doubt, Memory};
use super::migrate;
use super::raw::Raw;
use super::schema::{self, VERSION};
use super::seal::ABOUT_CHECK;
use super::sqlite::{self, APPLICATION, Mark, Settings};
use crate::files;
use rusqlite::{Connection, TransactionBehavior};
use std::fs::OpenOptions;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// How a journal is opened.
#[derive(Clone)]
pub struct Options {
    /// Makes the journal, and its key file, when there is none.
    pub create: bool,
    /// The folder in which this machine keeps what it last saw of journals; without one nothing is remembered.
    pub state: Option<PathBuf>,
    /// The kinds of things that are kept in it.
    pub kinds: Vec<Registered>,
}

/// A journal that was opened.
pub struct Opened {
    /// Where its file is, whatever links lead there.
    pub file: PathBuf,
    pub id: JournalId,
    pub writer: Connection,
    pub keys: Keys,
    pub guard: Guard,
    pub memory: Option<Memory>,
    pub doubt: Option<Doubt>,
    pub head: Head,
    /// How many events this machine remembers of it, under whatever path it was.
    pub seen: i64,
}

/// Opens the journal at `named`.
pub fn open(named: &Path, options: &Options) -> Result<Opened, Error> {
    let file = real(named);
    let failed = |e: io::Error| Error::Failed { file: file.clone(), why: e.to_string() };
    let mut memory = options.state.as_ref().map(|state| Memory::of(&file, state));
    // An empty file is no journal, and what comes of it is a new one.
    let is_there = file.metadata().is_ok_and(|found| found.len() > 0);
    let gone = if is_there { None } else { gone(memory.as_ref()) };
    look(&file, options.create)?;
    let kept = memory.as_ref().and_then(Memory::kept);
    let found = is_there.then(|| guard::Found::at(&file)).transpose().map_err(failed)?;
    let writer = sqlite::connect(&file)?;
    let Prepared { keys, migrated } = prepare(&writer, &file, named, memory.as_ref(), options)?;
    let sql = |e: rusqlite::Error| Error::of(&file, &e);
    let settings = Settings::of(&writer).map_err(sql)?;
    if settings != Settings::wanted() {
        let why = format!("it cannot be made durable: {settings:?}");
        return Err(Error::Failed { file, why });
    }
    let Row { id, key_check, .. } = Row::read(&writer).map_err(sql)?;
    if keys.seal.open(ABOUT_CHECK, &key_check).is_none() {
        return Err(Error::WrongKey {
            file: key_of(&file, named),
            why: "does not open what this journal has sealed".to_owned(),
            journal: file,
        });
    }
    let seen = memory.as_mut().map(|memory| memory.seen(id, &keys.chain)).transpose();
    let events = seen.as_ref().ok().and_then(Option::as_ref).map_or(0, |seen| seen.events);
    let is_new = gone.is_some();
    let guard = Guard::of(&file, guard::Row::of(&writer, id).map_err(sql)?).map_err(failed)?;
    // All of it in one state of the journal: other processes go on recording.
    let tx = rusqlite::Transaction::new_unchecked(&writer, TransactionBehavior::Deferred).map_err(sql)?;
    let row = Row::read(&tx).map_err(sql)?;
    let altered = schema::misfit(&schema::Made::all(&tx).map_err(sql)?, &options.kinds);
    let doubt = match (gone, seen) {
        (Some(doubt), _) => Some(doubt),
        (None, Err(error)) => Some(Doubt::unreadable(&error)),
        (None, Ok(seen)) => {
            match of_files(found, &guard, Memory::raw(kept.as_ref(), id, &keys.chain)).map_err(failed)? {
                Some(doubt) => Some(doubt),
                None => judge(&tx, &keys, &row, seen.as_ref())
                    .map_err(sql)?
                    .or(altered.map(|what| Doubt::Altered { what })),
            }
        }
    };
    tx.commit().map_err(sql)?;
    if (migrated || is_new) && doubt.as_ref().is_none_or(Doubt::may_be_accepted) {
        // A migration writes all of the journal anew, to its log: while that is there, an older file beside it looks mixed. Nor
        // may the log of a new journal wait for the file that was there before, which somebody puts back.
        fold(&writer, Rest::Nothing).map_err(sql)?;
    }
    Ok(Opened { file, id, writer, keys, guard, memory, doubt, head: row.head, seen: events })
}

/// Why a journal is not to be trusted by its files alone, as they were before it was opened: its file has other names, or is
/// mounted by itself; or it is of another journal than its log, or of an earlier state than this machine saw. One without a log is merely an older copy.
fn of_files(found: Option<guard::Found>, guard: &Guard, raw: Option<Raw>) -> io::Result<Option<Doubt>> {
    let Some(found) = found else { return Ok(None) };
    if found.names > 1 {
        return Ok(Some(Doubt::Linked { names: found.names }));
    }
    if found.is_mounted {
        return Ok(Some(Doubt::Mounted));
    }
    let Some(raw) = raw.filter(|_| found.has_log) else { return Ok(None) };
    let mixed = found.is_before(raw) || !guard.follows(raw)?;
    Ok(mixed.then_some(Doubt::Mixed))
}

/// What it means, by what this machine remembers, that the journal's file is not there.
fn gone(memory: Option<&Memory>) -> Option<Doubt> {
    match memory?.at_path() {
        Ok(seen) => seen.map(|position| Doubt::Gone { seen: position.head.events, at: position.at }),
        Err(error) => Some(Doubt::unreadable(&error)),
    }
}

/// Why the journal in `file`, which is not open, would not be written to, as far as the folder `state` remembers it: there was
/// one and there is none, or what is remembered cannot be read.
pub fn remembered(file: &Path, state: &Path) -> Option<Doubt> {
    let mut memory = Memory::of(&real(file), state);
    let gone = if file.exists() { None } else { gone(Some(&memory)) };
    gone.or_else(|| memory.trouble())
}

/// A journal of this version.
struct Prepared {
    keys: Keys,
    /// True when it was brought to this version just now.
    migrated: bool,
}

/// The key, the log, and the tables of this version.
fn prepare(
    conn: &Connection,
    file: &Path,
    named: &Path,
    memory: Option<&Memory>,
    options: &Options,
) -> Result<Prepared, Error> {
    let sql = |e: rusqlite::Error| Error::of(file, &e);
    let found = Found::read(conn).map_err(sql)?;
    if found.mark.version > VERSION && found.application == APPLICATION {
        return Err(Error::Newer { file: file.to_owned(), found: found.mark.version, known: VERSION });
    }
    if found.application != APPLICATION && !found.is_empty() {
        return Err(Error::NotAJournal { file: file.to_owned() });
    }
    if found.mark.version == 0 && !found.is_empty() {
        let why = "it says of itself that it is of no version".to_owned();
        return Err(Error::Damaged { file: file.to_owned(), why });
    }
    let (new, key) = (found.mark.version == 0, key_of(file, named));
    let keys = if new { keyfile::read_or_make_at(key, file)? } else { keyfile::read_at(&key, file)? };
    if found.journal_mode != "wal" {
        sqlite::keep_a_log(conn, file)?;
    }
    let mut migrated = false;
    if new {
        make(conn, &keys, &options.kinds).map_err(|e| e.of(file))?;
    } else if found.mark.version < VERSION {
        migrate::migrate(conn, file, &keys, &options.kinds, memory)?;
        migrated = true;
    }
    if let Some(table) = add_lists(conn, &options.kinds).map_err(sql)? {
        return Err(Error::lost_list(file, table));
    }
    Ok(Prepared { keys, migrated })
}

/// What can be said before SQLite is asked, in better words than it has.
fn look(file: &Path, create: bool) -> Result<(), Error> {
    let failed = |e: &io::Error| refused(file, e);
    if !file.try_exists().map_err(|e| failed(&e))? {
        if !create {
            return Err(Error::Missing { file: file.to_owned() });
        }
        // Made here, so that it is its owner's alone; SQLite gives its log the same mode.
        let made = files::private(OpenOptions::new().write(true).create_new(true)).open(file);
        return match made {
            Err(e) if e.kind() != ErrorKind::AlreadyExists => Err(failed(&e)),
            Ok(_) | Err(_) => Ok(()),
        };
    }
    if file.is_dir() {
        return Err(Error::NotADatabase { file: file.to_owned() });
    }
    writable(file).map_err(|e| failed(&e))
}

/// What the system's refusal means for the journal at `file`.
fn refused(file: &Path, error: &io::Error) -> Error {
    let file = file.to_owned();
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Error::ReadOnly { file },
        ErrorKind::StorageFull => Error::Full { file },
        _ => Error::Failed { file, why: error.to_string() },
    }
}

/// Whether this user may write the file and its directory. The file is not opened: closing it again would let go of
/// the locks that SQLite holds on it in this process.
#[cfg(unix)]
fn writable(file: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};
    let directory = file.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or(Path::new("."));
    access(file, Access::READ_OK | Access::WRITE_OK)?;
    access(directory, Access::WRITE_OK)?;
    Ok(())
}

#[cfg(not(unix))]
fn writable(file: &Path) -> io::Result<()> {
    let read_only = file.metadata()?.permissions().readonly();
    if read_only { Err(ErrorKind::PermissionDenied.into()) } else { Ok(()) }
}

/// What a database says of itself.
struct Found {
    application: i64,
    mark: Mark,
    journal_mode: String,
    tables: i64,
}

impl Found {
    fn read(conn: &Connection) -> rusqlite::Result<Self> {
        conn.query_row(
            "SELECT application_id, user_version, journal_mode, (SELECT count(*) FROM sqlite_schema)
             FROM pragma_application_id, pragma_user_version, pragma_journal_mode",
            [],
            |row| {
                Ok(Self {
                    application: row.get(0)?,
                    mark: Mark::read(row.get(1)?),
                    journal_mode: row.get(2)?,
                    tables: row.get(3)?,
                })
            },
        )
    }

    fn is_empty(&self) -> bool {
        self.application == 0 && self.mark.version == 0 && self.tables == 0
    }
}

/// Adds the tables of kinds that this journal did not keep before. One that is missing although such things were recorded is
/// returned, and none is added then: an empty one in its place would say that there are none.
fn add_lists(conn: &Connection, kinds: &[Registered]) -> rusqlite::Result<Option<&'static str>> {
    let missing = |conn: &Connection| -> rusqlite::Result<Vec<Registered>> {
        let mut tables = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
        let tables: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(kinds
            .iter()
            .filter(|kind| !tables.iter().any(|table| table == kind.list.table))
            .copied()
            .collect())
    };
    if missing(conn)?.is_empty() {
        return Ok(None);
    }
    let tx = rusqlite::Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
    for kind in missing(&tx)? {
        if tx.prepare("SELECT 1 FROM things WHERE kind = ?")?.exists([kind.name])? {
            return Ok(Some(kind.list.table));
        }
        tx.execute_batch(&schema::list(&kind.list))?;
    }
    tx.commit()?;
    Ok(None)
}
