//! `~/` at the beginning of a path is this person's own folder, whichever setting names it, as in a shell.

use super::file::{EnvironmentFile, File};
use crate::order::Environment;
use std::path::{Path, PathBuf, is_separator};

/// Writes the whole of every path of `file` that begins with `~/`, as far as it is of weight in `environment`.
///
/// # Errors
/// Names the setting, where this person's folder is not known.
pub fn expand(file: &mut File, environment: Environment, home: Option<&Path>) -> Result<(), String> {
    for (key, path) in paths(file, environment) {
        if let Some(path) = path {
            *path = whole(&key, path, home)?;
        }
    }
    Ok(())
}

/// Every path of `file` that is of weight in `environment`, with the key of its setting; none where nothing is said.
pub fn paths(file: &mut File, environment: Environment) -> Vec<(String, Option<&mut String>)> {
    let mut each = vec![
        ("journal.url".to_owned(), file.journal.url.as_mut()),
        ("journal.password_file".to_owned(), file.journal.password_file.as_mut()),
        ("journal.key_file".to_owned(), file.journal.key_file.as_mut()),
    ];
    let webhook = &mut file.market.webhook;
    let of_webhook = [
        ("command", webhook.command.first_mut()),
        ("secret_file", webhook.secret_file.as_mut()),
        ("basic_file", webhook.basic_file.as_mut()),
        ("client_ca_file", webhook.client_ca_file.as_mut()),
        ("tls_cert_file", webhook.tls_cert_file.as_mut()),
        ("tls_key_file", webhook.tls_key_file.as_mut()),
    ];
    each.extend(of_webhook.map(|(key, path)| (format!("market.webhook.{key}"), path)));
    if let Some(of) = file.environments.get_mut(&environment) {
        let EnvironmentFile { credentials, ca_file, market, registration, .. } = of;
        let market = market.as_mut();
        let (provider_key, market_ca) =
            market.map(|m| (m.provider_key.as_mut(), m.ca_file.as_mut())).unwrap_or_default();
        let registration = registration.as_mut();
        let (edgerc, edge_ca) =
            registration.map(|r| (r.edgerc.as_mut(), r.ca_file.as_mut())).unwrap_or_default();
        let here = [
            ("credentials", credentials.as_mut()),
            ("ca_file", ca_file.as_mut()),
            ("market.provider_key", provider_key),
            ("market.ca_file", market_ca),
            ("registration.edgerc", edgerc),
            ("registration.ca_file", edge_ca),
        ];
        each.extend(here.map(|(key, path)| (format!("environments.{environment}.{key}"), path)));
    }
    each
}

/// The whole of a path, or of a journal's URL.
fn whole(key: &str, path: &str, home: Option<&Path>) -> Result<String, String> {
    let (scheme, file) = match path.strip_prefix("sqlite:") {
        Some(file) => ("sqlite:", file.strip_prefix("//").unwrap_or(file)),
        None => ("", path),
    };
    let Some(rest) = below_home(file) else { return Ok(path.to_owned()) };
    let home = home
        .ok_or_else(|| format!("{key} is {path}, and HOME is not set; write the whole of the file's name"))?;
    Ok(format!("{scheme}{}", home.join(rest).display()))
}

/// What follows `~/`.
fn below_home(path: &str) -> Option<PathBuf> {
    let rest = path.strip_prefix('~')?.strip_prefix(is_separator)?;
    Some(rest.trim_start_matches(is_separator).into())
}
