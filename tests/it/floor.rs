//! A floor: several machines on one journal on PostgreSQL, with the real program.

use crate::kit::{Home, Ran, Sandbox, order};
use crate::postgres::{self, Database, Server};
use crate::pty::Desk;
use crate::worker::Worker;
use serde_json::json;
use std::process::Child;
use std::time::Duration;

/// A machine of the floor: a home of its own, the floor's journal, the floor's key.
pub fn machine(sandbox: &Sandbox, database: &Database) -> Home {
    let home = Home::at(&sandbox.base);
    home.configure_also(&format!(
        "[journal]\nurl = \"{}\"\nkey_file = \"{}\"\n",
        database.url(),
        database.key().display()
    ));
    home
}

fn walk(home: &Home, id: &str) -> Child {
    let args = ["order", "walk", id, "--method", "verbal", "--read-and-accepted-by", "Ann Okafor"];
    home.command(&args).spawn().unwrap()
}

fn ended(child: Child) -> Ran {
    child.wait_with_output().unwrap().into()
}

/// Both machines walk the same orders at once while a worker looks for what it may repeat; Px gets one Complete for each.
fn walked_by_two_at_once(orders: usize) {
    /// How many orders are walked at once, by two processes each.
    const AT_ONCE: usize = 4;
    let Some(database) = postgres::database() else { return };
    let sandbox = Sandbox::serve(&[]);
    let (one, two) = (machine(&sandbox, &database), machine(&sandbox, &database));
    let beside = machine(&sandbox, &database);
    let worker = Worker::start(&beside);
    let numbers: Vec<usize> = (0..orders).collect();
    for some in numbers.chunks(AT_ONCE) {
        let ids: Vec<(usize, String)> = some.iter().map(|n| (*n, one.open(&order(&n.to_string())))).collect();
        let walks: Vec<Child> = ids.iter().flat_map(|(_, id)| [walk(&one, id), walk(&two, id)]).collect();
        let ran: Vec<Ran> = walks.into_iter().map(ended).collect();
        for (n, id) in &ids {
            let received = &sandbox.ledger(&format!("T-{n}"))["completesReceived"];
            assert_eq!(received, 1, "order {n}: {ran:?}");
            assert_eq!(two.show(id)["state"], "completed", "order {n}: {ran:?}");
        }
    }
    assert_eq!(worker.metric("active"), 1, "it was there all the time");
    one.verifies();
}

#[test]
fn an_order_that_two_machines_walk_at_once_is_completed_once() {
    walked_by_two_at_once(40);
}

#[test]
#[ignore = "takes minutes: cargo test --test it -- --ignored a_thousand"]
fn a_thousand_orders_that_two_machines_walk_at_once_are_completed_once_each() {
    walked_by_two_at_once(1000);
}

/// The server is killed while an order is walked, and comes back: nothing is lost, nothing is done twice.
fn killed_in_the_middle(times: u64) {
    let home = tempfile::tempdir().unwrap();
    std::fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let Some(server) = Server::start(&home.path().join("pg"), "") else { return };
    let (database, sandbox) = (server.database(), Sandbox::serve(&[]));
    let desk = machine(&sandbox, &database);
    for n in 0..times {
        let id = desk.open(&order(&n.to_string()));
        let first = walk(&desk, &id);
        std::thread::sleep(Duration::from_millis(40 + n * 37 % 400));
        server.kill();
        server.run();
        let first = ended(first);
        // Or the last look before a request leaves finds no server: it is held back, and that is recorded (7).
        assert!([0, 6, 7].contains(&first.status), "{first:?}");
        let second = ended(walk(&desk, &id));
        let state = desk.show(&id)["state"].clone();
        assert_eq!((second.status, &state), (0, &"completed".into()), "{n}: {first:?} {second:?}");
        assert_eq!(sandbox.ledger(&format!("T-{n}"))["completesReceived"], 1, "{n}: {first:?} {second:?}");
    }
    desk.verifies();
}

#[test]
fn a_server_that_is_killed_in_the_middle_of_a_walk_loses_nothing_and_doubles_nothing() {
    killed_in_the_middle(4);
}

#[test]
#[ignore = "takes minutes: cargo test --test it -- --ignored twenty_times"]
fn a_server_that_is_killed_twenty_times_loses_nothing_and_doubles_nothing() {
    killed_in_the_middle(20);
}

