//! What goes wrong on demand.

use super::{HOST, Registration, call, options};
use crate::sandbox::planned::Answer;
use crate::sandbox::registration::call::{Call, Scope};
use crate::sandbox::registration::edgegrid::Authorization;
use crate::sandbox::registration::fault::{Fault, Pending};
use serde_json::{Value, json};

const NEW: &str = "providerCustomerId=new";

fn fault(call: &str, fault: &Value) -> Value {
    json!({ "call": call, "fault": fault })
}

#[test]
fn every_call_has_a_name_and_every_act_one_for_all() {
    assert_eq!(Call::all().count(), 15);
    for name in ["list_applications", "create_customer", "get_pair", "modify_application", "remove_pair"] {
        assert_eq!(call(name).to_string(), name);
    }
    let any = Scope::try_from("create_any".to_owned()).unwrap();
    assert!(any.fits(call("create_pair")) && !any.fits(call("remove_pair")));
    for name in ["list_customer", "create_customers", "any", "create", "create_", "start_billing"] {
        assert!(Scope::try_from(name.to_owned()).is_err(), "{name}");
    }
}

#[test]
fn documented_errors_and_bare_statuses_do_nothing() {
    let mut empty = Registration::new();
    for (kind, status) in [
        ("INVALID_ARGUMENT", 400),
        ("NOT_AUTHORIZED", 403),
        ("NOT_FOUND", 404),
        ("CONFLICT", 409),
        ("BAD_REQUEST", 400),
    ] {
        empty.fault(&fault("create_customer", &json!({ "error": kind })));
        empty.refused("create_customer", "", NEW, status, kind, "on demand");
    }
    for status in [401, 429, 500] {
        empty.fault(&fault("create_any", &json!({ "status": status, "retryAfter": 5 })));
        let message = empty.message("create_customer", "", NEW);
        assert_eq!((message.status, message.retry_after), (status, Some(5)));
        let body: Value = serde_json::from_str(&message.body).unwrap();
        assert_eq!(body["status"], status);
    }
    for status in [502, 503, 504] {
        empty.fault(&fault("create_any", &json!({ "status": status })));
        let message = empty.message("create_customer", "", NEW);
        assert_eq!((message.status, message.content_type), (status, Some("text/html")));
        assert!(message.body.starts_with("<html>"));
    }
    assert_eq!(empty.world().customers.len(), 0);
    assert_eq!(empty.book()["calls"]["create_customer"], json!({ "received": 11, "applied": 0 }));
}

#[test]
fn the_clock_of_the_gateway_can_be_off() {
    let mut empty = Registration::new();
    for (off, status) in [(29, 200), (-29, 200), (31, 400), (-45, 400)] {
        empty.fault(&fault("list_customers", &json!({ "clockOffSeconds": off })));
        let (got, body) = empty.ask("list_customers", "", "");
        assert_eq!(got, status, "{off}");
        if status == 400 {
            let at: jiff::Timestamp = body["requestTime"].as_str().unwrap().parse().unwrap();
            assert_eq!(at.as_millisecond() - empty.now, off * 1000);
            assert_eq!(body["detail"], "Invalid timestamp");
        }
    }
    assert_eq!(empty.ask("list_customers", "", "").0, 200);
}

#[test]
fn a_connection_is_cut_before_or_after_the_work_or_in_the_middle_of_the_answer() {
    let mut empty = Registration::new();
    for (name, there) in [("before", 0), ("after", 1)] {
        for kind in ["cut", "hang"] {
            let was = empty.world().customers.len();
            empty.fault(&fault("create_customer", &json!({ kind: name })));
            let answer = empty.answer("create_customer", "", NEW);
            assert_eq!(answer, if kind == "cut" { Answer::Cut } else { Answer::Hang });
            assert_eq!(empty.world().customers.len() - was, there, "{kind} {name}");
        }
    }
    empty.fault(&fault("create_customer", &json!({ "cutAfterBytes": 17 })));
    let message = empty.message("create_customer", "", NEW);
    assert_eq!((message.status, message.cut_after), (201, Some(17)));
    let creates = json!([{ "collection": "customers", "id": "new", "times": 3 }]);
    assert_eq!(empty.book()["creates"], creates);
}

#[test]
fn an_answer_is_spoilt() {
    let mut practice = Registration::practice();
    practice.fault(&fault("list_any", &json!({ "body": "html", "status": 200 })));
    let html = practice.message("list_pairs", "", "");
    assert_eq!((html.status, html.content_type), (200, Some("text/html")));
    practice.fault(&fault("list_any", &json!({ "body": "garbled" })));
    let garbled = practice.message("list_customers", "", "");
    assert!(garbled.status == 200 && serde_json::from_str::<Value>(&garbled.body).is_err());
    practice.fault(&fault("remove_pair", &json!({ "body": "html", "applied": false })));
    assert_eq!(practice.message("remove_pair", "0", "").status, 502);
    assert_eq!(practice.ask("get_pair", "0", "").0, 200);
}

