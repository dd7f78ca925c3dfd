//! Embedded, sandbox and production: each its own orders and credentials, and production for those who name it.

use crate::kit::{Home, Ran, Sandbox, order};
use crate::pty::Desk;
use serde_json::json;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A home that knows both environments, each at a Px of its own; which one is spoken to is said by flag.
fn home(sandbox: &Sandbox, production: &Sandbox) -> Home {
    let home = Home::empty();
    let at = |name: &str, px: &Sandbox| {
        format!("[environments.{name}]\nbase_url = \"{0}/\"\ncredentials = \"credentials\"\n", px.base)
    };
    let timeouts = "[timeouts]\nretrieve_rcc = \"5s\"\ncomplete_order = \"5s\"\n";
    home.configure(&(at("sandbox", sandbox) + &at("production", production) + timeouts));
    home.credentials("key\nsecret\n");
    home
}

fn open(home: &Home, environment: &str, n: &str) -> String {
    let args = ["-e", environment, "order", "open", "--json", "-"];
    home.run_with(&args, &order(n).to_string()).with(0).out.trim().to_owned()
}

fn walk(home: &Home, environment: &str, id: &str, more: &[&str]) -> Ran {
    let mut args = vec!["-e", environment, "order", "walk", id, "--method", "verbal"];
    args.extend(["--read-and-accepted-by", "Ann Okafor"]);
    args.extend(more);
    home.run(&args)
}

#[test]
fn each_environment_has_its_own_orders() {
    let (sandbox, production) = (Sandbox::serve(&[]), Sandbox::serve(&[]));
    let home = home(&sandbox, &production);
    let names = ["embedded", "sandbox", "production"];
    // The same ids everywhere: they are unique in each.
    let ids = names.map(|environment| open(&home, environment, "1"));
    let twice = home.run_with(&["-e", "sandbox", "order", "open", "--json", "-"], &order("1").to_string());
    assert_eq!(twice.status, 8, "{twice:?}");
    for (environment, id) in names.iter().zip(&ids) {
        let list = home.run(&["-e", environment, "order", "list", "--output", "json"]).with(0).json();
        let listed: Vec<&str> = list.as_array().unwrap().iter().filter_map(|o| o["id"].as_str()).collect();
        assert_eq!(listed, [id]);
        let found = home.run(&["-e", environment, "order", "show", "T-1", "--output", "json"]).with(0).json();
        assert_eq!((&found["id"], &found["environment"]), (&json!(id), &json!(environment)));
        for other in ids.iter().filter(|other| *other != id) {
            let args: [&[&str]; 4] = [
                &["show", other],
                &["abandon", other, "--reason", "x"],
                &["retry", other, "--live"],
                &["walk", other, "--method", "verbal", "--read-and-accepted-by", "Ann", "--live"],
            ];
            for args in args {
                let ran = home.run(&[&["-e", environment, "order"], args].concat()).with(2);
                assert!(ran.err.contains(&format!("in the {environment} environment")), "{ran:?}");
            }
        }
    }
    walk(&home, "sandbox", &ids[1], &[]).with(0);
    assert_eq!(sandbox.ledger("T-1")["completesApplied"], 1);
    assert_eq!(production.ledger("T-1")["retrievesReceived"], 0);
    let shown = home.run(&["-e", "production", "order", "show", &ids[2], "--output", "json"]).json();
    assert_eq!(shown["state"], "opened");
    home.verifies();
}

#[test]
fn what_was_cut_off_is_recovered_where_it_belongs() {
    let (sandbox, production) = (Sandbox::serve(&[]), Sandbox::serve(&[]));
    let home = home(&sandbox, &production);
    let id = open(&home, "production", "1");
    production.fault("complete_order", &json!({ "hang": "after" }));
    let args = ["-e", "production", "order", "walk", &id, "--method", "verbal", "--live"];
    let mut walk = home.command(&[&args[..], &["--read-and-accepted-by", "Ann"]].concat());
    let mut walk = walk.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while production.ledger("T-1")["completesReceived"] == 0 {
        assert!(Instant::now() < until, "Complete never arrived");
        std::thread::sleep(Duration::from_millis(10));
    }
    walk.kill().unwrap();
    walk.wait().unwrap();
    let kinds = || {
        let journal = rusqlite::Connection::open(home.path().join(".local/share/pxdesk/pxdesk.db")).unwrap();
        let mut kinds = journal.prepare("SELECT event FROM events ORDER BY pos").unwrap();
        let kinds = kinds.query_map([], |row| row.get(0)).unwrap();
        kinds.collect::<Result<Vec<String>, _>>().unwrap()
    };
    let before = kinds();
    assert_eq!(before.last().unwrap(), "call_started");
    home.run(&["-e", "sandbox", "order", "list"]).with(0);
    home.run(&["-e", "sandbox", "order", "retry", "--all-retryable"]).with(0);
    assert_eq!(kinds(), before, "another environment's desk leaves it alone");
    home.run(&["-e", "production", "order", "list"]).with(0);
    assert_eq!(kinds().last().unwrap(), "call_cut_off");
}

