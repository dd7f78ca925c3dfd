//! The worker: asks for what agents wait for, repeats what is safe, one at a time, and never completes anything.

use crate::kit::{Home, Sandbox, order};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// An order whose text was sent, and which nobody asks about.
pub fn sent(home: &Home, n: &str) -> String {
    let id = home.open(&order(n));
    home.run(&["order", "walk", &id, "--method", "sms", "--until", "delivered"]).with(0);
    id
}

pub fn accept(px: &Sandbox, n: &str) {
    px.control("accept", &json!({ "transactionId": format!("T-{n}") }));
}

/// Waits until `look` says so.
#[track_caller]
pub fn soon(what: &str, mut look: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !look() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} takes too long");
        std::thread::sleep(Duration::from_millis(100));
    }
}

pub fn signal(child: &Child, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

/// A worker in a process of its own, with its metrics; killed when dropped.
pub struct Worker {
    pub child: Child,
    metrics: String,
    /// What it says to people, where nobody else reads that.
    said: Option<File>,
}

impl Worker {
    pub fn start(home: &Home) -> Self {
        let said = tempfile::tempfile().unwrap();
        let mut started = Self::start_with(home, &[], said.try_clone().unwrap().into());
        started.said = Some(said);
        started
    }

    /// The same with more flags, and what it says to people.
    pub fn start_with(home: &Home, flags: &[&str], says: Stdio) -> Self {
        let mut command: Command = home.command(&[&["worker", "--metrics", "0"], flags].concat());
        let mut child = command.stderr(says).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        Self { child, metrics: line["listening"].as_str().unwrap().to_owned(), said: None }
    }

    /// What it has said so far.
    fn said(&self) -> String {
        let mut text = String::new();
        if let Some(mut said) = self.said.as_ref() {
            said.rewind().unwrap();
            said.read_to_string(&mut text).unwrap();
        }
        text
    }

    /// What the metric says now.
    pub fn metric(&self, name: &str) -> u64 {
        let host = self.metrics.strip_prefix("http://").unwrap().split('/').next().unwrap();
        let stream = std::net::TcpStream::connect(host);
        let mut stream = stream.unwrap_or_else(|error| panic!("{error}; the worker said: {}", self.said()));
        write!(stream, "GET /metrics HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        let line = page.lines().find_map(|line| line.strip_prefix(&format!("pxdesk_worker_{name} ")));
        line.unwrap_or_else(|| panic!("{page}")).parse().unwrap()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn one_round_checks_and_repeats_what_is_safe_and_leaves_the_rest() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let (accepted, waits) = (sent(&home, "1"), sent(&home, "2"));
    accept(&px, "1");
    let cut = home.open(&order("3"));
    px.fault("retrieve_rcc", &json!({ "cut": "after" }));
    home.walk(&cut).with(7);
    let doubted = home.open(&order("4"));
    px.fault("complete_order", &json!({ "cut": "after" }));
    home.walk(&doubted).with(4);
    let ready = home.open(&order("5"));
    home.run(&[
        "order",
        "walk",
        &ready,
        "--method",
        "verbal",
        "--until",
        "accepted",
        "--read-and-accepted-by",
        "Ann",
    ])
    .with(0);
    let before: Vec<Value> = [&doubted, &ready].iter().map(|id| home.show(id)["seq"].clone()).collect();
    std::thread::sleep(Duration::from_millis(300));
    let done = home.run(&["worker", "--once", "--output", "json"]).with(0).json();
    assert_eq!(done, json!({ "checks": 2, "accepted": 1, "retries": 1, "mended": 1, "errors": 0 }));
    let state = |id: &str| home.show(id)["state"].clone();
    assert_eq!(
        [&accepted, &waits, &cut, &doubted, &ready].map(|id| state(id)),
        ["accepted", "sent", "rcc_retrieved", "in_doubt", "accepted"].map(|state| json!(state))
    );
    let after: Vec<Value> = [&doubted, &ready].iter().map(|id| home.show(id)["seq"].clone()).collect();
    assert_eq!(before, after, "nothing happened to what needs a person");
    for n in 1..=3 {
        assert_eq!(px.ledger(&format!("T-{n}"))["completesReceived"].as_u64().unwrap_or(0), 0);
    }
    // Whoever works on an order still does.
    assert_eq!(home.show(&cut)["worker"]["name"], "r.diaz");
    home.verifies();
}

#[test]
fn one_works_and_another_takes_its_place_when_it_is_killed() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let first = Worker::start(&home);
    soon("the first worker", || first.metric("active") == 1);
    let mut second = Worker::start(&home);
    let refused = home.run(&["worker", "--once"]).with(8);
    assert!(refused.err.contains("another worker is active"), "{refused:?}");
    let id = sent(&home, "1");
    soon("a check", || first.metric("checks_total") > 0);
    assert_eq!((second.metric("active"), second.metric("checks_total")), (0, 0));
    drop(first);
    soon("taking its place", || second.metric("active") == 1);
    accept(&px, "1");
    soon("the acceptance", || home.show(&id)["state"] == "accepted");
    assert_eq!(second.metric("accepted_total"), 1);
    signal(&second.child, rustix::process::Signal::TERM);
    assert_eq!(second.child.wait().unwrap().code(), Some(0), "a clean stop");
    home.verifies();
}

#[test]
fn told_to_stop_it_ends_with_the_call_under_way_recorded() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = sent(&home, "1");
    accept(&px, "1");
    px.fault("get_rcc_acceptance", &json!({ "latencySeconds": 1.0 }));
    // So that the check is due when the worker starts.
    std::thread::sleep(Duration::from_millis(300));
    let mut worker = home.command(&["worker"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    signal(&worker, rustix::process::Signal::TERM);
    let mut said = String::new();
    worker.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(worker.wait().unwrap().code(), Some(0), "{said}");
    assert!(said.contains("stopping: ") && said.contains("no call is in progress"), "{said}");
    assert_eq!(home.show(&id)["state"], "accepted", "{said}");
    home.verifies();
}

#[test]
fn a_check_that_failed_is_retried_and_its_answer_is_no_error() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let id = sent(&home, "1");
    px.control("faults", &json!({ "call": "get_rcc_acceptance", "times": 2, "fault": { "cut": "after" } }));
    let worker = Worker::start(&home);
    soon("the answer", || worker.metric("mended_total") == 1);
    assert_eq!((worker.metric("errors_total"), worker.metric("given_up")), (2, 0));
    assert_eq!(home.show(&id)["stall"], Value::Null, "{}", home.show(&id));
    accept(&px, "1");
    soon("the acceptance", || home.show(&id)["state"] == "accepted");
    assert_eq!((worker.metric("retries_total"), worker.metric("errors_total")), (2, 2));
    home.verifies();
}
