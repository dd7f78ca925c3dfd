//! The command line: flags to commands, results to text, JSON and an exit status. No rules of its own: whatever an
//! order may or may not do is decided by `order`, through the engine.

mod args;
mod ask;
mod causes;
mod console;
mod dates;
mod doctor;
mod doubt;
mod edge_login;
mod erase;
mod errors;
mod find;
mod grades;
mod hands;
mod help;
mod intake;
mod journal;
mod journal_login;
mod json;
mod live;
mod login;
mod market;
mod opened;
mod orders;
mod practice;
mod reading;
mod registration;
mod replay;
mod report;
mod retry;
mod sandbox;
mod scenario;
mod show;
mod stop;
mod topics;
mod trainer;
mod walk;
mod worker;

pub use args::Args;
pub use console::Console;
use console::remark;

use crate::config::{self, Flags, Places, Settings};
use crate::session::{Exit, Failed, Session, block_on};
use args::{Command, OrderCommand, Played, StoredArgs};

/// Runs the program: reads the flags, does what they say, returns the exit status.
pub fn main() -> std::process::ExitCode {
    crate::telemetry::keep_files_private();
    crate::telemetry::be_discreet();
    let args = match Args::given() {
        Ok(args) => args,
        Err(exit) => return exit.into(),
    };
    let mut console = Console::new(args.output, args.command.as_ref().is_some_and(Command::changes));
    let exit = match run(&args, &mut console) {
        Ok(exit) => exit,
        Err(failed) => {
            console.problem(&failed);
            failed.exit
        }
    };
    console.ended(exit).into()
}

fn run(args: &Args, console: &mut Console) -> Result<Exit, Failed> {
    if args.output == console::Output::Csv
        && !matches!(args.command, Some(Command::Report(_) | Command::Grades(_)))
    {
        let what = "--output csv goes with `report` and `grades` only; write text or json";
        return Err(Failed::new(Exit::BadInput, what));
    }
    // What needs no settings works even where the settings are broken.
    if let Some(exit) = without_settings(args, console).or_else(|| of_practice(args, console)) {
        return exit;
    }
    let flags = flags(args);
    let settings = variables().and_then(|variables| Settings::load(&flags, variables));
    if matches!(args.command, Some(Command::Doctor)) {
        return block_on(doctor::run(settings, console));
    }
    let settings = settings?;
    for name in &settings.account.without_effect {
        console.note(&format!(
            "pxdesk: warning: the variable {name} is not a setting, and has no effect; `pxdesk help configuration` lists them"
        ));
    }
    let logs = crate::telemetry::start(&settings);
    if let Err(why) = &logs {
        console.note(&format!("pxdesk: {why}"));
    }
    with_settings(&settings, args, console)
}

/// What the settings have no part in; none for any other command.
fn without_settings(args: &Args, console: &mut Console) -> Option<Result<Exit, Failed>> {
    Some(match args.command.as_ref()? {
        Command::Errors { code } => errors::run(code.as_deref(), console),
        Command::Completions { shell } => args::completions(*shell),
        Command::Man { words } => args::man(words),
        Command::Help { words } => help::run(words),
        Command::Sandbox { command } => sandbox::run(command, console),
        _ => return None,
    })
}

fn with_settings(settings: &Settings, args: &Args, console: &mut Console) -> Result<Exit, Failed> {
    let named = args.environment.is_some();
    match &args.command {
        None => crate::terminal::run(settings),
        Some(Command::Order { command }) => block_on(order(settings, command, console)),
        Some(Command::Journal { command }) => block_on(journal::run(settings, command, console)),
        Some(Command::Market { command }) => block_on(Box::pin(market::run(settings, command, console))),
        Some(Command::Registration { command }) => {
            block_on(Box::pin(registration::run(settings, command, console)))
        }
        Some(Command::Report(report)) => block_on(report::run(settings, report, console)),
        Some(Command::Worker(args)) => block_on(worker::run(settings, args, console)),
        Some(Command::Grades(grades)) => {
            let Err(run) = grades.asked() else { return Ok(Exit::Done) };
            let report = block_on(grades::report(&settings.places, run))?;
            crate::terminal::practice::replay(settings, &report)
        }
        Some(Command::Practice(args)) => practice::run(settings, args, console),
        Some(Command::Scenario { command }) => match command.asked() {
            Err(Played::Try { scenario, mistake }) => practice::try_it(settings, scenario, mistake, console),
            Ok(_) | Err(Played::Check { .. }) => Ok(Exit::Done),
        },
        Some(Command::Trainer(trainer)) => trainer::run(settings, &flags(args), trainer, console),
        Some(Command::Login(which)) => block_on(secret(settings, which, true, named, console)),
        Some(Command::Logout(which)) => block_on(secret(settings, which, false, named, console)),
        // They were done without settings, or with what became of them; so was all else that grades and scenarios are asked.
        Some(
            Command::Doctor
            | Command::Errors { .. }
            | Command::Completions { .. }
            | Command::Man { .. }
            | Command::Help { .. }
            | Command::Sandbox { .. },
        ) => Ok(Exit::Done),
    }
}

