//! Where the keys of a file stand: what is wrong is told with its line and its key.

use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A key with a value: its whole name, as `order[2].offer`, and where the two of them stand.
struct Spot {
    name: String,
    /// Its table's, where it is a table itself.
    from: usize,
    value: Range<usize>,
    is_table: bool,
}

/// The line, from 1, of a place in the text.
pub fn line(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at.min(text.len()));
    text[..at].matches('\n').count() + 1
}

/// The key whose value, or whose name, stands at that place.
pub fn key_at(text: &str, at: usize) -> Option<String> {
    let holds = |spot: &Spot| !spot.is_table && spot.from <= at && at < spot.value.end;
    spots(text).into_iter().find(holds).map(|spot| spot.name)
}

/// The line of a key; of the table that lacks it, where it is not there.
pub fn line_of(text: &str, key: &str) -> usize {
    let (spots, mut name) = (spots(text), key);
    loop {
        if let Some(spot) = spots.iter().find(|spot| spot.name == name) {
            return line(text, spot.from);
        }
        match name.rsplit_once('.') {
            Some((table, _)) => name = table,
            None => return 1,
        }
    }
}

/// Every key, those of tables behind their tables. None where the text is no TOML.
fn spots(text: &str) -> Vec<Spot> {
    let mut all = Vec::new();
    if let Ok(table) = DeTable::parse(text) {
        of_table(table.get_ref(), "", &mut all);
    }
    all
}

fn of_table(table: &DeTable<'_>, prefix: &str, all: &mut Vec<Spot>) {
    for (key, value) in table {
        let name = format!("{prefix}{}", key.get_ref());
        let (from, span) = (key.span().start, value.span());
        match value.get_ref() {
            DeValue::Table(table) => {
                all.push(Spot { name: name.clone(), from, value: span, is_table: true });
                of_table(table, &format!("{name}."), all);
            }
            DeValue::Array(entries) if entries.iter().any(|entry| entry.get_ref().is_table()) => {
                for (n, entry) in entries.iter().enumerate() {
                    let name = format!("{name}[{}]", n + 1);
                    let span = entry.span();
                    all.push(Spot { name: name.clone(), from: span.start, value: span, is_table: true });
                    if let DeValue::Table(table) = entry.get_ref() {
                        of_table(table, &format!("{name}."), all);
                    }
                }
            }
            _ => all.push(Spot { name, from, value: span, is_table: false }),
        }
    }
}
