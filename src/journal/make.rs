//! Making the tables of a new journal.

use super::chain::{Head, JournalId};
use super::failure::Failure;
use super::keyfile::Keys;
use super::kinds::Registered;
use super::random::{nonce, random};
use super::schema::{self, VERSION};
use super::seal::ABOUT_CHECK;
use super::sqlite::{self, APPLICATION, Mark};
use rusqlite::{Connection, TransactionBehavior};

/// Makes the tables, in one transaction; of several processes that try, one does.
pub fn make(conn: &Connection, keys: &Keys, kinds: &[Registered]) -> Result<(), Failure> {
    let tx = rusqlite::Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
    if sqlite::mark(&tx)?.version == 0 {
        let mut id = [0; 16];
        random(&mut id)?;
        tables(&tx, keys, JournalId(id), kinds)?;
        mark(&tx, Mark { version: VERSION, generation: 0 })?;
    }
    Ok(tx.commit()?)
}

/// The tables of an empty journal, and its row.
pub fn tables(conn: &Connection, keys: &Keys, id: JournalId, kinds: &[Registered]) -> Result<(), Failure> {
    conn.execute_batch(schema::CORE)?;
    for kind in kinds {
        conn.execute_batch(&schema::list(&kind.list))?;
    }
    let check = keys.seal.seal(nonce()?, ABOUT_CHECK, &[]);
    let (head, proof) = (Head::EMPTY, keys.chain.head(id, &Head::EMPTY));
    conn.execute(
        "INSERT INTO journal VALUES (1, ?, ?, ?, ?, ?)",
        (id.0.as_slice(), check, head.events, head.sum.0.as_slice(), proof.0.as_slice()),
    )?;
    Ok(())
}

/// Marks the file as a journal in this state.
pub fn mark(conn: &Connection, mark: Mark) -> rusqlite::Result<()> {
    conn.pragma_update(None, "application_id", APPLICATION)?;
    conn.pragma_update(None, "user_version", mark.write())
}
