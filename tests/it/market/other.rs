//! Another marketplace, which shares nothing with the embedded one: it reads requests by hand, and answers in its own way.

use super::floor::{Floor, Receiver, TRACK, deploy, home, sent};
use crate::kit::Sandbox;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What came in: the path, and the body as it was.
type Arrived = Arc<Mutex<Vec<(String, String)>>>;

/// Serves for as long as the test runs; answers 200 with a body that is no JSON, 201 to version 1.
fn other() -> (String, Arrived) {
    serve(|path| {
        let status = if path == "/v1/update" { "201 Created" } else { "200 OK" };
        format!("HTTP/1.1 {status}\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\nok\n")
    })
}

/// Answers what `reply` says to a path; where that is nothing, it hangs up.
fn serve(reply: impl Fn(&str) -> String + Send + 'static) -> (String, Arrived) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let arrived = Arrived::default();
    let ours = Arc::clone(&arrived);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            answer(stream, &ours, &reply);
        }
    });
    (base, arrived)
}

fn answer(mut stream: TcpStream, arrived: &Arrived, reply: &dyn Fn(&str) -> String) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut line, mut length, mut path, mut is_head) = (String::new(), 0, String::new(), false);
    while reader.read_line(&mut line).unwrap_or(0) > 2 {
        if path.is_empty() {
            is_head = line.starts_with("HEAD ");
            line.split(' ').nth(1).unwrap_or_default().clone_into(&mut path);
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    // What time it is there is asked with a HEAD.
    if !is_head {
        arrived.lock().unwrap().push((path.clone(), String::from_utf8(body).unwrap()));
    }
    let _ = write!(stream, "{}", reply(&path));
}

#[test]
fn each_call_has_exactly_the_documented_members_in_their_order_and_the_count_comes_last() {
    let (base, arrived) = other();
    // A Px of its own: nothing is asked of it.
    let floor = Floor { home: home(&base), market: Sandbox::serve(&[]) };
    floor.home.configure_also(
        "[environments.sandbox.market.paths]\nupdate_subscription = \"/v1/update\"\nusage = \"/u/\"\n[market.v1]\nenabled = true\n",
    );
    let receiver = Receiver::of(&floor.home);
    assert_eq!(sent(&receiver.url, &deploy("9ddz0a5e")).0, 200);
    receiver.ends();
    floor.takes_over();
    floor.run(&["market", "start-billing", "C-1"]).with(0);
    floor.adds(&[("C-1", "0.1000000001", "a")]).with(0);
    floor.sends().with(0);
    floor.run(&["market", "end", "C-1"]).with(0);
    let at = "2026-11-20T15:00:00Z";
    floor.run(&["market", "track", "--service", "S", "--customer-id", "C-1", "--purchased-at", at]).with(0);
    let expired = ["--expired", "--expired-date", "2026-11-20", "--count", "7"];
    let update = ["market", "v1", "update-subscription", "--coid", "C-1", "--sku", "S"];
    floor.run(&[&update[..], &expired].concat()).with(0);
    let ids = r#""customerId":"C-1","provisioningId":"9ddz0a5e""#;
    let key = r#"{"providerKey":"PRACTICE-PROVIDER-KEY""#;
    let skus = r#""productId":123,"productSkus":["PRACTICE-STORAGE"]}"#;
    let all = arrived.lock().unwrap().clone();
    let expected = [
        ("/start-billing/", format!("{key},{ids},{skus}")),
        (
            "/u/",
            format!(
                r#"{key},{ids},"productSku":"PRACTICE-STORAGE","productId":123,"usageCount":0.1000000001}}"#
            ),
        ),
        ("/saas-usage/end", format!("{key},{ids},{skus}")),
        ("/api/SaasTrackings", String::new()),
        ("/v1/update", String::new()),
    ];
    assert_eq!(all.len(), expected.len(), "{all:?}");
    for ((path, body), (wanted, text)) in all.iter().zip(&expected) {
        assert_eq!(path, wanted);
        assert!(text.is_empty() || body == text, "{body}\n{text}");
    }
    let tracked: Value = serde_json::from_str(&all[3].1).unwrap();
    assert_eq!((&tracked["serviceName"], &tracked["purchasedAt"]), (&"S".into(), &at.into()));
    let updated: Value = serde_json::from_str(&all[4].1).unwrap();
    assert_eq!(
        (&updated["expired"], &updated["count"], &updated["expired-date"]),
        (&"true".into(), &"7".into(), &"2026-11-20".into())
    );
    floor.verifies();
}

const UPDATE: [&str; 7] = ["market", "v1", "update-subscription", "--coid", "77", "--sku", "S"];

fn with_first_version(base: &str) -> Floor {
    let floor = Floor { home: home(base), market: Sandbox::serve(&[]) };
    floor.home.configure_also("[market.v1]\nenabled = true\n");
    floor
}

#[test]
fn a_count_of_version_1_that_may_have_arrived_is_not_sent_again() {
    let (base, arrived) = serve(|_| String::new());
    let floor = with_first_version(&base);
    let tells = |count| floor.run(&[&UPDATE[..], &["--count", count]].concat());
    let id = tells("5").with(4).out.split_whitespace().next().unwrap().to_owned();
    assert!(tells("5").with(4).err.contains(&id), "the same again");
    assert!(tells("6").with(4).err.contains(&id), "another count for the same customer and SKU");
    let with_reason = floor.run(&[&UPDATE[..], &["--count", "5", "--reason", "a test"]].concat());
    assert!(with_reason.with(4).err.contains("market v1 resolve"), "a reason is no verdict");
    assert_eq!(arrived.lock().unwrap().len(), 1);
    let other = ["market", "v1", "update-subscription", "--coid", "78", "--sku", "S", "--count", "5"];
    floor.run(&other).with(4);
    assert_eq!(arrived.lock().unwrap().len(), 2, "another customer's is another one");
    let verdict = ["--reported", "--reference", "case 7", "--by", "Ann"];
    floor.settles(&[&["market", "v1", "resolve", &id][..], &verdict].concat());
    assert!(tells("5").with(8).err.contains("count"), "it is there");
    assert_eq!(arrived.lock().unwrap().len(), 2);
    tells("7").with(4);
    assert_eq!(arrived.lock().unwrap().len(), 3, "another count is another one");
    floor.verifies();
}

#[test]
fn what_was_told_once_is_told_again_only_with_a_reason() {
    let (base, arrived) = other();
    let floor = with_first_version(&base);
    floor.run(&TRACK).with(0);
    assert!(floor.run(&TRACK).with(8).err.contains("--reason"));
    floor.run(&[&TRACK[..], &["--reason", "they lost it"]].concat()).with(0);
    assert_eq!(arrived.lock().unwrap().len(), 2);
    floor.run(&UPDATE).with(4);
    floor.run(&UPDATE).with(4);
    assert_eq!(arrived.lock().unwrap().len(), 3);
}

#[test]
fn once_the_marketplace_has_said_that_it_is_closed_no_further_report_leaves() {
    let calendar = pxdesk::subscription::Calendar::new().unwrap();
    let closes = calendar.coming(jiff::Timestamp::now()).closes;
    let within = closes.saturating_add(jiff::SignedDuration::from_mins(15)).unwrap();
    let date = within.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let (base, arrived) = serve(move |_| {
        format!(
            "HTTP/1.1 200 OK\r\ndate: {date}\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\nok\n"
        )
    });
    let floor = Floor { home: home(&base), market: Sandbox::serve(&[]) };
    let receiver = Receiver::of(&floor.home);
    for id in ["p-1", "p-2", "p-3"] {
        assert_eq!(sent(&receiver.url, &deploy(id)).0, 200);
    }
    receiver.ends();
    floor.takes_over();
    floor.adds(&[("C-1", "1", "a"), ("C-2", "2", "b"), ("C-3", "3", "c")]).with(0);
    floor.sends().with(8);
    // Whatever this machine's clock says, the time is asked before the first one.
    let posted = arrived.lock().unwrap().iter().filter(|(path, _)| path == "/saas-usage/").count();
    assert_eq!(posted, 0);
    floor.run(&["market", "closing"]).with(8);
}

#[test]
fn the_month_from_which_this_journal_reports_only_moves_on_once_something_was_sent() {
    let floor = Floor::new();
    floor.sells(1);
    let bill = pxdesk::subscription::Month::parse(&floor.bill_month()).unwrap();
    let takes_over = |from: pxdesk::subscription::Month| {
        floor.run(&["market", "usage", "takeover", "--from", &from.to_string(), "--by", "Ann"])
    };
    let ahead = takes_over(bill.next().next()).with(8);
    assert!(ahead.err.contains("nobody would report"), "{}", ahead.err);
    takes_over(bill.next()).with(0);
    // Others report this month: no key is used up by it.
    let early = floor.adds(&[("C-1", "1", "a")]).with(2);
    assert!(early.err.contains("from which month on this journal reports"), "{}", early.err);
    takes_over(bill.previous()).with(0);
    floor.adds(&[("C-1", "1", "a")]).with(0);
    floor.sends().with(0);
    let back = takes_over(bill.previous().previous()).with(8);
    assert!(back.err.contains("has sent reports;"), "{}", back.err);
    takes_over(bill).with(0);
    takes_over(bill.previous()).with(8);
    // Nothing of such a month was begun, and the same command would be refused again.
    for month in [bill.previous().previous(), bill.next()] {
        let refused = floor.run(&["market", "usage", "send", "--month", &month.to_string()]).with(8);
        assert!(!refused.err.contains("goes on"), "{}", refused.err);
    }
}
