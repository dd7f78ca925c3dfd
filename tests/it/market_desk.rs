//! The marketplace's desk at the keyboard, from an empty home.

use crate::kit::Home;
use crate::pty::Desk;
use serde_json::Value;

/// The marketplace's desk of a new home, as it opens.
fn opened(home: &Home) -> Desk {
    let mut desk = Desk::open(home, 80, 24);
    desk.shows("10 open").shows("[1] orders").keys("2").shows("[Requests 1]").shows("[2] marketplace");
    desk
}

fn listed(home: &Home) -> Vec<Value> {
    home.run(&["market", "list", "--output", "json"]).with(0).json().as_array().unwrap().clone()
}

/// The bill month, as the desk and the command line see it; and whether usage may be sent now.
fn bill(home: &Home) -> (String, bool) {
    let closing = home.run(&["market", "closing", "--output", "json"]);
    let closing = closing.json();
    (closing["bill"].as_str().unwrap().to_owned(), closing["closed"] == false)
}

/// Adds usage by hand to the subscription in front; it is read back first.
fn adds_usage(desk: &mut Desk) {
    desk.keys("u").shows("Add usage by hand").keys("100.5\x13");
    desk.shows("Add this usage?").keys("y").shows("Added 100.5 of PRACTICE-STORAGE");
}

#[test]
fn a_subscription_is_answered_billed_reported_and_ended_at_the_keyboard() {
    let home = Home::empty();
    let mut desk = opened(&home);
    // Answered: by a person, as a deploy is that nobody else answers.
    desk.shows("waits").keys("\r").shows("What is the buyer told?").shows("Tanaka Studio");
    desk.keys("C-77\x13").shows("Give this customer id?").keys("y").shows("the customer is C-77");
    // Billed.
    desk.keys("s").shows("[Subscriptions 3]").keys("/").keys("C-77\r").shows("1 shown of 3");
    desk.keys("\r")
        .shows("Start billing?")
        .shows("PRACTICE-STORAGE")
        .keys("y")
        .shows("carried out (HTTP 200)");
    // Used.
    adds_usage(&mut desk);
    let (month, is_open) = bill(&home);
    // Previewed; and before that somebody says who reports.
    desk.keys("m").shows("1 to send").keys("p").shows("From which month on");
    desk.keys(&month)
        .keys("\rAnn\r")
        .shows("This journal reports from")
        .keys("p")
        .shows("This would be sent");
    desk.shows("1 × PRACTICE-STORAGE: 100.5 GB").shows(&format!("on the bill of {month}"));
    if is_open {
        desk.keys("S").shows("Type the month").keys("2026\r").shows("Esc goes back, and").keys("\x15");
        desk.keys(&month)
            .keys("\r")
            .shows("1 of 1, ended")
            .shows("1 reported")
            .keys("\x1b")
            .shows("✓ reported");
    } else {
        desk.shows("nothing is sent").keys("\x1b");
    }
    // Ended.
    desk.keys("s").shows("1 shown of 3").keys("e").shows("End this subscription?").shows("goes on");
    desk.keys("y").shows("End of PRACTICE-STORAGE: carried out").shows("– ended");
    desk.keys("h").shows("History").keys("\x1b[6~").shows("call done").keys("\x1b").shows("1 shown of 3");
    // And back to the orders, which wait where they were left.
    assert!(desk.keys("\x1b").shows("[Subscriptions 3]").keys("1").shows("10 open").keys("q").ends());
    let ours: Vec<Value> = listed(&home).into_iter().filter(|row| row["customerId"] == "C-77").collect();
    assert_eq!((ours.len(), &ours[0]["state"]), (1, &Value::from("ended")));
    if is_open {
        let sent =
            home.run(&["market", "usage", "list", "--month", &month, "--output", "json"]).with(0).json();
        assert_eq!(
            (&sent[0]["state"], &sent[0]["amount"]),
            (&Value::from("reported"), &Value::from("100.5"))
        );
    }
    home.verifies();
}

