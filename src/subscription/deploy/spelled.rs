//! JSON as it was spelled: numbers and texts that are more than this program's own hold, and members that are named twice.

use super::secrets::is_password;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::fmt;

/// A value of JSON. A leaf is its text.
pub(super) enum Spelled<'a> {
    Object(Vec<(String, Self)>),
    Array(Vec<Self>),
    Leaf(&'a str),
}

/// The members of an object, each as its text, in their order and as often as they are there.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

/// What it is written for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// To be shown: without its passwords.
    Shown,
    /// To be compared: sorted, with its passwords.
    Content,
    /// The same as journals of before have it.
    Before,
}

/// So many objects and arrays may stand in each other: as many as the parser takes.
const DEEPEST: usize = 127;

impl<'a> Spelled<'a> {
    /// Takes JSON apart.
    ///
    /// # Errors
    /// Says which member is there twice: which of the two is meant, nobody can say. Or that too many stand in each other.
    pub fn read(text: &'a RawValue) -> Result<Self, String> {
        Self::within(text, DEEPEST)
    }

    fn within(text: &'a RawValue, deeper: usize) -> Result<Self, String> {
        let text = text.get();
        let deeper = deeper.checked_sub(usize::from(text.starts_with(['{', '['])));
        let deeper = deeper.ok_or("The request is nested too deeply.")?;
        // It was read as JSON before, so what cannot be taken apart is a leaf.
        Ok(match text.as_bytes().first() {
            Some(b'{') => {
                let Members(members) = serde_json::from_str(text).unwrap_or(Members(Vec::new()));
                let members = members.into_iter();
                let each = members.map(|(name, raw)| Ok((text_of(name.get()), Self::within(raw, deeper)?)));
                let members = each.collect::<Result<Vec<_>, String>>()?;
                let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
                names.sort_unstable();
                if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
                    return Err(format!("The member {} is there twice.", crate::text::quote(twice[0])));
                }
                Self::Object(members)
            }
            Some(b'[') => {
                let all: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
                Self::Array(all.into_iter().map(|raw| Self::within(raw, deeper)).collect::<Result<_, _>>()?)
            }
            _ => Self::Leaf(text),
        })
    }

    /// It as a [`Value`], where the parser makes none of it. A number beyond what that holds is the text that spells it, and half
    /// a character is the one that stands for none.
    pub fn value(&self) -> Value {
        match self {
            Self::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.clone(), value.value()));
                Value::Object(members.collect::<Map<_, _>>())
            }
            Self::Array(all) => Value::Array(all.iter().map(Self::value).collect()),
            Self::Leaf(text) => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text_of(text))),
        }
    }

    /// The member of this name, where it is an object.
    pub fn member(&self, wanted: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(name, _)| name == wanted).map(|(_, value)| value)
    }

    /// An integer, also as `123.0`: JSON knows no other numbers.
    pub fn integer(&self) -> Option<i64> {
        let Self::Leaf(text) = self else { return None };
        whole_number(text).filter(|_| is_number(text))?.parse().ok()
    }

    /// True when a [`Value`] of it tells the same.
    pub fn is_held(&self) -> bool {
        match self {
            Self::Object(members) => members.iter().all(|(_, value)| value.is_held()),
            Self::Array(all) => all.iter().all(Self::is_held),
            Self::Leaf(text) => is_held(text),
        }
    }

    /// True when a text of it has half a character.
    pub fn has_halves(&self) -> bool {
        match self {
            Self::Object(members) => members.iter().any(|(_, value)| value.has_halves()),
            Self::Array(all) => all.iter().any(Self::has_halves),
            Self::Leaf(text) => !is_number(text) && !is_held(text),
        }
    }

    /// The same JSON without its passwords, what this program cannot hold as it is spelled.
    pub fn without_passwords(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Form::Shown);
        out
    }

    /// The same JSON with the members of its objects sorted, and numbers of one value spelled alike, so that the same
    /// content is the same text.
    pub fn sorted(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Form::Content);
        out
    }

    /// The same as it was before `1` and `1.0` were one number.
    pub fn sorted_before(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Form::Before);
        out
    }

    fn write(&self, out: &mut String, form: Form) {
        let whole = form != Form::Shown;
        match self {
            Self::Leaf(text) if form == Form::Content && is_number(text) => match whole_number(text) {
                Some(number) => out.push_str(&number),
                None => Self::Leaf(text).write(out, Form::Before),
            },
            Self::Leaf(text) if whole && is_number(text) && !is_held(text) => {
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
                    value.write(out, form);
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
                    value.write(out, form);
                }
                out.push('}');
            }
        }
    }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
}

/// True for a number of which no digit is lost, and for a text in which no character is half.
fn is_held(text: &str) -> bool {
    if !is_number(text) {
        return !text.contains("\\u") || serde_json::from_str::<String>(text).is_ok();
    }
    serde_json::from_str::<Value>(text).is_ok_and(|held| magnitude(&held.to_string()) == magnitude(text))
}

/// The most digits that an integer of this program has.
const DIGITS: usize = 20;

/// A number without a fraction as such, where it is no longer than integers of this program are.
fn whole_number(text: &str) -> Option<String> {
    let (minus, mut digits, exponent) = magnitude(text);
    let zeros =
        usize::try_from(exponent).ok().filter(|zeros| digits.len().saturating_add(*zeros) <= DIGITS)?;
    digits.extend(std::iter::repeat_n('0', zeros));
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    Some(format!("{}{digits}", if minus { "-" } else { "" }))
}

/// The text that a string of JSON spells, with what stands for no character for each half of one; of anything else itself.
fn text_of(spelled: &str) -> String {
    let whole = |spelled: &str| serde_json::from_str::<String>(spelled);
    whole(spelled).or_else(|_| whole(&without_halves(spelled))).unwrap_or_else(|_| spelled.to_owned())
}

/// A string of JSON with `\ufffd` for each surrogate that stands alone.
fn without_halves(spelled: &str) -> String {
    let mut out = String::with_capacity(spelled.len());
    let mut rest = spelled;
    while let Some((before, escape)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        out.push_str(before);
        let (long, is_half) = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (12, false),
            (Some(0xD800..=0xDFFF), _) => (6, true),
            (Some(_), _) => (6, false),
            (None, _) => (2, false),
        };
        let (escape, after) = escape.split_at_checked(long).unwrap_or((escape, ""));
        out.push_str(if is_half { "\\ufffd" } else { escape });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The unit of UTF-16 that stands first, as an escape.
fn unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
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
                while let Some(member) = map.next_entry::<&'de RawValue, &'de RawValue>()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reading)
    }
}
