//! Database roles on PostgreSQL: what an agent's may record, and what it may not, also past the journal.

use crate::journal::{now, open};
use crate::journal_server::append;
use crate::postgres;
use pxdesk::journal::{Error, Granted, Standing, every_kind, grant};
use pxdesk::order::{Event, Order};
use std::time::Duration;

/// What only a supervisor may record of an order: a verdict, by one person or by two, and what goes past an agent.
fn of_a_supervisor() -> [Event; 4] {
    let (reference, name) = ("42".to_owned(), "M. Ruiz".to_owned());
    let proposed = Event::VerdictProposed { placed: true, reference: reference.clone(), name: name.clone() };
    let resolved = Event::Resolved { placed: true, reference, name };
    let assigned = Event::Assigned { to: "a.okafor".to_owned() };
    [proposed, resolved, assigned, Event::Erased { reason: "asked for".to_owned() }]
}

/// Whatever is reserved, an agent cannot write into the table either, with another role put on or as a member of the
/// agents' role.
async fn and_past_the_journal_neither(database: &postgres::Database, role: &str) {
    let member = format!("member of {role}");
    database.sql(&format!("CREATE ROLE \"{member}\" LOGIN IN ROLE \"{role}\"")).unwrap();
    let reserved = || every_kind().into_iter().flat_map(|kind| kind.reserved);
    assert!(reserved().count() >= 5 && reserved().any(|event| *event == "accepted"));
    for event in reserved() {
        let insert = format!("INSERT INTO events VALUES (-1, -1, 1, 0, 'a', '{event}', '{{}}', NULL, '', 1)");
        let tries = [
            database.sql_as(role, &insert),
            database.sql_as(&member, &insert),
            database.sql_as(&member, &format!("SET ROLE \"{role}\"; {insert}")),
        ];
        for refused in tries {
            let refused = refused.unwrap_err();
            assert!(refused.contains(&format!("only a supervisor may record {event}")), "{refused}");
        }
    }
    let journal = database.open_as(&member).await;
    let mine = open(&journal, 50).await;
    append(&journal, &mine).await.unwrap();
}

/// An agent's database role adds to history, and does nothing else to it.
#[tokio::test]
async fn an_agent_s_database_role_neither_changes_history_nor_settles_a_doubt() {
    let Some(database) = postgres::database() else { return };
    let owner = database.open().await;
    let order = open(&owner, 1).await;
    for (number, granted) in [(2, Granted::Agent), (3, Granted::Supervisor)] {
        let role = format!("role_{number}_{}", database.name);
        database.sql(&format!("CREATE ROLE \"{role}\" LOGIN")).unwrap();
        // As an older version granted it: what is printed now takes back what was too much.
        database.sql(&format!("GRANT UPDATE (sealed_key) ON things TO \"{role}\"")).unwrap();
        database.sql(&format!("GRANT UPDATE ON orders, subscriptions TO \"{role}\"")).unwrap();
        database.sql(&grant(&role, granted, &every_kind())).unwrap();
        let journal = database.open_as(&role).await;
        let mine = open(&journal, number).await;
        let mut mine = append(&journal, &mine).await.unwrap();
        journal.checkpoint(now()).await.unwrap();
        for sql in [
            "UPDATE events SET by = 'x'",
            "DELETE FROM events",
            "TRUNCATE events",
            "DELETE FROM things",
            "DELETE FROM orders",
            "UPDATE things SET id = 'x'",
            "UPDATE orders SET transaction_id = 'x'",
            "UPDATE orders SET partner_order_id = 'x'",
            "UPDATE orders SET environment = 'x'",
            "UPDATE orders SET id = 'x'",
            "UPDATE orders SET n = 0",
            "UPDATE subscriptions SET provisioning_id = 'x'",
            "UPDATE checkpoints SET events = 1",
            "DELETE FROM agents",
            "DELETE FROM reserved",
            "UPDATE journal SET version = 2",
            "ALTER TABLE events DISABLE TRIGGER USER",
            "SET session_replication_role = replica",
        ] {
            let refused = database.sql_as(&role, sql).unwrap_err();
            let words = ["permission denied", "must be owner"];
            assert!(words.iter().any(|said| refused.contains(said)), "{sql}: {refused}");
        }
        let erase = database.sql_as(&role, "BEGIN; UPDATE things SET sealed_key = NULL; ROLLBACK");
        match granted {
            Granted::Agent => {
                let refused = erase.unwrap_err();
                assert!(refused.contains("permission denied"), "{refused}");
            }
            Granted::Supervisor => drop(erase.unwrap()),
        }
        for event in of_a_supervisor() {
            let name = event.kind();
            let recorded = journal.append(&mine, vec![event], now(), "a").await;
            match granted {
                Granted::Agent => {
                    let refused = recorded.unwrap_err();
                    let why = format!("only a supervisor may record {name}");
                    assert!(
                        matches!(&refused, Error::Reserved { why: said, .. } if *said == why),
                        "{refused}"
                    );
                    assert_eq!(journal.load::<Order>(&mine.id).await.unwrap(), mine, "{name}");
                }
                Granted::Supervisor => mine = recorded.unwrap(),
            }
        }
        if granted == Granted::Agent {
            and_past_the_journal_neither(&database, &role).await;
        }
        // Either may be the floor's worker.
        let mut lease = journal.lease(&role, Duration::from_secs(10)).unwrap();
        assert_eq!(lease.take().await.unwrap(), Standing::Active);
        if granted == Granted::Agent {
            for set in [
                "number = 9223372036854775807, holder = 'x'",
                "until = 'infinity'",
                "number = number + 1, holder = 'x'",
            ] {
                let refused = database.sql_as(&role, &format!("UPDATE lease SET {set}")).unwrap_err();
                assert!(refused.contains("the lease is taken in turn"), "{set}: {refused}");
            }
        }
        let worked = open(&journal, number + 10).await;
        append(&journal, &worked).await.unwrap();
        lease.give_up().await;
        assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
    }
    append(&owner, &order).await.unwrap();
}

