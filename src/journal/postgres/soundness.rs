//! Whether the tables of a journal on PostgreSQL are sound besides their guards: nothing foreign acts on them, a crash does
//! not empty them, and what every journal has in them is there.

use super::catch_up::{Drawn, NUMBERS, POSITIONS};
use super::failure::Failure;
use super::guards::TRIGGERS;
use super::session::{within, within_long};
use crate::journal::check::Check;
use crate::journal::kinds::Registered;
use crate::journal::report::Progress;
use tokio_postgres::{GenericClient, Transaction};

/// The tables that every journal has.
const TABLES: [&str; 9] =
    ["journal", "things", "events", "counts", "blind", "lease", "checkpoints", "agents", "reserved"];

/// What is wrong with what was granted on the history, on a whole table or on columns of it: to everybody; or to a role what an
/// agent's has, though it is not noted as one. It may destroy no keys: a supervisor's may. The first journals had names alone,
/// and no column `member`.
const GRANTED: &str = "WITH granted AS (
        SELECT t.oid, t.relowner, a.grantee, a.privilege_type AS may FROM pg_class t, aclexplode(t.relacl) a
        UNION ALL SELECT t.oid, t.relowner, a.grantee, a.privilege_type
            FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid, aclexplode(c.attacl) a
    )
    SELECT DISTINCT format('PUBLIC may %s the table `%s`: every database role can record what only a supervisor may', may, oid::regclass)
    FROM granted
    WHERE oid IN ('pxdesk.events'::regclass, 'pxdesk.things'::regclass) AND grantee = 0
        AND may IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
    UNION SELECT format('PUBLIC may %s the table `%s`: every database role can change what it says', may, oid::regclass)
    FROM granted JOIN pg_class t USING (oid)
    WHERE t.relnamespace = 'pxdesk'::regnamespace AND relname NOT IN ('events', 'things') AND grantee = 0
        AND may IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
    UNION SELECT format('the database role `%s` has an agent''s rights and is not noted as one: it may record what only a supervisor may',
            r.rolname)
    FROM granted JOIN pg_roles r ON r.oid = grantee
    WHERE granted.oid = 'pxdesk.events'::regclass AND may = 'INSERT' AND r.oid <> relowner AND NOT r.rolsuper
        AND NOT has_column_privilege(r.oid, 'pxdesk.things', 'sealed_key', 'UPDATE')
        AND NOT EXISTS (
            SELECT FROM pxdesk.agents g CROSS JOIN LATERAL (SELECT (to_jsonb(g) ->> 'member')::oid AS member) m
            LEFT JOIN pg_roles named ON named.rolname = g.role
            WHERE g.role = r.rolname OR m.member = r.oid OR pg_has_role(r.oid, m.member, 'MEMBER')
                OR pg_has_role(r.oid, named.oid, 'MEMBER'))
    ORDER BY 1";

/// The agents that are noted by a number which is a supervisor's or the owner's here.
const FOREIGN_NUMBERS: &str = "SELECT format('the table `agents` notes `%s` by a number that is the role `%s`''s here: the journal comes \
        from another server. Run, as the owner of the tables, what `pxdesk journal grant` prints for `%s`', a.role, r.rolname, a.role)
    FROM (SELECT g.role, (to_jsonb(g) ->> 'member')::oid AS member FROM pxdesk.agents g) a
    JOIN pg_roles r ON r.oid = a.member AND r.rolname <> a.role
    WHERE has_column_privilege(r.oid, 'pxdesk.things', 'sealed_key', 'UPDATE') ORDER BY 1";

