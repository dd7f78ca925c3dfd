//! One connection to PostgreSQL, and whether the server on its other end may keep a journal.

use super::address::Address;
use super::failure::{Failure, with_causes};
use super::heard::Heard;
use super::password;
use super::tls::{self, Tls};
use crate::journal::error::Error;
use crate::journal::random::random;
use crate::kind::Timestamp;
use std::collections::HashMap;
use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Config, Row, Statement};

/// How long all of a connection may take to make: it may try several hosts.
const CONNECT: Duration = Duration::from_secs(15);

/// How long one answer is waited for: longer than the server itself works on a statement.
pub const PATIENCE: Duration = Duration::from_secs(12);

/// The oldest server whose SQL the journal speaks.
const OLDEST: i32 = 120_000;

/// The setting by which a connection is known to be the one that was asked for.
const MARK: &str = "pxdesk.connection";

/// What a server says that does not have it.
const SHARED: &str = "PX002";

/// How many slots there are to count in.
const SLOTS: i32 = 64;

/// A connection.
pub struct Session {
    pub client: Client,
    /// The server's process, and when it was started: what tells it from every other, also after a restart.
    pub backend: Backend,
    /// How far the server's clock was ahead of this machine's, in microseconds.
    pub ahead: i64,
    /// The name of this process, as it is shown to other desks by this connection.
    pub shown: Option<String>,
    /// Whether a commit did not wait for a synchronous standby to the end.
    cut_short: Arc<AtomicBool>,
    statements: Mutex<HashMap<String, Statement>>,
    driver: JoinHandle<()>,
}

/// A process of the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backend {
    pub pid: i32,
    pub since: String,
}

impl Drop for Session {
    fn drop(&mut self) {
        // What is still to be sent is of use to nobody; a server that has gone silent is not waited for.
        self.driver.abort();
    }
}

