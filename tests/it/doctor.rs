//! `doctor`: every fault is found, named with its mending, and counted by the exit status; no secret is printed.

use crate::kit::{Home, Ran, Sandbox};
use crate::server;
use crate::tls::{Authority, named};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Mutex};

/// What the doctor said of `name`: its status and everything else of it.
fn check(ran: &Ran, name: &str) -> (String, String) {
    let all = ran.json();
    let check = all["checks"].as_array().unwrap().iter().find(|check| check["name"] == name);
    let check = check.unwrap_or_else(|| panic!("{name}: {ran:?}"));
    let text = |key: &str| check[key].as_str().unwrap_or_default().to_owned();
    (text("status"), format!("{}; {}", text("found"), text("mend")))
}

/// Runs it for JSON and for people: they agree on the exit status, and neither shows a secret.
#[track_caller]
fn doctor(home: &Home, status: i32) -> Ran {
    // The pace that other tests set is refused off this machine.
    let run =
        |args: &[&str]| Ran::from(home.command(args).env_remove("PXDESK_READING_FASTEST").output().unwrap());
    let text = run(&["doctor"]).with(status);
    assert_eq!(text.out.contains("FAILED"), status != 0, "{text:?}");
    let ran = run(&["doctor", "--output", "json"]).with(status);
    assert_eq!(ran.json()["ok"], status == 0);
    for secret in ["the-consumer-", "dGhlLWNvbnN1bWVy", "tok-0123456789"] {
        assert!(!format!("{text:?}{ran:?}").contains(secret), "{secret}: {ran:?}");
    }
    ran
}

/// The check fails, or only warns; what it says holds all of `words`.
#[track_caller]
fn says(ran: &Ran, name: &str, status: &str, words: &[&str]) {
    let (found, text) = check(ran, name);
    assert_eq!(found, status, "{name}: {ran:?}");
    for word in words {
        assert!(text.contains(word), "{name}: `{word}` in {text}");
    }
}

/// A server that answers HEAD with its clock and everything else with `answer`; it remembers what arrived.
struct Server {
    base: String,
    arrived: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(ahead: SignedDuration, answer: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (arrived, answer) = (Arc::<Mutex<Vec<String>>>::default(), answer.to_owned());
        let log = Arc::clone(&arrived);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut bytes = [0; 8192];
                let length = stream.read(&mut bytes).unwrap();
                let request = String::from_utf8_lossy(&bytes[..length]).into_owned();
                let now = jiff::fmt::rfc2822::DateTimePrinter::new()
                    .timestamp_to_rfc9110_string(&(Timestamp::now() + ahead))
                    .unwrap();
                let head = format!(
                    "HTTP/1.1 404 Not Found\r\nDate: {now}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                );
                let reply = if request.starts_with("HEAD / ") { &head } else { &answer };
                log.lock().unwrap().push(request);
                let _ = stream.write_all(reply.as_bytes());
            }
        });
        Self { base, arrived }
    }

    /// How many requests began so.
    fn count(&self, start: &str) -> usize {
        self.arrived.lock().unwrap().iter().filter(|request| request.starts_with(start)).count()
    }
}

