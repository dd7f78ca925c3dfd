//! The SQL that lets a database role use a journal, pure.

use super::tables::{AGENTS, HAS_AN_AGENTS_RIGHTS};
use crate::journal::kinds::Registered;
use crate::kind::List;

/// The longest name of a role: PostgreSQL cuts a longer one, and it would be another role's.
pub const LONGEST_ROLE: usize = 63;

/// What a database role may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granted {
    /// Adds to history. Settles no doubt, and accepts no journal that is not what a machine last saw.
    Agent,
    /// The same, and those.
    Supervisor,
}

/// What the owner of the database runs, once a desk of his has made the journal.
pub fn grant(name: &str, role: Granted, kinds: &[Registered]) -> String {
    let quoted = format!("\"{}\"", name.replace('"', "\"\""));
    let text = format!("'{}'", name.replace('\'', "''"));
    let lists = kinds.iter().map(|kind| format!(", pxdesk.{}", kind.list.table)).collect::<Vec<_>>().concat();
    let changes = kinds.iter().map(|kind| changes(&kind.list, &quoted)).collect::<Vec<_>>().concat();
    let oid = format!("quote_ident({text})::regrole::oid");
    // Of a copy that came from another server: a role that never had the rights was noted by a number of that server's.
    let theirs = format!(
        "UPDATE pxdesk.agents a SET member = r.oid FROM pg_catalog.pg_roles r
    WHERE a.member = {oid} AND a.role <> {text} AND r.rolname = a.role
        AND NOT EXISTS (SELECT FROM pxdesk.agents b WHERE b.role = a.role AND b.member = r.oid);"
    );
    let agents = match role {
        Granted::Agent => format!(
            "{theirs}
DELETE FROM pxdesk.agents a WHERE a.role = {text} AND a.member <> {oid} AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_roles r WHERE r.oid = a.member AND {HAS_AN_AGENTS_RIGHTS});
INSERT INTO pxdesk.agents (role, member) VALUES ({text}, {oid}) ON CONFLICT DO NOTHING;"
        ),
        // Another role may have had the name before, and is an agent's still under its new one.
        Granted::Supervisor => format!(
            "UPDATE pxdesk.agents a SET role = r.rolname FROM pg_catalog.pg_roles r
    WHERE a.role = {text} AND r.oid = a.member AND r.oid <> {oid} AND {HAS_AN_AGENTS_RIGHTS}
        AND NOT EXISTS (SELECT FROM pxdesk.agents b WHERE b.role = r.rolname AND b.member = a.member);
{theirs}
DELETE FROM pxdesk.agents WHERE role = {text} OR member = {oid};"
        ),
    };
    // The key of an order's personal data is destroyed by an erasure, which is for supervisors.
    let keys = match role {
        Granted::Agent => format!("REVOKE UPDATE (sealed_key) ON pxdesk.things FROM {quoted};"),
        Granted::Supervisor => format!("GRANT UPDATE (sealed_key) ON pxdesk.things TO {quoted};"),
    };
    format!(
        "-- Run this as the owner of the database. Make the role first: CREATE ROLE {quoted} LOGIN;
BEGIN;
SET LOCAL client_min_messages = warning;
{AGENTS}
GRANT USAGE ON SCHEMA pxdesk TO {quoted};
GRANT SELECT ON ALL TABLES IN SCHEMA pxdesk TO {quoted};
GRANT INSERT, DELETE ON pxdesk.blind TO {quoted};
GRANT INSERT ON pxdesk.events, pxdesk.things, pxdesk.counts, pxdesk.checkpoints{lists} TO {quoted};
GRANT UPDATE ON pxdesk.counts, pxdesk.lease TO {quoted};
{changes}GRANT UPDATE (seq, hash, proof) ON pxdesk.things TO {quoted};
{keys}
GRANT USAGE ON ALL SEQUENCES IN SCHEMA pxdesk TO {quoted};
GRANT EXECUTE ON FUNCTION pxdesk.end_epoch() TO {quoted};
{agents}
COMMIT;
"
    )
}

/// The right to change what an append changes in a list, and nothing that says what a thing is: with another pair in its row, an
/// order could be added a second time.
fn changes(list: &List, quoted: &str) -> String {
    let table = list.table;
    let columns = list.columns.iter().filter(|column| !column.fixed);
    let columns = columns.map(|column| format!(", {}", column.name)).collect::<Vec<_>>().concat();
    format!(
        "REVOKE UPDATE ON pxdesk.{table} FROM {quoted};
GRANT UPDATE (seq{columns}) ON pxdesk.{table} TO {quoted};
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_be_more_than_a_name() {
        let sql = grant("ann\"; DROP TABLE x; --'", Granted::Agent, &[]);
        assert!(sql.contains("TO \"ann\"\"; DROP TABLE x; --'\";"), "{sql}");
        assert!(
            sql.contains("VALUES ('ann\"; DROP TABLE x; --''', quote_ident('ann\"; DROP TABLE x; --''')"),
            "{sql}"
        );
    }
}
