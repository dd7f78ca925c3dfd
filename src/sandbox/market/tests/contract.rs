//! What each call accepts, and what it refuses.

use super::{Market, list, options, tracking, update, usage, with};
use crate::sandbox::market::call::Call;
use crate::sandbox::market::routes::CONTRACT;
use crate::sandbox::market::service::{self, Arrived};
use crate::sandbox::planned::Answer;
use serde_json::{Value, json};

/// The calls that name a list of SKUs.
const LISTS: [Call; 2] = [Call::StartBilling, Call::UsageEnd];

#[test]
fn what_fits_the_contract_is_done() {
    let mut market = Market::new();
    for call in LISTS {
        market.check(call, &list(), 200, "ok");
    }
    market.check(Call::Usage, &usage(), 200, "ok");
    market.check(Call::UpdateSubscription, &update(), 201, "ok");
    let ended = json!({ "expired": "true", "expired-date": "2026-11-30", "count": "12.50" });
    market.check(Call::UpdateSubscription, &with(&update(), &ended), 201, "ok");
    market.check(Call::Tracking, &tracking(), 200, "ok");
    assert!(market.state.ledger.iter().all(|entry| entry.applied && entry.refused.is_none()));
    let bought = &market.state.provisionings["P-1"];
    assert_eq!(bought.billing.keys().collect::<Vec<_>>(), ["SEATS"]);
    assert_eq!(bought.ended.keys().collect::<Vec<_>>(), ["SEATS", "STORAGE"]);
    assert_eq!((market.state.updates.len(), market.state.sales.len()), (2, 1));
    assert_eq!(market.state.updates[1].count.as_deref(), Some("12.50"));
}

#[test]
fn what_every_call_requires_is_refused_when_it_is_missing_empty_or_of_another_type() {
    for (call, good) in [
        (Call::StartBilling, list()),
        (Call::UsageEnd, list()),
        (Call::Usage, usage()),
        (Call::UpdateSubscription, update()),
        (Call::Tracking, tracking()),
    ] {
        let mut market = Market::new();
        for name in good.as_object().unwrap().keys() {
            market.check(call, &with(&good, &json!({ name: "-" })), 400, &format!("{name} is missing"));
            for wrong in [json!(null), json!([]), json!({}), json!(true), json!("")] {
                market.check(call, &with(&good, &json!({ name: wrong })), 400, name);
            }
        }
        market.check(call, &with(&good, &json!({ "note": 1 })), 400, "note is not a member");
        for body in ["", "{", "[]", "7", "null", "{\"a\":1}x", "{\"\u{0}\":1}"] {
            assert_eq!(market.post(call, body).0, 400, "{body}");
        }
        let twice = good.to_string().replacen('{', "{\"productId\":7,\"productId\":7,", 1);
        let (status, said) = market.post(call, &twice);
        assert!(status == 400 && said["message"].as_str().unwrap().contains("twice"), "{said}");
        let garbled = market.answer(call, b"{\"a\":\"\xff\"}");
        assert!(matches!(garbled, Answer::Message(m) if m.status == 400));
        let body = good.to_string();
        let arrived = Arrived { content_type: Some("text/plain"), body: body.as_bytes() };
        let planned = service::call(&mut market.state, &options(0), 0, call, arrived);
        assert!(matches!(planned.answer, Answer::Message(m) if m.status == 400));
        assert!(market.state.ledger.iter().all(|entry| !entry.applied && entry.status == Some(400)));
        assert!(market.state.bills.lines(None).is_empty());
    }
}

