//! 401 and 403 on Complete: a listed fault of the token leads to one more attempt. Whatever only resembles one may have
//! placed the order, so it leads to none.

use crate::kit::{Home, Sandbox, order};
use crate::other::Other;
use crate::server::{TOKEN_PATH, identity, settings};
use jiff::SignedDuration;
use pxdesk::engine::{Clock, Engine, Error, Options, Plan, Presence, Until};
use pxdesk::journal::Journal;
use pxdesk::order::{
    Call, Environment, Failure, Method, Outcome, Pauses, Refusal, State, Timestamp, parse_order, remedy,
};
use pxdesk::px::{Client, Reply, classify};
use serde_json::{Value, json};

/// What a gateway may say of a request that it has passed on, and that was carried out.
const SAID: [&str; 18] = [
    "order accepted, payment pending review",
    "backend timed out",
    "order saved, in review",
    "Order received; authorization pending",
    "Payment authorization required",
    "Unauthorized payment token",
    "Invalid access to payment service",
    "Client order access token expired during payment",
    "OAuth credentials valid; order forwarded",
    "Gateway timeout while waiting for order service",
    "Customer authorization on file, order N-1 under review",
    "API key accepted; submit in progress",
    "Credential check of the card declined, order kept",
    "Access Token expired after submit",
    "Invalid Access Token; order number N-77",
    "Transaction authorized",
    "Unauthorized",
    "",
];

/// Codes: of refused tokens, of other faults, of nothing in particular.
const CODES: [&str; 10] = [
    "keymanagement.service.invalid_access_token",
    "keymanagement.service.access_token_expired",
    "missingCredentials",
    "invalid_client",
    "401",
    "403",
    "invalid_token",
    "steps.servicecallout.ExecutionFailed",
    "PAYMENT_PENDING",
    "unauthorized",
];

/// Bodies in the shapes of gateways that are no listed fault, each with its status.
fn bodies() -> Vec<(u16, Value)> {
    let mut bodies = Vec::new();
    for (n, said) in SAID.into_iter().enumerate() {
        for (m, code) in CODES.into_iter().enumerate() {
            // Two of the nine shapes for each pair; every shape meets every text and every code.
            for shape in [n + m, n + m + 4] {
                let status = if (n + m + shape) % 3 == 0 { 403 } else { 401 };
                bodies.push((status, body(shape % 9, code, said)));
            }
        }
    }
    bodies.retain(|(_, body)| !is_listed(body));
    bodies
}

fn body(shape: usize, code: &str, said: &str) -> Value {
    match shape {
        0 => json!({ "fault": { "faultstring": said, "detail": { "errorcode": code } } }),
        1 => json!({ "ErrorCode": code, "Error": said }),
        2 => json!({ "reason": said, "message": format!("000 -- {said}"), "code": code }),
        3 => json!({ "code": code, "message": said, "info": "see the documentation" }),
        4 => json!({ "code": code, "message": said }),
        5 => {
            json!({ "fault": { "faultstring": "Invalid Access Token", "detail": { "errorcode": code, "reason": said } } })
        }
        6 => json!({ "ErrorCode": code, "Error": "Client credentials are invalid", "orderStatus": said }),
        7 => json!({ "error": code, "error_description": said }),
        _ => json!([{ "ErrorCode": code, "Error": said }]),
    }
}

/// Of the generated bodies, those with a listed code and a text that speaks of the token alone.
fn is_listed(body: &Value) -> bool {
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or("-");
    let harmless = |pointer: &str| ["", "Unauthorized"].contains(&text(pointer));
    let members = body.as_object().map_or(0, serde_json::Map::len);
    (text("/fault/detail/errorcode").starts_with("keymanagement.") && harmless("/fault/faultstring"))
        || (text("/ErrorCode") == "invalid_client" && harmless("/Error") && members == 2)
        || (text("/code") == "missingCredentials" && harmless("/reason") && members == 3)
}

