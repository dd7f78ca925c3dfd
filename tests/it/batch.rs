//! A batch of many orders, a tenth of which fail again: each on its own, and no more memory for many than for few.

use crate::kit::{Home, Ran, Sandbox, order, say};
use crate::server::{self, NOWHERE};
use pxdesk::order::{Environment, parse_order};
use serde_json::{Value, json};

/// How many; `PXDESK_BATCH=5000` for the whole of it.
fn size() -> usize {
    std::env::var("PXDESK_BATCH").ok().and_then(|size| size.parse().ok()).unwrap_or(120)
}

/// So many orders whose retrieval could not be sent: nobody listens there.
async fn stall(home: &Home, size: usize) {
    home.run(&["order", "list"]).with(0);
    let file = home.path().join(".local/share/pxdesk/pxdesk.db");
    let engine = server::engine(&file, Environment::Sandbox, NOWHERE).await;
    let new = (0..size).map(|n| parse_order(&order(&n.to_string()), jiff::Timestamp::now()).unwrap());
    for opened in engine.open_many(new.collect()).await.unwrap() {
        let done = engine.retrieve(&opened.unwrap().id).await.unwrap();
        assert!(done.order.trouble.is_some());
    }
    engine.journal().close().await;
}

/// The most memory that the process has had, in kB, looked at until it ends.
fn peak(pid: u32) -> u64 {
    let mut peak = 0;
    while let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status")) {
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let Some(line) = line else { break };
        peak = peak.max(line.trim().trim_end_matches("kB").trim().parse().unwrap());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    peak
}

#[tokio::test]
async fn a_tenth_fails_again_and_all_others_move_on() {
    let (px, size) = (Sandbox::serve(&[]), size());
    let home = Home::at(&px.base);
    Box::pin(stall(&home, size)).await;
    for _ in 0..size / 10 {
        let slow = json!({ "latencySeconds": 0.0001 });
        px.control("faults", &json!({ "call": "retrieve_rcc", "times": 9, "fault": slow }));
        px.fault("retrieve_rcc", &json!({ "cut": "after" }));
    }
    let out = std::fs::File::create(home.path().join("out")).unwrap();
    let mut command = home.command(&["order", "retry", "--all-retryable", "--output", "json"]);
    let child =
        command.env("PXDESK_LOG", "warn").stdout(out).stderr(std::process::Stdio::null()).spawn().unwrap();
    let peak = peak(child.id());
    let ran: Ran = child.wait_with_output().unwrap().into();
    assert_eq!(ran.status, 7, "the worst of them");
    let lines: Value =
        serde_json::from_str(&std::fs::read_to_string(home.path().join("out")).unwrap()).unwrap();
    let lines = lines.as_array().unwrap();
    let moved = lines.iter().filter(|line| line["state"] == "rcc_retrieved").count();
    assert_eq!((lines.len(), moved), (size, size - size / 10));
    say(&format!("a batch of {size}: {moved} moved on, and {peak} kB at most"));
    let left = home.run(&["order", "list", "--stalled", "--by-cause", "--output", "json"]).with(0).json();
    assert_eq!((&left[0]["cause"], &left[0]["count"]), (&json!("no_answer"), &json!(size / 10)));
    home.verifies();
}
