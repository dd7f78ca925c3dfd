//! A plan in words: counts, a line for each change, and below a removal what goes along.

use super::{Change, Collection, Gone, Name, Plan, ProviderId};
use std::collections::BTreeMap;

/// What goes along, by what it goes along with.
type Along<'a> = BTreeMap<(Collection, &'a ProviderId), Vec<&'a Gone>>;

impl Plan {
    /// How much of what, in one line.
    pub fn counts(&self) -> String {
        let count = |is: fn(&Change) -> bool| self.changes.iter().filter(|change| is(change)).count();
        let created = count(|change| matches!(change, Change::Create { .. } | Change::CreatePair { .. }));
        let renamed = count(|change| matches!(change, Change::Rename { .. }));
        let along = match self.goes_along.len() {
            0 => String::new(),
            1 => " (with 1 pair)".to_owned(),
            n => format!(" (with {n} pairs)"),
        };
        format!("{created} to create, {renamed} to rename, {} to remove{along}", self.removals())
    }

    /// A line for each change, which begins with `+`, `~` or `-`; below a removal an indented one for each pair that goes
    /// along.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let along = self.along();
        self.changes.iter().flat_map(move |change| lines(change, &along))
    }

    /// The same of the removals alone.
    pub fn removal_lines(&self) -> impl Iterator<Item = String> {
        let along = self.along();
        self.changes.iter().filter(|change| change.is_removal()).flat_map(move |change| lines(change, &along))
    }

    fn along(&self) -> Along<'_> {
        let mut along = Along::new();
        for gone in &self.goes_along {
            along.entry(gone.whose()).or_default().push(gone);
        }
        along
    }
}

fn lines(change: &Change, along: &Along<'_>) -> Vec<String> {
    let gone = match change {
        Change::Remove { collection, id, .. } => along.get(&(*collection, id)).map_or(&[][..], Vec::as_slice),
        Change::Create { .. }
        | Change::CreatePair { .. }
        | Change::Rename { .. }
        | Change::RemovePair { .. }
        | Change::RemoveOrphan { .. } => &[],
    };
    let gone = gone.iter().map(|Gone { pair, .. }| format!("    and its pair {pair}"));
    std::iter::once(change.line()).chain(gone).collect()
}

impl Change {
    /// What it changes, in a line that begins with `+`, `~` or `-`.
    pub fn line(&self) -> String {
        let named =
            |name: &Option<Name>| name.as_ref().map(|name| format!(" \"{name}\"")).unwrap_or_default();
        match self {
            Self::Create { collection, id, name } => format!("+ {} `{id}`{}", collection.one(), named(name)),
            Self::CreatePair { pair } => format!("+ pair {pair}"),
            Self::Rename { collection, id, from, to, .. } => {
                let from = from.as_ref().map_or("(no name)".to_owned(), |name| format!("\"{name}\""));
                format!("~ {} `{id}` {from} becomes \"{to}\"", collection.one())
            }
            Self::Remove { collection, id, name, .. } => {
                format!("- {} `{id}`{}", collection.one(), named(name))
            }
            Self::RemovePair { pair, .. } => format!("- pair {pair}"),
            Self::RemoveOrphan { pair } => format!("- pair {pair}"),
        }
    }
}
