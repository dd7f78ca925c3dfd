//! The flags of the commands on a contract.

use crate::registry::file::Format;
use crate::registry::{Collection, Name, ProviderId, SurrogateId};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// What can be done with a contract.
#[derive(Debug, Subcommand)]
pub enum RegistrationCommand {
    /// What is there
    List {
        /// Only this collection
        #[arg(value_enum)]
        collection: Option<CollectionArg>,
    },
    /// What would change so that the contract becomes what the file says; exits 0 if nothing would change, 2 if something would
    Plan(FileArgs),
    /// The same as `plan`, for a file that has not changed: what somebody else did
    Drift(FileArgs),
    /// Change the contract so that it becomes what the file says
    Apply {
        #[command(flatten)]
        file: FileArgs,
        /// Apply only this plan, printed by `plan --output json`; refused when the contract has changed since
        #[arg(long)]
        plan: Option<PathBuf>,
        /// How many applications, customers and pairs may be removed; pairs that are removed with them are not counted
        #[arg(long, value_name = "N", default_value_t = 0)]
        allow_removals: usize,
        #[command(flatten)]
        word: WordArgs,
    },
    /// Write the file from what is there, to stdout or to a file
    Export {
        /// The file to write; its ending says how. It must not exist
        #[arg(long)]
        file: Option<PathBuf>,
        /// How to write to stdout; TOML where nothing is said, JSON with `--output json`
        #[arg(long, value_enum, conflicts_with = "file")]
        format: Option<FormatArg>,
    },
    /// Create one application, one customer, or one pair
    Create {
        #[command(subcommand)]
        what: ObjectArg,
        #[command(flatten)]
        word: WordArgs,
    },
    /// Give an application or a customer another name
    Rename {
        #[arg(value_enum)]
        collection: NamedArg,
        #[arg(value_parser = id)]
        id: ProviderId,
        #[arg(value_parser = name)]
        name: Name,
        #[command(flatten)]
        word: WordArgs,
    },
    /// Remove one application, one customer, or one pair
    Remove(RemoveArgs),
    /// Plans that were applied, newest first; or one of them, with each of its changes
    Runs {
        /// Which one: its id, as `runs` shows it
        id: Option<String>,
    },
}

/// What is created.
#[derive(Debug, Subcommand)]
pub enum ObjectArg {
    /// A new application
    Application {
        #[arg(value_parser = id)]
        id: ProviderId,
        #[arg(long, value_parser = name)]
        name: Option<Name>,
    },
    /// A new customer
    Customer {
        #[arg(value_parser = id)]
        id: ProviderId,
        #[arg(long, value_parser = name)]
        name: Option<Name>,
        /// An application that it has
        #[arg(long = "application", value_parser = id)]
        applications: Vec<ProviderId>,
    },
    /// An application for a customer
    Pair {
        #[arg(value_parser = id)]
        customer: ProviderId,
        #[arg(value_parser = id)]
        application: ProviderId,
    },
}

/// What is removed.
#[derive(Debug, Args)]
pub struct RemoveArgs {
    #[arg(value_enum)]
    pub what: OneArg,
    /// Its id; for a pair, the customer's
    #[arg(value_parser = id, required_unless_present = "surrogate")]
    pub id: Option<ProviderId>,
    /// For a pair, the application's id
    #[arg(value_parser = id)]
    pub application: Option<ProviderId>,
    /// This very object, by its surrogate id: one of two with the same id. Several have commas between them
    #[arg(long, value_parser = surrogate, value_delimiter = ',', conflicts_with_all = ["id", "application"])]
    pub surrogate: Vec<SurrogateId>,
    /// Remove its pairs too
    #[arg(long)]
    pub with_pairs: bool,
    #[command(flatten)]
    pub word: WordArgs,
}

/// What should be there.
#[derive(Debug, Args)]
pub struct FileArgs {
    /// TOML, JSON or CSV: the whole contract
    #[arg(long)]
    pub file: PathBuf,
    /// The file is meant to hold nothing: all that is there is to be removed
    #[arg(long)]
    pub empty: bool,
}

/// What a person says about a change.
#[derive(Clone, Debug, Args)]
pub struct WordArgs {
    /// Why, for the journal
    #[arg(long, global = true)]
    pub reason: Option<String>,
    /// What an earlier run created, and no list shows, is not there: you have looked, and it may be created again
    #[arg(long, global = true)]
    pub create_again: bool,
}

/// A collection, as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CollectionArg {
    Applications,
    Customers,
    Pairs,
}

impl From<CollectionArg> for Collection {
    fn from(arg: CollectionArg) -> Self {
        match arg {
            CollectionArg::Applications => Self::Applications,
            CollectionArg::Customers => Self::Customers,
            CollectionArg::Pairs => Self::Pairs,
        }
    }
}

/// An object with a name, as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NamedArg {
    Application,
    Customer,
}

impl From<NamedArg> for Collection {
    fn from(arg: NamedArg) -> Self {
        match arg {
            NamedArg::Application => Self::Applications,
            NamedArg::Customer => Self::Customers,
        }
    }
}

/// Any object, as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OneArg {
    Application,
    Customer,
    Pair,
}

impl From<OneArg> for Collection {
    fn from(arg: OneArg) -> Self {
        match arg {
            OneArg::Application => Self::Applications,
            OneArg::Customer => Self::Customers,
            OneArg::Pair => Self::Pairs,
        }
    }
}

/// How the file is written, as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    Toml,
    Json,
    Csv,
}

impl From<FormatArg> for Format {
    fn from(arg: FormatArg) -> Self {
        match arg {
            FormatArg::Toml => Self::Toml,
            FormatArg::Json => Self::Json,
            FormatArg::Csv => Self::Csv,
        }
    }
}

fn id(text: &str) -> Result<ProviderId, String> {
    ProviderId::new(text).map_err(|why| format!("it {why}"))
}

fn name(text: &str) -> Result<Name, String> {
    Name::new(text).map_err(|why| format!("it {why}"))
}

fn surrogate(text: &str) -> Result<SurrogateId, String> {
    SurrogateId::new(text).map_err(|why| format!("it {why}"))
}
