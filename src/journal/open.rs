//! Opening a journal: is it one, is it ours, is it durable; and bringing it to this version.

use super::append::nonce;
use super::chain::Head;
use super::error::Error;
use super::keyfile;
use super::seal::{ABOUT_CHECK, Key};
use crate::order::Digest;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};
use std::fs::OpenOptions;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

/// "pxdj": marks an SQLite file as a journal of this program.
const APPLICATION: i64 = 0x7078_646a;

/// How a journal comes from each version to the next; never edited once released.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/0001_journal.sql")];

/// The version that this program reads and writes.
pub const VERSION: i64 = MIGRATIONS.len().cast_signed() as i64;

/// How long another process's transaction is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many rows a connection reads ahead of who asked for them.
const ROWS: usize = 512;

/// What each connection keeps of the file in memory, in KiB (negative: not pages). The system keeps all of it anyway.
const CACHE: &str = "-512";

/// A journal that was opened: its connections, its key, and where its chain ends.
pub struct Opened {
    pub writer: SqliteConnection,
    pub reader: SqliteConnection,
    pub key: Key,
    pub head: Head,
}

/// Opens the journal at `file`; makes it when `create` says so and there is none.
pub async fn open(file: &Path, create: bool) -> Result<Opened, Error> {
    look(file, create)?;
    let (mut conn, reader) = tokio::try_join!(connect(file), connect(file))?;
    let sql = |e: sqlx::Error| Error::of(file, &e);
    let found = examine(&mut conn).await.map_err(sql)?;
    if found.version > VERSION && found.application == APPLICATION {
        return Err(Error::Newer { file: file.to_owned(), found: found.version, known: VERSION });
    }
    if found.application != APPLICATION && !found.is_empty() {
        return Err(Error::NotAJournal { file: file.to_owned() });
    }
    let key = if found.version == 0 { keyfile::read_or_make(file)? } else { keyfile::read(file)? };
    if found.journal_mode != "wal" {
        keep_a_log(&mut conn, file).await?;
    }
    if found.version < VERSION {
        migrate(&mut conn, file, &key).await?;
    }
    let (settings, check, head) = settle(&mut conn).await.map_err(sql)?;
    if settings != (Settings { journal_mode: "wal".to_owned(), synchronous: 2, secure_delete: 1 }) {
        let why = format!("it cannot be made durable: {settings:?}");
        return Err(Error::Failed { file: file.to_owned(), why });
    }
    if key.open(ABOUT_CHECK, &check).is_none() {
        return Err(Error::WrongKey {
            file: keyfile::path_of(file),
            journal: file.to_owned(),
            why: "does not open what this journal has sealed".to_owned(),
        });
    }
    Ok(Opened { writer: conn, reader, key, head })
}

/// What can be said before SQLite is asked, in better words than it has.
fn look(file: &Path, create: bool) -> Result<(), Error> {
    let failed = |e: &io::Error| refused(file, e);
    if !file.try_exists().map_err(|e| failed(&e))? {
        if !create {
            return Err(Error::Missing { file: file.to_owned() });
        }
        // Made here, so that it is its owner's alone; SQLite gives its log the same mode.
        let made = keyfile::private(OpenOptions::new().write(true).create_new(true)).open(file);
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

/// A connection to the journal; nothing in it changes a file that is not one.
pub async fn connect(file: &Path) -> Result<SqliteConnection, Error> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(PATIENCE)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", CACHE)
        .foreign_keys(true)
        .row_buffer_size(ROWS)
        .disable_statement_logging();
    options.connect().await.map_err(|e| Error::of(file, &e))
}

/// Switches to a write-ahead log. SQLite does not wait for its turn here, as it does everywhere else.
async fn keep_a_log(conn: &mut SqliteConnection, file: &Path) -> Result<(), Error> {
    const PAUSES: u32 = 100;
    let mut pause = 0;
    loop {
        let switched = sqlx::query("PRAGMA journal_mode = WAL").execute(&mut *conn).await;
        match switched.map_err(|e| Error::of(file, &e)) {
            Err(Error::Locked { .. }) if pause < PAUSES => pause += 1,
            switched => return switched.map(|_| ()),
        }
        tokio::time::sleep(PATIENCE / PAUSES).await;
    }
}

/// What a database says of itself.
struct Found {
    application: i64,
    version: i64,
    journal_mode: String,
    tables: i64,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.application == 0 && self.version == 0 && self.tables == 0
    }
}

async fn examine(conn: &mut SqliteConnection) -> sqlx::Result<Found> {
    let row = sqlx::query(
        "SELECT application_id, user_version, journal_mode, (SELECT count(*) FROM sqlite_schema)
         FROM pragma_application_id, pragma_user_version, pragma_journal_mode",
    )
    .fetch_one(conn)
    .await?;
    Ok(Found {
        application: row.try_get_unchecked(0)?,
        version: row.try_get_unchecked(1)?,
        journal_mode: row.try_get_unchecked(2)?,
        tables: row.try_get_unchecked(3)?,
    })
}