/// What the first journals knew of agents, and kept them from.
const BY_NAME: &str = "DROP FUNCTION refuse_undrawn CASCADE; DROP FUNCTION refuse_unended CASCADE;
    DROP FUNCTION refuse_lease CASCADE;
    ALTER TABLE agents DROP COLUMN member, ADD PRIMARY KEY (role);
    CREATE OR REPLACE FUNCTION is_agent() RETURNS boolean STABLE LANGUAGE sql SET search_path = pg_catalog, pg_temp AS
        'SELECT EXISTS (SELECT FROM pxdesk.agents a WHERE a.role = session_user)'";

#[tokio::test]
async fn an_agent_s_role_that_is_renamed_stays_an_agent_s() {
    let Some(database) = postgres::database() else { return };
    drop(database.open().await);
    for (number, of_an_earlier_version) in [(1, false), (2, true)] {
        let (role, renamed) =
            (format!("a {number} {}", database.name), format!("b {number} {}", database.name));
        database.sql(&format!("CREATE ROLE \"{role}\" LOGIN")).unwrap();
        database.sql(&grant(&role, Granted::Agent, &every_kind())).unwrap();
        if of_an_earlier_version {
            database.sql(BY_NAME).unwrap();
            let as_it_was = database.open_as(&role).await.verify(None, |_| ()).await.unwrap();
            // Its function is a little shorter here than it was.
            let others = as_it_was.problems.iter().filter(|problem| !problem.what.contains("is_agent"));
            assert_eq!(others.count(), 0, "{as_it_was:?}");
            // The owner's next desk brings it to this version.
            drop(database.open().await);
            let there =
                database.sql("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'agents_use%'").unwrap();
            assert_eq!(there, "1");
        }
        database.sql(&format!("ALTER ROLE \"{role}\" RENAME TO \"{renamed}\"")).unwrap();
        let journal = database.open_as(&renamed).await;
        let mine = open(&journal, number).await;
        let assign = || vec![Event::Assigned { to: "a.okafor".to_owned() }];
        let refused = journal.append(&mine, assign(), now(), "a").await.unwrap_err();
        assert!(
            matches!(&refused, Error::Reserved { why, .. } if why.contains("only a supervisor")),
            "{refused}"
        );
        database.sql(&grant(&renamed, Granted::Supervisor, &every_kind())).unwrap();
        journal.append(&mine, assign(), now(), "a").await.unwrap();
        assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
    }
}

