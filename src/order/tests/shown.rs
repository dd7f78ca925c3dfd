//! A yes is to the order as it was shown, and to no other.

use super::*;

fn complete(shown: Shown, owner: &str) -> Command {
    let sender = Sender { owner: owner.into(), ..sender() };
    Command::AsShown { shown, command: Box::new(Command::BeginComplete { sender, room: ROOM }) }
}

fn accepted() -> Desk {
    let mut desk = Desk::open();
    desk.retrieved(&["one"]).read_and_accepted();
    desk
}

#[test]
fn a_yes_to_the_order_as_it_was_places_no_other_one() {
    let changes = [
        Command::Amend(Amendment { sales_code: Some(SalesCode::new("S2").unwrap()), ..Amendment::default() }),
        Command::Amend(Amendment { payment_token: Some(Secret::new("tok")), ..Amendment::default() }),
        Command::Note { text: Personal::new("do not place it: they called back") },
        Command::Assign { to: "b.lee".into() },
    ];
    for change in changes {
        let mut desk = accepted();
        let shown = desk.order.shown();
        assert!(decide(&desk.order, complete(shown, "desk-1"), desk.now).is_ok());
        desk.does(change.clone());
        assert_eq!(desk.try_do(complete(shown, "desk-1")), Err(Refusal::ChangedSinceShown), "{change:?}");
        let now = desk.order.shown();
        assert_eq!(desk.try_do(complete(now, "desk-1")), Ok(1), "once it was looked at again");
    }
}

/// The gateway refused the token, and the same process asks once more with a new one: that is the same yes.
#[test]
fn a_second_try_with_a_new_token_is_the_same_yes_unless_anything_else_happened() {
    let turned_away = || Outcome::Failed(Failure::Credentials("401".into()));
    let mut desk = accepted();
    let shown = desk.order.shown();
    desk.does(complete(shown, "desk-1")).ends(turned_away());
    assert_eq!(desk.order.seq, shown.seq + 2);
    let tried =
        |desk: &Desk, owner| decide(&desk.order, complete(shown, owner), desk.now).map(|all| all.len());
    assert_eq!(tried(&desk, "desk-1"), Ok(1));
    assert_eq!(tried(&desk, "desk-2"), Err(Refusal::ChangedSinceShown), "nobody else's first try");
    let mut amended = Desk { order: desk.order.clone(), ..desk };
    amended.amends_token();
    assert_eq!(tried(&amended, "desk-1"), Err(Refusal::ChangedSinceShown), "changed between the two");
    // A call that may have been carried out is no first try.
    let mut desk = accepted();
    let shown = desk.order.shown();
    desk.does(complete(shown, "desk-1")).ends(unknown());
    assert!(decide(&desk.order, complete(shown, "desk-1"), desk.now).is_err());
}