#[test]
fn no_likeness_is_taken_for_a_refused_token() {
    let bodies = bodies();
    assert!(bodies.len() >= 300, "{}", bodies.len());
    for (status, body) in bodies {
        let text = body.to_string();
        let reply = Reply { status, content_type: Some("application/json"), body: text.as_bytes() };
        let outcome = classify(Call::CompleteOrder, &reply, &identity());
        assert!(matches!(outcome, Outcome::Failed(Failure::Unknown(_))), "{status} {body}: {outcome:?}");
    }
}

#[test]
fn a_documented_row_wins_over_the_shape_it_comes_in() {
    for row in remedy::all().iter().filter(|row| row.call == Call::CompleteOrder) {
        let message = row.message.replacen("<B>", &row.field, 1).replace("<>", "7f3a");
        for shape in 0..9 {
            let code = if row.code.is_empty() { "invalid_client" } else { &row.code };
            let text = body(shape, code, &message).to_string();
            let reply = Reply { status: 401, content_type: None, body: text.as_bytes() };
            match classify(Call::CompleteOrder, &reply, &identity()) {
                Outcome::Refused(error) => assert_eq!(error.row.as_ref(), Some(&row.id), "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}

async fn engine(base: &str, dir: &std::path::Path) -> Engine {
    let file = dir.join("pxdesk.db");
    let journal = Journal::open(&file, true).await.unwrap();
    let options = Options {
        environment: Environment::Sandbox,
        agent: "r.diaz".to_owned(),
        complete_room: SignedDuration::from_secs(10),
        quiet: SignedDuration::from_mins(4),
        market_quiet: SignedDuration::from_mins(4),
        fastest: pxdesk::order::Pace::FASTEST,
        role: pxdesk::order::Role::Supervisor,
        two_people: false,
    };
    let client = Client::new(settings(base, &format!("{base}{TOKEN_PATH}"))).unwrap();
    Engine::new(journal, client, Clock::default(), Presence::beside(&file), options)
}

/// The real client and engine, against a server that has taken the order and says so in these ways.
#[tokio::test]
async fn a_likeness_with_the_order_placed_is_one_complete_and_a_doubt() {
    let px = Other::serve();
    let dir = tempfile::tempdir().unwrap();
    let engine = engine(&px.base, dir.path()).await;
    let second = SignedDuration::from_secs(1);
    let plan = Plan {
        method: Method::Verbal,
        until: Until::Completed,
        to: None,
        accepted_by: Some("Ann".into()),
        take_over: true,
        pauses: Pauses { first: second, longest: second, give_up_after: second },
    };
    for (n, (status, body)) in bodies().into_iter().step_by(11).enumerate() {
        px.answers_next(vec![("/pxCompleteOrder", status, body.clone())]);
        let now = Timestamp::now();
        let mut json = order(&n.to_string());
        json["preparedAt"] = json!(now.to_string());
        let id = engine.open(parse_order(&json, now).unwrap()).await.unwrap().id;
        let walked = engine.walk(&id, &plan, &mut |_| {}).await.unwrap().order();
        assert_eq!(walked.standing(), State::InDoubt, "{status} {body}");
        assert_eq!(px.completes(), n + 1, "{status} {body}");
        let again = engine.walk(&id, &plan, &mut |_| {}).await;
        assert!(matches!(again, Err(Error::Refusal(Refusal::InDoubt))), "{status} {body}: {again:?}");
        assert_eq!(px.completes(), n + 1, "a second walk: {status} {body}");
    }
    assert!(px.completes() >= 25);
}

/// The embedded gateway's refusals of a token are listed ones, and Px has not seen the order.
#[test]
fn the_embedded_gateways_refusals_of_a_token_are_listed() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    for fault in ["invalid_token", "invalid_client", "missing_credentials"] {
        px.fault("complete_order", &json!({ "gateway": fault }));
        let id = home.open(&order(fault));
        home.walk(&id).with(0);
        let attempts = home.show(&id)["attempts"].clone();
        let completes = attempts.as_array().unwrap().iter().filter(|a| a["call"] == "complete_order");
        assert_eq!(
            completes.map(|a| &a["outcome"]).collect::<Vec<_>>(),
            ["credentials", "answered"],
            "{fault}"
        );
    }
}
