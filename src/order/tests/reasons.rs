//! A reason is kept in clear and outlives an erasure: the customer does not stand in it.

use super::*;

const SAID: &str = "Wilhelmina Strauss, 303-555-0123, WS@mail.example, 12 Elm St, hung up; ref TKT-7";

fn of_strauss() -> Desk {
    let mut desk = Desk::open();
    desk.order.customer = serde_json::from_value(serde_json::json!({
        "name": "Wilhelmina Strauss", "phone": "+13035550123", "email": "ws@mail.example", "address": "12 Elm St, Denver",
    }))
    .unwrap();
    desk
}

fn is_without_customer(reason: &str) -> bool {
    let gone = ["Wilhelmina", "Strauss", "555", "mail.example", "WS@", "Elm"];
    gone.iter().all(|part| !reason.contains(part)) && reason.ends_with("hung up; ref TKT-7")
}

#[test]
fn no_reason_names_the_customer_of_its_order() {
    let reason = || SAID.to_owned();
    let desk = of_strauss();
    let mut held = of_strauss();
    held.retrieved(&["one"]).read_and_accepted().completing();
    let row = remedy::all()
        .iter()
        .find(|remedy| remedy.reopens == Reopens::Release && remedy.call == Call::CompleteOrder);
    held.ends(refusal_of(&row.unwrap().id));
    let commands = [
        (&desk, Command::Abandon { reason: reason() }),
        (&desk, Command::Erase { reason: reason() }),
        (&held, Command::Release { reason: reason() }),
    ];
    for (desk, command) in commands {
        let events = decide(&desk.order, command.clone(), desk.now).unwrap();
        let [Event::Abandoned { reason } | Event::Erased { reason } | Event::Released { reason }] =
            &events[..]
        else {
            panic!("{events:?}")
        };
        assert!(is_without_customer(reason), "{command:?}: {reason}");
    }
    assert!(is_without_customer(&without_customer(reason(), &desk.order.customer)));
}
