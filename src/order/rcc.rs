//! The RCC text: what the customer hears or is sent, and the hash that an acceptance is bound to.

use super::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// One section of the text, as it came (A). It may name the customer: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Px's id for the section, if it sent one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A heading, if it sent one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The words, raw: not trimmed, not cleaned.
    pub text: String,
}

impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Section")
            .field("id", &self.id)
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

/// The RCC text of an order, raw, in one or more sections (never none).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rcc {
    /// `en`, `es` …, as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// At least one.
    pub sections: Vec<Section>,
}

impl Rcc {
    /// The SHA-256 of the raw texts of the sections, joined by one line feed. For a text that came as one string it is
    /// the hash of that string.
    pub fn sha256(&self) -> Digest {
        let mut hasher = Sha256::new();
        for (i, section) in self.sections.iter().enumerate() {
            if i > 0 {
                hasher.update(b"\n");
            }
            hasher.update(section.text.as_bytes());
        }
        Digest(hasher.finalize().into())
    }

    /// How many words there are to read, headings and all.
    pub fn words(&self) -> usize {
        self.read_sections().iter().map(ReadSection::words).sum()
    }

    /// The text in the pieces in which it is read aloud: its sections; or, when it came as one, its paragraphs, the first of
    /// them under its heading.
    pub fn read_sections(&self) -> Vec<ReadSection<'_>> {
        if let [only] = self.sections.as_slice() {
            return paragraphs(&only.text)
                .enumerate()
                .map(|(at, text)| ReadSection { title: only.title.as_deref().filter(|_| at == 0), text })
                .collect();
        }
        self.sections.iter().map(|s| ReadSection { title: s.title.as_deref(), text: &s.text }).collect()
    }

    /// True when a customer who agreed to `other` agreed to these very words under these very headings.
    pub fn reads_like(&self, other: &Self) -> bool {
        self.sections.len() == other.sections.len()
            && self.sections.iter().zip(&other.sections).all(|(a, b)| a.text == b.text && a.title == b.title)
    }
}

/// A piece of the text that is read in one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadSection<'a> {
    /// The heading it stands under, if any.
    pub title: Option<&'a str>,
    /// The words, raw.
    pub text: &'a str,
}

/// The paragraphs of `text`, nothing left out but the blank lines between them; never none.
fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let crlf = text.find("\r\n\r\n").map(|at| (at, 4));
        let lf = text.find("\n\n").map(|at| (at, 2));
        let cut = [crlf, lf].into_iter().flatten().min().filter(|(at, len)| {
            // A blank line at either end separates nothing.
            !text[..*at].trim().is_empty() && !text[at + len..].trim().is_empty()
        });
        let Some((at, len)) = cut else {
            rest = None;
            return Some(text);
        };
        rest = Some(&text[at + len..]);
        Some(&text[..at])
    })
}

impl ReadSection<'_> {
    /// How many words there are to read: those of its heading are read aloud like the rest.
    pub fn words(&self) -> usize {
        words(self.title.unwrap_or_default()) + words(self.text)
    }
}

/// The words of `text`. A long run without a blank counts as one for every [`LONGEST_WORD`] characters begun: a script
/// without blanks, or a link, is not read in the time of one word.
fn words(text: &str) -> usize {
    text.split_whitespace().map(|run| run.chars().count().div_ceil(LONGEST_WORD)).sum()
}

/// Longer than the longest word that these texts use.
const LONGEST_WORD: usize = 24;

/// Seconds that reading `words` aloud takes, at 150 words a minute: a calm telephone voice.
pub fn reading_seconds(words: usize) -> u64 {
    (words as u64 * 60).div_ceil(150)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(texts: &[&str]) -> Rcc {
        let section = |t: &&str| Section { id: None, title: None, text: (*t).to_owned() };
        Rcc { language: None, sections: texts.iter().map(section).collect() }
    }

    #[test]
    fn the_hash_is_of_the_raw_text() {
        assert_eq!(text(&["a\u{1b}[0m\tb\r\n "]).sha256(), Digest::of(b"a\x1b[0m\tb\r\n "));
        assert_eq!(text(&["one", "two"]).sha256(), Digest::of(b"one\ntwo"));
        assert_ne!(text(&["$10"]).sha256(), text(&["$10 "]).sha256());
    }

    #[test]
    fn one_long_string_is_read_by_paragraphs() {
        let one = text(&["First.\n\nSecond,\nstill second.\r\n\r\nThird.\n\n"]);
        let pieces: Vec<_> = one.read_sections().iter().map(|p| p.text).collect();
        assert_eq!(pieces, ["First.", "Second,\nstill second.", "Third.\n\n"]);
        assert_eq!(text(&["a\n\nb", "c"]).read_sections().len(), 2, "sections that Px made are kept");
        assert_eq!(text(&["\n\n"]).read_sections().len(), 1);
    }

    #[test]
    fn a_changed_heading_is_another_text() {
        let mut titled = text(&["You pay $10."]);
        titled.sections[0].title = Some("Once".into());
        assert_eq!(titled.sha256(), text(&["You pay $10."]).sha256());
        assert!(!titled.reads_like(&text(&["You pay $10."])));
        assert_eq!(reading_seconds(150), 60);
    }
}
