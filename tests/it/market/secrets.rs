//! Canaries: the provider key, a buyer's fields, a password of version 1: in no byte of a log, an error, the journal in
//! clear, or the list of processes.

use super::floor::{Floor, deploy, secret, sent};
use super::requests::posted;
use serde_json::json;
use std::path::Path;

const KEY: &str = "canary-provider-key-8831";
const EMAIL: &str = "canary.buyer.4471@buyer.example";
const PASSWORD: &str = "canary-password-2290";
const RESELLER: &str = "canary-reseller-key-17";

#[test]
fn they_are_nowhere() {
    let floor = Floor::new();
    floor.home.configure_also("[market.webhook]\nv1_path = \"/provision\"\n[market.v1]\nenabled = true\n");
    secret(&floor.home, "provider.key", &format!("{KEY}\n"));
    let receiver = floor.receiver();
    let mut buyer = deploy("p-1");
    buyer["contactEmail"] = json!(EMAIL);
    buyer["password"] = json!(PASSWORD);
    assert_eq!(sent(&receiver.url, &buyer).0, 200);
    let first = json!({ "resellerkey": RESELLER, "name": EMAIL, "email": EMAIL, "password": PASSWORD });
    let (status, answer) = sent(&receiver.url.replace("/deploy", "/provision"), &first);
    assert_eq!(status, 201, "{answer}");
    assert!(answer["coid"].is_string(), "{answer}");
    sent(&receiver.url, &json!({ "contactEmail": EMAIL, "password": PASSWORD }));
    let listed = std::fs::read(format!("/proc/{}/cmdline", receiver.child.id())).unwrap();
    receiver.ends();
    let mut said = String::from_utf8_lossy(&listed).into_owned();
    // The key is refused there, so that it is told of what was said.
    for args in [
        &["market", "start-billing", "p-1"][..],
        &["market", "usage", "takeover", "--from", "2026-01", "--by", "Ann"],
        &[
            "market",
            "usage",
            "add",
            "--of",
            "p-1",
            "--sku",
            "PRACTICE-STORAGE",
            "--month",
            "2026-01",
            "--count",
            "1",
            "--key",
            "k",
        ],
        &["market", "usage", "send", "--month", "2026-01"],
        &["market", "list"],
        &["market", "requests"],
        &["doctor"],
    ] {
        let ran = floor.run(args);
        said.push_str(&ran.out);
        said.push_str(&ran.err);
    }
    for canary in [KEY, PASSWORD, EMAIL, RESELLER] {
        assert!(!said.contains(canary), "{canary} was said: {said}");
    }
    let shown = floor.run(&["market", "show", "p-1"]).with(0).out;
    assert!(shown.contains(EMAIL) && !shown.contains(PASSWORD), "a person may see who bought: {shown}");
    let config = floor.home.path().join(".config");
    nowhere_below(floor.home.path(), &config);
}

/// The id of a deploy of version 1 is shown and kept: it gives away nothing of what it was made from.
#[test]
fn an_id_of_version_1_is_made_with_the_journals_key_and_one_of_before_is_still_known() {
    let version_1 = || {
        let floor = Floor::new();
        floor
            .home
            .configure_also("[market.webhook]\nv1_path = \"/provision\"\n[market.v1]\nenabled = true\n");
        floor
    };
    let body = json!({ "resellerkey": RESELLER, "name": "Ann", "email": EMAIL, "password": PASSWORD });
    let plain =
        pxdesk::subscription::read_first_version(body.to_string().as_bytes()).unwrap().provisioning_id;
    let ids: Vec<String> = (0..2)
        .map(|_| {
            let floor = version_1();
            let receiver = floor.receiver();
            let url = receiver.url.replace("/deploy", "/provision");
            let first = sent(&url, &body);
            assert_eq!((first.0, &sent(&url, &body)), (201, &first), "the same one again");
            receiver.ends();
            let list = floor.json(&["market", "list"]);
            assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
            list[0]["provisioningId"].as_str().unwrap().to_owned()
        })
        .collect();
    assert!(ids.iter().all(|id| id.starts_with("v1-") && id.len() == 35 && id != plain.as_str()), "{ids:?}");
    assert_ne!(ids[0], ids[1], "each journal has a key of its own");

    // As a journal of before has it.
    let floor = version_1();
    let receiver = floor.receiver();
    let mut before = deploy(plain.as_str());
    before["productId"] = json!(1);
    assert_eq!(sent(&receiver.url, &before).0, 200);
    let known = sent(&receiver.url.replace("/deploy", "/provision"), &body);
    assert_eq!(known.0, 409, "it is found under the id of before, where it has other content here");
    receiver.ends();
    assert_eq!(floor.json(&["market", "list"]).as_array().unwrap().len(), 1);
}

/// A refusal may speak of the buyer, and so may the reason for an answer.
#[test]
fn the_words_of_an_answer_are_sealed_and_gone_once_the_deploy_is_erased() {
    let floor = Floor::new();
    let script = floor.home.path().join("decides.sh");
    let said = "Ann Canary-7712, call us.";
    std::fs::write(&script, format!("cat > /dev/null; echo '{{\"refusal\":\"{said}\"}}'\n")).unwrap();
    let command = format!("[\"/bin/sh\", \"{}\"]", script.display());
    floor.home.configure_also(&format!(
        "[market.webhook]\nanswer = \"command\"\ncommand = {command}\nrefusal = \"Please call us.\"\n"
    ));
    let receiver = floor.receiver();
    let reads = |words: &str| {
        let reply = posted(&receiver.url, deploy("p-1").to_string());
        assert!(
            reply.starts_with("HTTP/1.1 422 ") && reply.ends_with(&format!("\r\n\r\n{words}")),
            "{reply}"
        );
    };
    reads(said);
    // What comes again reads the same.
    reads(said);
    assert_eq!(floor.json(&["market", "show", "p-1"])["answer"]["message"], said);
    std::fs::remove_file(&script).unwrap();
    floor.run(&["market", "erase", "p-1", "--reason", "asked for"]).with(0);
    reads("Please call us.");
    receiver.ends();
    assert_eq!(floor.json(&["market", "show", "p-1"])["answer"]["message"], json!(null));
    assert!(floor.run(&["market", "show", "p-1"]).with(0).out.contains("(erased)"));
    for (folder, name) in [(".local/share/pxdesk", "pxdesk.db"), (".local/share/pxdesk", "pxdesk.db-wal")] {
        let bytes = std::fs::read(floor.home.path().join(folder).join(name)).unwrap_or_default();
        assert!(!bytes.windows(11).any(|window| window == b"Canary-7712"), "{name}");
    }
    floor.verifies();
}

fn nowhere_below(folder: &Path, but: &Path) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path == but {
            continue;
        }
        if path.is_dir() {
            nowhere_below(&path, but);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap_or_default();
        for canary in [KEY, PASSWORD, EMAIL, RESELLER] {
            let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!found, "{canary} stands in {}", path.display());
        }
    }
}