/// Without its database a command says so, sends nothing, and has the right status.
#[test]
fn a_floor_without_its_database_sends_nothing_and_says_so() {
    let home = tempfile::tempdir().unwrap();
    std::fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let Some(server) = Server::start(&home.path().join("pg"), "") else { return };
    let (database, sandbox) = (server.database(), Sandbox::serve(&[]));
    let desk = machine(&sandbox, &database);
    let id = desk.open(&order("1"));
    let doctor = desk.run(&["doctor"]);
    assert!(doctor.out.contains("answers and can be written"), "{doctor:?}");
    let backup = desk.run(&["journal", "backup", "x.db"]).with(6);
    assert!(backup.err.contains("journal copy"), "{backup:?}");
    server.kill();
    let refused = ended(walk(&desk, &id)).with(6);
    assert!(refused.err.contains("cannot be reached") && refused.err.contains("postgres://"), "{refused:?}");
    assert_eq!(sandbox.ledger("T-1")["completesReceived"], 0);
    server.run();
    ended(walk(&desk, &id)).with(0);
    let point = desk.run(&["journal", "checkpoint"]).with(0);
    std::fs::write(desk.path().join("point.json"), &point.out).unwrap();
    let path = desk.path().join("point.json");
    desk.run(&["journal", "verify", "--against", path.to_str().unwrap()]).with(0);

    // Into a file and on from there: the key goes along by hand.
    let file = desk.path().join("copy.db");
    let url = format!("sqlite:{}", file.display());
    let refused = desk.run(&["journal", "copy", &database.url(), &url]).with(6);
    assert!(refused.err.contains("key file"), "{refused:?}");
    std::fs::copy(database.key(), file.with_extension("key")).unwrap();
    let copied = desk.run(&["journal", "copy", &database.url(), &url, "--output", "json"]).with(0);
    assert!(copied.json()["events"].as_u64().is_some_and(|events| events > 5), "{copied:?}");
    desk.reconfigure(&database.url(), &url);
    assert_eq!(desk.show(&id)["state"], "completed");
    desk.verifies();
    let sql = desk.run(&["journal", "grant", "agents", "--role", "agent"]).with(0).out;
    assert!(sql.contains("GRANT INSERT ON pxdesk.events"), "{sql}");
}

/// A desk sees within a second what another machine does, says when the server is gone, and goes on when it is back.
#[test]
fn a_desk_sees_the_floor_and_says_when_its_database_is_gone() {
    let home = tempfile::tempdir().unwrap();
    std::fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let Some(server) = Server::start(&home.path().join("pg"), "") else { return };
    let (database, sandbox) = (server.database(), Sandbox::serve(&[]));
    let (here, there) = (machine(&sandbox, &database), machine(&sandbox, &database));
    there.open(&order("1"));
    let mut desk = Desk::open(&here, 120, 30);
    desk.shows("T-1");
    there.open(&order("2"));
    desk.shows("T-2");
    server.kill();
    desk.shows("cannot be reached");
    // The notice goes with the next key; the mark stays.
    desk.keys("j");
    desk.shows("NO JOURNAL");
    server.run();
    desk.shows("can be reached again");
    desk.hides("NO JOURNAL");
    there.open(&order("3"));
    desk.shows("T-3");
    assert!(desk.keys("q").ends());
}

/// A reading is said to be recorded once it is, and not where the journal does not take it.
#[test]
fn a_reading_that_the_journal_does_not_take_is_not_told_as_recorded() {
    let Some(database) = postgres::database() else { return };
    let sandbox = Sandbox::serve(&[]);
    let desk = machine(&sandbox, &database);
    let id = desk.open(&order("1"));
    let full = "CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.event = 'reading_started' THEN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER is_full BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION is_full()";
    database.sql(full).unwrap();
    let refused = ended(walk(&desk, &id)).with(6);
    assert!(!refused.err.contains("reading recorded"), "{refused:?}");
    // The text was retrieved, and that is recorded.
    assert!(refused.err.contains("This was not recorded"), "{refused:?}");
    assert_eq!(desk.show(&id)["state"], "rcc_retrieved");
    database.sql("DROP TRIGGER is_full ON events").unwrap();
    let done = ended(walk(&desk, &id)).with(0);
    assert!(done.err.contains("reading recorded"), "{done:?}");
}

/// A command for several orders ends where nothing can be recorded, and says what is left.
#[test]
fn a_command_for_several_orders_stops_where_nothing_can_be_recorded() {
    let Some(database) = postgres::database() else { return };
    let sandbox = Sandbox::serve(&[]);
    let desk = machine(&sandbox, &database);
    let [one, two, three] = ["1", "2", "3"].map(|n| desk.open(&order(n)));
    let full = "CREATE SEQUENCE taken; CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('taken') > 1 THEN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER is_full BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION is_full()";
    database.sql(full).unwrap();
    let args = ["order", "assign", &one, &two, &three, "--to", "k.ono", "--output", "json"];
    let ran = desk.run(&args).with(6);
    let lines = ran.json();
    let said = |n: usize| (lines[n]["id"].clone(), lines[n]["assigned"].clone(), lines[n]["left"].clone());
    assert_eq!(said(0), (json!(one), json!(true), json!(null)), "{ran:?}");
    assert_eq!(said(1), (json!(two), json!(false), json!(null)), "{ran:?}");
    assert_eq!(said(2), (json!(three), json!(false), json!(true)), "{ran:?}");
    assert!(
        ran.err.contains("1 of them was not tried") || ran.err.contains("1 of them were not tried"),
        "{ran:?}"
    );
    database.sql("DROP TRIGGER is_full ON events").unwrap();
    desk.run(&["order", "assign", &two, &three, "--to", "k.ono"]).with(0);
}