#[test]
fn what_another_process_writes_is_soon_on_the_screen() {
    let home = Home::empty();
    let mut desk = opened(&home);
    desk.shows("waits").keys("s").shows("[Subscriptions 3]");
    let list = listed(&home);
    let waiting = list.iter().find(|row| row["state"] == "requested").unwrap();
    let id = waiting["provisioningId"].as_str().unwrap();
    // Not a key is pressed, and the next full minute may be far.
    std::thread::sleep(std::time::Duration::from_secs(3));
    home.run(&["market", "provision", id, "--customer-id", "C-ELSEWHERE"]).with(0);
    let written = std::time::Instant::now();
    desk.shows("C-ELSEWHERE");
    assert!(written.elapsed().as_secs() < 8, "not at the next full minute: {:?}", written.elapsed());
    assert!(desk.keys("1").shows("10 open").keys("q").ends());
}

/// The desk with a subscription of the customer C-77, chosen, of which nothing is billed.
fn answered(home: &Home) -> Desk {
    let mut desk = opened(home);
    desk.shows("waits").keys("\r").shows("What is the buyer told?").keys("C-77\x13");
    desk.shows("Give this customer id?").keys("y").shows("the customer is C-77");
    desk.keys("s").shows("[Subscriptions 3]").keys("/").keys("C-77\r").shows("1 shown of 3");
    desk
}

/// Sends what waits for the month, once its preview shows `what`.
fn sends(desk: &mut Desk, month: &str, what: &str) {
    desk.keys("p").shows("This would be sent").shows(what).keys("S").shows("Type the month");
    desk.keys(month).keys("\r").shows("1 of 1, ended").shows("1 reported").keys("\x1b").shows("✓ reported");
}

#[test]
fn usage_that_comes_late_and_more_of_a_reported_month_are_added_at_the_keyboard() {
    let home = Home::empty();
    let mut desk = answered(&home);
    desk.keys("b").shows("Start billing?").keys("y").shows("carried out (HTTP 200)");
    // The portal moved a date; a SKU that is none is refused where it was typed.
    desk.keys("n").shows("New billing date").keys("\t\t\t2031-05-01\rSTORAGE\r");
    desk.shows("has no SKU STORAGE; type").keys("\x15").keys("PRACTICE-STORAGE\r").shows("Written down.");
    desk.keys("h").shows("PRACTICE-STORAGE to 2031-05-01").keys("\x1b").shows("1 shown of 3");
    adds_usage(&mut desk);
    let (month, is_open) = bill(&home);
    desk.keys("m").shows("1 to send").keys("p").shows("From which month on");
    desk.keys(&month).keys("\rAnn\r").shows("This journal reports from");
    if is_open {
        sends(&mut desk, &month, "1 × PRACTICE-STORAGE: 100.5 GB");
        // Late: the journal asks why, and nothing is taken in before.
        desk.keys("u")
            .shows("Add usage by hand")
            .keys("5\x13")
            .shows("Add this usage?")
            .keys("y")
            .shows("The month was reported.");
        desk.keys("\x13").shows("× is required").keys("a log was lost\rAnn\r").shows("Added 5 of");
        desk.shows("1 to send");
        sends(&mut desk, &month, "1 × PRACTICE-STORAGE: 5 GB");
        // More: read back with its sum, and recorded on a deliberate key alone.
        desk.keys("+").shows("Report more for a month").keys("0\x13").shows("type").keys("\x15");
        desk.keys("20\ra second log\rAnn\r").shows("Add this to what was reported?");
        desk.shows("105.5").shows("125.5").keys("y").shows("as supplement 2").shows("1 to send");
        sends(&mut desk, &month, "1 × PRACTICE-STORAGE: 20 GB");
        let sent = home.run(&["market", "usage", "list", "--month", &month, "--output", "json"]).with(0);
        let sent: Vec<_> = sent.json().as_array().unwrap().iter().map(|it| it["amount"].clone()).collect();
        assert_eq!(sent, ["100.5", "5", "20"]);
    }
    assert!(desk.keys("q").ends());
    home.verifies();
}

