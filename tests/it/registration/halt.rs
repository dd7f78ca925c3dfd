//! An apply that ends early: nothing else is sent from that moment on.

use super::floor::{Floor, home};
use super::server::{Reply, Server};
use crate::kit::get;
use serde_json::{Value, json};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The journal of a home.
const JOURNAL: &str = ".local/share/pxdesk/pxdesk.db";

/// How many customers a plan of these tests creates: fewer than are recorded together.
const CUSTOMERS: usize = 30;

/// Three times as many calls as are under way at once: no more can have left before the server was heard, or the person.
const LEFT: usize = 12;

fn file(floor: &Floor, customers: usize) -> String {
    let lines = (0..customers).map(|n| format!("c{n},\n")).collect::<Vec<_>>().concat();
    floor.file("contract.csv", &format!("customer,application\n{lines}"))
}

fn begun(floor: &Floor, file: &str) -> Child {
    let child = floor.home.command(&["registration", "apply", "--file", file]).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while floor.json(&["runs"]).as_array().is_none_or(Vec::is_empty) {
        assert!(Instant::now() < until, "it begins");
    }
    child
}

fn stop(child: &Child) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
}

#[test]
fn a_person_who_stops_it_stops_what_has_not_left_yet() {
    let floor = Floor::new();
    let file = file(&floor, CUSTOMERS);
    let slow = json!({ "call": "create_customer", "times": CUSTOMERS, "fault": { "latencySeconds": 0.5 } });
    floor.server.control("faults", &slow);
    let mut child = begun(&floor, &file);
    let until = Instant::now() + Duration::from_secs(10);
    while floor.world().is_empty() {
        assert!(Instant::now() < until, "the first one comes");
    }
    stop(&child);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(floor.world().len() <= LEFT, "{:?}", floor.world());
    assert_eq!(floor.json(&["runs"])[0]["state"], "stopped");
    floor.server.control("faults/clear", &json!(null));
    floor.run(&["apply", "--file", &file]).with(0);
    assert_eq!(floor.world().len(), CUSTOMERS);
    floor.home.verifies();
}

#[test]
fn a_plan_that_was_stopped_is_made_anew() {
    let floor = Floor::new();
    let file = file(&floor, CUSTOMERS);
    let planned = floor.run(&["plan", "--file", &file, "--output", "json"]).with(2);
    let plan = floor.file("plan.json", &planned.out);
    let slow = json!({ "call": "create_customer", "times": CUSTOMERS, "fault": { "latencySeconds": 0.5 } });
    floor.server.control("faults", &slow);
    let apply = ["registration", "apply", "--file", &file, "--plan", &plan];
    let child = floor.home.command(&apply).stderr(Stdio::piped()).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while floor.world().is_empty() {
        assert!(Instant::now() < until, "the first one comes");
    }
    stop(&child);
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains("Make a new plan") && !said.contains("Apply again"), "{said}");
    floor.home.run(&apply).with(8);
}