/// What is wrong with what was granted: asked apart from the rest, which takes long and would keep others from granting
/// meanwhile.
pub async fn granted(client: &impl GenericClient) -> Result<Vec<String>, Failure> {
    let mut rows = within(client.query(GRANTED, &[])).await?;
    rows.extend(within(client.query(FOREIGN_NUMBERS, &[])).await?);
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

/// Looks at all of that.
pub async fn soundness<F: FnMut(Progress) + Send>(
    tx: &Transaction<'_>,
    check: &mut Check<'_, F>,
) -> Result<(), Failure> {
    foreign(tx, check).await?;
    lease(tx, check).await?;
    epoch(tx, check).await?;
    for kind in check.kinds {
        reserved(tx, check, kind).await?;
    }
    for (drawn, name) in [(POSITIONS, "positions"), (NUMBERS, "things_n")] {
        sequence(tx, check, &drawn, name).await?;
    }
    Ok(())
}

/// What keeps a table of ours from being no more than a table.
async fn foreign<F: FnMut(Progress) + Send>(
    tx: &Transaction<'_>,
    check: &mut Check<'_, F>,
) -> Result<(), Failure> {
    let ours: Vec<&str> = TABLES.into_iter().chain(check.kinds.iter().map(|kind| kind.list.table)).collect();
    let known: Vec<&str> = TRIGGERS.iter().map(|(name, _)| *name).collect();
    let ask = "WITH ours AS (
            SELECT oid, relname, relpersistence, relrowsecurity OR relforcerowsecurity AS secured FROM pg_class
            WHERE relnamespace = 'pxdesk'::regnamespace AND relname = ANY($1)
        )
        SELECT format('the table `%s` is not kept through a crash: it is unlogged', relname)
            FROM ours WHERE relpersistence <> 'p'
        UNION ALL SELECT format('the table `%s` shows and takes in only some rows: row-level security is on', relname)
            FROM ours WHERE secured
        UNION ALL SELECT format('the table `%s` has a trigger that is none of ours: `%s`', relname, tgname)
            FROM ours JOIN pg_trigger ON tgrelid = ours.oid WHERE NOT tgisinternal AND tgname <> ALL($2)
        UNION ALL SELECT format('the table `%s` has a rule: `%s`', relname, rulename)
            FROM ours JOIN pg_rewrite ON ev_class = ours.oid
        UNION ALL SELECT format('the table `%s` has a constraint that is none of ours: `%s`', relname, conname)
            FROM ours JOIN pg_constraint ON conrelid = ours.oid
            WHERE contype IN ('c', 'f', 'x') AND pg_get_constraintdef(pg_constraint.oid) <> 'CHECK ((one = 1))'";
    for row in within(tx.query(ask, &[&ours, &known])).await? {
        check.problem(None, None, row.try_get::<_, String>(0)?);
    }
    Ok(())
}

async fn lease<F: FnMut(Progress) + Send>(
    tx: &Transaction<'_>,
    check: &mut Check<'_, F>,
) -> Result<(), Failure> {
    let ask = "SELECT number NOT BETWEEN 0 AND 1000000000000, until > clock_timestamp() + interval '1 day' FROM pxdesk.lease";
    let Some(there) = within(tx.query_opt(ask, &[])).await? else {
        check.problem(None, None, "the row of `lease` is missing: no worker can work");
        return Ok(());
    };
    if there.try_get(0)? {
        check.problem(
            None,
            None,
            "the number of `lease` is none that workers have come to: soon none can work",
        );
    }
    if there.try_get(1)? {
        check.problem(None, None, "`lease` is said to last for days: no worker can take it until then");
    }
    Ok(())
}

/// The epoch comes after every one that has ended, and nothing was recorded in a later one. The hashes do not cover an event's
/// epoch: with a wrong one it would be hidden from checkpoints.
async fn epoch<F: FnMut(Progress) + Send>(
    tx: &Transaction<'_>,
    check: &mut Check<'_, F>,
) -> Result<(), Failure> {
    let ask = "SELECT epoch, greatest(1, (SELECT max(epoch) + 1 FROM pxdesk.checkpoints WHERE epoch < 9223372036854775807))
        FROM pxdesk.journal";
    for row in within(tx.query(ask, &[])).await? {
        let (epoch, least): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        if epoch < least {
            let what =
                format!("the journal is said to be in epoch {epoch}, and should be in {least} or later");
            check.problem(None, None, what);
        }
    }
    let ahead =
        "SELECT pos, epoch FROM pxdesk.events WHERE epoch > (SELECT epoch FROM pxdesk.journal) ORDER BY pos";
    for row in within_long(tx.query(ahead, &[])).await? {
        let (pos, epoch): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        let what =
            format!("the event at {pos} bears epoch {epoch}, which has not begun: no checkpoint sees it");
        check.problem(None, None, what);
    }
    Ok(())
}

/// What only a supervisor may record of a kind.
async fn reserved<F: FnMut(Progress) + Send>(
    tx: &Transaction<'_>,
    check: &mut Check<'_, F>,
    kind: &Registered,
) -> Result<(), Failure> {
    let ask = "SELECT event FROM pxdesk.reserved WHERE kind = $1";
    let rows = within(tx.query(ask, &[&kind.name])).await?;
    let noted: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    for event in kind.reserved.iter().filter(|event| !noted.iter().any(|noted| noted == *event)) {
        let what = format!("agents may record `{event}` of a {}: `reserved` does not name it", kind.name);
        check.problem(None, None, what);
    }
    Ok(())
}

async fn sequence<F: FnMut(Progress) + Send>(
    tx: &Transaction<'_>,
    check: &mut Check<'_, F>,
    drawn: &Drawn,
    name: &str,
) -> Result<(), Failure> {
    if drawn.is_at_its_end(tx).await? {
        let what = format!(
            "the sequence `{name}` was set so far ahead that soon nothing can be recorded: have the owner of the tables set it back, \
             behind what is used last"
        );
        check.problem(None, None, what);
    }
    let behind = drawn.behind(tx).await?;
    if behind > 0 {
        let what = format!("the sequence `{name}` gives out what is used already: it is {behind} behind");
        check.problem(None, None, what);
    }
    Ok(())
}
