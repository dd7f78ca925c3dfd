use super::*;
use crate::market::{Ids, Paths};
use crate::subscription::{Amount, CustomerId, ProvisioningId, Sku};
use crate::wire::Transport;
use std::future::ready;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const KEY: &str = "THE-\"PROVIDER\"-KEY";

fn client(base_url: String, key: Source) -> Client {
    let timeout = Duration::from_secs(10);
    let (paths, transport) = (Paths::default(), Transport::default());
    Client::new(Settings { base_url, paths, timeout, connect: timeout, transport, key }).unwrap()
}

fn usage() -> Request {
    let ids = Ids {
        customer_id: CustomerId::new("1234").unwrap(),
        provisioning_id: ProvisioningId::new("9ddz").unwrap(),
        product_id: 123,
    };
    Request::usage(&ids, &Sku::new("A").unwrap(), Amount::parse("100.5").unwrap())
}

/// A server that answers every connection with `reply`; its address, and what arrived.
async fn server(reply: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/api", listener.local_addr().unwrap());
    let arrived = Arc::<Mutex<Vec<String>>>::default();
    let log = Arc::clone(&arrived);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 4096];
            let n = stream.read(&mut bytes).await.unwrap();
            log.lock().unwrap().push(String::from_utf8_lossy(&bytes[..n]).into_owned());
            let _ = stream.write_all(reply.as_bytes()).await;
        }
    });
    (base, arrived)
}

fn reply(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn a_request_goes_out_once_with_the_key_and_the_count_last() {
    let date = "Date: Wed, 21 Oct 2015 07:28:00 GMT\r\n";
    let (base, arrived) = server(reply("200 OK", date, "")).await;
    let client = client(base, Source::Fixed(Secret::new(KEY)));
    let answer = client.send(&usage(), ready(Ok(()))).await;
    assert_eq!((&answer.outcome, answer.status), (&Outcome::Done { status: 200 }, Some(200)));
    assert_eq!(answer.clock, Some("2015-10-21T07:28:00Z".parse().unwrap()));
    let seen = arrived.lock().unwrap().clone();
    assert_eq!(seen.len(), 1);
    assert!(seen[0].starts_with("POST /api/saas-usage/ HTTP/1.1\r\n"), "{seen:?}");
    assert!(seen[0].contains(r#"{"providerKey":"THE-\"PROVIDER\"-KEY","#), "{seen:?}");
    assert!(seen[0].ends_with(r#","usageCount":100.5}"#), "{seen:?}");
}

#[tokio::test]
async fn no_answer_has_it_sent_again_and_no_redirect_is_followed() {
    for (status, more) in [("503 Busy", "Retry-After: 7\r\n"), ("307 Elsewhere", "Location: /api/x\r\n")] {
        let (base, arrived) = server(reply(status, more, "")).await;
        let answer = client(base, Source::practice()).send(&usage(), ready(Ok(()))).await;
        assert!(matches!(answer.outcome, Outcome::Failed { failure: Failure::Unknown { .. } }), "{answer:?}");
        assert_eq!(answer.retry_after.is_some(), status.starts_with("503"));
        assert_eq!(arrived.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_key_that_comes_back_is_not_kept() {
    for body in [format!("unknown key {KEY}"), serde_json::json!({ "message": KEY }).to_string()] {
        let (base, _) = server(reply("401 No", "Content-Type: text/plain\r\n", &body)).await;
        let answer = client(base, Source::Fixed(Secret::new(KEY))).send(&usage(), ready(Ok(()))).await;
        let Outcome::Refused { status: 401, message: Some(message) } = answer.outcome else {
            panic!("{body}")
        };
        assert!(message.contains("[redacted]") && !message.contains("PROVIDER"), "{message}");
    }
}

#[tokio::test]
async fn without_a_key_or_leave_nothing_is_sent() {
    let (base, arrived) = server(reply("200 OK", "", "")).await;
    let none = Source::Asked(Arc::new(|| Err("there is no provider key".to_owned())));
    let keyless = client(base.clone(), none);
    assert!(keyless.check_key().await.is_err());
    let held_back = client(base, Source::practice());
    let answers = [
        keyless.send(&usage(), ready(Ok(()))).await,
        held_back.send(&usage(), ready(Err("it is closed".to_owned()))).await,
    ];
    for (answer, why) in answers.into_iter().zip(["no provider key", "it is closed"]) {
        let Outcome::Failed { failure: Failure::NotSent { why: told } } = answer.outcome else { panic!() };
        assert!(told.contains(why), "{told}");
    }
    assert!(!arrived.lock().unwrap().iter().any(|request| request.contains("POST")));
}

#[tokio::test]
async fn the_server_is_asked_for_its_time_without_the_key() {
    let (base, arrived) = server(reply("404 No", "Date: Wed, 21 Oct 2015 07:28:00 GMT\r\n", "")).await;
    let client = client(base, Source::Fixed(Secret::new(KEY)));
    assert_eq!(client.server_time().await, Some("2015-10-21T07:28:00Z".parse().unwrap()));
    assert!(arrived.lock().unwrap()[0].starts_with("HEAD / HTTP/1.1\r\n"));
}
