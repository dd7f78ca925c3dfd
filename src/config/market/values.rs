//! The values of the marketplace's settings that are more than a text.

use crate::subscription::Answer;
use serde::Deserialize;

/// The path of a URL on this machine's receiver.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct UrlPath(pub String);

impl TryFrom<String> for UrlPath {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
        if text.starts_with('/') && text.chars().all(fits) {
            return Ok(Self(text));
        }
        Err(format!(
            "{text:?} is not a path such as \"/deploy\": it begins with / and holds letters, digits and - _ . ~"
        ))
    }
}

/// The name of a header.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Header(pub String);

impl TryFrom<String> for Header {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let name = reqwest::header::HeaderName::try_from(&text);
        name.map(|_| Self(text.clone())).map_err(|_| format!("{text:?} is not the name of a header"))
    }
}

/// How a deploy is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Assign,
    Command,
    Forward,
    Ask,
}

/// What happens when nobody answers in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Then {
    Assign,
    Refuse,
}

/// What becomes of usage that is told after its month was reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tail {
    /// A person says.
    #[default]
    Ask,
    /// It goes with the next month, marked with its own.
    Carry,
}

/// The proxy that ends TLS in front of the receiver: its name, or true.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "toml::Value")]
pub struct BehindProxy(pub Option<String>);

impl TryFrom<toml::Value> for BehindProxy {
    type Error = String;
    fn try_from(value: toml::Value) -> Result<Self, String> {
        // A variable brings true and false as texts.
        match (value.as_bool(), value.as_str().map(str::trim)) {
            (Some(false), _) | (_, Some("false")) => Ok(Self(None)),
            (Some(true), _) | (_, Some("true")) => Ok(Self(Some("a TLS proxy".to_owned()))),
            (None, Some(name)) if !name.is_empty() => Ok(Self(Some(name.to_owned()))),
            (None, _) => Err(format!("`{value}` is neither true, false nor the name of a proxy")),
        }
    }
}

/// The sentence that a buyer sees.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Refusal(pub String);

impl Default for Refusal {
    fn default() -> Self {
        Self("Your order could not be set up. Please contact our support.".to_owned())
    }
}

impl TryFrom<String> for Refusal {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match Answer::refusal(&text) {
            Ok(answer) => Ok(Self(answer.body())),
            Err(why) => Err(format!("the message {why}")),
        }
    }
}
