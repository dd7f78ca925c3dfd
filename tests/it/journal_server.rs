//! The journal on PostgreSQL: what only a server can do to it, and what a person can do who owns the database.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::journal::{now, open};
use crate::postgres::{self, Server};
use crate::tls::{Authority, named};
use pxdesk::journal::{Address, Error, Granted, Journal, Options, Place, every_kind, grant};
use pxdesk::order::{Event, Order};
use std::path::Path;
use std::time::{Duration, Instant};

pub async fn append(journal: &Journal, order: &Order) -> Result<Order, Error> {
    journal
        .append(order, vec![Event::AcceptancePending { checks: 1, answered: false }], now(), "r.diaz")
        .await
}

/// A server of this test's own, with these settings.
pub fn server(settings: &str) -> Option<(tempfile::TempDir, Server)> {
    server_on(settings, 5432)
}

/// The same, which calls itself by that port.
pub fn server_on(settings: &str, port: u16) -> Option<(tempfile::TempDir, Server)> {
    let home = tempfile::tempdir().unwrap();
    // The server's user goes through it.
    std::fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let server = Server::start_on(&home.path().join("pg"), settings, port)?;
    Some((home, server))
}

#[tokio::test]
async fn a_server_that_may_lose_what_it_was_told_or_takes_nothing_in_is_refused_in_words() {
    let Some((_home, server)) = server("fsync = off") else { return };
    let database = server.database();
    let refused = database.try_open(None).await.err().unwrap().to_string();
    assert!(refused.contains("fsync") && refused.contains("power cut"), "{refused}");

    server.psql("postgres", "ALTER SYSTEM SET fsync = on").unwrap();
    server.psql("postgres", "ALTER SYSTEM SET synchronous_commit = off").unwrap();
    server.psql("postgres", "SELECT pg_reload_conf()").unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while server.psql("postgres", "SHOW fsync").unwrap() != "on" {
        assert!(Instant::now() < until);
    }
    // Off for others; our own sessions wait for the disk, and have asked.
    let journal = database.open().await;
    open(&journal, 1).await;

    let read_only = format!("ALTER DATABASE {} SET default_transaction_read_only = on", database.name);
    server.psql("postgres", &read_only).unwrap();
    let refused = database.try_open(None).await.err().unwrap().to_string();
    assert!(refused.contains("is read-only"), "{refused}");

    // As a replica is: in recovery, for good.
    server.stop();
    std::fs::write(server.folder().join("data/standby.signal"), "").unwrap();
    server.run();
    let refused = database.try_open(None).await.err().unwrap().to_string();
    assert!(refused.contains("is a replica"), "{refused}");
}

#[tokio::test]
async fn a_server_that_is_not_there_or_lets_nobody_in_is_said_to_be_so() {
    let Some(database) = postgres::database() else { return };
    let options = Options { create: true, state: None, kinds: every_kind() };
    let try_url = async |url: &str| {
        let address = pxdesk::journal::Address::parse(url, database.key().to_owned()).unwrap();
        let place = pxdesk::journal::Place::Server(Box::new(address));
        Journal::open_with(&place, &options).await.err().unwrap()
    };
    let away = try_url("postgres://ann@127.0.0.1:1/floor").await;
    assert!(matches!(&away, Error::Away { .. }), "{away:?}");
    assert!(away.to_string().contains("This was not recorded"), "{away}");
    let database_name = try_url(&database.url().replace(&database.name, "no_such_floor")).await;
    assert!(matches!(&database_name, Error::NoDatabase { .. }), "{database_name:?}");
    assert!(database_name.to_string().contains("no database of that name"), "{database_name}");
    let role = try_url(&database.url_as("nobody_of_that_name")).await;
    assert!(matches!(&role, Error::Login { .. }), "{role:?}");
    assert!(role.to_string().contains("nobody_of_that_name"), "{role}");
    assert!(role.to_string().contains("Check the user") && !role.to_string().contains("grant"), "{role}");
}

