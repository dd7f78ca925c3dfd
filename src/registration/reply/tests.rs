use super::*;
use crate::registry::ErrorType;
use proptest::prelude::*;

const NOW: &str = "2026-11-20T15:04:05Z";
const JSON: Option<&str> = Some("application/json; charset=utf-8");

fn reply(status: u16, body: &str) -> Reply<'_> {
    let signed = NOW.parse().unwrap();
    let (location, link, range, date) = (None, None, None, None);
    let redacted = false;
    Reply { status, content_type: JSON, location, link, range, date, body: body.as_bytes(), signed, redacted }
}

fn refused(status: u16, body: &str) -> Problem {
    let call = Call { verb: Verb::Create, collection: Collection::Customers };
    match classify(call, &reply(status, body)) {
        Outcome::Refused { problem } => problem,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn why(unread: Result<impl fmt::Debug, Unread>) -> String {
    match unread.unwrap_err() {
        Unread::Failed(Failure::Unknown { why }) => why,
        other => panic!("{other:?}"),
    }
}

/// A body that is right for a call, so that only the status is looked at.
fn fitting(call: Call) -> &'static str {
    match (call.verb, call.collection) {
        (Verb::List, _) => "[]",
        (Verb::Get, Collection::Applications) => r#"{"providerApplicationId":"a","surrogateId":0}"#,
        (Verb::Get, Collection::Customers) => r#"{"providerCustomerId":"c","surrogateId":"0"}"#,
        (Verb::Get, Collection::Pairs) => {
            r#"{"applicationSurrogateId":0,"customerSurrogateId":5,"surrogateId":0}"#
        }
        (Verb::Create | Verb::Modify | Verb::Remove, _) => "",
    }
}

#[test]
fn every_status_of_every_call_has_its_class() {
    for call in Call::all() {
        for status in 100..600 {
            let outcome = classify(call, &reply(status, fitting(call)));
            match status {
                _ if status == call.succeeds_with() => {
                    assert_eq!(outcome, Outcome::Done { status, surrogate: None }, "{call}");
                }
                200..300 if call.verb == Verb::Create => {
                    assert_eq!(outcome, Outcome::Done { status, surrogate: None }, "it is not sent again");
                }
                408 | 425 | 429 => assert!(is_unknown(&outcome), "{call} {status}: {outcome:?}"),
                400..500 => assert!(
                    matches!(&outcome, Outcome::Refused { problem } if problem.status == status),
                    "{call} {status}: {outcome:?}"
                ),
                _ => assert!(is_unknown(&outcome), "{call} {status}: {outcome:?}"),
            }
        }
    }
}

fn is_unknown(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed { failure: Failure::Unknown { .. } })
}

#[test]
fn a_new_object_s_id_is_the_last_part_of_its_address_whatever_the_host() {
    let created = |location| {
        let call = Call { verb: Verb::Create, collection: Collection::Pairs };
        match classify(call, &Reply { location, ..reply(201, "") }) {
            Outcome::Done { status: 201, surrogate } => surrogate.map(|id| id.to_string()),
            other => panic!("{other:?}"),
        }
    };
    for (location, id) in [
        ("https://other.example/config-saas-registration/v1/pairs/0", Some("0")),
        ("/config-saas-registration/v1/pairs/17/", Some("17")),
        ("17", Some("17")),
        ("https://h/pairs/17?contractId=A-1234#x", Some("17")),
        ("https://h/pairs/", None),
        ("https://h/pairs/-1", None),
        ("https://h/pairs/a7", None),
        ("", None),
    ] {
        assert_eq!(created(Some(location)).as_deref(), id, "{location}");
    }
    assert_eq!(created(None), None);
    let call = Call { verb: Verb::Create, collection: Collection::Pairs };
    let accepted = classify(call, &Reply { location: Some("/jobs/7"), ..reply(202, "") });
    assert_eq!(accepted, Outcome::Done { status: 202, surrogate: None }, "that is no object");
}

