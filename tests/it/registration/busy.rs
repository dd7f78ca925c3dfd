//! A server that is slow, or has too much to do: nothing is given up that was never sent, and it is left alone.

use super::floor::{Floor, home};
use super::server::{Arrived, Reply, Server};
use serde_json::json;
use std::sync::Mutex;
use std::time::{Duration, Instant};

fn csv(customers: usize) -> String {
    let lines = (0..customers).map(|n| format!("c{n},\n")).collect::<Vec<_>>().concat();
    format!("customer,application\n{lines}")
}

#[test]
fn what_a_slow_server_leaves_no_time_for_is_sent_later() {
    let (floor, customers) = (Floor::new(), 30);
    let file = floor.file("contract.csv", &csv(customers));
    let slow = json!({ "call": "create_customer", "times": customers, "fault": { "latencySeconds": 1.2 } });
    floor.server.control("faults", &slow);
    floor.run(&["apply", "--file", &file]).with(0);
    assert_eq!(floor.world().len(), customers);
}

/// A server that creates customers, and so many in a second at most.
struct Limited {
    most: usize,
    customers: Mutex<Vec<String>>,
    lately: Mutex<Vec<Instant>>,
}

impl Limited {
    fn new(most: usize) -> Self {
        Self { most, customers: Mutex::default(), lately: Mutex::default() }
    }

    fn answers(&self, request: &Arrived) -> Reply {
        let mut customers = self.customers.lock().unwrap();
        if let Some(id) = request.body.strip_prefix("providerCustomerId=") {
            let mut lately = self.lately.lock().unwrap();
            lately.retain(|at| at.elapsed() < Duration::from_secs(1));
            if lately.len() >= self.most {
                return Reply::new("429 Too Many Requests", "", "");
            }
            lately.push(Instant::now());
            customers.push(id.to_owned());
            return Reply::new(
                "201 Created",
                &format!("location: /customers/{}\r\n", customers.len() - 1),
                "",
            );
        }
        if !request.line.contains("/customers") {
            return Reply::json("[]");
        }
        let all = customers.iter().enumerate();
        let all =
            all.map(|(n, id)| json!({ "providerCustomerId": id, "surrogateId": n })).collect::<Vec<_>>();
        Reply::json(&json!(all).to_string())
    }
}

#[test]
fn a_server_with_a_limit_is_asked_for_no_more_than_it_bears() {
    let customers = 20;
    let limited = Limited::new(5);
    let server = Server::answering(move |request| limited.answers(request));
    let home = home(&server.base);
    let file = home.path().join("contract.csv");
    std::fs::write(&file, csv(customers)).unwrap();
    home.run(&["registration", "apply", "--file", file.to_str().unwrap()]).with(0);
    let posts = server.arrived().into_iter().filter(|request| request.line.starts_with("POST")).count();
    assert!(posts < 2 * customers, "{posts} requests for {customers} customers");
    home.run(&["registration", "plan", "--file", file.to_str().unwrap()]).with(0);
}
