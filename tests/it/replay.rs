//! `order replay`: the steps of an order as text, as JSON, and as a recording that a terminal plays.

use crate::kit::{Home, order};
use serde_json::Value;
use std::num::NonZero;
use std::os::unix::fs::PermissionsExt as _;

/// An order that was placed, at a home of its own, with a note that speaks of the customer.
fn placed() -> (Home, String) {
    let home = Home::empty();
    let id = home.open(&order("1"));
    home.walk(&id).with(0);
    home.run(&["order", "note", &id, "Ann prefers mornings"]).with(0);
    (home, id)
}

/// What is nobody's business but the customer's.
const PERSONAL: [&str; 6] =
    ["Ann Okafor", "Okafor", "3035550123", "555-0123", "ann.okafor@example.com", "mornings"];

#[test]
fn the_steps_of_an_order_without_the_customer() {
    let (home, id) = placed();
    let text = home.run(&["order", "replay", &id]).with(0).out;
    let json = home.run(&["order", "replay", &id, "--output", "json"]).with(0).json();
    let steps = json.as_array().unwrap();
    let shown = home.show(&id);
    let kinds = |events: &Value| -> Vec<String> {
        let kind = |event: &Value| event["kind"].as_str().unwrap().to_owned();
        events.as_array().unwrap().iter().map(kind).collect()
    };
    assert_eq!(kinds(&json), kinds(&shown["events"]), "every event, in its order");
    assert_eq!(text.lines().count(), steps.len());
    let keys: Vec<&String> = steps[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["seq", "at", "sinceStart", "by", "kind", "state"]);
    assert_eq!((&steps[0]["state"], &steps[0]["sinceStart"]), (&"opened".into(), &0.0.into()));
    assert_eq!(steps.last().unwrap()["state"], "completed");
    assert!(
        text.lines().next().unwrap().contains("+0:00:00  r.diaz        opened  in embedded  -> opened"),
        "{text}"
    );
    for value in PERSONAL {
        assert!(!text.contains(value) && !json.to_string().contains(value), "{value}: {text}");
    }
    // The journal is as it was, and the order too.
    assert_eq!(home.show(&id)["seq"], shown["seq"]);
    home.verifies();
}

#[test]
fn a_recording_plays_on_a_terminal() {
    let (home, id) = placed();
    for (size, (columns, rows)) in [(None, (80, 24)), (Some("120x40"), (120, 40))] {
        let file = home.path().join(format!("{columns}.cast"));
        let path = file.to_str().unwrap();
        let mut args = vec!["order", "replay", &id, "--cast", path, "--speed", "10"];
        args.extend(size.iter().flat_map(|size| ["--size", size]));
        let told = home.run(&args).with(0).out;
        assert!(told.starts_with(&format!("{path}: ")) && told.contains(" events, "), "{told}");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let cast = std::fs::read_to_string(&file).unwrap();
        let mut lines = cast.lines();
        let header: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
        assert_eq!((&header["version"], &header["width"]), (&2.into(), &columns.into()));
        assert_eq!(header["height"], rows);
        let size = |n: u16| NonZero::new(n).unwrap();
        let mut terminal = vt100::Parser::new(size(rows), size(columns), 0);
        let (mut last, mut frames) = (-1.0_f64, 0);
        for line in lines {
            let (at, code, data): (f64, String, String) = serde_json::from_str(line).unwrap();
            assert!(code == "o" && at >= last.max(0.0) && at <= last.max(0.0) + 3.0, "{line}");
            terminal.process(data.as_bytes());
            let screen = terminal.screen().contents();
            for value in PERSONAL {
                assert!(!screen.contains(value), "{value}: {screen}");
            }
            assert!(frames < 2 || at - last > 0.199, "each is seen, however fast it plays: {line}");
            frames += 1;
            last = at;
        }
        let screen = terminal.screen().contents();
        assert!(screen.contains("REPLAY") && screen.contains("Completed. The order number is"), "{screen}");
        // An empty screen, a frame an event, and the cursor's return.
        let events = home.show(&id)["events"].as_array().unwrap().len();
        assert_eq!(frames, events + 2, "{cast}");
        // It is never written over.
        let refused = home.run(&args).with(2);
        assert!(refused.err.contains(path) && refused.err.contains("not there yet"), "{refused:?}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), cast);
    }
}

#[test]
fn what_cannot_be_recorded_is_refused_by_name() {
    let (home, id) = placed();
    let nowhere = home.path().join("no/such/folder.cast");
    let nowhere = nowhere.to_str().unwrap();
    for (args, named) in [
        (vec!["--cast", nowhere], "no/such/folder.cast"),
        (vec!["--cast", "x", "--size", "59x24"], "60x15"),
        (vec!["--cast", "x", "--size", "80"], "80x24"),
        (vec!["--cast", "x", "--speed", "0"], "0.01"),
        (vec!["--cast", "x", "--speed", "NaN"], "0.01"),
        (vec!["--speed", "2"], "--cast"),
    ] {
        let refused = home.run(&[vec!["order", "replay", &id], args.clone()].concat()).with(2);
        assert!(refused.err.contains(named) && refused.out.is_empty(), "{args:?}: {refused:?}");
    }
    home.run(&["order", "replay", "nothing"]).with(2);
}

#[test]
fn an_erased_order_is_replayed_without_the_customer() {
    let (home, id) = placed();
    home.run(&["order", "erase", &id, "--reason", "customer asked"]).with(0);
    let text = home.run(&["order", "replay", &id]).with(0).out;
    assert!(text.lines().last().unwrap().contains("erased  customer asked  -> completed"), "{text}");
    assert!(text.contains("noted  (erased)"), "{text}");
    let file = home.path().join("erased.cast");
    home.run(&["order", "replay", &id, "--cast", file.to_str().unwrap()]).with(0);
    let cast = std::fs::read_to_string(file).unwrap();
    assert!(PERSONAL.iter().all(|value| !cast.contains(value)), "{cast}");
}
