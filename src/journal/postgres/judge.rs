//! Whether the journal that was found has all that this machine has seen of it.

use super::failure::Failure;
use super::seen::{All, Seen};
use super::session::Session;
use super::stop::{COLUMNS, Stop};
use crate::journal::chain::{Head, JournalId};
use crate::journal::error::Error;
use crate::journal::keyfile::Keys;
use crate::journal::memory::Doubt;
use crate::kind::{Digest, Timestamp};
use std::collections::BTreeMap;

/// Why the journal that was found is not to be trusted, if so.
pub async fn judge(
    session: &Session,
    keys: &Keys,
    id: JournalId,
    seen: &Seen,
) -> Result<Option<Doubt>, Failure> {
    let failed = |error: std::io::Error| {
        Failure::Told(Error::Failed { file: seen.folder.clone(), why: error.to_string() })
    };
    if let Some(at) = seen.other(id).map_err(failed)? {
        return Ok(Some(Doubt::Other { seen: 0, at }));
    }
    let All { checkpoint, things } = seen.read(&keys.chain, id).map_err(failed)?;
    if let Some((epoch, head, at)) = checkpoint
        && !has_come_to(session, keys, id, epoch, head).await?
    {
        return Ok(Some(Doubt::Lacks { what: format!("the checkpoint of {} events", head.events), at }));
    }
    lacking(session, &things).await
}

/// Whether the journal has that checkpoint. A copy begins with one over all that was copied, whatever its epoch: what comes
/// from a file knows of no epochs.
async fn has_come_to(
    session: &Session,
    keys: &Keys,
    id: JournalId,
    epoch: i64,
    head: Head,
) -> Result<bool, Failure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM checkpoints WHERE epoch = $1 OR epoch = (SELECT min(epoch) FROM checkpoints)
        ORDER BY epoch"
    );
    let rows = session.rows(&sql, &[&epoch]).await?;
    let found = rows.iter().map(Stop::read).collect::<Result<Vec<_>, _>>()?;
    let is_it = |stop: &Stop| (stop.epoch, stop.head) == (epoch, head);
    let of_a_copy = |first: &Stop| first.head.events >= head.events && first.is_proven(&keys.chain, id);
    Ok(found.iter().any(is_it) || found.first().is_some_and(of_a_copy))
}

/// The first of the events that is not there any more.
async fn lacking(
    session: &Session,
    things: &BTreeMap<(String, String), (i64, Digest, Timestamp)>,
) -> Result<Option<Doubt>, Failure> {
    let ask = "SELECT s.kind, s.thing, s.seq, s.at
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[], $5::bigint[]) AS s (kind, thing, seq, hash, at)
        WHERE NOT EXISTS (
            SELECT FROM things t JOIN events e ON e.thing = t.n
            WHERE t.kind = s.kind AND t.id = s.thing AND e.seq = s.seq AND e.hash = s.hash
        ) LIMIT 1";
    let (names, last): (Vec<_>, Vec<_>) = things.iter().unzip();
    let kinds: Vec<&str> = names.iter().map(|(kind, _)| kind.as_str()).collect();
    let ids: Vec<&str> = names.iter().map(|(_, id)| id.as_str()).collect();
    let seqs: Vec<i64> = last.iter().map(|(seq, _, _)| *seq).collect();
    let hashes: Vec<&[u8]> = last.iter().map(|(_, hash, _)| hash.0.as_slice()).collect();
    let times: Vec<i64> = last.iter().map(|(_, _, at)| at.as_microsecond()).collect();
    let rows = session.rows(ask, &[&kinds, &ids, &seqs, &hashes, &times]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (kind, thing, seq): (&str, &str, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let at = Timestamp::from_microsecond(row.try_get(3)?).unwrap_or_default();
    Ok(Some(Doubt::Lacks { what: format!("event {seq} of {kind} {thing}"), at }))
}
