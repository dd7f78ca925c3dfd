//! Which commands change something, or send it.

use super::market::{MarketCommand, UsageCommand};
use super::registration::RegistrationCommand;
use super::{Command, JournalCommand, OrderCommand};

impl Command {
    /// True of a command that is carried through even where nobody can read what it says: half of it would be done.
    pub fn changes(&self) -> bool {
        match self {
            Self::Order { command } => !matches!(
                command,
                OrderCommand::List { .. }
                    | OrderCommand::Find { .. }
                    | OrderCommand::Show { .. }
                    | OrderCommand::Replay(_)
            ),
            Self::Market { command } => match command {
                MarketCommand::Usage { command } => !matches!(
                    command,
                    UsageCommand::Preview { .. } | UsageCommand::List { .. } | UsageCommand::Reconcile { .. }
                ),
                // The first line of a server is what whoever started it waits for.
                MarketCommand::Serve { .. }
                | MarketCommand::List { .. }
                | MarketCommand::Show { .. }
                | MarketCommand::Requests { .. }
                | MarketCommand::Closing => false,
                _ => true,
            },
            Self::Registration { command } => matches!(
                command,
                RegistrationCommand::Apply { .. }
                    | RegistrationCommand::Create { .. }
                    | RegistrationCommand::Rename { .. }
                    | RegistrationCommand::Remove(_)
            ),
            Self::Journal { command } => {
                matches!(command, JournalCommand::Accept { .. } | JournalCommand::Grant { .. })
            }
            Self::Worker(_) => true,
            _ => false,
        }
    }
}
