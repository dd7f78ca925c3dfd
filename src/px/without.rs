//! What Px says, without what is private of the order, and without what it was shown: it may quote a token, the number that a
//! text was sent to, or the key in a header.

use crate::order::{Details, Outcome, Secret};
use crate::wire::redact_text;
use serde_json::Value;

/// A value shorter than this is no secret, but a version or a number of things.
const SHORTEST: usize = 4;

/// `outcome` with every one of `secrets` taken out of its texts. The order number stays as it came, and so does the RCC text.
pub fn without<'s>(outcome: Outcome, secrets: impl IntoIterator<Item = &'s Secret>) -> Outcome {
    let secrets = secrets.into_iter().map(Secret::expose).filter(|secret| secret.len() >= SHORTEST);
    let secrets: Vec<_> = secrets.collect();
    let clean = |text: String| secrets.iter().fold(text, |text, secret| redact_text(text, secret));
    match outcome.with_texts(clean) {
        Outcome::Completed { order_number, order_status, tx_id, details } => {
            let details = details.map(|Details(value)| Details(each_text(value, &clean)));
            Outcome::Completed { order_number, order_status, tx_id, details }
        }
        other => other,
    }
}

/// `value` with `clean` done to every text in it.
fn each_text(value: Value, clean: &dyn Fn(String) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(clean(text)),
        Value::Array(list) => list.into_iter().map(|value| each_text(value, clean)).collect(),
        Value::Object(object) => {
            object.into_iter().map(|(name, value)| (name, each_text(value, clean))).collect()
        }
        other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::Failure;
    use serde_json::json;

    #[test]
    fn the_order_number_stays_whole_and_every_text_beside_it_is_clean() {
        let placed = Outcome::Completed {
            order_number: "ON-20261126-1".to_owned(),
            order_status: Some("SUBMITTED for 20261126".to_owned()),
            tx_id: None,
            details: Some(Details(json!({"paid": ["with 20261126"], "n": 20_261_126}))),
        };
        let Outcome::Completed { order_number, order_status, details, .. } =
            without(placed, [&Secret::new("20261126")])
        else {
            panic!("it stays what it was")
        };
        assert_eq!(
            (order_number.as_str(), order_status.as_deref()),
            ("ON-20261126-1", Some("SUBMITTED for [redacted]"))
        );
        assert_eq!(details, Some(Details(json!({"paid": ["with [redacted]"], "n": 20_261_126}))));
    }

    #[test]
    fn a_message_that_quotes_a_token_is_clean() {
        let unclear = Outcome::Failed(Failure::Unknown("no: tok_12345".to_owned()));
        let clean = Outcome::Failed(Failure::Unknown("no: [redacted]".to_owned()));
        assert_eq!(without(unclear, [&Secret::new("tok_12345")]), clean);
        let version = Outcome::Failed(Failure::Unknown("version 2".to_owned()));
        assert_eq!(without(version.clone(), [&Secret::new("2")]), version);
    }
}
