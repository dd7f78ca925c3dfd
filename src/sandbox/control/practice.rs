//! The orders that a trainee starts with.

use crate::sandbox::clock::Millis;
use serde_json::{Value, json};

const ORDERS: &str = include_str!("../../../assets/sandbox/practice.jsonl");

/// Practice orders in the shape in which orders are added, prepared a while before `now`. Their ids are new at every
/// second, since no id is ever used for a second order.
pub fn practice_orders(now: Millis) -> Vec<Value> {
    let lines = ORDERS.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.enumerate().filter_map(|(at, order)| prepare(order, at, now)).collect()
}

/// Nine digits that no other second of three years has, and no other order of this one.
fn prepare(mut order: Value, at: usize, now: Millis) -> Option<Value> {
    let fields = order.as_object_mut()?;
    let number = (now / 1000).rem_euclid(100_000_000) * 10 + i64::try_from(at).ok()?;
    for (id, prefix) in [("transactionId", "TX"), ("partnerOrderId", "PO")] {
        fields.insert(id.to_owned(), json!(format!("{prefix}-{number:09}")));
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
