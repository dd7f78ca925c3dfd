//! A pair that is still there when its customer or its application is not.

use super::floor::home;
use super::server::{Reply, Server};

/// A contract with a pair of the application 7, which is not listed; what the server says of it when it is asked.
fn server(application: &'static str) -> Server {
    let pair = r#"{"applicationSurrogateId":7,"customerSurrogateId":0,"surrogateId":3}"#;
    let customer = r#"{"providerCustomerId":"acme","surrogateId":0}"#;
    Server::answering(move |request| {
        let (method, rest) = request.line.split_once(' ').unwrap();
        let path = rest.split('?').next().unwrap_or_default();
        match path.strip_prefix("/config-saas-registration/v1/").unwrap_or_default() {
            "pairs" => Reply::json(&format!("[{pair}]")),
            "customers" => Reply::json(&format!("[{customer}]")),
            "applications" => Reply::json("[]"),
            "pairs/3" if method == "GET" => Reply::json(pair),
            "customers/0" => Reply::json(customer),
            "applications/7" => {
                Reply::new(application, "", r#"{"providerApplicationId":"mail","surrogateId":7}"#)
            }
            _ => Reply::new("409 Conflict", "", ""),
        }
    })
}

fn removals(server: &Server) -> Vec<String> {
    let lines = server.arrived().into_iter().map(|request| request.line);
    lines.filter(|line| line.starts_with("DELETE")).collect()
}

#[test]
fn what_is_left_of_a_pair_is_removed_by_its_surrogate_id() {
    let server = server("404 Not Found");
    let home = home(&server.base);
    let found = home.run(&["registration", "export"]).with(8);
    assert!(found.err.contains("pxdesk registration remove pair --surrogate 3"), "{}", found.err);
    home.run(&["registration", "remove", "pair", "--surrogate", "4"]).with(2);
    let ran = home.run(&["registration", "remove", "pair", "--surrogate", "3"]).with(3);
    assert!(ran.err.contains("remove pair 3 of the customer 0 and the application 7"), "{}", ran.err);
    let sent = removals(&server);
    assert!(sent.len() == 1 && sent[0].contains("/pairs/3?"), "{sent:?}");
}

#[test]
fn a_pair_of_something_that_is_there_and_not_listed_is_not_left_over() {
    let server = server("200 OK");
    let home = home(&server.base);
    let found = home.run(&["registration", "export"]).with(7);
    assert!(found.err.contains("the application 7 is there and not in it"), "{}", found.err);
    let ran = home.run(&["registration", "remove", "pair", "--surrogate", "3"]).with(7);
    assert!(!ran.err.contains("--surrogate"), "{}", ran.err);
    assert_eq!(removals(&server), [""; 0]);
}

#[test]
fn a_customer_does_not_take_along_a_pair_that_nobody_can_be_shown() {
    let server = server("404 Not Found");
    let home = home(&server.base);
    for more in [&[][..], &["--with-pairs"]] {
        let ran = home.run(&[&["registration", "remove", "customer", "acme"], more].concat()).with(8);
        assert!(ran.err.contains("the pair 3 of the customer 0 and the application 7"), "{}", ran.err);
        assert!(ran.err.contains("remove pair --surrogate 3"), "{}", ran.err);
    }
    assert_eq!(removals(&server), [""; 0]);
}
