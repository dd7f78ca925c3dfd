//! Contracts, the shapes of refusals, and the contract that is served.

use super::{Asked, BASE, CLIENT, Registration, call};
use crate::sandbox::planned::Answer;
use crate::sandbox::registration::edgegrid::Authorization;
use crate::sandbox::registration::routes::CONTRACT;
use serde_json::{Value, json};

/// The answer under a query of its own.
fn under(registration: &mut Registration, query: &str) -> (u16, Value) {
    let target = format!("{BASE}/customers{query}");
    let asked = Asked { method: "GET", target: &target, body: b"" };
    let header = CLIENT.sign(registration.now, asked);
    let planned = registration.plan(call("list_customers"), asked, Authorization::Given(&header));
    let Answer::Message(message) = planned.answer else { panic!() };
    (message.status, serde_json::from_str(&message.body).unwrap())
}

#[test]
fn without_a_contract_nobody_has_rights() {
    let mut registration = Registration::new();
    for query in [
        "",
        "?",
        "?contractId=",
        "?contractid=A-1234",
        "?contractId=1234",
        "?contractId=AB-1",
        "?contractId=A-",
    ] {
        let (status, body) = under(&mut registration, query);
        assert_eq!(status, 403, "{query}");
        assert!(body["error"]["type"].as_str().unwrap().ends_with("NOT_AUTHORIZED"), "{body}");
    }
    for query in ["?contractId=A-1234&contractId=A-1234", "?contractId=%"] {
        assert_eq!(under(&mut registration, query).0, 400, "{query}");
    }
    assert_eq!(under(&mut registration, "?x=1&contractId=A%2D1234").0, 200);
    registration.state.without_rights.insert("A-1234".to_owned());
    registration.refused("list_customers", "", "", 403, "NOT_AUTHORIZED", "not yours");
    registration.refused("create_customer", "", "", 403, "NOT_AUTHORIZED", "not yours");
    registration.contract = "A-1235";
    assert_eq!(registration.ask("list_customers", "", "").0, 200);
}

#[test]
fn what_is_under_one_contract_is_under_no_other() {
    let mut registration = Registration::new();
    registration.create("create_customer", "providerCustomerId=a");
    registration.contract = "a-1234";
    assert_eq!(registration.ask("list_customers", "", "").1, json!([]));
    registration.refused("remove_customer", "0", "", 404, "NOT_FOUND", "");
}

#[test]
fn both_shapes_occur() {
    let mut registration = Registration::new();
    let flat = registration.ask("get_customer", "7", "").1;
    assert_eq!(flat["status"], 404);
    assert_eq!((&flat["title"], &flat["method"]), (&json!("Not Found"), &json!("GET")));
    assert!(flat["instance"].as_str().unwrap().ends_with("/v1/customers/7") && flat.get("detail").is_none());
    registration.refused("remove_customer", "7", "", 404, "NOT_FOUND", "resource 7");
    for (shapes, is_flat) in [("nested", false), ("flat", true)] {
        registration.state.overrides = serde_json::from_value(json!({ "shapes": shapes })).unwrap();
        for name in ["get_customer", "remove_customer", "get_pair"] {
            let body = registration.ask(name, "7", "").1;
            assert_eq!(
                (body["status"] == 404, body["error"]["httpStatus"] == 404),
                (is_flat, !is_flat),
                "{body}"
            );
        }
    }
}

#[test]
fn the_contract_that_is_served_knows_every_status() {
    let contract: Value = serde_json::from_str(CONTRACT).unwrap();
    for collection in ["applications", "customers", "pairs"] {
        let (all, one) = (format!("{BASE}/{collection}"), format!("{BASE}/{collection}/{{surrogateId}}"));
        for (path, method, done, others) in [
            (&all, "get", "200", vec![]),
            (&all, "post", "201", vec!["409"]),
            (&one, "get", "200", vec!["404"]),
            (&one, "put", "204", vec!["404", "409"]),
            (&one, "delete", "204", vec!["404"]),
        ] {
            for status in [done, "400", "401", "403", "405", "413", "500"].into_iter().chain(others) {
                assert!(
                    contract["paths"][path][method]["responses"][status].is_object(),
                    "{method} {path} {status}"
                );
            }
        }
    }
}
