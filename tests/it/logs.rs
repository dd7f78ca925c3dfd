//! What is written of the program's own doings: as asked for, and never in an order's way.

use crate::kit::{Home, order};
use serde_json::{Value, json};
use std::path::PathBuf;

fn logs(home: &Home) -> Vec<PathBuf> {
    let folder = home.path().join(".local/state/pxdesk");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|kind| kind == "log")).collect()
}

#[test]
fn json_is_an_object_a_line_with_both_ids() {
    let home = Home::empty();
    home.configure("[log]\nformat = \"json\"\n");
    let id = home.open(&order("1"));
    home.walk(&id).with(0);
    let [log] = &logs(&home)[..] else { panic!("one file a day") };
    let text = std::fs::read_to_string(log).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = lines.iter().find(|l| l["message"] == "call ends" && l["outcome"] == "completed").unwrap();
    assert_eq!((&end["level"], &end["status"]), (&json!("INFO"), &json!(200)));
    assert!(end["tx_id"].is_string() && end["millis"].is_number() && end["timestamp"].is_string(), "{end}");
    let [order, call] = &end["spans"].as_array().unwrap()[..] else { panic!("{end}") };
    assert_eq!((&order["name"], &order["id"]), (&json!("order"), &json!(id)));
    assert_eq!((&call["name"], &call["api"]), (&json!("call"), &json!("complete_order")));
    assert!(call["id"].is_string() && call["attempt"].is_number(), "{call}");
}

#[test]
fn a_log_that_cannot_be_written_stops_no_order() {
    let home = Home::empty();
    let state = home.path().join(".local/state");
    std::fs::create_dir_all(&state).unwrap();
    std::fs::write(state.join("pxdesk"), "not a folder").unwrap();
    let ran = home.run_with(&["order", "open", "--json", "-"], &order("1").to_string()).with(0);
    assert!(ran.err.contains("no log is written in "), "{ran:?}");
    home.walk(ran.out.trim()).with(0);
}
