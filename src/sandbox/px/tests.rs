//! Every documented row from its real cause, and the life of a transaction on the server's own clock.

use super::call::Call;
use super::reply::Reply;
use super::request::Asked;
use super::routes::CONTRACT;
use super::rows::ROWS;
use super::rules::{answer, refuse_on_demand};
use super::scenario::Scenario;
use super::service::{self, Arrived};
use super::state::State;
use crate::sandbox::clock::Millis;
use crate::sandbox::options::Options;
use serde_json::{Value, json};

/// A server without its sockets.
struct Px {
    state: State,
    scenario: Scenario,
    now: Millis,
}

impl Px {
    fn new() -> Self {
        Self { state: State::default(), scenario: Scenario::default(), now: 1_790_000_000_000 }
    }

    fn call(&mut self, call: Call, request: &Value) -> Reply {
        let asked = Asked { call, scenario: &self.scenario, seed: 7, now: self.now, offer: None };
        answer(&mut self.state, request, asked)
    }

    fn retrieve(&mut self, request: &Value) -> Reply {
        self.call(Call::RetrieveRcc, request)
    }

    /// Retrieves, then completes with `more` in the request.
    fn complete(&mut self, ids: &Value, more: &Value) -> Reply {
        self.retrieve(ids);
        self.call(
            Call::CompleteOrder,
            &with(ids, &with(&json!({"rccAccepted":true,"rccAcceptanceMethod":"VERBAL"}), more)),
        )
    }
}

fn ids() -> Value {
    json!({"salesCode":"S","partnerId":"P","partnerOrderId":"PO","transactionId":"T","addressDetailId":"A"})
}

