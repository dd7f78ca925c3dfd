//! `[log]`: what is written of the program's own doings, and how.

use serde::Deserialize;

/// `[log]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// How much pxdesk itself says.
    #[serde(deserialize_with = "crate::config::word::word")]
    pub level: Level,
    /// How much the libraries it is built on say: for the search after a fault in them.
    #[serde(deserialize_with = "crate::config::word::word")]
    pub libraries: Level,
    #[serde(deserialize_with = "crate::config::word::word")]
    pub format: Format,
    /// For how many days a file is kept.
    pub keep_days: KeepDays,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: Level::Info, libraries: Level::Off, format: Format::Text, keep_days: KeepDays(14) }
    }
}

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// Lines for people, or JSON, an object a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Text,
    Json,
}

/// A number of days, 1 to 3650. A variable brings it as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "toml::Value")]
pub struct KeepDays(pub u16);

impl TryFrom<toml::Value> for KeepDays {
    type Error = String;
    fn try_from(value: toml::Value) -> Result<Self, String> {
        let number = value.as_str().map_or_else(|| value.as_integer(), |text| text.parse().ok());
        let days = number.and_then(|n| u16::try_from(n).ok()).filter(|days| (1..=3650).contains(days));
        days.map(Self).ok_or_else(|| format!("`{value}` is not a number of days from 1 to 3650"))
    }
}
