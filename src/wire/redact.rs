//! Removes secrets from what a server says, before anything is made of it.

/// A text shorter than this is not removed: it could be a code.
const SHORTEST_PRIVATE: usize = 8;

/// `body` with every `secret` in it replaced, so that a server's echo of it reaches no error, log or journal.
pub fn redact(body: Vec<u8>, secret: &[u8]) -> Vec<u8> {
    if !holds(&body, secret) {
        return body;
    }
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body.as_slice();
    while let Some(at) = rest.windows(secret.len()).position(|window| window == secret) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(b"[redacted]");
        rest = &rest[at + secret.len()..];
    }
    out.extend_from_slice(rest);
    out
}

/// True when `secret` stands in `body`, and is long enough to be removed from it.
pub fn holds(body: &[u8], secret: &[u8]) -> bool {
    secret.len() >= SHORTEST_PRIVATE && body.windows(secret.len()).any(|window| window == secret)
}

/// What [`redact`] does, for a text that nothing is read from any more. Of a short secret, only where it is a word of its own.
pub fn redact_text(text: String, secret: &str) -> String {
    if secret.is_empty() || !text.contains(secret) {
        return text;
    }
    if secret.len() >= SHORTEST_PRIVATE {
        return text.replace(secret, "[redacted]");
    }
    let is_word = |at: usize, found: &str| {
        let (before, after) = (&text[..at], &text[at + found.len()..]);
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    };
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for (at, found) in text.match_indices(secret).filter(|(at, found)| is_word(*at, found)) {
        out.push_str(&text[from..at]);
        out.push_str("[redacted]");
        from = at + found.len();
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echoed_secret_is_redacted() {
        let body = br#"{"a":"card tok_12345, tok_12345"}"#.to_vec();
        assert_eq!(redact(body.clone(), b"tok_12345"), br#"{"a":"card [redacted], [redacted]"}"#);
        assert_eq!(redact(body.clone(), b"card"), body, "too short to be anything but a word");
        let text = String::from_utf8(body).unwrap();
        assert_eq!(redact_text(text.clone(), "tok_12345"), r#"{"a":"card [redacted], [redacted]"}"#);
        assert_eq!(redact_text(text.clone(), ""), text);
    }

    #[test]
    fn a_short_secret_is_redacted_where_it_is_a_word() {
        for (text, clean) in [
            ("secret abc-d! is Invalid", "secret [redacted] is Invalid"),
            ("abc-d", "[redacted]"),
            ("(abc-d), 'abc-d'", "([redacted]), '[redacted]'"),
            ("abc-dial and xabc-d!", "abc-dial and xabc-d!"),
        ] {
            let secret = if text.contains('!') { "abc-d!" } else { "abc-d" };
            assert_eq!(redact_text(text.to_owned(), secret), clean);
        }
    }
}
