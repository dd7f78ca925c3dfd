//! How requests travel: to the host that was meant and no other, over a connection that can be trusted, as often as is
//! safe; and how much of them is known to have left.

use crate::kit::{Home, Ran, order};
use crate::other::Other;
use crate::server::{Act, Server, client, complete, http, identity, not_sent, send, token, unknown};
use pxdesk::order::{Contact, Outcome, Phone};
use pxdesk::px::{Client, Request};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

#[tokio::test]
async fn a_port_where_nobody_listens_got_nothing() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let server = Server::start(token(), Act::Cut).await;
    let base = format!("http://{free}");
    let answer = send(&client(&base, &format!("{}/token", server.url)), &complete()).await;
    let why = not_sent(&answer);
    assert!(why.contains(&free.to_string()) && why.contains("refused") && !why.contains("http:"), "{why}");
    let answer = send(&client(&server.url, &format!("{base}/token")), &complete()).await;
    assert!(not_sent(&answer).starts_with("no token: no connection to "), "{answer:?}");
    assert_eq!(server.count("/pxCompleteOrder"), 0);
}

#[tokio::test]
async fn a_redirect_is_not_followed_by_a_call_nor_by_the_fetching_of_a_token() {
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    for status in [301, 302, 303, 307, 308] {
        let away = format!(
            "HTTP/1.1 {status} Away\r\nLocation: http://{}/pxCompleteOrder\r\nContent-Length: 0\r\n\r\n",
            elsewhere.local_addr().unwrap()
        );
        let server = Server::start(token(), Act::Say(away.clone())).await;
        let client = server.client();
        for request in [complete(), Request::retrieve(&identity())] {
            let answer = send(&client, &request).await;
            assert!(unknown(&answer).contains(&status.to_string()), "{answer:?}");
        }
        assert_eq!((server.count("/pxCompleteOrder"), server.count("/pxRetrieveRCC")), (1, 1));

        let server = Server::start(away, Act::Cut).await;
        let answer = send(&server.client(), &complete()).await;
        assert!(not_sent(&answer).contains(&status.to_string()), "{answer:?}");
        assert_eq!((server.count("/token"), server.count("/pxCompleteOrder")), (1, 0));
    }
    let nobody = elsewhere.accept().unwrap_err();
    assert_eq!(
        nobody.kind(),
        std::io::ErrorKind::WouldBlock,
        "not even a connection was made to the other host"
    );
}

#[tokio::test]
async fn every_complete_has_a_connection_of_its_own() {
    let server =
        Server::start(token(), Act::Say(http("200 OK", r#"{"rccText":"t","orderNumber":"1"}"#))).await;
    let client = server.client();
    for request in [Request::retrieve(&identity()), complete(), complete(), Request::retrieve(&identity())] {
        send(&client, &request).await;
    }
    let arrived = server.arrived.lock().unwrap();
    let completes = arrived.iter().filter(|(_, request)| request.starts_with("POST /pxCompleteOrder "));
    for (connection, _) in completes {
        assert_eq!(arrived.iter().filter(|(other, _)| other == connection).count(), 1);
    }
    assert_eq!(arrived.len(), 5);
}

#[tokio::test]
async fn a_host_that_cannot_do_tls_got_nothing() {
    let server = Server::start(token(), Act::Cut).await;
    let base = server.url.replace("http:", "https:");
    let answer = send(&client(&base, &format!("{}/token", server.url)), &complete()).await;
    assert!(not_sent(&answer).starts_with("no "), "{answer:?}");
    assert_eq!(server.count("/pxCompleteOrder"), 0);
}

#[tokio::test]
async fn without_a_connection_no_byte_was_written() {
    let server = Server::start(token(), Act::Cut).await;
    let token_url = format!("{}/token", server.url);
    // A name that does not exist, by definition; and a server that hangs up on TLS's first word.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", silent.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = silent.accept().await {
            let _ = stream.read(&mut [0; 1024]).await;
        }
    });
    for base in ["https://px.invalid/", &base] {
        for request in
            [complete(), Request::send(&identity(), &Contact::Sms(Phone::new("3035550123").unwrap()))]
        {
            let answer = send(&client(base, &token_url), &request).await;
            assert!(not_sent(&answer).starts_with("no connection to "), "{answer:?}");
            assert_eq!(answer.written, Some(0));
        }
    }
}

