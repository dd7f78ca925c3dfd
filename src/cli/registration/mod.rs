//! `registration`: a contract from the command line. No rules of its own: what changes is planned by `registry`, and
//! applied by the engine.

mod apply;
mod bar;
mod list;
mod plan;
mod printed;
mod runs;
mod single;
mod told;

use super::args::RegistrationCommand;
use super::{Console, Exit, Failed};
use crate::config::Settings;
use crate::registry::file::Format;

/// Does what `command` says.
pub async fn run(
    settings: &Settings,
    command: &RegistrationCommand,
    console: &Console,
) -> Result<Exit, Failed> {
    use RegistrationCommand as C;
    // A bad file is reported before anything is opened.
    match command {
        C::Plan(file) | C::Drift(file) => plan::run(settings, file, console).await,
        C::Apply { file, plan, allow_removals, word } => {
            let wanted = apply::Wanted { file, plan: plan.as_deref(), allow: *allow_removals };
            apply::run(settings, &wanted, word, console).await
        }
        C::List { collection } => list::list(settings, collection.map(Into::into), console).await,
        C::Export { file, format } => {
            let usual = if console.is_json() { Format::Json } else { Format::Toml };
            let format = format.map_or(usual, Into::into);
            list::export(settings, file.as_deref(), format, console).await
        }
        C::Runs { id: None } => runs::all(settings, console).await,
        C::Runs { id: Some(id) } => runs::one(settings, id, console).await,
        C::Create { what, word } => single::create(settings, what, word, console).await,
        C::Rename { collection, id, name, word } => {
            single::rename(settings, ((*collection).into(), id, name), word, console).await
        }
        C::Remove(remove) => single::remove(settings, remove, console).await,
    }
}
