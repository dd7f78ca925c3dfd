//! A server that has a synchronous standby to wait for: what only its own disk has was not recorded.
//!
//! The standby is a name that nobody answers to, so that every commit waits until the name is taken away.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::journal::{now, open};
use crate::journal_server::{append, server};
use crate::postgres::{Database, Server};
use crate::relay::Relay;
use pxdesk::journal::{Error, Journal};
use pxdesk::order::Order;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// How long the server may take to do what it was told.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server, and a journal on it.
struct Floor {
    _home: tempfile::TempDir,
    server: Server,
    database: Database,
}

impl Floor {
    fn start() -> Option<Self> {
        let (home, server) = server("")?;
        let database = server.database();
        Some(Self { _home: home, server, database })
    }

    fn psql(&self, sql: &str) -> String {
        self.server.psql(&self.database.name, sql).unwrap()
    }

    /// From now on commits wait for the standby of that name; for none when it is empty.
    fn wait_for(&self, name: &str) {
        self.psql(&format!("ALTER SYSTEM SET synchronous_standby_names = '{name}'"));
        self.psql("SELECT pg_reload_conf()");
        let until = Instant::now() + PATIENCE;
        while self.psql("SHOW synchronous_standby_names") != name {
            assert!(Instant::now() < until, "the server takes no notice of its settings");
        }
        // Its other processes take it in at the same time.
        std::thread::sleep(Duration::from_millis(200));
    }

    /// The process whose commit waits for the standby.
    async fn waiting(&self) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let found = self.psql("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
            if !found.is_empty() {
                return found;
            }
            assert!(Instant::now() < until, "no commit waits");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends a wait, or the whole process, as an administrator may.
    async fn end_a_wait(&self, how: &str) {
        let pid = self.waiting().await;
        self.psql(&format!("SELECT {how}({pid})"));
        let until = Instant::now() + PATIENCE;
        let same =
            format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid} AND wait_event = 'SyncRep'");
        while self.psql(&same) != "0" {
            assert!(Instant::now() < until, "the wait does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn appending(journal: &Journal, order: &Order) -> JoinHandle<Result<Order, Error>> {
    let (journal, order) = (journal.clone(), order.clone());
    tokio::spawn(async move { append(&journal, &order).await })
}

/// Cut short, the server says that it has committed, and warns: nothing is sent on that before a later commit went through.
#[tokio::test]
async fn a_commit_that_did_not_wait_for_its_standby_is_not_taken_for_recorded() {
    for how in ["pg_cancel_backend", "pg_terminate_backend"] {
        let Some(floor) = Floor::start() else { return };
        let journal = floor.database.open().await;
        let order = open(&journal, 1).await;
        floor.wait_for("nobody");
        let append = appending(&journal, &order);
        floor.end_a_wait(how).await;
        floor.end_a_wait(how).await;
        let unknown = append.await.unwrap().unwrap_err();
        assert!(
            matches!(&unknown, Error::Unknown { why, .. } if why.contains("standby may not have it")),
            "{how}: {unknown}"
        );

        floor.wait_for("");
        let there = journal.load::<Order>(&order.id).await.unwrap();
        assert_eq!(there.seq, order.seq + 1, "{how}: on its own disk the server has it");

        // It may be confirmed later, too.
        floor.wait_for("nobody");
        let append = appending(&journal, &there);
        floor.end_a_wait(how).await;
        floor.waiting().await;
        assert!(!append.is_finished(), "{how}");
        floor.wait_for("");
        let next = append.await.unwrap().unwrap();
        assert_eq!(
            (next.seq, journal.load::<Order>(&order.id).await.unwrap()),
            (there.seq + 1, next),
            "{how}"
        );
        journal.checkpoint(now()).await.unwrap();
        assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
    }
}

/// A desk that lost its connection does not end the process that waits for the standby: ended, it would show what the
/// standby may not have.
#[tokio::test]
async fn a_process_that_waits_for_its_standby_is_left_to_wait() {
    let Some(floor) = Floor::start() else { return };
    let order = open(&floor.database.open().await, 1).await;
    let relay = Relay::to(&floor.database.socket());
    let journal = floor.database.open_through(&relay).await;
    floor.wait_for("nobody");
    let append = appending(&journal, &order);
    let pid = floor.waiting().await;
    relay.cut();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(!append.is_finished());
    assert_eq!(floor.waiting().await, pid, "it waits still, and nothing else does");
    floor.wait_for("");
    let next = append.await.unwrap().unwrap();
    assert_eq!(next, floor.database.open().await.load::<Order>(&order.id).await.unwrap());
}
