//! The ids that pxdesk gives to things itself.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Our own number for a thing: ten characters of Crockford's base 32, easy to say on the phone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShortId([u8; Self::LENGTH]);

impl ShortId {
    const ALPHABET: &'static [u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    const LENGTH: usize = 10;

    /// The id made of the low 50 bits of `bits`, which the caller draws at random.
    pub fn from_bits(bits: u64) -> Self {
        let digit = |i: usize| Self::ALPHABET[((bits >> (5 * (Self::LENGTH - 1 - i))) & 31) as usize];
        Self(std::array::from_fn(digit))
    }

    /// The id that `text` spells, in either case.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; Self::LENGTH] = text.as_bytes().try_into().ok()?;
        let bytes = bytes.map(|b| b.to_ascii_lowercase());
        bytes.iter().all(|b| Self::ALPHABET.contains(b)).then_some(Self(bytes))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        // Made of the alphabet above, whose letters are ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl TryFrom<String> for ShortId {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is not an id of ours"))
    }
}

impl From<ShortId> for String {
    fn from(id: ShortId) -> Self {
        id.as_str().to_owned()
    }
}

impl fmt::Display for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_in_either_case() {
        let id = ShortId::from_bits(0x0003_dead_beef_1234);
        assert_eq!(ShortId::parse(&id.as_str().to_uppercase()), Some(id));
        assert_eq!(ShortId::parse("short"), None);
        assert_eq!(ShortId::parse("ilou000000"), None, "letters that look like digits are not used");
    }
}
