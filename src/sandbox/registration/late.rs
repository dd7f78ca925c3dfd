//! Requests that are carried out after they had arrived, by a fault: a client that does not wait makes a double.

use super::call::Call;
use super::contract::Contract;
use super::ledger::Arrival;
use super::request::Request;
use super::rules::{self, Done};
use super::settings::Settings;
use crate::sandbox::clock::{Millis, time};
use serde::{Deserialize, Serialize};

/// One that waits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Late {
    /// When it is carried out.
    pub due: Millis,
    pub call: Call,
    pub contract: String,
    pub request: Request,
}

impl Late {
    /// Carries it out. What has changed meanwhile may refuse it; nobody is told but the ledger.
    pub fn carry_out(&self, contract: &mut Contract, settings: Settings) -> (Arrival, Option<Done>) {
        let worked = rules::work(contract, &self.request, settings);
        let (done, refused) = match worked {
            Ok(done) => (Some(done), None),
            Err(refused) => (None, Some(refused.detail)),
        };
        let arrival = Arrival {
            at: time(self.due),
            call: self.call,
            status: None,
            applied: false,
            surrogate_id: None,
            refused,
            late: true,
        };
        (arrival, done)
    }
}
