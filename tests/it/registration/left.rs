//! A run that is left unfinished by a process that goes on.

use super::cuts::engine;
use super::server::{Reply, Server};
use pxdesk::engine::{Apply, ApplyNews};
use pxdesk::registry::file::{Format, read};
use pxdesk::registry::{ContractId, Plan};
use tokio::sync::watch;

#[tokio::test]
async fn a_run_that_ended_early_is_left_to_whoever_comes_next() {
    let served = Server::answering(|request| {
        let reply = Reply::json("[]");
        if request.line.starts_with("POST") { reply.cut(0) } else { reply }
    });
    let address = served.base.strip_prefix("http://").unwrap().parse().unwrap();
    let home = tempfile::tempdir().unwrap();
    let contract = ContractId::new("A-1").unwrap();
    let engine = engine(&home.path().join("pxdesk.db"), address, contract).await;
    let desired = read("customer,application\nc1,\n", Format::Csv).unwrap();
    let listing = engine.list_contract().await.unwrap();
    let plan = Plan::new(&desired, &listing).unwrap();
    let stop = watch::Sender::new(false);
    let apply =
        Apply { plan: &plan, listing: &listing, reason: None, create_again: false, stop: stop.subscribe() };
    let mut stops = |news: ApplyNews| {
        if matches!(news, ApplyNews::Waiting { .. }) {
            stop.send_replace(true);
        }
    };
    let applied = engine.apply(&apply, &mut stops).await.unwrap();
    assert!(applied.halt.is_some(), "{applied:?}");
    assert_eq!(applied.unknown.len(), 1, "{applied:?}");
    let row = &engine.runs(1).await.unwrap()[0];
    assert!(row.owner.is_some() && !engine.is_under_way(row).await, "{row:?}");
    // Nor is it held by who could not finish it.
    let stopped = watch::channel(true).1;
    drop(engine.finish_run(&mut |_| {}, &stopped, false).await);
    assert!(!engine.is_under_way(&engine.runs(1).await.unwrap()[0]).await);
    engine.finish_run(&mut |_| {}, &watch::channel(false).1, false).await.unwrap();
    assert_eq!(engine.runs(1).await.unwrap()[0].state, "cut_off");
    engine.journal().close().await;
}
