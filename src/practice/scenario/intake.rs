//! The order of a scenario, in the shape in which orders are added; what of it no desk would take.

use super::table::Notes;
use super::{OrderPart, Scenario};
use crate::order::{Timestamp, parse_order};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// The fields of an order in JSON, and where a file says them.
const SAID_AT: [(&str, &str); 8] = [
    ("salesCode", "order.sales_code"),
    ("partnerId", "order.partner_id"),
    ("addressDetailId", "order.address_detail_id"),
    ("paymentToken", "order.payment_token"),
    ("giftCards", "order.gift_cards"),
    ("customer.name", "customer.name"),
    ("customer.phone", "order.phone"),
    ("customer.email", "order.email"),
];

impl Scenario {
    /// The order under these ids, as it is added at `now`.
    pub fn order_json(&self, transaction_id: &str, partner_order_id: &str, now: Timestamp) -> Value {
        let part = &self.order;
        let mut order = json!({
            "salesCode": part.value("salesCode"),
            "partnerId": part.value("partnerId"),
            "partnerOrderId": partner_order_id,
            "transactionId": transaction_id,
            "addressDetailId": part.value("addressDetailId"),
            "customer": { "name": self.customer.name },
        });
        for (name, value) in [("phone", &part.phone), ("email", &part.email)] {
            if let Some(value) = value {
                order["customer"][name] = json!(value);
            }
        }
        for (name, value) in [("paymentToken", &part.payment_token), ("language", &part.language)] {
            if let Some(value) = value {
                order[name] = json!(value);
            }
        }
        if !part.gift_cards.is_empty() {
            order["giftCards"] = json!(part.gift_cards);
        }
        let prepared = part.prepared_minutes_ago.map(SignedDuration::from_mins);
        if let Some(at) = prepared.and_then(|ago| now.checked_sub(ago).ok()) {
            order["preparedAt"] = json!(at.to_string());
        }
        order
    }
}

impl OrderPart {
    /// What a field that can be corrected holds at the beginning; of several values, with commas between them.
    pub fn value(&self, field: &str) -> String {
        let (said, otherwise) = match field {
            "salesCode" => (&self.sales_code, "CLQ4471"),
            "partnerId" => (&self.partner_id, "P-2207"),
            "addressDetailId" => (&self.address_detail_id, "ADR-40912"),
            "giftCards" => return self.gift_cards.join(","),
            _ => (&self.payment_token, ""),
        };
        said.as_deref().unwrap_or(otherwise).to_owned()
    }
}

/// Notes each value with which the order could not be added.
pub fn check(scenario: &Scenario, notes: &mut Notes) {
    // Its time is in the past whenever that is.
    let order = scenario.order_json("TX", "PO", Timestamp::UNIX_EPOCH);
    for error in parse_order(&order, Timestamp::UNIX_EPOCH).err().unwrap_or_default() {
        // One of a list is told at the list, by its number from 1.
        let (name, number) = match error.field.split_once('[') {
            Some((name, rest)) => (name, rest.trim_end_matches(']').parse::<usize>().ok()),
            None => (error.field.as_str(), None),
        };
        let field = SAID_AT.iter().find(|(of, _)| *of == name).map_or(name, |(_, field)| field);
        let which = number.map_or_else(String::new, |n| format!("value {} ", n + 1));
        notes.add_at(field, format!("{which}{}", error.problem));
    }
}
