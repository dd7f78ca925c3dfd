//! Whole runs at the keyboard, from an empty home: what `cargo run --release` alone opens.

use crate::kit::{Home, Sandbox, order};
use crate::pty::Desk;
use rustix::process::Signal;
use serde_json::{Value, json};

/// Opens the practice order that nothing is wrong with, and retrieves its text.
fn retrieved(home: &Home) -> Desk {
    let mut desk = Desk::open(home, 80, 24);
    desk.shows("10 open").keys("/CLQ").keys("\x7f\x7f\x7f\r");
    // The freshest order with a known window is the plain one.
    let plain = plain_order(home);
    desk.keys("/")
        .keys(&plain)
        .keys("\r")
        .shows(&plain[..10])
        .keys("\r")
        .shows("1 Retrieve")
        .keys("\r")
        .shows("RCC text retrieved");
    desk
}

fn plain_order(home: &Home) -> String {
    let listed = home.run(&["order", "list", "--output", "json"]).with(0).json();
    let orders = listed.as_array().unwrap();
    let freshest = orders
        .iter()
        .filter(|o| o["window"]["known"] == true)
        .max_by_key(|o| o["window"]["preparedAt"].as_str().unwrap().to_owned());
    freshest.unwrap()["transactionId"].as_str().unwrap().to_owned()
}

fn complete(desk: &mut Desk) {
    desk.shows("Ready to complete").keys("\r").shows("Place this order now?").keys("y").shows("order number");
}

fn completed(home: &Home) -> Value {
    let listed = home.run(&["order", "list", "--state", "completed", "--output", "json"]).with(0).json();
    let id = listed[0]["id"].as_str().expect("one is completed").to_owned();
    home.show(&id)
}

