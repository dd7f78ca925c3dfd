//! What holds for every reply, however strange.

use super::tests::{identity, is_unknown, json};
use super::*;
use proptest::prelude::*;

/// JSON made of the names and values that the classifier looks for.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "",
        "0",
        "1",
        "7",
        "8",
        "2000",
        "2130",
        "true",
        "no",
        "N-1",
        "TxID 5",
        "SMS",
        "Access Token expired",
        "Order shows already submitted and may not be submitted again; TxID 7",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "orderNumber",
        "order_number",
        "transactionId",
        "partnerOrderId",
        "orderDetails",
        "code",
        "fault",
        "faultstring",
        "ErrorCode",
        "Error",
        "internalMessageCode",
        "userMessage",
        "message",
        "rcc",
        "rccText",
        "text",
        "txId",
        "accepted",
        "sentAt",
        "salesCode",
    ]);
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|pairs| pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Value>()),
        ]
    })
}

fn any_status() -> impl Strategy<Value = u16> {
    prop_oneof![Just(200), Just(401), Just(410), Just(500), 100..600_u16]
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        body: Vec<u8>, kind in prop::option::of(".{0,20}"), status in any_status(), call in prop::sample::select(&Call::ALL)
    ) {
        classify(call, &Reply { status, content_type: kind.as_deref(), body: &body }, &identity());
    }

    #[test]
    fn nothing_is_completed_without_a_number_or_for_another_order(root in any_json(), status in any_status()) {
        let fields = Fields::of(&root);
        for call in Call::ALL {
            let outcome = json(call, status, &root);
            let other = is_for_another(&fields, &identity());
            prop_assert!(!other || is_unknown(&outcome), "{:?}", outcome);
            if let Outcome::Completed { order_number, .. } = &outcome {
                prop_assert!(call == Call::CompleteOrder && status == 200 && !order_number.trim().is_empty());
            }
            if let (Call::CompleteOrder, Outcome::Refused(error)) = (call, &outcome) {
                prop_assert!(error.row.is_some(), "only a documented rejection is clear");
            }
            if let (Call::CompleteOrder, Outcome::Failed(Failure::Credentials(_))) = (call, &outcome) {
                let listed = token_fault::is_listed(status, &root);
                prop_assert!(listed, "only a listed fault is about the token");
            }
        }
    }
}
