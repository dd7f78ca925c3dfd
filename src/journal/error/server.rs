//! What can go wrong with a journal on a server, in words for people.

use super::Error;
use std::fmt;

impl Error {
    /// The errors that only a server's journal has.
    pub(super) fn of_the_server(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away { .. } => write!(
                f,
                "{}. An open desk goes on by itself as soon as the server answers; a command is then given again",
                self.what()
            ),
            Self::Unknown { file, why } => write!(
                f,
                "the connection to the journal {} was lost while something was recorded, and the outcome is unknown: {why}. \
                 Nothing is sent on it. Look at it again once the server answers",
                file.display()
            ),
            Self::Unfit { file, why } => write!(
                f,
                "the journal {} cannot be used: the server {why}. Ask its administrator to fix that; nothing is recorded \
                 or sent meanwhile",
                file.display()
            ),
            Self::Login { file, why } => write!(
                f,
                "the journal {} does not let this user connect: {why}. Check the user in `journal.url`, and the password: in \
                 the keyring, in the file that `journal.password_file` names, or in PGPASSWORD",
                file.display()
            ),
            Self::NoPassword { file, why } => {
                write!(f, "the journal {} needs its password: {why}", file.display())
            }
            Self::Role { file, why } => write!(
                f,
                "the journal {} does not let this user do that: {why}. Ask whoever runs the database to grant the \
                 role (`pxdesk journal grant` prints how)",
                file.display()
            ),
            Self::Reserved { file, why } => write!(
                f,
                "the journal {} does not let an agent's database role do that: {why}. Ask a supervisor",
                file.display()
            ),
            Self::NoDatabase { file } => write!(
                f,
                "the journal {} cannot be opened: the server has no database of that name. Check the name in `journal.url`, or \
                 ask whoever runs the server to create it",
                file.display()
            ),
            Self::ServerFull { file } => write!(
                f,
                "the journal {} cannot grow: the server's disk is full. This was not recorded. Ask its administrator to free \
                 space",
                file.display()
            ),
            Self::Fenced { file } => write!(
                f,
                "this worker does not hold the lease of the journal {} any more: it was held up for too long, and another one \
                 may have taken over. This was not recorded, and it sends nothing more. It stands by",
                file.display()
            ),
            Self::Taken { .. }
            | Self::Conflict { .. }
            | Self::NotFound { .. }
            | Self::Broken { .. }
            | Self::Lost { .. }
            | Self::Doubted { .. }
            | Self::Closed { .. }
            | Self::Missing { .. }
            | Self::ReadOnly { .. }
            | Self::Full { .. }
            | Self::Io { .. }
            | Self::Locked { .. }
            | Self::NotADatabase { .. }
            | Self::NotAJournal { .. }
            | Self::Newer { .. }
            | Self::Damaged { .. }
            | Self::NoKey { .. }
            | Self::WrongKey { .. }
            | Self::OpenKey { .. }
            | Self::Failed { .. } => Ok(()),
        }
    }
}
