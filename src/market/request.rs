//! What a request says: values as the JSON of the contract. Pure; the same values give the same bytes.
//!
//! A request does not hold the provider key: the bytes are made with it when they are sent, and its hash without it.

mod body;

use crate::kind::{Digest, Timestamp};
use crate::order::Secret;
use crate::subscription::{Amount, Call, CustomerId, ProvisioningId, Sku};
use body::Body;
use jiff::civil::Date;
use std::fmt;
use zeroize::Zeroizing;

/// Room for the names and marks of any body.
const FRAME: usize = 256;
/// A character of a key is written as six bytes at most.
const ESCAPED: usize = 6;

/// What says for whom a product was provisioned, and which (D).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ids {
    pub customer_id: CustomerId,
    pub provisioning_id: ProvisioningId,
    pub product_id: i64,
}

/// One request to the marketplace, ready to send. `Debug` shows only which call it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Which call it is for.
    pub call: Call,
    content: Content,
}

/// What the call says, besides the provider key.
#[derive(Clone, PartialEq, Eq)]
enum Content {
    Skus { ids: Ids, skus: Vec<Sku> },
    Usage { ids: Ids, sku: Sku, count: Amount },
    Tracking { service: String, customer_id: CustomerId, purchased_at: Timestamp },
    Update { coid: CustomerId, expired: bool, expired_date: Option<Date>, sku: Sku, count: Option<Amount> },
}

impl Request {
    /// Billing of these SKUs starts.
    pub fn start_billing(ids: &Ids, skus: &[Sku]) -> Self {
        Self::of_skus(Call::StartBilling, ids, skus)
    }

    /// The customer has ended these SKUs.
    pub fn end_usage(ids: &Ids, skus: &[Sku]) -> Self {
        Self::of_skus(Call::EndUsage, ids, skus)
    }

    fn of_skus(call: Call, ids: &Ids, skus: &[Sku]) -> Self {
        Self { call, content: Content::Skus { ids: ids.clone(), skus: skus.to_vec() } }
    }

    /// This much usage is added to the customer's bill.
    pub fn usage(ids: &Ids, sku: &Sku, amount: Amount) -> Self {
        let content = Content::Usage { ids: ids.clone(), sku: sku.clone(), count: amount };
        Self { call: Call::ReportUsage, content }
    }

    /// A sale that began on the marketplace was made on the partner's own site.
    pub fn track(service: &str, customer_id: &CustomerId, purchased_at: Timestamp) -> Self {
        let (service, customer_id) = (service.to_owned(), customer_id.clone());
        Self { call: Call::Track, content: Content::Tracking { service, customer_id, purchased_at } }
    }

    /// Version 1. The caller vouches that there is a date where it is `expired` (D).
    pub fn update_subscription(
        coid: &CustomerId,
        expired: bool,
        expired_date: Option<Date>,
        sku: &Sku,
        count: Option<Amount>,
    ) -> Self {
        let call = if count.is_some() { Call::UpdateCount } else { Call::UpdateSubscription };
        let (coid, sku) = (coid.clone(), sku.clone());
        Self { call, content: Content::Update { coid, expired, expired_date, sku, count } }
    }

    /// The bytes that are sent. They hold `key`, and are cleared from memory when dropped.
    #[expect(clippy::expect_used, reason = "a structure of texts and numbers always has a JSON form")]
    pub fn body(&self, key: &Secret) -> Zeroizing<Vec<u8>> {
        let body = Body::new(self, key.expose());
        // Its final size at once: growing would leave a copy of the key behind.
        let room = FRAME + ESCAPED * (key.expose().len() + self.content.length());
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *bytes, &body).expect("texts serialise into memory");
        bytes
    }

    /// The hash of the body without the provider key, which a new one does not change: what was sent can be told from what
    /// would be sent now.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.body(&Secret::new("")))
    }
}

impl Content {
    /// The bytes of all its texts, and room for its numbers.
    fn length(&self) -> usize {
        let of = |ids: &Ids| ids.customer_id.as_str().len() + ids.provisioning_id.as_str().len() + 32;
        match self {
            Self::Skus { ids, skus } => {
                of(ids) + skus.iter().map(|sku| sku.as_str().len() + 3).sum::<usize>()
            }
            Self::Usage { ids, sku, .. } => of(ids) + sku.as_str().len() + 32,
            Self::Tracking { service, customer_id, .. } => service.len() + customer_id.as_str().len() + 64,
            Self::Update { coid, sku, .. } => coid.as_str().len() + sku.as_str().len() + 64,
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("call", &self.call).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
