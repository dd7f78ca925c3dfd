//! A yes at the desk is to the order as it was shown: what somebody changes meanwhile is not placed with it.

use crate::kit::{Home, Sandbox, order};
use crate::pty::Desk;
use crate::server;
use pxdesk::engine::{Engine, Error};
use pxdesk::order::{Environment, Order, OrderId, Refusal};

/// An order that the customer accepted, on a Px that takes it.
fn accepted() -> (Sandbox, Home, String) {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = home.open(&order("1"));
    let walk = ["order", "walk", &id, "--method", "verbal", "--read-and-accepted-by", "Ann Okafor"];
    home.run(&[walk.as_slice(), &["--until", "accepted"]].concat()).with(0);
    (px, home, id)
}

fn amend(home: &Home, id: &str) {
    home.run_with(&["order", "amend", id, "--payment-token-from-stdin"], "tok-BOB\n").with(0);
}

async fn engine(px: &Sandbox, home: &Home) -> Engine {
    let file = home.path().join(".local/share/pxdesk/pxdesk.db");
    server::engine(&file, Environment::Sandbox, &px.base).await
}

#[test]
fn what_is_changed_while_the_question_stands_is_not_placed_by_its_yes() {
    let (px, home, id) = accepted();
    let mut desk = Desk::open(&home, 120, 40);
    desk.shows("1 open").keys("\r").shows("Ready to complete").keys("\r").shows("Place this order now?");
    desk.shows("sales code ").shows("payment        no");
    amend(&home, &id);
    desk.keys("y").shows("the order has moved on: nothing was done");
    assert_eq!(px.ledger("T-1")["completesReceived"].as_u64().unwrap_or(0), 0);
    assert_eq!(home.show(&id)["state"], "accepted");
    // Asked again, it is asked about the order as it is now.
    desk.keys("\x1b").shows("1 open").keys("\r").shows("Ready to complete").keys("\r");
    desk.shows("Place this order now?").shows("yes, a token is sent").keys("y");
    desk.shows("the order is placed");
    assert_eq!(px.ledger("T-1")["completesApplied"], 1);
    home.verifies();
}

/// The change lands between the key and the intent: no desk could have seen it.
#[tokio::test]
async fn what_is_changed_after_the_key_is_refused_before_anything_is_written() {
    let (px, home, id) = accepted();
    let engine = engine(&px, &home).await;
    let id = OrderId::parse(&id).unwrap();
    let shown = engine.journal().load::<Order>(&id).await.unwrap().shown();
    amend(&home, id.as_str());
    let refused = engine.complete_shown(&id, shown).await;
    assert!(matches!(refused, Err(Error::Refusal(Refusal::ChangedSinceShown))), "{refused:?}");
    let now = engine.journal().load::<Order>(&id).await.unwrap();
    assert_eq!(
        (now.seq, now.shown().attempts),
        (shown.seq + 1, shown.attempts),
        "the correction, and no intent"
    );
    assert_eq!(px.ledger("T-1")["completesReceived"].as_u64().unwrap_or(0), 0);
    let done = Box::pin(engine.complete_shown(&id, now.shown())).await.unwrap();
    assert!(done.order.completion.is_some(), "{:?}", done.order.trouble);
    engine.journal().close().await;
}
