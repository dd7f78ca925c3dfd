//! The orders that a trainee starts with.

use super::state::Millis;
use serde_json::{Value, json};

const ORDERS: &str = include_str!("../../assets/sandbox/practice.jsonl");

/// Practice orders in the shape in which orders are taken in, prepared a while before `now`. Their ids are new at every
/// second, since no id is ever used for a second order.
pub fn practice_orders(now: Millis) -> Vec<Value> {
    let lines = ORDERS.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter_map(|order| prepare(order, now)).collect()
}

fn prepare(mut order: Value, now: Millis) -> Option<Value> {
    let fields = order.as_object_mut()?;
    for id in ["transactionId", "partnerOrderId"] {
        let text = fields.get(id)?.as_str()?;
        let fresh = format!("{text}-{:06x}", (now / 1000) & 0x00ff_ffff);
        fields.insert(id.to_owned(), json!(fresh));
    }
    if let Some(minutes) = fields.remove("preparedMinutesAgo").and_then(|m| m.as_i64()) {
        let at = jiff::Timestamp::from_millisecond(now - minutes * 60_000).ok()?;
        fields.insert("preparedAt".to_owned(), json!(at.round(jiff::Unit::Second).ok()?.to_string()));
    }
    Some(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_makes_an_order_with_ids_of_its_own() {
        let orders = practice_orders(1_790_000_000_000);
        assert_eq!(orders.len(), ORDERS.lines().count());
        let mut ids: Vec<_> =
            orders.iter().map(|o| o["transactionId"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), orders.len());
        assert!(
            orders.iter().any(|o| o["preparedAt"].is_string())
                && orders.iter().any(|o| o["preparedAt"].is_null())
        );
        assert!(orders.iter().all(|o| o.get("preparedMinutesAgo").is_none()));
    }
}
