//! Terms that belong to one thing alone: they are looked at while nobody else records any, and then recorded.

use super::failure::Failure;
use super::session::within;
use super::value::type_of;
use crate::journal::blind::Term;
use crate::journal::change::Change;
use crate::kind::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use tokio_postgres::GenericClient;

/// "pxdt": whoever records such terms waits for its turn.
const LOCK: i64 = 0x7078_6474;

/// Where terms may not be shared: a table, a column of it, and the value that the things have in that.
type Among<'c> = (&'static str, &'static str, &'c Value);

/// The places of the changes that another thing's terms keep out. Until the transaction ends nobody else records such terms.
pub async fn kept_out(tx: &impl GenericClient, changes: &[&Change]) -> Result<HashSet<usize>, Failure> {
    let mut out = HashSet::new();
    let all = wanted(changes, &mut out);
    if all.is_empty() {
        return Ok(out);
    }
    within(tx.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])).await?;
    for ((table, column, value), terms) in all {
        let of_column = changes.iter().flat_map(|change| change.list.columns);
        let Some(of) = of_column.into_iter().find(|of| of.name == column).map(type_of) else { continue };
        // A statement of its own: it sees what was committed before it was our turn.
        let sql = format!(
            "SELECT term, thing FROM blind JOIN {table} AS l ON l.n = thing WHERE term = ANY($1) AND l.{column} = $2::{of}"
        );
        let asked: Vec<&[u8]> = terms.keys().map(<[u8; 16]>::as_slice).collect();
        for row in within(tx.query(&sql, &[&asked, value])).await? {
            let (term, thing): (Vec<u8>, i64) = (row.try_get(0)?, row.try_get(1)?);
            let place = <Term>::try_from(term.as_slice()).ok().and_then(|term| terms.get(&term).copied());
            out.extend(place.filter(|place| changes[*place].number() != Some(thing)));
        }
    }
    Ok(out)
}

/// The new terms that may not be shared, each with the place of the first change that has it; a later one is out.
fn wanted<'c>(changes: &[&'c Change], out: &mut HashSet<usize>) -> BTreeMap<Among<'c>, HashMap<Term, usize>> {
    let mut all: BTreeMap<Among<'c>, HashMap<Term, usize>> = BTreeMap::new();
    for (place, change) in changes.iter().enumerate() {
        let Some((column, value)) = change.sole() else { continue };
        let terms = all.entry((change.list.table, column, value)).or_default();
        for term in &change.terms.new {
            if *terms.entry(*term).or_insert(place) != place {
                out.insert(place);
            }
        }
    }
    all
}
