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
use super::spot::{key_at, line, line_of};
use crate::sandbox::error::Error;
use crate::sandbox::registration::settings::Settings;
use serde::Deserialize;
use std::ops::RangeInclusive;

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

    /// The scenario in the text of a file, whose name is `place`.
    pub fn read(text: &str, place: &str) -> Result<Self, Error> {
        parse(text, place)
    }

    /// What is special about the order with that transaction id.
    pub fn special(&self, transaction: &str) -> Option<&Special> {
        self.orders.iter().find(|o| o.transaction_id == transaction)
    }

    /// The first value that cannot be: its key, and what is wrong with it.
    fn misfit(&self) -> Option<(String, String)> {
        within("accepts_after_seconds", self.accepts_after_seconds, 0..=LONGEST)
            .or_else(|| within("token_lifetime_seconds", self.token_lifetime_seconds, 1..=LONGEST))
            .or_else(|| within("faults_percent", self.faults_percent.into(), 0..=100))
            .or_else(|| one_of("offer", self.offer.as_deref(), &rcc::NAMES))
            .or_else(|| (0..self.orders.len()).find_map(|n| self.misfit_of(n)))
    }

    /// The same of one of its orders, by its number from 0.
    fn misfit_of(&self, n: usize) -> Option<(String, String)> {
        let order = self.orders.get(n)?;
        let name = |key: &str| format!("order[{}].{key}", n + 1);
        if order.transaction_id.is_empty() {
            return Some((name("transaction_id"), "is missing".to_owned()));
        }
        let before = self.orders.iter().take(n).position(|o| o.transaction_id == order.transaction_id);
        if let Some(before) = before {
            let what = format!("= `{}` is that of order[{}], too", order.transaction_id, before + 1);
            return Some((name("transaction_id"), what));
        }
        within(&name("prepared_minutes_ago"), order.prepared_minutes_ago, 0..=LONGEST / 60)
            .or_else(|| one_of(&name("offer"), order.offer.as_deref(), &rcc::NAMES))
            .or_else(|| one_of(&name("language"), order.language.as_deref(), &rcc::LANGUAGES))
    }
}

fn within(key: &str, value: i64, range: RangeInclusive<i64>) -> Option<(String, String)> {
    let (least, most) = (range.start(), range.end());
    let what = || (key.to_owned(), format!("= {value} is not between {least} and {most}"));
    (!range.contains(&value)).then(what)
}

fn one_of(key: &str, value: Option<&str>, valid: &[&str]) -> Option<(String, String)> {
    let value = value.filter(|v| !valid.contains(v))?;
    Some((key.to_owned(), format!("= `{value}` is none of {}", valid.join(", "))))
}

fn parse(text: &str, place: &str) -> Result<Scenario, Error> {
    let scenario: Scenario = toml::from_str(text).map_err(|e| {
        let at = e.span().map_or(0, |span| span.start);
        let line = line(text, at);
        let key = key_at(text, at).filter(|_| !is_unknown_key(e.message()));
        let key = key.map_or_else(String::new, |key| format!("{key}: "));
        Error(format!("{place}:{line}: {key}{}", explain(e.message())))
    })?;
    match scenario.misfit() {
        Some((key, what)) => Err(Error(format!("{place}:{}: {key} {what}", line_of(text, &key)))),
        None => Ok(scenario),
    }
}

fn is_unknown_key(message: &str) -> bool {
    message.starts_with("unknown field")
}

/// serde's words, with the nearest key first.
fn explain(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    match quoted.next() {
        Some(found) if is_unknown_key(message) => {
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
    }

    #[test]
    fn values_that_cannot_be_are_named() {
        let check = |text: &str, said: &str| {
            let error = parse(text, "s.toml").unwrap_err().0;
            assert!(error.starts_with(&format!("s.toml:{said}")), "{error}");
        };
        check("\noffer = \"x\"", "2: offer = `x` is none of internet");
        check("token_lifetime_seconds = 0", "1: token_lifetime_seconds = 0 is not between 1");
        check(&format!("accepts_after_seconds = {}", i64::MAX), "1: accepts_after_seconds = 9");
        check("faults_percent = 101", "1: faults_percent = 101");
        check("\n[[order]]\ndeclines = true", "2: order[1].transaction_id is missing");
        check(
            "[[order]]\ntransaction_id = \"T\"\nlanguage = \"fr\"",
            "3: order[1].language = `fr` is none of",
        );
        check("[[order]]\ntransaction_id = \"T\"\ndeclin = true", "3: `declin` is not a key");
        let two = "[[order]]\ntransaction_id = \"T\"\n";
        check(&format!("{two}{two}"), "4: order[2].transaction_id = `T` is that of order[1], too");
        check(
            &format!("{two}[[order]]\ntransaction_id = \"U\"\nprepared_minutes_ago = -5"),
            "5: order[2].prepared_minutes_ago = -5 is not between 0",
        );
    }

    #[test]
    fn a_value_of_another_kind_is_named_with_its_key() {
        let check = |text: &str, said: &str| {
            let error = parse(text, "s.toml").unwrap_err().0;
            assert!(error.starts_with(&format!("s.toml:{said}")), "{error}");
        };
        check("key = 5", "1: key: invalid type: integer `5`, expected a string");
        check("offer = \"phone\"\nsales_codes = \"S\"", "2: sales_codes: invalid type");
        check("sales_codes = [\n  \"S\",\n  7,\n]", "3: sales_codes: invalid type");
        check("[registration]\n\nduplicates = \"x\"", "3: registration.duplicates: unknown variant `x`");
        check("[[order]]\n[[order]]\ndeclines = 1", "3: order[2].declines: invalid type");
        check("faults_percent = 300", "1: faults_percent: invalid value");
        check("key = ", "1: ");
    }
}
