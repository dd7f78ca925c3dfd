//! The shape in which the registration's credentials are stored in a keyring: three lines. Pure.

use crate::order::{Secret, is_invisible};
use crate::registration::{Credentials, MAX_BODY};
use zeroize::Zeroizing;

/// Reads three lines, the client token, the access token and the client secret; blank ones at the end are left out. None
/// when `text` is anything else.
pub fn parse_trio(text: &[u8]) -> Option<Credentials> {
    let text = std::str::from_utf8(text).ok()?;
    let mut lines = text.trim_end().lines().map(str::trim);
    let (client_token, access_token, client_secret) = (lines.next()?, lines.next()?, lines.next()?);
    let three = lines.next().is_none() && [client_token, access_token, client_secret].into_iter().all(fits);
    three.then(|| Credentials {
        client_token: Secret::new(client_token),
        client_secret: Secret::new(client_secret),
        access_token: Secret::new(access_token),
        max_body: MAX_BODY,
    })
}

/// True for what can be a token or a secret: they are written into a header, between semicolons.
pub fn fits(value: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || is_invisible(c) || !c.is_ascii() || c == ';';
    !value.is_empty() && !value.contains(odd)
}

/// `credentials` in that shape.
pub fn trio(credentials: &Credentials) -> Zeroizing<Vec<u8>> {
    let lines = [&credentials.client_token, &credentials.access_token, &credentials.client_secret];
    // Its final size at once: growing would leave a copy behind.
    let room = lines.iter().map(|line| line.expose().len() + 1).sum();
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    for line in lines {
        text.extend_from_slice(line.expose().as_bytes());
        text.push(b'\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_lines_are_two_tokens_and_a_secret() {
        for text in ["akab-c\nakab-a\ns=/+\n", "akab-c\r\nakab-a \r\ns=/+\r\n\r\n"] {
            let credentials = parse_trio(text.as_bytes()).unwrap();
            assert_eq!(credentials.client_token.expose(), "akab-c");
            assert_eq!(credentials.access_token.expose(), "akab-a");
            assert_eq!(credentials.client_secret.expose(), "s=/+");
            assert_eq!(trio(&credentials).as_slice(), b"akab-c\nakab-a\ns=/+\n");
        }
        for bad in ["", "a", "a\nb", "a\nb\n\n", "a\nb\nc\nd", "a;b\nc\nd", "a b\nc\nd", "a\nb\nä"] {
            assert!(parse_trio(bad.as_bytes()).is_none(), "{bad:?}");
        }
        assert!(parse_trio(b"\xff\na\nb").is_none());
    }
}
