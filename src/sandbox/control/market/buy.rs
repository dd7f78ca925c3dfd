//! Buyers who buy: deploys to a partner's receiver, one after another.

use crate::sandbox::control::read::{Body, Refused, read, refuse};
use crate::sandbox::error::Error;
use crate::sandbox::market::practice;
use crate::sandbox::market::purchase::{Order, Outcome, RESERVED, RESERVED_V1, changed, settle};
use crate::sandbox::market::receiver::Receiver;
use crate::sandbox::message::{Message, respond};
use crate::sandbox::shared::{Shared, broken};
use axum::extract::State as Shelf;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const SHAPE: &str = r#"{"url":"http://127.0.0.1:PORT/deploy","productId":123,"skus":["PRACTICE-STORAGE"],"fields":{},"headers":{"X-Deploy-Key":"..."},"repeat":0,"change":false,"timesOut":false,"count":1,"perHour":60,"v1":false}, of which only url is required"#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wish {
    url: String,
    #[serde(default = "product")]
    product_id: i64,
    #[serde(default = "practice::skus")]
    skus: Vec<String>,
    #[serde(default)]
    fields: Map<String, Value>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// How often each deploy is sent again.
    #[serde(default)]
    repeat: u32,
    /// With `repeat`: with other content.
    #[serde(default)]
    change: bool,
    /// Hangs up before the answer.
    #[serde(default)]
    times_out: bool,
    /// So many buyers.
    #[serde(default = "once")]
    count: u32,
    /// So many of them in an hour; otherwise as fast as the receiver answers.
    per_hour: Option<f64>,
    /// As version 1 sent it, to the receiver's `v1_path`.
    #[serde(default)]
    v1: bool,
}

fn product() -> i64 {
    practice::PRODUCT
}

fn once() -> u32 {
    1
}

/// What is bought, and how.
struct Purchase {
    receiver: Receiver,
    order: Order,
    /// How often each deploy is sent.
    times: u32,
    change: bool,
    times_out: bool,
    count: u32,
    pause: Duration,
}

/// Buys; answers with what each buyer sees. It ends early when the caller goes away, or the server ends.
pub async fn buy(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    let purchase = match read(body, SHAPE).and_then(check) {
        Ok(purchase) => purchase,
        Err((status, why)) => return refuse(status, &why),
    };
    let bought = tokio::select! {
        bought = all(&shared, &purchase) => bought,
        () = shared.ended() => return refuse(500, "the server ends"),
    };
    match bought {
        Ok(outcomes) => respond(Message::json(200, &json!(outcomes))),
        Err(error) => broken(&error),
    }
}

/// What is asked for, if it can be done; the refusal names the field.
fn check(wish: Wish) -> Result<Purchase, Refused> {
    let bad = |why: String| (400, format!("{why}; send {SHAPE}"));
    let receiver = Receiver::read(&wish.url, &wish.headers).map_err(bad)?;
    let reserved = if wish.v1 { &RESERVED_V1[..] } else { &RESERVED[..] };
    if let Some(name) = reserved.iter().find(|name| wish.fields.contains_key(**name)) {
        return Err(bad(format!("fields: {name} is the marketplace's own")));
    }
    if !(1..=100_000).contains(&wish.count) || wish.repeat > 1000 {
        return Err(bad("count is between 1 and 100000, repeat between 0 and 1000".to_owned()));
    }
    let pause = match wish.per_hour {
        None => Duration::ZERO,
        Some(per_hour) if (1.0..=3_600_000.0).contains(&per_hour) => {
            Duration::from_secs_f64(3600.0 / per_hour)
        }
        Some(_) => return Err(bad("perHour is between 1 and 3600000".to_owned())),
    };
    let order =
        Order { product: wish.product_id, skus: wish.skus, fields: wish.fields, first_version: wish.v1 };
    let (change, times_out, count) = (wish.change, wish.times_out, wish.count);
    Ok(Purchase { receiver, order, times: wish.repeat + 1, change, times_out, count, pause })
}

async fn all(shared: &Shared, purchase: &Purchase) -> Result<Vec<Outcome>, Error> {
    let mut outcomes = Vec::new();
    for buyer in 0..purchase.count {
        if buyer > 0 {
            shared.pause(purchase.pause).await;
        }
        let seed = shared.options.seed;
        let deploy = shared.work(|state, now| purchase.order.deploy(&mut state.market, seed, now))?;
        for time in 0..purchase.times {
            let again = time > 0 && purchase.change;
            let sent = if again { changed(&deploy) } else { deploy.clone() };
            outcomes.push(one(shared, purchase, &sent).await?);
        }
    }
    Ok(outcomes)
}

async fn one(shared: &Shared, purchase: &Purchase, deploy: &Value) -> Result<Outcome, Error> {
    let text = deploy.to_string();
    let answer = if purchase.times_out {
        purchase.receiver.hang_up_on(&text).await
    } else {
        purchase.receiver.ask(&text).await
    };
    let id = deploy.get("provisioningId").and_then(Value::as_str).unwrap_or_default();
    shared.work(|state, now| settle(&mut state.market, &purchase.order, id, answer, now))
}
