//! What a person finds among the requests: deploys that nobody could read, and one that named no product.

use super::floor::{Floor, deploy, sent};
use serde_json::json;

#[test]
fn each_deploy_that_could_not_be_read_is_listed_and_shown_to_a_supervisor() {
    let floor = Floor::new();
    let receiver = floor.receiver();
    let mut odd = deploy("p-1");
    odd["productId"] = json!("77");
    assert_eq!(sent(&receiver.url, &odd).0, 400);
    assert_eq!(sent(&receiver.url, &json!({ "productSkus": ["A"], "productId": 1 })).0, 400);
    receiver.ends();
    let requests = floor.json(&["market", "requests"]);
    assert_eq!(requests["unreadable"], 2, "{requests}");
    let listed = requests["unreadableDeploys"].as_array().unwrap();
    let first = &listed[0];
    assert_eq!((listed.len(), &first["number"]), (2, &json!(1)), "{requests}");
    assert_eq!(first["why"], "The member productId is not an integer.");
    assert_eq!(first["size"], serde_json::to_vec(&odd).unwrap().len());
    first["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!(!requests.to_string().contains("buyer.example"), "what a buyer filled in is not listed");
    let text = floor.run(&["market", "requests"]).with(0).out;
    assert!(text.contains("unreadable 1") && text.contains("provisioningId is missing"), "{text}");
    let body = floor.run(&["market", "requests", "--show", "1"]).with(0).out;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&body).unwrap(), odd);
    let shown = floor.json(&["market", "requests", "--show", "2"]);
    assert!(shown["number"] == 2 && shown["body"].as_str().unwrap().contains("productSkus"), "{shown}");
    floor.run(&["market", "requests", "--show", "3"]).with(2);
    floor.run(&["market", "requests", "--show", "0"]).with(2);
    floor.home.reconfigure("agent = \"r.diaz\"", "agent = \"r.diaz\"\nrole = \"agent\"");
    let refused = floor.run(&["market", "requests", "--show", "1"]).with(8);
    assert!(!refused.out.contains("77") && refused.err.contains("supervisor"), "{}", refused.err);
    floor.run(&["market", "requests"]).with(0);
}

#[test]
fn of_an_unreadable_deploy_no_password_is_shown_whatever_it_is_written_in() {
    let floor = Floor::new();
    let receiver = floor.receiver();
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nhunter2\r\n--b--\r\n";
    let wide: Vec<u8> = r#"{"password":"hunter2"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bodies: [&[u8]; 6] = [
        b"{'user':'Ann','password':'hunter2'}",
        multipart.as_bytes(),
        br#"{"fields":[{"name":"userPwd","value":"hunter2"},{"name":"a","value":"shown"}]}"#,
        br#"[["password","hunter2"]]"#,
        &wide,
        b"password=\xffhunter2",
    ];
    for body in bodies {
        assert!(posted(&receiver.url, body).starts_with("HTTP/1.1 400"));
    }
    receiver.ends();
    let shown = |n: usize| {
        let text = floor.run(&["market", "requests", "--show", &n.to_string()]).with(0).out;
        let json = floor.json(&["market", "requests", "--show", &n.to_string()]);
        assert!(!text.contains("hunter") && !json.to_string().contains("hunter"), "{n}: {text}");
        (text, json)
    };
    for n in 1..=4 {
        assert!(shown(n).0.contains("***"), "{n}");
    }
    assert!(shown(1).0.contains("Ann") && shown(3).0.contains("shown"));
    let (text, json) = shown(5);
    assert!(text.starts_with("(44 bytes; UTF-16, little-endian; not shown"), "{text}");
    assert_eq!((&json["body"], &json["size"]), (&json!(null), &json!(44)), "{json}");
    assert_eq!(json["encoding"], "UTF-16, little-endian");
    assert!(shown(6).0.starts_with("(17 bytes; "), "{}", shown(6).0);
}