#[test]
fn production_without_credentials_goes_nowhere() {
    let nobody_calls = TcpListener::bind("127.0.0.1:0").unwrap();
    nobody_calls.set_nonblocking(true).unwrap();
    let sandbox = Sandbox::serve(&[]);
    let home = Home::empty();
    home.configure(&format!(
        "environment = \"production\"\n[environments.production]\nbase_url = \"http://{}/\"\n\
         [environments.sandbox]\nbase_url = \"{}/\"\ncredentials = \"credentials\"\n",
        nobody_calls.local_addr().unwrap(),
        sandbox.base
    ));
    // Credentials of another environment are there, and are not production's.
    home.credentials("key\nsecret\n");
    let id = home.open(&order("1"));
    let args = ["order", "walk", &id, "--method", "verbal", "--read-and-accepted-by", "Ann", "--live"];
    for args in [&args[..], &["order", "retry", &id, "--live"], &args[..]] {
        let ran = home.run(args).with(5);
        let said = ran.out.clone() + &ran.err;
        assert!(said.contains("credentials") && said.contains("production"), "{ran:?}");
    }
    assert_eq!(nobody_calls.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nothing arrived");
    assert_eq!(sandbox.ledger("T-1")["retrievesReceived"], 0);
    assert_eq!(home.show(&id)["environment"], "production");
}

#[test]
fn a_live_order_must_be_meant() {
    let (sandbox, production) = (Sandbox::serve(&[]), Sandbox::serve(&[]));
    let home = home(&sandbox, &production);
    let id = open(&home, "production", "1");
    let host = production.base.strip_prefix("http://").unwrap();
    let live = format!("production (at {host}): every order is live");
    for ran in [walk(&home, "production", &id, &[]), home.run(&["-e", "production", "order", "retry", &id])] {
        assert!(ran.status == 8 && ran.err.contains("add --live") && ran.err.contains(&live), "{ran:?}");
    }
    assert_eq!(production.ledger("T-1")["retrievesReceived"], 0);
    // What places no order needs no word, and is announced all the same.
    let accepted = walk(&home, "production", &id, &["--until", "accepted"]).with(0);
    assert!(accepted.err.contains(&live), "{accepted:?}");
    walk(&home, "production", &id, &["--live"]).with(0);
    assert_eq!(production.ledger("T-1")["completesApplied"], 1);
    let other = walk(&home, "sandbox", &open(&home, "sandbox", "1"), &[]).with(0);
    assert!(!other.err.contains("live"), "{other:?}");
}

#[test]
fn at_a_terminal_the_word_is_asked_for() {
    let (sandbox, production) = (Sandbox::serve(&[]), Sandbox::serve(&[]));
    let home = home(&sandbox, &production);
    let id = open(&home, "production", "1");
    let args =
        ["-e", "production", "order", "walk", &id, "--method", "verbal", "--read-and-accepted-by", "Ann"];
    let mut no = Desk::run(&home, &args, 80, 24);
    no.shows("Type live to go on: ").keys("yes\n").shows("add --live");
    assert!(no.status() != 0 && no.is_given_back());
    assert_eq!(production.ledger("T-1")["retrievesReceived"], 0);
    let mut yes = Desk::run(&home, &args, 80, 24);
    yes.shows("Type live to go on: ").keys("live\n").shows("completed");
    assert!(yes.ends());
    assert_eq!(production.ledger("T-1")["completesApplied"], 1);
}

#[test]
fn practice_never_looks_at_other_credentials() {
    let (sandbox, production) = (Sandbox::serve(&[]), Sandbox::serve(&[]));
    let home = home(&sandbox, &production);
    // Whoever looked at this file would refuse it.
    let file = home.path().join(".config/pxdesk/credentials");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let id = open(&home, "embedded", "1");
    walk(&home, "embedded", &id, &[]).with(0);
    let id = open(&home, "production", "1");
    let refused = walk(&home, "production", &id, &["--live"]).with(5);
    assert!(refused.err.contains("chmod 600"), "{refused:?}");
    for px in [sandbox, production] {
        assert_eq!(px.ledger("T-1")["retrievesReceived"], 0);
    }
}

#[cfg(unix)]
#[test]
fn the_agent_is_whom_the_system_names_when_no_variable_does() {
    let home = Home::empty();
    let mut open = home.command(&["order", "open", "--json", "-"]);
    open.env_remove("USER");
    let id = crate::kit::fed(open, &order("1").to_string()).out.trim().to_owned();
    let name = std::process::Command::new("id").arg("-un").output().unwrap();
    assert_eq!(home.show(&id)["events"][0]["by"], String::from_utf8_lossy(&name.stdout).trim());
}