fn with(base: &Value, more: &Value) -> Value {
    let mut all = base.clone();
    for (name, value) in more.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

fn code(reply: &Reply) -> &str {
    reply.body.get("internalMessageCode").map_or("", |c| c.as_str().unwrap())
}

#[test]
fn every_retrieve_row_has_its_cause() {
    let check = |change: Value, status: u16, row: &str| {
        let mut px = Px::new();
        px.retrieve(&ids());
        let reply = px.retrieve(&with(&ids(), &change));
        assert_eq!((reply.status, code(&reply)), (status, row), "{change}");
        let message = reply.body["userMessage"].as_str().unwrap();
        assert!(
            message.contains(reply.body["txId"].as_str().unwrap()) && !message.contains('<'),
            "{message}"
        );
    };
    for wrong in [json!("BAD1"), json!(" "), json!(null), json!(7)] {
        check(json!({ "salesCode": wrong }), 401, "2000");
        check(json!({ "partnerId": wrong }), 401, "2030");
        check(json!({ "addressDetailId": wrong }), 401, "2025");
        check(json!({ "transactionId": wrong }), 410, "2070");
    }
    check(json!({ "partnerOrderId": "" }), 400, "2225");
    check(json!({ "partnerOrderId": "PO2" }), 410, "2131");
    check(json!({ "transactionId": "T2" }), 410, "2131");
    // Other than at first sight.
    check(json!({ "salesCode": "S2" }), 401, "2000");
    check(json!({ "partnerId": "P2" }), 401, "2030");
    check(json!({ "addressDetailId": "A2" }), 401, "2025");
    let first = |address: &str| {
        let reply = Px::new().retrieve(&with(&ids(), &json!({ "addressDetailId": address })));
        (reply.status, code(&reply).to_owned())
    };
    assert_eq!(first("A-NOTAX"), (500, "4040".to_owned()));
    assert_eq!(first("A-NORCC"), (500, "4050".to_owned()));
}

#[test]
fn every_complete_row_has_its_cause() {
    let check = |ids_change: Value, more: Value, status: u16, row: &str| {
        let reply = Px::new().complete(&with(&ids(), &ids_change), &more);
        assert_eq!((reply.status, code(&reply)), (status, row), "{ids_change} {more}");
    };
    check(json!({}), json!({ "rccAccepted": false }), 401, "1210");
    check(json!({}), json!({ "rccAcceptanceMethod": "SMS" }), 401, "1210");
    check(json!({}), json!({ "salesCode": "BAD" }), 401, "2000");
    check(json!({}), json!({ "partnerId": "BAD" }), 401, "2030");
    check(json!({}), json!({ "addressDetailId": "BAD" }), 401, "2025");
    check(json!({}), json!({ "partnerOrderId": "" }), 400, "2225");
    check(json!({}), json!({ "partnerOrderId": "PO2" }), 410, "2131");
    check(json!({}), json!({ "transactionId": "T2" }), 410, "2131");
    check(json!({ "addressDetailId": "A-NORCC" }), json!({}), 401, "1210");
    check(json!({}), json!({ "giftCards": ["a", "b"] }), 410, "1215");
    check(json!({}), json!({ "paymentToken": "declined-1" }), 410, "1099");
    check(json!({ "addressDetailId": "A-PAY" }), json!({}), 410, "1130");
    check(json!({}), json!({ "paymentToken": "down" }), 401, "");
    check(json!({}), json!({}), 200, "");
    let mut px = Px::new();
    px.complete(&ids(), &json!({}));
    assert_eq!(code(&px.complete(&ids(), &json!({}))), "2130");
    assert_eq!(px.state.transactions["T"].completes_applied, 1);
    assert_eq!(px.call(Call::GetRccAcceptance, &ids()).body["acceptanceMethod"], "VERBAL");
}

#[test]
fn without_a_text_there_is_no_complete_also_where_it_is_on_demand() {
    for (row, expected) in [("4040", ""), ("4050", "1210")] {
        let mut px = Px::new();
        px.retrieve(&ids());
        let asked =
            Asked { call: Call::RetrieveRcc, scenario: &px.scenario, seed: 7, now: px.now, offer: None };
        assert_eq!(code(&refuse_on_demand(&mut px.state, Some(&ids()), row, asked)), row);
        let accepted = json!({ "rccAccepted": true, "rccAcceptanceMethod": "VERBAL" });
        assert_eq!(code(&px.call(Call::CompleteOrder, &with(&ids(), &accepted))), expected);
        assert_eq!(px.complete(&ids(), &json!({})).status, if expected.is_empty() { 410 } else { 200 });
    }
}

#[test]
fn the_window_closes_on_the_servers_clock() {
    let mut px = Px::new();
    px.retrieve(&ids());
    px.now += 120 * 60 * 1000;
    let mut late = Px { state: px.state.clone(), scenario: px.scenario.clone(), now: px.now + 1 };
    assert_eq!(px.complete(&ids(), &json!({})).status, 200);
    assert_eq!(code(&late.complete(&ids(), &json!({}))), "2215");
}

#[test]
fn an_sms_is_accepted_after_a_while_and_then_completes() {
    let mut px = Px::new();
    px.retrieve(&ids());
    let sms = with(&ids(), &json!({"deliveryMethod":"SMS","phoneNumber":"+13035550123"}));
    assert_eq!(px.call(Call::SendRcc, &sms).status, 200);
    assert_eq!(px.call(Call::GetRccAcceptance, &ids()).body["accepted"], false);
    px.now += 21_000;
    let accepted = px.call(Call::GetRccAcceptance, &ids()).body;
    assert_eq!((&accepted["accepted"], &accepted["acceptanceMethod"]), (&json!(true), &json!("SMS")));
    assert_eq!(
        code(&px.complete(&ids(), &json!({ "rccAcceptanceMethod": "EMAIL" }))),
        "1210",
        "another method"
    );
    assert_eq!(px.complete(&ids(), &json!({ "rccAcceptanceMethod": "SMS" })).status, 200);
}

#[test]
fn what_does_not_fit_the_contract_is_refused_in_its_own_shape() {
    let mut px = Px::new();
    px.retrieve(&ids());
    for more in [
        json!({}),
        json!({"deliveryMethod":"FAX"}),
        json!({"deliveryMethod":"SMS","phoneNumber":"303"}),
        json!({"deliveryMethod":"EMAIL","emailAddress":"x"}),
    ] {
        let reply = px.call(Call::SendRcc, &with(&ids(), &more));
        assert_eq!(reply.status, 400, "{more}");
        assert!(reply.body["userMessage"].is_string());
    }
    assert_eq!(px.retrieve(&json!([1])).status, 400);
    for more in [json!({"giftCards":[1]}), json!({"paymentToken":1}), json!({"rccAccepted":"yes"})] {
        assert_eq!(px.complete(&ids(), &more).status, 400, "{more}");
    }
}

#[test]
fn a_complete_without_a_text_is_refused() {
    let complete = with(&ids(), &json!({"rccAccepted":true,"rccAcceptanceMethod":"VERBAL"}));
    assert_eq!(code(&Px::new().call(Call::CompleteOrder, &complete)), "1210");
}

#[test]
fn what_was_refused_on_demand_may_be_corrected() {
    let mut px = Px::new();
    px.retrieve(&ids());
    let corrected = with(&ids(), &json!({ "salesCode": "S2" }));
    assert_eq!(code(&px.retrieve(&corrected)), "2000");
    let asked =
        Asked { call: Call::CompleteOrder, scenario: &px.scenario, seed: 7, now: px.now, offer: None };
    assert_eq!(code(&refuse_on_demand(&mut px.state, Some(&ids()), "2000", asked)), "2000");
    assert_eq!(px.retrieve(&corrected).status, 200);
}

#[test]
fn a_resend_waits_for_the_customer_again_and_a_decline_lasts() {
    let mut px = Px::new();
    px.retrieve(&ids());
    let email = with(&ids(), &json!({"deliveryMethod":"EMAIL","emailAddress":"a@example.com"}));
    for _ in 0..2 {
        assert_eq!(px.call(Call::SendRcc, &email).status, 200);
        assert_eq!(px.call(Call::GetRccAcceptance, &ids()).body["accepted"], false);
        px.now += 21_000;
        assert_eq!(px.call(Call::GetRccAcceptance, &ids()).body["accepted"], true);
    }
    px.state.transaction("T").sent.as_mut().unwrap().told = Some((false, px.now));
    px.now += 3_600_000;
    assert_eq!(px.call(Call::GetRccAcceptance, &ids()).body["accepted"], false);
}

#[test]
fn an_order_of_the_scenario_is_special() {
    let mut px = Px::new();
    px.scenario = Scenario::named("strict").unwrap();
    let ids = |transaction: &str| {
        with(
            &ids(),
            &json!({"salesCode":"S100","partnerId":"P200","transactionId":transaction,"partnerOrderId":transaction}),
        )
    };
    assert_eq!(px.retrieve(&ids("T-PAY")).body["language"], "es");
    assert_eq!(code(&px.complete(&ids("T-PAY"), &json!({}))), "1130");
    px.retrieve(&ids("T-OLD"));
    px.retrieve(&ids("T-NO"));
    let sms = with(&ids("T-NO"), &json!({"deliveryMethod":"SMS","phoneNumber":"+13035550123"}));
    assert_eq!(px.call(Call::SendRcc, &sms).status, 200);
    px.now += 11 * 60_000;
    assert_eq!(code(&px.complete(&ids("T-OLD"), &json!({}))), "2215");
    assert_eq!(px.call(Call::GetRccAcceptance, &ids("T-NO")).body["accepted"], false);
}

#[test]
fn the_same_seed_answers_the_same() {
    let run = || {
        let mut px = Px::new();
        [px.retrieve(&ids()), px.complete(&ids(), &json!({}))]
    };
    assert_eq!(run(), run());
}

#[test]
fn by_chance_some_calls_go_wrong_and_the_seed_decides_which() {
    let run = |seed| -> Vec<bool> {
        let scenario = Scenario::named("faulty").unwrap();
        let options = Options { scenario, seed, state_file: None, market: false, registration: false };
        let mut state = State::default();
        let arrived = Arrived { authorization: Some("Basic azpz"), content_type: None, body: b"" };
        let unharmed = service::token(&mut State::default(), &calm(), 0, arrived);
        (0..500).map(|_| service::token(&mut state, &options, 0, arrived) != unharmed).collect()
    };
    let wrong = run(1).into_iter().filter(|wrong| *wrong).count();
    assert!((50..150).contains(&wrong), "about a fifth of 500: {wrong}");
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

fn calm() -> Options {
    Options { scenario: Scenario::default(), seed: 1, state_file: None, market: false, registration: false }
}

#[test]
fn the_contract_that_is_served_knows_every_status_of_the_table() {
    let contract: Value = serde_json::from_str(CONTRACT).unwrap();
    for row in ROWS {
        let path = match row.call {
            Call::RetrieveRcc => "/pxRetrieveRCC",
            Call::SendRcc => "/pxSendRCC",
            Call::GetRccAcceptance => "/pxGetRCCAcceptance",
            Call::CompleteOrder => "/pxCompleteOrder",
        };
        let responses = &contract["paths"][path]["post"]["responses"];
        assert!(responses[row.status.to_string()].is_object(), "{row:?}");
    }
}
