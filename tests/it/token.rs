//! The token: one fetch however many wait for it, and for as long as it lives; and what makes a new one necessary.

use crate::kit::{Home, order};
use crate::other::Other;
use crate::server::{Act, Server, TOKEN_PATH, complete, http, identity, send, settings, token};
use pxdesk::engine::{Clock, Engine, Options, Plan, Presence, Until};
use pxdesk::journal::Journal;
use pxdesk::order::{Environment, Failure, Method, Outcome, Pauses, Timestamp, parse_order, remedy};
use pxdesk::px::{Client, Request};
use pxdesk::sandbox::{self, Scenario};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// An embedded Px whose tokens live so many seconds, and an engine that speaks to it.
async fn desk(dir: &std::path::Path, lifetime: i64) -> (Engine, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let px = listener.local_addr().unwrap();
    let scenario = Scenario { token_lifetime_seconds: lifetime, ..Scenario::default() };
    let options =
        sandbox::Options { scenario, seed: 1, state_file: None, market: false, registration: false };
    tokio::spawn(sandbox::serve(listener, options, std::future::pending()));
    let mut settings = settings(&format!("http://{px}"), &format!("http://{px}{TOKEN_PATH}"));
    settings.timeouts.complete_order = std::time::Duration::from_mins(2);
    let file = dir.join("pxdesk.db");
    let journal = Journal::open(&file, true).await.unwrap();
    let options = Options {
        environment: Environment::Sandbox,
        agent: "r.diaz".to_owned(),
        complete_room: jiff::SignedDuration::from_mins(2),
        quiet: jiff::SignedDuration::from_mins(4),
        market_quiet: jiff::SignedDuration::from_mins(4),
        fastest: pxdesk::order::Pace::FASTEST,
        role: pxdesk::order::Role::Supervisor,
        two_people: false,
    };
    let client = Client::new(settings).unwrap();
    (Engine::new(journal, client, Clock::default(), Presence::beside(&file), options), px)
}

const SECOND: jiff::SignedDuration = jiff::SignedDuration::from_secs(1);

async fn walk(engine: &Engine, name: &str) {
    let now = Timestamp::now();
    let mut json = order(name);
    json["preparedAt"] = json!(now.to_string());
    let id = engine.open(parse_order(&json, now).unwrap()).await.unwrap().id;
    let plan = Plan {
        method: Method::Verbal,
        until: Until::Completed,
        to: None,
        accepted_by: Some("Ann".into()),
        take_over: true,
        pauses: Pauses { first: SECOND, longest: SECOND, give_up_after: SECOND },
    };
    let walked = engine.walk(&id, &plan, &mut |_| {}).await.unwrap().order();
    assert!(walked.completion.is_some(), "{walked:?}");
}

async fn tokens_issued(px: SocketAddr) -> Value {
    let url = format!("http://{px}/_sandbox/ledger");
    tokio::task::spawn_blocking(move || crate::kit::get(&url)).await.unwrap()["tokensIssued"].clone()
}

#[tokio::test]
async fn a_hundred_walks_at_once_fetch_one_token() {
    let dir = tempfile::tempdir().unwrap();
    let (engine, px) = desk(dir.path(), 1799).await;
    let mut walks = JoinSet::new();
    for n in 0..100 {
        let engine = engine.clone();
        walks.spawn(async move { walk(&engine, &n.to_string()).await });
    }
    walks.join_all().await;
    assert_eq!(tokens_issued(px).await, 1);
}

#[tokio::test]
async fn complete_has_a_token_that_outlives_it() {
    for (lifetime, tokens) in [(1799, 1), (100, 2)] {
        let dir = tempfile::tempdir().unwrap();
        let (engine, px) = desk(dir.path(), lifetime).await;
        walk(&engine, "1").await;
        assert_eq!(tokens_issued(px).await, tokens, "of {lifetime} s");
    }
}

