//! Buyers who buy, at a tiny receiver.

use super::{call, market, usage, with};
use crate::kit::post;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

/// A receiver that gives these answers, one after another; what it was asked comes out of the channel.
pub fn receiver(answers: &[(u16, &str)]) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/deploy?for=me", listener.local_addr().unwrap());
    let answers: Vec<(u16, String)> =
        answers.iter().map(|(status, body)| (*status, (*body).to_owned())).collect();
    let (tell, asked) = channel();
    std::thread::spawn(move || {
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            // The sender says how long its body is; a deploy ends with its closing brace.
            while !(request.ends_with(b"}") && request.windows(4).any(|w| w == b"\r\n\r\n")) {
                let mut some = [0; 4096];
                let read = stream.read(&mut some).unwrap();
                assert!(read > 0, "the request is whole");
                request.extend(&some[..read]);
            }
            let head = format!(
                "HTTP/1.1 {status} So\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
            let _ = tell.send(String::from_utf8(request).unwrap());
        }
        // Before the channel ends, so that its end tells of this.
        drop(listener);
    });
    (url, asked)
}

fn deploy(asked: &str) -> Value {
    serde_json::from_str(asked.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn a_buyer_buys_and_sees_what_the_partner_makes_of_it() {
    let market = market();
    let (url, asked) = receiver(&[
        (200, r#"{"customerId":"42"}"#),
        (200, r#"{"customerId":42}"#),
        (400, "Please name a company."),
        (503, "trace"),
    ]);
    let wish = json!({
        "url": url, "productId": 7, "skus": ["STORAGE"], "fields": { "companyName": "Tanaka Studio" },
        "headers": { "X-Deploy-Key": "long and random" }, "count": 4,
    });
    let seen = market.control("market/buy", &wish);
    let asked: Vec<String> = asked.iter().take(4).collect();
    assert!(asked[0].starts_with("POST /deploy?for=me HTTP/1.1\r\n"), "{}", asked[0]);
    assert!(asked[0].to_lowercase().contains("\r\nx-deploy-key: long and random\r\n"), "{}", asked[0]);
    let sent = deploy(&asked[0]);
    assert_eq!((&sent["companyName"], &sent["productSkus"]), (&json!("Tanaka Studio"), &json!(["STORAGE"])));
    assert_eq!(seen[0]["provisioningId"], sent["provisioningId"]);
    assert_eq!([0, 1, 2, 3].map(|n| seen[n]["status"].as_u64().unwrap()), [200, 200, 400, 503], "{seen}");
    assert!(seen[1]["error"].as_str().unwrap().contains("not a string") && seen[1]["customerId"].is_null());
    assert_eq!(seen[2]["buyerSees"], "Please name a company.");
    assert_eq!(seen[3]["buyerSees"], seen[1]["buyerSees"]);
    // What was answered as the contract has it can be billed; the rest was never sold.
    let report = |n: usize| {
        let id = with(&usage(1.0), "provisioningId", seen[n]["provisioningId"].clone());
        call(&market, "/saas-usage/", &with(&id, "customerId", json!("42"))).0
    };
    assert_eq!([0, 1, 2, 3].map(report), [200, 400, 400, 400]);
}

#[test]
fn a_deploy_can_come_again_with_other_content_or_never_be_answered() {
    let market = market();
    let (url, asked) =
        receiver(&[(200, r#"{"customerId":"42"}"#), (409, "This was bought already."), (409, "")]);
    let seen = market.control("market/buy", &json!({ "url": url, "repeat": 2, "change": true }));
    let sent: Vec<Value> = asked.iter().take(3).map(|asked| deploy(&asked)).collect();
    assert!(
        sent[0] != sent[1] && sent[0]["provisioningId"] == sent[1]["provisioningId"] && sent[1] == sent[2]
    );
    assert_eq!((&seen[0]["customerId"], &seen[1]["status"]), (&json!("42"), &json!(409)));
    let (url, asked) = receiver(&[(200, r#"{"customerId":"42"}"#)]);
    let seen = market.control("market/buy", &json!({ "url": url, "timesOut": true }));
    assert_eq!(deploy(&asked.recv().unwrap())["provisioningId"], seen[0]["provisioningId"]);
    assert!(seen[0]["status"].is_null() && seen[0]["error"].is_string(), "{seen}");
    assert!(asked.recv().is_err(), "nobody listens there any more");
    let seen = market.control("market/buy", &json!({ "url": url }));
    assert!(seen[0]["error"].as_str().unwrap().contains("no connection"), "{seen}");
    for (wish, names) in [
        (json!({ "url": "http://example.com/deploy" }), "url"),
        (json!({ "url": "https://127.0.0.1/" }), "url"),
        (json!({}), "url"),
        (json!({ "url": url, "headers": { "Host": "x" } }), "headers"),
        (json!({ "url": url, "fields": { "productId": 1 } }), "fields"),
        (json!({ "url": url, "count": 0 }), "count"),
        (json!({ "url": url, "perHour": 0 }), "perHour"),
        (json!({ "url": url, "sku": "X" }), "sku"),
    ] {
        let (status, said) = post(&format!("{}/_sandbox/market/buy", market.base), &wish);
        assert!(status == 400 && said["message"].as_str().unwrap().contains(names), "{wish}: {said}");
    }
}
