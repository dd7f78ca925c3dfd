//! The signature against the vendor's own library, which no one here wrote: each signs what the other would.

use crate::kit::skip;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::Timestamp;
use oauth2::url::{Position, Url};
use pxdesk::order::Secret;
use pxdesk::registration::{Credentials, Signable, sign};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// How many requests are signed by both.
const REQUESTS: usize = 10_000;
const PACKAGE: &str = "edgegrid-python==2.0.9";

/// The interpreter of an environment that has the library; made where there is none yet.
fn python() -> Option<PathBuf> {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("edgegrid-python");
    let python = place.join("bin/python");
    let ran = |program: &PathBuf, args: &[&str]| {
        Command::new(program).args(args).output().is_ok_and(|ran| ran.status.success())
    };
    let is_there = || ran(&python, &["-c", "import akamai.edgegrid"]);
    let venv = ["-m", "venv", place.to_str().unwrap()];
    let pip = ["-m", "pip", "install", "--quiet", "--retries", "0", "--timeout", "20", PACKAGE];
    if is_there() || (ran(&PathBuf::from("python3"), &venv) && ran(&python, &pip) && is_there()) {
        return Some(python);
    }
    skip(&format!("{PACKAGE} (python3 -m venv target/tmp/edgegrid-python, and pip install in it)"));
    None
}

/// A request, and with what it is signed.
struct Case {
    method: &'static str,
    url: Url,
    body: Vec<u8>,
    headers: Vec<(&'static str, &'static str)>,
    credentials: Credentials,
    now: Timestamp,
    nonce: String,
}

impl Case {
    fn made(dice: &mut Dice) -> Self {
        let method = ["GET", "POST", "POST", "PUT", "DELETE"][dice.below(5)];
        let max_body = [64, 2048, 131_072][dice.below(3)];
        // Every hundredth body is about as long as the limit, whatever that is.
        let length = match dice.below(100) {
            0 => max_body - 1 + dice.below(3),
            1..30 => 0,
            _ => dice.below(200),
        };
        let header = [("X-Test1", "  a   b "), ("X-Test2", "\"c  d\"")][dice.below(2)];
        Self {
            method,
            url: url(dice),
            body: (0..length).map(|_| u8::try_from(dice.below(256)).unwrap()).collect(),
            headers: if dice.below(10) == 0 { vec![header] } else { Vec::new() },
            credentials: Credentials {
                client_token: Secret::new(format!("akab-client-{}", dice.below(1000))),
                client_secret: Secret::new(BASE64_STANDARD.encode(dice.next().to_be_bytes())),
                access_token: Secret::new(format!("akab-access-{}", dice.below(1000))),
                max_body,
            },
            now: Timestamp::from_second(i64::try_from(dice.below(4_000_000_000)).unwrap()).unwrap(),
            nonce: format!("{:x}", dice.next()),
        }
    }

    /// What of it is signed when it is sent to `url`.
    fn signed(&self, url: &Url, now: Timestamp, nonce: &str) -> String {
        let host = &url[Position::BeforeHost..Position::AfterPort];
        let signable = Signable {
            method: self.method,
            scheme: url.scheme(),
            host,
            path_and_query: &url[Position::BeforePath..Position::AfterQuery],
            headers: &self.headers,
            body: &self.body,
        };
        sign(&self.credentials, &signable, now, nonce)
    }

    fn json(&self) -> Value {
        json!({
            "method": self.method,
            "url": self.url.as_str(),
            "body": BASE64_STANDARD.encode(&self.body),
            // As they go over the wire: without the blanks around them.
            "headers": self.headers.iter().map(|(name, value)| [*name, value.trim()]).collect::<Vec<_>>(),
            "client_token": self.credentials.client_token.expose(),
            "client_secret": self.credentials.client_secret.expose(),
            "access_token": self.credentials.access_token.expose(),
            "max_body": self.credentials.max_body,
            "timestamp": self.now.strftime("%Y%m%dT%H:%M:%S+0000").to_string(),
            "nonce": self.nonce,
        })
    }
}

/// An address with blanks, letters of all the world and what must be escaped in its query.
fn url(dice: &mut Dice) -> Url {
    let ports = ["", "", ":8443"];
    let mut url = Url::parse(&format!("https://akab-h.luna.example{}/", ports[dice.below(3)])).unwrap();
    if dice.below(50) > 0 {
        let collections = ["applications", "customers", "pairs"];
        let mut path = format!("config-saas-registration/v1/{}", collections[dice.below(3)]);
        if dice.below(2) == 0 {
            path = format!("{path}/{}", dice.below(100_000));
        }
        let slash = ["", "/"][dice.below(2)];
        url.set_path(&format!("{path}{slash}"));
    }
    for _ in 0..dice.below(4) {
        let (name, value) = (dice.text(8), dice.text(20));
        url.query_pairs_mut().append_pair(&format!("n{name}"), &value);
    }
    url
}

/// `SplitMix64`: the same requests on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn text(&mut self, longest: usize) -> String {
        let letters: Vec<char> = "abcXYZ019 -_.~!*'();:@&=+$,/?#[]%äß–東京😀\"<>\\^`{|}".chars().collect();
        (0..self.below(longest)).map(|_| letters[self.below(letters.len())]).collect()
    }
}

/// What the library says of each case, in order.
fn asked(python: &PathBuf, cases: &[Case]) -> Vec<Value> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures/edgegrid.py");
    let mut child = Command::new(python)
        .arg(script)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: Vec<String> = cases.iter().map(|case| case.json().to_string()).collect();
    let lines = lines.join("\n");
    let mut stdin = child.stdin.take().unwrap();
    let telling = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let told = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = told.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    telling.join().unwrap().unwrap();
    assert!(child.wait().unwrap().success());
    told
}

/// The value of the member `name` of a header.
fn member<'a>(header: &'a str, name: &str) -> &'a str {
    let members = header.strip_prefix("EG1-HMAC-SHA256 ").unwrap().split(';');
    members.filter_map(|member| member.split_once('=')).find(|(is, _)| *is == name).unwrap().1
}

/// Whether `header` is what its own timestamp and nonce make it.
fn verifies(case: &Case, url: &Url, header: &str) -> bool {
    let time = jiff::civil::DateTime::strptime("%Y%m%dT%H:%M:%S+0000", member(header, "timestamp")).unwrap();
    let now = time.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    case.signed(url, now, member(header, "nonce")) == header
}

#[test]
fn what_we_sign_the_vendor_s_library_signs_the_same_and_the_other_way_round() {
    let Some(python) = python() else { return };
    let mut dice = Dice(20_261_120);
    let cases: Vec<Case> = (0..REQUESTS).map(|_| Case::made(&mut dice)).collect();
    let told = asked(&python, &cases);
    assert_eq!(told.len(), REQUESTS);
    for (case, told) in cases.iter().zip(&told) {
        let ours = case.signed(&case.url, case.now, &case.nonce);
        assert_eq!(told["same"], ours, "{}", case.json());
        let sent: Url = told["url"].as_str().unwrap().parse().unwrap();
        let theirs = told["own"].as_str().unwrap();
        assert!(verifies(case, &sent, theirs), "{theirs}: {}", case.json());
        let other = Case { nonce: String::new(), ..Case::made(&mut dice) };
        assert!(!verifies(&other, &sent, theirs), "another request has another signature");
    }
}
