//! A word out of a list, as a value. The reader of TOML takes a table with a single member for one as well:
//! `[environment.production]` would choose production.

use serde::de::{Deserialize, Deserializer, IntoDeserializer as _};

/// A word, and nothing else.
pub fn word<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    T::deserialize(String::deserialize(from)?.into_deserializer())
}

/// The same where it need not be there.
pub fn if_there<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    word(from).map(Some)
}
