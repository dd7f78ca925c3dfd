//! The shape in which credentials are stored: two lines. Pure.

use crate::order::{Secret, is_invisible};
use crate::px::Credentials;
use zeroize::Zeroizing;

/// Reads two lines, the consumer key and the consumer secret; blank ones at the end are left out. None when `text` is
/// anything else.
pub fn parse(text: &[u8]) -> Option<Credentials> {
    let text = std::str::from_utf8(text).ok()?;
    let mut lines = text.trim_end().lines().map(str::trim_end);
    let (key, secret) = (lines.next()?, lines.next()?);
    let fits =
        |line: &str| !line.is_empty() && !line.contains(|c: char| c.is_whitespace() || is_invisible(c));
    // HTTP Basic ends the key at the first colon.
    let two = lines.next().is_none() && fits(key) && fits(secret) && !key.contains(':');
    two.then(|| Credentials { key: Secret::new(key), secret: Secret::new(secret) })
}

/// `credentials` in that shape.
pub fn lines(credentials: &Credentials) -> Zeroizing<Vec<u8>> {
    let (key, secret) = (credentials.key.expose(), credentials.secret.expose());
    // Its final size at once: growing would leave a copy behind.
    let mut text = Zeroizing::new(Vec::with_capacity(key.len() + secret.len() + 2));
    for line in [key, secret] {
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_lines_are_a_key_and_a_secret() {
        for text in ["key\nse:cret", "key\nse:cret\n", "key\r\nse:cret\r\n\r\n"] {
            let credentials = parse(text.as_bytes()).unwrap();
            assert_eq!((credentials.key.expose(), credentials.secret.expose()), ("key", "se:cret"));
            assert_eq!(lines(&credentials).as_slice(), b"key\nse:cret\n");
        }
        let bad = [
            "",
            "key",
            "\nsecret",
            "key\n\n",
            "key\nsecret\nmore",
            "k:ey\nsecret",
            "a key\ns",
            "\u{feff}k\ns",
            r#"{"key":"k","secret":"s"}"#,
        ];
        for text in bad {
            assert!(parse(text.as_bytes()).is_none(), "{text:?}");
        }
        assert!(parse(b"key\n\xff\xfe").is_none());
    }
}