#[test]
fn lists_are_read_in_both_spellings_of_ids_and_with_or_without_names() {
    let listed = objects(
        Collection::Customers,
        &reply(
            200,
            r#"[{"customerName":"custName1","providerCustomerId":"custId1","surrogateId":2,"more":{"x":[1]}},
               {"providerCustomerId":"custId2","surrogateId":"0"},
               {"providerCustomerId":"custId3","customerName":"","surrogateId":"7"},
               {"providerCustomerId":"custId4","customerName":null,"surrogateId":8},
               {"providerCustomerId":"custId5","customerName":"a\u200cb\tc","surrogateId":9}]"#,
        ),
    );
    let Ok(Objects::Named { listed, .. }) = listed else { panic!("{listed:?}") };
    let told: Vec<_> = listed
        .iter()
        .map(|one| {
            (one.id.as_str(), one.name.as_ref().map(crate::registry::Name::as_str), one.surrogate.as_str())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("custId1", Some("custName1"), "2"),
            ("custId2", None, "0"),
            ("custId3", None, "7"),
            ("custId4", None, "8"),
            ("custId5", Some("a\u{200c}b\tc"), "9"),
        ]
    );
    let pairs = reply(
        200,
        "\u{feff}[{\"applicationSurrogateId\":0,\"customerSurrogateId\":\"5\",\"surrogateId\":0}]",
    );
    let Ok(Objects::Pairs(pairs)) = objects(Collection::Pairs, &pairs) else { panic!() };
    assert_eq!((pairs[0].application.as_str(), pairs[0].customer.as_str()), ("0", "5"));
    assert_eq!(objects(Collection::Applications, &reply(200, " [] ")).unwrap().count(), 0);
}

