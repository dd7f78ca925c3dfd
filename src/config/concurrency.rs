//! How many calls may be under way at once.

use serde::Deserialize;

/// How many calls may be under way at once, from 1 to `MOST`. A variable brings it as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "toml::Value")]
pub struct Concurrency<const MOST: u8>(pub u8);

impl<const MOST: u8> Default for Concurrency<MOST> {
    fn default() -> Self {
        Self(MOST.min(4))
    }
}

impl<const MOST: u8> TryFrom<toml::Value> for Concurrency<MOST> {
    type Error = String;
    fn try_from(value: toml::Value) -> Result<Self, String> {
        let number =
            value.as_str().map_or_else(|| value.as_integer()?.try_into().ok(), |text| text.parse().ok());
        number
            .filter(|n| (1..=MOST).contains(n))
            .map(Self)
            .ok_or_else(|| format!("`{value}` is not a number from 1 to {MOST}"))
    }
}