#[test]
fn a_deploy_of_2017_gets_its_product_typed_in() {
    let floor = Floor::new();
    floor.takes_over();
    let receiver = floor.receiver();
    let old = json!({ "provisioningGuid": "g-1", "productSkus": ["PRACTICE-STORAGE"], "contactEmail": "a@b.example" });
    assert_eq!(sent(&receiver.url, &old), (200, json!({ "customerId": "C-1" })));
    receiver.ends();
    let refused = floor.run(&["market", "start-billing", "g-1"]).with(8);
    assert!(refused.err.contains("market note ID --product-id"), "{}", refused.err);
    floor.adds(&[("C-1", "1", "k1")]).with(0);
    let preview = floor.json(&["market", "usage", "preview", "--month", &floor.bill_month()]);
    assert!(preview["lines"][0]["problem"].as_str().unwrap().contains("named no product"), "{preview}");
    floor.run(&["market", "note", "g-1", "--product-id", "0"]).with(2);
    floor.run(&["market", "note", "g-1", "--product-id", "123"]).with(0);
    let shown = floor.json(&["market", "show", "g-1"]);
    assert_eq!((&shown["productId"], &shown["notes"][0]["productId"]), (&json!(123), &json!(123)), "{shown}");
    assert_eq!(floor.json(&["market", "list"])[0]["productId"], 123);
    // A slip is corrected with a reason, until something was carried out with it.
    let other = ["market", "note", "g-1", "--product-id", "124"];
    assert!(floor.run(&other).with(8).err.contains("reason"));
    floor.run(&[&other[..], &["--reason", "a slip"]].concat()).with(0);
    let shown = floor.json(&["market", "show", "g-1"]);
    assert_eq!(
        (&shown["productId"], &shown["notes"][1]["reason"]),
        (&json!(124), &json!("a slip")),
        "{shown}"
    );
    floor.market.control(
        "market/provisionings",
        &json!({ "provisioningId": "g-1", "customerId": "C-1", "productId": 124, "productSkus": ["PRACTICE-STORAGE"] }),
    );
    floor.run(&["market", "start-billing", "g-1"]).with(0);
    let used = floor.run(&["market", "note", "g-1", "--product-id", "125", "--reason", "a slip"]).with(8);
    assert!(used.err.contains("its product is 124"), "{}", used.err);
    floor.verifies();
}

#[test]
fn a_buyer_writes_no_line_of_a_page_and_a_number_and_a_note_are_told_as_they_came() {
    let floor = Floor::new();
    let receiver = floor.receiver();
    let body = r#"{"provisioningId":"p-1","productSkus":["A"],"productId":1,"password":"hunter2",
        "company":"ACME\ncall              End A: carried out","account":12345678901234567890123}"#;
    let status = |body: &str| {
        let sent = posted(&receiver.url, body);
        sent.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(status(body), "200");
    assert_eq!(status(&body.replace("90123}", "90124}")), "409", "another account");
    assert_eq!(status(&body.replace("\"p-1\"", "\"p-2\",\"company\":\"B\"")), "400", "a member twice");
    receiver.ends();
    let text = "the customer called";
    floor.run(&["market", "note", "p-1", "--text", text]).with(0);
    let due = ["market", "note", "p-1", "--termination-mail", "2026-11-20", "--due"];
    floor.run(&[&due[..], &["2026-01-01"]].concat()).with(2);
    floor.run(&[&due[..], &["2026-11-27"]].concat()).with(0);
    let shown = floor.run(&["market", "show", "p-1"]).with(0).out;
    assert!(!shown.lines().any(|line| line.starts_with("call ")), "{shown}");
    for told in ["12345678901234567890123", text, "written to by 2026-11-27"] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    let odd = floor.run(&["market", "requests", "--show", "1"]).with(0).out;
    assert!(odd.contains("p-2") && !odd.contains("hunter2"), "{odd}");
}

