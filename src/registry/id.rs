//! The identifiers of the Registration API, and the names that its reports show.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::sync::Arc;

/// The longest provider id, in characters (D).
pub const LONGEST_ID: usize = 50;

/// Why a text cannot be an id or a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdError {
    Empty,
    /// Its length in characters.
    TooLong(usize),
    /// A character that is not printable ASCII.
    NotAscii(char),
    /// A character of a name that cannot be seen.
    Invisible(char),
    /// A character that is no digit.
    NotDigits(char),
    /// A character that cannot stand in a contract id.
    NotContract(char),
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::TooLong(n) => write!(f, "is {n} characters long; at most {LONGEST_ID} are allowed"),
            Self::NotAscii(c) if c.is_ascii() => write!(
                f,
                "holds U+{:04X}, which cannot be seen; only ASCII letters, digits, signs and spaces are allowed",
                u32::from(*c)
            ),
            Self::NotAscii(c) => write!(
                f,
                "holds {}, which is not ASCII; only ASCII letters, digits, signs and spaces are allowed",
                shown(*c)
            ),
            Self::Invisible(c) => write!(f, "holds the invisible character U+{:04X}", u32::from(*c)),
            Self::NotDigits(c) => write!(f, "holds {}, which is not a digit", shown(*c)),
            Self::NotContract(c) => write!(
                f,
                "holds {}; a contract id has letters, digits and plain hyphens, as in `A-1234`",
                shown(*c)
            ),
        }
    }
}

/// The character for people, with its number where it may not be seen as what it is.
fn shown(c: char) -> String {
    match c {
        ' '..='~' => format!("`{c}`"),
        _ if crate::text::is_invisible(c) => format!("U+{:04X}", u32::from(c)),
        _ => format!("`{c}` (U+{:04X})", u32::from(c)),
    }
}

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes a text as it is. Its copies share it.
            ///
            /// # Errors
            /// Why it cannot be one.
            pub fn new(text: impl Into<Arc<str>>) -> Result<Self, IdError> {
                let text = text.into();
                $check(&text).map(|()| Self(text))
            }

            /// The text as it is sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(checked: $name) -> Self {
                (*checked.0).to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

checked_text! {
    /// The provider's own id of an application or a customer: what requests carry. At most 50 ASCII characters (D), which
    /// we read as 1 to 50 bytes from 0x20 to 0x7E (R). Compared exactly (R).
    ProviderId, provider_id
}
checked_text! {
    /// The contract that all of it belongs to, like `A-1234` (D). A plain hyphen, whatever the page's examples write (R).
    ContractId, contract_id
}
/// What the portal's reports show for an id (D). Its limits are not documented. What people write here can be seen; what the
/// server keeps is kept as it is, and shown so that it can be seen.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(Arc<str>);

impl Name {
    /// Takes a text that a person wrote.
    ///
    /// # Errors
    /// Why it cannot be a name.
    pub fn new(text: impl Into<Arc<str>>) -> Result<Self, IdError> {
        let name = Self::kept(text)?;
        let invisible = name.0.chars().find(|c| crate::text::is_invisible(*c));
        invisible.map_or(Ok(name), |c| Err(IdError::Invisible(c)))
    }

    /// Takes a text that the server keeps: whoever set it need not have been as careful as people are here, and it must not
    /// hide a whole contract (R).
    ///
    /// # Errors
    /// When there is nothing in it.
    pub fn kept(text: impl Into<Arc<str>>) -> Result<Self, IdError> {
        let text = text.into();
        if text.trim().is_empty() { Err(IdError::Empty) } else { Ok(Self(text)) }
    }

    /// The text as it is sent, and as the server keeps it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when all of it can be seen, as in a name that a person may write here.
    pub fn is_visible(&self) -> bool {
        !self.0.contains(crate::text::is_invisible)
    }
}

impl TryFrom<String> for Name {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        Self::kept(text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        (*name.0).to_owned()
    }
}

/// Fit for a line of ours: what is invisible in it is written out.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A tab is no blank: whoever reads it is to see that it is there.
        f.pad(&crate::text::one_line(&self.0.replace('\t', "<U+0009>")))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

fn provider_id(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if let Some(c) = text.chars().find(|c| !matches!(c, ' '..='~')) {
        return Err(IdError::NotAscii(c));
    }
    if text.len() > LONGEST_ID { Err(IdError::TooLong(text.len())) } else { Ok(()) }
}

