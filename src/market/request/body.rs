//! The bodies of the contract: exactly its members, in its order.

use super::{Content, Ids, Request};
use crate::kind::Timestamp;
use crate::subscription::{Amount, CustomerId, ProvisioningId, Sku};
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A body, with the provider key.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Body<'a> {
    Skus(SkuList<'a>),
    Usage(Report<'a>),
    Tracking(Tracking<'a>),
    Update(Update<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SkuList<'a> {
    provider_key: &'a str,
    customer_id: &'a CustomerId,
    provisioning_id: &'a ProvisioningId,
    product_id: i64,
    product_skus: &'a [Sku],
}

/// The count comes last, so that no body that was cut off holds a whole one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report<'a> {
    provider_key: &'a str,
    customer_id: &'a CustomerId,
    provisioning_id: &'a ProvisioningId,
    product_sku: &'a Sku,
    product_id: i64,
    #[serde(serialize_with = "exact")]
    usage_count: Amount,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tracking<'a> {
    partner_key: &'a str,
    service_name: &'a str,
    customer_id: &'a CustomerId,
    /// RFC 3339, UTC (R).
    purchased_at: Timestamp,
}

/// Version 1. Everything is a string, as in the page's example (R).
#[derive(Serialize)]
pub struct Update<'a> {
    coid: &'a CustomerId,
    expired: &'static str,
    #[serde(rename = "expired-date", skip_serializing_if = "Option::is_none")]
    expired_date: Option<Date>,
    sku: &'a Sku,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<Amount>,
    providerkey: &'a str,
}

impl<'a> Body<'a> {
    /// What `request` says, with `key`.
    pub fn new(request: &'a Request, key: &'a str) -> Self {
        match &request.content {
            Content::Skus { ids: Ids { customer_id, provisioning_id, product_id }, skus } => {
                Self::Skus(SkuList {
                    provider_key: key,
                    customer_id,
                    provisioning_id,
                    product_id: *product_id,
                    product_skus: skus,
                })
            }
            Content::Usage { ids: Ids { customer_id, provisioning_id, product_id }, sku, count } => {
                Self::Usage(Report {
                    provider_key: key,
                    customer_id,
                    provisioning_id,
                    product_sku: sku,
                    product_id: *product_id,
                    usage_count: *count,
                })
            }
            Content::Tracking { service, customer_id, purchased_at } => Self::Tracking(Tracking {
                partner_key: key,
                service_name: service,
                customer_id,
                purchased_at: *purchased_at,
            }),
            Content::Update { coid, expired, expired_date, sku, count } => Self::Update(Update {
                coid,
                expired: if *expired { "true" } else { "false" },
                expired_date: *expired_date,
                sku,
                count: *count,
                providerkey: key,
            }),
        }
    }
}

/// The amount's own decimals as a number: no double stands between it and the bytes.
fn exact<S: Serializer>(count: &Amount, serializer: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(count.to_string()).map_err(serde::ser::Error::custom)?.serialize(serializer)
}
