//! `practice` alone: a run at the desk from its first key to its report; where it is refused; and that nothing of it is left.

use crate::keyring::Bus;
use crate::kit::{Home, order};
use crate::pty::{Desk, send};
use rustix::process::Signal;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub const F5: &str = "\x1b[15~";
const PRODUCTION: &str =
    "[environments.production]\nbase_url = \"https://px.example\"\ntoken_url = \"https://px.example/t\"\n";

/// The runs that the home's journal of practice has, the latest first.
pub fn grades(home: &Home) -> Vec<Value> {
    let listed = home.run(&["grades", "--output", "json"]).with(0).json();
    listed.as_array().unwrap().clone()
}

/// A run of the home's, in full.
pub fn graded(home: &Home, run: &Value) -> Value {
    home.run(&["grades", "show", run["id"].as_str().unwrap(), "--output", "json"]).with(0).json()
}

/// What lies below a folder, but in those named `training`: each file with its content.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != "training" {
            all.append(&mut contents(&path));
        } else if path.is_file() {
            all.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    all
}

/// What runs have left beside the journal of practice.
fn worlds(home: &Home) -> Vec<String> {
    let folder = home.path().join(".local/share/pxdesk/training");
    let names = std::fs::read_dir(folder).into_iter().flatten();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("run-")).collect()
}

/// Walks `transaction-ended` to its end.
fn walk(desk: &mut Desk) {
    desk.shows("The transaction has ended").shows("Customer: “Hello?”").shows("1 open").keys("\r");
    desk.shows("Enter retrieves the RCC text").keys("\r").shows("2070").keys("X");
    desk.shows("Fill in").keys("prepared again").keys("\r").shows("The run is over: 100 of 100 points");
}

#[test]
fn a_run_alone_from_its_first_key_to_its_report() {
    let home = Home::empty();
    let mut desk = Desk::run(&home, &["practice", "transaction-ended", "--as", "Ann"], 80, 24);
    walk(&mut desk);
    desk.keys(F5).shows("100 of 100   The transaction has ended").shows("✓ retrieve the RCC").shows("None.");
    assert!(desk.keys("q").ends(), "{}", desk.text());
    let printed = desk.text();
    assert!(printed.contains("Grade 100 of 100") && printed.contains("Ann, "), "{printed}");
    let runs = grades(&home);
    assert_eq!((runs.len(), &runs[0]["trainee"], &runs[0]["grade"]), (1, &"Ann".into(), &100.into()));
    assert!(printed.contains(runs[0]["id"].as_str().unwrap()), "{printed}");
    assert_eq!(worlds(&home), [""; 0]);
}

#[test]
fn a_run_that_is_over_is_kept_before_its_report_is_left() {
    let home = Home::empty();
    let mut desk = Desk::run(&home, &["practice", "transaction-ended", "--as", "Ann"], 80, 24);
    walk(&mut desk);
    // The desk shows it first, and keeps it without waiting for a key.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while grades(&home)[0]["state"] != "ended" && std::time::Instant::now() < deadline {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    send(desk.pid(), Signal::KILL);
    desk.child.wait().unwrap();
    let runs = grades(&home);
    assert_eq!((&runs[0]["state"], &runs[0]["grade"]), (&"ended".into(), &100.into()));
    assert_eq!(graded(&home, &runs[0])["finished"], true);
}

#[test]
fn a_run_that_is_left_at_once_is_graded_and_one_that_is_told_to_end_too() {
    let home = Home::empty();
    let mut desk = Desk::run(&home, &["practice", "verbal"], 80, 24);
    desk.shows("A first order, read aloud").shows("1 open").keys("q");
    desk.shows("End the run now?").keys("y");
    assert!(desk.ends(), "{}", desk.text());
    assert!(desk.text().contains("The run was left before its end."), "{}", desk.text());
    let mut desk = Desk::run(&home, &["practice", "verbal"], 80, 24);
    desk.shows("1 open").signal(Signal::TERM);
    assert!(desk.ends(), "{}", desk.text());
    let runs = grades(&home);
    assert_eq!(runs.len(), 2);
    for run in runs {
        assert_eq!((&run["trainee"], &run["grade"]), (&"r.diaz".into(), &0.into()));
        let report = graded(&home, &run);
        assert_eq!(report["mistakes"][0]["mistake"], "gave_up", "{report}");
    }
}

#[test]
fn practice_leaves_no_trace_in_the_journal_nor_of_its_world() {
    let home = Home::empty();
    home.configure("[log]\nlevel = \"trace\"\n");
    home.open(&order("1"));
    let mut desk = Desk::open(&home, 80, 24);
    assert!(desk.shows("T-1").keys("q").ends());
    let data = home.path().join(".local/share/pxdesk");
    let before = contents(&data);
    assert!(before.keys().any(|file| file.ends_with("pxdesk.db")), "{:?}", before.keys());

    let practice = ["practice", "transaction-ended"];
    let mut killed = Desk::run(&home, &practice, 80, 24);
    killed.shows("1 open").keys("\r").shows("Enter retrieves");
    let left = worlds(&home);
    assert!(left.len() == 1 && left[0].contains(&killed.pid().to_string()), "{left:?}");
    send(killed.pid(), Signal::KILL);
    killed.child.wait().unwrap();
    assert_eq!(worlds(&home), left, "nobody could remove it");
    let mut desk = Desk::run(&home, &practice, 80, 24);
    desk.shows("1 open");
    assert!(worlds(&home).len() == 1 && worlds(&home) != left, "{:?}", worlds(&home));
    walk(&mut desk);
    assert!(desk.keys("\x1b").shows("0 open").keys("q").ends(), "{}", desk.text());

    assert_eq!(worlds(&home), [""; 0]);
    assert!(contents(&data) == before, "{:?}", contents(&data).keys());
    let logs = contents(&home.path().join(".local/state"));
    assert!(!logs.is_empty());
    for (file, text) in logs {
        let text = String::from_utf8_lossy(&text).into_owned();
        for personal in ["Adeyemi", "3035550123", "5550123"] {
            assert!(!text.contains(personal), "{personal}: {}", file.display());
        }
    }
    home.verifies();
}

