//! The flags of the commands for practice: scenarios, grades, coverage.

use clap::{Args, Subcommand};
use std::path::PathBuf;

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

impl GradesArgs {
    /// The run that is to be stepped through on the screen.
    pub fn replays(&self) -> Option<&str> {
        match &self.command {
            Some(GradesCommand::Replay { run, cast: None }) => Some(run),
            Some(
                GradesCommand::Replay { cast: Some(_), .. }
                | GradesCommand::Show { .. }
                | GradesCommand::Coverage { .. },
            )
            | None => None,
        }
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
    /// Which of the documented errors each trainee has practised, how often, and the best grade
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
    /// Say what is wrong in files, each mistake with its line and field; exit status 0 nothing, 2 something
    Check {
        /// Files, and folders of them
        #[arg(required = true, value_name = "FILE|FOLDER")]
        files: Vec<PathBuf>,
    },
    /// Play one without a screen, as a script that makes no mistake would, and print the report: whether it can be done
    Try {
        /// A scenario's name, or a file that holds one
        #[arg(value_name = "NAME|FILE")]
        scenario: String,
        /// Make this mistake instead, e.g. `read_too_fast`
        #[arg(long, value_name = "MISTAKE")]
        mistake: Option<String>,
    },
}

/// What is practised, and with whom.
#[derive(Debug, Args)]
pub struct PracticeArgs {
    /// A scenario's name, or a file that holds one; without it the trainer says what
    #[arg(value_name = "NAME|FILE", required_unless_present = "join")]
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
