//! A journal on PostgreSQL whose sequences were set back, or whose events something takes away: what is told to be recorded is.

use crate::journal::{now, open, opened};
use crate::journal_server::append;
use crate::postgres;
use pxdesk::journal::{Error, Granted, every_kind, grant};
use pxdesk::order::{Order, OrderId};

/// As after a restore that forgot the sequences: desks draw past what is used, and go on.
#[tokio::test]
async fn sequences_that_were_set_back_are_found_and_drawn_past() {
    let Some(database) = postgres::database() else { return };
    let owner = database.open().await;
    let role = format!("behind {}", database.name);
    database.sql(&format!("CREATE ROLE \"{role}\" LOGIN")).unwrap();
    database.sql(&grant(&role, Granted::Agent, &every_kind())).unwrap();
    let mut orders = Vec::new();
    for number in 1..=5 {
        // Each draws positions of its own.
        orders.push(open(&database.open().await, number).await);
    }
    for (number, journal) in [(6, database.open().await), (7, database.open_as(&role).await)] {
        open(&journal, number * 100).await;
        database.sql("SELECT setval('positions', 1), setval('things_n', 1)").unwrap();
        let problems = owner.verify(None, |_| ()).await.unwrap().problems;
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(
            problems[0].what.contains("`positions`") && problems[1].what.contains("`things_n`"),
            "{problems:?}"
        );
        let new = open(&journal, number).await;
        append(&journal, &new).await.unwrap();
        orders[0] = append(&database.open().await, &orders[0]).await.unwrap();
        assert_eq!(owner.verify(None, |_| ()).await.unwrap().problems, []);
    }
    // A pair that is taken is told as that, as ever.
    let again = opened("embedded", "TX-1", "PO-1");
    let taken = owner.open_thing::<Order>(&OrderId::from_bits(77), again, now(), "r.diaz").await.unwrap_err();
    assert!(matches!(taken, Error::Taken { field, .. } if field != "id"), "{taken}");
}

/// As an administrator may set it by mistake: there are no positions so far out.
#[tokio::test]
async fn a_sequence_that_was_set_too_far_ahead_is_found_and_said() {
    let Some(database) = postgres::database() else { return };
    let journal = database.open().await;
    let order = open(&journal, 1).await;
    database.sql("SELECT setval('positions', 288230376151711744)").unwrap();
    let problems = journal.verify(None, |_| ()).await.unwrap().problems;
    assert!(
        problems.len() == 1 && problems[0].what.contains("`positions` was set so far ahead"),
        "{problems:?}"
    );
    let refused = append(&database.open().await, &order).await.unwrap_err();
    assert!(matches!(&refused, Error::Unfit { why, .. } if why.contains("too far ahead")), "{refused}");
    database.sql("SELECT setval('positions', 9)").unwrap();
    append(&database.open().await, &order).await.unwrap();
}

/// An order whose event was not recorded was not opened, and nothing of it is there.
#[tokio::test]
async fn an_event_that_something_takes_away_is_no_event_that_was_recorded() {
    let Some(database) = postgres::database() else { return };
    let journal = database.open().await;
    let order = open(&journal, 1).await;
    let swallow = "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER swallow BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION swallow()";
    database.sql(swallow).unwrap();
    let opened = opened("embedded", "TX-2", "PO-2");
    let refused = journal.open_thing::<Order>(&OrderId::from_bits(2), opened, now(), "a").await.unwrap_err();
    assert!(matches!(&refused, Error::Unfit { why, .. } if why.contains("trigger")), "{refused}");
    let refused = append(&journal, &order).await.unwrap_err();
    assert!(matches!(refused, Error::Unfit { .. }), "{refused}");
    database.sql("DROP TRIGGER swallow ON events").unwrap();
    assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
    open(&journal, 2).await;
    append(&journal, &order).await.unwrap();
}
