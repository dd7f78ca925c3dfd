//! `registration plan` and `drift`: what would change. Nothing is sent but lists.

use super::told;
use crate::cli::args::FileArgs;
use crate::cli::{Console, Exit, Failed, Session, opened};
use crate::config::Settings;
use crate::engine::RegistrationError;
use crate::registry::file::{self, Format};
use crate::registry::{Desired, Listing, Plan, oddities};
use std::io::Read as _;
use std::path::Path;

/// As much of what is wrong with a file as is told.
const FLAWS: usize = 100;

/// Prints the plan.
pub async fn run(settings: &Settings, file: &FileArgs, console: &Console) -> Result<Exit, Failed> {
    let desired = read(&file.file, console)?;
    let session = opened::contract_to_read(settings).await?;
    if let Some(run) = session.engine.unfinished_run().await? {
        let (by, since) = (&run.opened_by, run.opened_at);
        console.note(&if session.engine.is_at_work(&run).await {
            format!(
                "{by} has been applying a plan to this contract since {since:.0}: what would change is not what it will be \
                 then. Plan again once that has ended"
            )
        } else {
            format!(
                "a plan that {by} began to apply at {since:.0} is unfinished; `registration apply` finishes it first"
            )
        });
    }
    let listing = session.engine.list_contract().await?;
    may_be_empty(file, &desired, &listing)?;
    let plan = planned(&desired, &listing, console)?;
    print(&session, &plan, &listing, console)?;
    Ok(if plan.is_empty() { Exit::Done } else { Exit::BadInput })
}

/// The plan, as data.
pub fn print(session: &Session, plan: &Plan, listing: &Listing, console: &Console) -> Result<(), Failed> {
    let contract = session.engine.contract()?;
    if console.is_json() {
        console.json(&told::json((session.engine.environment(), contract), plan, listing))
    } else {
        console.text(&told::text(contract, plan))
    }
}

/// What leads from the listing to what is desired.
pub fn planned(desired: &Desired, listing: &Listing, console: &Console) -> Result<Plan, Failed> {
    let plan = Plan::new(desired, listing).map_err(RegistrationError::Findings)?;
    for odd in oddities(desired, listing) {
        console.note(&odd);
    }
    Ok(plan)
}

/// Refuses a file of nothing where something is there, and nobody said that it is meant: it may never have been written.
pub fn may_be_empty(
    FileArgs { file, empty }: &FileArgs,
    desired: &Desired,
    listing: &Listing,
) -> Result<(), Failed> {
    if !desired.is_empty() || *empty || *listing == Listing::default() {
        return Ok(());
    }
    Err(Failed {
        exit: Exit::BadInput,
        what: format!(
            "{}: it holds no application and no customer, so all that is there would be removed; nothing was sent",
            file.display()
        ),
        next: Some("If that is what you want: --empty".to_owned()),
    })
}

/// What the file says should be there.
pub fn read(path: &Path, console: &Console) -> Result<Desired, Failed> {
    let shown = path.display();
    let text = text(path)?;
    let format = match path.extension().and_then(|end| end.to_str()) {
        Some(end) => Format::of_extension(end),
        None if text.trim_start().starts_with('{') => Some(Format::Json),
        None => Some(Format::Toml),
    };
    let format = format.ok_or_else(|| {
        let what = format!("{shown}: its name must end in .toml, .json or .csv");
        Failed::new(Exit::BadInput, what)
    })?;
    file::read(&text, format).map_err(|flaws| {
        for flaw in flaws.iter().take(FLAWS) {
            console.note(&format!("{shown}: {flaw}"));
        }
        if flaws.len() > FLAWS {
            console.note(&format!("{shown}: and {} more", flaws.len() - FLAWS));
        }
        let things = if flaws.len() == 1 { "1 thing is" } else { &format!("{} things are", flaws.len()) };
        Failed {
            exit: Exit::BadInput,
            what: format!("{shown}: {things} wrong; nothing was sent"),
            next: Some("Correct the file, then try again".to_owned()),
        }
    })
}

/// The text of a file, or with `-` of standard input.
pub(super) fn text(path: &Path) -> Result<String, Failed> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    let shown = path.display();
    let bad = |why: String| Failed::new(Exit::BadInput, format!("{shown}: {why}"));
    let bytes = read.map_err(|error| {
        let what = format!("cannot read {shown}: {error}");
        Failed::new(Exit::BadInput, what)
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        bad(format!("line {line}: is not UTF-8 text; save the file as UTF-8"))
    })
}
