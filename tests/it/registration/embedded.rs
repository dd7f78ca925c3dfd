//! The client against the embedded server, which was written from the contract alone and shares nothing with it.

use super::client::{client, create, id, name, settings};
use crate::kit::{Home, Sandbox};
use jiff::SignedDuration;
use pxdesk::kind::Timestamp;
use pxdesk::registration::{
    Client, Object, Objects, PRACTICE_CONTRACT, PRACTICE_CREDENTIALS, Request, Unread,
};
use pxdesk::registry::{Collection, ErrorType, Failure, Name, Outcome, Problem, SurrogateId};
use pxdesk::sandbox;
use serde_json::json;

async fn done(client: &Client, request: Request) -> Option<SurrogateId> {
    match client.send(&request, Timestamp::now()).await.outcome {
        Outcome::Done { surrogate, .. } => surrogate,
        other => panic!("{request:?}: {other:?}"),
    }
}

async fn count(client: &Client, collection: Collection) -> usize {
    client.list(collection, Timestamp::now()).await.outcome.unwrap().count()
}

async fn refused(client: &Client, request: &Request, now: Timestamp) -> Problem {
    match client.send(request, now).await.outcome {
        Outcome::Refused { problem } => problem,
        other => panic!("{request:?}: {other:?}"),
    }
}

#[test]
fn both_sides_mean_the_same_practice() {
    let theirs = sandbox::PRACTICE_EDGEGRID;
    assert_eq!(PRACTICE_CREDENTIALS, [theirs.client_token, theirs.client_secret, theirs.access_token]);
    assert_eq!(PRACTICE_CONTRACT, sandbox::PRACTICE_CONTRACT);
}

#[tokio::test]
async fn all_fifteen_calls_are_understood_with_a_slash_and_without() {
    let px = Sandbox::serve(&["--registration"]);
    for trailing_slash in [false, true] {
        let client =
            Client::new(pxdesk::registration::Settings { trailing_slash, ..settings(&px.base) }).unwrap();
        let mut before = Vec::new();
        for collection in Collection::ALL {
            before.push(count(&client, collection).await);
        }
        let (app, customer) = (id("an app & more"), id("50% + ~'\";"));
        let application = done(&client, Request::create_application(&app, None)).await.unwrap();
        let owner =
            done(&client, Request::create_customer(&customer, Some(&name("Größe 東京 &=+%")))).await.unwrap();
        let pair = done(&client, Request::create_pair(&application, &owner)).await.unwrap();
        let now = Timestamp::now();
        let Ok(Object::Named(got)) = client.get(Collection::Customers, &owner, now).await.outcome else {
            panic!()
        };
        assert_eq!(
            (got.id, got.name.as_ref().map(Name::as_str)),
            (customer.clone(), Some("Größe 東京 &=+%"))
        );
        done(&client, Request::modify_application(&application, &app, &name("An app"))).await;
        done(&client, Request::modify_customer(&owner, &customer, &name("Renamed"))).await;
        done(&client, Request::modify_pair(&pair, &0.into(), &owner)).await;
        let Ok(Object::Pair(got)) = client.get(Collection::Pairs, &pair, now).await.outcome else { panic!() };
        assert_eq!((got.application.as_str(), &got.customer), ("0", &owner));
        let Ok(Objects::Named { listed: all, .. }) = client.list(Collection::Applications, now).await.outcome
        else {
            panic!()
        };
        let listed = all.into_iter().find(|one| one.surrogate == application).unwrap();
        assert_eq!((listed.id, listed.name), (app, Some(name("An app"))));
        let Ok(Object::Named(_)) = client.get(Collection::Applications, &application, now).await.outcome
        else {
            panic!()
        };
        done(&client, Request::remove(Collection::Pairs, &pair)).await;
        done(&client, Request::remove(Collection::Applications, &application)).await;
        done(&client, Request::remove(Collection::Customers, &owner)).await;
        for (collection, before) in Collection::ALL.into_iter().zip(before) {
            assert_eq!(count(&client, collection).await, before, "{collection}");
        }
        let gone = refused(&client, &Request::remove(Collection::Customers, &owner), Timestamp::now()).await;
        assert_eq!((gone.status, gone.error), (404, Some(ErrorType::NotFound)));
    }
}

#[tokio::test]
async fn its_clock_may_be_moved_and_the_caller_s_is_told_to_be_off() {
    let px = Sandbox::serve(&["--registration"]);
    let client = client(&px.base);
    px.control("clock", &json!({ "advanceSeconds": 3600 }));
    let problem = refused(&client, &create(), Timestamp::now()).await;
    let ahead = problem.clock_ahead.unwrap();
    assert!(problem.is_clock() && (-3602..=-3598).contains(&ahead), "{problem:?}");
    let theirs = Timestamp::now() + SignedDuration::from_secs(3600);
    assert!(
        client.send(&create(), theirs).await.outcome
            == Outcome::Done { status: 201, surrogate: Some(12.into()) }
    );
}

#[tokio::test]
async fn its_faults_are_what_they_are() {
    let px = Sandbox::serve(&["--registration"]);
    let client = client(&px.base);
    for (fault, says) in [
        (json!({ "cut": "before" }), "broke"),
        (json!({ "cut": "after" }), "broke"),
        (json!({ "cutAfterBytes": 40 }), "broke"),
        (json!({ "status": 503, "retryAfter": 5 }), "HTTP 503"),
        (json!({ "body": "html", "status": 502 }), "HTTP 502"),
    ] {
        px.fault("create_customer", &fault);
        let answer = client.send(&create(), Timestamp::now()).await;
        let Outcome::Failed { failure: Failure::Unknown { why } } = &answer.outcome else {
            panic!("{answer:?}")
        };
        assert!(why.contains(says), "{fault}: {why}");
        assert_eq!(answer.retry_after.map(|pause| pause.as_secs()), fault["retryAfter"].as_u64());
    }
    for fault in ["html", "garbled", "empty", "truncated"] {
        px.fault("list_pairs", &json!({ "body": fault }));
        let listed = client.list(Collection::Pairs, Timestamp::now()).await.outcome;
        assert!(matches!(listed, Err(Unread::Failed(Failure::Unknown { .. }))), "{fault}: {listed:?}");
    }
    px.fault("create_customer", &json!({ "answer": "no_location" }));
    assert_eq!(done(&client, create()).await, None);
    px.fault("create_customer", &json!({ "answer": "location_elsewhere" }));
    assert!(done(&client, create()).await.is_some());
    px.fault("create_customer", &json!({ "error": "CONFLICT" }));
    let conflict = refused(&client, &create(), Timestamp::now()).await;
    assert_eq!((conflict.status, conflict.error), (409, Some(ErrorType::Conflict)));
    px.control("registration/settings", &json!({ "withoutRights": [PRACTICE_CONTRACT] }));
    let rights = refused(&client, &create(), Timestamp::now()).await;
    assert_eq!(
        (rights.status, rights.error, rights.is_for_all()),
        (403, Some(ErrorType::NotAuthorized), true)
    );
}

#[test]
fn the_one_inside_the_program_needs_no_configuration() {
    let ran = Home::empty().run(&["registration", "list", "customers", "--output", "json"]).with(0);
    assert!(ran.out.contains("okafor-dental"), "{ran:?}");
}