#[tokio::test]
async fn a_lifetime_that_is_not_said_or_makes_no_sense_is_taken_for_short() {
    let reply = http("200 OK", r#"{"orderNumber":7,"rccText":"t"}"#);
    for lifetime in ["", r#","expires_in":null"#, r#","expires_in":"soon""#, r#","expires_in":-5"#] {
        let token = http("200 OK", &format!(r#"{{"access_token":"tok-0123456789"{lifetime}}}"#));
        let server = Server::start(token, Act::Say(reply.clone())).await;
        let mut settings = server.settings();
        settings.timeouts.complete_order = std::time::Duration::from_mins(2);
        let client = Client::new(settings).unwrap();
        for (request, tokens) in
            [(Request::retrieve(&identity()), 1), (Request::retrieve(&identity()), 1), (complete(), 2)]
        {
            let answer = send(&client, &request).await;
            assert!(!matches!(answer.outcome, Outcome::Failed(_)), "{answer:?}");
            assert_eq!(server.count("/token"), tokens, "{lifetime}");
        }
    }
}

#[tokio::test]
async fn an_empty_token_is_none() {
    for empty in ["", "  "] {
        let token = http("200 OK", &format!(r#"{{"access_token":"{empty}","expires_in":1799}}"#));
        let server = Server::start(token, Act::Cut).await;
        let answer = send(&server.client(), &complete()).await;
        assert!(
            matches!(&answer.outcome, Outcome::Failed(Failure::NotSent(why)) if why.contains("is empty")),
            "{answer:?}"
        );
        assert_eq!(server.arrived(), 1, "the request for it");
    }
}

#[tokio::test]
async fn no_401_of_px_is_about_the_token() {
    let down = remedy::all().iter().filter(|row| row.code.is_empty());
    let rows: Vec<_> = remedy::all().iter().filter(|row| row.http_status == 401).chain(down).collect();
    assert!(rows.len() > 5, "2000, 2025, 2030, 1210 and more");
    for row in rows {
        let body =
            json!({ "internalMessageCode": row.code, "userMessage": row.message, "apiStatusCode": 401 });
        let server = Server::start(token(), Act::Say(http("401 Unauthorized", &body.to_string()))).await;
        let client = server.client();
        let retrieves = row.id.starts_with("retrieve");
        let request = if retrieves { Request::retrieve(&identity()) } else { complete() };
        for _ in 0..2 {
            let answer = send(&client, &request).await;
            assert!(matches!(&answer.outcome, Outcome::Refused(_)), "{}: {answer:?}", row.id);
        }
        assert_eq!((server.count("/token"), server.arrived()), (1, 3), "{}", row.id);
    }
}

#[tokio::test]
async fn a_refused_key_is_asked_about_once_by_all_who_wait() {
    let refused = r#"{"ErrorCode":"invalid_client","Error":"Client credentials are invalid"}"#;
    let server = Server::start(http("401 Unauthorized", refused), Act::Cut).await;
    let client = Arc::new(server.client());
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let client = Arc::clone(&client);
        calls.spawn(async move { send(&client, &complete()).await });
    }
    for answer in calls.join_all().await {
        assert!(
            matches!(&answer.outcome, Outcome::Failed(Failure::Credentials(why)) if why.contains("invalid_client"))
        );
        assert_eq!(answer.written, Some(0));
    }
    assert_eq!((server.count("/token"), server.arrived()), (1, 1));
    // Who comes later asks again: the key may be right by then.
    send(&client, &complete()).await;
    assert_eq!(server.count("/token"), 2);
}

fn invalid_token() -> Value {
    json!({ "fault": { "faultstring": "Invalid Access Token", "detail": { "errorcode": "keymanagement.service.invalid_access_token" } } })
}

#[test]
fn a_secret_that_was_changed_gives_one_message_and_no_loop() {
    let invalid_client = json!({ "ErrorCode": "invalid_client", "Error": "Client credentials are invalid" });
    for (replies, completes, says) in [
        // The secret is revoked under way: the token no longer serves, and there is no other.
        (
            vec![("/pxCompleteOrder", 401, invalid_token()), (TOKEN_PATH, 401, invalid_client)],
            1,
            "invalid_client",
        ),
        // New tokens are given out, and refused.
        (vec![("/pxCompleteOrder", 401, invalid_token()); 2], 2, "Invalid Access Token"),
    ] {
        let px = Other::serve();
        let home = Home::at(&px.base);
        let id = home.open(&order("1"));
        home.run(&["order", "walk", &id, "--method", "verbal", "--until", "retrieved"]).with(0);
        px.answers_next(replies);
        let walked = home.walk(&id).with(5);
        assert_eq!(walked.err.matches(says).count(), 1, "{walked:?}");
        assert_eq!((px.completes(), px.tokens()), (completes, 1 + completes), "{says}");
        home.walk(&id).with(0);
    }
}

#[tokio::test]
async fn a_busy_token_service_is_asked_again_when_it_says() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    let asked = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let reply = match count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0 => {
                    "HTTP/1.1 429 Busy\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
                        .to_owned()
                }
                _ => token().replacen("\r\n", "\r\nConnection: close\r\n", 1),
            };
            let _ = stream.write_all(reply.as_bytes()).await;
        }
    });
    let client = Client::new(settings(crate::server::NOWHERE, &url)).unwrap();
    let answer = send(&client, &complete()).await;
    let why = crate::server::not_sent(&answer);
    assert!(why.starts_with("no connection to 127.0.0.1:9"), "it had its token: {why}");
    assert_eq!(asked.load(std::sync::atomic::Ordering::Relaxed), 2);
}
