//! The client against a server that does what servers do: redirects, pages for browsers, clocks, cuts at every byte.

use super::client::{client, create, now};
use super::server::{Reply, Server};
use pxdesk::registration::{Object, Objects, PRACTICE_CREDENTIALS, Unread};
use pxdesk::registry::{Collection, Failure, Outcome};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn why(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Failed { failure: Failure::Unknown { why } } => why,
        other => panic!("{other:?}"),
    }
}

fn applications(count: usize) -> String {
    let one = |n| {
        format!(r#"{{"providerApplicationId":"app{n}","applicationName":"App {n}","surrogateId":"{n}"}}"#)
    };
    format!("[{}]", (0..count).map(one).collect::<Vec<_>>().join(","))
}

#[tokio::test]
async fn a_redirect_takes_the_signature_nowhere() {
    let elsewhere = Server::answering(|_| Reply::new("201 Created", "location: /x/17\r\n", ""));
    let location = format!("location: {}/x\r\n", elsewhere.base);
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let location = location.clone();
        let server = Server::answering(move |_| Reply::new(status, &location, ""));
        let client = client(&server.base);
        assert!(why(&client.send(&create(), now()).await.outcome).contains("not followed"));
        let listed = client.list(Collection::Customers, now()).await.outcome;
        assert!(matches!(listed, Err(Unread::Failed(Failure::Unknown { .. }))), "{listed:?}");
        assert_eq!(server.arrived().len(), 2);
    }
    assert!(elsewhere.arrived().is_empty());
}

#[tokio::test]
async fn a_create_is_done_by_its_status_and_its_address_is_only_an_id() {
    for (location, surrogate) in [
        ("location: https://elsewhere.example/config-saas-registration/v1/customers/17\r\n", Some(17)),
        ("location: 0\r\n", Some(0)),
        ("location: https://elsewhere.example/customers/\r\n", None),
        ("", None),
    ] {
        let server = Server::answering(move |_| Reply::new("201 Created", location, ""));
        let answer = client(&server.base).send(&create(), now()).await;
        let expected = Outcome::Done { status: 201, surrogate: surrogate.map(Into::into) };
        assert_eq!(answer.outcome, expected, "{location}");
        assert_eq!(server.arrived()[0].body, "providerCustomerId=custId1&customerName=AutoSoft");
    }
}

#[tokio::test]
async fn a_page_for_browsers_is_neither_a_list_nor_a_success() {
    let html = |_: &_| Reply::new("200 OK", "content-type: text/html\r\n", "<html>Sign in</html>");
    let server = Server::answering(html);
    let client = client(&server.base);
    for collection in Collection::ALL {
        let listed = client.list(collection, now()).await.outcome;
        let Err(Unread::Failed(Failure::Unknown { why })) = listed else { panic!("{listed:?}") };
        assert!(why.contains("page of HTML"), "{why}");
    }
    assert!(why(&client.send(&create(), now()).await.outcome).contains("HTTP 200 where 201 was expected"));
}

#[tokio::test]
async fn a_reply_that_is_cut_anywhere_is_never_taken_for_a_whole_one() {
    let created = || Reply::new("201 Created", "location: https://h/customers/17\r\n", "");
    let listed = || Reply::json(r#"[{"providerApplicationId":"a","surrogateId":0}]"#);
    let (of_create, of_list) = (created().bytes.len(), listed().bytes.len());
    for length in 0..of_create.max(of_list) {
        let server = Server::answering(move |request| {
            if request.line.starts_with("POST") { created().cut(length) } else { listed().cut(length) }
        });
        let client = client(&server.base);
        if length < of_create {
            assert!(!why(&client.send(&create(), now()).await.outcome).is_empty(), "{length}");
        }
        if length < of_list {
            let listed = client.list(Collection::Applications, now()).await.outcome;
            assert!(matches!(listed, Err(Unread::Failed(Failure::Unknown { .. }))), "{length}: {listed:?}");
        }
        let sent = server.arrived().len();
        assert_eq!(sent, usize::from(length < of_create) + usize::from(length < of_list), "none is repeated");
    }
}

#[tokio::test]
async fn the_signature_has_the_caller_s_time_and_a_clock_that_is_off_is_told() {
    let server = Server::answering(|_| {
        let body = r#"{"type":"https://p.example/-/pep-authn/request-error","title":"Bad request","status":400,
            "detail":"Invalid timestamp","requestTime":"2031-11-20T15:02:35Z","requestId":"5f1"}"#;
        Reply::new("400 Bad Request", "content-type: application/problem+json\r\n", body)
    });
    let answer = client(&server.base).send(&create(), now()).await;
    let Outcome::Refused { problem } = answer.outcome else { panic!("{answer:?}") };
    let ahead = problem.clock_ahead.unwrap();
    assert!(problem.is_clock() && (90..95).contains(&ahead), "{problem:?}");
    assert!(server.arrived()[0].head.contains("timestamp=20311120T15:04:"));
}

