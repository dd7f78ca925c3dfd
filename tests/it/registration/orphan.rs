//! A pair that is still there when its customer or its application is not.

use super::floor::home;
use super::server::{Reply, Server};

#[test]
fn what_is_left_of_a_pair_is_removed_by_its_surrogate_id() {
    let server =
        Server::answering(|request| match request.line.split(['?', ' ']).nth(1).unwrap_or_default() {
            path if path.ends_with("/pairs") => {
                Reply::json(r#"[{"applicationSurrogateId":7,"customerSurrogateId":0,"surrogateId":3}]"#)
            }
            path if path.ends_with("/customers") => {
                Reply::json(r#"[{"providerCustomerId":"acme","surrogateId":0}]"#)
            }
            path if path.ends_with("/applications") => Reply::json("[]"),
            _ => Reply::new("409 Conflict", "", ""),
        });
    let home = home(&server.base);
    let found = home.run(&["registration", "export"]).with(8);
    assert!(found.err.contains("pxdesk registration remove pair --surrogate 3"), "{}", found.err);
    home.run(&["registration", "remove", "pair", "--surrogate", "4"]).with(2);
    let ran = home.run(&["registration", "remove", "pair", "--surrogate", "3"]).with(3);
    assert!(ran.err.contains("remove pair 3 of the customer 0 and the application 7"), "{}", ran.err);
    let sent = server.arrived().into_iter().find(|request| request.line.starts_with("DELETE")).unwrap();
    assert!(sent.line.contains("/pairs/3?"), "{}", sent.line);
}
