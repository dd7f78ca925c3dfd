//! JSON as it was spelled: numbers that are more than this program's own hold, and members that are named twice.

use super::is_password;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;

/// A value of JSON. A leaf is its text.
pub(super) enum Spelled<'a> {
    Object(Vec<(String, Self)>),
    Array(Vec<Self>),
    Leaf(&'a str),
}

/// The members of an object, each as its text, in their order and as often as they are there.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Spelled<'a> {
    /// Takes JSON apart.
    ///
    /// # Errors
    /// Says which member is there twice: which of the two is meant, nobody can say.
    pub fn read(text: &'a RawValue) -> Result<Self, String> {
        let text = text.get();
        // It was read as JSON before, so what cannot be taken apart is a leaf.
        Ok(match text.as_bytes().first() {
            Some(b'{') => {
                let members: Members<'a> = serde_json::from_str(text).unwrap_or(Members(Vec::new()));
                let mut names: Vec<&str> = members.0.iter().map(|(name, _)| name.as_str()).collect();
                names.sort_unstable();
                if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
                    return Err(format!("The member {} is there twice.", crate::text::quote(twice[0])));
                }
                let members = members.0.into_iter();
                Self::Object(
                    members.map(|(name, raw)| Ok((name, Self::read(raw)?))).collect::<Result<_, String>>()?,
                )
            }
            Some(b'[') => {
                let all: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
                Self::Array(all.into_iter().map(Self::read).collect::<Result<_, _>>()?)
            }
            _ => Self::Leaf(text),
        })
    }

    /// True when a [`Value`] of it tells the same.
    pub fn is_held(&self) -> bool {
        match self {
            Self::Object(members) => members.iter().all(|(_, value)| value.is_held()),
            Self::Array(all) => all.iter().all(Self::is_held),
            Self::Leaf(text) => is_held(text),
        }
    }

    /// The same JSON without its passwords, every number as it is spelled.
    pub fn without_passwords(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, false);
        out
    }

    /// The same JSON with the members of its objects sorted, so that the same content is the same text.
    pub fn sorted(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, true);
        out
    }

    /// `whole`: sorted, with its passwords.
    fn write(&self, out: &mut String, whole: bool) {
        match self {
            Self::Leaf(text) if whole && !is_held(text) => {
                let (minus, digits, exponent) = magnitude(text);
                out.extend([if minus { "-" } else { "" }, &digits, "e", &exponent.to_string()]);
            }
            Self::Leaf(text) if !is_held(text) => out.push_str(text),
            Self::Leaf(text) => match serde_json::from_str::<Value>(text) {
                Ok(value) => out.push_str(&value.to_string()),
                Err(_) => out.push_str(text),
            },
            Self::Array(all) => {
                out.push('[');
                for (at, value) in all.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    value.write(out, whole);
                }
                out.push(']');
            }
            Self::Object(members) => {
                let mut members: Vec<_> =
                    members.iter().filter(|(name, _)| whole || !is_password(name)).collect();
                if whole {
                    members.sort_by(|(a, _), (b, _)| a.cmp(b));
                }
                out.push('{');
                for (at, (name, value)) in members.into_iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    out.push_str(&Value::from(name.as_str()).to_string());
                    out.push(':');
                    value.write(out, whole);
                }
                out.push('}');
            }
        }
    }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
}

/// True for what is no number, and for a number of which no digit is lost.
fn is_held(text: &str) -> bool {
    !is_number(text)
        || serde_json::from_str::<Value>(text)
            .is_ok_and(|held| magnitude(&held.to_string()) == magnitude(text))
}

/// A number of JSON as digits without zeros around them, and the power of ten that they are multiplied with.
fn magnitude(text: &str) -> (bool, String, i64) {
    let (minus, bare) = text.strip_prefix('-').map_or((false, text), |bare| (true, bare));
    let (mantissa, exponent) = bare.split_once(['e', 'E']).unwrap_or((bare, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let end = all.trim_end_matches('0').len();
    let digits = all[..end].trim_start_matches('0').to_owned();
    if digits.is_empty() {
        return (false, digits, 0);
    }
    let size = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    let exponent: i64 = exponent.parse().unwrap_or(i64::MAX);
    let exponent = exponent.saturating_sub(size(fraction)).saturating_add(size(&all[end..]));
    (minus, digits, exponent)
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry::<String, &'de RawValue>()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reading)
    }
}
