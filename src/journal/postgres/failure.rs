//! What an error of PostgreSQL or of the way to it means: above all whether what was asked for may have been done.

use crate::journal::error::Error;
use std::path::Path;
use tokio_postgres::error::{DbError, Severity, SqlState};
use tokio_postgres::types::WrongType;

/// Why something was not done, or not said to be done.
pub enum Failure {
    /// There is no connection: nothing was asked.
    Away(String),
    /// The connection was lost, or nothing came back in time. What was asked may have been done.
    Lost(String),
    /// The server refused. Nothing of it was done.
    Refused(Box<DbError>),
    /// The server cannot keep a journal as it is; continues "the server …". Nothing of it was done.
    Unfit(String),
    Told(Error),
}

impl Failure {
    /// What it means for the journal at `place`.
    pub fn of(self, place: &Path) -> Error {
        let file = place.to_owned();
        match self {
            Self::Away(why) | Self::Lost(why) if why.starts_with(CHANGED) => Error::Unfit { file, why },
            Self::Away(why) | Self::Lost(why) => Error::Away { file, why },
            Self::Unfit(why) => Error::Unfit { file, why },
            Self::Refused(error) => refused(place, &error),
            Self::Told(error) => error,
        }
    }

    /// True when the server says that the same may succeed another time.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Refused(error) => {
                *error.code() == SqlState::T_R_DEADLOCK_DETECTED
                    || *error.code() == SqlState::T_R_SERIALIZATION_FAILURE
            }
            Self::Away(_) | Self::Lost(_) | Self::Unfit(_) | Self::Told(_) => false,
        }
    }

    /// True when the same will be refused again until somebody mends something: not of a server that is busy, full or stopping.
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Told(_) | Self::Unfit(_) => true,
            Self::Refused(error) => {
                let code = error.code().code();
                let busy = ["55P03", "57014"].contains(&code);
                !busy && !["40", "53", "58"].iter().any(|class| code.starts_with(class))
            }
            Self::Away(_) | Self::Lost(_) => false,
        }
    }

    /// The name of the constraint that a row ran into, if it did.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Refused(error) if *error.code() == SqlState::UNIQUE_VIOLATION => error.constraint(),
            Self::Refused(_) | Self::Away(_) | Self::Lost(_) | Self::Unfit(_) | Self::Told(_) => None,
        }
    }

    /// True when a position was used that counts for another event, or that its sequence does not know of: it was set back.
    pub fn is_of_a_position(&self) -> bool {
        match self {
            Self::Refused(error) => is_of_a_position(error),
            Self::Away(_) | Self::Lost(_) | Self::Unfit(_) | Self::Told(_) => false,
        }
    }
}

/// What is said of tables that somebody has changed: continues "the server …".
const CHANGED: &str = "keeps tables that are not as pxdesk made them";

/// What PostgreSQL says of those: that a table, a column or a function is missing, or is of another type.
const OF_CHANGED_TABLES: [&str; 6] = ["42P01", "42703", "42883", "42804", "22001", "22003"];

/// What `refuse_agents` of the tables begins with.
pub const RESERVED: &str = "only a supervisor may record";

/// What `agents.sql` refuses a position with that was never drawn.
const NEVER_DRAWN: &str = "PX001";

fn is_of_a_position(error: &DbError) -> bool {
    error.constraint() == Some("events_pkey") || error.code().code() == NEVER_DRAWN
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            // A server that ends a connection may have committed just before.
            Some(db) if ends_the_connection(db) => Self::Lost(db.message().to_owned()),
            Some(db) => Self::Refused(Box::new(db.clone())),
            // A value that came in another type than the tables were made with. What was asked for may have been done.
            None if is_of_a_type(&error) => Self::Lost(format!("{CHANGED}: {}", with_causes(&error))),
            None => Self::Lost(with_causes(&error)),
        }
    }
}

fn is_of_a_type(error: &tokio_postgres::Error) -> bool {
    let cause = std::error::Error::source(error);
    cause.and_then(|cause| cause.downcast_ref::<WrongType>()).is_some()
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Told(error)
    }
}

fn ends_the_connection(error: &DbError) -> bool {
    let code = error.code().code();
    let severe = matches!(error.parsed_severity(), Some(Severity::Fatal | Severity::Panic));
    severe || code.starts_with("08") || code.starts_with("57P")
}

/// The error and what is behind it: the library's own words are short.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}

fn refused(place: &Path, error: &DbError) -> Error {
    let file = place.to_owned();
    let code = error.code();
    let why = error.message().to_owned();
    if *code == SqlState::DISK_FULL {
        Error::ServerFull { file }
    } else if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        Error::Unfit { file, why: "is read-only, or a replica".to_owned() }
    } else if *code == SqlState::INSUFFICIENT_PRIVILEGE && why.starts_with(RESERVED) {
        Error::Reserved { file, why }
    } else if *code == SqlState::INSUFFICIENT_PRIVILEGE {
        Error::Role { file, why }
    } else if *code == SqlState::DUPLICATE_TABLE {
        // Tables are made only where there is no journal: the schema of our name is somebody else's.
        Error::NotAJournal { file }
    } else if is_of_a_position(error) {
        let why = "gives out positions in the journal that are used already: its sequence pxdesk.positions was set back";
        Error::Unfit { file, why: why.to_owned() }
    } else if *code == SqlState::DIVISION_BY_ZERO {
        // So ends a statement of ours whose events were taken away from it.
        let why = "drops events instead of keeping them: the table pxdesk.events has a trigger that is none of ours \
                   (`pxdesk journal verify` names it)";
        Error::Unfit { file, why: why.to_owned() }
    } else if *code == SqlState::QUERY_CANCELED {
        Error::Away { file, why: "it took too long and was given up".to_owned() }
    } else if OF_CHANGED_TABLES.contains(&code.code()) {
        Error::Unfit { file, why: format!("{CHANGED}: {why} (`pxdesk journal verify` may say more)") }
    } else if code.code().starts_with("XX") || *code == SqlState::DATA_CORRUPTED {
        Error::Damaged { file, why }
    } else {
        Error::Failed { file, why }
    }
}
