use super::*;
use crate::order::{Details, Method, Section, remedy::Remedy};
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

fn is_credentials(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed(Failure::Credentials(_)))
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

#[test]
fn the_internal_code_is_kept_as_it_came() {
    let code = |body: Value| refusal(json(Call::CompleteOrder, 401, &body)).internal_code;
    assert_eq!(code(json!({"internalMessageCode": 2131})).as_deref(), Some("2131"));
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

/// Bodies that the gateway refuses a token with: all of them exactly as they are listed.
fn token_faults() -> [Value; 5] {
    let apigee = |text, code| json!({"fault": {"faultstring": text, "detail": {"errorcode": code}}});
    [
        json!({"ErrorCode": "invalid_client", "Error": "Client credentials are invalid"}),
        json!({"reason": "Unauthorized", "message": "000 -- Authentication required", "code": "missingCredentials"}),
        apigee("Invalid Access Token", "keymanagement.service.invalid_access_token"),
        apigee("Access Token expired", "keymanagement.service.access_token_expired"),
        apigee("Invalid access token", "oauth.v2.InvalidAccessToken"),
    ]
}

#[test]
fn a_listed_fault_is_about_credentials_for_every_call() {
    for fault in token_faults() {
        for call in Call::ALL {
            assert!(is_credentials(&json(call, 401, &fault)), "{call} {fault}");
            assert!(is_unknown(&json(call, 500, &fault)), "{call} {fault}");
            assert!(is_unknown(&json(call, 200, &fault)), "{call} {fault}");
        }
        assert!(is_unknown(&json(Call::CompleteOrder, 403, &fault)), "another status: {fault}");
    }
    let quota = json!({"fault": {"faultstring": "Rate limit", "detail": {"errorcode": "policies.quota"}}});
    assert!(is_unknown(&json(Call::CompleteOrder, 403, &quota)));
    assert!(is_unknown(&json(Call::CompleteOrder, 429, &quota)));
    let missing = json!({"code": "404", "message": "Not Found", "info": "i"});
    assert!(is_unknown(&json(Call::RetrieveRcc, 404, &missing)));
}

/// Whatever is changed in a listed fault, or added to it, leaves a Complete in doubt.
#[test]
fn a_listed_fault_with_a_word_a_member_or_a_name_more_leaves_complete_in_doubt() {
    let is_in_doubt = |body: &str| is_unknown(&reply(Call::CompleteOrder, 401, body));
    for fault in token_faults() {
        let text = fault.to_string();
        let last = text.rfind("\"}").unwrap();
        let with = |more: &str| format!("{}{more}{}", &text[..=last], &text[last + 1..]);
        for body in [
            with(r#","orderNumber":"N-1""#),
            with(r#","order":{"number":7}"#),
            with(r#","info":"""#),
            format!(r#"{{"orderNumber":"N-1",{}"#, &text[1..]),
            format!("[{text}]"),
            format!(r#"{{"error":{text}}}"#),
            text.replacen("nvalid", "nvalid order", 1)
                .replacen("000 --", "000 -- payment pending:", 1)
                .replacen("expired", "expired while the order was saved", 1),
            text.to_uppercase(),
            format!("{text}{text}"),
        ] {
            assert!(body != text && is_in_doubt(&body), "{body}");
        }
    }
    let twice = r#"{"ErrorCode":"invalid_client","Error":"Order saved, in review","Error":"Invalid client"}"#;
    assert!(is_in_doubt(twice), "a reader keeps the last of the two");
    let lookalikes = [
        json!({"code": "401", "message": "Unauthorized", "info": "i"}),
        json!({"code": "401", "message": "Unauthorized"}),
        json!({"fault": {"faultstring": "Access Token expired"}}),
        json!({"fault": {"faultstring": "Access Token expired", "detail": {"errorcode": "steps.oauth.v2.FailedToResolve"}}}),
        json!({"ErrorCode": "invalid_client", "Error": null}),
        json!({"ErrorCode": "invalid_client"}),
        json!({"errorCode": "invalid_client", "error": "Invalid client"}),
        json!({"message": "000 -- Authentication required", "code": "missingCredentials"}),
        json!({"fault": ["Invalid Access Token", ["keymanagement.service.invalid_access_token"]]}),
    ];
    for body in lookalikes {
        for status in [401, 403] {
            assert!(is_unknown(&json(Call::CompleteOrder, status, &body)), "{status} {body}");
        }
        assert!(is_credentials(&json(Call::RetrieveRcc, 401, &body)), "a likeness will do: {body}");
    }
}

#[test]
fn a_401_that_says_nothing_is_about_the_token_except_for_complete() {
    for body in ["", "<html>Unauthorized</html>", "Unauthorized", "{}", "{\"userMessage"] {
        for call in [Call::RetrieveRcc, Call::SendRcc, Call::GetRccAcceptance] {
            assert!(is_credentials(&reply(call, 401, body)), "{call} {body}");
        }
        assert!(is_unknown(&reply(Call::CompleteOrder, 401, body)), "{body}");
    }
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

#[test]
fn before_complete_a_403_is_about_the_token_by_its_words() {
    let bare = |message: &str| json!({"code": "x", "message": message});
    assert!(is_credentials(&json(Call::SendRcc, 403, &bare("Invalid client"))));
    assert!(is_unknown(&json(Call::CompleteOrder, 403, &bare("Invalid client"))));
    let distinct = json!({"code": "x", "message": "No", "reason": "r"});
    assert!(is_unknown(&json(Call::SendRcc, 403, &distinct)), "403 has other reasons, too");
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