#[test]
fn what_was_stopped_when_nothing_was_left_is_applied() {
    let floor = Floor::new();
    let file = file(&floor, 2);
    let slow = json!({ "call": "create_customer", "times": 2, "fault": { "latencySeconds": 1.5 } });
    floor.server.control("faults", &slow);
    let mut child = begun(&floor, &file);
    let until = Instant::now() + Duration::from_secs(10);
    while floor.world().len() < 2 {
        assert!(Instant::now() < until, "both come");
    }
    stop(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(floor.json(&["runs"])[0]["state"], "applied");
}

#[test]
fn a_listing_that_does_not_come_is_not_waited_for() {
    let floor = Floor::new();
    let file = file(&floor, 1);
    let slow = json!({ "call": "list_customers", "times": 1, "fault": { "latencySeconds": 60 } });
    let waiting = || get(&format!("{}/_sandbox/faults", floor.server.base))["pending"] != json!([]);
    for command in [&["apply", "--file", &file][..], &["create", "customer", "c0"]] {
        floor.server.control("faults", &slow);
        let mut child = floor.home.command(&[&["registration"], command].concat()).spawn().unwrap();
        let until = Instant::now() + Duration::from_secs(10);
        while waiting() {
            assert!(Instant::now() < until, "it is asked");
        }
        let told = Instant::now();
        stop(&child);
        assert_eq!(child.wait().unwrap().code(), Some(1));
        assert!(told.elapsed() < Duration::from_secs(10), "{:?}", told.elapsed());
    }
}

#[test]
fn a_refusal_that_holds_for_all_is_the_last_thing_that_is_sent() {
    let floor = Floor::new();
    let file = file(&floor, CUSTOMERS);
    floor.server.fault("create_customer", &json!({ "error": "NOT_AUTHORIZED" }));
    let ran = floor.run(&["apply", "--file", &file, "--output", "json"]).with(3);
    let came_out: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(came_out["failed"][0]["change"]["change"], "create", "{came_out}");
    assert!(floor.world().len() <= LEFT, "{:?}", floor.world());
    floor.run(&["apply", "--file", &file]).with(0);
    assert_eq!(floor.world().len(), CUSTOMERS);
}

#[test]
fn what_goes_stays_as_long_as_what_comes_is_not_there() {
    let floor = Floor::new();
    let before = floor.file("before.csv", "customer,application\nold,mail\n");
    floor.run(&["apply", "--file", &before]).with(0);
    let after = floor.file("after.csv", "customer,application\nnew,mail\n");
    let apply = ["apply", "--file", &after, "--allow-removals", "1"];
    floor.server.fault("create_customer", &json!({ "error": "INVALID_ARGUMENT" }));
    let ran = floor.run(&apply).with(3);
    let held = "not done: remove customer `old`: it was not sent, because 2 changes before it were not done";
    assert!(ran.err.contains(held), "{}", ran.err);
    assert!(floor.world().contains(&"pair old mail".to_owned()), "{:?}", floor.world());
    floor.run(&apply).with(0);
    assert_eq!(floor.world(), ["application mail null", "customer new null", "pair new mail"]);
}

#[test]
fn what_the_server_says_it_created_is_not_created_again_because_a_listing_lags() {
    let server = Server::answering(|request| {
        if request.line.starts_with("POST") {
            Reply::new("201 Created", "location: https://elsewhere.example/customers/17\r\n", "")
        } else {
            Reply::json("[]")
        }
    });
    let ran = home(&server.base).run(&["registration", "create", "customer", "c1"]).with(8);
    assert!(
        ran.err.contains("the server has taken it, as the object 17, and it is not listed yet"),
        "{}",
        ran.err
    );
    let posts = server.arrived().into_iter().filter(|request| request.line.starts_with("POST")).count();
    assert_eq!(posts, 1);
}

/// A server of customers alone, whose answer to the customer `slow` comes too late.
fn late() -> Server {
    let customers = Mutex::new(Vec::<String>::new());
    Server::answering(move |request| {
        if request.line.starts_with("POST") {
            let id = request.body.split('=').next_back().unwrap().to_owned();
            let is_slow = id == "slow";
            let number = {
                let mut customers = customers.lock().unwrap();
                customers.push(id);
                customers.len() - 1
            };
            if is_slow {
                std::thread::sleep(Duration::from_secs(3));
            }
            return Reply::new("201 Created", &format!("location: /customers/{number}\r\n"), "");
        }
        if request.line.contains("/customers?") {
            let all = customers.lock().unwrap();
            let one = |(n, id): (usize, &String)| json!({ "providerCustomerId": id, "surrogateId": n });
            return Reply::json(&json!(all.iter().enumerate().map(one).collect::<Vec<_>>()).to_string());
        }
        Reply::json("[]")
    })
}

#[test]
fn a_stop_tells_one_count_wherever_it_is_told() {
    let server = late();
    let home = home(&server.base);
    let file = home.path().join("contract.csv");
    std::fs::write(&file, "customer,application\nquick,\nslow,\n").unwrap();
    let apply = ["registration", "apply", "--file", file.to_str().unwrap(), "--output", "json"];
    let child = home.command(&apply).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while server.arrived().iter().filter(|request| request.line.starts_with("POST")).count() < 2 {
        assert!(Instant::now() < until, "both come");
    }
    stop(&child);
    let ended = child.wait_with_output().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!((&told["done"], &told["unknown"]), (&json!(2), &json!([])), "{told}");
    assert_eq!(told["halted"], "stopped: 2 of 2 changes are done");
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains("stopped: 2 of 2 changes are done"), "{said}");
}

