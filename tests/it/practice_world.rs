//! What happens around a trainee, on their screen; that each screen says TRAINING; and a real run's report in a browser.

use crate::browser::{Browser, keep};
use crate::kit::{Home, has};
use crate::practice::{F5, grades};
use crate::pty::Desk;
use serde_json::Value;
use std::time::Duration;

/// Opens the order of a scenario, and retrieves its text.
fn retrieved(home: &Home, scenario: &str) -> Desk {
    let mut desk = Desk::run(home, &["practice", scenario], 80, 24);
    desk.shows("1 open").keys("\r").shows("Enter retrieves the RCC text").keys("\r");
    desk
}

/// How many minutes the screen says are left.
pub fn left(desk: &Desk) -> i64 {
    let text = desk.text();
    let (before, _) = text.split_once(" min left").unwrap();
    before.split_whitespace().next_back().unwrap().parse().unwrap()
}

#[test]
fn a_fault_of_the_server_a_customer_who_answers_and_one_who_is_not_asked() {
    let home = Home::empty();
    let mut desk = retrieved(&home, "sales-code");
    desk.shows("Px refused Retrieve RCC").shows("Customer: “Hello?”");
    desk.keys("\x1bOR").shows("Customer: “It's on my paperwork: the code is CLQ4472.”");
    desk.keys("\x1bOS").shows("Carrier: “");
    assert!(desk.keys("\x1b").shows("1 needs you").keys("q").shows("End the run now?").keys("y").ends());
}

#[test]
fn a_customer_hangs_up_and_is_back() {
    let home = Home::empty();
    let file = home.path().join("away.toml");
    let text = include_str!("../../assets/scenarios/hangs-up.toml");
    let text = text.replace("\"hangs-up\"", "\"away\"").replace("for_seconds = 45", "for_seconds = 3");
    std::fs::write(&file, text.replace("\"section 3\"", "\"retrieved\"")).unwrap();
    let mut desk = retrieved(&home, file.to_str().unwrap());
    desk.shows("the customer is not on the line").keys("\x1bOR").shows("(Nobody answers.)");
    desk.hides("not on the line");
    assert!(desk.keys("\x1b").shows("1 open").keys("q").shows("End the run now?").keys("y").ends());
}

#[test]
fn the_clock_jumps_and_the_window_with_it() {
    let home = Home::empty();
    let mut desk = retrieved(&home, "clock-jumps");
    desk.shows("Px clock +").shows("Px's clock moved on by").shows(" min left");
    assert!((5..=9).contains(&left(&desk)), "{}", desk.text());
    assert!(desk.keys("\x1b").shows("1 open").keys("q").shows("End the run now?").keys("y").ends());
}

/// Goes through screens by these keys; each shows what is said, and TRAINING.
fn tour(desk: &mut Desk, steps: &[(&str, &str)]) {
    for (keys, shown) in steps {
        desk.keys(keys);
        if *keys == "\x1b" {
            // A key that comes at once after it would be one with Alt, and the words may stand on the screen already.
            std::thread::sleep(Duration::from_millis(150));
        }
        desk.shows(shown).shows("TRAINING");
    }
}

/// Makes the terminal too small, and as large as before.
fn small(desk: &mut Desk, shown: &str) {
    desk.resize(40, 10).shows("pxdesk needs 60×15").shows("TRAINING");
    desk.resize(80, 24).hides("pxdesk needs").shows(shown);
}

/// What can be laid over any screen.
const OVER: [(&str, &str); 6] = [
    ("?", "Keys on this screen"),
    ("\x1b", "open"),
    (":", "Esc"),
    ("\x1b", "open"),
    ("\x0c", "locked"),
    ("x", "open"),
];

#[test]
fn every_screen_of_a_run_says_training() {
    let home = Home::empty();
    let mut desk = Desk::run(&home, &["practice", "transaction-ended"], 80, 24);
    tour(&mut desk, &[("", "1 open")]);
    tour(&mut desk, &OVER);
    tour(
        &mut desk,
        &[
            ("s", "stalled"),
            ("\x1b", "1 open"),
            ("d", "r reads the figures again"),
            ("\x1b", "1 open"),
            ("n", "Esc"),
            ("\x1b", "1 open"),
            ("\r", "Enter retrieves"),
            ("h", "History"),
            ("\x1b", "Enter retrieves"),
            ("\r", "2070"),
            ("X", "Fill in"),
            ("prepared again\r", "The run is over"),
            (F5, "STEPS"),
        ],
    );
    small(&mut desk, "STEPS");
    assert!(desk.keys("q").ends());
}

#[test]
fn every_screen_of_the_embedded_desk_says_training() {
    let home = Home::empty();
    let mut desk = Desk::open(&home, 80, 24);
    tour(&mut desk, &[("", "10 open"), ("d", "r reads the figures again"), ("\x1b", "10 open")]);
    tour(&mut desk, &OVER);
    tour(
        &mut desk,
        &[
            ("t", "TRAINING"),
            ("\x1b", "10 open"),
            ("s", "stalled"),
            ("\x1b", "10 open"),
            ("n", "Esc"),
            ("\x1b", "10 open"),
            ("\r", "Esc back"),
            ("h", "History"),
            ("\x1b", "Esc back"),
            ("\x1b", "10 open"),
            ("2", "Subscriptions"),
            ("3", "Applications"),
            ("1", "10 open"),
        ],
    );
    small(&mut desk, "10 open");
    assert!(desk.keys("q").ends());
}

#[test]
fn every_screen_of_the_trainer_says_training() {
    let home = Home::empty();
    let mut desk = Desk::run(&home, &["trainer"], 80, 24);
    tour(
        &mut desk,
        &[
            ("", "[Trainees 0]"),
            ("\t", "[Customer]"),
            ("\t", "[Clock]"),
            ("\t", "[Server]"),
            ("\t", "[Trainees 0]"),
            ("?", "Keys on this screen"),
            ("\x1b", "[Trainees 0]"),
            ("\x0c", "locked"),
            ("x", "[Trainees 0]"),
        ],
    );
    small(&mut desk, "[Trainees 0]");
    assert!(desk.keys("q").ends());
}

#[test]
fn the_page_of_a_real_run_in_a_browser() {
    if !has("chromium") || !has("chromedriver") {
        return;
    }
    let home = Home::empty();
    let mut desk = retrieved(&home, "transaction-ended");
    desk.shows("2070").keys("X").shows("Fill in").keys("prepared again\r").shows("The run is over");
    assert!(desk.keys(F5).shows("STEPS").keys("q").ends());
    let runs = grades(&home);
    let file = home.path().join("report.html");
    let run = runs[0]["id"].as_str().unwrap();
    home.run(&["grades", "show", run, "--html", file.to_str().unwrap()]).with(0);
    let Some(browser) = Browser::open() else { return };
    browser.go(&format!("file://{}", file.display()));
    assert_eq!(browser.script("return document.title"), "r.diaz: The transaction has ended");
    assert_eq!(browser.text("h1"), "The transaction has ended");
    let page = browser.text("body");
    for text in
        ["100", "retrieve the RCC", "abandon", "It is prepared again", run, "Coverage of r.diaz", "2070"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    let fits = "return document.documentElement.scrollWidth <= innerWidth";
    for width in [1280, 390] {
        browser.resize(width, 900);
        assert_eq!(browser.script(fits), Value::Bool(true), "at {width}");
        keep(&format!("practice-report-{width}.png"), &browser.screenshot_whole());
    }
    keep("practice-report.pdf", &browser.print());
}
