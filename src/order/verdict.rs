//! What a person says of a Complete in doubt: one person's word, or the same word of two.

use super::command::Statement;
use super::event::Event;
use super::guard::Decision;
use super::model::{Order, Verdict};
use super::refusal::Refusal;
use unicode_normalization::UnicodeNormalization as _;

/// A statement with what it needs, trimmed.
fn said(statement: Statement) -> Result<Statement, Refusal> {
    let Statement { placed, reference, name } = statement;
    let says = |text: &str| !text.chars().all(|c| c.is_whitespace() || super::is_invisible(c));
    match (says(&reference), says(&name)) {
        (false, _) => Err(Refusal::NoReference),
        (true, false) => Err(Refusal::NobodySaysSo),
        (true, true) => {
            Ok(Statement { placed, reference: reference.trim().to_owned(), name: name.trim().to_owned() })
        }
    }
}

/// One person's word settles it.
pub(super) fn by_one(statement: Statement) -> Decision {
    let Statement { placed, reference, name } = said(statement)?;
    Ok(vec![Event::Resolved { placed, reference, name }])
}

/// The first person's word is recorded as proposed; the same word of another person, at another desk name, settles it.
/// Another word takes the place of the first one: then nothing is settled, and two must come to agree.
pub(super) fn by_two(order: &Order, statement: Statement, by: &str) -> Decision {
    let Statement { placed, reference, name } = said(statement)?;
    let proposed = Event::VerdictProposed { placed, reference: reference.clone(), name: name.clone() };
    let Some(first) = order.proposal() else { return Ok(vec![proposed]) };
    let same_person = is_same_name(&first.name, &name) || is_same_name(&first.by, by);
    match (first.placed == placed, same_person) {
        (true, true) => Err(Refusal::NeedsAnother { name: first.name.clone() }),
        (true, false) => Ok(vec![Event::Resolved { placed, reference, name }]),
        (false, _) => Ok(vec![proposed]),
    }
}

/// What speaks against `statement`, when it was recorded after another word of somebody: for telling whoever said it.
pub fn contradicted<'a>(before: &'a Order, statement: &Statement) -> Option<&'a Verdict> {
    before.proposal().filter(|first| first.placed != statement.placed)
}

/// People write their names in capitals or not, with more blanks or fewer, and with accents or without. What looks the same is
/// the same, whatever it is made of.
pub fn is_same_name(a: &str, b: &str) -> bool {
    let plain = |name: &str| -> String {
        // The capitals of some small letters are two: those of ß are SS.
        let letters = name.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase);
        letters.flat_map(char::to_lowercase).collect()
    };
    plain(a) == plain(b)
}

impl Order {
    /// The verdict that one person has proposed and another one has not agreed to yet. A probe sent since makes it
    /// worthless: it was about less than there is to say now.
    pub fn proposal(&self) -> Option<&Verdict> {
        let last = self.attempts.iter().map(|attempt| attempt.number).max().unwrap_or(0);
        self.proposed.as_ref().filter(|verdict| verdict.attempt == last && self.doubt().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::is_same_name;

    #[test]
    fn a_name_is_the_same_however_it_is_typed() {
        for other in
            ["JOSÉ RUIZ", "Jose\u{301} Ruiz", "Jose Ruiz", "Ｊｏｓé　Ｒｕｉｚ", "J. o\u{200b}sé ruiz"]
        {
            assert!(is_same_name("José Ruiz", other), "{other}");
        }
        assert!(is_same_name("Jörg Weiß", "JORG WEISS"));
        for other in ["Joss Ruiz", "José Ruis", "Ж. Ruiz", ""] {
            assert!(!is_same_name("José Ruiz", other), "{other}");
        }
    }
}
