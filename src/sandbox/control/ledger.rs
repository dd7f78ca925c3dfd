//! The ledger: what arrived, and what was done.

use super::read::refuse;
use crate::sandbox::px::transaction::Transaction;
use crate::sandbox::shared::Shared;
use crate::sandbox::state::State;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Shelf};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

/// Which lines are wanted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Which {
    transaction_id: Option<String>,
}

/// Of one transaction, or of all.
pub async fn ledger(Shelf(shared): Shelf<Shared>, which: Result<Query<Which>, QueryRejection>) -> Response {
    let Ok(Query(Which { transaction_id })) = which else {
        return refuse(400, "name one transaction, as ?transactionId=T-1, or none for all");
    };
    shared.look(|state| {
        if let Some(id) = &transaction_id {
            return (200, line(state, id));
        }
        let lines: Vec<Value> = state.px.transactions.keys().map(|id| line(state, id)).collect();
        (200, json!({ "transactions": lines, "tokensIssued": state.px.tokens_issued }))
    })
}

/// What arrived for one transaction, and what was done; zeros for one that was never heard of.
fn line(state: &State, id: &str) -> Value {
    let unheard = Transaction::default();
    let t = state.px.transactions.get(id).unwrap_or(&unheard);
    json!({
        "transactionId": id,
        "partnerOrderId": t.partner_order_id,
        "retrievesReceived": t.retrieves_received,
        "sendsReceived": t.sends_received,
        "acceptanceChecksReceived": t.acceptance_checks_received,
        "completesReceived": t.completes_received,
        "completesApplied": t.completes_applied,
        "orderNumber": t.order_number,
        "acceptanceMethod": t.accepted.map(|a| a.method),
    })
}
