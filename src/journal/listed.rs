//! Things that are known by their rows alone: an event that its kind applies to a row is recorded without reading and
//! folding what came before it, so it costs the same however much that is.

use super::change::{Before, Change, Last, Written};
use super::error::Error;
use super::record::{Parts, kept};
use super::select::Select;
use super::store::Journal;
use crate::kind::{Kind, Timestamp, Value};

/// How often rows are read again that others have changed meanwhile.
const ROUNDS: usize = 16;

/// A thing as the row of its list says, and where its chain ends. An event that is recorded on it is refused when the thing
/// has moved on since, as any append is.
#[derive(Clone, Debug)]
pub struct Listed<K: Kind> {
    pub row: K::Row,
    id: String,
    end: Written,
    values: Vec<Value>,
}

impl Journal {
    /// The rows of a kind's list, each with where its thing's chain ends then.
    ///
    /// # Errors
    /// As [`Journal::rows`]; [`Error::Conflict`] when others keep changing them.
    pub async fn listed<K: Kind>(&self, select: &Select<'_>) -> Result<Vec<Listed<K>>, Error> {
        let mut moved = String::new();
        for _ in 0..ROUNDS {
            let mut all = Vec::new();
            let mut as_read = true;
            for (id, seq, values) in self.values::<K>(&[vec![select.clone()]], select.limit).await? {
                let end = self.inner.store.end(&K::LIST, K::NAME, &id).await?;
                let end = end.ok_or_else(|| self.broken::<K>(&id, "it has no events"))?;
                if end.last.seq != seq {
                    (moved, as_read) = (id, false);
                    break;
                }
                all.push(self.as_listed(id, end, values)?);
            }
            if as_read {
                return Ok(all);
            }
        }
        Err(Error::Conflict { kind: K::NAME, thing: moved })
    }

    /// Records one event on each of many things in one transaction, and returns each as its row says then: one that has moved
    /// on keeps no other out.
    ///
    /// # Errors
    /// When none was recorded; so when an event takes more than a row, see [`Kind::follow_row`], or is personal.
    pub async fn append_listed<K: Kind>(
        &self,
        many: Vec<(Listed<K>, K::Event)>,
        at: Timestamp,
        by: &str,
    ) -> Result<Vec<Result<Listed<K>, Error>>, Error> {
        let mut changes = Vec::with_capacity(many.len());
        for (listed, event) in many {
            changes.push(self.change_of(listed, &event, kept(at), by)?);
        }
        let written = self.inner.store.write(&changes).await?;
        let mut done = Vec::with_capacity(changes.len());
        for (change, written) in changes.into_iter().zip(written) {
            // What is remembered of the whole thing is not what is there.
            self.forget::<K>(&change.id);
            done.push(match written {
                Ok(end) => Ok(self.as_listed(change.id, end, change.row)?),
                Err(error) => Err(error),
            });
        }
        Ok(done)
    }

    fn change_of<K: Kind>(
        &self,
        listed: Listed<K>,
        event: &K::Event,
        at: Timestamp,
        by: &str,
    ) -> Result<Change, Error> {
        let Listed { id, end: Written { n, last: Last { seq, hash, pos } }, values, .. } = listed;
        let broken = |why: &str| self.broken::<K>(&id, why);
        let parts = Parts::of::<K>(event);
        if parts.is_personal() || K::erases(event) {
            return Err(broken("what is personal is recorded on the whole thing"));
        }
        let (row, terms) =
            K::follow_row(&values, event).ok_or_else(|| broken("its row alone does not do"))?;
        let thing = K::parse_id(&id).ok_or_else(|| broken("its id is not one"))?;
        let record = parts.record::<K>(&thing, seq + 1, at, by, None);
        let terms = self.inner.keys.blind.change(K::NAME, &[], &terms);
        let before = Some(Before { n, seq, hash, pos, row: values });
        Ok(Change {
            kind: K::NAME,
            list: K::LIST,
            id,
            before,
            records: vec![record],
            row,
            erased: false,
            terms,
            sole_in: K::SOLE_TERMS,
            sealed_key: None,
        })
    }

    fn as_listed<K: Kind>(&self, id: String, end: Written, values: Vec<Value>) -> Result<Listed<K>, Error> {
        let row = K::read_row(&id, end.last.seq.cast_unsigned(), &values);
        let row = row.map_err(|why| self.broken::<K>(&id, why))?;
        Ok(Listed { row, id, end, values })
    }
}
