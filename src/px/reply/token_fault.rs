//! The faults that say for certain that a token was refused. The list is data: `assets/token-faults.toml`.
//!
//! A fault that only resembles one of these may come from a server that has placed the order, so nothing here guesses.

use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The file.
#[derive(Deserialize)]
struct File {
    /// Split at blanks.
    words: String,
    fault: Vec<TokenFault>,
}

/// One listed fault. The file also names its source, for whoever reads the file.
#[derive(Deserialize)]
struct TokenFault {
    status: u16,
    code: String,
    shape: Shape,
}

/// What a body, or a part of it, looks like.
#[derive(Deserialize)]
#[serde(untagged)]
enum Shape {
    Text(Text),
    /// An object with these members and no others.
    Object(BTreeMap<String, Shape>),
}

/// What a text in the body says.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Text {
    /// The fault's code, to the letter.
    Code,
    /// Listed words only.
    Words,
}

struct List {
    words: BTreeSet<String>,
    faults: Vec<TokenFault>,
}

#[expect(clippy::expect_used, reason = "the list is compiled in, and a test reads it")]
static LIST: LazyLock<List> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("../../../assets/token-faults.toml"))
        .expect("assets/token-faults.toml reads");
    List { words: file.words.split_whitespace().map(str::to_owned).collect(), faults: file.fault }
});

/// True when a body that reads as `root`, and names no member twice, is one of the listed faults and nothing besides.
pub fn is_listed(status: u16, root: &Value) -> bool {
    LIST.faults.iter().any(|fault| fault.is(status, root))
}

impl TokenFault {
    fn is(&self, status: u16, root: &Value) -> bool {
        self.status == status && self.fits(&self.shape, root)
    }

    fn fits(&self, shape: &Shape, value: &Value) -> bool {
        match (shape, value) {
            (Shape::Text(Text::Code), Value::String(text)) => *text == self.code,
            (Shape::Text(Text::Words), Value::String(text)) => is_of_listed_words(text),
            (Shape::Object(members), Value::Object(object)) => {
                let fits =
                    |(name, shape)| object.get::<String>(name).is_some_and(|value| self.fits(shape, value));
                members.len() == object.len() && members.iter().all(fits)
            }
            _ => false,
        }
    }
}

fn is_of_listed_words(text: &str) -> bool {
    let is_listed = |word: &str| {
        LIST.words.contains(&word.to_ascii_lowercase()) || word.bytes().all(|digit| digit == b'0')
    };
    text.is_ascii() && text.split(|c: char| !c.is_ascii_alphanumeric()).all(is_listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_a_status_a_code_and_a_source_that_is_marked() {
        assert!(LIST.words.len() > 20 && LIST.faults.len() >= 5);
        let file: toml::Table = toml::from_str(include_str!("../../../assets/token-faults.toml")).unwrap();
        for fault in file["fault"].as_array().unwrap() {
            let source = fault["source"].as_str().unwrap();
            assert!(["D: ", "G: ", "O: ", "A: "].iter().any(|mark| source.starts_with(mark)), "{source}");
        }
        for fault in &LIST.faults {
            assert!([401, 403].contains(&fault.status) && !fault.code.is_empty(), "{}", fault.code);
            assert!(matches!(fault.shape, Shape::Object(_)), "{}: a text alone is no fault", fault.code);
        }
    }

    #[test]
    fn no_listed_word_is_one_of_an_order_or_of_waiting() {
        for word in [
            "order",
            "payment",
            "authorization",
            "authorized",
            "accepted",
            "submitted",
            "pending",
            "review",
            "timeout",
            "timed",
            "backend",
            "saved",
            "declined",
            "processed",
            "transaction",
            "card",
            "customer",
        ] {
            assert!(!is_of_listed_words(word), "{word}");
        }
    }
}
