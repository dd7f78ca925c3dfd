//! The receiver, while deploys come: what was answered is on disk, by the very id that was answered.

use super::super::floor::{self, Receiver, deploy, sent};
use super::{FILES, campaign, runs};
use crate::crash::strace::{self, Fault, Point, Traced};
use crate::kit::Home;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

const STRIDE: usize = 89;

/// The deploys that are sent: one of them comes again.
const SENT: [&str; 4] = ["p-1", "p-2", "p-1", "p-3"];

/// The one that was recorded before.
const BEFORE: &str = "p-0";

#[test]
fn a_receiver_that_is_cut_short_here_and_there_has_what_it_answered() {
    every(STRIDE);
}

#[test]
#[ignore = "all of the runs: some minutes"]
fn a_receiver_that_is_cut_short_anywhere_has_what_it_answered() {
    every(1);
}

fn every(stride: usize) {
    if !crate::crash::can_trace() {
        return crate::kit::skip("strace, or the right to trace");
    }
    let home = ready();
    let drive = |traced: &mut Traced<'_>| {
        let answers = drive(traced, PATIENCE);
        assert!(answers.iter().all(|a| matches!(a, Answer::Given(200, _))), "{answers:?}");
    };
    let points = strace::points_while(&home.command(&SERVE), &FILES, home.path(), drive);
    for call in ["accept4", "recvfrom", "writev", "pwrite64", "fdatasync"] {
        assert!(points.iter().any(|point| point.call == call), "{call} is not among them");
    }
    campaign("market serve", &runs(points, stride, takes), stride, one);
}

const SERVE: [&str; 2] = ["market", "serve"];

/// What its own connections can do besides: fail once, each of them, or never be taken.
fn takes(point: &Point, fault: Fault) -> bool {
    let once = fault == Fault::Eio && matches!(point.call.as_str(), "accept4" | "recvfrom" | "writev");
    let never = fault == Fault::EioForGood && point.call == "accept4";
    point.takes(fault) || (point.file.is_none() && (once || never))
}

/// A home whose receiver has answered a deploy before. It calls nobody, so there is no marketplace.
fn ready() -> Home {
    let home = floor::home("http://127.0.0.1:9");
    let receiver = Receiver::of(&home);
    assert_eq!(sent(&receiver.url, &deploy(BEFORE)).0, 200);
    receiver.ends();
    home
}

/// What came back to the marketplace.
#[derive(Debug, PartialEq)]
enum Answer {
    Given(u16, Value),
    /// The connection was refused, or broke.
    Broken,
    /// It waited in vain.
    Late,
}

const PATIENCE: Duration = Duration::from_secs(20);
/// Where nothing is ever answered.
const SHORT: Duration = Duration::from_millis(300);

/// Sends the deploys and asks it to end; nothing came back when it never listened.
fn drive(traced: &mut Traced<'_>, patience: Duration) -> Vec<Answer> {
    let Some(line) = traced.said() else { return Vec::new() };
    let line: Value = serde_json::from_str(&line).unwrap();
    let address = line["listening"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    let answers = SENT.iter().map(|id| ask(&address, &deploy(id), patience)).collect();
    traced.asks_to_end();
    answers
}

fn ask(address: &str, deploy: &Value, patience: Duration) -> Answer {
    let Ok(mut stream) = TcpStream::connect(address) else { return Answer::Broken };
    stream.set_read_timeout(Some(patience)).unwrap();
    let body = deploy.to_string();
    let head = format!("POST /deploy HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n\r\n", body.len());
    // What it closes while this is sent, it does not answer.
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
    let mut reply = String::new();
    match stream.read_to_string(&mut reply) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Answer::Late,
        Err(_) => return Answer::Broken,
    }
    let Some((head, body)) = reply.split_once("\r\n\r\n") else { return Answer::Broken };
    assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "it came whole: {reply}");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer::Given(status, serde_json::from_str(body).unwrap_or(Value::Null))
}