#[test]
fn an_entry_that_does_not_fit_is_named_with_its_member_and_its_value() {
    let good = r#"{"providerApplicationId":"a","surrogateId":0}"#;
    let unfit = |entries: &str| match objects(Collection::Applications, &reply(200, &format!("[{entries}]")))
    {
        Err(Unread::Unfit(why)) => why,
        other => panic!("{entries}: {other:?}"),
    };
    for (bad, says) in [
        (r#"{"providerApplicationId":"b"}"#, "its entry [1]: missing field `surrogateId`"),
        (
            r#"{"providerApplicationId":"b","surrogateId":-1}"#,
            "its entry [1]: a surrogate id is not negative",
        ),
        (
            r#"{"providerApplicationId":"b","surrogateId":"x"}"#,
            "its entry [1]: the surrogate id holds `x`, which is not a digit",
        ),
        (
            r#"{"providerApplicationId":"b","applicationName":7,"surrogateId":1}"#,
            "the application 1: invalid type: integer `7`, expected a string",
        ),
        ("null", "its entry [1]: invalid type: null, expected struct Application"),
    ] {
        let expected = format!("the list of applications cannot be used: {says}");
        assert_eq!(unfit(&format!("{good},{bad}")), expected, "{bad}");
    }
    let entry =
        |n: usize| format!(r#"{{"providerApplicationId":"a","applicationName":7,"surrogateId":{n}}}"#);
    let many: Vec<_> = (0..11).map(entry).collect();
    let said = unfit(&many.join(","));
    assert!(said.contains("the application 7: ") && said.ends_with("; and 3 more"), "{said}");
}

#[test]
fn an_object_whose_id_cannot_be_one_is_named_and_does_not_hide_the_others() {
    let good = r#"{"providerApplicationId":"a","surrogateId":0}"#;
    for (bad, says) in [
        (r#"{"surrogateId":1}"#, "the application 1: it has no providerApplicationId"),
        (
            r#"{"providerApplicationId":"","surrogateId":1}"#,
            "the application 1: its providerApplicationId \"\" is empty",
        ),
        (
            r#"{"providerApplicationId":"Müller","surrogateId":"9"}"#,
            "the application 9: its providerApplicationId \"Müller\" holds `ü` (U+00FC), which is not ASCII; only ASCII \
             letters, digits, signs and spaces are allowed",
        ),
        (
            r#"{"providerApplicationId":123,"surrogateId":9}"#,
            "the application 9: its providerApplicationId is 123, which is not a text",
        ),
    ] {
        let told = objects(Collection::Applications, &reply(200, &format!("[{bad},{good}]")));
        let Ok(Objects::Named { listed, unusable }) = told else { panic!("{bad}: {told:?}") };
        assert_eq!((listed.len(), unusable.len()), (1, 1), "{bad}");
        assert_eq!(unusable[0].to_string(), says);
    }
}

#[test]
fn what_was_taken_out_of_an_answer_makes_it_no_list() {
    let body = r#"[{"providerApplicationId":"[redacted]-crm","surrogateId":0}]"#;
    let redacted = objects(Collection::Applications, &Reply { redacted: true, ..reply(200, body) });
    let Err(Unread::Unfit(why)) = redacted else { panic!("{redacted:?}") };
    assert!(why.contains("the list of applications cannot be used") && why.contains("credentials"), "{why}");
    let one =
        Reply { redacted: true, ..reply(200, r#"{"providerApplicationId":"[redacted]","surrogateId":0}"#) };
    assert!(matches!(object(Collection::Applications, &one), Err(Unread::Unfit(_))));
    // A refusal is told without it.
    let refusal = Reply { redacted: true, ..reply(403, r#"{"detail":"[redacted]"}"#) };
    assert!(matches!(objects(Collection::Applications, &refusal), Err(Unread::Refused(_))));
}

#[test]
fn what_is_no_list_is_said_and_never_taken_for_an_empty_one() {
    let of = |content_type, body: &'static str| {
        why(objects(Collection::Pairs, &Reply { content_type, ..reply(200, body) }))
    };
    assert!(of(Some("text/html"), "sign in").contains("page of HTML"));
    assert!(of(None, "  <!doctype html>").contains("page of HTML"));
    assert!(of(JSON, "").contains("without a body"));
    assert!(of(JSON, "{}").contains("list of pairs cannot be read"));
    assert!(of(JSON, "[{\"surrogateId\":1}").contains("list of pairs cannot be read"));
    assert!(of(JSON, "null").contains("list of pairs cannot be read"));
    let get = why(object(Collection::Pairs, &reply(200, "[]")));
    assert!(get.contains("the pair cannot be read"), "{get}");
}

#[test]
fn both_shapes_of_an_error_are_read_and_the_http_status_wins() {
    let nested = refused(
        404,
        r#"{"error":{"type":"https://problems.example/NOT_FOUND","title":"resource not found",
            "detail":"resource 3 was not found in the system.","instance":"x","httpStatus":500}}"#,
    );
    assert_eq!((nested.status, nested.error), (404, Some(ErrorType::NotFound)));
    assert_eq!(
        nested.to_string(),
        "HTTP 404 NOT_FOUND: resource not found: resource 3 was not found in the system."
    );
    let flat = refused(
        404,
        r#"{"type":"/errors/x","title":"Not Found","status":404,"instance":"y","method":"GET"}"#,
    );
    assert_eq!((flat.error, flat.title.as_deref(), flat.detail), (None, Some("Not Found"), None));
    for (status, body, error) in [
        (403, r#"{"error":{"type":"NOT_AUTHORIZED"}}"#, Some(ErrorType::NotAuthorized)),
        (409, r#"{"errors":[{"code":{"is":"CONFLICT"}}]}"#, Some(ErrorType::Conflict)),
        (400, r#"["INVALID_ARGUMENT"]"#, Some(ErrorType::InvalidArgument)),
        (400, r#"{"BAD_REQUEST":true}"#, Some(ErrorType::BadRequest)),
        (400, r#"{"title":"NOT_FOUND_AT_ALL"}"#, None),
        (400, r#"{"error":"because"}"#, None),
    ] {
        assert_eq!(refused(status, body).error, error, "{body}");
    }
    assert_eq!(refused(400, r#"{"error":"because"}"#).detail.as_deref(), Some("because"));
}

#[test]
fn what_a_server_says_is_quoted_and_a_page_is_not_a_message() {
    let said = |content_type, body: &str| {
        let call = Call { verb: Verb::Remove, collection: Collection::Pairs };
        match classify(call, &Reply { content_type, ..reply(400, body) }) {
            Outcome::Refused { problem } => problem.detail,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(said(JSON, r#"{"detail":"a\u001b[2Jb","title":"t"}"#).as_deref(), Some("a<U+001B>[2Jb"));
    assert_eq!(said(JSON, &format!(r#"{{"detail":"{}"}}"#, "x".repeat(5000))).unwrap().chars().count(), 200);
    assert_eq!(said(Some("text/plain"), "no such thing\n").as_deref(), Some("no such thing"));
    for (kind, body) in
        [(JSON, "<html>"), (Some("text/html"), "sorry"), (JSON, "{\"detail\":\"cut"), (None, "")]
    {
        assert_eq!(said(kind, body), None, "{body}");
    }
}

#[test]
fn a_clock_that_is_off_is_told_by_how_much() {
    let gateway = r#"{"type":"https://problems.example/-/pep-authn/request-error","title":"Bad request","status":400,
        "detail":"Invalid timestamp","instance":"x","method":"GET","requestId":"af1","requestTime":"2026-11-20T15:02:05Z"}"#;
    let ahead = refused(400, gateway);
    assert!(ahead.is_clock() && ahead.is_for_all());
    assert_eq!((ahead.clock_ahead, ahead.request_id.as_deref()), (Some(120), Some("af1")));
    assert_eq!(refused(403, gateway).clock_ahead, Some(120));
    let behind = gateway.replace("15:02:05Z", "16:04:05+00:00");
    assert_eq!(refused(400, &behind).clock_ahead, Some(-3600));
    let call = Call { verb: Verb::List, collection: Collection::Pairs };
    let dated = Reply {
        date: Some("Fri, 20 Nov 2026 15:03:05 GMT"),
        ..reply(400, r#"{"title":"Bad request","detail":"Invalid timestamp"}"#)
    };
    let Outcome::Refused { problem } = classify(call, &dated) else { panic!() };
    assert_eq!(problem.clock_ahead, Some(60));
    assert_eq!(refused(400, r#"{"detail":"Invalid timestamp"}"#).clock_ahead, None);
    assert_eq!(refused(400, r#"{"detail":"other","requestTime":"2026-11-20T15:02:05Z"}"#).clock_ahead, None);
}

#[test]
fn a_doubt_says_what_was_answered() {
    let call = Call { verb: Verb::Create, collection: Collection::Customers };
    let says = |status, body| match classify(call, &reply(status, body)) {
        Outcome::Failed { failure } => failure.why().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(says(500, r#"{"title":"Oops"}"#), "the server answered HTTP 500: Oops");
    assert_eq!(says(200, "<html>"), "the server answered HTTP 200 where 201 was expected");
    assert!(says(307, "").contains("not followed"));
}

/// Bodies that are nearly right, and some that are nothing.
fn bodies() -> impl Strategy<Value = String> {
    let entry = prop_oneof![
        Just(r#"{"providerCustomerId":"c","customerName":"N","surrogateId":1}"#.to_owned()),
        Just(r#"{"applicationSurrogateId":0,"customerSurrogateId":"5","surrogateId":0}"#.to_owned()),
        Just(r#"{"providerApplicationId":"a","surrogateId":"\u001b[2J"}"#.to_owned()),
        ".{0,20}",
    ];
    let list = proptest::collection::vec(entry.clone(), 0..4).prop_map(|all| format!("[{}]", all.join(",")));
    let error = (".{0,30}", ".{0,30}").prop_map(|(title, detail)| {
        serde_json::json!({ "error": { "type": "NOT_FOUND", "title": title, "detail": detail } }).to_string()
    });
    prop_oneof![entry, list, error, ".{0,60}"]
}

proptest! {
    #[test]
    fn whatever_comes_back_has_one_meaning_and_hides_nothing(
        status in 100u16..600,
        body in bodies(),
        kind in proptest::option::of(".{0,20}"),
        location in proptest::option::of(".{0,30}"),
    ) {
        for call in Call::all() {
            let (content_type, location) = (kind.as_deref(), location.as_deref());
            let outcome = classify(call, &Reply { content_type, location, ..reply(status, &body) });
            prop_assert!(!outcome.to_string().contains(crate::text::is_invisible), "{outcome:?}");
            match &outcome {
                Outcome::Done { .. } => {
                    let is_taken = call.verb == Verb::Create && (200..300).contains(&status);
                    prop_assert!(is_taken || status == call.succeeds_with());
                }
                Outcome::Refused { problem } => prop_assert!(is_refusal(status) && problem.status == status),
                Outcome::Failed { failure } => {
                    prop_assert!(is_unknown(&outcome) && !is_refusal(status), "{failure:?}");
                }
            }
        }
    }
}

#[test]
fn a_list_that_goes_on_on_another_page_is_no_list() {
    let listed = |link| objects(Collection::Customers, &Reply { link: Some(link), ..reply(200, "[]") });
    for next in [
        r#"<https://h/customers?page=2>; rel="next""#,
        "<?page=1>; rel=prev, <?page=3>; REL=Next",
        r#"<?page=3>; title="x"; rel = "last next""#,
    ] {
        assert!(why(listed(next)).contains("goes on on another page"), "{next}");
    }
    for other in [r#"<https://h/next>; rel="self""#, "<?page=1>; rel=prev", "next"] {
        assert!(listed(other).is_ok(), "{other}");
    }
}

#[test]
fn a_part_of_a_list_is_no_list() {
    let listed = |range| objects(Collection::Customers, &Reply { range: Some(range), ..reply(200, "[]") });
    for part in [
        "items 0-99/250",
        "items 100-249/250",
        "items 0-99/*",
        "items */250",
        "bytes 0-99/250",
        "0-99/250",
        "items 0-18446744073709551615/5",
        "items",
        "",
    ] {
        assert!(why(listed(part)).contains("a part of the list of customers"), "{part}");
    }
    for whole in ["items 0-249/250", "items */0", "bytes 0-1/2"] {
        assert!(listed(whole).is_ok(), "{whole}");
    }
    let partial = objects(Collection::Pairs, &reply(206, "[]"));
    assert!(why(partial).contains("a part of the list of pairs"));
}