#[test]
fn a_trainer_makes_calls_of_the_embedded_marketplace_fail_until_that_is_taken_back() {
    let home = Home::empty();
    let mut desk = answered(&home);
    desk.keys("t").shows("the embedded marketplace").shows("▸ Start billing");
    desk.keys("\r").shows("REFUSALS").shows("Right move").keys("u");
    desk.shows("✓ Every Start billing is refused with HTTP 400: no such SKU");
    // Behind it, another one would never be met.
    desk.keys("\r").shows("every such call fails already").keys("\x1b").shows("MARKETPLACE").keys("\x1b");
    desk.shows("1 shown of 3").keys("b").shows("Start billing?").keys("y").shows("refused with HTTP 400");
    // It lasts, also beyond the desk.
    assert!(desk.keys("q").ends());
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows("10 open").keys("2").shows("[Subscriptions 3]").keys("/").keys("C-77\r").shows("1 shown of 3");
    desk.keys("b").shows("Start billing?").keys("y").shows("refused with HTTP 400");
    desk.keys("t").shows("▸ Start billing").keys("x").shows("Calls work again").keys("\x1b");
    desk.shows("1 shown of 3").keys("b").shows("Start billing?").keys("y").shows("carried out (HTTP 200)");
    assert!(desk.keys("q").ends());
    home.verifies();
}

#[test]
fn practice_deploys_arrive_once_and_more_of_them_by_a_key() {
    let home = Home::empty();
    let mut desk = opened(&home);
    desk.keys("s").shows("[Subscriptions 3]").shows("C-2").keys("r").keys("a").shows("has arrived");
    desk.shows("[Requests 2]").shows("Subscriptions 4");
    // Refused: the buyer's sentence is read back first.
    desk.keys("\r").shows("What is the buyer told?").keys("\tNo seats left.\r").shows("The buyer sees:");
    desk.shows("No seats left.").keys("y").shows("Refused.").keys("q");
    assert!(desk.ends());
    let states = |state: &str| listed(&home).iter().filter(|row| row["state"] == state).count();
    assert_eq!((listed(&home).len(), states("rejected"), states("requested")), (4, 1, 1));
    // They are there now: none arrives by itself any more.
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows("10 open").keys("2").shows("Subscriptions 4").keys("q");
    assert!(desk.ends());
}

#[test]
fn digits_that_are_typed_switch_no_desk_and_nothing_is_read_before_it_is_opened() {
    let home = Home::empty();
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows("10 open").keys("/").keys("2").shows("Filter 2").keys("\x1b").shows("need you");
    assert!(desk.keys("q").ends());
    assert!(listed(&home).is_empty(), "no deploy arrives at a desk that nobody opens");
    let mut desk = opened(&home);
    desk.keys("s")
        .keys("/")
        .keys("1")
        .shows("Filter 1")
        .keys("\r")
        .shows("Esc")
        .keys("\x1b")
        .shows("[Subscriptions 3]");
    desk.keys("\x10")
        .shows("Commands")
        .keys("go to orders")
        .shows("Go to orders.")
        .keys("\r")
        .shows("10 open");
    desk.keys("\x10").keys("go to the market\r").shows("[2] marketplace").keys("q");
    assert!(desk.ends());
}

#[test]
fn the_commands_that_the_help_shows_work() {
    let home = Home::empty();
    let help = home.run(&["help", "marketplace"]).with(0).out;
    let shown: Vec<&str> = help.lines().filter_map(|line| line.strip_prefix("    pxdesk market ")).collect();
    assert!(shown.len() >= 4, "{help}");
    for command in shown {
        let args: Vec<&str> = std::iter::once("market").chain(command.split_whitespace()).collect();
        let ran = home.run(&args);
        assert!(ran.status == 0 || (ran.status, command) == (8, "closing"), "{ran:?}");
    }
}
