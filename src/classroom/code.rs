//! The code that lets a trainee in.

use std::fmt;

/// How many characters it has.
const LENGTH: usize = 8;
/// What it is made of: no vowels, so that it spells nothing, and nothing that is easily taken for something else.
const LETTERS: &[u8; 27] = b"BCDFGHJKMNPQRSTVWXZ23456789";

/// A code that a trainer reads aloud.
#[derive(Clone, PartialEq, Eq)]
pub struct Code([u8; LENGTH]);

impl Code {
    /// What is wrong with what was typed and is none.
    pub const WRONG: &'static str =
        "--code: a code has 8 of the letters and digits that a trainer's screen shows: no vowels, no 0 and 1";

    /// A new one, from the system's random source.
    ///
    /// # Errors
    /// When the system has none.
    pub fn new() -> Result<Self, String> {
        let mut code = [0; LENGTH];
        for letter in &mut code {
            *letter = draw()?;
        }
        Ok(Self(code))
    }

    /// The code in what a person typed: in small letters or capitals, with or without blanks and hyphens.
    pub fn read(text: &str) -> Option<Self> {
        let typed: Vec<u8> = text.bytes().filter(|b| !matches!(b, b' ' | b'-')).collect();
        let code: [u8; LENGTH] = typed.to_ascii_uppercase().try_into().ok()?;
        code.iter().all(|letter| LETTERS.contains(letter)).then_some(Self(code))
    }

    /// Whether `text` is this code. Takes as long for a code that is nearly right as for any other.
    pub fn is(&self, text: &str) -> bool {
        let given = Self::read(text).map_or([0; LENGTH], |code| code.0);
        self.0.iter().zip(given).fold(0, |differs, (ours, theirs)| differs | (ours ^ theirs)) == 0
    }
}

/// A letter, each as likely as any other.
fn draw() -> Result<u8, String> {
    let most = u8::try_from(256 / LETTERS.len() * LETTERS.len()).unwrap_or(u8::MAX);
    loop {
        let mut byte = [0];
        getrandom::fill(&mut byte).map_err(|error| format!("this system has no random numbers: {error}"))?;
        if byte[0] < most {
            return Ok(LETTERS[usize::from(byte[0]) % LETTERS.len()]);
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

/// Shows nothing of it: debug prints end in logs.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = Code::read("K7QF-M2XW").unwrap();
        assert_eq!(code.to_string(), "K7QFM2XW");
        for typed in ["K7QFM2XW", "k7qf m2xw", " k7qf-m2xw "] {
            assert!(code.is(typed), "{typed}");
        }
        for other in ["", "K7QFM2X", "K7QFM2XWW", "K7QFM2XX", "A7QFM2XW", "é7QFM2XW", "\0\0\0\0\0\0\0\0"] {
            assert!(!code.is(other), "{other:?}");
        }
        assert_eq!(Code::read("K7QFM2X1"), None, "1 is too much like l");
    }

    #[test]
    fn codes_differ_and_use_every_letter() {
        let codes: std::collections::BTreeSet<String> =
            (0..200).map(|_| Code::new().unwrap().to_string()).collect();
        assert_eq!(codes.len(), 200);
        let used: std::collections::BTreeSet<char> = codes.iter().flat_map(|code| code.chars()).collect();
        assert_eq!(used.len(), LETTERS.len());
        assert!(codes.iter().all(|code| Code::read(code).is_some_and(|read| read.to_string() == *code)));
    }
}