/// Stores what is asked for, or removes it again; `named`: whether the environment was.
async fn secret(
    settings: &Settings,
    which: &StoredArgs,
    stores: bool,
    named: bool,
    console: &Console,
) -> Result<Exit, Failed> {
    match (which.journal, which.registration, stores) {
        (true, _, true) => journal_login::login(settings, console).await,
        (true, _, false) => journal_login::logout(settings, console).await,
        (_, true, true) => edge_login::login(settings, named, console).await,
        (_, true, false) => edge_login::logout(settings, named, console).await,
        (_, _, true) => login::login(settings, which.market, named, console).await,
        (_, _, false) => login::logout(settings, which.market, named, console).await,
    }
}

/// What has to do with practice alone: it asks where things lie, and not what is configured. None for any other command.
fn of_practice(args: &Args, console: &Console) -> Option<Result<Exit, Failed>> {
    let places = || variables().and_then(|found| Places::find(&found)).map_err(Failed::from);
    if let Some(Command::Grades(grades)) = &args.command {
        let asked = grades.asked().ok()?;
        return Some(places().and_then(|places| block_on(grades::run(&places, &asked, console))));
    }
    if let Some(Command::Scenario { command }) = &args.command {
        return match command.asked() {
            Ok(asked) => Some(places().and_then(|places| scenario::run(&places, &asked, console))),
            Err(Played::Check { files }) => {
                let settings = variables().and_then(|found| Settings::load(&flags(args), found)).ok();
                Some(places().and_then(|p| scenario::check(&p, settings.as_ref(), files, console)))
            }
            Err(Played::Try { .. }) => None,
        };
    }
    None
}

/// The flags that say which settings count.
fn flags(args: &Args) -> Flags {
    Flags { config: args.config.clone(), environment: args.environment.map(Into::into) }
}

/// The environment's variables, as far as they are text.
fn variables() -> Result<Vec<(String, String)>, config::Error> {
    config::texts(std::env::vars_os())
}

async fn order(settings: &Settings, command: &OrderCommand, console: &mut Console) -> Result<Exit, Failed> {
    // New orders are read first: a bad file is reported before anything is opened.
    match command {
        OrderCommand::Open { json, despite_doubt } => {
            intake::run(settings, json, despite_doubt.as_deref(), console).await
        }
        OrderCommand::List { by_cause: true, .. } => causes::list(settings, console).await,
        OrderCommand::List { stalled, state, agent, by_cause: false } => {
            orders::list(settings, *stalled, *state, agent.as_deref(), console).await
        }
        OrderCommand::Find { text } => find::run(settings, text, console).await,
        OrderCommand::Show { id } => orders::show(settings, id, console).await,
        OrderCommand::Replay(args) => replay::run(settings, args, console).await,
        OrderCommand::Walk(walk) => Box::pin(walk::run(settings, walk, console)).await,
        OrderCommand::Retry(retry) => retry::run(settings, retry, console).await,
        OrderCommand::Probe { id, live } => {
            live::confirm(settings, *live, console)?;
            Box::pin(doubt::probe(settings, id, console)).await
        }
        OrderCommand::Resolve(resolve) => doubt::resolve(settings, resolve, console).await,
        OrderCommand::Amend(amend) => orders::amend(settings, amend, console).await,
        OrderCommand::Release { id, reason } => orders::release(settings, id, reason, console).await,
        OrderCommand::TakeOver { id } => hands::take_over(settings, id, console).await,
        OrderCommand::Assign { ids, to } => hands::assign(settings, ids, to, console).await,
        OrderCommand::Note { id, text } => hands::note(settings, id, text, console).await,
        OrderCommand::Abandon { id, reason } => orders::abandon(settings, id, reason, console).await,
        OrderCommand::Erase(erase) => erase::run(settings, erase, console).await,
    }
}

/// Waits until the system or a person asks the program to end.
async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    // Where no signal can be waited for, the server runs until it is killed.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