#[test]
fn a_journal_on_a_server_is_not_even_connected_to() {
    let home = Home::empty();
    // Who would connect waits here to be answered.
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let address = server.local_addr().unwrap();
    home.configure(&format!("[journal]\nurl = \"postgres://ann@{address}/floor\"\n"));
    let mut desk = Desk::run(&home, &["practice", "transaction-ended"], 80, 24);
    walk(&mut desk);
    assert!(desk.keys(F5).shows("100 of 100").keys("q").ends(), "{}", desk.text());
    home.run(&["scenario", "try", "transaction-ended"]).with(0);
    let called = server.accept().map(|(_, from)| from);
    assert!(called.is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock));
    assert_eq!(grades(&home).len(), 1);
}

/// The ways in which somebody could practice.
#[test]
fn a_mistake_that_the_script_has_no_place_for_is_no_run_without_mistakes() {
    let home = Home::empty();
    let ran = home.run(&["scenario", "try", "sms", "--mistake", "read_to_nobody"]).with(2);
    assert!(ran.err.contains("no place for read_to_nobody in `sms`") && ran.out.is_empty(), "{ran:?}");
    let ran = home.run(&["scenario", "try", "sms", "--mistake", "wrong_way"]).with(0);
    assert!(ran.out.contains("in a different way"), "{ran:?}");
}

const WAYS: [&[&str]; 3] = [&["practice", "verbal"], &["trainer"], &["scenario", "try", "transaction-ended"]];

#[test]
fn it_is_refused_by_name_where_production_is_configured() {
    let [file, plain] = [Home::empty(), Home::empty()];
    file.configure(PRODUCTION);
    let variable = "PXDESK_ENVIRONMENTS_PRODUCTION_BASE_URL";
    for (home, variables, named) in [
        (&file, &[][..], "[environments.production] stands in"),
        (&plain, &[("PXDESK_ENVIRONMENT", "production")], "the environment is production"),
        (&plain, &[(variable, "https://px.example")], "the variable PXDESK_ENVIRONMENTS_PRODUCTION_BASE_URL"),
    ] {
        for way in WAYS {
            let mut command = home.command(way);
            // What lets tests read fast is refused there, too.
            command.env_remove("PXDESK_READING_FASTEST").envs(variables.iter().copied());
            let ran = crate::kit::Ran::from(command.output().unwrap()).with(8);
            assert!(ran.err.contains("no practice") && ran.err.contains(named), "{way:?}: {ran:?}");
            assert!(!home.path().join(".local/share/pxdesk/training").exists(), "{way:?}");
        }
    }
}

#[test]
fn it_is_refused_where_credentials_of_production_are_stored() {
    let home = Home::empty();
    let Some(bus) = Bus::start(&home) else { return };
    let bus = bus.unlocked(&home);
    bus.run(&home, &["scenario", "try", "transaction-ended"]).with(0);
    bus.write_entry(&home, "production", "the-consumer-key\nthe-consumer-secret\n");
    for way in WAYS {
        let ran = bus.run(&home, way).with(8);
        assert!(ran.err.contains("credentials of production are stored in"), "{way:?}: {ran:?}");
        assert!(!ran.err.contains("the-consumer-"), "{ran:?}");
    }
}

#[test]
fn a_desk_with_production_in_its_file_offers_no_practice() {
    let home = Home::empty();
    home.configure(PRODUCTION);
    let mut desk = Desk::run(&home, &["-e", "embedded"], 80, 40);
    desk.shows("[1] orders").keys("?").shows("Quit").shows("Hide the screen");
    let help = desk.text();
    assert!(!help.contains("F2") && !help.to_lowercase().contains("trainer"), "{help}");
    desk.keys("\x1b").shows("need you");
    for key in ["t", "\x1bOQ"] {
        desk.keys(key).keys("d").shows("r reads the figures again").keys("\x1b").shows("need you");
        assert!(!desk.text().contains("Step 1") && !desk.text().contains("THE CUSTOMER"), "{}", desk.text());
    }
    assert!(desk.keys("q").ends());
}

#[test]
fn a_scenario_that_is_wrong_is_named_before_anything_begins() {
    let home = Home::empty();
    let file = home.path().join("mine.toml");
    let text = include_str!("../../assets/scenarios/transaction-ended.toml");
    std::fs::write(&file, text.replace("offer =", "colour =").replace("\"2070\"", "\"9\"")).unwrap();
    let name = file.to_str().unwrap();
    for (args, told) in [
        (["practice", name], "mine.toml:6: order.colour: "),
        (["practice", name], "server[1].row: `9` "),
        (["practice", "nothing"], "`nothing` is neither a scenario nor a file"),
    ] {
        let mut desk = Desk::run(&home, &args, 160, 24);
        assert_eq!(desk.status(), 2, "{}", desk.text());
        assert!(desk.text().contains(told) && desk.is_given_back(), "{}", desk.text());
    }
    let ran = home.run(&["scenario", "try", name]).with(2);
    assert!(ran.err.contains("mine.toml:6: order.colour: "), "{ran:?}");
    let ran = home.run(&["practice", "verbal"]).with(2);
    assert!(ran.err.contains("needs a terminal") && ran.err.contains("scenario try"), "{ran:?}");
    assert!(!home.path().join(".local/share/pxdesk/training").exists(), "nothing was begun");
}
