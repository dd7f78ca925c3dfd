//! The client against small servers: how often each request arrives, and what is made of replies that are cut, late or
//! refused.

use crate::server::{Act, Server, TOKEN, complete, http, identity, not_sent, send, token, unknown};
use pxdesk::order::{Contact, Failure, Outcome, Phone, Secret};
use pxdesk::px::{Client, Request};
use std::time::Duration;

#[tokio::test]
async fn a_call_arrives_as_the_contract_says() {
    let server = Server::start(token(), Act::Say(http("200 OK", r#"{"orderNumber":7}"#))).await;
    let answer = send(&server.client(), &complete()).await;
    assert!(
        matches!(&answer.outcome, Outcome::Completed { order_number, .. } if order_number == "7"),
        "{answer:?}"
    );
    assert_eq!(answer.http_status, Some(200));
    let arrived = server.arrived.lock().unwrap().clone();
    let [(_, fetch), (_, call)] = arrived.as_slice() else { panic!("{arrived:?}") };
    let fetch = fetch.to_lowercase();
    // base64("the-key:the-secret")
    assert!(fetch.contains("authorization: basic dghllwtletp0agutc2vjcmv0\r\n"), "{fetch}");
    assert!(
        fetch.ends_with("\r\n\r\ngrant_type=client_credentials") && !fetch.contains("x-partner"),
        "{fetch}"
    );
    let (head, body) = call.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert!(head.starts_with("post /pxcompleteorder http/1.1\r\n"), "{head}");
    for header in
        [&format!("authorization: bearer {TOKEN}"), "content-type: application/json", "x-partner: abc"]
    {
        assert!(head.contains(header), "{head}");
    }
    assert_eq!(body.as_bytes(), complete().body.as_slice());
}

#[tokio::test]
async fn a_complete_without_a_whole_reply_is_unknown_and_arrived_once() {
    for (act, word) in [
        (Act::Cut, "broke"),
        (Act::CutWithin, "broke"),
        (Act::Flood, "longer than 1 MiB"),
        (Act::Say("nonsense\r\n\r\n".to_owned()), "broke"),
        (Act::Say(http("502 Bad Gateway", "<html>")), "502"),
    ] {
        let server = Server::start(token(), act).await;
        let answer = send(&server.client(), &complete()).await;
        assert!(unknown(&answer).contains(word), "{answer:?}");
        assert_eq!(server.count("/pxCompleteOrder"), 1, "{word}");
    }
}

#[tokio::test]
async fn a_complete_that_is_never_answered_is_unknown_when_its_time_is_over() {
    let server = Server::start(token(), Act::Hang).await;
    let mut settings = server.settings();
    settings.timeouts.complete_order = Duration::from_millis(700);
    let answer = send(&Client::new(settings).unwrap(), &complete()).await;
    let written = answer.written.unwrap();
    assert!(
        unknown(&answer).ends_with(&format!("within 700ms after {written} bytes were sent")),
        "{answer:?}"
    );
    assert_eq!(server.count("/pxCompleteOrder"), 1);
}

#[tokio::test]
async fn no_token_no_call() {
    let refused = r#"{"ErrorCode":"invalid_client","Error":"Client credentials are invalid"}"#;
    let server = Server::start(http("401 Unauthorized", refused), Act::Cut).await;
    let answer = send(&server.client(), &complete()).await;
    match &answer.outcome {
        Outcome::Failed(Failure::Credentials(why)) => assert!(why.contains("invalid_client"), "{why}"),
        other => panic!("{other:?}"),
    }
    for reply in
        [http("200 OK", "<html>"), http("200 OK", "{}"), http("503 Busy", ""), "nonsense\r\n\r\n".to_owned()]
    {
        let server = Server::start(reply, Act::Cut).await;
        let answer = send(&server.client(), &complete()).await;
        assert!(not_sent(&answer).starts_with("no token"), "{answer:?}");
        assert_eq!(
            server.arrived.lock().unwrap().len(),
            1,
            "the token was asked for once, the order not sent"
        );
    }
}

#[tokio::test]
async fn what_is_private_does_not_come_back_in_an_error() {
    let echo = format!(r#"{{"userMessage":"+13035550123 pay-0123456789 Bearer {TOKEN} TxID 1"}}"#);
    let server = Server::start(
        token(),
        Act::Say(http("503 Busy", &echo).replace("\r\n\r\n", "\r\nRetry-After: 7\r\n\r\n")),
    )
    .await;
    let phone = Contact::Sms(Phone::new("3035550123").unwrap());
    for (request, hidden) in
        [(complete(), "pay-0123456789"), (Request::send(&identity(), &phone), "3035550123")]
    {
        let answer = send(&server.client(), &request).await;
        let shown = format!("{answer:?} {request:?}");
        assert!(!shown.contains(TOKEN) && !shown.contains(hidden) && shown.contains("TxID 1"), "{shown}");
        assert_eq!(answer.retry_after, Some(Duration::from_secs(7)));
    }
}

#[tokio::test]
async fn the_value_of_a_configured_header_is_in_no_answer() {
    let said = r#"{"internalCode":"9999","userMessage":"X-Api-Key HDR-SEKRIT-987654 is not known, nor ACME of ACMEX"}"#;
    let server = Server::start(token(), Act::Say(http("400 Bad Request", said))).await;
    let mut settings = server.settings();
    let header = |name: &str, value: &str| (name.to_owned(), Secret::new(value));
    settings.headers =
        vec![header("X-Api-Key", "HDR-SEKRIT-987654"), header("X-Of", "ACME"), header("X-Version", "9")];
    let answer = send(&Client::new(settings).unwrap(), &Request::retrieve(&identity())).await;
    let Outcome::Refused(error) = &answer.outcome else { panic!("{answer:?}") };
    assert_eq!(error.user_message, "X-Api-Key [redacted] is not known, nor [redacted] of ACMEX");
}
