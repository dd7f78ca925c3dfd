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

/// What [`redact`] does, for a text.
pub fn redact_text(text: String, secret: &str) -> String {
    if secret.len() < SHORTEST_PRIVATE || !text.contains(secret) {
        return text;
    }
    text.replace(secret, "[redacted]")
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
        assert_eq!(redact_text(text.clone(), "card"), text);
    }
}
