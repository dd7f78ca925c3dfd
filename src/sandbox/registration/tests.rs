//! What each call accepts and does, on the servers' own clock, for a client that signs by itself.

mod contract;
mod edgegrid;
mod faults;
mod form;
mod objects;
mod trainer;

use super::call::Call;
use super::contract::Contract;
use super::edgegrid::Authorization;
use super::fault::Pending;
use super::practice::{PRACTICE_CONTRACT, PRACTICE_EDGEGRID};
use super::service::{self, Arrived};
use super::state::State;
use crate::sandbox::clock::Millis;
use crate::sandbox::message::Message;
use crate::sandbox::options::Options;
use crate::sandbox::planned::{Answer, Planned};
use crate::sandbox::px::scenario::Scenario;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};

const HOST: &str = "registration.example:8080";
const BASE: &str = "/config-saas-registration/v1";

/// A server without its sockets.
struct Registration {
    state: State,
    now: Millis,
    contract: &'static str,
}

/// What a client is known by, and how far its clock is off.
#[derive(Clone, Copy)]
struct Signer<'a> {
    client_token: &'a str,
    client_secret: &'a str,
    access_token: &'a str,
    /// In seconds.
    off: i64,
}

/// A request before it is signed.
#[derive(Clone, Copy)]
struct Asked<'a> {
    method: &'a str,
    target: &'a str,
    body: &'a [u8],
}

const CLIENT: Signer<'static> = Signer {
    client_token: PRACTICE_EDGEGRID.client_token,
    client_secret: PRACTICE_EDGEGRID.client_secret,
    access_token: PRACTICE_EDGEGRID.access_token,
    off: 0,
};

fn keyed(key: &[u8], data: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(data.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// Each is taken once.
static NONCES: AtomicU64 = AtomicU64::new(0);

impl Signer<'_> {
    /// Signs as the facts say it.
    fn sign(self, now: Millis, asked: Asked<'_>) -> String {
        let at = jiff::Timestamp::from_millisecond(now + self.off * 1000).unwrap();
        let at = at.strftime("%Y%m%dT%H:%M:%S+0000");
        let begins = format!(
            "EG1-HMAC-SHA256 client_token={};access_token={};timestamp={at};nonce=nonce-{};",
            self.client_token,
            self.access_token,
            NONCES.fetch_add(1, Ordering::Relaxed)
        );
        let hash = if asked.method == "POST" && !asked.body.is_empty() {
            BASE64_STANDARD.encode(Sha256::digest(&asked.body[..asked.body.len().min(131_072)]))
        } else {
            String::new()
        };
        let data = format!("{}\thttp\t{HOST}\t{}\t\t{hash}\t{begins}", asked.method, asked.target);
        let key = keyed(self.client_secret.as_bytes(), &at.to_string());
        format!("{begins}signature={}", keyed(key.as_bytes(), &data))
    }
}

impl Registration {
    /// Under a contract that is empty.
    fn new() -> Self {
        let now: jiff::Timestamp = "2026-11-26T12:00:00.25Z".parse().unwrap();
        Self { state: State::default(), now: now.as_millisecond(), contract: "A-1234" }
    }

    /// Under the contract of practice.
    fn practice() -> Self {
        Self { contract: PRACTICE_CONTRACT, ..Self::new() }
    }

    fn plan(&mut self, call: Call, asked: Asked<'_>, authorization: Authorization<'_>) -> Planned {
        self.plan_as(call, asked, authorization, Some("application/x-www-form-urlencoded; charset=utf-8"))
    }

    fn plan_as(
        &mut self,
        call: Call,
        asked: Asked<'_>,
        authorization: Authorization<'_>,
        content_type: Option<&str>,
    ) -> Planned {
        let Asked { method, target, body } = asked;
        let arrived = Arrived { call, method, host: HOST, target, authorization, content_type, body };
        service::call(&mut self.state, &options(0), self.now, arrived)
    }

    /// The answer to a call that is signed well, by its name: `get_customer`, with the last segment of its path.
    fn answer(&mut self, name: &str, segment: &str, form: &str) -> Answer {
        let call = call(name);
        let target = self.target(call, segment);
        let asked = Asked { method: method(call), target: &target, body: form.as_bytes() };
        let header = CLIENT.sign(self.now, asked);
        self.plan(call, asked, Authorization::Given(&header)).answer
    }

    fn target(&self, call: Call, segment: &str) -> String {
        let slash = if segment.is_empty() { "" } else { "/" };
        format!("{BASE}/{}{slash}{segment}?contractId={}", call.of.plural(), self.contract)
    }

    #[track_caller]
    fn message(&mut self, name: &str, segment: &str, form: &str) -> Message {
        match self.answer(name, segment, form) {
            Answer::Message(message) => message,
            other => panic!("{name}: {other:?}"),
        }
    }

    /// The status and the body.
    #[track_caller]
    fn ask(&mut self, name: &str, segment: &str, form: &str) -> (u16, Value) {
        let message = self.message(name, segment, form);
        (message.status, serde_json::from_str(&message.body).unwrap_or(Value::Null))
    }

    /// Creates one; its surrogate id.
    #[track_caller]
    fn create(&mut self, name: &str, form: &str) -> String {
        let created = self.message(name, "", form);
        assert_eq!((created.status, created.body.as_str()), (201, ""), "{name} {form}");
        created.location.unwrap().rsplit('/').next().unwrap().to_owned()
    }

    /// Refused, nested, with that type and words.
    #[track_caller]
    fn refused(&mut self, name: &str, segment: &str, form: &str, status: u16, kind: &str, says: &str) {
        let (got, body) = self.ask(name, segment, form);
        assert_eq!((got, &body["error"]["httpStatus"]), (status, &json!(status)), "{name} {form}: {body}");
        assert!(body["error"]["type"].as_str().unwrap().ends_with(kind), "{body}");
        assert!(body["error"]["detail"].as_str().unwrap().contains(says), "{body}");
    }

    fn world(&mut self) -> &mut Contract {
        let contract = self.contract;
        self.state.contract(contract)
    }

    fn fault(&mut self, fault: &Value) {
        self.state.faults.push_back(Pending::read(fault.to_string().as_bytes()).unwrap());
    }

    /// The ledger of the contract.
    fn book(&self) -> Value {
        self.state.ledger.shown()["contracts"][self.contract].clone()
    }
}

fn call(name: &str) -> Call {
    Call::try_from(name.to_owned()).unwrap()
}

fn method(call: Call) -> &'static str {
    use super::call::Act;
    match call.act {
        Act::List | Act::Get => "GET",
        Act::Create => "POST",
        Act::Modify => "PUT",
        Act::Remove => "DELETE",
    }
}

fn options(faults_percent: u8) -> Options {
    let scenario = Scenario { faults_percent, ..Scenario::default() };
    Options { scenario, seed: 1, state_file: None, market: false, registration: true }
}