#[test]
fn what_is_not_as_the_contract_types_it_is_refused() {
    let mut market = Market::new();
    for call in LISTS {
        for (more, says) in [
            (json!({ "productId": "7" }), "productId is not a whole number"),
            (json!({ "productId": 7.5 }), "productId"),
            (json!({ "customerId": 1234 }), "customerId is not text"),
            (json!({ "productSkus": "SEATS" }), "productSkus is not a list"),
            (json!({ "productSkus": ["SEATS", "SEATS"] }), "names one twice"),
            (json!({ "productSkus": ["SEATS", ""] }), "productSkus"),
            (json!({ "productSkus": [1] }), "productSkus"),
            (json!({ "usageCount": 1 }), "usageCount is not a member"),
        ] {
            market.check(call, &with(&list(), &more), 400, says);
        }
    }
    for count in ["\"1\"", "-0.1", "1e400", "1e40", "0.1234567890123456789012345678901", "NaN", "01"] {
        let body = usage().to_string().replace("100.5", count);
        assert_eq!(market.post(Call::Usage, &body).0, 400, "{count}");
    }
    for (more, says) in [
        (json!({ "expired": "yes" }), "neither"),
        (json!({ "expired": true }), "expired"),
        (json!({ "expired": "true" }), "expired-date is missing"),
        (json!({ "expired-date": "30/11/2026" }), "expired-date"),
        (json!({ "expired-date": "2026-11-31" }), "expired-date"),
        (json!({ "count": 3 }), "count"),
        (json!({ "count": "-3" }), "count"),
        (json!({ "count": "3." }), "count"),
    ] {
        market.check(Call::UpdateSubscription, &with(&update(), &more), 400, says);
    }
    for at in ["2026-11-26", "yesterday", "2026-11-26T12:00:00"] {
        market.check(Call::Tracking, &with(&tracking(), &json!({ "purchasedAt": at })), 400, "purchasedAt");
    }
}

#[test]
fn what_was_not_sold_is_refused_and_so_is_another_key() {
    let mut market = Market::new();
    for (more, status, says) in [
        (json!({ "provisioningId": "P-2" }), 400, "no such provisioningId"),
        (json!({ "provisioningId": "p-1" }), 400, "no such provisioningId"),
        (json!({ "customerId": "01234" }), 400, "customerId"),
        (json!({ "productId": 8 }), 400, "productId"),
        (json!({ "providerKey": "practice-provider-key" }), 401, "key"),
    ] {
        for call in LISTS {
            market.check(call, &with(&list(), &more), status, says);
        }
        market.check(Call::Usage, &with(&usage(), &more), status, says);
    }
    market.check(
        Call::StartBilling,
        &with(&list(), &json!({ "productSkus": ["SEATS", "X"] })),
        400,
        "X is not",
    );
    market.check(Call::Usage, &with(&usage(), &json!({ "productSku": "X" })), 400, "X is not");
    market.check(Call::UpdateSubscription, &with(&update(), &json!({ "sku": "X" })), 400, "no such coid");
    market.check(Call::UpdateSubscription, &with(&update(), &json!({ "coid": "X" })), 400, "no such coid");
    market.check(Call::UpdateSubscription, &with(&update(), &json!({ "providerkey": "X" })), 401, "key");
    market.check(Call::Tracking, &with(&tracking(), &json!({ "partnerKey": "X" })), 401, "key");
    assert!(market.state.provisionings["P-1"].billing.is_empty());
    assert!(market.state.bills.lines(None).is_empty() && market.state.sales.is_empty());
    let ledger = json!(market.state.ledger).to_string();
    assert!(!ledger.to_lowercase().contains("provider-key"), "no key is kept: {ledger}");
}

#[test]
fn of_a_practice_deploy_that_is_named_first_it_is_said_what_is_wrong() {
    let mut market = Market::new();
    let practice = json!({ "provisioningId": "PRACTICE-1", "productId": 123 });
    let usage = |sku: &str| with(&with(&usage(), &practice), &json!({ "productSku": sku }));
    market.check(Call::Usage, &usage("X"), 400, "X is not an SKU of this provisioningId");
    let other = with(&usage("PRACTICE-STORAGE"), &json!({ "productId": 8 }));
    market.check(Call::Usage, &other, 400, "productId is not that");
    assert!(!market.state.provisionings.contains_key("PRACTICE-1"), "what was refused sold nothing");
    market.check(Call::Usage, &usage("PRACTICE-STORAGE"), 200, "ok");
    market.check(Call::Usage, &usage("X"), 400, "X is not an SKU of this provisioningId");
}

#[test]
fn the_contract_that_is_served_knows_every_status() {
    let contract: Value = serde_json::from_str(CONTRACT).unwrap();
    for (path, done) in [
        ("/start-billing/", "200"),
        ("/saas-usage/", "200"),
        ("/saas-usage/end", "200"),
        ("/update-subscription/", "201"),
        ("/api/SaasTrackings", "200"),
    ] {
        for status in [done, "400", "401", "405", "413", "500"] {
            assert!(contract["paths"][path]["post"]["responses"][status].is_object(), "{path} {status}");
        }
    }
}
