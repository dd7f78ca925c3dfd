//! Which key stands where in the text of the file.

use toml::de::{DeTable, DeValue};

/// The key whose value holds the byte at `at`; none where that is no value, or the text is no TOML.
pub fn key_at(text: &str, at: usize) -> Option<String> {
    value_at("", DeTable::parse(text).ok()?.get_ref(), at)
}

fn value_at(above: &str, table: &DeTable, at: usize) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let path = below(above, key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => value_at(&path, inner, at),
            _ => value.span().contains(&at).then_some(path),
        }
    })
}

/// The key `key` in the table at `above`.
pub fn below(above: &str, key: &str) -> String {
    if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") }
}
