//! Scenarios: what the embedded Px is like today. TOML; every key is optional.
//!
//! ```toml
//! accepts_after_seconds = 20      # an SMS or e-mail is accepted by itself after so long
//! token_lifetime_seconds = 1799
//! offer = "internet"              # one text for every address: internet, phone, bundle, hostile
//! rcc_as_text = false             # the text as one string
//! numbers_as_strings = false      # apiStatusCode as "401"
//! key = "…"                       # only this consumer key and secret are taken
//! secret = "…"
//! sales_codes = ["S100"]          # only these are valid; likewise partner_ids, address_detail_ids, transaction_ids
//! ```

use super::{Error, rcc};
use serde::Deserialize;
use std::path::Path;

/// A scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    pub accepts_after_seconds: i64,
    pub token_lifetime_seconds: i64,
    pub offer: Option<String>,
    pub rcc_as_text: bool,
    pub numbers_as_strings: bool,
    pub key: Option<String>,
    pub secret: Option<String>,
    pub sales_codes: Vec<String>,
    pub partner_ids: Vec<String>,
    pub address_detail_ids: Vec<String>,
    pub transaction_ids: Vec<String>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            accepts_after_seconds: 20,
            token_lifetime_seconds: 1799,
            offer: None,
            rcc_as_text: false,
            numbers_as_strings: false,
            key: None,
            secret: None,
            sales_codes: Vec::new(),
            partner_ids: Vec::new(),
            address_detail_ids: Vec::new(),
            transaction_ids: Vec::new(),
        }
    }
}

/// The scenarios that come with the program.
const NAMED: [(&str, &str); 4] = [
    ("calm", ""),
    ("practice", "accepts_after_seconds = 30"),
    ("loose", "rcc_as_text = true\nnumbers_as_strings = true\naccepts_after_seconds = 5"),
    ("hostile", "offer = \"hostile\"\naccepts_after_seconds = 5"),
];

impl Scenario {
    /// The names of the scenarios that come with the program.
    pub fn names() -> Vec<&'static str> {
        NAMED.iter().map(|(name, _)| *name).collect()
    }

    /// The scenario of that name.
    pub fn named(name: &str) -> Result<Self, Error> {
        let found = NAMED.iter().find(|(n, _)| *n == name);
        let (_, text) = found.ok_or_else(|| {
            Error(format!("there is no scenario `{name}`; there are {}", Self::names().join(", ")))
        })?;
        parse(text, name)
    }

    /// The scenario in a file.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|e| {
            let names = Self::names().join(", ");
            Error(format!(
                "the scenario {} is neither one of {names} nor a file that can be read: {e}",
                path.display()
            ))
        })?;
        parse(&text, &path.display().to_string())
    }
}

fn parse(text: &str, place: &str) -> Result<Scenario, Error> {
    let scenario: Scenario = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(1, |s| text[..s.start.min(text.len())].matches('\n').count() + 1);
        Error(format!("{place}:{line}: {}", explain(e.message())))
    })?;
    match scenario.offer.as_deref() {
        Some(offer) if !rcc::NAMES.contains(&offer) => {
            Err(Error(format!("{place}: offer `{offer}` is none of {}", rcc::NAMES.join(", "))))
        }
        Some(_) | None => Ok(scenario),
    }
}

/// serde's words, with the nearest key first.
fn explain(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    match quoted.next() {
        Some(found) if message.starts_with("unknown field") => {
            let nearest = quoted
                .max_by(|a, b| strsim::jaro_winkler(found, a).total_cmp(&strsim::jaro_winkler(found, b)));
            format!("`{found}` is not a key of a scenario; did you mean `{}`?", nearest.unwrap_or_default())
        }
        Some(_) | None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_scenario_reads_and_a_mistake_names_its_line() {
        for name in Scenario::names() {
            Scenario::named(name).unwrap();
        }
        assert_eq!(
            parse("\naccept_after_seconds = 1", "s.toml").unwrap_err().0,
            "s.toml:2: `accept_after_seconds` is not a key of a scenario; did you mean `accepts_after_seconds`?"
        );
        assert!(Scenario::load(Path::new("/nonexistent")).unwrap_err().0.contains("calm, practice"));
        assert!(parse("offer = \"x\"", "s").unwrap_err().0.contains("none of internet"));
    }
}
