//! A partner's home, and the registration server that it looks after a contract on.

use crate::kit::{Home, Ran, Sandbox, get};
use pxdesk::sandbox::PRACTICE_EDGEGRID;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;

/// A partner and a server.
pub struct Floor {
    pub home: Home,
    pub server: Sandbox,
}

impl Floor {
    /// The contract is empty.
    pub fn new() -> Self {
        let server = Sandbox::serve(&["--registration"]);
        let home = home(&server.base);
        Self { home, server }
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.home.run(&[&["registration"], args].concat())
    }

    pub fn json(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--output", "json"]].concat()).with(0).json()
    }

    /// Writes a file in the home; its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.home.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// What the server holds, by names: sorted, each as people write it.
    pub fn world(&self) -> Vec<String> {
        world(&self.server)
    }

    /// Somebody else changes the contract.
    pub fn changes(&self, what: &Value) {
        let mut body = json!({ "contract": CONTRACT });
        for (name, value) in what.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.server.control("registration/change", &body);
    }
}

/// The contract of these tests.
pub const CONTRACT: &str = "A-1234";

/// A home that reaches the server at `base`.
pub fn home(base: &str) -> Home {
    let home = Home::at(base);
    home.configure_also(&format!(
        "registration = \"2s\"\n[doubt]\nquiet_period = \"1s\"\n\
         [environments.sandbox.registration]\nbase_url = \"{base}/\"\ncontract = \"{CONTRACT}\"\nedgerc = \"edgerc\"\n"
    ));
    let path = home.path().join(".config/pxdesk/edgerc");
    std::fs::write(&path, section()).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    home
}

fn section() -> String {
    let practice = PRACTICE_EDGEGRID;
    format!(
        "[default]\nhost = example.invalid\nclient_token = {}\nclient_secret = {}\naccess_token = {}\n",
        practice.client_token, practice.client_secret, practice.access_token
    )
}

/// What the server holds, by names.
pub fn world(server: &Sandbox) -> Vec<String> {
    let world = get(&format!("{}/_sandbox/registration/contracts/{CONTRACT}", server.base));
    told(&world)
}

/// A world as the control side shows it, by names: sorted, each as people write it.
pub fn told(world: &Value) -> Vec<String> {
    let list = |name: &str| world[name].as_array().cloned().unwrap_or_default();
    let named = |list_of: &str, one: &str| -> Vec<String> {
        let told = |object: &Value| format!("{one} {} {}", object["id"].as_str().unwrap(), object["name"]);
        list(list_of).iter().map(told).collect()
    };
    let mut all = named("applications", "application");
    all.extend(named("customers", "customer"));
    all.extend(list("pairs").iter().map(|pair| {
        let text = |name: &str| pair[name].as_str().unwrap();
        format!("pair {} {}", text("customer"), text("application"))
    }));
    all.sort();
    all
}