#[test]
fn what_was_sent_and_not_answered_is_named() {
    let server = Server::answering(|request| {
        if request.line.starts_with("POST") { Reply::json("").cut(0) } else { Reply::json("[]") }
    });
    let home = home(&server.base);
    let create = ["registration", "create", "customer", "c1"];
    let ran = home.run(&[&create[..], &["--output", "json"]].concat()).with(7);
    let told = ran.json();
    assert_eq!((&told["done"], &told["failed"]), (&json!(0), &json!([])), "{told}");
    assert_eq!(told["unknown"][0]["change"]["id"], "c1", "{told}");
    assert!(told["unknown"][0]["why"].is_string(), "{told}");
    assert!(ran.err.contains("not known whether it was done: create customer `c1`: "), "{}", ran.err);
    let runs = home.run(&["registration", "runs", "--output", "json"]).json();
    assert_eq!(runs[0]["state"], "unfinished");
}

#[test]
fn a_want_of_rights_is_settled_by_a_listing_too() {
    for (lists, done) in [(true, true), (true, false), (false, true)] {
        let there = Mutex::new(false);
        let no = || Reply::new("403 Forbidden", "", r#"{"error":{"type":"NOT_AUTHORIZED"}}"#);
        let posted = AtomicBool::new(false);
        let server = Server::answering(move |request| {
            let post = request.line.starts_with("POST");
            if post {
                posted.store(true, Ordering::SeqCst);
                *there.lock().unwrap() = done;
            }
            if post || posted.load(Ordering::SeqCst) && !lists {
                return no();
            }
            let has = *there.lock().unwrap() && request.line.contains("/customers?");
            Reply::json(if has { r#"[{"providerCustomerId":"c1","surrogateId":4}]"# } else { "[]" })
        });
        let home = home(&server.base);
        let ran = home.run(&["registration", "create", "customer", "c1", "--output", "json"]);
        let told = ran.json();
        let run = home.run(&["registration", "runs", "--output", "json"]).json()[0].clone();
        let counts = |of: &serde_json::Value| {
            let count = |name: &str| of[name].as_array().map_or(0, Vec::len);
            (of["done"].clone(), count("failed"), count("unknown"))
        };
        match (lists, done) {
            (true, true) => {
                assert_eq!(counts(&ran.with(0).json()), (json!(1), 0, 0), "{told}");
                assert_eq!((&run["state"], &run["failed"]), (&json!("applied"), &json!(0)));
            }
            (true, false) => {
                assert_eq!(counts(&ran.with(3).json()), (json!(0), 1, 0), "{told}");
                assert_eq!((&run["state"], &run["failed"]), (&json!("stopped"), &json!(1)));
            }
            (false, _) => {
                let ran = ran.with(3);
                assert_eq!(counts(&told), (json!(0), 0, 1), "{told}");
                assert!(ran.err.contains("no listing says that it did nothing"), "{}", ran.err);
                assert_eq!((&run["state"], &run["failed"]), (&json!("unfinished"), &json!(0)));
            }
        }
    }
}

#[test]
fn an_apply_that_loses_its_journal_says_what_it_did() {
    let floor = Floor::new();
    let file = file(&floor, CUSTOMERS);
    let slow = json!({ "call": "create_customer", "times": CUSTOMERS, "fault": { "latencySeconds": 0.5 } });
    floor.server.control("faults", &slow);
    let apply = ["registration", "apply", "--file", &file, "--output", "json"];
    let child = floor.home.command(&apply).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while floor.world().is_empty() {
        assert!(Instant::now() < until, "the first one comes");
    }
    std::fs::rename(floor.home.path().join(JOURNAL), floor.home.path().join("away.db")).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(6), "{}", String::from_utf8_lossy(&ended.stderr));
    let said: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!(said["changes"], CUSTOMERS);
    let unknown = said["unknown"].as_array().unwrap().len();
    let told = said["done"].as_u64().unwrap() + u64::try_from(unknown).unwrap();
    assert!(told > 0 && said["halted"].is_string(), "{said}");
}
