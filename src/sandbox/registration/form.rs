//! Forms and queries, read as `application/x-www-form-urlencoded`: percent signs, plus signs, UTF-8, each name once.

use std::collections::BTreeMap;

/// What is in a form, or in a query.
#[derive(Debug, Default)]
pub struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads it; says what does not fit.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let mut form = BTreeMap::new();
        for part in text.split(|b| *b == b'&').filter(|part| !part.is_empty()) {
            let equals = part.iter().position(|b| *b == b'=');
            let (name, value) = match equals {
                Some(at) => (&part[..at], &part[at + 1..]),
                None => (part, &part[part.len()..]),
            };
            let name = decoded(name)?;
            if form.contains_key(&name) {
                return Err(format!("{name} is there twice"));
            }
            form.insert(name, decoded(value)?);
        }
        Ok(Self(form))
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

fn decoded(text: &[u8]) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, more @ ..] = rest {
        rest = more;
        match *first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let [high, low, after @ ..] = more else { return Err(incomplete()) };
                bytes.push(hex(*high).zip(hex(*low)).map(|(h, l)| h * 16 + l).ok_or_else(incomplete)?);
                rest = after;
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| "a text is not UTF-8".to_owned())
}

fn incomplete() -> String {
    "a percent sign is not followed by two hexadecimal digits".to_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_plus_and_utf_8_are_read() {
        let form = Form::read(b"a=x+y%2Bz&caf%C3%A9=%e2%82%ac&empty=&bare&&c=1=2").unwrap();
        for (name, value) in [("a", "x y+z"), ("café", "€"), ("empty", ""), ("bare", ""), ("c", "1=2")] {
            assert_eq!(form.get(name), Some(value), "{name}");
        }
        assert_eq!(form.get("b"), None);
        assert_eq!(Form::read("näme=ü".as_bytes()).unwrap().get("näme"), Some("ü"));
    }

    #[test]
    fn what_is_no_form_is_said() {
        for (text, says) in [
            ("a=%", "percent"),
            ("a=%4", "percent"),
            ("a=%zz", "percent"),
            ("a=%+1", "percent"),
            ("a=%ff", "UTF-8"),
            ("%C3=1", "UTF-8"),
            ("a=1&a=1", "a is there twice"),
            ("a=1&%61=2", "a is there twice"),
        ] {
            assert!(Form::read(text.as_bytes()).unwrap_err().contains(says), "{text}");
        }
    }
}
