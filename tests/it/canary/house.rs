//! What is searched: a home, the embedded Px behind a relay, and whatever any of them said.

use super::relay::Relay;
use super::{ACCEPTED_BY, IN_RCC};
use crate::kit::{Home, Ran, Sandbox};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

/// An order whose customer is all canaries.
pub fn order(n: &str) -> Value {
    json!({
        "salesCode": "S100", "partnerId": "P200", "partnerOrderId": format!("PO-{n}"), "transactionId": format!("T-{n}"),
        "addressDetailId": format!("A-{n}"),
        "customer": { "name": "Quillon Featherstonhaugh", "phone": "+13035550147",
            "email": "quillon.feather@canary-mail.example", "address": format!("4417 Kestrel Lane, Unit {n}") },
        "paymentToken": "tok_canary_51507VbRr2", "giftCards": ["giftcard-canary-8842Aq"],
    })
}

/// Key and secret, as `login` reads them.
pub const PAIR: &str = "canary-key-7Qh2vLw0\ncanary-secret-9Zx4Lm3Te8\n";

/// A house to search: the embedded Px behind a relay, a home, and whatever was said so far.
pub struct House {
    pub px: Sandbox,
    pub relay: Relay,
    pub home: Home,
    /// What was said, and where.
    pub said: Vec<(String, String)>,
    /// How many orders were taken in: `T-1` and so on.
    pub orders: usize,
}

impl House {
    pub fn new() -> Self {
        let px = Sandbox::serve(&[]);
        let relay = Relay::to(&px.base, IN_RCC);
        let home = Home::at(&relay.base);
        home.configure_also("[log]\nlibraries = \"trace\"\n");
        let mut house = Self { px, relay, home, said: Vec::new(), orders: 0 };
        house.run(&["login", "-e", "sandbox"], PAIR).with(0);
        house
    }

    pub fn spawn(&self, args: &[&str], input: &str) -> Child {
        let mut command = self.home.command(args);
        command.env("RUST_BACKTRACE", "full").stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child
    }

    /// Runs a command and keeps what it says.
    pub fn run(&mut self, args: &[&str], input: &str) -> Ran {
        let ran = Ran::from(self.spawn(args, input).wait_with_output().unwrap());
        let place = |stream| format!("{stream} of {args:?}");
        self.said.push((place("stderr"), ran.err.clone()));
        // What prints the RCC text prints the name in it.
        self.said.push((place("stdout"), ran.out.replace(IN_RCC, "")));
        ran
    }

    pub fn open(&mut self) -> String {
        self.orders += 1;
        let order = order(&self.orders.to_string());
        let ran = self.run(&["order", "open", "--json", "-"], &order.to_string()).with(0);
        ran.out.trim().to_owned()
    }

    /// Walks it; the names and addresses come on standard input, not as arguments that `ps` shows.
    pub fn walk(&mut self, id: &str, method: &str, to: Option<&str>, output: &str) -> Ran {
        let (flag, input) = match to {
            Some(to) => ("--to", to),
            None => ("--read-and-accepted-by", ACCEPTED_BY),
        };
        let args = ["order", "walk", id, "--method", method, flag, "-", "--wait", "1", "--output", output];
        self.run(&args, input)
    }

    pub fn walk_aloud(&mut self, id: &str) -> Ran {
        self.walk(id, "verbal", None, "text")
    }

    /// Keeps every file of the home, where it is and as it is now, but for the one with key and secret.
    pub fn keep_files(&mut self) {
        for file in files_below(self.home.path()) {
            if file.ends_with("credentials") {
                continue;
            }
            let bytes = std::fs::read(&file).unwrap();
            self.said.push((file.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }

    /// Keeps what the system shows of a running process.
    pub fn keep_process(&mut self, id: u32) {
        for name in ["cmdline", "environ", "comm", "status"] {
            let text = std::fs::read(format!("/proc/{id}/{name}")).unwrap();
            assert!(!text.is_empty(), "{name}");
            self.said.push((format!("/proc/PID/{name}"), String::from_utf8_lossy(&text).into_owned()));
        }
    }
}

pub fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}