/// What a receiver answers to this very body.
pub fn posted(url: &str, body: impl AsRef<[u8]>) -> String {
    use std::io::{Read as _, Write as _};
    let body = body.as_ref();
    let address = url.strip_prefix("http://").unwrap().strip_suffix("/deploy").unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = format!("POST /deploy HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}

#[test]
fn what_comes_under_the_id_of_an_erased_deploy_is_compared_by_what_is_not_personal() {
    let floor = Floor::new();
    let receiver = floor.receiver();
    let first = deploy("p-1");
    assert_eq!(sent(&receiver.url, &first).0, 200);
    floor.run(&["market", "erase", "p-1", "--reason", "asked for"]).with(0);
    assert_eq!(sent(&receiver.url, &first).0, 200, "the recorded answer again");
    for (member, other) in [("productId", json!(124)), ("productSkus", json!(["PRACTICE-SEATS"]))] {
        let mut changed = first.clone();
        changed[member] = other;
        assert_eq!(sent(&receiver.url, &changed).0, 409, "{member}");
    }
    receiver.ends();
    let shown = floor.json(&["market", "show", "p-1"]);
    assert_eq!((&shown["conflicts"], &shown["repeats"]), (&json!(2), &json!(1)), "{shown}");
    assert_eq!(floor.json(&["market", "requests"])["conflicting"].as_array().unwrap().len(), 1);
    floor.verifies();
}

#[test]
fn what_was_looked_at_is_set_aside_with_a_reason_and_is_still_found() {
    let floor = Floor::new();
    let receiver = floor.receiver();
    let other = |id: &str, alias: &str| {
        let mut changed = deploy(id);
        changed["userAlias"] = json!(alias);
        sent(&receiver.url, &changed).0
    };
    assert_eq!((other("p-1", "A"), other("p-1", "B")), (200, 409));
    assert_eq!(sent(&receiver.url, &json!([])).0, 400);
    assert_eq!(sent(&receiver.url, &json!({})).0, 400);
    let open = |all: &[&str]| {
        let requests = floor.json(&[&["market", "requests"][..], all].concat());
        let length = |name: &str| requests[name].as_array().unwrap().len();
        (length("conflicting"), length("unreadableDeploys"), requests["unreadable"].as_u64().unwrap())
    };
    assert_eq!(open(&[]), (1, 2, 2));
    let aside =
        |what: &[&str]| floor.run(&[&["market", "set-aside"][..], what, &["--reason", "looked at"]].concat());
    aside(&["p-1"]).with(0);
    aside(&["p-1"]).with(8);
    aside(&["--unreadable", "2"]).with(0);
    for none in [&["--unreadable", "2"][..], &["--unreadable", "3"], &["--strangers"]] {
        aside(none).with(8);
    }
    floor.run(&["market", "set-aside", "--unreadable", "1", "--reason", " "]).with(8);
    assert_eq!((open(&[]), open(&["--all"])), ((0, 1, 1), (1, 2, 2)));
    let all = floor.json(&["market", "requests", "--all"]);
    assert_eq!(all["unreadableDeploys"][1]["setAside"]["reason"], "looked at", "{all}");
    assert_eq!(floor.json(&["market", "show", "p-1"])["notes"][0]["reason"], "looked at");
    // What comes afterwards is listed again.
    assert_eq!(other("p-1", "C"), 409);
    assert_eq!(open(&[]).0, 1);
    receiver.ends();
    floor.verifies();
}

#[test]
fn the_customer_id_of_another_company_is_given_for_a_reason_alone() {
    let floor = Floor::new();
    floor.home.configure_also("[market.webhook]\nassign = \"C-{provisioningId}\"\n");
    let receiver = floor.receiver();
    // The pattern makes no ids of theirs, as they would be too long: all three wait for a person.
    let ids: Vec<String> = (1..=3).map(|n| format!("{n}{}", "p".repeat(254))).collect();
    for (id, company) in ids.iter().zip(["Ortega & Sons", "Okafor Dental", " ortega & SONS "]) {
        let mut body = deploy(id);
        body["companyName"] = company.into();
        sent(&receiver.url, &body);
    }
    let gives = |n: usize, more: &[&str]| {
        floor.run(&[&["market", "provision", &ids[n - 1], "--customer-id", "C-2"], more].concat())
    };
    gives(1, &[]).with(0);
    let refused = gives(2, &[]).with(8);
    assert!(refused.err.contains("the customer id C-2 belongs to the subscription"), "{}", refused.err);
    assert!(refused.err.contains("Ortega & Sons") && refused.err.contains("--reason"), "{}", refused.err);
    gives(2, &["--reason", " "]).with(8);
    gives(3, &[]).with(0);
    gives(2, &["--reason", "Ortega bought it."]).with(0);
    let shown = floor.run(&["market", "show", &ids[1], "--output", "json"]).with(0);
    assert!(shown.out.contains("Ortega bought it."), "{}", shown.out);
}
