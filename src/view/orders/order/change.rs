//! The difference between two texts, sentence by sentence, as one would explain it to the customer.

use crate::order::{Rcc, Section};
use crate::view::frame::page::Page;

/// What became of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Same,
    Removed,
    Added,
}

/// Adds the difference between the text before and the text now.
pub fn add(page: &mut Page, old: &Rcc, new: &Rcc) {
    let theme = &page.look.theme;
    page.say(theme.warn, "!", "The text has changed. Any acceptance of the earlier one no longer counts.");
    page.gap();
    let sections = old.sections.len().max(new.sections.len());
    let mut unchanged = Vec::new();
    for number in 0..sections {
        match (old.sections.get(number), new.sections.get(number)) {
            (Some(a), Some(b)) if a.text == b.text && a.title == b.title => {
                unchanged.push((number + 1).to_string());
            }
            (before, after) => section(page, number, before, after),
        }
    }
    if !unchanged.is_empty() {
        page.hang(&[(theme.dim, "Unchanged: ")], (theme.dim, &unchanged.join(", ")));
    }
}

fn section(page: &mut Page, number: usize, old: Option<&Section>, new: Option<&Section>) {
    let theme = &page.look.theme;
    let title = |s: Option<&Section>| s.and_then(|s| s.title.clone()).unwrap_or_default();
    let (before, after) = (title(old), title(new));
    let word = match (old, new) {
        (Some(_), Some(_)) => "changed",
        (None, Some(_)) => "new",
        (Some(_) | None, None) => "removed",
    };
    let name = if new.is_some() { &after } else { &before };
    let head = format!("{}  {name}   ", number + 1);
    page.row(&[(theme.strong, &head), (theme.warn, word)]);
    if before != after && old.is_some() && new.is_some() {
        page.hang(&[(theme.bad, "  − heading was  ")], (theme.dim, &before));
    }
    let text = |s: Option<&'_ Section>| s.map_or(String::new(), |s| s.text.clone());
    let (was, is) = (text(old), text(new));
    let mut skipped = false;
    let parts = compare(&sentences(&was), &sentences(&is));
    if was != is && parts.iter().all(|(fate, _)| *fate == Fate::Same) {
        page.row(&[(theme.dim, "    same words; only spacing or line breaks differ")]);
        return;
    }
    for (fate, sentence) in parts {
        match fate {
            Fate::Same => {
                if !skipped {
                    page.row(&[(theme.dim, "    …")]);
                }
            }
            Fate::Removed => page.hang(&[(theme.bad, "  − removed  ")], (theme.dim, sentence)),
            Fate::Added => page.hang(&[(theme.good, "  + now      ")], (theme.strong, sentence)),
        }
        skipped = fate == Fate::Same;
    }
    page.gap();
}

/// The text cut after each sentence and each line; only the blanks between them are left out. An abbreviation may cut
/// once more: harmless here.
fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut ended = false;
    for (at, c) in text.char_indices() {
        if ended && !c.is_whitespace() {
            sentences.push(text[start..at].trim_end());
            start = at;
        }
        let before = text[..at].chars().next_back();
        let full_stop = c.is_whitespace() && matches!(before, Some('.' | '!' | '?' | ':'));
        ended = c == '\n' || full_stop || (ended && c.is_whitespace());
    }
    if start < text.len() {
        sentences.push(text[start..].trim_end());
    }
    sentences
}

/// The longest common run of sentences, and what lies between. Quadratic in the sentences that differ, of which a
/// section has dozens.
fn compare<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Fate, &'a str)> {
    let mut longest = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            longest[i][j] =
                if a == b { longest[i + 1][j + 1] + 1 } else { longest[i + 1][j].max(longest[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut out = Vec::new();
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            out.push((Fate::Same, old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && longest[i + 1][j] >= longest[i][j + 1]) {
            out.push((Fate::Removed, old[i]));
            i += 1;
        } else {
            out.push((Fate::Added, new[j]));
            j += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use Fate::{Added, Removed, Same};
    use proptest::prelude::*;

    #[test]
    fn a_changed_price_shows_as_one_sentence_for_another() {
        let old = sentences("You pay $65.00 a month. Taxes are extra. Goodbye.");
        let new = sentences("You pay $70.00 a month. Taxes are extra. Goodbye.");
        assert_eq!(
            compare(&old, &new),
            [
                (Removed, "You pay $65.00 a month."),
                (Added, "You pay $70.00 a month."),
                (Same, "Taxes are extra."),
                (Same, "Goodbye."),
            ]
        );
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_the_difference(old in "[ab. \n]{0,40}", new in "[ab. \n]{0,40}") {
            let words = |text: &str| text.split_whitespace().collect::<String>();
            let parts = compare(&sentences(&old), &sentences(&new));
            let without = |fate| parts.iter().filter(|(f, _)| *f != fate).map(|(_, s)| words(s)).collect::<String>();
            prop_assert_eq!(without(Fate::Added), words(&old));
            prop_assert_eq!(without(Fate::Removed), words(&new));
        }
    }
}