fn reply(status: &str, kind: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn token(rest: &str) -> String {
    reply("200 OK", "application/json", &format!(r#"{{"access_token":"tok-0123456789"{rest}}}"#))
}

#[test]
fn all_is_well() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    says(&doctor(&home, 0), "journal", "ok", &["does not exist yet"]);
    home.open(&crate::kit::order("1"));
    let ran = doctor(&home, 0);
    says(&ran, "configuration", "ok", &["config.toml", "environment = sandbox (line 1 of the file)"]);
    says(
        &ran,
        "configuration",
        "ok",
        &["timeouts.retrieve_rcc = 2s (line 1", "journal.url = sqlite:", "(default)"],
    );
    says(&ran, "keyring", "skipped", &["the credentials file"]);
    says(&ran, "credentials", "ok", &["consumer secret in the credentials file"]);
    says(&ran, "journal", "ok", &["mode 0600"]);
    says(&ran, "journal key", "ok", &["mode 0600"]);
    says(&ran, "logs", "ok", &["can be written"]);
    for name in ["dns", "connection"] {
        says(&ran, name, "ok", &["127.0.0.1"]);
    }
    says(&ran, "tls", "skipped", &["plain http, on this machine"]);
    says(&ran, "token", "ok", &["lives 1799 seconds"]);
    assert_eq!(ran.json()["environment"], "sandbox");
    let named = home.run(&["doctor", "-e", "sandbox", "--output", "json"]);
    says(&named, "configuration", "ok", &["environment = sandbox (flag)"]);
    let ledger = crate::kit::get(&format!("{}/_sandbox/ledger", px.base));
    assert_eq!(ledger["transactions"], Value::Array(vec![]), "no order call");
}

#[test]
fn with_nothing_configured_all_is_well() {
    let ran = doctor(&Home::empty(), 0);
    says(&ran, "configuration", "ok", &["no file", "environment = embedded (default)"]);
    says(&ran, "credentials", "skipped", &["takes any"]);
    says(&ran, "token", "ok", &[]);
}

#[test]
fn a_clock_an_hour_off_is_told_by_its_minutes() {
    for (ahead, words) in [(3600, "min behind"), (-3600, "min ahead of")] {
        let server = Server::start(SignedDuration::from_secs(ahead), &token(r#","expires_in":"60""#));
        let ran = doctor(&Home::at(&server.base), 0);
        says(&ran, "clock", "warning", &[words, "set this machine's clock"]);
        let (_, text) = check(&ran, "clock");
        let minutes = text.split(' ').find_map(|word| word.parse::<i64>().ok()).unwrap();
        assert!((59..=61).contains(&minutes), "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_token_is_said() {
    let case = |answer: &str, exit: i32, status: &str, words: &[&str]| {
        let server = Server::start(SignedDuration::ZERO, answer);
        let ran = doctor(&Home::at(&server.base), exit);
        says(&ran, "token", status, words);
        assert_eq!(server.count("POST /oauth/v2/token"), 2, "one for each run");
        assert_eq!(server.count("POST "), 2, "nothing else is sent");
    };
    let json = "application/json";
    case(&token(""), 0, "warning", &["without expires_in"]);
    case(&token(r#","expires_in":"soon""#), 0, "warning", &["no whole number of seconds"]);
    case(&token(r#","expires_in":"0""#), 0, "warning", &["lives 0 seconds"]);
    let unfit = reply("200 OK", json, r#"{"access_token":"a\r\nX: y","expires_in":"3599"}"#);
    case(&unfit, 7, "failed", &["does not fit a header", "check token_url"]);
    let refused = reply("401 Unauthorized", json, r#"{"ErrorCode":"invalid_client","Error":"no"}"#);
    case(
        &refused,
        5,
        "failed",
        &["refused the consumer key and secret", "invalid_client", "pxdesk login -e sandbox"],
    );
    case(&reply("200 OK", "text/html", "<html>Sign in</html>"), 7, "failed", &["127.0.0.1", "proxy"]);
    let elsewhere = "HTTP/1.1 302 Found\r\nLocation: https://example.com/\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    case(elsewhere, 7, "failed", &["302", "redirect"]);
}

#[test]
fn credentials_and_configuration_come_first() {
    let server = Server::start(SignedDuration::ZERO, &token(""));
    let home = Home::at(&server.base);
    let file = home.path().join(".config/pxdesk/credentials");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let ran = doctor(&home, 5);
    says(&ran, "credentials", "failed", &["mode 0644", "chmod 600"]);
    says(&ran, "token", "skipped", &["no credentials"]);
    fs::remove_file(&file).unwrap();
    says(&doctor(&home, 5), "credentials", "failed", &["pxdesk login -e sandbox"]);
    home.configure(&format!(
        "environment = \"sandbox\"\n[environments.sandbox]\nbase_url = \"{}\"\n",
        server.base
    ));
    let ran = doctor(&home, 5);
    says(&ran, "keyring", "failed", &["cannot be reached", "D-Bus"]);
    says(&ran, "credentials", "skipped", &[]);
    says(&ran, "connection", "ok", &[]);
    assert_eq!(server.count("POST "), 0, "no token without credentials");
    home.configure("environmen = \"sandbox\"\n");
    says(&doctor(&home, 5), "configuration", "failed", &["config.toml:1", "`environment`"]);
    home.configure(
        "environment = \"sandbox\"\n[environments.sandbox]\nbase_url = \"https://u:hunter2@h/\"\n",
    );
    let ran = doctor(&home, 5);
    assert!(!ran.out.contains("hunter2"), "{ran:?}");
}

#[test]
fn a_journal_that_cannot_be_used_is_found() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    home.open(&crate::kit::order("1"));
    let data = home.path().join(".local/share/pxdesk");
    fs::set_permissions(data.join("pxdesk.db"), fs::Permissions::from_mode(0o644)).unwrap();
    says(&doctor(&home, 0), "journal", "warning", &["mode 0644", "chmod 600"]);
    fs::set_permissions(data.join("pxdesk.key"), fs::Permissions::from_mode(0o644)).unwrap();
    says(&doctor(&home, 6), "journal", "failed", &["key file", "chmod 600"]);
    fs::write(
        data.join("pxdesk.db"),
        "not a database at all, but long enough to be taken for one ".repeat(20),
    )
    .unwrap();
    says(&doctor(&home, 6), "journal", "failed", &["not a database"]);
}

#[test]
fn a_way_that_ends_early_is_told_by_its_step() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran = doctor(&Home::at(&format!("http://{closed}")), 7);
    says(&ran, "connection", "failed", &[&closed.to_string(), "refused"]);
    says(&ran, "token", "skipped", &["cannot be reached"]);
    let plain = Server::start(SignedDuration::ZERO, "");
    let ran = doctor(&Home::at(&plain.base.replace("http:", "https:")), 7);
    says(&ran, "tls", "failed", &["127.0.0.1"]);
    // A name that no name service is asked for: a part of it is longer than any may be.
    let ran = doctor(&Home::at(&format!("https://{}.example", "a".repeat(64))), 7);
    says(&ran, "dns", "failed", &["base_url"]);
}

#[tokio::test]
async fn a_bad_certificate_is_told_with_its_reason() {
    let authority = Authority::new();
    let (token, other) = (token(r#","expires_in":"60""#), reply("404 Not Found", "text/plain", ""));
    let tls = authority.server(&named("localhost"));
    let server = server::Server::secure(token, server::Act::Say(other), tls).await;
    let file = authority.file();
    let looked = tokio::task::spawn_blocking(move || {
        let home = Home::at(&server.url);
        let unknown = doctor(&home, 7);
        says(&unknown, "connection", "ok", &["127.0.0.1"]);
        says(&unknown, "tls", "failed", &["from an authority that this machine does not know", "ca_file"]);
        says(&unknown, "token", "skipped", &["cannot be reached"]);
        home.configure(&format!(
            "environment = \"sandbox\"\n[environments.sandbox]\nbase_url = \"{0}/\"\ntoken_url = \"{0}/token\"\n\
             credentials = \"credentials\"\nca_file = \"{1}\"\n",
            server.url,
            file.display()
        ));
        let trusted = doctor(&home, 0);
        says(&trusted, "tls", "ok", &["trusted"]);
        says(&trusted, "token", "ok", &["60 seconds"]);
    });
    looked.await.unwrap();
}

#[test]
fn a_variable_that_sets_nothing_is_told_by_doctor_and_by_every_command() {
    let px = Sandbox::serve(&[]);
    let home = Home::at(&px.base);
    let run =
        |args: &[&str]| Ran::from(home.command(args).env("PXDESK_WEBHOOK_PATH", "/x").output().unwrap());
    let ran = run(&["doctor", "--output", "json"]);
    says(&ran, "variables", "warning", &["PXDESK_WEBHOOK_PATH", "without effect"]);
    let listed = run(&["order", "list"]).with(0);
    assert!(listed.err.contains("warning: the variable PXDESK_WEBHOOK_PATH is not a setting"), "{listed:?}");
    assert!(!home.run(&["order", "list"]).with(0).err.contains("warning"), "nothing to tell");
}

/// What is done about a journal on a server depends on what is wrong with it.
#[test]
fn the_remedy_for_a_journal_on_a_server_is_that_of_its_fault() {
    let home = Home::empty();
    let url = "postgres://ann@127.0.0.1:1/floor";
    for (query, says) in
        [("", "Get the database server running again."), ("?sslrootcert=ca.crt", "counts from the folder")]
    {
        home.configure(&format!("[journal]\nurl = \"{url}{query}\"\n"));
        let ran = home.run(&["doctor"]);
        assert!(ran.out.contains(says), "{says}: {ran:?}");
    }
}
