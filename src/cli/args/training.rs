//! The flags of the commands for practice: scenarios, grades, coverage.

use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

/// Which runs are listed, or what is done with them.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct GradesArgs {
    /// Only this trainee's
    #[arg(long, value_name = "NAME")]
    pub trainee: Option<String>,
    #[command(subcommand)]
    pub command: Option<GradesCommand>,
}

/// What is asked of graded runs that are only read.
#[derive(Clone, Copy, Debug)]
pub enum Graded<'a> {
    List { trainee: Option<&'a str> },
    Show { run: &'a str, html: Option<&'a Path> },
    Recording { run: &'a str, file: &'a Path },
    Coverage { trainee: Option<&'a str>, html: Option<&'a Path> },
}

impl GradesArgs {
    /// What is only read; else the run that is to be stepped through on the screen.
    pub fn asked(&self) -> Result<Graded<'_>, &str> {
        Ok(match &self.command {
            None => Graded::List { trainee: self.trainee.as_deref() },
            Some(GradesCommand::Show { run, html }) => Graded::Show { run, html: html.as_deref() },
            Some(GradesCommand::Replay { run, cast: Some(file) }) => Graded::Recording { run, file },
            Some(GradesCommand::Replay { run, cast: None }) => return Err(run),
            Some(GradesCommand::Coverage { trainee, html }) => {
                Graded::Coverage { trainee: trainee.as_deref(), html: html.as_deref() }
            }
        })
    }
}

/// What can be done with graded runs.
#[derive(Debug, Subcommand)]
pub enum GradesCommand {
    /// One run: each step, its time and keys, each mistake and what would have been right
    Show {
        /// Its id, or the beginning of it
        run: String,
        /// Write a page to print instead, with the trainee's coverage; - prints it. The file must not exist
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Step through a run on the screen, event by event
    Replay {
        /// Its id, or the beginning of it
        run: String,
        /// Write the recording of its screen instead, as an asciicast v2 file, which asciinema plays; - prints it. The file
        /// must not exist
        #[arg(long, value_name = "FILE")]
        cast: Option<PathBuf>,
    },
    /// Which of the documented errors each trainee has practiced, how often, and the best grade
    Coverage {
        /// Only this trainee's
        #[arg(long, value_name = "NAME")]
        trainee: Option<String>,
        /// Write a page to print instead; - prints it. The file must not exist
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
}

/// What can be done with scenarios.
#[derive(Debug, Subcommand)]
pub enum ScenarioCommand {
    /// Those that come with pxdesk, and the files of the folder `scenarios` beside the configuration
    List,
    /// One: the order, the customer, what goes wrong, the steps, what a mistake costs
    Show {
        /// Its name
        name: String,
    },
    /// Say what is wrong in files, each mistake with its line and field, and whether a script can play them; exit status 0
    /// nothing, 2 something
    Check {
        /// Files, and folders of them
        #[arg(required = true, value_name = "FILE|FOLDER")]
        files: Vec<PathBuf>,
    },
    /// Run one without a screen, with a script that makes no mistakes, and print the report
    Try {
        /// A scenario's name, or a file that holds one
        #[arg(value_name = "NAME|FILE")]
        scenario: String,
        /// Make this mistake instead, e.g. `read_too_fast`
        #[arg(long, value_name = "MISTAKE")]
        mistake: Option<String>,
    },
}

/// What is asked of scenarios that are only read.
#[derive(Clone, Copy, Debug)]
pub enum Looked<'a> {
    List,
    Show { name: &'a str },
}

/// What a script is to run.
#[derive(Clone, Copy, Debug)]
pub enum Played<'a> {
    /// What is in these files, to see whether it can be played.
    Check { files: &'a [PathBuf] },
    /// One scenario, perfectly or with a mistake.
    Try { scenario: &'a str, mistake: Option<&'a str> },
}

impl ScenarioCommand {
    /// What is only read; else what is to be run.
    pub fn asked(&self) -> Result<Looked<'_>, Played<'_>> {
        match self {
            Self::List => Ok(Looked::List),
            Self::Show { name } => Ok(Looked::Show { name }),
            Self::Check { files } => Err(Played::Check { files }),
            Self::Try { scenario, mistake } => Err(Played::Try { scenario, mistake: mistake.as_deref() }),
        }
    }
}

/// What is practiced, and with whom.
#[derive(Debug, Args)]
pub struct PracticeArgs {
    /// A scenario's name, or a file that holds one; without it the trainer says what
    #[arg(value_name = "NAME|FILE", required_unless_present = "join", conflicts_with = "join")]
    pub scenario: Option<String>,
    /// Your name, as the grades show it [default: the agent's]
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,
    /// The trainer's address, as their screen shows it
    #[arg(long, value_name = "ADDRESS", requires = "code")]
    pub join: Option<String>,
    /// The trainer's code
    #[arg(long, requires = "join")]
    pub code: Option<String>,
}