#[tokio::test]
async fn connections_are_kept_and_sixteen_requests_go_out_at_once() {
    let object = r#"{"providerCustomerId":"c","surrogateId":0}"#;
    let server = Server::answering(move |_| Reply::json(object));
    let client = client(&server.base);
    for _ in 0..10 {
        client.get(Collection::Customers, &0.into(), now()).await.outcome.unwrap();
    }
    assert_eq!(server.connections(), 1);
    let slow = Server::answering(|_| {
        std::thread::sleep(Duration::from_millis(200));
        Reply::json("[]")
    });
    let client = super::client::client(&slow.base);
    let begun = std::time::Instant::now();
    let sixteen = futures_util::future::join_all((0..16).map(|_| client.list(Collection::Pairs, now())));
    assert!(sixteen.await.into_iter().all(|answer| answer.outcome.is_ok()));
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_list_may_be_long_and_an_object_may_not() {
    let list = applications(100_000);
    let object =
        format!(r#"{{"providerApplicationId":"a","surrogateId":0,"more":"{}"}}"#, "x".repeat(1 << 20));
    let server = Server::answering(move |request| {
        Reply::json(if request.line.contains("/applications?") { &list } else { &object })
    });
    let client = client(&server.base);
    let listed = client.list(Collection::Applications, now()).await.outcome;
    assert_eq!(listed.map(|objects| objects.count()), Ok(100_000));
    let got = client.get(Collection::Applications, &0.into(), now()).await.outcome;
    let Err(Unread::Failed(Failure::Unknown { why })) = got else { panic!() };
    assert!(why.contains("longer than 1 MiB"), "{why}");
}

#[tokio::test]
async fn both_spellings_of_ids_come_back_as_they_came() {
    let server = Server::answering(|request| {
        Reply::json(match request.line.split('?').next().unwrap().rsplit('/').next().unwrap() {
            "pairs" => r#"[{"applicationSurrogateId":0,"customerSurrogateId":"5","surrogateId":0}]"#,
            _ => r#"{"applicationSurrogateId":0,"customerSurrogateId":5,"surrogateId":"0"}"#,
        })
    });
    let client = client(&server.base);
    let Ok(Objects::Pairs(pairs)) = client.list(Collection::Pairs, now()).await.outcome else { panic!() };
    let Ok(Object::Pair(pair)) = client.get(Collection::Pairs, &pairs[0].surrogate, now()).await.outcome
    else {
        panic!()
    };
    assert_eq!(pairs, [pair]);
    assert_eq!(server.arrived()[1].line, "GET /config-saas-registration/v1/pairs/0?contractId=A-PRACTICE");
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_log_of_everything_holds_no_secret_no_signature_and_no_name() {
    let [client_token, client_secret, access_token] = PRACTICE_CREDENTIALS;
    let echo = format!(r#"{{"title":"no","detail":"{client_secret} {client_token} {access_token}"}}"#);
    let server = Server::answering(move |_| Reply::new("403 Forbidden", "", &echo));
    let kept = Kept::default();
    let writer = kept.clone();
    let everything = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // While there is one subscriber, a place that logs asks the thread that meets it first, and that may be another test's;
    // while there are two, it asks them both.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let _logging = tracing::subscriber::set_default(everything);
    let answer = client(&server.base).send(&create(), now()).await;
    let Outcome::Refused { problem } = &answer.outcome else { panic!("{answer:?}") };
    assert_eq!(problem.detail.as_deref(), Some("[redacted] [redacted] [redacted]"));
    let said = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap() + &format!("{answer:?}");
    assert!(said.contains("reply understood") && said.contains("create customer"), "{said}");
    for secret in [client_token, client_secret, access_token, "signature=", "AutoSoft", "custId1"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
}