#[tokio::test]
async fn what_nobody_reads_is_unknown_once_it_was_written() {
    // The system takes the connection and the request; nobody ever does.
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Server::start(token(), Act::Cut).await;
    let mut settings = server.settings();
    settings.base_url = format!("http://{}", deaf.local_addr().unwrap());
    settings.timeouts.complete_order = Duration::from_millis(300);
    let answer = send(&Client::new(settings).unwrap(), &complete()).await;
    assert!(unknown(&answer).starts_with("no whole answer from 127.0.0.1:"), "{answer:?}");
    assert!(answer.written.unwrap() > complete().body.len() as u64);
}

#[tokio::test]
async fn reset_at_once_the_class_is_what_was_counted() {
    let rude = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::start(token(), Act::Cut).await;
    let client = client(&format!("http://{}", rude.local_addr().unwrap()), &format!("{}/token", server.url));
    tokio::spawn(async move {
        while let Ok((stream, _)) = rude.accept().await {
            stream.set_zero_linger().unwrap();
        }
    });
    for _ in 0..50 {
        let answer = send(&client, &complete()).await;
        match answer.written.unwrap() {
            0 => assert!(not_sent(&answer).contains("before any byte"), "{answer:?}"),
            n => assert!(unknown(&answer).contains(&format!("after {n} bytes were sent")), "{answer:?}"),
        }
    }
}

fn busy(status: &str, after: &str) -> String {
    http(status, "<html>").replace("\r\n\r\n", &format!("\r\nRetry-After: {after}\r\n\r\n"))
}

#[tokio::test]
async fn a_busy_px_is_asked_again_and_never_told_again() {
    let replies = || {
        let good = http("200 OK", r#"{"rccText":"t","accepted":true,"orderNumber":"1"}"#);
        vec![busy("429 Slowly", "0"), busy("503 Busy", "0"), good]
    };
    for request in [Request::retrieve(&identity()), Request::acceptance(&identity())] {
        let server = Server::start(token(), Act::SayEach(replies())).await;
        let answer = send(&server.client(), &request).await;
        assert!(!matches!(answer.outcome, Outcome::Failed(_)), "{answer:?}");
        assert_eq!((server.arrived(), server.count("/token")), (4, 1));
    }
    let sms = Contact::Sms(Phone::new("3035550123").unwrap());
    for request in [complete(), Request::send(&identity(), &sms)] {
        let server = Server::start(token(), Act::SayEach(replies())).await;
        let answer = send(&server.client(), &request).await;
        assert!(unknown(&answer).contains("429"), "{answer:?}");
        assert_eq!((server.arrived(), server.count("/token")), (2, 1), "sent once");
    }
}

#[tokio::test]
async fn a_px_that_stays_busy_is_left_alone() {
    for (after, times) in [("0", 3), ("3600", 1)] {
        let server = Server::start(token(), Act::Say(busy("503 Busy", after))).await;
        let answer = send(&server.client(), &Request::retrieve(&identity())).await;
        assert!(unknown(&answer).contains("503"), "{answer:?}");
        assert_eq!(server.count("/pxRetrieveRCC"), times);
        assert_eq!(answer.retry_after, Some(Duration::from_secs(after.parse().unwrap())));
    }
}

#[tokio::test]
async fn our_own_limit_delays_a_complete_and_drops_none() {
    let server = Server::start(token(), Act::Say(http("200 OK", r#"{"orderNumber":"1"}"#))).await;
    let mut settings = server.settings();
    settings.transport.requests_per_second = NonZeroU32::new(2);
    let client = Arc::new(Client::new(settings).unwrap());
    let started = Instant::now();
    let mut calls = JoinSet::new();
    for _ in 0..5 {
        let client = Arc::clone(&client);
        calls.spawn(async move { send(&client, &complete()).await });
    }
    for answer in calls.join_all().await {
        assert!(matches!(answer.outcome, Outcome::Completed { .. }), "{answer:?}");
    }
    assert_eq!(server.count("/pxCompleteOrder"), 5);
    assert!(started.elapsed() >= Duration::from_secs(2), "two, two, and one");
}

#[test]
fn the_proxy_of_the_environment_is_left_alone() {
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    proxy.set_nonblocking(true).unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    let px = Other::serve();
    let home = Home::at(&px.base);
    let id = home.open(&order("1"));
    let args = ["order", "walk", &id, "--method", "verbal", "--read-and-accepted-by", "Ann"];
    let mut walk = home.command(&args);
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        walk.env(name, &url).env(name.to_uppercase(), &url);
    }
    Ran::from(walk.output().unwrap()).with(0);
    assert_eq!(proxy.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}
