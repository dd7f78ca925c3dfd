//! What says that a token was refused, and what only resembles it.

use super::{is_unknown, json, reply};
use crate::order::{Call, Failure, Outcome};
use serde_json::Value;

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
    let escaped = r#"{"fault":{"orderNumber":"7"},"fault":{"faultstring":"\u0022Invalid\u0022 \u0022access\u0022 \u0022token\u0022","detail":{"errorcode":"keymanagement.service.invalid_access_token"}}}"#;
    assert!(is_in_doubt(escaped), "a mark that is escaped stands for none that was lost");
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
fn before_complete_a_403_is_about_the_token_by_its_words() {
    let bare = |message: &str| json!({"code": "x", "message": message});
    assert!(is_credentials(&json(Call::SendRcc, 403, &bare("Invalid client"))));
    assert!(is_unknown(&json(Call::CompleteOrder, 403, &bare("Invalid client"))));
    let distinct = json!({"code": "x", "message": "No", "reason": "r"});
    assert!(is_unknown(&json(Call::SendRcc, 403, &distinct)), "403 has other reasons, too");
}

fn is_credentials(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed(Failure::Credentials(_)))
}
