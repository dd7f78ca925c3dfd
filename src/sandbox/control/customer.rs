//! What the customer does with what was sent.

use super::read::{Body, read, refuse};
use crate::sandbox::clock;
use crate::sandbox::shared::Shared;
use axum::extract::State as Shelf;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Customer {
    transaction_id: String,
}

/// The customer accepts.
pub async fn accept(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    told(&shared, body, true)
}

/// The customer declines.
pub async fn decline(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    told(&shared, body, false)
}

fn told(shared: &Shared, body: Body, accepts: bool) -> Response {
    let Customer { transaction_id } = match read(body, r#"{"transactionId":"..."}"#) {
        Ok(customer) => customer,
        Err((status, why)) => return refuse(status, &why),
    };
    shared.change(|state| {
        let at = state.now(clock::now());
        match state.px.transactions.get_mut(&transaction_id).and_then(|t| t.sent.as_mut()) {
            Some(sent) => {
                sent.told = Some((accepts, at));
                (200, json!({ "transactionId": transaction_id, "accepted": accepts }))
            }
            None => (404, json!({ "message": format!("nothing was sent for transaction {transaction_id}") })),
        }
    })
}
