//! Canaries: the provider key, a buyer's fields, a password of version 1: in no byte of a log, an error, the journal in
//! clear, or the list of processes.

use super::floor::{Floor, deploy, secret, sent};
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
