//! Looking at how far a journal has come, whoever recorded it: what of that is gone later tells that the server came back
//! with an older copy.

use super::failure::Failure;
use super::lines::What;
use super::positions::BLOCK;
use super::session::Session;
use super::stop::{COLUMNS, Stop};
use super::witness::Witness;
use crate::journal::chain::JournalId;
use crate::journal::keyfile::Keys;
use crate::journal::stored::digest;
use crate::kind::Timestamp;
use tokio_postgres::Row;

/// How many blocks of positions are looked at: those of the desks that began last. Of each it is the last event, which
/// costs one step in the index.
const BLOCKS: i64 = 64;

/// The events that are the last of their blocks, of the latest blocks that were drawn. Of a position that nobody has drawn
/// nothing follows.
const EVENTS: &str = "WITH drawn AS (
        SELECT least(max(last_value), 9223372036854775807 / $1) AS blocks
        FROM pg_sequences WHERE schemaname = 'pxdesk' AND sequencename = 'positions'
    ), top AS (SELECT (max(pos) - 1) / $1 AS block FROM events WHERE pos <= (SELECT blocks * $1 FROM drawn))
    SELECT t.kind, t.id, e.seq, e.hash, e.at, e.pos
    FROM top, generate_series(greatest(top.block - $2::bigint + 1, 0), top.block) AS b,
        LATERAL (
            SELECT thing, seq, hash, at, pos FROM events
            WHERE pos > b * $1::bigint AND pos <= (b + 1) * $1::bigint ORDER BY pos DESC LIMIT 1
        ) AS e
        JOIN things t ON t.n = e.thing
    ORDER BY b";

/// What is found at the end of the journal.
#[derive(Default)]
pub struct Found {
    /// Its last checkpoint, and the latest events.
    pub all: Vec<(What, Timestamp)>,
    /// The newest of those.
    pub newest: Option<Witness>,
}

/// Looks there.
pub async fn look_at(session: &Session, keys: &Keys, id: JournalId) -> Result<Found, Failure> {
    let last = session.rows(&last_checkpoint(), &[]).await?;
    let events = session.rows(EVENTS, &[&BLOCK, &BLOCKS]).await?;
    Ok(found(&last, &events, keys, id)?)
}

/// The last one of an epoch that has ended: none is of a later one, whoever wrote it.
fn last_checkpoint() -> String {
    format!(
        "SELECT {COLUMNS} FROM checkpoints WHERE epoch < (SELECT epoch FROM journal) ORDER BY epoch DESC LIMIT 1"
    )
}

fn found(last: &[Row], events: &[Row], keys: &Keys, id: JournalId) -> Result<Found, tokio_postgres::Error> {
    let time = |at| Timestamp::from_microsecond(at).unwrap_or_default();
    let mut found = Found { all: Vec::with_capacity(events.len() + 1), newest: None };
    for row in last {
        let stop = Stop::read(row)?;
        if stop.is_proven(&keys.chain, id) {
            let what = What::Checkpoint { epoch: stop.epoch, events: stop.head.events, sum: stop.head.sum };
            found.all.push((what, time(stop.at)));
        }
    }
    for row in events {
        let (kind, thing, seq) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let event = Witness { hash: digest(row.try_get(3)?), at: row.try_get(4)?, pos: row.try_get(5)? };
        found.all.push((What::Event { kind, thing, seq, hash: event.hash }, time(event.at)));
        found.newest = Some(event.or_newer(found.newest));
    }
    Ok(found)
}
