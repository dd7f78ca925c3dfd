//! A purchase, pure: the deploy that a buyer's order becomes, and what the buyer sees of the partner's answer.

use super::practice::RESELLER_KEY;
use super::provisioning::Provisioning;
use super::receiver::Received;
use super::state::State;
use crate::sandbox::chance::scramble;
use crate::sandbox::clock::Millis;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The members of a deploy that are the marketplace's own.
pub const RESERVED: [&str; 4] = ["provisioningId", "provisioningGuid", "productSkus", "productId"];
/// The same of a provisioning of version 1, which has no id (D).
pub const RESERVED_V1: [&str; 3] = ["resellerkey", "name", "email"];
/// What a buyer is shown when it worked.
const THANKS: &str = "Thank you for your purchase.";
/// What a buyer is shown when the partner's answer is not for them.
const SORRY: &str = "Something went wrong. Please try again later.";

/// What a buyer puts in the basket.
#[derive(Clone, Debug)]
pub struct Order {
    pub product: i64,
    pub skus: Vec<String>,
    /// The product's own form.
    pub fields: Map<String, Value>,
    /// It is sent as version 1 did: no id, no product, no SKUs.
    pub first_version: bool,
}

/// What came of one deploy.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// Empty for version 1, which has none.
    pub provisioning_id: String,
    /// What the partner answered; nothing when no answer was read.
    pub status: Option<u16>,
    pub buyer_sees: String,
    /// The partner's id of the customer, when it is now known.
    pub customer_id: Option<String>,
    /// What is wrong with the answer, or why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Order {
    /// The deploy of the next buyer, who is made up.
    pub fn deploy(&self, state: &mut State, seed: u64, now: Millis) -> Value {
        let draw = |state: &mut State| scramble(seed, state.count());
        let (one, buyer) = (draw(state), draw(state));
        // A new world after a reset has new ids all the same.
        let other = scramble(one, now.unsigned_abs());
        let id = format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            one >> 32,
            (one >> 16) & 0xffff,
            one & 0xffff,
            other >> 48,
            other & 0xffff_ffff_ffff
        );
        let email = format!("buyer-{:05}@example.com", buyer % 100_000);
        let mut deploy = if self.first_version {
            json!({ "resellerkey": RESELLER_KEY, "name": format!("Buyer {}", alias(buyer)), "email": email })
        } else {
            json!({
            "provisioningId": id, "productSkus": self.skus, "productId": self.product,
                "contactEmail": email, "userAlias": alias(buyer),
            })
        };
        for (name, value) in &self.fields {
            deploy[name] = value.clone();
        }
        deploy
    }
}

/// Four capital letters.
fn alias(draw: u64) -> String {
    let letter = |shift: u32| u32::try_from((draw >> shift) % 26).ok().and_then(|n| char::from_u32(65 + n));
    [10, 20, 30, 40].into_iter().filter_map(letter).collect()
}

/// The same deploy with other content.
pub fn changed(deploy: &Value) -> Value {
    let mut other = deploy.clone();
    let email = if deploy.get("provisioningId").is_some() { "contactEmail" } else { "email" };
    other[email] = json!("somebody-else@example.com");
    other
}

/// What the partner's answer to this deploy means. A customer id that is a text is remembered.
pub fn settle(
    state: &mut State,
    order: &Order,
    id: &str,
    answer: Result<Received, String>,
    now: Millis,
) -> Outcome {
    let outcome = |status, buyer_sees: &str, error| Outcome {
        provisioning_id: id.to_owned(),
        status,
        buyer_sees: buyer_sees.to_owned(),
        customer_id: None,
        error,
    };
    let received = match answer {
        Ok(received) => received,
        Err(why) => return outcome(None, SORRY, Some(why)),
    };
    let status = Some(received.status);
    match received.status {
        201 if order.first_version => match customer(&received.body, "coid") {
            Ok(customer) => Outcome { customer_id: Some(customer), ..outcome(status, THANKS, None) },
            Err(why) => outcome(status, SORRY, Some(why)),
        },
        200 if !order.first_version => {
            match customer(&received.body, "customerId")
                .and_then(|customer| remember(state, order, id, customer, now))
            {
                Ok(customer) => Outcome { customer_id: Some(customer), ..outcome(status, THANKS, None) },
                Err(why) => outcome(status, SORRY, Some(why)),
            }
        }
        400..=499 => match shown(&received.body) {
            Some(message) => outcome(status, &message, None),
            None => outcome(status, SORRY, Some("a refusal without a message for the buyer".to_owned())),
        },
        500..=599 => outcome(status, SORRY, None),
        other => outcome(status, SORRY, Some(format!("{other} is no answer to a deploy"))),
    }
}

/// The customer id in the answer, in the member of this name.
fn customer(body: &[u8], name: &str) -> Result<String, String> {
    let body: Value =
        serde_json::from_slice(body).map_err(|error| format!("the answer is not JSON: {error}"))?;
    match body.get(name) {
        Some(Value::String(id)) if !id.is_empty() => Ok(id.clone()),
        Some(Value::String(_)) => Err(format!("{name} is empty")),
        Some(_) => Err(format!("{name} is not a string: the contract asks for one even if it is a number")),
        None => Err(format!("{name} is missing")),
    }
}

fn remember(
    state: &mut State,
    order: &Order,
    id: &str,
    customer: String,
    now: Millis,
) -> Result<String, String> {
    let known = state.provisionings.entry(id.to_owned()).or_insert_with(|| Provisioning {
        fields: order.fields.clone(),
        ..Provisioning::new(&customer, order.product, &order.skus, now)
    });
    if known.customer_id == customer {
        return Ok(customer);
    }
    Err(format!("customerId is {customer}, and was {} before", known.customer_id))
}

/// The partner's own message, as the buyer sees it: the body, or the JSON string that it is.
fn shown(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body).trim().to_owned();
    let text = serde_json::from_str::<String>(&text).unwrap_or(text);
    (!text.is_empty()).then_some(text)
}
