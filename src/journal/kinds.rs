//! The kinds that a journal keeps, as values: what verifying and making tables need to know of each.

use super::entry::fold;
use super::record::Record;
use super::seal::Key;
use crate::kind::{Digest, Kind, List, Value};

/// A kind, its type left out.
#[derive(Clone, Copy)]
pub struct Registered {
    /// [`Kind::NAME`].
    pub name: &'static str,
    pub list: List,
    /// [`Kind::RESERVED`].
    pub reserved: &'static [&'static str],
    /// What a thing's records make of it.
    pub(super) read: Reading,
}

/// Folds the records of the thing with that id.
type Reading = fn(&str, &[(Record, Digest)], Option<&Key>) -> Result<Read, String>;

/// What a thing's records make of it, as far as every kind has it.
pub(super) struct Read {
    pub seq: u64,
    pub erased: bool,
    pub row: Vec<Value>,
    /// [`Kind::blind_terms`].
    pub terms: Vec<String>,
}

impl Registered {
    /// The kind `K`.
    pub const fn of<K: Kind>() -> Self {
        Self { name: K::NAME, list: K::LIST, reserved: K::RESERVED, read: read::<K> }
    }
}

fn read<K: Kind>(id: &str, records: &[(Record, Digest)], key: Option<&Key>) -> Result<Read, String> {
    let id = K::parse_id(id).ok_or("its id is not one")?;
    let (thing, _) = fold::<K>(&id, records, key)?;
    Ok(Read { seq: thing.seq(), erased: thing.is_erased(), row: thing.row(), terms: thing.blind_terms() })
}

/// The values by which a row is counted, as one text.
pub(super) fn counted(list: &List, row: &[Value]) -> String {
    let value = |name: &&str| {
        let at = list.columns.iter().position(|column| column.name == *name);
        match at.and_then(|at| row.get(at)) {
            Some(Value::Text(text)) => text.clone(),
            Some(Value::Integer(number)) => number.to_string(),
            Some(Value::Nothing) | None => String::new(),
        }
    };
    list.counted.iter().map(value).collect::<Vec<_>>().join(" ")
}
