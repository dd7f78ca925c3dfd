use super::*;
use crate::registration::Credentials;
use crate::registry::{ContractId, Listed, Name, ProviderId};
use crate::wire::Transport;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const SECRET: &str = "the/client/secret=";

fn identity() -> Identity {
    let credentials = Credentials {
        client_token: Secret::new("the-client-token"),
        client_secret: Secret::new(SECRET),
        access_token: Secret::new("the-access-token"),
        max_body: super::super::MAX_BODY,
    };
    Identity { credentials, host: None }
}

fn client(base_url: &str, credentials: Source) -> Client {
    let timeout = Duration::from_secs(10);
    Client::new(Settings {
        base_url: Some(base_url.to_owned()),
        contract: ContractId::new("A-1234").unwrap(),
        trailing_slash: false,
        timeout,
        connect: timeout,
        transport: Transport::default(),
        credentials,
    })
    .unwrap()
}

fn now() -> Timestamp {
    "2026-11-20T15:04:05Z".parse().unwrap()
}

fn create() -> Request {
    let name = Name::new("Größe & Co.").unwrap();
    Request::create_customer(&ProviderId::new("cust Id1").unwrap(), Some(&name))
}

/// A server that answers every request with `reply`; its address, and what arrived.
async fn server(reply: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/api", listener.local_addr().unwrap());
    let arrived = Arc::<Mutex<Vec<String>>>::default();
    let log = Arc::clone(&arrived);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 8192];
            let n = stream.read(&mut bytes).await.unwrap();
            log.lock().unwrap().push(String::from_utf8_lossy(&bytes[..n]).into_owned());
            let _ = stream.write_all(reply.as_bytes()).await;
        }
    });
    (base, arrived)
}

fn reply(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// The value between `from` and `to`.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).unwrap().1.split_once(to).unwrap().0
}

#[tokio::test]
async fn what_is_signed_is_what_is_sent() {
    let location = "Location: https://elsewhere.example/v1/customers/17\r\n";
    let (base, arrived) = server(reply("201 Created", location, "")).await;
    let answer = client(&base, Source::Fixed(identity())).send(&create(), now()).await;
    assert_eq!(answer.outcome, Outcome::Done { status: 201, surrogate: Some(17.into()) });
    let seen = arrived.lock().unwrap()[0].clone();
    let target = "/api/config-saas-registration/v1/customers?contractId=A-1234";
    assert!(seen.starts_with(&format!("POST {target} HTTP/1.1\r\n")), "{seen}");
    let body = "providerCustomerId=cust+Id1&customerName=Gr%C3%B6%C3%9Fe+%26+Co.";
    assert!(seen.ends_with(&format!("\r\n\r\n{body}")), "{seen}");
    assert!(seen.contains("content-type: application/x-www-form-urlencoded\r\n"), "{seen}");
    let shown = between(&seen, "authorization: ", "\r\n");
    let time = between(shown, "timestamp=", ";");
    assert!(time.starts_with("20261120T15:04:") && time.ends_with("+0000"), "{time}");
    let signed = jiff::civil::DateTime::strptime("%Y%m%dT%H:%M:%S+0000", time).unwrap();
    let signed = signed.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    let signable = Signable {
        method: "POST",
        scheme: "http",
        host: between(&seen, "host: ", "\r\n"),
        path_and_query: target,
        headers: &[],
        body: body.as_bytes(),
    };
    let nonce = between(shown, "nonce=", ";");
    assert_eq!(shown, sign(&identity().credentials, &signable, signed, nonce).as_str());
    assert!(!seen.contains(SECRET));
}

#[tokio::test]
async fn each_sending_has_a_nonce_of_its_own() {
    let (base, arrived) = server(reply("200 OK", "", "[]")).await;
    let client = client(&base, Source::practice());
    for _ in 0..3 {
        assert_eq!(client.list(Collection::Pairs, now()).await.outcome, Ok(Objects::Pairs(Vec::new())));
    }
    let seen = arrived.lock().unwrap();
    let mut nonces: Vec<_> = seen.iter().map(|head| between(head, "nonce=", ";").to_owned()).collect();
    for nonce in &nonces {
        let parts: Vec<_> = nonce.split('-').map(str::len).collect();
        assert_eq!((parts, &nonce[14..15]), (vec![8, 4, 4, 4, 12], "4"), "{nonce}");
    }
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), 3);
}

