//! Settings: flags over `PXDESK_*` variables over the file over defaults. Reading them is this room's only I/O.
//!
//! A key that is unknown, or a value that does not fit, is an error that names the file, the line and the nearest
//! valid key; nothing is guessed.

mod file;
mod places;
mod variables;

pub use file::{Acceptance, Doubt, Duration, EnvironmentFile, File, HttpUrl, Timeouts};
pub use places::Places;

use crate::order::Environment;
use crate::px::Paths;
use std::fmt;
use std::path::{Path, PathBuf};

/// What went wrong with the settings; exit status 5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(pub String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// Where credentials come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialsFrom {
    /// The Px inside this program takes any.
    Embedded,
    /// A file of two lines, key and secret, mode 0600.
    File(PathBuf),
    /// The platform's keyring.
    Keyring,
}

/// Where Px is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Inside this program.
    InProcess,
    /// Behind these URLs.
    At { base_url: String, token_url: String },
}

/// All settings, resolved for one environment.
#[derive(Clone, Debug)]
pub struct Settings {
    pub environment: Environment,
    pub agent: String,
    pub journal: PathBuf,
    pub places: Places,
    pub target: Target,
    pub credentials: CredentialsFrom,
    pub paths: Paths,
    pub headers: Vec<(String, String)>,
    pub timeouts: Timeouts,
    pub acceptance: Acceptance,
    pub doubt: Doubt,
}

/// What the command line says; the rest is looked up.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    pub config: Option<PathBuf>,
    pub environment: Option<Environment>,
}

impl Settings {
    /// Finds, reads and resolves the settings.
    ///
    /// # Errors
    /// Names the file and line, or the variable, and what fits there.
    pub fn load(flags: &Flags, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, Error> {
        let variables: Vec<(String, String)> = variables.into_iter().collect();
        let places = Places::find(&variables)?;
        let named = flags.config.clone().or_else(|| lookup(&variables, "PXDESK_CONFIG").map(PathBuf::from));
        let path = named.clone().unwrap_or_else(|| places.config.join("config.toml"));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => String::new(),
            Err(error) => {
                return Err(Error(format!("cannot read the configuration {}: {error}", path.display())));
            }
        };
        let in_file = file::parse(&text).map_err(|e| Error(format!("{}:{e}", path.display())))?;
        let file = variables::overlay(in_file, &text, &variables)?;
        resolve(file, flags, places, &path, &variables)
    }
}

fn lookup<'a>(variables: &'a [(String, String)], name: &str) -> Option<&'a str> {
    variables.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
}

fn resolve(
    mut file: File,
    flags: &Flags,
    places: Places,
    path: &Path,
    variables: &[(String, String)],
) -> Result<Settings, Error> {
    let environment = flags.environment.or(file.environment).unwrap_or(Environment::Embedded);
    let EnvironmentFile { base_url, token_url, credentials, paths, headers } =
        file.environments.remove(&environment).unwrap_or_default();
    let target = target(environment, base_url, token_url);
    let folder = path.parent().unwrap_or(Path::new("."));
    let credentials = match credentials.as_deref() {
        Some("keyring") => CredentialsFrom::Keyring,
        Some(file) => CredentialsFrom::File(folder.join(file)),
        None if environment == Environment::Embedded => CredentialsFrom::Embedded,
        None => CredentialsFrom::Keyring,
    };
    let user = lookup(variables, "USER").or_else(|| lookup(variables, "USERNAME"));
    let agent = file.agent.unwrap_or_else(|| user.unwrap_or("agent").to_owned());
    Ok(Settings {
        environment,
        agent,
        journal: journal(file.journal.url.as_deref().unwrap_or("sqlite:pxdesk.db"), &places.data, path)?,
        places,
        target,
        credentials,
        paths,
        headers: headers.into_iter().collect(),
        timeouts: file.timeouts,
        acceptance: file.acceptance,
        doubt: file.doubt,
    })
}

/// Lumen's own hosts and token path stand in for what is not configured (D, G).
fn target(environment: Environment, base_url: Option<HttpUrl>, token_url: Option<HttpUrl>) -> Target {
    let default = match environment {
        Environment::Embedded => None,
        Environment::Sandbox => Some("https://api-test.lumen.com/"),
        Environment::Production => Some("https://api.lumen.com/"),
    };
    let Some(base_url) = base_url.map(|u| u.0).or_else(|| default.map(str::to_owned)) else {
        return Target::InProcess;
    };
    let token_url =
        token_url.map_or_else(|| format!("{}/oauth/v2/token", base_url.trim_end_matches('/')), |u| u.0);
    Target::At { base_url, token_url }
}

fn journal(url: &str, data: &Path, path: &Path) -> Result<PathBuf, Error> {
    let bad = |what: &str| Err(Error(format!("{}: journal.url {what}; write sqlite:FILE", path.display())));
    match url.split_once(':') {
        Some(("sqlite", rest)) if !rest.trim_start_matches("//").is_empty() => {
            Ok(data.join(rest.strip_prefix("//").unwrap_or(rest)))
        }
        Some(("postgres" | "postgresql", _)) => {
            bad("names PostgreSQL, which this version does not speak yet")
        }
        Some(_) | None => bad("is not a journal"),
    }
}

#[cfg(test)]
mod tests;
