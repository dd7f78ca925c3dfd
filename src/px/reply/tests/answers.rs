//! What the four calls are answered with.

use super::{is_unknown, json, refusal, reply};
use crate::order::{Call, Details, Method, Outcome, Section};
use serde_json::Value;

#[test]
fn an_order_number_is_read_however_it_is_written() {
    let details = json!({"items": [{"code": "2000", "statusCode": 2131}], "zipCode": "2025"});
    for (body, number) in [
        (json!({"orderNumber": "N-1"}), "N-1"),
        (json!({"ORDERNUMBER": 12}), "12"),
        (json!({"order": {"order_number": "N-1"}, "transactionId": 7, "partnerOrderId": "2000"}), "N-1"),
        (json!({"orderNumber": "N-1", "internalMessageCode": "0000", "userMessage": "Thank you"}), "N-1"),
        (
            json!({"orderNumber": "N-1", "orderDetails": details, "txId": 5, "orderStatus": "SUBMITTED"}),
            "N-1",
        ),
    ] {
        match json(Call::CompleteOrder, 200, &body) {
            Outcome::Completed { order_number, .. } => assert_eq!(order_number, number),
            other => panic!("{body}: {other:?}"),
        }
    }
    let full = json!({"orderNumber": "N-1", "orderDetails": details, "txId": 5, "orderStatus": "SUBMITTED"});
    assert_eq!(
        json(Call::CompleteOrder, 200, &full),
        Outcome::Completed {
            order_number: "N-1".into(),
            order_status: Some("SUBMITTED".into()),
            tx_id: Some("5".into()),
            details: Some(Details(details)),
        }
    );
}

/// Each of these was taken for a placed order, some with another's number.
#[test]
fn a_number_that_is_not_this_order_s_or_is_denied_beside_it_places_nothing() {
    for body in [
        r#"{"orderDetails":{"previousOrders":[{"orderNumber":"OLD-7"}]},"message":"Submit pending"}"#,
        r#"{"relatedOrders":[{"orderNumber":"OLD-1"},{"orderNumber":"OLD-2"}]}"#,
        r#"{"previousOrder":{"orderNumber":"OLD-1"}}"#,
        r#"{"data":{"order":{"orderNumber":"DEEP-1"}}}"#,
        r#"{"success":false,"orderNumber":"ON-1","message":"Order failed"}"#,
        r#"{"orderNumber":"ON-1","userMessage":"Order could not be placed; TxID 4","apiStatusCode":500}"#,
        r#"{"orderNumber":"ON-1","status":"410"}"#,
        r#"{"orderNumber":"null","orderStatus":"PENDING"}"#,
        r#"{"orderNumber":"N/A"}"#,
        r#"{"orderNumber":"ON-1","orderStatus":"Failed"}"#,
        r#"{"orderNumber":"ON-1","errors":["no"]}"#,
        r#"{"orderNumber":"ON-1","orderStatus":"Rejected by credit check"}"#,
        r#"{"orderNumber":"ON-1","accepted":false,"submitted":false}"#,
        r#"{"orderNumber":"ON-1","errorCode":"E77","errorDescription":"order could not be placed"}"#,
        r#"{"orderNumber":"ON-1","message":"The order was not placed"}"#,
        r#"{"orderNumber":"ON-1","userMessage":"Your order failed"}"#,
        r#"{"orderNumber":"PENDING"}"#,
        r#"{"orderNumber":"000"}"#,
        r#"{"orderNumber":-1}"#,
        r#"{"orderNumber":"ON-1","order":{"orderNumber":"ON-2"}}"#,
        r#"{"orderNumber":"ON-1","orderNumber":"ON-2"}"#,
        r#"{"orderNumber":"ON-1","orderDetails":{"a":1,"a":2}}"#,
        r#"{"orderNumber":"ON-1","orderStatus":"REFUSED"}"#,
        r#"{"orderNumber":"ON-1","orderStatus":"TIMED OUT"}"#,
        r#"{"orderNumber":"ON-1","orderStatus":"Not yet submitted"}"#,
        r#"{"orderNumber":"ON-1","userMessage":"Order was refused by the downstream system"}"#,
        r#"{"orderNumber":"Order could not be placed"}"#,
        r#"{"orderNumber":"not assigned"}"#,
    ] {
        assert!(is_unknown(&reply(Call::CompleteOrder, 200, body)), "{body}");
    }
    for body in [
        r#"{"orderNumber":"ON-1","orderDetails":{"payment":{"transactionId":"PAY-77","status":"declined"}},"errors":[]}"#,
        r#"{"orderNumber":"ON-1","order":{"orderNumber":"ON-1"},"success":true,"status":200,"error":null}"#,
        r#"{"response":{"orderNumber":"ON-1","status":"SUBMITTED"}}"#,
    ] {
        let placed = reply(Call::CompleteOrder, 200, body);
        assert!(
            matches!(placed, Outcome::Completed { ref order_number, .. } if order_number == "ON-1"),
            "{body}"
        );
    }
}

