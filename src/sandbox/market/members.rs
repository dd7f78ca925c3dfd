//! The members of a body, each read as the contract types it. What does not fit is said in words.

use super::amount;
use rust_decimal::Decimal;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The members of a JSON object, as they stand in the request.
pub struct Members<'a>(BTreeMap<String, &'a RawValue>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_map(Once)
    }
}

/// Takes each member once: of two with one name, other readers may see either.
struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
            if members.insert(name.clone(), value).is_some() {
                return Err(A::Error::custom(format!("{name} is there twice")));
            }
        }
        Ok(Members(members))
    }
}

impl<'a> Members<'a> {
    /// Reads them.
    pub fn read(body: &'a [u8]) -> Result<Self, String> {
        serde_json::from_slice(body).map_err(|error| format!("the body is not a JSON object: {error}"))
    }

    /// Refuses what the contract does not know.
    pub fn only(&self, names: &[&str]) -> Result<(), String> {
        match self.0.keys().find(|name| !names.contains(&name.as_str())) {
            Some(other) => Err(format!("{other} is not a member of this request")),
            None => Ok(()),
        }
    }

    /// A text that must be there, and not be empty.
    pub fn text(&self, name: &str) -> Result<String, String> {
        let text: String = self.typed(name, "text")?;
        if text.is_empty() { Err(format!("{name} is empty")) } else { Ok(text) }
    }

    /// A text that may be missing.
    pub fn optional_text(&self, name: &str) -> Result<Option<String>, String> {
        if self.0.contains_key(name) { self.text(name).map(Some) } else { Ok(None) }
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> Result<i64, String> {
        self.typed(name, "a whole number")
    }

    /// Some texts, each there once.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        let texts: Vec<String> = self.typed(name, "a list of texts")?;
        let unique: BTreeSet<&String> = texts.iter().collect();
        if texts.is_empty() || texts.iter().any(String::is_empty) {
            return Err(format!("{name} is empty, or a text in it is"));
        }
        if unique.len() == texts.len() { Ok(texts) } else { Err(format!("{name} names one twice")) }
    }

    /// A number, to its last digit, and not below zero.
    pub fn count(&self, name: &str) -> Result<Decimal, String> {
        // A double, by the contract: what is too large for one is refused here.
        let _double: f64 = self.typed(name, "a number")?;
        let exact = amount::read(self.raw(name)?)
            .ok_or_else(|| format!("{name} has more digits than can be counted"))?;
        if exact < Decimal::ZERO { Err(format!("{name} is below zero")) } else { Ok(exact) }
    }

    /// A member as it stands in the request.
    pub fn raw(&self, name: &str) -> Result<&'a str, String> {
        self.0.get(name).map(|raw| raw.get()).ok_or_else(|| format!("{name} is missing"))
    }

    fn typed<T: Deserialize<'a>>(&self, name: &str, kind: &str) -> Result<T, String> {
        serde_json::from_str(self.raw(name)?).map_err(|_| format!("{name} is not {kind}"))
    }
}
