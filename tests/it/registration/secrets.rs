//! Canaries: the client secret, the tokens and the signatures made with them are in no byte of a log of everything, an
//! error, the journal, or the list of processes.

use super::floor::Floor;
use pxdesk::sandbox::PRACTICE_EDGEGRID;
use std::path::Path;

#[test]
fn they_are_nowhere() {
    let floor = Floor::new();
    floor.home.configure_also("[log]\nlevel = \"trace\"\nlibraries = \"trace\"\n");
    let file = floor.file("contract.csv", "application,customer\nmail,new\n");
    let mut said = String::new();
    for args in [
        &["plan", "--file", &file][..],
        &["apply", "--file", &file],
        &["create", "customer", "more", "--name", "More"],
        &["rename", "customer", "more", "Most"],
        &["remove", "customer", "more"],
        &["list"],
        &["runs"],
    ] {
        let ran = floor.run(args);
        said.push_str(&ran.out);
        said.push_str(&ran.err);
    }
    // Refused from here on: the errors are told.
    let edgerc = floor.home.path().join(".config/pxdesk/edgerc");
    let text = std::fs::read_to_string(&edgerc).unwrap();
    std::fs::write(&edgerc, text.replace("client_secret = ", "client_secret = x")).unwrap();
    let refused = floor.run(&["list"]).with(3);
    assert!(refused.err.contains("The credentials do not fit"), "{}", refused.err);
    let doctor = floor.home.run(&["doctor"]);
    said.extend([refused.out, refused.err, doctor.out, doctor.err]);
    let practice = PRACTICE_EDGEGRID;
    let canaries = [practice.client_secret, practice.access_token, practice.client_token, "signature="];
    for canary in canaries {
        assert!(!said.contains(canary), "{canary} was said: {said}");
    }
    let mut logs = 0;
    nowhere_below(floor.home.path(), &floor.home.path().join(".config"), &canaries, &mut logs);
    assert!(logs > 10_000, "there is a log of everything: {logs} bytes");
}

/// Looks into every file but those below `but`, and counts the bytes.
fn nowhere_below(folder: &Path, but: &Path, canaries: &[&str], read: &mut usize) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path == but {
            continue;
        }
        if path.is_dir() {
            nowhere_below(&path, but, canaries, read);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap_or_default();
        *read += bytes.len();
        for canary in canaries {
            let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!found, "{canary} stands in {}", path.display());
        }
    }
}