/// Each of these was taken for the text that the customer is read.
#[test]
fn a_text_that_may_be_another_s_or_half_of_one_is_not_the_text() {
    for body in [
        r#"{"results":[{"transactionId":"8","rcc":["theirs"]},{"transactionId":"7","rcc":["ours"]}]}"#,
        r#"{"retrieveRccResponse":{"transactionId":"8","rcc":["theirs"]}}"#,
        r#"{"rcc":[{"text":"part one"}],"rcc":[{"text":"part two"}]}"#,
        r#"{"rcc":[{"text":"you pay 10","text":"you pay 1000"}]}"#,
        r#"{"rcc":[{"text":"short"}],"rccText":"the whole, which is another"}"#,
        r#"{"rcc":[{"text":"Service unavailable"}],"success":false}"#,
        r#"{"rcc":[{"text":"Service unavailable"}],"status":500}"#,
        r#"{"rccText":"<html><h1>502 Bad Gateway"}"#,
    ] {
        assert!(is_unknown(&reply(Call::RetrieveRcc, 200, body)), "{body}");
    }
    let nothing = refusal(reply(Call::RetrieveRcc, 200, r#"{"rccText":"\u200b\u0007"}"#));
    assert_eq!(nothing.row.as_deref(), Some("retrieve_rcc/4050"));
    let twice = r#"{"rcc":[{"text":"one"},{"text":"two"}],"rccText":"one  two"}"#;
    assert!(matches!(reply(Call::RetrieveRcc, 200, twice), Outcome::Rcc { .. }));
}

/// Each of these was taken for the customer's yes, and Complete left on it.
#[test]
fn an_acceptance_that_may_be_another_s_or_is_denied_is_none() {
    for body in [
        r#"{"acceptances":[{"transactionId":"8","accepted":true},{"transactionId":"7","accepted":false}]}"#,
        r#"{"getRccAcceptanceResponse":{"transactionId":"8","accepted":true}}"#,
        r#"{"status":"PENDING","history":[{"accepted":true}]}"#,
        r#"{"accepted":null,"marketing":{"accepted":true}}"#,
        r#"{"terms":{"accepted":true},"data":{}}"#,
        r#"{"accepted":true,"data":{"accepted":false}}"#,
        r#"{"accepted":true,"success":false}"#,
        r#"{"accepted":true,"error":"acceptance store unavailable"}"#,
        r#"{"accepted":true,"apiStatusCode":500}"#,
        r#"{"accepted":false,"accepted":true}"#,
        r#"{"accepted":true,"status":"DECLINED"}"#,
        r#"{"accepted":true,"declined":true}"#,
        r#"{"accepted":true,"acceptanceStatus":"REVOKED"}"#,
    ] {
        assert!(is_unknown(&reply(Call::GetRccAcceptance, 200, body)), "{body}");
    }
    let enveloped = r#"{"getRccAcceptanceResponse":{"transactionId":"7","accepted":true}}"#;
    assert!(matches!(reply(Call::GetRccAcceptance, 200, enveloped), Outcome::Accepted { .. }));
    let plain = r#"{"accepted":true,"status":"ACCEPTED","declined":false}"#;
    assert!(matches!(reply(Call::GetRccAcceptance, 200, plain), Outcome::Accepted { .. }));
}

/// Each of these was recorded as sent.
#[test]
fn what_does_not_say_that_it_was_sent_was_not() {
    for body in [
        "{}",
        r#"{"success":false,"txId":"5"}"#,
        r#"{"apiStatusCode":500,"txId":"5"}"#,
        r#"{"deliveryMethod":"SMS","status":"FAILED","error":"number unreachable"}"#,
        r#"{"deliveryMethod":"SMS","deliveryStatus":"rejected"}"#,
    ] {
        assert!(is_unknown(&reply(Call::SendRcc, 200, body)), "{body}");
    }
}

#[test]
fn the_rcc_is_read_raw_from_either_field() {
    let read = |body: Value| match json(Call::RetrieveRcc, 200, &body) {
        Outcome::Rcc { rcc, .. } => rcc,
        other => panic!("{body}: {other:?}"),
    };
    let texts = |body| read(body).sections.into_iter().map(|s| s.text).collect::<Vec<_>>();
    let raw = " $10\t20\u{1b}[0m\u{202e}\r\n";
    assert_eq!(texts(json!({"rccText": raw})), [raw]);
    assert_eq!(texts(json!({"rcc": raw})), [raw]);
    assert_eq!(texts(json!({"rcc": null, "RCCTEXT": [raw, ""]})), [raw, ""]);
    assert_eq!(texts(json!({"data": {"rcc": [{"text": raw}, {"Text": 12}]}})), [raw, "12"]);
    let full = read(json!({"rcc": [{"id": 1, "title": "Price", "text": "t"}], "language": "es", "new": {}}));
    assert_eq!(full.language.as_deref(), Some("es"));
    assert_eq!(
        full.sections,
        [Section { id: Some("1".into()), title: Some("Price".into()), text: "t".into() }]
    );
}

#[test]
fn a_200_without_rcc_is_4050_and_one_with_a_gap_is_unreadable() {
    for body in [
        json!({}),
        json!({"rcc": []}),
        json!({"rcc": null}),
        json!({"rccText": " \n", "txId": "9"}),
        json!({"rcc": [{"text": ""}]}),
    ] {
        let error = refusal(json(Call::RetrieveRcc, 200, &body));
        assert_eq!(error.row.as_deref(), Some("retrieve_rcc/4050"), "{body}");
        assert_eq!((error.internal_code, error.user_message.as_str()), (None, "Px sent no RCC text"));
        assert_eq!(error.tx_id.as_deref(), body["txId"].as_str());
    }
    for body in [json!({"rcc": [{"text": "a"}, {"title": "b"}]}), json!({"rcc": ["a", null]})] {
        assert!(is_unknown(&json(Call::RetrieveRcc, 200, &body)), "{body}");
    }
    for body in ["", "<html>", "{\"rcc\":[", "\"rcc\""] {
        assert!(is_unknown(&reply(Call::RetrieveRcc, 200, body)), "{body}");
    }
}

#[test]
fn sent_is_sent_with_or_without_a_time() {
    let sent = |body: Value| json(Call::SendRcc, 200, &body);
    let at = "2026-11-20T15:04:05Z".parse().ok();
    assert_eq!(
        sent(json!({"sentAt": "2026-11-20T15:04:05+00:00"})),
        Outcome::Sent { sent_at: at, tx_id: None }
    );
    for body in [json!({"txId": "5"}), json!({"deliveryMethod": "SMS", "sentAt": "today", "TXID": 5})] {
        assert_eq!(sent(body), Outcome::Sent { sent_at: None, tx_id: Some("5".into()) });
    }
    assert!(is_unknown(&reply(Call::SendRcc, 200, "OK")));
    assert_eq!(refusal(sent(json!({"userMessage": "Cannot send now"}))).row, None);
}

#[test]
fn an_acceptance_is_read_however_it_says_yes() {
    let check = |body: Value| json(Call::GetRccAcceptance, 200, &body);
    for no in [json!(false), json!("N"), json!(0), json!("False")] {
        assert_eq!(check(json!({"accepted": no})), Outcome::NotAccepted);
    }
    for yes in [json!(true), json!("Y"), json!(1), json!("TRUE")] {
        let body = json!({"Accepted": yes, "acceptanceMethod": "Sms", "acceptedAt": "2026-11-20T15:04:05Z"});
        let accepted_at = "2026-11-20T15:04:05Z".parse().ok();
        let method = Some(Method::Sms);
        assert_eq!(check(body), Outcome::Accepted { method, accepted_at, tx_id: None });
    }
    let bare = json!({"accepted": true, "acceptanceMethod": null, "acceptedAt": null});
    assert_eq!(check(bare), Outcome::Accepted { method: None, accepted_at: None, tx_id: None });
    for body in [json!({}), json!({"accepted": "maybe"}), json!({"accepted": null})] {
        assert!(is_unknown(&check(body.clone())), "{body}");
    }
}

/// Only a time that is understood tells a yes to this text from one to an earlier text.
#[test]
fn the_time_of_an_acceptance_is_read_however_it_is_written() {
    let time = |written: Value| {
        let outcome = json(Call::GetRccAcceptance, 200, &json!({ "accepted": true, "acceptedAt": written }));
        let Outcome::Accepted { accepted_at, .. } = outcome else { panic!("{outcome:?}") };
        accepted_at.map(|at| at.to_string())
    };
    for written in [
        json!("2026-11-20T18:31:03Z"),
        json!(" 2026-11-20T12:31:03-06:00 "),
        json!("Fri, 20 Nov 2026 18:31:03 GMT"),
        json!("1795199463000"),
        json!(1_795_199_463_000_u64),
        json!(1_795_199_463),
    ] {
        assert_eq!(time(written.clone()).as_deref(), Some("2026-11-20T18:31:03Z"), "{written}");
    }
    for written in [json!("2026-11-20T18:31:03"), json!("yesterday"), json!(""), json!(12), json!({})] {
        assert_eq!(time(written.clone()), None, "{written}");
    }
}

#[test]
fn an_acceptance_has_one_of_three_methods() {
    for (name, method) in [
        ("VERBAL", Some(Method::Verbal)),
        ("sms", Some(Method::Sms)),
        ("E-Mail", Some(Method::Email)),
        ("fax", None),
    ] {
        let body = json!({"accepted": true, "acceptanceMethod": name});
        let expected = Outcome::Accepted { method, accepted_at: None, tx_id: None };
        assert_eq!(json(Call::GetRccAcceptance, 200, &body), expected, "{name}");
    }
}