/// One run; whether the fault was met, and what came back.
fn one(point: &Point, fault: Fault) -> (bool, String) {
    let home = ready();
    let patience = if point.call == "accept4" && fault == Fault::EioForGood { SHORT } else { PATIENCE };
    let mut answers = Vec::new();
    let ended = strace::with_fault_while(&home.command(&SERVE), point, fault, home.path(), |traced| {
        answers = drive(traced, patience);
    });
    let what = format!("{fault:?} at {point:?}: {answers:?}; {}", ended.err);
    home.verifies();
    let list = list(&home);
    let given = given(&answers, &what);
    for (id, customer) in &given {
        let row = list.get(*id).unwrap_or_else(|| panic!("{id} was answered and is lost: {what}"));
        assert_eq!(row.customer, *customer, "{what}");
    }
    for (id, row) in &list {
        let got = id == BEFORE || given.contains_key(id.as_str());
        assert!(got || row.unconfirmed || answers.contains(&Answer::Late), "{id} came to nobody: {what}");
    }
    if point.file == Some(WAL) && point.call == "pwrite64" && fault == Fault::EnospcForGood {
        full(&answers, &what);
    }
    let again = Receiver::of(&home);
    let mut ids = BTreeMap::new();
    for id in ["p-3", "p-2", "p-1", BEFORE] {
        let (status, body) = sent(&again.url, &deploy(id));
        assert_eq!(status, 200, "{id} again: {what}");
        let customer = body["customerId"].as_str().unwrap().to_owned();
        if let Some(row) = list.get(id) {
            assert_eq!(row.customer, customer, "{id} again: {what}");
        }
        ids.insert(id.to_owned(), customer);
    }
    again.ends();
    let rows = self::list(&home).into_iter().map(|(id, row)| (id, row.customer));
    assert_eq!(rows.collect::<BTreeMap<_, _>>(), ids, "{what}");
    assert_eq!(ids.values().collect::<BTreeSet<_>>().len(), ids.len(), "an id was given twice: {what}");
    home.verifies();
    (ended.hit, words(&answers))
}

const WAL: &str = ".local/share/pxdesk/pxdesk.db-wal";

/// The ids that were answered, each under its deploy.
fn given<'a>(answers: &[Answer], what: &str) -> BTreeMap<&'a str, String> {
    let mut given = BTreeMap::new();
    for (id, answer) in SENT.into_iter().zip(answers) {
        match answer {
            Answer::Given(200, body) => {
                let customer = body["customerId"].as_str().unwrap().to_owned();
                let before = given.insert(id, customer.clone());
                assert!(before.is_none_or(|before| before == customer), "{id} was given two: {what}");
            }
            Answer::Given(status, _) => assert_eq!(*status, 503, "{what}"),
            Answer::Broken | Answer::Late => {}
        }
    }
    given
}

/// From when the disk is full on, no new deploy is answered with an id.
fn full(answers: &[Answer], what: &str) {
    let since = answers.iter().position(|answer| matches!(answer, Answer::Given(503, _)));
    for (id, answer) in SENT.iter().zip(answers).skip(since.unwrap_or(answers.len())) {
        let is_new = *id != "p-1";
        assert!(!is_new || matches!(answer, Answer::Given(503, _)), "the disk is full: {what}");
    }
}

fn words(answers: &[Answer]) -> String {
    if answers.is_empty() {
        return "never listening".to_owned();
    }
    let word = |answer: &Answer| match answer {
        Answer::Given(status, _) => status.to_string(),
        Answer::Broken => "broken".to_owned(),
        Answer::Late => "late".to_owned(),
    };
    answers.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// A deploy as a fresh process lists it.
struct Row {
    customer: String,
    unconfirmed: bool,
}

fn list(home: &Home) -> BTreeMap<String, Row> {
    let list = home.run(&["market", "list", "--output", "json"]).with(0).json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |row: &Value| {
        let unconfirmed = row["unconfirmed"].as_bool().unwrap();
        (text(&row["provisioningId"]), Row { customer: text(&row["customerId"]), unconfirmed })
    };
    list.as_array().unwrap().iter().map(row).collect()
}
