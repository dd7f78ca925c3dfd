//! What somebody else changes meanwhile, and what a server keeps that no plan expects: by a server that is made by hand.

use super::floor::home;
use super::server::{Arrived, Reply, Server};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The path behind the API's own, with its method.
fn path(request: &Arrived) -> String {
    let line = request.line.split('?').next().unwrap_or_default();
    line.replace("/config-saas-registration/v1/", "")
}

fn sent(server: &Server, method: &str) -> Vec<String> {
    let lines = server.arrived().iter().map(path).collect::<Vec<_>>();
    lines.into_iter().filter(|line| line.starts_with(method)).collect()
}

const CUSTOMER: &str = r#"{"providerCustomerId":"c2","customerName":"Two","surrogateId":1}"#;
const APPLICATION: &str = r#"{"providerApplicationId":"erp","surrogateId":0}"#;
const PAIR: &str = r#"{"applicationSurrogateId":0,"customerSurrogateId":1,"surrogateId":3}"#;

#[test]
fn a_pair_whose_customer_somebody_removes_before_it_is_created_is_no_want_of_an_answer() {
    let created = AtomicUsize::new(0);
    let server = Server::answering(move |request| match path(request).as_str() {
        "GET applications" => Reply::json(&format!("[{APPLICATION}]")),
        "GET customers" if created.load(Ordering::SeqCst) == 0 => Reply::json(&format!("[{CUSTOMER}]")),
        "GET customers" => Reply::json(r#"[{"providerCustomerId":"c9","surrogateId":9}]"#),
        "POST customers" => {
            created.store(1, Ordering::SeqCst);
            Reply::new("201 Created", "location: /customers/9\r\n", "")
        }
        "GET pairs" => Reply::json("[]"),
        _ => Reply::new("409 Conflict", "", ""),
    });
    let home = home(&server.base);
    let file = home.path().join("contract.csv");
    std::fs::write(&file, "customer,application\nc2,erp\nc9,\n").unwrap();
    let apply = ["registration", "apply", "--file", file.to_str().unwrap()];
    let ran = home.run(&apply).with(8);
    for said in [
        "not done: create pair `c2` with `erp`: its customer `c2` is not there any more",
        "the contract has changed since the plan was made:",
        "Plan again",
    ] {
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
    assert_eq!(sent(&server, "POST"), ["POST customers"]);
}

#[test]
fn a_pair_that_comes_while_the_other_lists_are_read_does_not_go_along_unseen() {
    // The lists of the command, then those before anything is sent: the pairs first, and once more at the end.
    let listed = AtomicUsize::new(0);
    let server = Server::answering(move |request| match path(request).as_str() {
        "GET applications" => Reply::json(&format!("[{APPLICATION}]")),
        "GET customers" => Reply::json(&format!("[{CUSTOMER}]")),
        "GET customers/1" => Reply::json(CUSTOMER),
        "GET pairs" if listed.fetch_add(1, Ordering::SeqCst) < 2 => Reply::json("[]"),
        "GET pairs" => Reply::json(&format!("[{PAIR}]")),
        _ => Reply::new("204 No Content", "", ""),
    });
    let home = home(&server.base);
    let ran = home.run(&["registration", "remove", "customer", "c2"]).with(8);
    assert!(ran.err.contains("the pair `c2` with `erp` is there now"), "{}", ran.err);
    assert_eq!(sent(&server, "DELETE"), [""; 0]);
}

#[test]
fn pairs_that_a_server_leaves_are_named_with_one_way_to_remove_them() {
    let pairs = [(3, 1), (4, 2)]
        .map(|(n, customer)| {
            format!(r#"{{"applicationSurrogateId":0,"customerSurrogateId":{customer},"surrogateId":{n}}}"#)
        })
        .join(",");
    let gone = AtomicUsize::new(0);
    let removed = AtomicUsize::new(0);
    let server = Server::answering(move |request| match path(request).as_str() {
        "GET applications" if gone.load(Ordering::SeqCst) == 0 => Reply::json(&format!("[{APPLICATION}]")),
        "GET applications" => Reply::json("[]"),
        "GET applications/0" if gone.load(Ordering::SeqCst) == 0 => Reply::json(APPLICATION),
        "GET customers" => {
            Reply::json(&format!(r#"[{CUSTOMER},{{"providerCustomerId":"c3","surrogateId":2}}]"#))
        }
        "GET pairs" if removed.load(Ordering::SeqCst) == 2 => Reply::json("[]"),
        "GET pairs" => Reply::json(&format!("[{pairs}]")),
        "GET pairs/3" => Reply::json(PAIR),
        "GET pairs/4" => Reply::json(&PAIR.replace(":1,", ":2,").replace(":3", ":4")),
        "GET customers/1" => Reply::json(CUSTOMER),
        "GET customers/2" => Reply::json(r#"{"providerCustomerId":"c3","surrogateId":2}"#),
        "DELETE applications/0" => {
            gone.store(1, Ordering::SeqCst);
            Reply::new("204 No Content", "", "")
        }
        "DELETE pairs/3" | "DELETE pairs/4" => {
            removed.fetch_add(1, Ordering::SeqCst);
            Reply::new("204 No Content", "", "")
        }
        _ => Reply::new("404 Not Found", "", ""),
    });
    let home = home(&server.base);
    let file = home.path().join("contract.csv");
    std::fs::write(&file, "customer,application\nc2,\nc3,\n").unwrap();
    let file = file.to_str().unwrap();
    let ran = home.run(&["registration", "apply", "--file", file, "--allow-removals", "1"]).with(8);
    assert!(ran.out.contains("1 of 1 done"), "{}", ran.out);
    let way = "pxdesk registration remove pair --surrogate 3,4";
    for said in ["the server has left pairs that were to go along: `c2` with `erp`, which is the pair 3", way]
    {
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
    // Nobody who comes later has to find them out one by one, either.
    let plan = ["registration", "plan", "--file", file];
    let ran = home.run(&plan).with(8);
    assert!(ran.err.contains(way), "{}", ran.err);
    home.run(&["registration", "remove", "pair", "--surrogate", "3,4"]).with(0);
    assert_eq!(sent(&server, "DELETE").len(), 3);
    home.run(&plan).with(0);
}

#[test]
fn an_object_that_cannot_be_used_is_named_and_only_what_may_be_about_it_is_refused() {
    let server = Server::answering(|request| match path(request).as_str() {
        "GET customers" => {
            Reply::json(&format!(r#"[{CUSTOMER},{{"providerCustomerId":"Müller","surrogateId":9}}]"#))
        }
        "GET applications" => Reply::json(&format!("[{APPLICATION}]")),
        "GET pairs" => {
            Reply::json(r#"[{"applicationSurrogateId":0,"customerSurrogateId":9,"surrogateId":7}]"#)
        }
        _ => Reply::json("[]"),
    });
    let home = home(&server.base);
    let what = "the customer 9: its providerCustomerId \"Müller\" holds";
    let listed = home.run(&["registration", "list"]).with(0);
    assert!(listed.out.contains("c2") && listed.out.contains(&format!("unusable: {what}")), "{}", listed.out);
    let json = home.run(&["registration", "list", "customers", "--output", "json"]).with(0).json();
    assert_eq!((&json[0]["id"], &json[1]["surrogate"]), (&json!("c2"), &json!("9")), "{json}");
    let file = home.path().join("contract.csv");
    std::fs::write(&file, "customer,application\nc2,\nnew,\n,erp\n").unwrap();
    let file = file.to_str().unwrap();
    for command in [
        &["plan", "--file", file][..],
        &["apply", "--file", file],
        &["export"],
        &["create", "customer", "new"],
        &["remove", "customer", "--surrogate", "9"],
    ] {
        let ran = home.run(&[&["registration"], command].concat()).with(8);
        assert!(ran.err.contains(what) && ran.err.contains("portal"), "{command:?}: {}", ran.err);
    }
    let sent: Vec<_> = server.arrived().iter().map(path).collect();
    assert!(sent.iter().all(|path| path.starts_with("GET ")), "{sent:?}");
}

#[test]
fn of_two_with_one_id_the_next_step_is_one_that_there_is() {
    let server = Server::answering(|request| match path(request).as_str() {
        "GET customers" => {
            Reply::json(&format!(r#"[{CUSTOMER},{{"providerCustomerId":"c2","surrogateId":9}}]"#))
        }
        "GET applications" => Reply::json(&format!("[{APPLICATION}]")),
        _ => Reply::json("[]"),
    });
    let home = home(&server.base);
    for command in [&["rename", "customer", "c2", "X"][..], &["create", "pair", "c2", "erp"]] {
        let ran = home.run(&[&["registration"], command].concat()).with(8);
        assert!(ran.err.contains("pxdesk registration remove customer --surrogate NUMBER"), "{}", ran.err);
    }
}

#[test]
fn an_answer_that_comes_twice_is_not_the_next_list() {
    let server = Server::answering(|request| match path(request).as_str() {
        "GET pairs" => {
            let Reply { mut bytes, closes } = Reply::json("[]");
            bytes.extend_from_within(..);
            Reply { bytes, closes }
        }
        "GET applications" => Reply::json(&format!("[{APPLICATION}]")),
        _ => Reply::json(&format!("[{CUSTOMER}]")),
    });
    let home = home(&server.base);
    let file = home.path().join("contract.csv");
    std::fs::write(&file, "customer,application\nc2,\n,erp\n").unwrap();
    for _ in 0..5 {
        home.run(&["registration", "plan", "--file", file.to_str().unwrap()]).with(0);
    }
    assert_eq!(server.connections(), server.arrived().len());
}

#[test]
fn an_id_that_holds_a_token_is_not_taken_for_another_id() {
    let token = pxdesk::sandbox::PRACTICE_EDGEGRID.client_token;
    let server = Server::answering(move |request| match path(request).as_str() {
        "GET customers" => Reply::json(&format!(r#"[{{"providerCustomerId":"{token}-c","surrogateId":9}}]"#)),
        _ => Reply::json("[]"),
    });
    let home = home(&server.base);
    let ran = home.run(&["registration", "export"]).with(8);
    assert!(ran.err.contains("the list of customers cannot be used"), "{}", ran.err);
    assert!(!ran.err.contains(token) && !ran.out.contains("redacted"), "{ran:?}");
}
