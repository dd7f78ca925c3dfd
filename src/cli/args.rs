//! The flags.

mod changes;
mod each;
mod market;
mod pages;
mod registration;
mod training;
mod values;

pub use each::{
    AmendArgs, EraseArgs, MethodArg, ReplayArgs, ReportArgs, ResolveArgs, RetryArgs, StoredArgs, TrainerArgs,
    UntilArg, WalkArgs, WorkerArgs,
};
pub use market::{MarketCommand, UsageCommand, V1Command};
pub use pages::{completions, man};
pub use registration::{FileArgs, ObjectArg, RegistrationCommand, RemoveArgs, WordArgs};
pub use training::{Graded, GradesArgs, Looked, Played, PracticeArgs, ScenarioCommand};

use super::Exit;
use super::console::Output;
use crate::order::{Environment, Personal, State};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A terminal order desk for Lumen's Px `SubmitOrder` API.
///
/// Without a command it opens the desk: on the embedded Px, with practice orders, unless an environment is configured.
#[derive(Debug, Parser)]
#[command(name = "pxdesk", version, disable_help_subcommand = true, after_help = after_help())]
pub struct Args {
    /// Where orders go
    #[arg(short, long, global = true, value_enum)]
    pub environment: Option<EnvironmentArg>,
    /// The configuration file [default: config.toml in the configuration folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How data is printed; with json, stdout has nothing but JSON, and everything else goes to stderr
    #[arg(long, global = true, value_enum, default_value_t = Output::Text)]
    pub output: Output,
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Args {
    /// The flags that the program was started with. The desk is mostly opened without any, and to take the whole tree of
    /// commands into memory for that is a good part of its start.
    ///
    /// # Errors
    /// How the program ends, where it has nothing more to do: help was asked for and printed, or a flag is wrong.
    pub fn given() -> Result<Self, Exit> {
        if std::env::args_os().len() > 1 {
            Self::try_parse().map_err(|error| said(&error))
        } else {
            Ok(Self::none())
        }
    }

    fn none() -> Self {
        Self { environment: None, config: None, output: Output::Text, command: None }
    }
}

/// Prints help, or what is wrong with the flags. Help that could not be written is not done.
fn said(error: &clap::Error) -> Exit {
    let printed = error.print().and_then(|()| std::io::stdout().flush());
    match printed {
        _ if error.use_stderr() => Exit::BadInput,
        Ok(()) => Exit::Done,
        // Whoever has read enough went away.
        Err(why) if why.kind() == std::io::ErrorKind::BrokenPipe => Exit::Done,
        Err(why) => {
            // Nobody is left to tell when stderr is gone.
            let _ = writeln!(std::io::stderr(), "pxdesk: cannot write to stdout: {why}");
            Exit::Unexpected
        }
    }
}

const EXIT_HELP: &str = "Exit status: 0 done, 1 unexpected, 2 usage or bad input, 3 refused by Px, 4 outcome in doubt, \
5 configuration or credentials, 6 journal, 7 Px unreachable (nothing sent, or safe to send again), 8 refused here, not by Px.";

/// What stands below the flags, and at the end of the manual page.
fn after_help() -> String {
    format!("Topics, printed by `pxdesk help TOPIC`:\n{}\n{EXIT_HELP}", super::topics::topics())
}

/// An environment, as a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EnvironmentArg {
    /// The Px inside this program: practice
    Embedded,
    /// Lumen's sandbox
    Sandbox,
    /// Lumen's production: every transaction is live
    Production,
}