#[test]
fn an_answer_misleads() {
    let mut practice = Registration::practice();
    for (list, id) in
        [("list_customers", "providerCustomerId"), ("list_applications", "providerApplicationId")]
    {
        practice.fault(&fault(list, &json!({ "answer": "two_of_one_provider_id" })));
        let body = practice.ask(list, "", "").1;
        let (first, last) = (&body[0], body.as_array().unwrap().last().unwrap());
        assert!(first[id] == last[id] && first["surrogateId"] != last["surrogateId"], "{last}");
        practice.fault(&fault(list, &json!({ "answer": "two_of_one_surrogate_id" })));
        let body = practice.ask(list, "", "").1;
        let (first, last) = (&body[0], body.as_array().unwrap().last().unwrap());
        assert!(first[id] != last[id] && first["surrogateId"] == last["surrogateId"], "{last}");
    }
    practice.fault(&fault("list_pairs", &json!({ "answer": "two_of_one_provider_id" })));
    let body = practice.ask("list_pairs", "", "").1;
    let last = body.as_array().unwrap().last().unwrap();
    assert!(last["customerSurrogateId"] == 0 && last["surrogateId"].as_u64() > Some(13), "{last}");
    practice.fault(&fault("create_customer", &json!({ "answer": "no_location" })));
    let created = practice.message("create_customer", "", NEW);
    assert_eq!((created.status, created.location), (201, None));
    practice.fault(&fault("create_customer", &json!({ "answer": "location_elsewhere" })));
    let location = practice.message("create_customer", "", NEW).location.unwrap();
    assert!(location.ends_with("/v1/customers/13") && !location.contains(HOST), "{location}");
}

#[test]
fn a_client_that_does_not_wait_makes_a_double() {
    let mut empty = Registration::new();
    empty.fault(&fault("create_customer", &json!({ "lateSeconds": 20 })));
    assert_eq!(empty.answer("create_customer", "", NEW), Answer::Cut);
    assert_eq!(empty.ask("list_customers", "", "").1, json!([]), "not there, though it is on its way");
    empty.create("create_customer", NEW);
    empty.now += 20_000;
    assert_eq!(empty.ask("list_customers", "", "").1.as_array().unwrap().len(), 2);
    assert_eq!(empty.book()["creates"][0]["times"], 2);
    assert_eq!(empty.book()["calls"]["create_customer"], json!({ "received": 2, "applied": 2 }));
    empty.fault(&fault("create_customer", &json!({ "lateSeconds": 1, "status": 504 })));
    assert_eq!(empty.ask("create_customer", "", NEW).0, 504);
    let unsigned = super::Asked { method: "POST", target: "/x?contractId=A-1234", body: b"" };
    empty.fault(&fault("create_customer", &json!({ "lateSeconds": 1 })));
    let planned = empty.plan(call("create_customer"), unsigned, Authorization::Missing);
    assert!(matches!(planned.answer, Answer::Message(m) if m.status == 401), "who is not let in is not late");
    empty.now += 1000;
    assert_eq!(empty.ask("list_customers", "", "").1.as_array().unwrap().len(), 3);
}

#[test]
fn a_fault_waits_for_its_call_under_its_contract() {
    let mut empty = Registration::new();
    let mut waiting = fault("remove_any", &json!({ "error": "CONFLICT" }));
    waiting["times"] = json!(2);
    waiting["contract"] = json!("A-1234");
    empty.fault(&waiting);
    empty.contract = "A-9";
    assert_eq!(empty.ask("remove_pair", "0", "").0, 404);
    empty.contract = "A-1234";
    assert_eq!(empty.ask("get_pair", "0", "").0, 404);
    assert_eq!(empty.ask("remove_pair", "0", "").0, 409);
    assert_eq!(empty.ask("remove_customer", "0", "").0, 409);
    assert_eq!(empty.ask("remove_pair", "0", "").0, 404);
}

#[test]
fn a_fault_that_does_not_fit_is_refused() {
    for (pending, says) in [
        (json!({ "call": "create_any", "fault": {} }), "says nothing"),
        (json!({ "call": "create_any", "fault": { "error": "CONFLICT", "cut": "after" } }), "more than one"),
        (
            json!({ "call": "create_any", "fault": { "lateSeconds": 1, "answer": "no_location" } }),
            "more than one",
        ),
        (json!({ "call": "create_any", "fault": { "error": "CONFLICT", "status": 500 } }), "of their own"),
        (json!({ "call": "create_any", "fault": { "error": "LOST" } }), "LOST"),
        (json!({ "call": "create_any", "fault": { "body": "other_ids" } }), "repeats"),
        (json!({ "call": "create_any", "times": 0, "fault": { "cut": "after" } }), "times"),
        (json!({ "call": "create_any", "fault": { "lateSeconds": 100_000 } }), "lateSeconds"),
        (json!({ "call": "create_any", "fault": { "clockOffSeconds": 100_000 } }), "clockOffSeconds"),
        (json!({ "call": "create_any", "more": 1, "fault": { "cut": "after" } }), "more"),
    ] {
        let why = Pending::read(pending.to_string().as_bytes()).unwrap_err();
        assert!(why.contains(says), "{pending}: {why}");
    }
}

#[test]
fn a_scenario_makes_calls_go_wrong_by_chance() {
    let mut registration = Registration::new();
    let arrived = crate::sandbox::registration::service::Arrived {
        call: call("list_pairs"),
        method: "GET",
        host: HOST,
        target: "/x",
        authorization: Authorization::Missing,
        content_type: None,
        body: b"",
    };
    let mut statuses = std::collections::BTreeSet::new();
    for _ in 0..60 {
        let planned = crate::sandbox::registration::service::call(
            &mut registration.state,
            &options(100),
            registration.now,
            arrived,
        );
        statuses.insert(match planned.answer {
            Answer::Message(message) => message.status,
            Answer::Cut => 0,
            Answer::Hang => 1,
        });
    }
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), [0, 401, 429, 500, 502]);
    assert!(Fault::default().lets_work());
}
