//! Two machines look after one contract, with one journal on PostgreSQL.

use super::floor::{Floor, home, world};
use crate::kit::{Home, Sandbox};
use crate::postgres;
use serde_json::json;
use std::time::{Duration, Instant};

const FILE: &str = "application,customer\nmail,\nmail,one\nmail,two\n";

const WORLD: [&str; 5] =
    ["application mail null", "customer one null", "customer two null", "pair one mail", "pair two mail"];

#[test]
fn what_one_machine_began_and_left_the_other_finishes_and_nothing_is_there_twice() {
    let Some(database) = postgres::database() else { return };
    let server = Sandbox::serve(&["--registration"]);
    let machine = || -> Home {
        let home = home(&server.base);
        home.configure_also(&format!(
            "[journal]\nurl = \"{}\"\nkey_file = \"{}\"\n",
            database.url(),
            database.key().display()
        ));
        home
    };
    let (one, two) = (machine(), machine());
    let floor = Floor { home: one, server };
    let file = floor.file("contract.csv", FILE);
    let apply = ["registration", "apply", "--file", &file];
    // The first create is carried out late, when its process is gone.
    floor.server.fault("create_application", &json!({ "lateSeconds": 1 }));
    floor.server.fault("create_customer", &json!({ "latencySeconds": 5 }));
    let mut first = floor.home.command(&apply).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while floor.json(&["runs"]).as_array().is_none_or(Vec::is_empty) {
        assert!(Instant::now() < until, "the first one begins");
    }
    let busy = two.run(&apply);
    assert_eq!(busy.status, 8, "{busy:?}");
    first.kill().unwrap();
    first.wait().unwrap();
    // The server sees that its connection is gone.
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let second = two.run(&apply);
        if second.status == 0 {
            break;
        }
        assert!(second.status == 8 && Instant::now() < until, "{second:?}");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(world(&floor.server), WORLD);
    floor.run(&["plan", "--file", &file]).with(0);
    let states: Vec<_> =
        floor.json(&["runs"]).as_array().unwrap().iter().map(|run| run["state"].clone()).collect();
    assert_eq!(states, ["applied", "cut_off"]);
    two.verifies();
}