#[derive(Debug, PartialEq)]
struct Settings {
    journal_mode: String,
    synchronous: i64,
    secure_delete: i64,
}

/// The settings that durability rests on, the key check, and the chain's head.
async fn settle(conn: &mut SqliteConnection) -> sqlx::Result<(Settings, Vec<u8>, Head)> {
    let row = sqlx::query(
        "SELECT journal_mode, synchronous, secure_delete, key_check, pos, hash
         FROM pragma_journal_mode, pragma_synchronous, pragma_secure_delete, journal
         LEFT JOIN (SELECT pos, hash FROM events ORDER BY pos DESC LIMIT 1)",
    )
    .fetch_one(conn)
    .await?;
    let settings = Settings {
        journal_mode: row.try_get_unchecked(0)?,
        synchronous: row.try_get_unchecked(1)?,
        secure_delete: row.try_get_unchecked(2)?,
    };
    let last: (Option<i64>, Option<Vec<u8>>) = (row.try_get_unchecked(4)?, row.try_get_unchecked(5)?);
    Ok((settings, row.try_get_unchecked(3)?, head_of(last.0.zip(last.1))))
}

/// Where the chain ends now.
pub async fn head(conn: &mut SqliteConnection) -> sqlx::Result<Head> {
    let last =
        sqlx::query("SELECT pos, hash FROM events ORDER BY pos DESC LIMIT 1").fetch_optional(conn).await?;
    let read = |row: SqliteRow| Ok::<_, sqlx::Error>((row.try_get(0)?, row.try_get(1)?));
    Ok(head_of(last.map(read).transpose()?))
}

/// A hash that is not 32 bytes long is as good as any that does not fit: `verify` finds it.
fn head_of(last: Option<(i64, Vec<u8>)>) -> Head {
    last.map_or(Head::EMPTY, |(pos, hash)| Head { pos, hash: digest(&hash) })
}

/// The hash stored as these bytes.
pub fn digest(bytes: &[u8]) -> Digest {
    Digest(bytes.try_into().unwrap_or_default())
}

/// Brings the journal to [`VERSION`], in one transaction; of several processes that try, one does.
async fn migrate(conn: &mut SqliteConnection, file: &Path, key: &Key) -> Result<(), Error> {
    let check = key.seal(nonce()?, ABOUT_CHECK, &[]);
    apply(conn, check).await.map_err(|e| Error::of(file, &e))
}

async fn apply(conn: &mut SqliteConnection, check: Vec<u8>) -> sqlx::Result<()> {
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *tx).await?;
    let done = usize::try_from(version).unwrap_or_default();
    for migration in MIGRATIONS.iter().skip(done) {
        sqlx::raw_sql(*migration).execute(&mut *tx).await?;
    }
    if done == 0 {
        sqlx::query("INSERT INTO journal VALUES (1, ?)").bind(check).execute(&mut *tx).await?;
    }
    let marks = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}");
    sqlx::raw_sql(AssertSqlSafe(marks)).execute(&mut *tx).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_refuses_is_told_apart() {
        for (kind, name) in [
            (ErrorKind::PermissionDenied, "ReadOnly"),
            (ErrorKind::ReadOnlyFilesystem, "ReadOnly"),
            (ErrorKind::StorageFull, "Full"),
            (ErrorKind::NotADirectory, "Failed"),
        ] {
            let error = format!("{:?}", refused(Path::new("j.db"), &kind.into()));
            assert!(error.starts_with(name), "{kind}: {error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_journal_is_made_where_there_is_none_and_where_that_can_be() {
        let dir = tempfile::tempdir().unwrap();
        let journal = dir.path().join("j.db");
        assert!(matches!(look(&journal, false), Err(Error::Missing { .. })));
        assert!(look(&journal, true).is_ok() && journal.exists());
        assert!(matches!(look(&dir.path().join("no/such/j.db"), true), Err(Error::Failed { .. })));
        // Made by another process since it was looked for.
        let taken = dir.path().join("k.db");
        std::os::unix::fs::symlink(dir.path().join("nothing"), &taken).unwrap();
        assert!(look(&taken, true).is_ok());
    }

    /// SQLite does not wait by itself for one that is about to write: it holds a lock of its own already.
    #[tokio::test]
    async fn switching_to_a_log_waits_for_its_turn() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("j.db");
        look(&file, true).unwrap();
        let (mut holder, mut conn) = (connect(&file).await.unwrap(), connect(&file).await.unwrap());
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut holder).await.unwrap();
        let ends = async {
            tokio::time::sleep(PATIENCE / 25).await;
            sqlx::raw_sql("COMMIT").execute(&mut holder).await.unwrap();
        };
        let (switched, ()) = tokio::join!(keep_a_log(&mut conn, &file), ends);
        assert!(switched.is_ok(), "{switched:?}");
        assert_eq!(examine(&mut conn).await.unwrap().journal_mode, "wal");
    }
}
