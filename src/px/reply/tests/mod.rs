mod answers;
mod tokens;

use super::*;
use crate::order::remedy::Remedy;
use serde_json::json;

pub fn identity() -> Identity {
    serde_json::from_value(json!({
        "salesCode": "S1", "partnerId": "P1", "partnerOrderId": "2000", "transactionId": "7", "addressDetailId": "A1",
    }))
    .unwrap()
}

fn reply(call: Call, status: u16, body: impl AsRef<[u8]>) -> Outcome {
    classify(call, &Reply { status, content_type: None, body: body.as_ref() }, &identity())
}

pub fn json(call: Call, status: u16, body: &Value) -> Outcome {
    reply(call, status, body.to_string())
}

/// Panics unless the reply is a refusal.
fn refusal(outcome: Outcome) -> CallError {
    match outcome {
        Outcome::Refused(error) => error,
        other => panic!("{other:?}"),
    }
}

pub fn is_unknown(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed(Failure::Unknown(_)))
}

/// The message of a row as Px would send it.
fn message(row: &Remedy) -> String {
    row.message
        .replacen("<B>", &row.field, 1)
        .replace("TxID <>", "TxID 7f3a-1")
        .replace("<>", "x")
        .replace("1-800-xxx xxxx (from sales code)", "1-800-555-0100")
}

#[test]
fn every_documented_row_is_recognised_in_every_shape() {
    for row in remedy::all() {
        let (call, code, message) = (row.call, row.code.as_str(), message(row));
        let number = code.parse::<u16>().ok();
        let mut bodies = vec![
            json!({"userMessage": message}).to_string(),
            json!({"statusCode": 401, "code": row.http_status, "error": {"Message": message}}).to_string(),
            json!([{"errors": [message]}]).to_string(),
            message.clone(),
        ];
        if let Some(number) = number {
            bodies.extend([
                json!({"apiStatusCode": "410", "internalMessageCode": code, "userMessage": message, "txId": "7f3a-1"})
                    .to_string(),
                json!({"internalMessageCode": number, "userMessage": message}).to_string(),
                json!({"status": 1, "errors": [{"error": {"internal_message_code": code, "Message": message}}]})
                    .to_string(),
                format!("\u{feff} [{}]", json!({"Code": number, "message": message})),
                json!({"code": format!(" {code} "), "userMessage": "reworded; TxID 7f3a-1"}).to_string(),
            ]);
        }
        for body in bodies {
            for status in [row.http_status.max(200), 200, 500, 418] {
                if call == Call::CompleteOrder
                    && body.contains("reworded")
                    && [200, 500, 418].contains(&status)
                {
                    assert!(is_unknown(&reply(call, status, &body)), "a number alone: {status} {body}");
                    continue;
                }
                let error = refusal(reply(call, status, &body));
                assert_eq!(error.row.as_deref(), Some(row.id.as_str()), "{status} {body}");
                assert_eq!((error.api, error.http_status), (call, status));
                assert_eq!(error.tx_id.as_deref(), Some("7f3a-1"), "{body}");
                assert!(
                    error.user_message == message || error.user_message.starts_with("reworded"),
                    "{body}"
                );
            }
        }
    }
}

