//! What shares its connections to PostgreSQL between desks: a pooler.

use crate::journal::open;
use crate::journal_server::append;
use crate::postgres;
use crate::relay::Relay;
use pxdesk::journal::{Error, Journal, Options, Place, every_kind};

#[tokio::test]
async fn a_pooler_in_front_of_the_server_is_refused_in_words() {
    let Some(database) = postgres::database() else { return };
    open(&database.open().await, 1).await;
    let relay = Relay::to(&database.socket());
    drop(database.open_through(&relay).await);
    relay.pool();
    let url = format!("postgres://postgres@127.0.0.1:{}/{}", relay.port, database.name);
    let address = pxdesk::journal::Address::parse(&url, database.key().to_owned()).unwrap();
    let options = Options { create: false, state: None, kinds: every_kind() };
    let refused = Journal::open_with(&Place::Server(Box::new(address)), &options).await.err().unwrap();
    assert!(matches!(refused, Error::Unfit { .. }), "{refused:?}");
    let refused = refused.to_string();
    assert!(refused.contains("pooler") && refused.contains("journal.url"), "{refused}");
}

/// Whatever somebody has set on its connection since it was made, what is recorded waits for the disk.
#[tokio::test]
async fn an_append_waits_for_the_disk_whoever_used_its_connection_before() {
    let Some(database) = postgres::database() else { return };
    let journal = database.open().await;
    let mut order = open(&journal, 1).await;
    let notes = "CREATE TABLE public.said (waits text);
        CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
            INSERT INTO public.said VALUES (current_setting(''synchronous_commit''));
            PERFORM set_config(''synchronous_commit'', ''off'', false); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER note AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION public.note()";
    database.sql(notes).unwrap();
    for _ in 0..3 {
        order = append(&journal, &order).await.unwrap();
    }
    open(&journal, 2).await;
    assert_eq!(database.sql("SELECT string_agg(waits, ' ') FROM public.said").unwrap(), "on on on on");
}

/// A server that ends idle connections does not end those of a desk that waits for an answer.
#[tokio::test]
async fn a_desk_s_connections_are_not_ended_for_being_idle() {
    let Some(database) = postgres::database() else { return };
    let version = database.sql("SELECT current_setting('server_version_num')::integer >= 140000").unwrap();
    if version == "t" {
        let ends = format!("ALTER DATABASE {} SET idle_session_timeout = '300ms'", database.name);
        database.sql(&ends).unwrap();
    }
    let journal = database.open().await;
    let desks = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pxdesk'";
    open(&journal, 1).await;
    let before = database.sql(desks).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(900));
    assert_eq!(database.sql(desks).unwrap(), before);
}