#[test]
fn an_order_is_read_aloud_and_completed_at_the_keyboard() {
    let home = Home::empty();
    let mut desk = retrieved(&home);
    desk.keys("\r").shows("read this now");
    // A section that was marked too soon is marked again.
    for _ in 0..100 {
        if desk.text().contains("Every section was read") {
            break;
        }
        desk.keys(" ");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    desk.shows("Every section was read")
        .keys("\r")
        .shows("Who is on the phone?")
        .keys("\r")
        .shows("say yes?")
        .keys("y");
    complete(&mut desk);
    assert!(desk.keys("\x1b").shows("9 open").keys("q").ends());
    let order = completed(&home);
    assert_eq!(order["acceptance"]["method"], "verbal");
    assert!(
        order["reading"]["milliseconds"].as_array().unwrap().iter().all(Value::is_u64),
        "a time for every section"
    );
    assert_eq!(order["reading"]["how"], "timed");
    assert_eq!(order["acceptance"]["reading"]["how"], "timed");
    home.verifies();
}

/// What comes in one read with the key that opened a question was typed before anybody saw the question.
#[test]
fn a_yes_that_was_typed_ahead_is_none() {
    let home = Home::empty();
    let mut desk = retrieved(&home);
    desk.keys("\r").shows("read this now");
    desk.sends("dy").shows("Are you sure?");
    std::thread::sleep(std::time::Duration::from_millis(600));
    desk.shows("Are you sure?").keys("y").hides("Are you sure?").shows("declined");
}

#[test]
fn the_first_frame_can_be_clicked() {
    let home = Home::empty();
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows("10 open").sends("\x1b[<0;5;24M\x1b[<0;5;24m").shows("1 Retrieve");
}

/// Held down from the retrieved text on, at the usual limit.
#[test]
fn keys_held_down_read_nothing_and_accept_nothing() {
    let home = Home::empty();
    home.read_at_the_usual_pace();
    let mut desk = retrieved(&home);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while std::time::Instant::now() < until {
        desk.sends(" \r");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    std::thread::sleep(std::time::Duration::from_secs(1));
    desk.keys("\x1b").keys("q");
    let listed = home.run(&["order", "list", "--output", "json"]).with(0).json();
    let plain = plain_order(&home);
    let row = listed.as_array().unwrap().iter().find(|o| o["transactionId"] == plain.as_str()).unwrap();
    let order = home.show(row["id"].as_str().unwrap());
    let reading = &order["reading"];
    let read = reading["passages"].as_u64().unwrap_or(0) - reading["left"].as_u64().unwrap_or(0);
    assert!(read <= 1, "{reading}");
    assert_eq!(order["acceptance"], Value::Null);
    assert_eq!(order["attempts"].as_array().unwrap().len(), 1, "only the text was retrieved");
}

#[test]
fn an_order_is_sent_accepted_and_completed_at_the_keyboard() {
    for (key, method) in [("s", "sms"), ("e", "email")] {
        let home = Home::empty();
        let mut desk = retrieved(&home);
        desk.keys(key).shows("Send the RCC").keys("\r").shows("Waiting for the customer");
        // In place of a live customer.
        desk.keys("t").shows("accepts the text").keys("\r").shows("the customer accepted").keys("\x1b");
        desk.shows("Waiting for the customer").keys("\r");
        complete(&mut desk);
        assert_eq!(completed(&home)["acceptance"]["method"], method);
    }
}

#[test]
fn an_order_is_taken_in_by_pasting_its_json() {
    let home = Home::empty();
    let mut desk = Desk::open(&home, 100, 30);
    desk.shows("10 open").keys("n").shows("Transaction id");
    desk.keys(&format!("\x1b[200~{}\x1b[201~", order("pasted")))
        .shows("T-pasted")
        .keys("\x13")
        .shows("RCC text retrieved");
    let listed = home.run(&["order", "list", "--output", "json"]).with(0).json();
    assert!(listed.as_array().unwrap().iter().any(|o| o["transactionId"] == "T-pasted"));
}

#[test]
fn in_doubt_is_shown_and_locked() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = home.open(&order("1"));
    px.fault("complete_order", &json!({ "cut": "after" }));
    home.walk(&id).with(4);
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows("in doubt").keys("\r").shows("Locked").keys("\r\rypyv").shows("Locked");
    assert_eq!(px.ledger("T-1")["completesReceived"], 1);
}

/// Walks an order into doubt, by `fault`, and opens it at the desk when its quiet period is over.
fn rested(fault: &Value) -> (Sandbox, Home, Desk) {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    home.configure_also("[doubt]\nquiet_period = \"1s\"\n");
    px.fault("complete_order", fault);
    let id = home.open(&order("1"));
    home.walk(&id).with(4);
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows("in doubt").keys("\r").shows("p probes");
    // The engine goes by the machine's uptime, in whole seconds, and may be that much behind the desk's clock.
    std::thread::sleep(std::time::Duration::from_secs(1));
    (px, home, desk)
}

#[test]
fn in_doubt_is_probed_at_the_keyboard_and_inferred_from_2130() {
    let (px, home, mut desk) = rested(&json!({ "cut": "after" }));
    desk.keys("p").shows("Send the same request once more?").keys("y").shows("Completed, inferred");
    assert_eq!(completed(&home)["completion"]["basis"], "inferred");
    assert_eq!(
        (&px.ledger("T-1")["completesReceived"], &px.ledger("T-1")["completesApplied"]),
        (&json!(2), &json!(1))
    );
}

#[test]
fn in_doubt_is_settled_at_the_keyboard_by_what_the_carrier_says() {
    let (px, home, mut desk) = rested(&json!({ "cut": "before" }));
    desk.keys("v").shows("What does the carrier say?").keys("no\rTICKET-7\rAnn\r").shows("NOT placed?");
    desk.keys("y").shows("back where it was before");
    complete(&mut desk);
    let order = completed(&home);
    assert_eq!(
        (&order["verdicts"][0]["reference"], &order["completion"]["basis"]),
        (&json!("TICKET-7"), &json!("confirmed"))
    );
    assert_eq!(px.ledger("T-1")["completesApplied"], 1);
    home.verifies();
}

#[test]
fn the_desk_locks_itself_and_the_key_that_unlocks_does_nothing_else() {
    let home = Home::empty();
    home.configure("[desk]\nlock_after = \"2s\"\n");
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows("10 open").shows("This desk is locked.");
    assert!(!desk.text().contains("TX-"), "{}", desk.text());
    assert!(desk.keys("q").shows("10 open").keys("q").ends());
}

#[test]
fn hidden_characters_are_shown_and_nothing_is_interpreted() {
    let px = Sandbox::serve(&["--scenario", "hostile"]);
    let home = Home::at(&px.base);
    home.open(&order("1"));
    let mut desk = Desk::open(&home, 100, 40);
    desk.shows("T-1")
        .keys("\r")
        .shows("1 Retrieve")
        .keys("\r")
        .shows("RCC text retrieved")
        .keys("\r")
        .shows("read this now")
        .shows("Space");
    let text = desk.text();
    assert!(text.contains("U+202E") || text.contains("202E"), "{text}");
    assert!(!text.contains('\u{202e}') && !text.contains('\u{200b}') && text.contains("Space"), "{text}");
}

#[test]
fn signals_and_sizes_break_nothing() {
    let home = Home::empty();
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows("10 open").resize(20, 5).shows("pxdesk needs").resize(120, 40).shows("10 open");
    for (columns, rows) in [(1, 1), (59, 15), (200, 60), (80, 24)] {
        desk.resize(columns, rows);
    }
    desk.shows("10 open").signal(Signal::TERM);
    assert!(desk.ends(), "SIGTERM gives the terminal back");
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows("10 open").signal(Signal::HUP);
    desk.child.wait().unwrap();
    home.verifies();
}

/// A desk that has read a key: from then on crossterm listens for changes of size, too.
fn typed_at(home: &Home) -> Desk {
    let mut desk = Desk::open(home, 80, 24);
    desk.shows("10 open").keys("?").shows("Esc closes").keys("\x1b").shows("10 open");
    desk
}

#[test]
fn the_first_key_after_a_change_of_size_counts() {
    let home = Home::empty();
    let mut desk = typed_at(&home);
    for columns in [100, 90, 110, 80] {
        // One key comes when the frame of the new size is there, one right with its change of size.
        desk.resize(columns, 30).shows_up_to(columns).keys("?").shows("Esc closes");
        desk.resize(columns, 24).keys("\x1b").shows("10 open");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn after_a_change_of_size_and_a_key_an_idle_desk_rests() {
    let home = Home::empty();
    let mut desk = typed_at(&home);
    desk.resize(100, 30).shows_up_to(100).keys("?");
    let before = desk.ticks();
    std::thread::sleep(std::time::Duration::from_secs(1));
    let used = desk.ticks() - before;
    assert!(used < 25, "{used} hundredths of a second of the processor in a second");
}

#[test]
fn of_a_flood_of_keys_none_is_left_for_the_next_key() {
    let home = Home::empty();
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows("10 open").keys("/");
    // In one write, more than one read takes and one batch holds: a letter and its end again and again, then a word. What
    // means nothing here, a mouse button let go, comes first, so that reads and batches do not end together.
    for first in ["", "\x1b[<0;1;1m"] {
        let flood = format!("{first}{}zebra", "x\x7f".repeat(1200));
        desk.sends(&flood).shows("Filter zebra").keys(&"\x7f".repeat(5)).shows("10 shown · 10");
    }
}

#[test]
fn without_a_terminal_it_says_what_to_use_instead() {
    let home = Home::empty();
    let ran = home.run(&[]).with(2);
    assert!(ran.err.contains("needs a terminal") && ran.err.contains("order open"), "{ran:?}");
}

/// Another process completes the order that is on the screen, and is killed; then a command completes another one.
#[test]
fn an_open_order_follows_what_other_processes_do_with_it() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    home.reconfigure("complete_order = \"2s\"", "complete_order = \"20s\"");
    let walk = |id: &str, until: &str| {
        ["order", "walk", id, "--method", "verbal", "--read-and-accepted-by", "Ann", "--until", until]
            .map(str::to_owned)
    };
    let run = |args: &[String]| home.command(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let ids = ["1", "2"].map(|n| home.open(&order(n)));
    for id in &ids {
        assert!(run(&walk(id, "accepted")).status().unwrap().success());
    }
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows("2 open")
        .keys("/")
        .keys(&ids[0])
        .keys("\r")
        .shows(&ids[0])
        .keys("\r")
        .shows("Ready to complete");
    px.fault("complete_order", &json!({ "latencySeconds": 15 }));
    let mut other = run(&walk(&ids[0], "completed")).spawn().unwrap();
    desk.shows("Complete Order is in progress at r.diaz's desk");
    other.kill().unwrap();
    other.wait().unwrap();
    desk.shows("in doubt");
    desk.keys("\x1b")
        .shows("2 open")
        .keys("/")
        .keys(&"\x7f".repeat(10))
        .keys(&ids[1])
        .keys("\r")
        .shows(&ids[1]);
    desk.keys("\r").shows("Ready to complete");
    assert!(run(&walk(&ids[1], "completed")).status().unwrap().success());
    desk.shows("order number");
}