/// Each of these was a refusal, after which the order is sent again.
#[test]
fn what_only_holds_a_row_s_number_or_words_leaves_complete_in_doubt() {
    let documented = r#"{"internalMessageCode":"1215","userMessage":"Only one gift card"}"#;
    for (status, body) in [
        (504, r#"{"message":"upstream request timeout","context":{"offerCode":"1215"}}"#),
        (500, r#"{"order":{"planCode":"1210"}}"#),
        (500, r#"{"request":{"rateCenterCode":"2000"}}"#),
        (500, r#"{"codec":"2130"}"#),
        (500, r#"{"message":"Missing or invalid e-mail, order saved. salesCode S1"}"#),
        (500, r#"{"message":"Missing or Invalid salesCode S1. The order was saved"}"#),
        (500, r#"{"message":"Saved. Order shows already submitted and may not be submitted again"}"#),
        (
            410,
            r#"{"message":"Order shows already submitted and may not be submitted again, but is being placed"}"#,
        ),
        (410, r#"{"internalMessageCode":"2130","internalMessageCode":"9","userMessage":"x"}"#),
        (200, r#"{"code":"2000","message":"Success","data":{"status":"ACCEPTED"}}"#),
        (202, r#"{"code":"2000","message":"Order accepted for processing"}"#),
        (200, r#"{"messageCode":"1210","message":"Order placed; details follow"}"#),
        (500, r#"{"errorCode":"2000","errorMessage":"Read timed out, order may have been submitted"}"#),
        (500, r#"{"code":"2130","message":"upstream timed out after 2130 ms"}"#),
        (404, r#"{"code":"2130","message":"No such order"}"#),
        (410, r#"{"message":"after submit","previousAttempts":[{"errorCode":"1215","userMessage":"x"}]}"#),
        (410, r#"{"message":"timed out","warnings":[{"code":"2000","message":"salesCode normalised"}]}"#),
        (410, r#"{"error":{"transactionId":"OTHER","internalMessageCode":"2130","userMessage":"x"}}"#),
        (500, "Order saved; Payment system is down please contact CenturyLink at 1"),
        (502, documented),
        (503, documented),
        (504, documented),
        (429, documented),
    ] {
        assert!(is_unknown(&reply(Call::CompleteOrder, status, body)), "{status} {body}");
    }
    let row = |body: &str| refusal(reply(Call::CompleteOrder, 410, body)).row;
    assert_eq!(row(documented).as_deref(), Some("complete_order/1215"));
    let named = r#"{"message":"Missing or Invalid sales code: S1; TxID 7f3a"}"#;
    assert_eq!(row(named).as_deref(), Some("complete_order/2000"));
}

#[test]
fn of_several_errors_the_one_that_forbids_most_counts_and_all_are_told() {
    let complete = |body: Value| refusal(reply(Call::CompleteOrder, 410, body.to_string()));
    let error = |code: &str| {
        let row = remedy::by_code(Call::CompleteOrder, code).unwrap();
        json!({ "internalMessageCode": code, "userMessage": message(row) })
    };
    for (one, other) in [("1099", "2130"), ("1215", "2130"), ("2215", "2130"), ("1099", "2215")] {
        for list in [json!([error(one), error(other)]), json!([error(other), error(one)])] {
            let mut beside = error(one);
            beside["errors"] = json!([error(other)]);
            for body in [json!({ "errors": list }), list.clone(), beside] {
                let said = complete(body.clone());
                assert_eq!(said.row.as_deref(), Some(&*format!("complete_order/{other}")), "{body}");
                assert!(said.user_message.contains(&format!("Also: {one} ")), "{said:?}");
            }
        }
    }
    // The one error in two forms is one.
    let mut twice = error("1099");
    twice["error"] = twice["userMessage"].clone();
    assert!(!complete(twice).user_message.contains("Also"));
}

#[test]
fn an_order_number_that_proves_nothing_is_told_all_the_same() {
    for (status, body) in [
        (202, json!({ "orderNumber": "ON-77", "txId": "t" })),
        (500, json!({ "orderNumber": "ON-77", "userMessage": "try later" })),
        (200, json!({ "orderNumber": "ON-77", "order": { "orderNumber": "ON-78" } })),
        (200, json!({ "orderNumber": "ON-77", "status": "FAILED" })),
    ] {
        let Outcome::Failed(Failure::Unknown(why)) = json(Call::CompleteOrder, status, &body) else {
            panic!("{body}")
        };
        assert!(why.contains("It names the order number ON-77") && !why.contains(": ."), "{why}");
    }
    // Its last digits are lost: no number is told that Px never said.
    let long: Value = serde_json::from_str(r#"{ "orderNumber": 98765432109876543210 }"#).unwrap();
    let Outcome::Failed(Failure::Unknown(why)) = json(Call::CompleteOrder, 200, &long) else { panic!() };
    assert!(
        why.contains("the order number (about 9.876543210987654e+19: too long to be read whole)"),
        "{why}"
    );
    let created =
        json(Call::CompleteOrder, 201, &json!({ "txId": "t", "orderNumber": "ON-77", "orderStatus": "OK" }));
    let Outcome::Failed(Failure::Unknown(why)) = created else { panic!("{created:?}") };
    assert!(why.starts_with("Px answered HTTP 201, which is not documented, with an order number."), "{why}");
    let theirs = json!({ "orderNumber": "ON-77", "partnerOrderId": "another" });
    let said = json(Call::CompleteOrder, 200, &theirs);
    assert!(matches!(&said, Outcome::Failed(Failure::Unknown(why)) if !why.contains("ON-77")), "{said:?}");
}

#[test]
fn the_internal_code_is_kept_as_it_came() {
    let code = |body: Value| refusal(json(Call::CompleteOrder, 401, &body)).internal_code;
    assert_eq!(code(json!({"internalMessageCode": 2131})).as_deref(), Some("2131"));
    let asked = |body: Value| refusal(json(Call::RetrieveRcc, 400, &body)).internal_code;
    assert_eq!(asked(json!({"internalMessageCode": "12\u{0}34"})).as_deref(), Some("12<U+0000>34"));
    let long = asked(json!({"internalMessageCode": "9".repeat(5_000)}));
    assert!(long.is_some_and(|code| code.chars().count() <= 200), "it stands in a line of a list");
    let down = "Payment system is down please contact CenturyLink at 1; TxID 9";
    assert_eq!(
        code(json!({"userMessage": down, "code": "401"})),
        None,
        "the status again is no internal code"
    );
    assert_eq!(code(json!({"salesCode": "2030", "userMessage": down})), None, "nor is an echo of the order");
}

#[test]
fn an_undocumented_error_is_shown_as_it_came_but_settles_nothing_for_complete() {
    for body in [
        json!({"internalMessageCode": "9999", "userMessage": "Odd.\u{1b} TxID 5", "apiStatusCode": 410}),
        json!({"code": "9999", "message": "Odd.\u{1b} TxID 5"}),
    ] {
        let error = refusal(json(Call::RetrieveRcc, 401, &body));
        assert_eq!(error.row, None);
        assert_eq!(error.internal_code.as_deref(), Some("9999"));
        assert_eq!(error.user_message, "Odd.\u{1b} TxID 5");
        assert_eq!(error.tx_id.as_deref(), Some("5"));
        let Outcome::Failed(Failure::Unknown(why)) = json(Call::CompleteOrder, 401, &body) else {
            panic!("{body}")
        };
        assert!(why.contains("401") && why.contains("9999") && why.contains("Odd.<U+001B> TxID 5"), "{why}");
    }
    let other_call = json!({"internalMessageCode": "4050", "userMessage": "x"});
    assert!(is_unknown(&json(Call::CompleteOrder, 500, &other_call)), "documented for another call only");
}

#[test]
fn complete_is_unclear_unless_an_order_number_came() {
    let unclear = [
        "",
        " ",
        "<html>2130</html>",
        "{}",
        "[]",
        "null",
        "OK",
        "{\"orderNumber\":\"1",
        "[{\"orderNumber\":1}]",
    ];
    for body in unclear {
        for status in [200, 201, 202, 204, 301, 302, 429, 500, 502, 503, 504] {
            assert!(is_unknown(&reply(Call::CompleteOrder, status, body)), "{status} {body}");
        }
    }
    let complete = |status, body: Value| json(Call::CompleteOrder, status, &body);
    for body in [
        json!({"orderNumber": ""}),
        json!({"orderNumber": null}),
        json!({"orderNumber": [1]}),
        json!({"orderNumber": 1e30}),
        json!({"orderNumber": "1", "transactionId": "8"}),
        json!({"orderNumber": "1", "orderDetails": {"ids": [{"PartnerOrderID": "2001"}]}}),
        json!({"orderNumber": "1", "internalMessageCode": "2130", "userMessage": "Already"}),
        json!({"orderNumber": "1", "userMessage": "Order shows already submitted and may not be submitted again"}),
        json!({"orderNumber": "1", "internalMessageCode": "9999"}),
        json!({"orderNumber": "1", "fault": {"faultstring": "Gateway Timeout"}}),
    ] {
        assert!(is_unknown(&complete(200, body.clone())), "{body}");
    }
    assert!(is_unknown(&complete(500, json!({"orderNumber": "1"}))));
    assert!(is_unknown(&complete(201, json!({"orderNumber": "1"}))));
}

#[test]
fn a_reply_for_another_order_is_no_answer_to_any_call() {
    for call in Call::ALL {
        let good = json!({"rccText": "t", "accepted": true, "orderNumber": "1", "sentAt": "x"});
        for (key, value) in [("transactionId", json!("8")), ("partner_order_id", json!(2001))] {
            let mut body = good.clone();
            body[key] = value;
            assert!(is_unknown(&json(call, 200, &body)), "{call} {body}");
        }
        let mut ours = good.clone();
        ours["transactionId"] = json!(7);
        ours["partnerOrderId"] = json!(null);
        assert!(!matches!(json(call, 200, &ours), Outcome::Failed(_)), "{call}");
    }
}

#[test]
fn a_message_that_is_too_long_is_cut() {
    let long = json!({"userMessage": "m".repeat(100_000), "internalMessageCode": "2000"});
    assert_eq!(refusal(json(Call::CompleteOrder, 401, &long)).user_message.len(), MESSAGE_CHARS);
}

/// What is no message, though a piece of it sounds like one, settles nothing.
#[test]
fn only_a_bare_text_can_be_an_error_without_json() {
    let already = "Order shows already submitted and may not be submitted again; TxID 7f3a";
    let read = |content_type, body: &str| {
        classify(
            Call::CompleteOrder,
            &Reply { status: 410, content_type, body: body.as_bytes() },
            &identity(),
        )
    };
    let why = |outcome| match outcome {
        Outcome::Failed(Failure::Unknown(why)) => why,
        other => panic!("{other:?}"),
    };
    let row = |outcome| refusal(outcome).row;
    assert_eq!(row(read(None, already)).as_deref(), Some("complete_order/2130"));
    assert_eq!(row(read(Some("text/plain"), already)).as_deref(), Some("complete_order/2130"));
    assert!(why(read(Some("Text/HTML; charset=utf-8"), already)).contains("a page of HTML"));
    assert!(why(read(None, &format!("<p>{already}"))).contains("a page of HTML"));
    for start in ["{\"userMessage\":\"", "[\"", "\""] {
        assert!(why(read(None, &format!("{start}{already}"))).contains("cannot be read"), "{start}");
    }
    assert!(why(read(None, "Bad gateway")).contains("with a text: Bad gateway"));
}

/// In an answer a `code` may be anything's; only what is an error's by its name, or has a message beside it, is one.
#[test]
fn a_code_beside_an_answer_is_an_error_only_by_its_name_or_its_message() {
    let retrieved = |body: Value| matches!(json(Call::RetrieveRcc, 200, &body), Outcome::Rcc { .. });
    let row = |call, body: Value| match json(call, 200, &body) {
        Outcome::Refused(error) => error.row,
        _ => None,
    };
    for text in ["rcc", "rccText"] {
        assert!(retrieved(json!({text: "t", "code": "4040"})), "{text}");
        assert!(retrieved(json!({text: "t", "offerCode": "4040"})), "{text}");
        assert_eq!(
            row(Call::RetrieveRcc, json!({text: "t", "code": "4040", "message": "no"})).as_deref(),
            Some("retrieve_rcc/4040")
        );
        assert_eq!(
            row(Call::RetrieveRcc, json!({text: "t", "errorCode": "4040"})).as_deref(),
            Some("retrieve_rcc/4040")
        );
        assert!(retrieved(json!({text: "t", "errorStatusCode": "4040"})), "a status is no internal code");
    }
    // Without an answer any code counts, but none that names something else.
    assert_eq!(row(Call::RetrieveRcc, json!({"offerCode": "4040"})).as_deref(), Some("retrieve_rcc/4040"));
    assert_eq!(row(Call::RetrieveRcc, json!({"zipCode": "4040"})).as_deref(), Some("retrieve_rcc/4050"));
    assert_eq!(row(Call::RetrieveRcc, json!({"number": "4040"})).as_deref(), Some("retrieve_rcc/4050"));
}

#[test]
fn a_fault_beside_an_answer_unsettles_complete_alone() {
    let gateway = json!({"faultstring": "Gateway Timeout"});
    let sent = json!({"sentAt": "2026-11-20T15:04:05Z", "fault": gateway});
    assert!(matches!(json(Call::SendRcc, 200, &sent), Outcome::Sent { .. }));
    let placed = json!({"orderNumber": "N-1", "fault": gateway});
    assert!(is_unknown(&json(Call::CompleteOrder, 200, &placed)));
    // A code and a message could be anybody's: here they are the order's own.
    let placed = json!({"orderNumber": "N-1", "code": "OK", "message": "Thank you"});
    assert!(matches!(json(Call::CompleteOrder, 200, &placed), Outcome::Completed { .. }));
}

#[test]
fn a_tx_id_is_found_in_the_message() {
    for (message, id) in [
        ("Missing; TxID 7f3a-1", Some("7f3a-1")),
        ("Order TxID: 12.", Some("12")),
        ("txid=<9>, call us", Some("9")),
        ("İ TXID ä1", Some("ä1")),
        ("TxID", None),
        ("no id", None),
    ] {
        assert_eq!(error::tx_id_in(message).as_deref(), id, "{message}");
    }
}

#[test]
fn a_name_counts_once_in_each_object() {
    for once in [r#"{"a":1,"b":{"a":-1}}"#, r#"[{"a":null},{"a":1.5}]"#, r#""a""#, "true"] {
        assert!(!names_a_member_twice(once.as_bytes()), "{once}");
    }
    for twice in [r#"{"a":1,"a":1}"#, r#"[{"b":[{"a":"x","\u0061":{}}]}]"#] {
        assert!(names_a_member_twice(twice.as_bytes()), "{twice}");
    }
}

#[test]
fn a_status_of_a_wrong_path_asks_about_the_path() {
    let not_found = json!({"code": "404", "message": "Not Found", "info": "x"});
    for (status, asks) in [(404, true), (405, true), (302, true), (500, false), (503, false)] {
        for call in [Call::RetrieveRcc, Call::CompleteOrder] {
            let outcome = json(call, status, &not_found);
            let Outcome::Failed(Failure::Unknown(why)) = &outcome else { panic!("{outcome:?}") };
            assert_eq!(why.contains("base_url and the path of this call right?"), asks, "{why}");
        }
    }
}
