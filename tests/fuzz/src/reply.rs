//! The reply classifier: what Px answered. Three bytes choose call, status and content type; the rest is the body.

use crate::assert_visible;
use pxdesk::order::{
    AddressDetailId, Call, Failure, Identity, Outcome, PartnerId, PartnerOrderId, SalesCode, TransactionId,
};
use pxdesk::px::{Reply, classify};
use serde_json::Value;
use std::sync::LazyLock;

const CALLS: [Call; 4] = [Call::RetrieveRcc, Call::SendRcc, Call::GetRccAcceptance, Call::CompleteOrder];
const STATUSES: [u16; 16] = [200, 201, 204, 301, 400, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504, 599];
const TYPES: [Option<&str>; 4] = [None, Some("application/json"), Some("text/html"), Some("text/plain")];

/// The longest reason for people: a frame of our words around a few quotes of the server's.
const LONGEST_REASON: usize = 1000;

static IDENTITY: LazyLock<Identity> = LazyLock::new(|| Identity {
    sales_code: SalesCode::new("S").unwrap(),
    partner_id: PartnerId::new("P").unwrap(),
    partner_order_id: PartnerOrderId::new("PO-1").unwrap(),
    transaction_id: TransactionId::new("TX-1").unwrap(),
    address_detail_id: AddressDetailId::new("A").unwrap(),
});

pub fn check(data: &[u8]) {
    let [call, status, kind, body @ ..] = data else { return };
    let pick = |byte: &u8, of: usize| usize::from(byte.wrapping_sub(b'0')) % of;
    let call = CALLS[pick(call, CALLS.len())];
    let status = STATUSES[pick(status, STATUSES.len())];
    let reply = Reply { status, content_type: TYPES[pick(kind, TYPES.len())], body };
    let outcome = classify(call, &reply, &IDENTITY);
    assert_eq!(outcome, classify(call, &reply, &IDENTITY), "the same reply means the same");
    let json = json(body);
    match &outcome {
        Outcome::Completed { order_number, .. } => {
            assert!(call == Call::CompleteOrder && status == 200, "completed on {status} to {call}");
            assert!(!order_number.trim().is_empty(), "completed without an order number");
            let json = json.as_ref().expect("completed by something that is no JSON");
            assert!(!bears_another(json, "transactionid", "TX-1"), "completed by another order's reply");
            assert!(!bears_another(json, "partnerorderid", "PO-1"), "completed by another order's reply");
        }
        Outcome::Refused(error) => {
            assert_eq!(error.api, call);
            let documented = error.row.as_ref().is_some_and(|_| error.remedy().call == call);
            assert!(call != Call::CompleteOrder || documented, "only what is documented refuses a Complete");
        }
        Outcome::Failed(failure) => {
            assert!(!matches!(failure, Failure::NotSent(_)), "a reply proves that the request was sent");
            assert_visible(failure.why());
            assert!(failure.why().chars().count() <= LONGEST_REASON, "{failure:?}");
            let credentials = matches!(failure, Failure::Credentials(_));
            assert!(!credentials || [401, 403].contains(&status), "credentials with {status}");
            assert!(
                !credentials || call != Call::CompleteOrder || status == 401,
                "a Complete made again on {status}"
            );
            // 401 by itself says nothing about the token: five of Px's own errors come with it.
            let px = json.as_ref().is_some_and(has_px_code);
            assert!(!credentials || !px, "a Px error taken for a refused token");
        }
        Outcome::Rcc { rcc, .. } => {
            assert_eq!(call, Call::RetrieveRcc);
            assert!(rcc.sections.iter().any(|s| !s.text.trim().is_empty()), "a text without a text");
        }
        Outcome::Sent { .. } => assert_eq!(call, Call::SendRcc),
        Outcome::NotAccepted | Outcome::Accepted { .. } => assert_eq!(call, Call::GetRccAcceptance),
    }
}

fn json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii()).ok()
}

/// Every named value of the document, whatever its depth; an element of a list has the list's name.
fn named<'a>(name: &'a str, value: &'a Value, tell: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| named(name, value, tell)),
        Value::Array(items) => items.iter().for_each(|value| named(name, value, tell)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => tell(name, value),
    }
}

fn is_named(name: &str, wanted: &str) -> bool {
    let plain = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
    plain.eq(wanted.chars())
}

fn bears_another(json: &Value, wanted: &str, ours: &str) -> bool {
    let mut another = false;
    named("", json, &mut |name, value| {
        let id = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let says = value.is_number() || (value.is_string() && !id.trim().is_empty());
        another |= is_named(name, wanted) && says && id.trim() != ours;
    });
    another
}

fn has_px_code(json: &Value) -> bool {
    let mut found = false;
    named("", json, &mut |name, value| {
        let says = value.is_number() || value.as_str().is_some_and(|text| !text.trim().is_empty());
        found |= is_named(name, "internalmessagecode") && says;
    });
    found
}
