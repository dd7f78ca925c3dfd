//! `PXDESK_*` variables: any key of the file, its path joined by `_` or `__`, in capitals.

use super::error::Error;
use super::explain::explain;
use super::file::File;
use super::registration::EnvironmentRegistration;
use crate::market;
use crate::order::{Call, Environment};
use std::ffi::OsString;
use toml::{Table, Value};

/// What the names of our variables begin with.
const OURS: &str = "PXDESK_";

/// How near a variable's name must be to a key's to count as a misspelling of it.
const MISSPELT: f64 = 0.93;

/// The keys of a marketplace in an environment, but for its paths.
const MARKET: [&str; 5] = ["base_url", "provider_key", "ca_file", "proxy", "requests_per_second"];

/// Every key that a variable can set, as a path.
pub fn keys() -> Vec<Vec<String>> {
    let fixed = [
        "environment",
        "agent",
        "role",
        "journal.url",
        "journal.password",
        "journal.password_file",
        "journal.key_file",
        "timeouts.connect",
        "timeouts.retrieve_rcc",
        "timeouts.send_rcc",
        "timeouts.get_rcc_acceptance",
        "timeouts.complete_order",
        "timeouts.market",
        "timeouts.registration",
        "acceptance.first_pause",
        "acceptance.longest_pause",
        "acceptance.give_up_after",
        "reading.fastest",
        "doubt.quiet_period",
        "doubt.two_people",
        "desk.lock_after",
        "desk.notify",
        "desk.theme",
        "log.level",
        "log.libraries",
        "log.format",
        "log.keep_days",
        "market.usage.tail",
        "market.usage.concurrency",
        "market.v1.enabled",
    ];
    let webhook = [
        "path",
        "v1_path",
        "answer",
        "assign",
        "forward",
        "answer_within",
        "otherwise",
        "refusal",
        "secret_header",
        "secret_file",
        "basic_file",
        "client_ca_file",
        "tls_cert_file",
        "tls_key_file",
        "behind_proxy",
    ]
    .map(|key| format!("market.webhook.{key}"));
    let fixed = fixed.iter().map(|key| (*key).to_owned());
    let of = |environment: Environment| {
        let plain = ["base_url", "token_url", "credentials", "ca_file", "proxy", "requests_per_second"]
            .map(|key| format!("environments.{environment}.{key}"));
        plain
            .into_iter()
            .chain(Call::ALL.map(|call| format!("environments.{environment}.paths.{}", call.name())))
            .chain(MARKET.map(|key| format!("environments.{environment}.market.{key}")))
            .chain(market::Paths::NAMES.map(|key| format!("environments.{environment}.market.paths.{key}")))
            .chain(
                EnvironmentRegistration::NAMES
                    .map(|key| format!("environments.{environment}.registration.{key}")),
            )
    };
    let all = fixed.chain(webhook).chain(Environment::ALL.into_iter().flat_map(of));
    all.map(|key| key.split('.').map(str::to_owned).collect()).collect()
}

/// The variables of this process, as far as they are text.
///
/// # Errors
/// Names one that says where something is or how it is set, and is no text: it would be silently without effect.
pub fn texts(all: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Vec<(String, String)>, Error> {
    let text = |(name, value): (OsString, OsString)| {
        // What is not ours may have any name.
        let name = name.into_string().ok()?;
        match value.into_string() {
            Ok(value) => Some(Ok((name, value))),
            Err(_) if is_of_weight(&name) => {
                Some(Err(Error(format!("the variable {name} is not UTF-8 text; set it anew, or unset it"))))
            }
            Err(_) => None,
        }
    };
    all.into_iter().filter_map(text).collect()
}

fn is_of_weight(name: &str) -> bool {
    let places = ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"];
    name.starts_with("PXDESK_") || name.starts_with("XDG_") || places.contains(&name)
}

/// Whether one is named like ours. Where none is, as in most homes, nothing has to be looked for.
pub fn any_of_ours(variables: &[(String, String)]) -> bool {
    variables.iter().any(|(name, _)| name.starts_with(OURS))
}

/// The value of the variable `name`; none where it is empty.
pub fn lookup<'a>(variables: &'a [(String, String)], name: &str) -> Option<&'a str> {
    variables.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
}

/// The variable for the key at `path`.
pub fn name(path: &[String], joint: &str) -> String {
    format!("PXDESK_{}", path.join(joint).to_uppercase())
}

