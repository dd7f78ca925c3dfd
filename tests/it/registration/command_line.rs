//! What signs the calls: stored, shown to be there, removed, and nowhere to be seen; and what `doctor` says of a
//! registration.

use super::server::{Reply, Server};
use crate::keyring::Bus;
use crate::kit::{Home, Ran};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const SECRET: &str = "canary-client-secret-5521=";
const TRIO: &str = "akab-canary-client\nakab-canary-access\ncanary-client-secret-5521=\n";
const LOGIN: [&str; 4] = ["login", "--registration", "-e", "sandbox"];
const LOGOUT: [&str; 4] = ["logout", "--registration", "-e", "sandbox"];

/// A home whose sandbox environment has a registration at `base`.
fn home(base: &str, more: &str) -> Home {
    let home = Home::at("http://127.0.0.1:9");
    home.configure_also(&format!(
        "[environments.sandbox.registration]\nbase_url = \"{base}/\"\ncontract = \"A-1234\"\n{more}"
    ));
    home
}

fn edgerc(home: &Home, text: &str, mode: u32) {
    let path = home.path().join(".edgerc");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
}

fn section() -> String {
    format!(
        "[default]\nclient_token = akab-canary-client\naccess_token = akab-canary-access\nclient_secret = {SECRET}\n"
    )
}

/// What the doctor says of `name`: the status, and everything else.
fn check(ran: &Ran, name: &str) -> (String, String) {
    let checks = ran.json()["checks"].clone();
    let check = checks.as_array().unwrap().iter().find(|check| check["name"] == name);
    let check = check.unwrap_or_else(|| panic!("{name}: {ran:?}"));
    (check["status"].as_str().unwrap().to_owned(), format!("{} {}", check["found"], check["mend"]))
}

fn doctor(home: &Home) -> Ran {
    home.run(&["doctor", "--output", "json"])
}

#[test]
fn the_doctor_reads_the_contract_with_the_credentials_of_the_vendor_s_file() {
    let server = Server::answering(|request| match request.line.as_str() {
        "HEAD /" => Reply { bytes: b"HTTP/1.1 404 No\r\nconnection: close\r\n\r\n".to_vec(), closes: true },
        _ => Reply::json(r#"[{"providerApplicationId":"a","surrogateId":0}]"#),
    });
    let home = home(&server.base, "");
    let (status, text) = check(&doctor(&home), "edgegrid");
    assert!(status == "failed" && text.contains(".edgerc (mode 0600)"), "{text}");
    edgerc(&home, &section(), 0o644);
    assert!(check(&doctor(&home), "edgegrid").1.contains("chmod 600"));
    edgerc(&home, &section().replace("client_secret", "secret"), 0o600);
    let (_, text) = check(&doctor(&home), "edgegrid");
    assert!(text.contains("section [default] has no client_secret") && !text.contains("canary"), "{text}");
    assert_eq!(check(&doctor(&home), "contract").0, "skipped");
    edgerc(&home, &section(), 0o600);
    let ran = doctor(&home);
    let (status, text) = check(&ran, "registration");
    assert!(status == "ok" && text.contains(&server.base) && text.contains("contract A-1234"), "{text}");
    assert_eq!(check(&ran, "edgegrid").0, "ok");
    assert_eq!(check(&ran, "gateway").0, "ok");
    let (status, text) = check(&ran, "contract");
    assert!(status == "ok" && text.contains("the applications of A-1234 may be read; there are 1"), "{text}");
}

#[test]
fn a_registration_without_any_address_is_wrongly_configured() {
    let home = Home::at("http://127.0.0.1:9");
    home.configure_also("[environments.sandbox.registration]\ncontract = \"A-1234\"\n");
    edgerc(&home, &section(), 0o600);
    let ran = home.run(&["registration", "list"]).with(5);
    assert!(ran.err.contains("neither base_url nor the credentials name a host; add one of them"), "{ran:?}");
    let (status, text) = check(&doctor(&home), "gateway");
    assert!(status == "failed" && text.contains("set base_url"), "{text}");
}

#[test]
fn the_doctor_tells_a_wrong_clock_from_a_want_of_rights() {
    let refusing = |body: &'static str, status: &'static str| {
        let server = Server::answering(move |request| match request.line.as_str() {
            "HEAD /" => {
                Reply { bytes: b"HTTP/1.1 404 No\r\nconnection: close\r\n\r\n".to_vec(), closes: true }
            }
            _ => Reply::new(status, "content-type: application/json\r\n", body),
        });
        let home = home(&server.base, "");
        edgerc(&home, &section(), 0o600);
        check(&doctor(&home), "contract")
    };
    let clock =
        r#"{"title":"Bad request","detail":"Invalid timestamp","requestTime":"2001-01-01T00:00:00Z"}"#;
    let (status, text) = refusing(clock, "400 Bad Request");
    assert!(status == "failed" && text.contains("ahead of the server's"), "{text}");
    let rights = r#"{"error":{"type":"NOT_AUTHORIZED","title":"no","httpStatus":403}}"#;
    let (status, text) = refusing(rights, "403 Forbidden");
    assert!(
        status == "failed" && text.contains("NOT_AUTHORIZED") && text.contains("check the contract"),
        "{text}"
    );
}

#[test]
fn a_keyring_holds_them_beside_the_others() {
    let home = home("http://127.0.0.1:9", "edgerc = \"keyring\"\n");
    home.reconfigure("credentials = \"credentials\"", "credentials = \"keyring\"");
    let Some(bus) = Bus::start(&home) else { return };
    let bus = bus.unlocked(&home);
    let pair = "the-consumer-key\nthe-consumer-secret\n";
    bus.run_with(&home, &["login", "-e", "sandbox"], pair).with(0);
    for wrong in ["", "one\ntwo\n", "a\nb\nc d\n", "a\nb\nc\nd\n"] {
        let ran = bus.run_with(&home, &LOGIN, wrong).with(2);
        assert!(ran.err.contains("nothing was stored"), "{ran:?}");
    }
    let ran = bus.run_with(&home, &LOGIN, TRIO).with(0);
    assert!(
        ran.err.contains("registration credentials for sandbox are in") && !ran.err.contains("canary"),
        "{ran:?}"
    );
    assert_eq!(
        (bus.entry(&home, "sandbox").as_str(), bus.entry(&home, "sandbox-registration").as_str()),
        (pair, TRIO)
    );
    bus.run(&home, &LOGOUT).with(0);
    assert!(bus.run(&home, &LOGOUT).with(0).err.contains("there were no registration credentials"));
    assert_eq!(bus.entry(&home, "sandbox"), pair);
}

#[test]
fn only_a_keyring_of_a_named_environment_is_written() {
    let in_file = home("http://127.0.0.1:9", "");
    edgerc(&in_file, &section(), 0o600);
    let ran = in_file.run_with(&LOGIN, TRIO).with(2);
    assert!(ran.err.contains("section [default] of") && ran.err.contains("edgerc = \"keyring\""), "{ran:?}");
    in_file.run(&LOGOUT).with(2);
    assert_eq!(fs::read_to_string(in_file.path().join(".edgerc")).unwrap(), section());
    assert!(in_file.run_with(&["login", "--registration"], TRIO).with(2).err.contains("must be named"));
    let embedded = in_file.run_with(&["login", "--registration", "-e", "embedded"], TRIO).with(2);
    assert!(embedded.err.contains("never shown to it"), "{embedded:?}");
    let none = Home::at("http://127.0.0.1:9").run_with(&LOGIN, TRIO).with(5);
    assert!(none.err.contains("[environments.sandbox.registration] contract"), "{none:?}");
    in_file.run_with(&["login", "--registration", "--market", "-e", "sandbox"], TRIO).with(2);
}

#[test]
fn the_secret_is_nowhere_even_where_the_server_says_it() {
    let echo = format!("{{\"title\":\"no\",\"detail\":\"{SECRET}\"}}");
    let server = Server::answering(move |request| match request.line.as_str() {
        "HEAD /" => Reply { bytes: b"HTTP/1.1 404 No\r\nconnection: close\r\n\r\n".to_vec(), closes: true },
        _ => Reply::new("401 Unauthorized", "content-type: application/json\r\n", &echo),
    });
    let home = home(&server.base, "[log]\nlevel = \"trace\"\nlibraries = \"trace\"\n");
    edgerc(&home, &section(), 0o600);
    let ran = home.run(&["doctor"]);
    assert!(ran.out.contains("HTTP 401: no: [redacted]"), "{ran:?}");
    let asked = server.arrived().into_iter().filter(|request| request.line.starts_with("GET")).count();
    assert_eq!(asked, 1);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(!said.contains(SECRET.trim_end_matches('=')), "{said}");
    nowhere_below(home.path());
}

fn nowhere_below(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            nowhere_below(&path);
        } else if path.file_name().is_some_and(|name| name != ".edgerc") {
            let bytes = fs::read(&path).unwrap_or_default();
            let found = bytes
                .windows(SECRET.len() - 1)
                .any(|window| window == &SECRET.as_bytes()[..SECRET.len() - 1]);
            assert!(!found, "the secret stands in {}", path.display());
        }
    }
}

