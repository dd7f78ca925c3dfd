//! Scenarios: how the embedded Px behaves. TOML; every key is optional.
//!
//! ```toml
//! accepts_after_seconds = 20      # an SMS or e-mail is accepted by itself after this long
//! token_lifetime_seconds = 1799
//! offer = "internet"              # one text for every address: internet, phone, bundle, hostile
//! rcc_as_text = false             # the text as one string
//! numbers_as_strings = false      # apiStatusCode as "401"
//! faults_percent = 0              # how many calls in a hundred go wrong by chance
//! key = "…"                       # only this consumer key and secret are accepted
//! secret = "…"
//! sales_codes = ["S100"]          # only these are valid; likewise partner_ids, address_detail_ids, transaction_ids
//!
//! [[order]]                       # an order that is not like the others
//! transaction_id = "T-1"
//! prepared_minutes_ago = 0        # how long before its first call it was prepared
//! offer = "bundle"                # its text; otherwise chosen by its address
//! language = "es"                 # otherwise by its address
//! payment_required = false        # without a payment token: 1130
//! declines = false                # its customer never accepts what is sent
//!
//! [registration]                  # which ways the registration takes
//! duplicates = "allowed"          # a second object with one provider id; or "conflict"
//! ids = "reference"               # surrogate ids as strings, in pairs as numbers; or "numbers", "strings", "mixed"
//! shapes = "mixed"                # refusals nested, one flat; or "nested", "flat"
//! ```

use super::rcc;
use crate::sandbox::error::Error;
use crate::sandbox::registration::settings::Settings;
use serde::Deserialize;
use std::ops::RangeInclusive;
use std::path::Path;

/// A year: no lifetime and no wait is longer.
const LONGEST: i64 = 366 * 24 * 3600;

/// A scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    pub accepts_after_seconds: i64,
    pub token_lifetime_seconds: i64,
    pub offer: Option<String>,
    pub rcc_as_text: bool,
    pub numbers_as_strings: bool,
    pub faults_percent: u8,
    pub key: Option<String>,
    pub secret: Option<String>,
    pub sales_codes: Vec<String>,
    pub partner_ids: Vec<String>,
    pub address_detail_ids: Vec<String>,
    pub transaction_ids: Vec<String>,
    #[serde(rename = "order")]
    pub orders: Vec<Special>,
    pub registration: Settings,
}

/// What is special about one order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Special {
    pub transaction_id: String,
    pub prepared_minutes_ago: i64,
    pub offer: Option<String>,
    pub language: Option<String>,
    pub payment_required: bool,
    pub declines: bool,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            accepts_after_seconds: 20,
            token_lifetime_seconds: 1799,
            offer: None,
            rcc_as_text: false,
            numbers_as_strings: false,
            faults_percent: 0,
            key: None,
            secret: None,
            sales_codes: Vec::new(),
            partner_ids: Vec::new(),
            address_detail_ids: Vec::new(),
            transaction_ids: Vec::new(),
            orders: Vec::new(),
            registration: Settings::default(),
        }
    }
}

/// The scenarios that come with the program.
const NAMED: [(&str, &str); 6] = [
    ("calm", include_str!("../../../assets/sandbox/scenarios/calm.toml")),
    ("practice", include_str!("../../../assets/sandbox/scenarios/practice.toml")),
    ("faulty", include_str!("../../../assets/sandbox/scenarios/faulty.toml")),
    ("strict", include_str!("../../../assets/sandbox/scenarios/strict.toml")),
    ("loose", include_str!("../../../assets/sandbox/scenarios/loose.toml")),
    ("hostile", include_str!("../../../assets/sandbox/scenarios/hostile.toml")),
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

    /// What is special about the order with that transaction id.
    pub fn special(&self, transaction: &str) -> Option<&Special> {
        self.orders.iter().find(|o| o.transaction_id == transaction)
    }

    /// The first value that cannot be, in words.
    fn misfit(&self) -> Option<String> {
        let within = |name: &str, value: i64, range: RangeInclusive<i64>| {
            let (least, most) = (range.start(), range.end());
            (!range.contains(&value)).then(|| format!("{name} = {value} is not between {least} and {most}"))
        };
        let text = |offer: &Option<String>, language: &Option<String>| {
            let offer = rcc_named("offer", offer.as_deref(), &rcc::NAMES);
            offer.or_else(|| rcc_named("language", language.as_deref(), &rcc::LANGUAGES))
        };
        let order = |order: &Special| {
            let unnamed = order.transaction_id.is_empty().then(|| "transaction_id is missing".to_owned());
            let misfit = unnamed
                .or_else(|| within("prepared_minutes_ago", order.prepared_minutes_ago, 0..=LONGEST / 60))
                .or_else(|| text(&order.offer, &order.language))?;
            Some(format!("[[order]] {}: {misfit}", order.transaction_id))
        };
        within("accepts_after_seconds", self.accepts_after_seconds, 0..=LONGEST)
            .or_else(|| within("token_lifetime_seconds", self.token_lifetime_seconds, 1..=LONGEST))
            .or_else(|| within("faults_percent", self.faults_percent.into(), 0..=100))
            .or_else(|| text(&self.offer, &None))
            .or_else(|| self.orders.iter().find_map(order))
    }
}

fn rcc_named(key: &str, value: Option<&str>, valid: &[&str]) -> Option<String> {
    let value = value.filter(|v| !valid.contains(v))?;
    Some(format!("{key} = `{value}` is none of {}", valid.join(", ")))
}

fn parse(text: &str, place: &str) -> Result<Scenario, Error> {
    let scenario: Scenario = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(1, |s| text[..s.start.min(text.len())].matches('\n').count() + 1);
        Error(format!("{place}:{line}: {}", explain(e.message())))
    })?;
    match scenario.misfit() {
        Some(misfit) => Err(Error(format!("{place}: {misfit}"))),
        None => Ok(scenario),
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
    }

    #[test]
    fn values_that_cannot_be_are_named() {
        let check = |text: &str, named: &str| {
            let error = parse(text, "s.toml").unwrap_err().0;
            assert!(error.starts_with("s.toml") && error.contains(named), "{error}");
        };
        check("offer = \"x\"", "none of internet");
        check("token_lifetime_seconds = 0", "token_lifetime_seconds = 0 is not between 1");
        check(&format!("accepts_after_seconds = {}", i64::MAX), "accepts_after_seconds");
        check("faults_percent = 101", "faults_percent");
        check("[[order]]\ndeclines = true", "transaction_id is missing");
        check("[[order]]\ntransaction_id = \"T\"\nlanguage = \"fr\"", "none of en, es");
        check("[[order]]\ntransaction_id = \"T\"\ndeclin = true", "did you mean `declines`?");
    }
}