/// The names that a key's variable may have, the last of them winning.
fn names(path: &[String]) -> Vec<String> {
    let mut names = vec![name(path, "__"), name(path, "_")];
    // The one that is typed most.
    if path == ["log", "level"] {
        names.push("PXDESK_LOG".to_owned());
    }
    names
}

/// The file's settings with the variables' on top. `text` is the file's, which has been parsed before.
pub fn overlay(in_file: File, text: &str, variables: &[(String, String)]) -> Result<File, Error> {
    if !any_of_ours(variables) {
        return Ok(in_file);
    }
    let keys = keys();
    refuse_misspelt(&keys, variables)?;
    let mut layer = Table::new();
    for path in &keys {
        for name in names(path) {
            if let Some(value) = lookup(variables, &name) {
                let mut alone = Table::new();
                put(&mut alone, path, value);
                alone
                    .clone()
                    .try_into::<File>()
                    .map_err(|e| Error(format!("{name}: {}", explain(e.message()))))?;
                put(&mut layer, path, value);
            }
        }
    }
    if layer.is_empty() {
        return Ok(in_file);
    }
    let mut table = text.parse::<Table>().map_err(|e| Error(e.message().to_owned()))?;
    merge(&mut table, layer);
    table.try_into().map_err(|e: toml::de::Error| Error(e.message().to_owned()))
}

/// The variables with a name like ours that set nothing.
pub fn without_effect(variables: &[(String, String)]) -> Vec<String> {
    if !any_of_ours(variables) {
        return Vec::new();
    }
    let valid = valid(&keys());
    unknown(&valid, variables).cloned().collect()
}

/// Every name that sets something.
fn valid(keys: &[Vec<String>]) -> Vec<String> {
    keys.iter().flat_map(|path| names(path)).chain(["PXDESK_CONFIG".to_owned()]).collect()
}

fn unknown<'a>(valid: &[String], variables: &'a [(String, String)]) -> impl Iterator<Item = &'a String> {
    let names = variables.iter().map(|(name, _)| name);
    names.filter(|name| name.starts_with(OURS) && !valid.contains(name))
}

/// A variable that is nearly a setting is meant for one, and refused.
fn refuse_misspelt(keys: &[Vec<String>], variables: &[(String, String)]) -> Result<(), Error> {
    let valid = valid(keys);
    for unknown in unknown(&valid, variables).filter(|name| name.len() > OURS.len()) {
        let mut headers =
            Environment::ALL.map(|of| format!("{OURS}ENVIRONMENTS_{of}_HEADERS").to_uppercase()).into_iter();
        if headers.any(|headers| unknown.replace("__", "_").starts_with(&headers)) {
            return Err(Error(format!(
                "the variable {unknown} is not a setting; headers of your own are given in the file alone"
            )));
        }
        let likeness = |known: &String| {
            strsim::jaro_winkler(unknown.trim_start_matches(OURS), known.trim_start_matches(OURS))
        };
        // Half a name is meant for the whole one: PXDESK_ENV for the environment, PXDESK_AGENT_NAME for the agent.
        let is_near = |(score, known): &(f64, &String)| {
            *score > MISSPELT || known.starts_with(unknown) || unknown.starts_with(&format!("{known}_"))
        };
        let near = valid.iter().map(|known| (likeness(known), known)).filter(is_near);
        if let Some((_, near)) = near.max_by(|a, b| a.0.total_cmp(&b.0)) {
            return Err(Error(format!("the variable {unknown} is not a setting; did you mean {near}?")));
        }
    }
    Ok(())
}

fn put(table: &mut Table, path: &[String], value: &str) {
    match path {
        [] => {}
        [key] => {
            table.insert(key.clone(), Value::String(value.to_owned()));
        }
        [key, rest @ ..] => {
            let inner = table.entry(key.clone()).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

fn merge(base: &mut Table, layer: Table) {
    for (key, value) in layer {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(base)), Value::Table(layer)) => merge(base, layer),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt as _;

    #[test]
    fn a_variable_of_weight_that_is_no_text_is_named() {
        let pair = |name: &str, value: &[u8]| (OsString::from(name), OsString::from_vec(value.to_vec()));
        for name in ["PXDESK_AGENT", "HOME", "XDG_DATA_HOME"] {
            let error = texts([pair("USER", b"r"), pair(name, b"a\xff")]).unwrap_err().to_string();
            assert!(error.starts_with(&format!("the variable {name} is not UTF-8 text")), "{error}");
        }
        let texts = texts([pair("USER", b"\xff"), pair("HOME", b"/home/r")]).unwrap();
        assert_eq!(texts, [("HOME".to_owned(), "/home/r".to_owned())]);
    }
}
