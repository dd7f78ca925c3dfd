//! The tour of the first order, as somebody has it who starts the program for the first time.

use crate::kit::{Home, Sandbox};
use crate::pty::Desk;

const F2: &str = "\x1bOQ";
const OFFER: &str = "First time here? F2 shows you around in seven steps";

/// Where the home remembers that the tour was offered.
fn remembered(home: &Home) -> bool {
    home.path().join(".local/state/pxdesk/tour-offered").exists()
}

/// Goes to the order that the tour names, by the arrows that it names.
fn choose(desk: &mut Desk) {
    let shown = desk.text();
    let (_, words) = shown.split_once("Step 1 of 7 · Choose ").expect("it names an order");
    let name = words.split_whitespace().next().unwrap();
    let row = |has: &dyn Fn(&str) -> bool| shown.lines().position(has).unwrap();
    let (from, to) = (row(&|line| line.starts_with('▸')), row(&|line| line.contains(name)));
    let arrow = if from < to { "\x1b[B" } else { "\x1b[A" };
    desk.sends(&arrow.repeat(from.abs_diff(to)));
}

#[test]
fn following_its_words_completes_an_order() {
    let home = Home::empty();
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows(OFFER).shows("10 open").keys(F2).shows("Step 1 of 7 · Choose TX-");
    choose(&mut desk);
    desk.shows("Step 1 of 7 · Press Enter to open TX-").keys("\r");
    desk.shows("Step 2 of 7 · Press Enter to retrieve the RCC text").keys("\r");
    desk.shows("Step 3 of 7 · Press Enter to read the text aloud").keys("\r");
    desk.shows("Step 4 of 7 · Read this section aloud, then press Space. It is timed.");
    assert!(
        desk.text().contains("days before it") && desk.text().contains("▌ does."),
        "the section to its end: {}",
        desk.text()
    );
    // Wandering off, and back.
    desk.keys("\x1b").shows("Step 4 of 7 · Press Enter to open TX-").keys("\r");
    desk.shows("Step 3 of 7 · Press Enter to read the text aloud")
        .keys("\r")
        .shows("Step 4 of 7 · Read this");
    for _ in 0..30 {
        if desk.text().contains("Step 5 of 7") {
            break;
        }
        // Too soon for one of them, it says so, and is pressed again.
        desk.keys(" ");
    }
    desk.shows("Step 5 of 7 · Ask \"Do you accept?\" Press Enter").keys("\r");
    desk.shows("Step 5 of 7 · Check the name, and press Enter.").keys("\r");
    desk.shows("Step 5 of 7 · Press y").keys("y");
    desk.shows("Step 6 of 7 · Press Enter to complete the order.").keys("\r");
    desk.shows("Step 6 of 7 · Press y to place the order.").keys("y");
    desk.shows("Step 7 of 7 · Done")
        .shows("order number")
        .keys("?")
        .shows("Step 7 of 7 · Press Esc")
        .keys("\x1b");
    desk.shows("Step 7 of 7 · Done").keys("\x1b").shows("The tour is over").shows("9 open");
    assert!(!desk.text().contains("Step "), "{}", desk.text());
    assert!(desk.keys("q").ends());
    let listed = home.run(&["order", "list", "--state", "completed", "--output", "json"]).with(0).json();
    let order = home.show(listed[0]["id"].as_str().unwrap());
    assert_eq!(order["acceptance"]["method"], "verbal");
    home.verifies();

    let mut desk = Desk::open(&home, 80, 24);
    desk.shows("9 open");
    assert!(remembered(&home) && !desk.text().contains(OFFER), "offered once: {}", desk.text());
    desk.keys(F2).shows("Step 1 of 7").keys(F2).shows("The tour is over").keys("q");
    assert!(desk.ends());
}

#[test]
fn any_other_key_goes_on_without_it_and_it_is_not_offered_again() {
    let home = Home::empty();
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows(OFFER).keys("d").shows("r reads the figures again");
    assert!(!desk.text().contains(OFFER), "{}", desk.text());
    // Begun all the same, and skipped in the middle.
    desk.keys(F2).shows("Step 1 of 7 · Press Esc to go back").keys("\x1b").shows("Step 1 of 7 · Choose");
    choose(&mut desk);
    desk.shows("Press Enter to open")
        .keys("\r")
        .shows("Step 2 of 7")
        .keys(F2)
        .shows("Enter retrieves the RCC text");
    desk.shows("The tour is over");
    assert!(!desk.text().contains("Step 2"), "{}", desk.text());
    desk.keys("\r").shows("RCC text retrieved").keys("\x1b").shows("10 open");
    assert!(desk.keys("q").ends());
    let mut desk = Desk::open(&home, 120, 40);
    desk.shows("10 open");
    assert!(!desk.text().contains(OFFER), "{}", desk.text());
}

#[test]
fn it_is_never_offered_away_from_practice() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let mut desk = Desk::open(&home, 80, 24);
    desk.shows("n adds the first order").keys(F2).keys("s").shows("Nothing to do here");
    assert!(!desk.text().contains("First time") && !desk.text().contains("Step"), "{}", desk.text());
    assert!(!remembered(&home));
}
