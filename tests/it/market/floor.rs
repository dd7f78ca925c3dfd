//! A partner's home, the marketplace it sells on, and its receiver.

use crate::kit::{Home, Ran, Sandbox, get, post};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// The command that tells of a purchase by the first customer.
pub const TRACK: [&str; 8] =
    ["market", "track", "--service", "S", "--customer-id", "C-1", "--purchased-at", "2026-11-20T15:00:00Z"];

/// A partner and a marketplace.
pub struct Floor {
    pub home: Home,
    pub market: Sandbox,
}

/// A running `market serve`; killed when dropped. What it says on stderr is in the home's `serve.err`.
pub struct Receiver {
    pub child: Child,
    /// Where deploys go.
    pub url: String,
}

impl Floor {
    pub fn new() -> Self {
        let market = Sandbox::serve(&["--market"]);
        let home = home(&market.base);
        Self { home, market }
    }

    /// The receiver, with these further arguments.
    pub fn receiver(&self) -> Receiver {
        Receiver::of(&self.home)
    }

    /// So many buyers, one after the other; each is answered.
    pub fn sells(&self, count: usize) {
        let receiver = self.receiver();
        for outcome in self.buys(&receiver.url, &json!({ "count": count })) {
            assert_eq!(outcome["status"], 200, "{outcome}");
        }
        receiver.ends();
    }

    /// Has the marketplace send deploys; what the buyers see.
    pub fn buys(&self, url: &str, with: &Value) -> Vec<Value> {
        let mut body = json!({
            "url": url, "productId": 123, "skus": ["PRACTICE-STORAGE", "PRACTICE-SEATS"],
            "fields": { "contactEmail": "ann.okafor@buyer.example" },
        });
        for (name, value) in with.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.market.control("market/buy", &body).as_array().unwrap().clone()
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.home.run(args)
    }

    pub fn json(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--output", "json"]].concat()).with(0).json()
    }

    /// Takes in usage of this bill month: customer, count, key.
    pub fn adds(&self, lines: &[(&str, &str, &str)]) -> Ran {
        let month = self.bill_month();
        let line = |(of, count, key): &(&str, &str, &str)| {
            format!(
                r#"{{"customerId":"{of}","sku":"PRACTICE-STORAGE","month":"{month}","count":{count},"key":"{key}"}}"#
            )
        };
        let text: Vec<_> = lines.iter().map(line).collect();
        self.home.run_with(&["market", "usage", "add", "--json", "-"], &text.join("\n"))
    }

    pub fn takes_over(&self) {
        let from = self.bill_month();
        self.run(&["market", "usage", "takeover", "--from", &from, "--by", "Ann Okafor"]).with(0);
    }

    pub fn sends(&self) -> Ran {
        let month = self.bill_month();
        self.run(&["market", "usage", "send", "--month", &month])
    }

    /// A verdict, once the quiet period is over.
    pub fn settles(&self, command: &[&str]) {
        let until = Instant::now() + Duration::from_secs(20);
        while self.run(command).status != 0 {
            assert!(Instant::now() < until, "it can never be settled");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// The month whose bill something sent now would be on, as the program says.
    pub fn bill_month(&self) -> String {
        let ran = self.run(&["market", "closing", "--output", "json"]);
        ran.json()["bill"].as_str().unwrap().to_owned()
    }

    pub fn fault(&self, call: &str, fault: &Value) {
        self.market.fault(call, fault);
    }

    /// What the marketplace's control side knows.
    pub fn look(&self, what: &str) -> Value {
        get(&format!("{}/_sandbox/market/{what}", self.market.base))
    }

    pub fn bill(&self) -> Value {
        self.look("bill")
    }

    #[track_caller]
    pub fn verifies(&self) {
        self.home.verifies();
    }
}

/// A home whose sandbox environment sells on the marketplace at `base`.
pub fn home(base: &str) -> Home {
    let home = Home::at(base);
    home.configure_also(&format!(
        "market = \"3s\"\n[doubt]\nquiet_period = \"1s\"\n\
         [environments.sandbox.market]\nbase_url = \"{base}/\"\nprovider_key = \"provider.key\"\n\
         [market.skus.\"PRACTICE-STORAGE\"]\nbilling = \"manual\"\nusage = true\nunit = \"GB\"\n\
         [market.skus.\"PRACTICE-SEATS\"]\nbilling = \"manual\"\n"
    ));
    secret(&home, "provider.key", "PRACTICE-PROVIDER-KEY\n");
    home
}

/// A file beside the configuration, for its owner alone.
pub fn secret(home: &Home, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = home.path().join(".config/pxdesk").join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

impl Receiver {
    pub fn of(home: &Home) -> Self {
        let mut command = home.command(&["market", "serve"]);
        let told = std::fs::File::create(home.path().join("serve.err")).unwrap();
        let mut child = command.stderr(Stdio::from(told)).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        let url = format!("{}/deploy", line["listening"].as_str().unwrap());
        Self { child, url }
    }

    /// Asks it to end, and waits for that: what it was given is written then.
    pub fn ends(mut self) {
        crate::pty::send(self.child.id(), rustix::process::Signal::TERM);
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A deploy as the marketplace sends it.
pub fn deploy(id: &str) -> Value {
    json!({
        "provisioningId": id, "productId": 123, "productSkus": ["PRACTICE-STORAGE"],
        "contactEmail": "ann.okafor@buyer.example", "userAlias": "ABCD",
    })
}

/// Sends a deploy; the status and the body.
pub fn sent(url: &str, deploy: &Value) -> (u16, Value) {
    post(url, deploy)
}