/// What is granted to everybody makes everybody a supervisor.
#[tokio::test]
async fn rights_that_every_role_has_are_told() {
    let Some(database) = postgres::database() else { return };
    let journal = database.open().await;
    for (may, on) in [
        ("INSERT", "events"),
        ("INSERT (pos, thing)", "events"),
        ("UPDATE (sealed_key)", "things"),
        ("ALL", "ALL TABLES IN SCHEMA pxdesk"),
    ] {
        let on = if on.starts_with("ALL") { on.to_owned() } else { format!("pxdesk.{on}") };
        database.sql(&format!("GRANT {may} ON {on} TO PUBLIC")).unwrap();
        let problems = journal.verify(None, |_| ()).await.unwrap().problems;
        assert!(
            problems.iter().any(|problem| problem.what.contains("PUBLIC may")),
            "{may} {on}: {problems:?}"
        );
        database.sql(&format!("REVOKE {may} ON {on} FROM PUBLIC")).unwrap();
        assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
    }
    database.sql("GRANT SELECT ON ALL TABLES IN SCHEMA pxdesk TO PUBLIC").unwrap();
    assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, [], "who only reads changes nothing");
}

/// What PostgreSQL would cut is another role's name.
#[test]
fn a_role_s_name_that_is_too_long_is_refused() {
    let home = crate::kit::Home::empty();
    let long = "a".repeat(64);
    let refused = home.run(&["journal", "grant", &long, "--role", "agent"]).with(2);
    assert!(refused.err.contains("63 bytes"), "{refused:?}");
    home.run(&["journal", "grant", &long[1..], "--role", "agent"]).with(0);
}

/// A name may be given to somebody else once its role was renamed. Whoever was an agent under it stays one.
#[tokio::test]
async fn a_name_that_somebody_else_has_now_leaves_its_first_role_an_agent() {
    let Some(database) = postgres::database() else { return };
    drop(database.open().await);
    let names = ["agent", "agent once", "agent long ago"].map(|name| format!("{name} {}", database.name));
    let [name, once, long_ago] = &names;
    let create = || database.sql(&format!("CREATE ROLE \"{name}\" LOGIN")).unwrap();
    let rename = |to: &str| database.sql(&format!("ALTER ROLE \"{name}\" RENAME TO \"{to}\"")).unwrap();
    let granted = |as_a: Granted| database.sql(&grant(name, as_a, &every_kind())).unwrap();
    create();
    granted(Granted::Agent);
    rename(long_ago);
    create();
    granted(Granted::Agent);
    rename(once);
    create();
    granted(Granted::Supervisor);
    for (number, role, is_agent) in [(1, long_ago, true), (2, once, true), (3, name, false)] {
        let journal = database.open_as(role).await;
        let mine = open(&journal, number).await;
        let assigned = vec![Event::Assigned { to: "a.okafor".to_owned() }];
        let recorded = journal.append(&mine, assigned, now(), "a").await;
        assert_eq!(matches!(recorded, Err(Error::Reserved { .. })), is_agent, "{role}: {recorded:?}");
        assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
    }
}

/// A copy on another server keeps the numbers that the first one knew its roles by.
#[tokio::test]
async fn a_number_of_another_server_makes_nobody_an_agent_and_is_found() {
    let Some(database) = postgres::database() else { return };
    let owner = database.open().await;
    let [agent, supervisor] = ["agent", "supervisor"].map(|name| format!("{name} of {}", database.name));
    for (role, granted) in [(&agent, Granted::Agent), (&supervisor, Granted::Supervisor)] {
        database.sql(&format!("CREATE ROLE \"{role}\" LOGIN")).unwrap();
        database.sql(&grant(role, granted, &every_kind())).unwrap();
    }
    let mix_up = |with: &str| {
        database.sql(&format!("UPDATE agents SET member = quote_ident('{with}')::regrole::oid")).unwrap()
    };
    let problems = async || owner.verify(None, |_| ()).await.unwrap().problems;
    let may_assign = async |role: &str, number: u64| {
        let journal = database.open_as(role).await;
        let mine = open(&journal, number).await;
        let assigned = vec![Event::Assigned { to: "a.okafor".to_owned() }];
        match journal.append(&mine, assigned, now(), "a").await {
            Err(Error::Reserved { .. }) => false,
            recorded => recorded.map(|_| true).unwrap(),
        }
    };
    for (number, role, granted) in [(1, &agent, Granted::Agent), (2, &supervisor, Granted::Supervisor)] {
        mix_up(&supervisor);
        let found = problems().await;
        assert!(found.len() == 1 && found[0].what.contains("by a number"), "{found:?}");
        assert!(may_assign(&supervisor, number).await && !may_assign(&agent, number + 10).await);
        database.sql(&grant(role, granted, &every_kind())).unwrap();
        assert_eq!(problems().await, [], "{role}");
        assert!(may_assign(&supervisor, number + 20).await && !may_assign(&agent, number + 30).await);
    }

    // Whoever has all the rights there are is no agent, either.
    let desk = format!("owner of {}", database.name);
    let own = format!(
        "CREATE ROLE \"{desk}\" LOGIN; ALTER SCHEMA pxdesk OWNER TO \"{desk}\";
        DO $$ DECLARE t regclass; BEGIN
            FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'pxdesk'::regnamespace AND relkind = 'r' LOOP
                EXECUTE format('ALTER TABLE %s OWNER TO %I', t, '{desk}');
            END LOOP; END $$;
        ALTER SEQUENCE positions OWNER TO \"{desk}\"; ALTER SEQUENCE things_n OWNER TO \"{desk}\""
    );
    database.sql(&own).unwrap();
    mix_up(&desk);
    assert!(may_assign(&desk, 3).await && !may_assign(&agent, 13).await);
    assert!(problems().await.iter().any(|problem| problem.what.contains("by a number")));
    database.sql(&grant(&agent, Granted::Agent, &every_kind())).unwrap();
    assert_eq!(problems().await, []);
}

