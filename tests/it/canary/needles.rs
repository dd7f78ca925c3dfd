//! A canary in every dress that it could leave the house in.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

/// A text that must not be found, and all that it is looked for as.
pub struct Canary {
    pub text: String,
    needles: Vec<String>,
}

impl Canary {
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let percent = |keep: fn(&u8) -> bool, upper: bool| -> String {
            let digits = |b: &u8| if upper { format!("%{b:02X}") } else { format!("%{b:02x}") };
            bytes.iter().map(|b| if keep(b) { char::from(*b).to_string() } else { digits(b) }).collect()
        };
        let mut needles = vec![text.to_owned(), hex::encode(bytes), hex::encode_upper(bytes)];
        for upper in [false, true] {
            needles.push(percent(|_| false, upper));
            needles.push(percent(u8::is_ascii_alphanumeric, upper));
            needles.push(percent(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(b), upper));
            needles.push(percent(u8::is_ascii_alphanumeric, upper).replace("%20", "+"));
        }
        needles.extend((0..3).flat_map(|at| aligned(bytes, at)));
        needles.sort();
        needles.dedup();
        Self { text: text.to_owned(), needles }
    }

    /// The dress in which it stands in `hay`, if it does.
    pub fn found_in(&self, hay: &str) -> Option<&str> {
        self.needles.iter().find(|needle| hay.contains(needle.as_str())).map(String::as_str)
    }
}

/// What `bytes` look like inside any base64 in which `before` bytes (modulo 3) stand before them: only the characters
/// that nothing beside them can change.
fn aligned(bytes: &[u8], before: usize) -> [String; 2] {
    let mut padded = vec![0; before];
    padded.extend_from_slice(bytes);
    let first = (before * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    [BASE64_STANDARD_NO_PAD.encode(&padded), BASE64_URL_SAFE_NO_PAD.encode(&padded)]
        .map(|text| text[first..last].to_owned())
}

#[test]
fn a_canary_is_found_in_every_dress() {
    let canary = Canary::new("quill@canary.example?>~");
    let whole = |prefix: &str| format!("{prefix}quill@canary.example?>~ and more");
    for prefix in ["", "a", "ab", "abc"] {
        for dressed in [
            whole(prefix),
            BASE64_STANDARD_NO_PAD.encode(whole(prefix)),
            BASE64_URL_SAFE_NO_PAD.encode(whole(prefix)),
            hex::encode(whole(prefix)),
            hex::encode_upper(whole(prefix)),
        ] {
            assert!(canary.found_in(&dressed).is_some(), "{dressed}");
        }
    }
    assert!(canary.found_in("to=quill%40canary.example%3F%3E~").is_some());
    assert!(canary.found_in("quill@canary.exampl").is_none());
}