fn contract_id(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    let is_odd = |c: &char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    text.chars().find(is_odd).map_or(Ok(()), |c| Err(IdError::NotContract(c)))
}

fn surrogate_id(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    text.chars().find(|c| !c.is_ascii_digit()).map_or(Ok(()), |c| Err(IdError::NotDigits(c)))
}

/// The server's own id of an object, unique in its collection (R). It is a number or a string of digits (E), 0 among them;
/// kept as text and sent as it came (R). It holds for one listing: an object that comes back has another one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct SurrogateId(Arc<str>);

impl SurrogateId {
    /// Takes digits as they are.
    ///
    /// # Errors
    /// Why they cannot be one.
    pub fn new(text: impl Into<Arc<str>>) -> Result<Self, IdError> {
        let text = text.into();
        surrogate_id(&text).map(|()| Self(text))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is sorted by: numbers compare faster than texts, and few ids share one.
    pub(super) fn rank(&self) -> u64 {
        self.0.parse().unwrap_or(u64::MAX)
    }
}

impl From<u64> for SurrogateId {
    fn from(number: u64) -> Self {
        Self(number.to_string().into())
    }
}

impl fmt::Display for SurrogateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SurrogateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SurrogateId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrDigits)
    }
}

/// Reads a number or a string of digits.
struct NumberOrDigits;

impl serde::de::Visitor<'_> for NumberOrDigits {
    type Value = SurrogateId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a surrogate id: a whole number, or a string of digits")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<SurrogateId, E> {
        Ok(number.into())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<SurrogateId, E> {
        u64::try_from(number).map(SurrogateId::from).map_err(|_| E::custom("a surrogate id is not negative"))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<SurrogateId, E> {
        SurrogateId::new(text).map_err(|why| E::custom(format!("the surrogate id {why}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_id_has_1_to_50_printable_ascii_characters() {
        let id = |text: &str| ProviderId::new(text).map(drop);
        assert_eq!(id(&"x".repeat(50)), Ok(()));
        assert_eq!(id(" ~"), Ok(()));
        assert_eq!(id(""), Err(IdError::Empty));
        assert_eq!(id(&"x".repeat(51)), Err(IdError::TooLong(51)));
        assert_eq!(id("a😀"), Err(IdError::NotAscii('😀')));
        assert_eq!(id("a\tb"), Err(IdError::NotAscii('\t')));
        assert_eq!(
            IdError::NotAscii('\t').to_string(),
            "holds U+0009, which cannot be seen; only ASCII letters, digits, signs and spaces are allowed"
        );
    }

    #[test]
    fn a_surrogate_id_is_a_number_or_digits_and_0_is_one() {
        let read = |json: &str| serde_json::from_str::<SurrogateId>(json).map(|id| id.to_string());
        assert_eq!(read("0").unwrap(), "0");
        assert_eq!(read("\"0\"").unwrap(), "0");
        assert_eq!(read("\"123\"").unwrap(), "123");
        assert_eq!(read("18446744073709551615").unwrap(), "18446744073709551615");
        for bad in ["-1", "1.5", "\"\"", "\"a\"", "\"../1\"", "null", "true", "[1]"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_contract_id_has_a_plain_hyphen() {
        assert!(ContractId::new("A-1234").is_ok());
        assert_eq!(ContractId::new("A–1234"), Err(IdError::NotContract('–')));
        assert_eq!(ContractId::new("A&x=1"), Err(IdError::NotContract('&')));
    }

    #[test]
    fn a_name_can_be_seen() {
        assert!(Name::new("Café Größe 東京").is_ok());
        assert_eq!(Name::new(" "), Err(IdError::Empty));
        assert_eq!(Name::new("a\u{202e}b"), Err(IdError::Invisible('\u{202e}')));
        let kept = Name::kept("a\u{202e}b\tc").unwrap();
        assert_eq!((kept.as_str(), kept.is_visible()), ("a\u{202e}b\tc", false));
        assert_eq!(format!("{kept:<22}|"), "a<U+202E>b<U+0009>c   |");
        assert_eq!(serde_json::from_str::<Name>(&serde_json::to_string(&kept).unwrap()).unwrap(), kept);
    }
}