/// As the journals before did, which went by an agent's number alone.
const BY_NUMBER: &str = "CREATE OR REPLACE FUNCTION is_agent() RETURNS boolean STABLE LANGUAGE sql
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM pxdesk.agents a
        LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.member OR (a.member IS NULL AND r.rolname = a.role)
        WHERE a.role = session_user OR r.rolname = session_user OR (
            pg_has_role(session_user, r.oid, 'MEMBER')
            AND NOT (SELECT s.rolsuper FROM pg_catalog.pg_roles s WHERE s.rolname = session_user)
        )
    )
$$";

#[tokio::test]
async fn what_an_earlier_version_says_of_agents_is_no_fault_and_its_owner_brings_it_to_this_one() {
    let Some(database) = postgres::database() else { return };
    let journal = database.open().await;
    let says = "SELECT md5(prosrc) FROM pg_proc WHERE pronamespace = 'pxdesk'::regnamespace AND proname = 'is_agent'";
    let new = database.sql(says).unwrap();
    database.sql(BY_NUMBER).unwrap();
    assert_ne!(database.sql(says).unwrap(), new);
    assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
    drop(database.open().await);
    assert_eq!(database.sql(says).unwrap(), new);
}

/// One row that is out of range would stop the whole floor.
#[tokio::test]
async fn an_agent_s_role_records_only_where_a_desk_would() {
    let Some(database) = postgres::database() else { return };
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state");
    let owner = database.try_open(Some(&state)).await.unwrap();
    let order = open(&owner, 1).await;
    let role = format!("stray {}", database.name);
    database.sql(&format!("CREATE ROLE \"{role}\" LOGIN")).unwrap();
    database.sql(&grant(&role, Granted::Agent, &every_kind())).unwrap();
    let event = |pos: i64, thing: i64| {
        format!("INSERT INTO events VALUES ({pos}, {thing}, 90, 0, 'a', 'note', '{{}}', NULL, 'x', 1)")
    };
    for (sql, says) in [
        (event(i64::MAX, 1), "never drawn"),
        (event(1000, 1), "never drawn"),
        (event(-1, 1), "never drawn"),
        (event(30, 999), "never drawn"),
        (format!("INSERT INTO checkpoints VALUES ({}, 1, 'x', 0, 'x')", i64::MAX), "has not ended"),
        ("INSERT INTO checkpoints VALUES (1, 1, 'x', 0, 'x')".to_owned(), "has not ended"),
    ] {
        let refused = database.sql_as(&role, &sql).unwrap_err();
        assert!(refused.contains(says), "{sql}: {refused}");
    }
    let agent = database.open_as(&role).await;
    let mine = open(&agent, 2).await;
    append(&agent, &mine).await.unwrap();
    agent.checkpoint(now()).await.unwrap();
    assert_eq!(owner.verify(None, |_| ()).await.unwrap().problems, []);

    // It may be there from before: a look goes by what was drawn.
    database.sql(&event(i64::MAX, 999)).unwrap();
    let desk = database.try_open(Some(&state)).await.unwrap();
    append(&desk, &order).await.unwrap();
    assert!(!desk.verify(None, |_| ()).await.unwrap().problems.is_empty());
}
