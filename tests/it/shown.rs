//! A yes at the desk is to the order as it was shown: what somebody changes meanwhile is not placed with it.

use crate::kit::{Home, Sandbox, order};
use crate::pty::Desk;
use crate::server;
use pxdesk::engine::{Engine, Error, Plan, Step, Until};
use pxdesk::order::{Call, Contact, Environment, Method, Order, OrderId, Pauses, Phone, Refusal};

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
    desk.shows("The order is placed");
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

/// Px may have another text for another address.
#[test]
fn amending_an_accepted_order_says_which_text_was_accepted() {
    let (_px, home, id) = accepted();
    let amended = home.run_with(&["order", "amend", &id, "--payment-token-from-stdin"], "tok\n").with(0);
    assert_eq!(amended.err, "", "the text is not about that");
    let amended = home.run(&["order", "amend", &id, "--address-detail-id", "A-2"]).with(0);
    assert!(amended.err.contains("the customer accepted the text that was retrieved before"), "{amended:?}");
}

/// A walk by SMS, as far as `until`.
fn by_sms(until: Until) -> Plan {
    let second = jiff::SignedDuration::from_secs(1);
    Plan {
        method: Method::Sms,
        until,
        to: Some(Contact::Sms(Phone::new("3035550123").unwrap())),
        accepted_by: None,
        take_over: false,
        pauses: Pauses { first: second, longest: second, give_up_after: second },
    }
}

/// The second walk does its step just when the first one has decided on the same.
#[tokio::test]
async fn of_two_walks_at_once_one_sends_the_text() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = home.open(&order("1"));
    let engine = engine(&px, &home).await;
    let mut steps = Vec::new();
    let mut meanwhile = |step| {
        if step == Step::Calling(Call::SendRcc) {
            let walk =
                ["order", "walk", &id, "--method", "sms", "--to", "3035550123", "--until", "delivered"];
            home.run(&walk).with(0);
        }
        steps.push(step);
    };
    let id = OrderId::parse(&id).unwrap();
    let walked = Box::pin(engine.walk(&id, &by_sms(Until::Delivered), &mut meanwhile)).await.unwrap().order();
    assert!(walked.delivery().is_some());
    assert_eq!(steps, [Step::Calling(Call::RetrieveRcc), Step::Calling(Call::SendRcc)]);
    assert_eq!(px.ledger("T-1")["sendsReceived"], 1);
    engine.journal().close().await;
    home.verifies();
}

/// What does not change what is to be done only makes the walk look again.
#[tokio::test]
async fn a_walk_goes_on_after_a_note_that_came_between() {
    let (px, home, id) = accepted();
    let engine = engine(&px, &home).await;
    let mut noted = false;
    let mut meanwhile = |step| {
        if step == Step::Calling(Call::CompleteOrder) && !std::mem::replace(&mut noted, true) {
            home.run(&["order", "note", &id, "they called back"]).with(0);
        }
    };
    let id = OrderId::parse(&id).unwrap();
    let walked = Box::pin(engine.walk(&id, &by_sms(Until::Completed), &mut meanwhile)).await.unwrap().order();
    assert!(walked.completion.is_some(), "{:?}", walked.trouble);
    assert_eq!(px.ledger("T-1")["completesReceived"], 1);
    engine.journal().close().await;
}