#[tokio::test]
async fn the_desks_of_a_floor_share_one_key_and_one_version() {
    let Some(database) = postgres::database() else { return };
    open(&database.open().await, 1).await;
    let other = tempfile::tempdir().unwrap().path().with_extension("key");
    std::fs::write(&other, "ab".repeat(32)).unwrap();
    std::fs::set_permissions(&other, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let options = Options { create: true, state: None, kinds: every_kind() };
    let with_key = async |key: &Path| {
        let address = pxdesk::journal::Address::parse(&database.url(), key.to_owned()).unwrap();
        Journal::open_with(&pxdesk::journal::Place::Server(Box::new(address)), &options).await.err().unwrap()
    };
    assert!(matches!(with_key(&other).await, Error::WrongKey { .. }));
    let missing = with_key(&other.with_extension("none")).await;
    assert!(
        matches!(missing, Error::NoKey { .. }),
        "a key is never made for a journal that has one: {missing:?}"
    );
    database.sql("UPDATE journal SET version = 99").unwrap();
    let newer = database.try_open(None).await.err().unwrap();
    assert!(matches!(newer, Error::Newer { found: 99, .. }), "{newer:?}");
}

#[tokio::test]
async fn many_desks_that_start_at_once_make_one_journal() {
    let Some(database) = postgres::database() else { return };
    let (a, b, c, d) = tokio::join!(database.open(), database.open(), database.open(), database.open());
    let ids = [&a, &b, &c, &d].map(Journal::id);
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(database.sql("SELECT count(*) FROM journal").unwrap(), "1");
    assert_eq!(a.verify(None, |_| ()).await.unwrap().problems, []);
}

#[tokio::test]
async fn a_change_at_one_desk_is_heard_at_another_within_a_second() {
    let Some(database) = postgres::database() else { return };
    let (one, two) = (database.open().await, database.open().await);
    let order = open(&one, 1).await;
    let before = two.data_version().await.unwrap();
    let waiting = two.clone();
    // Listens once it has read something.
    two.load::<Order>(&order.id).await.unwrap();
    let heard = tokio::spawn(async move { waiting.changed().await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let begun = Instant::now();
    append(&one, &order).await.unwrap();
    tokio::time::timeout(Duration::from_secs(1), heard).await.expect("within a second").unwrap();
    println!("heard after {:?}", begun.elapsed());
    assert_ne!(two.data_version().await.unwrap(), before);
    // Without a word, too: by looking.
    let before = two.data_version().await.unwrap();
    database.sql("UPDATE journal SET epoch = epoch").unwrap();
    let until = Instant::now() + Duration::from_secs(3);
    while two.data_version().await.unwrap() == before {
        assert!(Instant::now() < until, "a poll finds it");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A connection that is lost while something is recorded: what became of it is asked before anybody goes on.
#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_read_back() {
    let Some(database) = postgres::database() else { return };
    let journal = database.open().await;
    let order = open(&journal, 1).await;
    // The server ends our connection within the commit, before it is done.
    let ends = "CREATE FUNCTION end_us() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER end_us AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION end_us()";
    database.sql(ends).unwrap();
    let lost = append(&journal, &order).await.unwrap_err();
    assert!(matches!(&lost, Error::Away { .. }), "{lost}");
    database.sql("DROP TRIGGER end_us ON events").unwrap();
    assert_eq!(journal.load::<Order>(&order.id).await.unwrap(), order);
    let order = append(&journal, &order).await.unwrap();

    // The commit was done, and the answer is lost with the connection.
    let relay = crate::relay::Relay::to(&database.socket());
    let journal = database.open_through(&relay).await;
    let mut order = journal.load::<Order>(&order.id).await.unwrap();
    for lost in 1..=5 {
        relay.swallow_the_next_answer();
        let next = append(&journal, &order).await.unwrap();
        assert_eq!((next.seq, relay.swallowed()), (order.seq + 1, lost));
        assert_eq!(database.open().await.load::<Order>(&order.id).await.unwrap(), next);
        order = append(&journal, &next).await.unwrap();
    }
    assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
}

/// A server that has gone silent is said to be gone in time for whoever sits at a desk.
#[tokio::test]
async fn a_server_that_says_nothing_any_more_is_gone_within_seconds() {
    let Some(database) = postgres::database() else { return };
    open(&database.open().await, 1).await;
    let relay = crate::relay::Relay::to(&database.socket());
    let journal = database.open_through(&relay).await;
    journal.data_version().await.unwrap();
    relay.fall_silent();
    let begun = Instant::now();
    let gone = loop {
        match journal.data_version().await {
            Ok(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            Err(error) => break error,
        }
    };
    assert!(matches!(&gone, Error::Away { why, .. } if why.contains("no answer")), "{gone}");
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
}

/// One that goes silent while something is recorded: it is said in time that nobody knows what became of that.
#[tokio::test]
async fn what_became_of_a_change_is_asked_for_so_long_and_no_longer() {
    let Some(database) = postgres::database() else { return };
    let order = open(&database.open().await, 1).await;
    let relay = crate::relay::Relay::to(&database.socket());
    let journal = database.open_through(&relay).await;
    let order = append(&journal, &order).await.unwrap();
    relay.fall_silent();
    let begun = Instant::now();
    let unknown = append(&journal, &order).await.unwrap_err();
    assert!(matches!(unknown, Error::Unknown { .. }), "{unknown}");
    assert!(!unknown.to_string().contains("not recorded"), "nobody knows that: {unknown}");
    // The answer itself has 12 seconds.
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
}

/// A server that is killed as by a power cut, again and again, while desks record: what was said to be recorded is there,
/// what was said not to be is not, and the desks go on by themselves.
#[tokio::test]
async fn what_was_recorded_outlives_a_server_that_is_killed() {
    let Some((home, server)) = server("") else { return };
    let (database, state) = (server.database(), home.path().join("state"));
    let journal = database.try_open(Some(&state)).await.unwrap();
    let mut order = open(&journal, 1).await;
    let server = std::sync::Arc::new(server);
    for round in 0..3 {
        let killer = std::sync::Arc::clone(&server);
        let outage = tokio::task::spawn_blocking(move || {
            std::thread::sleep(Duration::from_millis(150 + 70 * round));
            killer.kill();
            std::thread::sleep(Duration::from_millis(300));
            killer.run();
        });
        let until = Instant::now() + Duration::from_mins(3);
        let (mut recorded, mut refused) = (0, 0);
        while !outage.is_finished() || recorded < 20 {
            assert!(
                Instant::now() < until,
                "the desk does not come back: {recorded} recorded, {refused} not"
            );
            match append(&journal, &order).await {
                Ok(next) => (order, recorded) = (next, recorded + 1),
                Err(Error::Away { .. }) => {
                    refused += 1;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                // A server that takes long to come back: it says so itself, once it answers.
                Err(Error::Unknown { .. }) => {
                    while journal.load::<Order>(&order.id).await.is_err() {
                        assert!(Instant::now() < until, "the desk does not come back");
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    let found = journal.load::<Order>(&order.id).await.unwrap();
                    assert!(
                        found.seq == order.seq || found.seq == order.seq + 1,
                        "{} {}",
                        found.seq,
                        order.seq
                    );
                    order = found;
                }
                Err(error) => panic!("{error}"),
            }
        }
        outage.await.unwrap();
        assert_eq!(journal.load::<Order>(&order.id).await.unwrap(), order, "no more and no less");
    }
    assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
}

/// The server notices soon when a machine has vanished from the network: until it does, its desk counts as alive.
#[tokio::test]
async fn the_server_looks_whether_a_desk_s_machine_is_still_there() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = format!("listen_addresses = '127.0.0.1'\nport = {port}\n");
    let Some((_home, server)) = server_on(&settings, port) else { return };
    let database = server.database();
    let url = format!("postgres://postgres@127.0.0.1:{port}/{}", database.name);
    let address = pxdesk::journal::Address::parse(&url, database.key().to_owned()).unwrap();
    let options = Options { create: true, state: None, kinds: every_kind() };
    let _desk =
        Journal::open_with(&pxdesk::journal::Place::Server(Box::new(address)), &options).await.unwrap();
    // What the kernel was told of the server's end of each connection; once nothing is in flight there.
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let timers = std::process::Command::new("ss").args(["-tnoH", "state", "established"]).output();
        let Ok(timers) = timers else { return crate::kit::skip("ss (iproute2)") };
        let timers = String::from_utf8(timers.stdout).unwrap();
        let ours =
            |line: &&str| line.split_whitespace().nth(2).is_some_and(|at| at.ends_with(&format!(":{port}")));
        let ends: Vec<&str> = timers.lines().filter(ours).collect();
        // Two hours are shown as minutes.
        let soon = |end: &&str| end.contains("keepalive,") && !end.contains("min");
        if !ends.is_empty() && ends.iter().all(soon) {
            break;
        }
        assert!(Instant::now() < until, "{port}: {timers}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A server that is spoken to over TLS, with a password: the certificate is checked, and so is its name.
#[tokio::test]
async fn a_connection_over_tls_is_to_the_server_that_is_meant() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = format!("listen_addresses = '127.0.0.1'\nport = {port}\n");
    let Some((home, server)) = server_on(&settings, port) else { return };
    let database = server.database();
    drop(database.open().await);
    let (ours, other) = (Authority::new(), Authority::new());
    let certify = |name: &str| {
        let (certificate, key) = ours.pem(&named(name));
        server.put("server.crt", &certificate);
        server.put("server.key", &key);
        server.psql("postgres", "SELECT pg_reload_conf()").unwrap();
    };
    server.put("pg_hba.conf", "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n");
    server.psql("postgres", "CREATE ROLE ann SUPERUSER LOGIN PASSWORD 'right'").unwrap();
    certify("localhost");
    server.psql("postgres", "ALTER SYSTEM SET ssl = on").unwrap();
    server.psql("postgres", "SELECT pg_reload_conf()").unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while server.psql("postgres", "SHOW ssl").unwrap() != "on" {
        assert!(Instant::now() < until);
    }
    let password = |text: &str, mode: u32| {
        let file = home.path().join("password");
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        file
    };
    let try_with = async |host: &str, authority: &Authority, password: &Path| {
        let url = format!(
            "postgres://ann@{host}:{port}/{}?sslmode=verify-full&sslrootcert={}",
            database.name,
            authority.file().display()
        );
        let mut address = pxdesk::journal::Address::parse(&url, database.key().to_owned()).unwrap();
        address.password = Some(pxdesk::journal::Password::File(password.to_owned()));
        let options = Options { create: false, state: None, kinds: every_kind() };
        Journal::open_with(&pxdesk::journal::Place::Server(Box::new(address)), &options).await
    };
    let file = password("right\n", 0o600);
    open(&try_with("localhost", &ours, &file).await.unwrap(), 1).await;
    let refused = try_with("localhost", &other, &file).await.err().unwrap();
    assert!(matches!(&refused, Error::Unfit { why, .. } if why.contains("?sslrootcert=FILE")), "{refused}");
    let refused = try_with("127.0.0.1", &ours, &file).await.err().unwrap();
    assert!(matches!(&refused, Error::Unfit { why, .. } if why.contains("another name")), "{refused}");
    let refused = try_with("localhost", &ours, &password("wrong\n", 0o600)).await.err().unwrap();
    assert!(matches!(refused, Error::Login { .. }) && !refused.to_string().contains("wrong"), "{refused}");
    assert!(refused.to_string().contains("journal.password_file"), "{refused}");
    let refused = try_with("localhost", &ours, &password("right\n", 0o644)).await.err().unwrap();
    let said = refused.to_string();
    assert!(
        said.contains("chmod 600") && said.contains("password file") && !said.contains("key file"),
        "{said}"
    );
}

/// What does not pass by itself is not told as a server that is away.
#[tokio::test]
async fn what_an_administrator_must_mend_is_said_to_be_that() {
    let Some(database) = postgres::database() else { return };
    let name = &database.name;
    let role = format!("kept out of {name}");
    database.sql(&format!("CREATE ROLE \"{role}\" LOGIN")).unwrap();
    let order = open(&database.open().await, 1).await;
    database.sql(&format!("REVOKE CONNECT ON DATABASE \"{name}\" FROM PUBLIC")).unwrap();
    let refused = database.try_open_as(&role).await.err().unwrap();
    assert!(matches!(&refused, Error::Role { why, .. } if why.contains("right to CONNECT")), "{refused}");

    // Ours is longer.
    database.sql(&format!("GRANT CONNECT ON DATABASE \"{name}\" TO PUBLIC")).unwrap();
    database.sql(&grant(&role, Granted::Agent, &every_kind())).unwrap();
    database.sql(&format!("ALTER ROLE \"{role}\" SET statement_timeout = '1ms'")).unwrap();
    database.open_as(&role).await.load::<Order>(&order.id).await.unwrap();

    let journal = database.open().await;
    let problems = async || {
        let problems = journal.verify(None, |_| ()).await.unwrap().problems;
        problems.into_iter().map(|problem| problem.what).collect::<Vec<_>>()
    };
    database.sql("ALTER TABLE orders ADD COLUMN colour text").unwrap();
    assert_eq!(problems().await, ["the table `orders` has a column that is none of ours: `colour`"]);
    database.sql("ALTER TABLE orders DROP COLUMN colour").unwrap();
    database.sql("ALTER TABLE orders ALTER COLUMN agent TYPE varchar(9)").unwrap();
    assert!(problems().await[0].contains("of type character varying(9)"), "{:?}", problems().await);
    database.sql("ALTER TABLE orders ALTER COLUMN agent TYPE text COLLATE \"C\"").unwrap();
    assert_eq!(problems().await, [""; 0]);
    let changed =
        |error: &Error| matches!(error, Error::Unfit { why, .. } if why.contains("not as pxdesk made them"));
    database.sql("ALTER TABLE events ALTER COLUMN at TYPE numeric").unwrap();
    let refused = database.open().await.load::<Order>(&order.id).await.unwrap_err();
    assert!(changed(&refused), "{refused}");
    let found = problems().await;
    assert!(found[0].contains("`at` of `events` is of type numeric"), "{found:?}");
    database.sql("ALTER TABLE events RENAME TO gone").unwrap();
    let refused = journal.load::<Order>(&order.id).await.unwrap_err();
    assert!(changed(&refused), "{refused}");
}

/// One that speaks no TLS never will by itself.
#[tokio::test]
async fn a_server_that_speaks_no_tls_is_not_waited_for() {
    let Some(database) = postgres::database() else { return };
    database.open().await.close().await;
    let relay = crate::relay::Relay::to(&database.socket());
    let url = format!("postgres://postgres@127.0.0.1:{}/{}?sslmode=require", relay.port, database.name);
    let address = Address::parse(&url, database.key().to_owned()).unwrap();
    let options = Options { create: false, state: None, kinds: every_kind() };
    let refused = Journal::open_with(&Place::Server(Box::new(address)), &options).await.err().unwrap();
    assert!(matches!(&refused, Error::Unfit { why, .. } if why.contains("`ssl = on`")), "{refused}");
}

/// Not a test of anything but the clock: `cargo test --release --test it -- --ignored --nocapture how_fast`.
#[tokio::test]
#[ignore = "measures"]
async fn how_fast_desks_append() {
    let Some(database) = postgres::database() else { return };
    let first = database.open().await;
    for desks in [1, 8, 32] {
        let begun = Instant::now();
        let mut tasks = Vec::new();
        for desk in 0..desks {
            let (journal, number) = (database.open().await, desks * 100 + desk);
            let mut order = open(&first, number).await;
            tasks.push(tokio::spawn(async move {
                let mut appended = 0;
                let until = Instant::now() + Duration::from_secs(3);
                while Instant::now() < until {
                    order = append(&journal, &order).await.unwrap();
                    appended += 1;
                }
                appended
            }));
        }
        let opened = begun.elapsed();
        let mut all = 0;
        for task in tasks {
            all += task.await.unwrap();
        }
        crate::kit::say(&format!("{desks} desks: {} appends/s ({opened:?} to begin)", all / 3));
    }
}

#[tokio::test]
async fn a_schema_of_our_name_that_is_another_programs_is_said_to_be_that() {
    let Some(database) = postgres::database() else { return };
    database.sql("CREATE SCHEMA pxdesk; CREATE TABLE pxdesk.events (x int)").unwrap();
    let Err(refused) = database.try_open(None).await else { panic!("it was opened") };
    assert!(matches!(refused, Error::NotAJournal { .. }), "{refused}");
}
