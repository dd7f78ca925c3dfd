//! Whether the tables of a journal on PostgreSQL are sound besides their guards: nothing foreign acts on them, a crash does
//! not empty them, and what every journal has in them is there.

use super::catch_up::{Drawn, NUMBERS, POSITIONS};
use super::failure::Failure;
use super::guards::TRIGGERS;
use super::session::within;
use crate::journal::check::Check;
use crate::journal::kinds::Registered;
use crate::journal::report::Progress;
use tokio_postgres::{GenericClient, Transaction};

/// The tables that every journal has.
const TABLES: [&str; 9] =
    ["journal", "things", "events", "counts", "blind", "lease", "checkpoints", "agents", "reserved"];

/// Database roles that were granted what an agent's has, and are not noted as agents'. They may destroy no keys: a supervisor's
/// may. The first journals had names alone, and no column `member`.
const UNNOTED: &str = "SELECT DISTINCT r.rolname::text
    FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
    WHERE c.oid = 'pxdesk.events'::regclass AND a.privilege_type = 'INSERT' AND r.oid <> c.relowner AND NOT r.rolsuper
        AND NOT has_column_privilege(r.oid, 'pxdesk.things', 'sealed_key', 'UPDATE')
        AND NOT EXISTS (
            SELECT FROM pxdesk.agents g, LATERAL (SELECT (to_jsonb(g) ->> 'member')::oid AS member) m
            WHERE g.role = r.rolname OR m.member = r.oid OR pg_has_role(r.oid, m.member, 'MEMBER'))
    ORDER BY 1";

/// The agents' roles that are not noted as that: asked apart from the rest, which takes long and would keep others from
/// granting meanwhile.
pub async fn unnoted(client: &impl GenericClient) -> Result<Vec<String>, Failure> {
    let rows = within(client.query(UNNOTED, &[])).await?;
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
            FROM ours JOIN pg_rewrite ON ev_class = ours.oid";
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

/// The epoch comes after every one that something was recorded in, or that has ended.
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
    let behind = drawn.behind(tx).await?;
    if behind > 0 {
        let what = format!("the sequence `{name}` gives out what is used already: it is {behind} behind");
        check.problem(None, None, what);
    }
    Ok(())
}
