//! What each call accepts and does, on the server's own clock, and what buyers see.

mod bill;
mod contract;
mod purchase;

use super::call::Call;
use super::entry::Entry;
use super::practice;
use super::provisioning::Provisioning;
use super::service::{self, Arrived};
use super::state::State;
use crate::sandbox::clock::Millis;
use crate::sandbox::options::Options;
use crate::sandbox::planned::Answer;
use crate::sandbox::px::scenario::Scenario;
use serde_json::{Value, json};

/// A server without its sockets, with one sale: two SKUs of product 7 to customer 1234.
struct Market {
    state: State,
    now: Millis,
}

impl Market {
    fn new() -> Self {
        let mut state = State::default();
        let skus = ["SEATS", "STORAGE"].map(str::to_owned);
        state.provisionings.insert("P-1".to_owned(), Provisioning::new("1234", 7, &skus, 0));
        let now: jiff::Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
        Self { state, now: now.as_millisecond() }
    }

    /// The answer to these bytes.
    fn answer(&mut self, call: Call, body: &[u8]) -> Answer {
        let arrived = Arrived { content_type: Some("application/json; charset=utf-8"), body };
        service::call(&mut self.state, &options(0), self.now, call, arrived).answer
    }

    /// The status and the body of the answer.
    fn post(&mut self, call: Call, body: &str) -> (u16, Value) {
        match self.answer(call, body.as_bytes()) {
            Answer::Message(message) => {
                (message.status, serde_json::from_str(&message.body).unwrap_or(Value::Null))
            }
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn check(&mut self, call: Call, body: &Value, status: u16, says: &str) {
        let (got, answer) = self.post(call, &body.to_string());
        assert_eq!(got, status, "{body}: {answer}");
        let said = answer["message"].as_str().or(answer["status"].as_str()).unwrap();
        assert!(said.contains(says), "{body}: {said}");
    }

    fn use_up(&mut self, count: &str) {
        let body = usage().to_string().replace("100.5", count);
        assert_eq!(self.post(Call::Usage, &body).0, 200, "{body}");
    }

    fn last(&self) -> &Entry {
        self.state.ledger.last().unwrap()
    }

    /// Amount and number of reports of the one line of that month's bill.
    fn bill(&self, month: &str) -> (String, u64) {
        let mut lines = self.state.bills.lines(Some(month));
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines.pop().map(|line| (line.amount, line.reports)).unwrap()
    }
}

fn options(faults_percent: u8) -> Options {
    let scenario = Scenario { faults_percent, ..Scenario::default() };
    Options { scenario, seed: 1, state_file: None, market: true, registration: false }
}

fn list() -> Value {
    json!({
        "providerKey": practice::PROVIDER_KEY, "customerId": "1234", "provisioningId": "P-1", "productId": 7,
        "productSkus": ["SEATS"],
    })
}

fn usage() -> Value {
    json!({
        "providerKey": practice::PROVIDER_KEY, "customerId": "1234", "provisioningId": "P-1", "productSku": "STORAGE",
        "productId": 7, "usageCount": 100.5,
    })
}

fn update() -> Value {
    json!({ "coid": "1234", "expired": "false", "sku": "STORAGE", "providerkey": practice::PROVIDER_KEY })
}

fn tracking() -> Value {
    json!({
        "partnerKey": practice::PROVIDER_KEY, "serviceName": "Backup", "customerId": "9",
        "purchasedAt": "2026-11-26T12:00:00Z",
    })
}

/// The body with other members; null takes one away.
fn with(base: &Value, more: &Value) -> Value {
    let mut all = base.as_object().unwrap().clone();
    for (name, value) in more.as_object().unwrap() {
        all.insert(name.clone(), value.clone());
    }
    all.retain(|_, value| *value != json!("-"));
    Value::Object(all)
}
