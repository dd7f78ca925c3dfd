//! The shape in which a provider key is stored: one line. Pure.

use crate::order::{Secret, is_invisible};
use zeroize::Zeroizing;

/// Reads one line, without the blanks around it; blank ones after it are left out. None when `text` is anything else, or
/// holds a character that cannot be seen: such a key was not copied as it was given.
pub fn parse_line(text: &[u8]) -> Option<Secret> {
    let line = std::str::from_utf8(text).ok()?.trim();
    (!line.is_empty() && !line.contains(is_invisible)).then(|| Secret::new(line))
}

/// `key` in that shape.
pub fn line(key: &Secret) -> Zeroizing<Vec<u8>> {
    // Its final size at once: growing would leave a copy behind.
    let mut text = Zeroizing::new(Vec::with_capacity(key.expose().len() + 1));
    text.extend_from_slice(key.expose().as_bytes());
    text.push(b'\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_a_key() {
        for text in ["the-key", "the-key\n", " the-key \r\n\r\n"] {
            let key = parse_line(text.as_bytes()).unwrap();
            assert_eq!((key.expose(), line(&key).as_slice()), ("the-key", &b"the-key\n"[..]));
        }
        for text in ["", "\n", "two\nlines", "a\tb", "a\u{200b}b", "\u{feff}key"] {
            assert!(parse_line(text.as_bytes()).is_none(), "{text:?}");
        }
        assert!(parse_line(b"\xff\xfe").is_none());
    }
}
