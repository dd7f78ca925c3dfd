//! The file as JSON, with the members of the TOML.

use super::draft::Draft;
use super::node::{self, Node, Value};
use super::toml::Written;
use super::{Flaw, Format, Lines};
use crate::registry::Desired;
use crate::text::quote;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// How deep the values lie that are looked at: an application in a customer's list, in the list of the file.
const DEEPEST: usize = 5;

/// What the text says.
///
/// # Errors
/// Where it is no such JSON.
pub fn read(text: &str) -> Result<Draft, Vec<Flaw>> {
    // Members may be left out, so an empty list would be a contract of nothing.
    if !text.trim_start().starts_with('{') {
        let what = "the file is not an object, which begins with {".to_owned();
        return Err(vec![Flaw { line: 1, field: String::new(), what }]);
    }
    let file: &RawValue = serde_json::from_str(text).map_err(|error| {
        vec![Flaw { line: error.line().max(1), field: String::new(), what: said(&error) }]
    })?;
    let whole = Whole { text, lines: Lines::of(text) };
    node::read(whole.node(file, DEEPEST), Format::Json)
}

/// The text that all values are parts of.
struct Whole<'a> {
    text: &'a str,
    lines: Lines,
}

impl<'a> Whole<'a> {
    /// A part of it, so many levels deep. Whatever lies deeper is not looked at.
    fn node(&self, part: &'a RawValue, levels: usize) -> Node {
        let json = part.get();
        let line = self.lines.at((json.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize));
        let below = levels.saturating_sub(1);
        let value = match json.bytes().next() {
            Some(b'"') => serde_json::from_str(json).map(Value::Text),
            Some(b'[' | b'{') if levels == 0 => Ok(Value::List(Vec::new())),
            Some(b'[') => serde_json::from_str::<Vec<&'a RawValue>>(json)
                .map(|parts| Value::List(parts.into_iter().map(|part| self.node(part, below)).collect())),
            Some(b'{') => serde_json::from_str::<Members<'a>>(json).map(|Members(members)| {
                let node = |(name, part)| (name, self.node(part, below));
                Value::Table(members.into_iter().map(node).collect())
            }),
            Some(b'n') => Ok(Value::Nothing),
            Some(b't' | b'f') => Ok(Value::Other(json.to_owned())),
            _ => Ok(Value::Other(format!("a number ({})", quote(json)))),
        };
        // It was read as JSON before: what is no text is half of a pair of escapes, in a name perhaps.
        Node { line, value: value.unwrap_or(Value::Half) }
    }
}

/// The members of an object, also those whose name is there twice.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collected;

        impl<'de> Visitor<'de> for Collected {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collected)
    }
}

/// What is wrong, without its place: that is counted from the beginning of the part.
fn said(error: &serde_json::Error) -> String {
    let what = error.to_string();
    what.split(" at line ").next().unwrap_or_default().to_owned()
}

/// What is desired, as JSON.
pub fn write(desired: &Desired) -> String {
    // Texts and lists of texts can always be written.
    serde_json::to_string_pretty(&Written::of(desired)).unwrap_or_default() + "\n"
}
