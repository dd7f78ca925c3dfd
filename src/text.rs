//! Which characters a reader cannot see, and text from outside made safe to stand in a line of ours; a number of things in
//! words. Pure.
//!
//! Everything may use it. How the characters are drawn is for the view to decide; here they are only named.

/// The longest server text that stands in a reason for people, in characters.
const QUOTED_CHARS: usize = 200;

/// True for a character that a terminal would act on or hide: controls, bidirectional marks and overrides, zero-width
/// and other format characters, line and paragraph separators, variation-independent fillers.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// `text` on one line, every invisible character written as `<U+XXXX>` and every tab as one blank: safe to print.
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            c if is_invisible(c) => out.extend(format!("<U+{:04X}>", u32::from(c)).chars()),
            c => out.push(c),
        }
    }
    out
}

/// `1 order`, `2 orders`.
pub fn many(number: impl TryInto<u64>, one: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

/// A server's text inside a sentence of ours: on one line, nothing hidden in it, not too long.
pub fn quote(text: &str) -> String {
    let short: String = text.trim().chars().take(QUOTED_CHARS + 1).collect();
    let line = one_line(&short);
    if line.chars().count() <= QUOTED_CHARS {
        return line;
    }
    line.chars().take(QUOTED_CHARS - 1).chain(['…']).collect()
}

/// A text in a cell of CSV: nothing hidden in it, and nothing that a spreadsheet would take for a formula.
pub fn cell(text: &str) -> String {
    let text = one_line(text);
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text };
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_is_short_and_harmless() {
        let quoted = quote(&"\u{1b}x".repeat(500));
        assert_eq!(quoted.chars().count(), QUOTED_CHARS);
        assert!(quoted.starts_with("<U+001B>x") && quoted.ends_with('…'));
    }

    #[test]
    fn a_quotation_is_cut_one_character_after_its_longest() {
        let (longest, longer) = ("m".repeat(QUOTED_CHARS), "m".repeat(QUOTED_CHARS + 1));
        assert_eq!(quote(&longest), longest);
        assert_eq!(quote(&longer), format!("{}…", &longest[1..]));
    }

    #[test]
    fn nothing_hidden_reaches_a_line() {
        assert_eq!(one_line("$10\t20\u{1b}[2J\u{202e}x\r\n"), "$10 20<U+001B>[2J<U+202E>x<U+000D><U+000A>");
        assert_eq!(one_line("Señor – 100 %"), "Señor – 100 %");
    }
}
