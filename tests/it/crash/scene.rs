//! The steps of an order's life, each as a command that is cut short, and what must hold afterwards.

use super::strace::Ended;
use crate::kit::{Home, Ran, Sandbox, order};
use serde_json::{Value, json};
use std::process::Command;

/// A command that is cut short, and what comes before it.
pub struct Scene {
    pub name: &'static str,
    /// Brings a new order to where the command begins; returns the command's arguments.
    prepare: fn(&Stage) -> Vec<String>,
    /// Acceptance by SMS instead of reading aloud.
    sms: bool,
    /// The command sends a Complete: how many Px has then received, and how a person is told what it answered.
    completes: Option<(u64, &'static str)>,
}

pub const SCENES: [Scene; 13] = [
    step("open, the first ever", open_first),
    step("open", open_another),
    step("retrieve", |stage| walk_on(stage, None, VERBAL, "retrieved")),
    Scene { sms: true, ..step("send", |stage| walk_on(stage, Some("retrieved"), SMS, "delivered")) },
    Scene { sms: true, ..step("check", check) },
    step("read", |stage| walk_on(stage, Some("retrieved"), VERBAL, "accepted")),
    Scene {
        completes: Some((1, COMPLETED)),
        ..step("complete", |stage| walk_on(stage, Some("accepted"), VERBAL, "completed"))
    },
    step("retry of a retrieve", retry_retrieve),
    Scene { completes: Some((1, COMPLETED)), ..step("retry of a Complete", retry_complete) },
    step("a Complete that is found cut off", found_cut_off),
    Scene { completes: Some((2, REFUSED)), ..step("probe", probe) },
    step("verdict", verdict),
    step("erase", erase),
];

/// What a person is told of an answer that the journal does not take.
const COMPLETED: &str = "completed, order number";
const REFUSED: &str = "refused with 2130";

const fn step(name: &'static str, prepare: fn(&Stage) -> Vec<String>) -> Scene {
    Scene { name, prepare, sms: false, completes: None }
}

/// A quiet period that a test can wait for.
const QUIET: (&str, &str) = ("PXDESK_DOUBT_QUIET_PERIOD", "1s");

const VERBAL: &[&str] = &["--method", "verbal", "--read-and-accepted-by", "Ann Okafor"];
const SMS: &[&str] = &["--method", "sms", "--wait", "2"];

const DATABASE: &str = ".local/share/pxdesk/pxdesk.db";

/// The files that a fault can be put on by their name, below the home.
pub const FILES: [&str; 8] = [
    ".local/share/pxdesk",
    DATABASE,
    ".local/share/pxdesk/pxdesk.db-wal",
    ".local/share/pxdesk/pxdesk.db-shm",
    ".local/share/pxdesk/pxdesk.db-journal",
    ".local/share/pxdesk/pxdesk.key",
    "stdout",
    "stderr",
];

/// A home with one order of its own, and the Px that all share.
pub struct Stage<'a> {
    pub home: Home,
    px: &'a Sandbox,
    name: String,
}

impl<'a> Stage<'a> {
    /// An empty home; `name` tells its order from all others.
    pub fn new(px: &'a Sandbox, name: String) -> Self {
        Self { home: Home::at(&px.base), px, name }
    }

    /// An empty home with the same Px.
    pub fn another_home(&self) -> Home {
        Home::at(&self.px.base)
    }

    fn order(&self) -> Value {
        order(&self.name)
    }

    fn transaction(&self) -> String {
        format!("T-{}", self.name)
    }

    fn opening(&self) -> Vec<String> {
        let file = self.home.path().join("order.json");
        std::fs::write(&file, self.order().to_string()).unwrap();
        vec!["order".into(), "open".into(), "--json".into(), file.display().to_string()]
    }

    /// The command that `scene` cuts short, ready to be run.
    pub fn prepare(&self, scene: &Scene) -> Command {
        let args = (scene.prepare)(self);
        let mut command = self.home.command(&args.iter().map(String::as_str).collect::<Vec<_>>());
        command.env("PXDESK_LOG", "info").env(QUIET.0, QUIET.1);
        command
    }

    fn fault(&self, call: &str, fault: &Value) {
        let fault = json!({ "call": call, "times": 1, "transactionId": self.transaction(), "fault": fault });
        self.px.control("faults", &fault);
    }