#[test]
fn a_setting_that_cannot_be_used_is_named_with_its_line() {
    for (setting, says) in [
        ("proxy = \"ftp://x\"", "registration.proxy is not of the form http://HOST:PORT"),
        ("ca_file = \"none.pem\"", "registration.ca_file "),
        ("base_url = \"https://u:p@h.example/\"", "registration.base_url "),
    ] {
        let home = Home::at("http://127.0.0.1:9");
        home.configure_also(&format!(
            "[environments.sandbox.registration]\ncontract = \"A-1\"\nedgerc = \"edgerc\"\n{setting}\n"
        ));
        let path = home.path().join(".config/pxdesk/config.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let line = text.lines().position(|line| line == setting).unwrap() + 1;
        let ran = home.run(&["registration", "list"]).with(5);
        let place = format!("{}:{line}: environments.sandbox.{says}", path.display());
        assert!(ran.err.contains(&place), "{place}: {}", ran.err);
    }
}

#[test]
fn a_variable_that_is_no_text_is_not_passed_over() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = Home::at("http://127.0.0.1:9");
    let mut command = home.command(&["order", "list"]);
    let ran = command.env("PXDESK_ENVIRONMENT", std::ffi::OsStr::from_bytes(b"prod\xff")).output().unwrap();
    assert_eq!(ran.status.code(), Some(5));
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(said.contains("the variable PXDESK_ENVIRONMENT is not UTF-8 text"), "{said}");
}

#[test]
fn where_there_is_no_list_the_address_is_in_question() {
    let server = Server::answering(|request| match request.line.as_str() {
        "HEAD /" => Reply { bytes: b"HTTP/1.1 404 No\r\nconnection: close\r\n\r\n".to_vec(), closes: true },
        _ => Reply::new("404 Not Found", "content-type: application/json\r\n", r#"{"title":"Not Found"}"#),
    });
    let home = home(&server.base, "");
    edgerc(&home, &section(), 0o600);
    let ran = home.run(&["registration", "list"]).with(3);
    assert!(
        ran.err.contains("the server has no such list") && ran.err.contains("Is base_url right"),
        "{ran:?}"
    );
}
