//! Deploys, and what buyers see.

use crate::sandbox::market::purchase::{Order, Outcome, changed, settle};
use crate::sandbox::market::receiver::Received;
use crate::sandbox::market::state::State;
use serde_json::{Map, json};

fn order() -> Order {
    let mut fields = Map::new();
    fields.insert("companyName".to_owned(), json!("Tanaka Studio"));
    Order { product: 7, skus: vec!["STORAGE".to_owned()], fields, first_version: false }
}

/// What the buyer sees when the receiver answers so.
fn sees(status: u16, body: &str) -> Outcome {
    let received = Received { status, body: body.as_bytes().to_vec() };
    settle(&mut State::default(), &order(), "P-9", Ok(received), 0)
}

#[test]
fn a_deploy_is_as_the_contract_has_it_and_every_buyer_is_another() {
    let mut state = State::default();
    let [one, two] = [(); 2].map(|()| order().deploy(&mut state, 1, 0));
    assert_ne!(one["provisioningId"], two["provisioningId"]);
    assert_ne!(one["contactEmail"], two["contactEmail"]);
    assert_eq!((&one["productSkus"], &one["productId"]), (&json!(["STORAGE"]), &json!(7)));
    assert_eq!(one["companyName"], "Tanaka Studio");
    assert_eq!(one["userAlias"].as_str().unwrap().len(), 4);
    assert_eq!(one["provisioningId"].as_str().unwrap().len(), 36);
    let other = changed(&one);
    assert!(other != one && other["provisioningId"] == one["provisioningId"]);
    assert_eq!(order().deploy(&mut State::default(), 1, 0), one, "the seed and the clock decide");
    assert_ne!(order().deploy(&mut State::default(), 1, 1)["provisioningId"], one["provisioningId"]);
}

#[test]
fn the_buyer_sees_the_partners_words_only_in_a_refusal() {
    assert_eq!(sees(200, r#"{"customerId":"42","more":1}"#).customer_id.as_deref(), Some("42"));
    assert_eq!(sees(400, " Please name a company. ").buyer_sees, "Please name a company.");
    assert_eq!(sees(422, "\"Quoted.\"").buyer_sees, "Quoted.");
    for (status, body, error) in [
        (200, r#"{"customerId":42}"#, "not a string"),
        (200, r#"{"customerId":""}"#, "empty"),
        (200, "{}", "missing"),
        (200, "thanks", "not JSON"),
        (201, r#"{"customerId":"42"}"#, "201"),
        (302, "", "302"),
        (404, "", "without a message"),
    ] {
        let outcome = sees(status, body);
        assert!(outcome.error.as_ref().unwrap().contains(error), "{outcome:?}");
        assert!(outcome.buyer_sees.starts_with("Something went wrong") && outcome.customer_id.is_none());
    }
    let down = sees(503, "stack trace");
    assert!(!down.buyer_sees.contains("stack") && down.error.is_none());
    let gone = settle(&mut State::default(), &order(), "P-9", Err("no connection".to_owned()), 0);
    assert_eq!((gone.status, gone.error.as_deref()), (None, Some("no connection")));
}

#[test]
fn what_was_bought_is_known_with_its_first_customer_id() {
    let mut state = State::default();
    let mut answered = |body: &str| {
        let received = Received { status: 200, body: body.as_bytes().to_vec() };
        settle(&mut state, &order(), "P-9", Ok(received), 5)
    };
    assert_eq!(answered(r#"{"customerId":"42"}"#).error, None);
    assert_eq!(answered(r#"{"customerId":"42"}"#).error, None);
    assert!(answered(r#"{"customerId":"43"}"#).error.unwrap().contains("42 before"));
    let known = &state.provisionings["P-9"];
    assert!(known.is_of("42", 7, &["STORAGE".to_owned()]) && known.bought_at == 5);
    assert_eq!(known.fields["companyName"], "Tanaka Studio");
}

#[test]
fn version_1_sends_no_id_and_takes_201_with_a_coid() {
    let mut state = State::default();
    let order = Order { first_version: true, ..order() };
    let deploy = order.deploy(&mut state, 1, 0);
    assert!(["resellerkey", "name", "email"].iter().all(|name| deploy[*name].is_string()), "{deploy}");
    assert!(deploy.get("provisioningId").is_none() && deploy.get("productSkus").is_none(), "{deploy}");
    assert_ne!(changed(&deploy)["email"], deploy["email"]);
    let answered = |status, body: &str| Ok(Received { status, body: body.as_bytes().to_vec() });
    let taken = settle(&mut state, &order, "", answered(201, r#"{"coid":"C-1"}"#), 0);
    assert_eq!((taken.customer_id.as_deref(), taken.error), (Some("C-1"), None));
    let other = settle(&mut state, &order, "", answered(200, r#"{"customerId":"C-1"}"#), 0);
    assert_eq!((other.customer_id, other.error.is_some()), (None, true));
    assert!(state.provisionings.is_empty(), "version 1 has no id to remember it by");
}