/// A desk whose database came back with an older copy says so at once, in its top line too, until a supervisor has accepted it.
#[test]
fn a_desk_says_that_its_database_came_back_with_an_older_copy() {
    let Some(database) = postgres::database() else { return };
    let sandbox = Sandbox::serve(&[]);
    let here = machine(&sandbox, &database);
    crate::worker::sent(&here, "1");
    let mut desk = Desk::open(&here, 140, 30);
    desk.shows("T-1");
    database.come_back_older();
    desk.shows("came back with an older copy");
    desk.keys("j");
    desk.shows("JOURNAL READ-ONLY");
    here.run(&["journal", "accept", "--by", "M. Ruiz", "--reason", "restored from the night's copy"]).with(0);
    desk.shows("can be used again");
    desk.hides("JOURNAL READ-ONLY");
    assert!(desk.keys("q").ends());
}

/// As seen by everybody who asks this database, its server's clock is so much ahead of the machines'.
fn move_clock(database: &Database, by: &str) {
    let sql = format!(
        "ALTER FUNCTION pg_catalog.clock_timestamp() RENAME TO true_clock;
        CREATE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql
            AS 'SELECT pg_catalog.true_clock() + interval ''{by}'''"
    );
    database.sql(&sql).unwrap();
}

/// A machine whose clock is wrong goes by the server's, for what it reads as for what it writes.
fn goes_by_the_server_s_clock(ahead: &str, minutes: i64) {
    let Some(database) = postgres::database() else { return };
    move_clock(&database, ahead);
    let sandbox = Sandbox::serve(&[]);
    let desk = machine(&sandbox, &database);
    let server_now = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes);
    let mut told = order("1");
    told["preparedAt"] = serde_json::json!((server_now - jiff::SignedDuration::from_mins(10)).to_string());
    let opened = desk.open(&told);
    let listed = desk.run(&["order", "list", "--output", "json"]).with(0).json();
    assert_eq!(listed[0]["state"], desk.show(&opened)["state"], "{listed}");
    let mut late = order("2");
    let in_an_hour = server_now + jiff::SignedDuration::from_mins(60);
    late["preparedAt"] = serde_json::json!(in_an_hour.to_string());
    let refused = desk.run_with(&["order", "open", "--json", "-"], &late.to_string()).with(2);
    assert!(refused.err.contains("future"), "{refused:?}");

    let sent = crate::worker::sent(&desk, "3");
    crate::worker::accept(&sandbox, "3");
    // It is due a moment after it was sent, by a clock that each process reads from the server anew.
    let mut worked = serde_json::Value::Null;
    crate::worker::soon("the check", || {
        worked = desk.run(&["worker", "--once", "--output", "json"]).with(0).json();
        worked["checks"] != 0
    });
    assert_eq!((&worked["checks"], &worked["accepted"]), (&1.into(), &1.into()), "{worked}");
    assert_eq!(desk.show(&sent)["state"], "accepted");

    let doctor = desk.run(&["doctor"]).out;
    let way = if minutes > 0 { "ahead of" } else { "behind" };
    // Less a second, it is no three hours any more.
    let told = ["3 h", "179 min"].map(|far| format!("the clock of the journal's server is {far} {way} "));
    assert!(told.iter().any(|told| doctor.contains(told)), "{doctor}");

    let made = desk.run(&["journal", "checkpoint"]).with(0).json();
    let at: jiff::Timestamp = made["at"].as_str().unwrap().parse().unwrap();
    assert!(at.duration_since(server_now).abs() < jiff::SignedDuration::from_mins(5), "{made}");
}

#[test]
fn a_machine_that_is_three_hours_behind_goes_by_the_server_s_clock() {
    goes_by_the_server_s_clock("3 hours", 180);
}

#[test]
fn a_machine_that_is_three_hours_ahead_goes_by_the_server_s_clock() {
    goes_by_the_server_s_clock("-3 hours", -180);
}

/// Whoever calls himself a supervisor is none while his database role is an agent's.
#[test]
fn what_an_agent_s_database_role_may_not_is_for_a_supervisor_and_exits_as_any_refusal() {
    let Some(database) = postgres::database() else { return };
    let sandbox = Sandbox::serve(&[]);
    let owner = machine(&sandbox, &database);
    let id = owner.open(&order("1"));
    let role = format!("agent_of_{}", database.name);
    database.sql(&format!("CREATE ROLE {role} LOGIN")).unwrap();
    let sql = owner.run(&["journal", "grant", &role, "--role", "agent"]).with(0).out;
    database.sql(&sql).unwrap();
    let agent = machine(&sandbox, &database);
    agent.reconfigure(&database.url(), &database.url_as(&role));
    let assigned = agent.run(&["order", "assign", &id, "--to", "a.okafor"]).with(8);
    assert!(
        assigned.err.contains("Ask a supervisor") && !assigned.err.contains("journal grant"),
        "{assigned:?}"
    );
    let erased = agent.run(&["order", "erase", &id, "--reason", "asked", "--by", "A"]).with(8);
    assert!(erased.err.contains("Ask a supervisor"), "{erased:?}");
    owner.verifies();
}