impl Session {
    /// Connects. What other desks say is told to `heard`.
    pub async fn open(address: &Address, heard: Option<Arc<Heard>>) -> Result<Self, Failure> {
        let place = PathBuf::from(&address.shown);
        let mut config = address.config.clone();
        let password = password::add(address.password.as_ref(), &mut config).await;
        password.map_err(|why| Failure::Told(Error::NoPassword { file: place.clone(), why }))?;
        let mark = mark(&mut config)?;
        let encrypted = config.get_ssl_mode() != SslMode::Disable;
        let tls =
            if encrypted { Tls::trusting(address.authorities.as_deref()) } else { Tls::trusting_nobody() };
        let tls = tls.map_err(|why| Failure::Told(Error::Failed { file: place.clone(), why }))?;
        let connected = tokio::time::timeout(CONNECT, config.connect(tls)).await;
        let (client, mut connection) = match connected {
            Err(_) => return Err(Failure::Away(format!("no answer within {} s", CONNECT.as_secs()))),
            Ok(Err(error)) => return Err(not_connected(&place, &error, encrypted)),
            Ok(Ok(connected)) => connected,
        };
        let cut_short = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&cut_short);
        let driver = tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                match message {
                    AsyncMessage::Notification(said) => {
                        if let Some(heard) = &heard {
                            heard.told(said.process_id());
                        }
                    }
                    // It comes before the answer.
                    AsyncMessage::Notice(said) if is_of_a_standby(&said) => {
                        noted.store(true, Ordering::Release);
                    }
                    _ => {}
                }
            }
            if let Some(heard) = &heard {
                heard.lost();
            }
        });
        let backend = Backend { pid: 0, since: String::new() };
        let mut session =
            Self { client, backend, ahead: 0, shown: None, cut_short, statements: Mutex::default(), driver };
        session.settle(&place, &mark).await?;
        Ok(session)
    }

    /// Makes the session durable, has it bring rows in the order in which they are asked for and say how tables were made in
    /// the words that they are compared with, and looks at what the server says of itself. A machine that has vanished is gone
    /// for the server within half a minute: until then its desk counts as alive, and what it was doing as under way.
    async fn settle(&mut self, place: &Path, mark: &str) -> Result<(), Failure> {
        let settle = format!("DO $$ BEGIN IF current_setting('{MARK}', true) IS DISTINCT FROM '{mark}' THEN
                RAISE EXCEPTION USING ERRCODE = '{SHARED}', MESSAGE = 'shared'; END IF; END $$;
            SET statement_timeout = '10s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';
            SET client_min_messages = 'warning'; SET timezone = 'UTC'; SET search_path = pxdesk, pg_temp;
            SET default_transaction_isolation = 'read committed'; SET jit = off;
            SET quote_all_identifiers = off;
            SET max_parallel_workers_per_gather = 0;
            SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
            SET tcp_user_timeout = '25s';
            DO $$ BEGIN
                IF current_setting('synchronous_commit') <> 'remote_apply' THEN SET synchronous_commit = 'on'; END IF;
                IF current_setting('server_version_num')::integer >= 140000 THEN SET idle_session_timeout = 0; END IF;
            END $$");
        within(self.client.batch_execute(&settle)).await.map_err(|failure| match failure {
            Failure::Refused(error) if error.code().code() == SHARED => Failure::Told(pooled(place)),
            other => other,
        })?;
        let ask = "SELECT current_setting('synchronous_commit'), current_setting('fsync'),
            current_setting('full_page_writes'), current_setting('server_encoding'),
            current_setting('server_version_num')::integer, pg_is_in_recovery(),
            current_setting('transaction_read_only'), pg_backend_pid(),
            (SELECT backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()),
            (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, current_setting('session_replication_role')";
        let asked = Timestamp::now();
        let row = within(self.client.query_one(ask, &[])).await?;
        self.ahead = ahead(row.try_get(9)?, asked);
        let unfit =
            |why: &str| Err(Failure::Told(Error::Unfit { file: place.to_owned(), why: why.to_owned() }));
        let said = |at: usize| row.try_get::<_, String>(at);
        if row.try_get(5)? {
            return unfit("is a replica: it follows another server and takes nothing in");
        }
        if said(6)? != "off" {
            return unfit("is read-only");
        }
        if !matches!(said(0)?.as_str(), "on" | "remote_apply") {
            return unfit("does not wait until what it is told is on disk (synchronous_commit)");
        }
        if said(1)? != "on" || said(2)? != "on" {
            return unfit(
                "would lose in a power cut what it said was on disk (fsync or full_page_writes is off)",
            );
        }
        if said(10)? != "origin" {
            return unfit(
                "would not run the triggers that guard history (session_replication_role is not origin)",
            );
        }
        if said(3)? != "UTF8" {
            return unfit("does not keep text as UTF-8; make the database with ENCODING 'UTF8'");
        }
        if row.try_get::<_, i32>(4)? < OLDEST {
            return unfit("is older than PostgreSQL 12");
        }
        let since: Option<String> = row.try_get(8)?;
        self.backend = Backend { pid: row.try_get(7)?, since: since.unwrap_or_default() };
        Ok(())
    }

    /// The slot that this connection counts in.
    pub fn slot(&self) -> i32 {
        self.backend.pid.rem_euclid(SLOTS)
    }

    /// The time now by the server's clock.
    pub fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(jiff::SignedDuration::from_micros(self.ahead)).unwrap_or(now)
    }

    /// True once there is nobody at the other end.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// True when a commit since this was last asked is on the server's own disk, and perhaps not on that of a standby which it
    /// should have waited for: somebody cut the wait short.
    pub fn was_cut_short(&self) -> bool {
        self.cut_short.swap(false, Ordering::Acquire)
    }

    /// The statement, prepared once on each connection.
    pub async fn prepared(&self, sql: &str) -> Result<Statement, Failure> {
        let known = self.statements.lock().unwrap_or_else(PoisonError::into_inner).get(sql).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let made = within(self.client.prepare(sql)).await?;
        let mut statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        statements.insert(sql.to_owned(), made.clone());
        Ok(made)
    }

    /// The rows that a statement brings.
    pub async fn rows(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Failure> {
        let statement = self.prepared(sql).await?;
        within(self.client.query(&statement, values)).await
    }
}

/// True of what a server says whose commit did not wait for its standby to the end. Its words are in the server's language;
/// the place in its source is not.
fn is_of_a_standby(notice: &DbError) -> bool {
    notice.routine() == Some("SyncRepWaitForLSN")
}

/// How far the server's clock is ahead of this machine's, which asked it at that time and has just been answered.
pub fn ahead(server: i64, asked: Timestamp) -> i64 {
    let (asked, answered) = (asked.as_microsecond(), Timestamp::now().as_microsecond());
    server.saturating_sub(asked.midpoint(answered))
}

/// A statement over all of a journal may take long; only the connection must live.
pub async fn within_long<T>(
    answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, Failure> {
    answer.await.map_err(Failure::from)
}

/// Waits for an answer, and not for ever.
pub async fn within<T>(answer: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, Failure> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(answer) => answer.map_err(Failure::from),
        Err(_) => Err(Failure::Lost(format!("no answer within {} s", PATIENCE.as_secs()))),
    }
}

/// Gives the connection a mark of its own, which the server has from its beginning. What shares its own connections to the
/// server with many leaves it out, or refuses it.
fn mark(config: &mut Config) -> Result<String, Error> {
    let mut mark = [0; 8];
    random(&mut mark)?;
    let mark = hex::encode(mark);
    let before = config.get_options().map_or_else(String::new, |options| format!("{options} "));
    // The server's own may be too short for the first statement.
    config.options(format!("{before}-c {MARK}={mark} -c statement_timeout=10s"));
    Ok(mark)
}

/// The server is behind something that shares its connections.
fn pooled(place: &Path) -> Error {
    let why = "is reached through a connection pooler, which shares its connections between desks: put the address of the \
               server itself into journal.url";
    Error::Unfit { file: place.to_owned(), why: why.to_owned() }
}

/// Why there is no connection.
fn not_connected(place: &Path, error: &tokio_postgres::Error, encrypted: bool) -> Failure {
    match error.as_db_error() {
        Some(db) if db.code().code().starts_with("28") => {
            let mut why = db.message().to_owned();
            // Not of a password: it is of who may come from where, and how.
            if *db.code() == SqlState::INVALID_AUTHORIZATION_SPECIFICATION && !encrypted {
                why.push_str(
                    ". If it lets in encrypted connections alone, write sslmode=verify-full in `journal.url`",
                );
            }
            Failure::Told(Error::Login { file: place.to_owned(), why })
        }
        Some(db) if *db.code() == SqlState::INVALID_CATALOG_NAME => {
            Failure::Told(Error::NoDatabase { file: place.to_owned() })
        }
        Some(db) if *db.code() == SqlState::INSUFFICIENT_PRIVILEGE => {
            let why =
                format!("{}. It lacks the right to CONNECT, which the database's owner grants", db.message());
            Failure::Told(Error::Role { file: place.to_owned(), why })
        }
        // PgBouncer's words.
        Some(db) if db.message().contains("startup parameter") => Failure::Told(pooled(place)),
        Some(db) => Failure::Away(db.message().to_owned()),
        None if let Some(why) = tls::refused(error) => Failure::Unfit(why),
        None => match with_causes(error) {
            // The library's words, before anything was tried.
            why if why.ends_with("password missing") => {
                let why = "the server asks for one, and none is there: in the keyring, in the file that \
                           `journal.password_file` names, or in PGPASSWORD";
                Failure::Told(Error::NoPassword { file: place.to_owned(), why: why.to_owned() })
            }
            why if why.ends_with("server does not support TLS") => Failure::Unfit(
                "speaks no TLS, and off its own machine a journal is asked for over TLS alone. There `ssl = on` goes into \
                 postgresql.conf, with a certificate (ssl_cert_file and ssl_key_file)"
                    .to_owned(),
            ),
            why => Failure::Away(why),
        },
    }
}