impl From<EnvironmentArg> for Environment {
    fn from(arg: EnvironmentArg) -> Self {
        match arg {
            EnvironmentArg::Embedded => Self::Embedded,
            EnvironmentArg::Sandbox => Self::Sandbox,
            EnvironmentArg::Production => Self::Production,
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Orders: add, list, show, walk, retry, end
    Order {
        #[command(subcommand)]
        command: OrderCommand,
    },
    /// The journal
    Journal {
        #[command(subcommand)]
        command: JournalCommand,
    },
    /// Store the consumer key and secret of an environment (-e), the marketplace's provider key, or what signs the
    /// registration's calls, asked for without echo or read from the lines of standard input
    Login(StoredArgs),
    /// Remove the stored key and secret of an environment (-e), the marketplace's provider key, or what signs the
    /// registration's calls
    Logout(StoredArgs),
    /// The marketplace: deploys, billing, usage
    Market {
        #[command(subcommand)]
        command: MarketCommand,
    },
    /// Applications and customers of a contract, and who has which: list, plan, apply
    Registration {
        #[command(subcommand)]
        command: RegistrationCommand,
    },
    /// What happened in a period, as a picture in the terminal, as JSON or as CSV
    Report(ReportArgs),
    /// Without a screen, for the whole floor: ask for acceptances that agents wait for, and retry what is safe. One works at
    /// a time, others stand by
    Worker(WorkerArgs),
    /// Practice: walk a scenario at the real desk, on an embedded Px of its own, and be graded
    Practice(PracticeArgs),
    /// Train others: open a classroom, see what each trainee does, and be their customer, their clock and their server
    Trainer(TrainerArgs),
    /// What is configured, and whether it works; sends no order call
    Doctor,
    /// Runs of practice with their grades, newest first; their reports, and what each trainee has practiced
    Grades(GradesArgs),
    /// What can be practiced: the scenarios
    Scenario {
        #[command(subcommand)]
        command: ScenarioCommand,
    },
    /// The embedded Px on its own
    Sandbox {
        #[command(subcommand)]
        command: SandboxCommand,
    },
    /// The documented errors: cause, who can fix it, next step
    Errors {
        /// Only this code, e.g. 2131
        code: Option<String>,
    },
    /// Completions for a shell, to stdout
    Completions { shell: clap_complete::Shell },
    /// The manual page of pxdesk, or of a command, to stdout
    Man {
        #[arg(value_name = "COMMAND")]
        words: Vec<String>,
    },
    /// Print a topic of the documentation, or the flags of a command; alone, it lists the topics
    Help {
        #[arg(value_name = "TOPIC|COMMAND")]
        words: Vec<String>,
    },
}

/// What can be done with orders.
#[derive(Debug, Subcommand)]
pub enum OrderCommand {
    /// Add orders: one JSON object, or JSON Lines; prints one id per line
    Open {
        /// The file, or - for standard input
        #[arg(long, value_name = "FILE")]
        json: PathBuf,
        /// Add it although one for the same customer and address is in doubt: a supervisor's reason, kept in clear for good
        #[arg(long, value_name = "REASON")]
        despite_doubt: Option<String>,
    },
    /// The queue, the most urgent first
    List {
        /// Only orders that are stuck until someone acts
        #[arg(long)]
        stalled: bool,
        /// The stalled orders, counted by cause
        #[arg(long, requires = "stalled", conflicts_with_all = ["state", "agent"])]
        by_cause: bool,
        /// Only orders in this state
        #[arg(long, value_parser = state())]
        state: Option<State>,
        /// Only orders assigned to this agent: added, given or taken over
        #[arg(long)]
        agent: Option<String>,
    },
    /// Find orders: by the beginning of an id, a transaction id or a partner order id, or by the customer's whole phone
    /// number or e-mail address
    Find {
        /// What to look for; - takes it from the first line of standard input, so that it does not appear in process listings
        text: Personal,
    },
    /// One order: ids, state, history, what may be done next
    Show {
        /// Its id, transaction id or partner order id
        id: String,
    },
    /// What happened to an order, step by step, with personal data masked; or a recording of the screen that shows it
    Replay(ReplayArgs),
    /// Walk an order without a screen as far as it can go, from wherever it stands
    Walk(WalkArgs),
    /// Retry what is safe to retry
    Retry(RetryArgs),
    /// Send the very same Complete once more for an order in doubt, after its quiet period: 2130 means the first one arrived
    Probe {
        /// Its id, transaction id or partner order id
        id: String,
        /// In production: yes, a live order may be placed
        #[arg(long)]
        live: bool,
    },
    /// Record what the carrier says about an order in doubt, after its quiet period
    Resolve(ResolveArgs),
    /// Correct what Px refused; the transaction id and the partner order id can never be changed
    Amend(AmendArgs),
    /// Lift the hold of an order that Px wanted cleared by phone
    Release {
        /// Its id, transaction id or partner order id
        id: String,
        /// What the carrier said, with its reference; kept in clear, also after an erasure: no personal data
        #[arg(long)]
        reason: String,
    },
    /// Take over an order from whoever is working on it
    TakeOver {
        /// Its id, transaction id or partner order id
        id: String,
    },
    /// Assign orders to an agent
    Assign {
        /// Their ids, transaction ids or partner order ids
        #[arg(required = true)]
        ids: Vec<String>,
        /// The agent's name, as in their configuration
        #[arg(long, value_name = "AGENT")]
        to: String,
    },
    /// Write something down about an order, 500 characters at most; it is sealed, and shown in the order's history
    Note {
        /// Its id, transaction id or partner order id
        id: String,
        /// The note; - takes it from standard input, where it is one line
        text: Personal,
    },
    /// End an order for good
    Abandon {
        /// Its id, transaction id or partner order id
        id: String,
        /// Why; kept in the history in clear, also after an erasure: no personal data
        #[arg(long)]
        reason: String,
    },
    /// Destroy the key of an order's personal data, or of all that ended before a day; the history stays and still
    /// verifies
    Erase(EraseArgs),
}

/// What can be done with the journal.
#[derive(Debug, Subcommand)]
pub enum JournalCommand {
    /// Check the file, its tables, every event, row and count
    Verify {
        /// Also that it goes on from this position, as `journal checkpoint` printed it
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
    },
    /// Print a signed position, to be kept where nobody who can write the journal can write
    Checkpoint,
    /// Copy the journal while desks run; keep its key file apart from the copy
    Backup {
        /// Where to; a file that is not there yet
        file: PathBuf,
    },
    /// Use a journal that is older than what this machine last saw of it, or another one: a supervisor's word, recorded
    Accept {
        /// Who says so
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why; recorded with it
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Copy a journal to another place, from a file to PostgreSQL or back, verified: with the same key
    Copy {
        /// `sqlite:FILE` or `postgres://USER@HOST/DATABASE`
        #[arg(value_name = "FROM")]
        from: String,
        /// The same; where there is no journal yet, or an empty one
        #[arg(value_name = "TO")]
        to: String,
    },
    /// Print the SQL that lets a database role use the journal on PostgreSQL, as an agent or as a supervisor
    Grant {
        /// The database role
        #[arg(value_name = "ROLE-NAME")]
        name: String,
        /// What it may do: an agent adds to history, and settles no doubt
        #[arg(long, value_enum)]
        role: GrantedRole,
    },
}

/// What a database role may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum GrantedRole {
    Agent,
    Supervisor,
}

/// What can be done with the embedded Px.
#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Serve it; the first line on stdout is {"listening":"http://127.0.0.1:PORT"}
    Serve {
        /// Where to listen; port 0 picks a free one
        #[arg(long, default_value = "127.0.0.1:0", value_parser = values::address)]
        listen: SocketAddr,
        /// calm, practice, faulty, strict, loose or hostile; or a TOML file
        #[arg(long, default_value = "calm", value_name = "NAME|FILE")]
        scenario: String,
        /// What is left to chance is drawn from this: any whole number from 0
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Keep its state in this file, shared by all that serve it
        #[arg(long, value_name = "FILE")]
        state: Option<PathBuf>,
        /// Serve the Cloud Marketplace's side, too
        #[arg(long)]
        market: bool,
        /// Serve the SaaS registration's side, too
        #[arg(long)]
        registration: bool,
    },
}

/// One of the states: the help names them all.
fn state() -> impl TypedValueParser<Value = State> {
    PossibleValuesParser::new(State::ALL.map(State::name))
        .try_map(|name| State::named(&name).ok_or("is not a state"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_flags_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn no_flags_are_what_the_parser_makes_of_none() {
        assert_eq!(format!("{:?}", Args::none()), format!("{:?}", Args::parse_from(["pxdesk"])));
    }
}
