//! `doctor`: what is configured, and whether it works. Sends no order call and prints no secret.
//!
//! What is on this machine comes first, then the marketplace as it is configured, the registration and the way to it, then
//! the way to Px; the exit status is that of the first check that failed.

mod local;
mod market;
mod registration;
mod way;

use super::{Console, Exit, Failed};
use crate::config::{self, Settings};
use crate::session;
use serde::Serialize;
use serde_json::json;

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    /// Works, but not as it should.
    Warning,
    Failed,
    /// Could not be looked at, or there is nothing to look at.
    Skipped,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "FAILED",
            Self::Skipped => "skipped",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    status: Status,
    found: String,
    mend: Option<String>,
    /// The exit status if nothing before it failed.
    #[serde(skip)]
    exit: Exit,
}

impl Check {
    fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, status: Status::Ok, found: found.into(), mend: None, exit: Exit::Done }
    }

    fn skipped(name: &'static str, why: impl Into<String>) -> Self {
        Self { status: Status::Skipped, ..Self::ok(name, why) }
    }

    fn warning(name: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { status: Status::Warning, mend: Some(mend.into()), ..Self::ok(name, found) }
    }

    fn failed(name: &'static str, exit: Exit, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { status: Status::Failed, mend: Some(mend.into()), exit, ..Self::ok(name, found) }
    }
}

/// Checks everything and says what it found.
pub async fn run(settings: Result<Settings, config::Error>, console: &Console) -> Result<Exit, Failed> {
    let mut checks = Vec::new();
    let environment = settings.as_ref().ok().map(|settings| settings.environment);
    match settings {
        Err(error) => {
            let mend = "fix what it names; nothing else can be checked before that";
            checks.push(Check::failed("configuration", Exit::Configuration, error.to_string(), mend));
        }
        Ok(settings) => look(&settings, &mut checks).await,
    }
    let failed = checks.iter().find(|check| check.status == Status::Failed);
    let exit = failed.map_or(Exit::Done, |check| check.exit);
    if console.is_json() {
        console.json(&json!({ "environment": environment, "checks": checks, "ok": failed.is_none() }))?;
    } else {
        console.text(&text(&checks))?;
    }
    Ok(exit)
}

async fn look(settings: &Settings, checks: &mut Vec<Check>) {
    checks.push(local::configuration(settings));
    checks.extend(local::variables(settings));
    checks.extend(local::zone());
    let credentials = local::credentials(settings).await;
    let usable = credentials.iter().all(|check| check.status != Status::Failed);
    checks.extend(credentials);
    let (journal, shared_clock) = local::journal(settings).await;
    checks.extend(journal);
    checks.push(local::kept_apart(settings));
    checks.push(local::logs(settings));
    checks.extend(market::look(settings).await);
    checks.extend(registration::look(settings).await);
    match session::client(settings) {
        Ok(client) => way::look(&client, settings, usable, shared_clock, checks).await,
        Err(failed) => way::none(failed, settings, checks),
    }
}

fn text(checks: &[Check]) -> String {
    let mut lines = Vec::new();
    for Check { name, status, found, mend, .. } in checks {
        for (nth, line) in found.lines().enumerate() {
            let (status, name) = if nth == 0 { (status.name(), *name) } else { ("", "") };
            lines.push(format!("{status:<8} {name:<13} {line}"));
        }
        lines.extend(mend.iter().map(|mend| format!("{:<22} fix: {mend}", "")));
    }
    lines.join("\n")
}