    fn run(&self, args: &[String]) -> Ran {
        self.home.run(&args.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// How many Completes have come to Px for this order, and how many it carried out.
    pub fn completes(&self) -> (u64, u64) {
        let ledger = self.px.ledger(&self.transaction());
        let count = |name: &str| ledger[name].as_u64().unwrap();
        (count("completesReceived"), count("completesApplied"))
    }
}

fn open_first(stage: &Stage) -> Vec<String> {
    stage.opening()
}

fn open_another(stage: &Stage) -> Vec<String> {
    stage.home.open(&order(&format!("{}-before", stage.name)));
    stage.opening()
}

fn walk_until(id: &str, method: &[&str], until: &str) -> Vec<String> {
    let args = ["order", "walk", id, "--until", until];
    args.iter().chain(method).map(ToString::to_string).collect()
}

/// An order that was walked to `from`, to be walked on to `until`.
fn walk_on(stage: &Stage, from: Option<&str>, method: &[&str], until: &str) -> Vec<String> {
    let id = stage.home.open(&stage.order());
    if let Some(from) = from {
        stage.run(&walk_until(&id, method, from)).with(0);
    }
    walk_until(&id, method, until)
}

fn check(stage: &Stage) -> Vec<String> {
    let accepted = walk_on(stage, Some("delivered"), SMS, "accepted");
    stage.px.control("accept", &json!({ "transactionId": stage.transaction() }));
    accepted
}

fn retry_retrieve(stage: &Stage) -> Vec<String> {
    let id = stage.home.open(&stage.order());
    stage.fault("retrieve_rcc", &json!({ "row": "4040" }));
    stage.run(&walk_until(&id, VERBAL, "retrieved")).with(3);
    ["order", "retry", &id].map(str::to_owned).to_vec()
}

/// A Complete for which no connection came about, which is safe to send.
fn retry_complete(stage: &Stage) -> Vec<String> {
    let id = stage.home.open(&stage.order());
    stage.run(&walk_until(&id, VERBAL, "accepted")).with(0);
    let nowhere = ["PXDESK_ENVIRONMENTS_SANDBOX_BASE_URL", "PXDESK_ENVIRONMENTS_SANDBOX_TOKEN_URL"];
    let mut walk = stage.home.command(&["order", "walk", &id]);
    walk.args(VERBAL).envs(nowhere.map(|name| (name, "http://127.0.0.1:9/")));
    Ran::from(walk.output().unwrap()).with(7);
    ["order", "retry", &id].map(str::to_owned).to_vec()
}

/// A Complete whose desk was killed before any answer came.
fn found_cut_off(stage: &Stage) -> Vec<String> {
    let id = stage.home.open(&stage.order());
    stage.run(&walk_until(&id, VERBAL, "accepted")).with(0);
    stage.fault("complete_order", &json!({ "hang": "after" }));
    let mut walk = stage.home.command(&["order", "walk", &id]);
    let mut walk = walk.args(VERBAL).spawn().unwrap();
    while stage.completes().0 == 0 {
        assert!(walk.try_wait().unwrap().is_none(), "it waits for the answer");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    walk.kill().unwrap();
    walk.wait().unwrap();
    ["order", "list"].map(str::to_owned).to_vec()
}

/// An order in doubt whose quiet period is over: Px has carried out its Complete.
fn in_doubt(stage: &Stage) -> String {
    let id = stage.home.open(&stage.order());
    stage.fault("complete_order", &json!({ "cut": "after" }));
    stage.run(&walk_until(&id, VERBAL, "completed")).with(4);
    let mut show = stage.home.command(&["order", "show", &id, "--output", "json"]);
    show.env(QUIET.0, QUIET.1);
    while Ran::from(show.output().unwrap()).json()["next"] == json!(["wait"]) {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    id
}

fn probe(stage: &Stage) -> Vec<String> {
    ["order", "probe", &in_doubt(stage)].map(str::to_owned).to_vec()
}

fn verdict(stage: &Stage) -> Vec<String> {
    let resolve = ["order", "resolve", &in_doubt(stage), "--placed", "--reference", "R-1", "--by", "M. Roy"];
    resolve.map(str::to_owned).to_vec()
}

fn erase(stage: &Stage) -> Vec<String> {
    let id = stage.home.open(&stage.order());
    stage.run(&walk_until(&id, VERBAL, "completed")).with(0);
    ["order", "erase", &id, "--reason", "asked to"].map(str::to_owned).to_vec()
}

/// How the order stood after the fault, and how it ended once it was taken up again.
pub struct Aftermath {
    pub found: String,
    pub left: String,
}

impl Scene {
    /// Nothing lost, nothing double, the journal verifies; then the walk is taken up again and comes to an end.
    pub fn check(&self, stage: &Stage, ended: &Ended, what: &str) -> Aftermath {
        self.honest(stage, ended, what);
        let printed = if self.name.starts_with("open") { ended.out.trim() } else { "" };
        let Some(found) = find(stage, what) else {
            assert!(self.name.starts_with("open") && printed.is_empty(), "an order is lost: {what}");
            stage.run(&stage.opening()).with(0);
            let left = self.take_up(stage, &find(stage, what).expect("it was just taken in"), what);
            return Aftermath { found: "nothing".to_owned(), left };
        };
        assert!(printed.is_empty() || found["id"] == printed, "{what}");
        let standing = found["state"].as_str().unwrap().to_owned();
        let received = self.never_double(stage, what);
        match standing.as_str() {
            "completed" => assert_eq!(stage.completes().1, 1, "completed, and it was not: {what}"),
            "in_doubt" => {}
            _ => assert_eq!(received, 0, "Px has a Complete that this desk says it never sent: {what}"),
        }
        Aftermath { left: self.take_up(stage, &found, what), found: standing }
    }

    fn take_up(&self, stage: &Stage, found: &Value, what: &str) -> String {
        let id = found["id"].as_str().unwrap();
        if self.sms {
            let delivered = stage.run(&walk_until(id, SMS, "delivered"));
            assert_eq!(delivered.status, 0, "{delivered:?} after {what}");
            stage.px.control("accept", &json!({ "transactionId": stage.transaction() }));
        }
        let again = stage.run(&walk_until(id, if self.sms { SMS } else { VERBAL }, "completed"));
        let shown = stage.home.show(id);
        self.never_double(stage, what);
        match again.status {
            0 => assert_eq!((&shown["state"], stage.completes().1), (&json!("completed"), 1), "{what}"),
            4 => assert_eq!(shown["state"], "in_doubt", "{what}"),
            _ => panic!("{again:?} after {what}"),
        }
        stage.home.verifies();
        shown["state"].as_str().unwrap().to_owned()
    }

    /// Px has carried out one Complete at the most, and was sent no second one but by a probe. Returns how many it was sent.
    fn never_double(&self, stage: &Stage, what: &str) -> u64 {
        let (received, applied) = stage.completes();
        let most = self.completes.map_or(1, |(received, _)| received);
        assert!(received <= most && applied <= 1, "double: {what}");
        received
    }

    /// A command that failed says so: a status that means it, and a line that names the file or what Px answered.
    fn honest(&self, stage: &Stage, ended: &Ended, what: &str) {
        let Some(status) = ended.status else { return };
        assert!(matches!(status, 0 | 1 | 4 | 5 | 6 | 7), "status {status}: {what}");
        assert!(!ended.err.contains("panicked") && !ended.err.contains("an error of its own"), "{what}");
        if status == 6 {
            assert!(ended.err.contains(stage.home.path().to_str().unwrap()), "names no file: {what}");
            let answered = self.completes.filter(|(received, _)| stage.completes().0 == *received);
            let told = answered.is_none_or(|(_, words)| ended.err.contains(words));
            assert!(told, "Px answered, and the person is not told: {what}");
        }
    }
}

/// The order, through the real program, whose journal must verify as the fault left it; none when it was never taken in.
fn find(stage: &Stage, what: &str) -> Option<Value> {
    // Before anything else is written: as the fault left it.
    if stage.home.path().join(DATABASE).exists() {
        let verified = stage.home.run(&["journal", "verify"]);
        assert_eq!(verified.status, 0, "{verified:?} after {what}");
    }
    let listed = stage.home.run(&["order", "list", "--output", "json"]);
    assert_eq!(listed.status, 0, "{listed:?} after {what}");
    let orders = listed.json().as_array().unwrap().clone();
    let mine = orders.into_iter().find(|order| order["transactionId"] == stage.transaction())?;
    Some(stage.home.show(mine["id"].as_str().unwrap()))
}
