//! What was sold: one deploy of one product for one buyer.

use crate::sandbox::clock::Millis;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One provisioning event that a partner answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provisioning {
    /// The partner's id of the customer.
    pub customer_id: String,
    pub product_id: i64,
    pub skus: Vec<String>,
    /// What the buyer typed into the product's own form.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
    pub bought_at: Millis,
    /// When billing started, by SKU.
    #[serde(default)]
    pub billing: BTreeMap<String, Millis>,
    /// When it ended, by SKU.
    #[serde(default)]
    pub ended: BTreeMap<String, Millis>,
}

impl Provisioning {
    /// One that was just bought.
    pub fn new(customer: &str, product: i64, skus: &[String], now: Millis) -> Self {
        Self {
            customer_id: customer.to_owned(),
            product_id: product,
            skus: skus.to_vec(),
            fields: Map::new(),
            bought_at: now,
            billing: BTreeMap::new(),
            ended: BTreeMap::new(),
        }
    }

    /// Whether this is about the same sale.
    pub fn is_of(&self, customer: &str, product: i64, skus: &[String]) -> bool {
        self.customer_id == customer && self.product_id == product && self.skus == skus
    }
}
