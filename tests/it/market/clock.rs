//! Two clocks: the marketplace's is the one that counts, and what it said a moment ago is not forgotten.

use super::floor::home;
use pxdesk::subscription::{Calendar, Month};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A marketplace that tells nothing but the time; while `cut` is set, not even that.
fn telling(date: String, cut: Arc<AtomicBool>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            if !cut.load(Ordering::Relaxed) {
                let head = format!(
                    "HTTP/1.1 200 OK\r\ndate: {date}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
                let _ = stream.write_all(head.as_bytes());
            }
        }
    });
    base
}

#[test]
fn closed_hours_that_were_heard_of_a_moment_ago_are_closed_for_the_next_command_too() {
    let now = jiff::Timestamp::now();
    let calendar = Calendar::new().unwrap();
    // Those of the month after the next: whatever day it is here, they are far away.
    let month: Month = calendar.bill_month(now).next().next();
    let there = calendar.closing(month).closes + jiff::SignedDuration::from_mins(30);
    let date = there.to_zoned(jiff::tz::TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let cut = Arc::new(AtomicBool::new(false));
    let home = home(&telling(date, Arc::clone(&cut)));
    let bill = calendar.bill_month(now).to_string();
    let closing = || home.run(&["market", "closing"]).with(8).err;
    assert!(closing().contains("this machine's clock is "), "by the marketplace's clock it is closed");
    let preview = |more: &[&str]| {
        home.run(&[&["market", "usage", "preview", "--month", &bill, "--output"], more].concat()).with(0)
    };
    let (json, text) = (preview(&["json"]), preview(&["text"]));
    assert_eq!(json.json()["closed"], true, "a run of it would be refused");
    assert!(text.out.contains("closed now"), "{}", text.out);
    for err in [json.err, text.err] {
        assert!(err.contains("this machine's clock is "), "{err}");
    }
    cut.store(true, Ordering::Relaxed);
    let told = closing();
    assert!(told.contains("this machine's clock is "), "the question failed: {told}");
}
