//! A change that is ready to be recorded, and the one statement that records it.

use super::failure::Failure;
use super::fence::Fence;
use super::session::within;
use super::statement::{self, Besides, By};
use super::witness::Witness;
use crate::journal::blind::Term;
use crate::journal::change::{Change, Last, Written};
use crate::journal::kinds::counted;
use crate::kind::Digest;
use std::collections::BTreeMap;
use tokio_postgres::GenericClient;
use tokio_postgres::types::ToSql;

/// A change with its positions and hashes.
pub struct Ready<'c> {
    pub change: &'c Change,
    pub positions: Vec<i64>,
    pub hashes: Vec<Digest>,
    pub proof: Digest,
    /// What must be there; none where nothing is known yet.
    pub witness: Option<Witness>,
    /// The lease of the worker that records it, if one does.
    pub fence: Option<Fence>,
}

impl Ready<'_> {
    /// The last event, once it is recorded.
    pub fn last(&self) -> Last {
        let hash = self.hashes.last().copied().unwrap_or(Digest([0; 32]));
        Last { seq: self.change.seq(), hash, pos: self.positions.last().copied().unwrap_or(0) }
    }
}

/// The statement of a change.
pub fn sql(ready: &Ready<'_>, count: bool) -> String {
    let change = ready.change;
    let by = if ready.fence.is_some() { By::Worker } else { By::Desk };
    let terms = !(change.terms.new.is_empty() && change.terms.gone.is_empty());
    let besides = Besides { count, forget: change.erased, terms, by };
    match &change.before {
        None => statement::open(&change.list, besides),
        Some(_) => statement::append(&change.list, besides),
    }
}

/// By how much a change raises and lowers the counts of its list.
pub fn deltas(change: &Change) -> BTreeMap<String, i64> {
    let is = counted(&change.list, &change.row);
    let was = change.before.as_ref().map(|before| counted(&change.list, &before.row));
    let mut by = BTreeMap::new();
    if was.as_ref() != Some(&is) {
        by.insert(is, 1);
        by.extend(was.map(|was| (was, -1)));
    }
    by
}

/// Runs the statement of a change. None when it was refused.
pub async fn put(
    client: &impl GenericClient,
    statement: &tokio_postgres::Statement,
    slot: i32,
    ready: &Ready<'_>,
    counts: &BTreeMap<String, i64>,
) -> Result<Option<Written>, Failure> {
    let Ready { change, positions, hashes, proof, witness, fence } = ready;
    let records = &change.records;
    let seq = change.seq();
    let hash = hashes.last().copied().unwrap_or(Digest([0; 32]));
    let (hash_bytes, proof) = (hash.0.as_slice(), proof.0.as_slice());
    let (at, by) = records.last().map_or((0, ""), |record| (record.at, record.by.as_str()));
    let seqs: Vec<i64> = records.iter().map(|record| record.seq).collect();
    let events: Vec<&str> = records.iter().map(|record| record.event.as_str()).collect();
    let clear: Vec<&str> = records.iter().map(|record| record.clear.as_str()).collect();
    let sealed: Vec<Option<&[u8]>> = records.iter().map(|record| record.sealed.as_deref()).collect();
    let hashes: Vec<&[u8]> = hashes.iter().map(|hash| hash.0.as_slice()).collect();
    let before = change.before.as_ref().map(|before| (before.n, before.seq, before.hash.0.as_slice()));
    let known = witness.as_ref().map_or((0, &[][..]), |witness| (witness.pos, &witness.hash.0[..]));
    let mut values: Vec<&(dyn ToSql + Sync)> = fence.iter().flat_map(Fence::values).collect();
    values.extend::<[&(dyn ToSql + Sync); 2]>([&known.0, &known.1]);
    values.extend::<[&(dyn ToSql + Sync); 3]>([&seq, &hash_bytes, &proof]);
    match &before {
        Some((n, seq, hash)) => values.extend::<[&(dyn ToSql + Sync); 3]>([n, seq, hash]),
        None => values.extend::<[&(dyn ToSql + Sync); 3]>([&change.kind, &change.id, &change.sealed_key]),
    }
    values
        .extend::<[&(dyn ToSql + Sync); 8]>([&at, &by, positions, &seqs, &events, &clear, &sealed, &hashes]);
    let row = change.list.columns.iter().zip(&change.row);
    let row = row.filter(|(column, _)| change.before.is_none() || !column.fixed);
    values.extend(row.map(|(_, value)| value as &(dyn ToSql + Sync)));
    let terms = |terms: &'_ [Term]| terms.iter().map(|term| term.to_vec()).collect::<Vec<_>>();
    let (new, gone) = (terms(&change.terms.new), terms(&change.terms.gone));
    if !(new.is_empty() && gone.is_empty()) {
        values.extend::<[&(dyn ToSql + Sync); 2]>([&new, &gone]);
    }
    let (of, by): (Vec<&String>, Vec<i64>) = counts.iter().unzip();
    if !counts.is_empty() {
        values.extend::<[&(dyn ToSql + Sync); 3]>([&slot, &of, &by]);
    }
    match within(client.query_opt(statement, &values)).await? {
        None => Ok(None),
        Some(row) => Ok(Some(Written { n: row.try_get(0)?, last: ready.last() })),
    }
}
