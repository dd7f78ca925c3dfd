//! Where each value came from. For `doctor` to show: nothing of this decides anything, and no value that may hold a
//! secret is among it.

use super::spot::below;
use super::variables::{any_of_ours, keys, lookup, name, without_effect};
use crate::order::Environment;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// Who gave a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Flag,
    /// The variable of this name.
    Variable(String),
    /// This line of the file, from 1.
    Line(usize),
    /// Nobody.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::Line(line) => write!(f, "line {line} of the file"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value that was given, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub value: String,
    pub origin: Origin,
}

/// Where values can come from.
pub struct Sources<'a> {
    /// The file, and what it holds, if it is there.
    pub path: &'a Path,
    pub text: Option<&'a str>,
    pub variables: &'a [(String, String)],
    /// The environment that a flag names.
    pub flag: Option<Environment>,
}

/// The configuration file; and by its key every value that was given for one environment, or is of weight there.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// The file that was looked for.
    pub file: PathBuf,
    /// False when it is not there.
    pub found: bool,
    pub given: BTreeMap<String, Given>,
    /// Variables that look like ours, and set nothing.
    pub without_effect: Vec<String>,
}

impl Account {
    /// Where the setting at `key` was given, as an error begins with it: the file and the line, or the variable.
    pub fn place(&self, key: &str) -> Option<String> {
        place(&self.file, &self.given, key)
    }

    /// What was given for `environment`, and of `defaults` what was not given.
    pub fn of(
        sources: &Sources,
        environment: Environment,
        defaults: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let Sources { path, text, .. } = *sources;
        let mut given = given(sources);
        for (key, value) in defaults {
            if !given.contains_key(&key) {
                put(&mut given, key, &value, Origin::Default);
            }
        }
        let ours = format!("environments.{environment}.");
        given.retain(|key, _| !key.starts_with("environments.") || key.starts_with(&ours));
        let without_effect = without_effect(sources.variables);
        Self { file: path.to_owned(), found: text.is_some(), given, without_effect }
    }
}

/// `what` is wrong, which begins with the key of a setting: with the place where that was given before it.
pub fn located(sources: &Sources, what: &str) -> String {
    let key = what.split([' ', ':']).next().unwrap_or_default();
    let place = place(sources.path, &given(sources), key);
    format!("{}: {what}", place.unwrap_or_else(|| sources.path.display().to_string()))
}

fn place(file: &Path, given: &BTreeMap<String, Given>, key: &str) -> Option<String> {
    match &given.get(key)?.origin {
        Origin::Line(line) => Some(format!("{}:{line}", file.display())),
        Origin::Variable(name) => Some(name.clone()),
        Origin::Flag | Origin::Default => None,
    }
}

/// Every value that was given, for whichever environment.
fn given(sources: &Sources) -> BTreeMap<String, Given> {
    let Sources { text, variables, flag, .. } = *sources;
    let mut given = BTreeMap::new();
    // It has been parsed before, and has no mistakes any more.
    if let Some(Ok(table)) = text.map(DeTable::parse) {
        leaves("", table.get_ref(), text.unwrap_or_default(), &mut given);
    }
    let keys = if any_of_ours(variables) { keys() } else { Vec::new() };
    for key in keys {
        for name in [name(&key, "__"), name(&key, "_")] {
            if let Some(value) = lookup(variables, &name) {
                put(&mut given, key.join("."), value, Origin::Variable(name));
            }
        }
    }
    if let Some(flag) = flag {
        put(&mut given, "environment".to_owned(), flag.name(), Origin::Flag);
    }
    given
}

fn leaves(above: &str, table: &DeTable, text: &str, given: &mut BTreeMap<String, Given>) {
    for (key, value) in table {
        let path = below(above, key.get_ref());
        if let DeValue::Table(inner) = value.get_ref() {
            leaves(&path, inner, text, given);
        } else {
            let line = text[..key.span().start].matches('\n').count() + 1;
            put(given, path, text[value.span()].trim_matches(['"', '\'']), Origin::Line(line));
        }
    }
}

fn put(given: &mut BTreeMap<String, Given>, key: String, value: &str, origin: Origin) {
    let value =
        if key.contains(".headers.") { "[redacted]".to_owned() } else { without_query(&without_user(value)) };
    given.insert(key, Given { value, origin });
}

/// A web address without its query, which may be what lets us in at a partner's server; anything else as it is.
fn without_query(value: &str) -> String {
    match value.split_once('?') {
        Some((address, _)) if value.starts_with("http") => format!("{address}?[redacted]"),
        _ => value.to_owned(),
    }
}

/// A URL without the name and password that may stand in it; anything else as it is.
fn without_user(value: &str) -> String {
    match (value.split_once("://"), value.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://[redacted]@{host}"),
        (None, _) | (_, None) => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_let_somebody_in_is_not_shown() {
        let shown = |value: &str| {
            let mut given = BTreeMap::new();
            put(&mut given, "market.webhook.forward".to_owned(), value, Origin::Default);
            given.into_values().next().unwrap().value
        };
        for (value, expected) in [
            ("https://h.example/x?key=hunter2", "https://h.example/x?[redacted]"),
            ("https://ann:hunter2@h.example/x", "https://[redacted]@h.example/x"),
            ("https://ann:hunter2@h.example/x?k=hunter2", "https://[redacted]@h.example/x?[redacted]"),
            ("postgres://h.example/floor?sslmode=require", "postgres://h.example/floor?sslmode=require"),
            ("C-{n}", "C-{n}"),
        ] {
            assert_eq!(shown(value), expected);
        }
    }
}