#[tokio::test]
async fn no_redirect_is_followed_and_nothing_is_sent_again() {
    for (status, more) in [("503 Busy", "Retry-After: 7\r\n"), ("307 Elsewhere", "Location: /api/x\r\n")] {
        let (base, arrived) = server(reply(status, more, "")).await;
        let answer = client(&base, Source::practice()).send(&create(), now()).await;
        assert!(matches!(answer.outcome, Outcome::Failed { failure: Failure::Unknown { .. } }), "{answer:?}");
        assert_eq!(answer.retry_after, status.starts_with("503").then(|| Duration::from_secs(7)));
        assert_eq!(arrived.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn credentials_that_come_back_are_not_kept() {
    let encoded = SECRET.replace('/', "%2F").replace('=', "%3D");
    for body in [
        format!("unknown: {SECRET}"),
        format!("{{\"detail\":\"{}\"}}", SECRET.replace('/', "\\/")),
        format!("unknown: {encoded}"),
    ] {
        let (base, _) = server(reply("401 No", "Content-Type: text/plain\r\n", &body)).await;
        let answer = client(&base, Source::Fixed(identity())).send(&create(), now()).await;
        let Outcome::Refused { problem } = answer.outcome else { panic!("{body}") };
        let said = problem.detail.unwrap();
        assert!(said.contains("[redacted]") && !said.contains("client"), "{said}");
    }
}

#[test]
fn a_signature_that_comes_back_is_not_kept() {
    let header = "EG1-HMAC-SHA256 client_token=the-client-token;access_token=the-access-token;\
                  timestamp=20261120T15:04:05+0000;nonce=0b5cf3a4-9f1e;signature=53gsQYjz/xO1=";
    for echo in [header.to_owned(), header.replace('/', "\\/")] {
        let said =
            String::from_utf8(without(format!("no: {echo}").into_bytes(), &identity(), header).0).unwrap();
        assert!(said.ends_with("nonce=[redacted];signature=[redacted]"), "{said}");
        assert!(!said.contains("the-"), "{said}");
    }
}

#[tokio::test]
async fn without_credentials_or_a_server_nothing_was_sent() {
    let (base, arrived) = server(reply("200 OK", "", "[]")).await;
    let none = Source::Asked(Arc::new(|| Err("there are no credentials".to_owned())));
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = format!("http://{}/", nobody.local_addr().unwrap());
    drop(nobody);
    let clients =
        [(client(&base, none), "no credentials"), (client(&gone, Source::practice()), "no connection")];
    for (client, says) in clients {
        let outcome = client.send(&create(), now()).await.outcome;
        let Outcome::Failed { failure: Failure::NotSent { why } } = outcome else { panic!("{outcome:?}") };
        assert!(why.contains(says), "{why}");
    }
    assert!(arrived.lock().unwrap().is_empty());
}

#[tokio::test]
async fn objects_are_read_and_one_that_is_not_there_is_refused() {
    let body = r#"{"providerApplicationId":"appId1","surrogateId":0}"#;
    let (base, _) = server(reply("200 OK", "Date: Fri, 20 Nov 2026 15:04:05 GMT\r\n", body)).await;
    let answer = client(&base, Source::practice()).get(Collection::Applications, &0.into(), now()).await;
    let expected = Listed { id: ProviderId::new("appId1").unwrap(), name: None, surrogate: 0.into() };
    assert_eq!(answer.outcome, Ok(Object::Named(expected)));
    assert_eq!((answer.status, answer.clock), (Some(200), Some(now())));
    let (base, _) = server(reply("404 No", "", r#"{"title":"Not Found","status":404}"#)).await;
    let answer = client(&base, Source::practice()).get(Collection::Applications, &9.into(), now()).await;
    assert!(
        matches!(answer.outcome, Err(Unread::Refused(ref problem)) if problem.status == 404),
        "{answer:?}"
    );
}
