//! What was sold: said by hand, or read.

use crate::sandbox::clock::{Millis, time};
use crate::sandbox::control::read::{Body, read, refuse};
use crate::sandbox::market::provisioning::Provisioning;
use crate::sandbox::message::{Message, respond};
use crate::sandbox::shared::{Shared, broken};
use axum::extract::State as Shelf;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SHAPE: &str =
    r#"{"provisioningId":"...","customerId":"1234","productId":123,"productSkus":["PRACTICE-STORAGE"]}"#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sold {
    provisioning_id: String,
    customer_id: String,
    product_id: i64,
    product_skus: Vec<String>,
}

/// Registers one without a deploy.
pub async fn register(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    let sold: Sold = match read(body, SHAPE) {
        Ok(sold) => sold,
        Err((status, why)) => return refuse(status, &why),
    };
    let blank = |text: &String| text.is_empty();
    if blank(&sold.provisioning_id) || blank(&sold.customer_id) || sold.product_skus.iter().any(blank) {
        return refuse(400, &format!("none of its texts is empty; send {SHAPE}"));
    }
    let worked = shared.work(|state, now| {
        let new = || Provisioning::new(&sold.customer_id, sold.product_id, &sold.product_skus, now);
        let known = state.market.provisionings.entry(sold.provisioning_id.clone()).or_insert_with(new);
        known
            .is_of(&sold.customer_id, sold.product_id, &sold.product_skus)
            .then(|| line(&sold.provisioning_id, known))
    });
    match worked {
        Ok(Some(line)) => respond(Message::json(200, &line)),
        Ok(None) => refuse(409, "this provisioningId was sold with other ids or SKUs"),
        Err(error) => broken(&error),
    }
}

/// All of them.
pub async fn list(Shelf(shared): Shelf<Shared>) -> Response {
    shared.look(|state| {
        let lines: Vec<Value> = state.market.provisionings.iter().map(|(id, p)| line(id, p)).collect();
        (200, json!(lines))
    })
}

fn line(id: &str, provisioning: &Provisioning) -> Value {
    let times = |of: &BTreeMap<String, Millis>| -> Value {
        of.iter().map(|(sku, at)| (sku.clone(), json!(time(*at)))).collect()
    };
    json!({
        "provisioningId": id, "customerId": provisioning.customer_id, "productId": provisioning.product_id,
        "productSkus": provisioning.skus, "fields": provisioning.fields,
        "boughtAt": time(provisioning.bought_at),
        "billing": times(&provisioning.billing), "ended": times(&provisioning.ended),
    })
}
