//! `sandbox serve`: the embedded servers on their own.

use super::args::SandboxCommand;
use super::{Console, Exit, Failed, block_on};
use crate::files;
use crate::sandbox::{self, Scenario};
use serde_json::json;
use std::path::Path;

/// Serves until it is asked to end.
pub fn run(command: &SandboxCommand, console: &Console) -> Result<Exit, Failed> {
    let SandboxCommand::Serve { listen, scenario, seed, state, market, registration } = command;
    let bad = |e: sandbox::Error| Failed::new(Exit::BadInput, e.to_string());
    let scenario = find(scenario)?;
    let (market, registration) = (*market, *registration);
    let options = sandbox::Options { scenario, seed: *seed, state_file: state.clone(), market, registration };
    // Said before it is told that anything listens.
    sandbox::read_state(&options).map_err(bad)?;
    block_on(async {
        let listener = sandbox::bind(*listen).await.map_err(bad)?;
        let address = listener.local_addr().map_err(|e| Failed::new(Exit::Unexpected, e.to_string()))?;
        console.json_line(&json!({ "listening": format!("http://{address}") }))?;
        console.note(&format!(
            "the embedded Px listens on http://{address}; its page is http://{address}/docs; Ctrl-C ends it"
        ));
        sandbox::serve(listener, options, super::asked_to_end())
            .await
            .map_err(|e| Failed::new(Exit::Unexpected, e.to_string()))?;
        Ok(Exit::Done)
    })
}

/// The scenario of that name, or in that file.
fn find(name: &str) -> Result<Scenario, Failed> {
    let bad = |e: sandbox::Error| Failed::new(Exit::BadInput, e.to_string());
    let names = Scenario::names();
    if names.contains(&name) {
        return Scenario::named(name).map_err(bad);
    }
    let text = files::text_of_file(Path::new(name)).map_err(|e| {
        let names = names.join(", ");
        let what = format!("the scenario {name} is neither one of {names} nor a file that can be read: {e}");
        Failed::new(Exit::BadInput, what)
    })?;
    Scenario::read(&text, name).map_err(bad)
}
