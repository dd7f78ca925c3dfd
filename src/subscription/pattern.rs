//! The pattern by which a customer's id is made for a deploy.

use super::{CustomerId, IdError, ProvisioningId};
use serde::Deserialize;
use std::fmt;

const NUMBER: &str = "n";
const PROVISIONING_ID: &str = "provisioningId";

/// A text with `{n}` or `{provisioningId}` in it, so that no two deploys are given the same id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Number,
    ProvisioningId,
}

impl Pattern {
    /// The id of the customer of the deploy `provisioning_id`; `n` is a number that no other deploy has.
    ///
    /// # Errors
    /// Why what comes of it cannot be an id: it is too long.
    pub fn fill(&self, n: u64, provisioning_id: &ProvisioningId) -> Result<CustomerId, IdError> {
        let mut id = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => id.push_str(text),
                Part::Number => id.push_str(&n.to_string()),
                Part::ProvisioningId => id.push_str(provisioning_id.as_str()),
            }
        }
        CustomerId::new(id)
    }

    /// True when `fill` needs a number.
    pub fn counts(&self) -> bool {
        self.0.contains(&Part::Number)
    }
}

impl Default for Pattern {
    fn default() -> Self {
        Self(vec![Part::Text("C-".to_owned()), Part::Number])
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if let Some(c) = text.chars().find(|c| crate::text::is_invisible(*c)) {
            return Err(format!("the pattern holds the invisible character U+{:04X}", u32::from(c)));
        }
        let stray = |mark: char| format!("`{text}` holds a `{mark}` that belongs to no placeholder");
        let plain = |part: &str| match part.find('}') {
            Some(_) => Err(stray('}')),
            None => Ok(Part::Text(part.to_owned())),
        };
        let mut pieces = text.split('{');
        let mut parts: Vec<_> = pieces
            .next()
            .filter(|first| !first.is_empty())
            .map(plain)
            .into_iter()
            .collect::<Result<_, _>>()?;
        for piece in pieces {
            let (name, rest) = piece.split_once('}').ok_or_else(|| stray('{'))?;
            parts.push(match name {
                NUMBER => Part::Number,
                PROVISIONING_ID => Part::ProvisioningId,
                other => {
                    return Err(format!(
                        "`{{{other}}}` is not a placeholder; there are {{{NUMBER}}} and {{{PROVISIONING_ID}}}"
                    ));
                }
            });
            if !rest.is_empty() {
                parts.push(plain(rest)?);
            }
        }
        if parts.iter().all(|part| matches!(part, Part::Text(_))) {
            return Err(format!(
                "`{text}` would give every customer the same id; it is to hold {{{NUMBER}}} or {{{PROVISIONING_ID}}}"
            ));
        }
        Ok(Self(parts))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                Part::Text(text) => f.write_str(text)?,
                Part::Number => write!(f, "{{{NUMBER}}}")?,
                Part::ProvisioningId => write!(f, "{{{PROVISIONING_ID}}}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_makes_ids_that_differ() {
        let id = ProvisioningId::new("9ddz").unwrap();
        for (text, expected) in [
            ("C-{n}", "C-7"),
            ("{n}", "7"),
            ("{provisioningId}", "9ddz"),
            ("a{n}b{provisioningId}c", "a7b9ddzc"),
            ("{n}{n}", "77"),
        ] {
            let pattern = Pattern::try_from(text.to_owned()).unwrap();
            assert_eq!(pattern.fill(7, &id).unwrap().as_str(), expected);
            assert_eq!(pattern.to_string(), text);
            assert_eq!(pattern.counts(), text.contains("{n}"));
        }
        assert_eq!(Pattern::default().to_string(), "C-{n}");
        let long = Pattern::try_from(format!("{}{{n}}", "x".repeat(256))).unwrap();
        assert_eq!(long.fill(1, &id), Err(IdError::TooLong(257)));
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        for (text, why) in [
            ("C-1", "the same id"),
            ("", "the same id"),
            ("{m}", "`{m}` is not a placeholder"),
            ("{}{n}", "`{}` is not a placeholder"),
            ("{n", "`{` that belongs"),
            ("n}", "`}` that belongs"),
            ("{n}}", "`}` that belongs"),
            ("{n}\n", "U+000A"),
        ] {
            let error = Pattern::try_from(text.to_owned()).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
