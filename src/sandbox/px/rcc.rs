//! The RCC texts: made up for practice, in the manner of such texts. They are data, in `assets/sandbox/rcc/`.

use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// A text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Text {
    pub language: String,
    #[serde(rename = "section")]
    pub sections: Vec<Section>,
}

/// A section of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Section {
    pub id: String,
    pub title: String,
    pub text: String,
}

/// The offers, each in English and Spanish.
static OFFERS: LazyLock<[(&str, Text); 7]> = LazyLock::new(|| {
    [
        ("internet", read(include_str!("../../../assets/sandbox/rcc/internet.en.toml"))),
        ("internet", read(include_str!("../../../assets/sandbox/rcc/internet.es.toml"))),
        ("phone", read(include_str!("../../../assets/sandbox/rcc/phone.en.toml"))),
        ("phone", read(include_str!("../../../assets/sandbox/rcc/phone.es.toml"))),
        ("bundle", read(include_str!("../../../assets/sandbox/rcc/bundle.en.toml"))),
        ("bundle", read(include_str!("../../../assets/sandbox/rcc/bundle.es.toml"))),
        ("hostile", read(include_str!("../../../assets/sandbox/rcc/hostile.en.toml"))),
    ]
});

#[expect(clippy::expect_used, reason = "the texts are compiled in, and a test reads them all")]
fn read(text: &str) -> Text {
    toml::from_str(text).expect("the text reads")
}

/// The names of the offers.
pub const NAMES: [&str; 4] = ["internet", "phone", "bundle", "hostile"];

/// The languages of the offers.
pub const LANGUAGES: [&str; 2] = ["en", "es"];

/// The text for an address: the offer named, or the one that the address always has; in the language named, or Spanish
/// for addresses that end in `-ES`.
pub fn of(address: &str, offer: Option<&str>, language: Option<&str>) -> &'static Text {
    let language = language.unwrap_or(if address.ends_with("-ES") { "es" } else { "en" });
    let sum = address.bytes().fold(0usize, |sum, b| sum.wrapping_mul(31).wrapping_add(usize::from(b)));
    let offer = offer.unwrap_or(NAMES[sum % 3]);
    let fits =
        |(name, text): &&(&str, Text)| *name == offer && (text.language == language || offer == "hostile");
    OFFERS.iter().find(fits).map_or(&OFFERS[0].1, |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_reads_and_has_the_length_of_such_texts() {
        for (name, text) in OFFERS.iter() {
            let words: usize = text.sections.iter().map(|s| s.text.split_whitespace().count()).sum();
            assert!(*name == "hostile" || (150..=900).contains(&words), "{name}: {words}");
            assert!(text.sections.iter().all(|s| !s.text.trim().is_empty()));
            assert!(LANGUAGES.contains(&text.language.as_str()));
        }
        assert_eq!(of("A-1-ES", None, None).language, "es");
    }
}
