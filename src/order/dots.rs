//! Dots in the place of a value in a text, however the text writes it.

use std::ops::Range;

/// What stands in the place of a personal value.
pub(super) const DOTS: &str = "••••";

/// True for the same letter, in capitals or not.
pub(super) fn same_letter(a: char, b: char) -> bool {
    a == b || a.to_lowercase().eq(b.to_lowercase())
}

/// Puts dots in the place of `value`. Blanks of any kind and number count as the same; `words`: only where no letter or
/// digit stands right before or after it.
pub(super) fn without(text: &mut String, value: &str, same: fn(char, char) -> bool, words: bool) {
    let needle: Vec<char> = value.trim().chars().collect();
    if needle.is_empty() {
        return;
    }
    let hay: Vec<(usize, char)> = text.char_indices().collect();
    let beside = |at: Option<usize>| at.and_then(|at| hay.get(at)).is_some_and(|(_, c)| c.is_alphanumeric());
    let (mut found, mut at): (Vec<Range<usize>>, _) = (Vec::new(), 0);
    while at < hay.len() {
        let end = match_at(&hay[at..], &needle, same).map(|length| at + length);
        match end.filter(|end| !words || !(beside(at.checked_sub(1)) || beside(Some(*end)))) {
            Some(end) => {
                let after = hay.get(end).map_or(text.len(), |(byte, _)| *byte);
                found.push(hay[at].0..after);
                at = end;
            }
            None => at += 1,
        }
    }
    if !found.is_empty() {
        *text = cut(text, found);
    }
}

/// How many characters at the beginning of `hay` spell `needle`.
fn match_at(hay: &[(usize, char)], needle: &[char], same: fn(char, char) -> bool) -> Option<usize> {
    let (mut at, mut rest) = (0, needle);
    while let Some((first, after)) = rest.split_first() {
        if first.is_whitespace() {
            let blanks = hay[at..].iter().take_while(|(_, c)| c.is_whitespace()).count();
            let lines = hay[at..at + blanks].iter().filter(|(_, c)| *c == '\n').count();
            // A blank line parts paragraphs, which are counted.
            if blanks == 0 || lines > 1 {
                return None;
            }
            at += blanks;
            rest = &after[after.iter().take_while(|c| c.is_whitespace()).count()..];
        } else {
            hay.get(at).filter(|(_, c)| same(*c, *first))?;
            at += 1;
            rest = after;
        }
    }
    Some(at)
}

/// `text` with dots for these parts of it, which come one after the other.
pub(super) fn cut(text: &str, found: Vec<Range<usize>>) -> String {
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for Range { start, end } in found {
        out.push_str(text.get(from..start).unwrap_or_default());
        out.push_str(DOTS);
        from = end;
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_as_a_text_writes_it() {
        let dotted = |text: &str, value: &str, words| {
            let mut text = text.to_owned();
            without(&mut text, value, same_letter, words);
            text
        };
        for (text, value, words, wanted) in [
            ("é ANN OKAFOR, ann\u{a0} okafor", "Ann Okafor", false, "é ••••, ••••"),
            ("Ann\nOkafor's", "Ann  Okafor", true, "••••'s"),
            ("Ann\n\nOkafor", "Ann Okafor", false, "Ann\n\nOkafor"),
            ("JOSÉ NÚÑEZ", "José Núñez", false, "••••"),
            ("An adult, Andes, DeAn, an", "An", true, "•••• adult, Andes, DeAn, ••••"),
            ("aaa", "aa", false, "••••a"),
            ("a ", "a b", false, "a "),
            ("x", " ", false, "x"),
            ("", "x", false, ""),
        ] {
            assert_eq!(dotted(text, value, words), wanted, "{value} in {text:?}");
        }
    }
}
