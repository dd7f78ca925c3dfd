use super::*;

const KEY: &str = "SOME-UNIQUE-IDENTIFIER";

fn ids() -> Ids {
    Ids {
        customer_id: CustomerId::new("1234").unwrap(),
        provisioning_id: ProvisioningId::new("9ddz0a5e").unwrap(),
        product_id: 123,
    }
}

fn sku(name: &str) -> Sku {
    Sku::new(name).unwrap()
}

fn count(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

#[track_caller]
fn check(request: &Request, expected: &str) {
    assert_eq!(String::from_utf8(request.body(&Secret::new(KEY)).to_vec()).unwrap(), expected);
    let empty = expected.replace(KEY, "");
    assert_eq!(request.digest(), Digest::of(empty.as_bytes()), "the hash knows no key");
}

#[test]
fn the_bodies_are_those_of_the_contract() {
    let skus = [sku("A"), sku("B")];
    let list = r#"{"providerKey":"SOME-UNIQUE-IDENTIFIER","customerId":"1234","provisioningId":"9ddz0a5e","productId":123,"productSkus":["A","B"]}"#;
    check(&Request::start_billing(&ids(), &skus), list);
    check(&Request::end_usage(&ids(), &skus), list);
    check(
        &Request::usage(&ids(), &sku("A"), count("100.5")),
        r#"{"providerKey":"SOME-UNIQUE-IDENTIFIER","customerId":"1234","provisioningId":"9ddz0a5e","productSku":"A","productId":123,"usageCount":100.5}"#,
    );
    check(
        &Request::track(
            "Back-up",
            &CustomerId::new("1234").unwrap(),
            "2026-11-20T15:04:05Z".parse().unwrap(),
        ),
        r#"{"partnerKey":"SOME-UNIQUE-IDENTIFIER","serviceName":"Back-up","customerId":"1234","purchasedAt":"2026-11-20T15:04:05Z"}"#,
    );
}

#[test]
fn version_1_has_its_own_order_and_strings_alone() {
    let update = |expired, date: Option<&str>, amount: Option<&str>| {
        let date = date.map(|date| date.parse().unwrap());
        let coid = CustomerId::new("77").unwrap();
        Request::update_subscription(&coid, expired, date, &sku("A"), amount.map(count))
    };
    let ended = update(true, Some("2026-11-30"), None);
    assert_eq!(ended.call, Call::UpdateSubscription);
    check(
        &ended,
        r#"{"coid":"77","expired":"true","expired-date":"2026-11-30","sku":"A","providerkey":"SOME-UNIQUE-IDENTIFIER"}"#,
    );
    let counted = update(false, None, Some("7.25"));
    assert_eq!(counted.call, Call::UpdateCount);
    check(
        &counted,
        r#"{"coid":"77","expired":"false","sku":"A","count":"7.25","providerkey":"SOME-UNIQUE-IDENTIFIER"}"#,
    );
}

#[test]
fn a_count_is_written_digit_by_digit_and_nothing_comes_after_it() {
    for text in
        ["0", "1", "100.5", "0.1", "123456789012345.12345", "999999999999999.9999999999", "0.0000000001"]
    {
        let body = Request::usage(&ids(), &sku("A"), count(text)).body(&Secret::new(KEY));
        assert!(String::from_utf8_lossy(&body).ends_with(&format!(",\"usageCount\":{text}}}")), "{text}");
        for end in 0..body.len() {
            assert!(serde_json::from_slice::<serde_json::Value>(&body[..end]).is_err(), "{text}: {end}");
        }
    }
}

#[test]
fn a_body_is_made_in_the_room_it_was_given() {
    let long = "\u{e9}\"\\".repeat(50);
    let skus = vec![sku(&long); 40];
    let key = Secret::new("\"".repeat(500));
    let requests = [
        Request::start_billing(&ids(), &skus),
        Request::usage(&ids(), &skus[0], count("999999999999999.9999999999")),
        Request::track(&long, &CustomerId::new(long.as_str()).unwrap(), Timestamp::MAX),
        Request::update_subscription(
            &CustomerId::new(long.as_str()).unwrap(),
            true,
            Some(Date::MAX),
            &skus[0],
            Some(count("999999999999999.9999999999")),
        ),
    ];
    for request in requests {
        let room = FRAME + ESCAPED * (key.expose().len() + request.content.length());
        assert!(request.body(&key).len() <= room, "{request:?}");
    }
}

#[test]
fn the_same_values_are_the_same_bytes_and_debug_hides_them() {
    let usage = |text: &str| Request::usage(&ids(), &sku("A"), count(text));
    assert_eq!(usage("1.50").digest(), usage("1.5").digest());
    assert_ne!(usage("1.5").digest(), usage("1.6").digest());
    assert_eq!(format!("{:?}", usage("1.5")), "Request { call: ReportUsage, .. }");
}
