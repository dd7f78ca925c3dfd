//! A supervisor at the desk: the real program on a real journal, at the keyboard.

use crate::kit::{Home, Sandbox, order};
use crate::pty::Desk;
use serde_json::{Value, json};

/// Orders that another agent's desk left standing: some without an answer, one refused for good, one in doubt.
fn floor() -> (Sandbox, Home) {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let faults = [
        ("retrieve_rcc", json!({ "cut": "after" })),
        ("retrieve_rcc", json!({ "cut": "after" })),
        ("retrieve_rcc", json!({ "cut": "before" })),
        ("retrieve_rcc", json!({ "row": "2000" })),
        ("complete_order", json!({ "cut": "after" })),
    ];
    for (n, (call, fault)) in faults.into_iter().enumerate() {
        px.fault(call, &fault);
        let add = home.run_with_agent(
            "j.lee",
            &["order", "open", "--json", "-"],
            &order(&n.to_string()).to_string(),
        );
        let id = add.with(0).out.trim().to_owned();
        let walk = ["order", "walk", &id, "--method", "verbal", "--read-and-accepted-by", "Ann Okafor"];
        home.run_with_agent("j.lee", &walk, "");
        // They have gone home: nobody is at work on it.
        home.run(&["order", "assign", &id, "--to", "a.kim"]).with(0);
    }
    (px, home)
}

fn all(home: &Home) -> Vec<Value> {
    home.run(&["order", "list", "--output", "json"]).with(0).json().as_array().unwrap().clone()
}

fn how_many(orders: &[Value], state: &str) -> usize {
    orders.iter().filter(|order| order["state"] == state).count()
}

#[test]
fn a_bulk_retry_at_the_desk_retries_exactly_the_safe_ones_and_the_rest_is_given_away() {
    let (px, home) = floor();
    let mut desk = Desk::open(&home, 140, 40);
    desk.shows("5 open").keys("s").shows("5 orders, 3 causes").shows("Assigned to");
    desk.keys("A").shows("3 to send, 2 left out").shows("dangerous").keys("y").shows("3 of 3 moved on");
    desk.shows("2 orders, 2 causes").keys("h").shows("Results of the batch   3 of 3").keys("\x1b");
    // What is left is nobody's to retry: it is given to an agent, with a note.
    desk.shows("2 orders, 2 causes").keys("\x1b[H*").keys("jj*").shows("2 marked");
    desk.keys("G").shows("Assign to an agent").keys("k.ono\r").shows("2 of 2 assigned");
    let orders = all(&home);
    assert_eq!((how_many(&orders, "rcc_retrieved"), how_many(&orders, "in_doubt")), (3, 1), "{orders:?}");
    let of_ono = orders.iter().filter(|order| order["agent"] == "k.ono").count();
    assert_eq!(of_ono, 2, "{orders:?}");
    assert_eq!(px.ledger("T-4")["completesReceived"], 1, "nothing dangerous was sent again");
    home.verifies();
}

#[test]
fn a_customer_who_phones_back_is_found_by_their_number_and_the_day_is_seen() {
    let (_px, home) = floor();
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows("5 open").keys("/(303) 555-0123").shows("5 shown · 5 open");
    desk.keys("9").shows("No order matches").keys("\x1b").shows("need you");
    desk.keys("d").shows("The day at a glance   5 orders").shows("in doubt").keys("\x1b").shows("need you");
}
