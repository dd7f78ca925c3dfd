//! The vendor's public test vectors (G).

use super::*;

const NONCE: &str = "nonce-xx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
const HOST_NAME: &str = "akaa-baseurl-xxxxxxxxxxx-xxxxxxxxxxxxx.luna.akamaiapis.net";

fn credentials() -> Credentials {
    Credentials {
        client_token: Secret::new("akab-client-token-xxx-xxxxxxxxxxxxxxxx"),
        client_secret: Secret::new("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx="),
        access_token: Secret::new("akab-access-token-xxx-xxxxxxxxxxxxxxxx"),
        max_body: 2048,
    }
}

fn signable<'a>(method: &'a str, path_and_query: &'a str, body: &'a [u8]) -> Signable<'a> {
    Signable { method, scheme: "https", host: HOST_NAME, path_and_query, headers: &[], body }
}

#[track_caller]
fn check(request: &Signable, signature: &str) {
    let now = "2014-03-21T19:34:21Z".parse().unwrap();
    let expected = format!(
        "EG1-HMAC-SHA256 client_token=akab-client-token-xxx-xxxxxxxxxxxxxxxx;\
         access_token=akab-access-token-xxx-xxxxxxxxxxxxxxxx;timestamp=20140321T19:34:21+0000;\
         nonce={NONCE};signature={signature}"
    );
    assert_eq!(sign(&credentials(), request, now, NONCE), expected);
}

#[test]
fn the_public_vectors_of_the_five_methods() {
    check(&signable("GET", "/", b""), "tL+y4hxyHxgWVD30X3pWnGKHcPzmrIF+LThiAOhMxYU=");
    check(&signable("GET", "/testapi/v1/t1?p1=1&p2=2", b""), "hKDH1UlnQySSHjvIcZpDMbQHihTQ0XyVAKZaApabdeA=");
    check(
        &signable("POST", "/testapi/v1/t3", b"datadatadatadatadatadatadatadata"),
        "hXm4iCxtpN22m4cbZb4lVLW5rhX8Ca82vCFqXzSTPe4=",
    );
    check(&signable("POST", "/testapi/v1/t6", b""), "1gEDxeQGD5GovIkJJGcBaKnZ+VaPtrc4qBUHixjsPCQ=");
    check(&signable("PUT", "/testapi/v1/t6", &[b'P'; 31]), "GNBWEYSEWOLtu+7dD52da2C39aX/Jchpon3K/AmBqBU=");
}

#[test]
fn of_a_long_body_only_the_beginning_is_signed() {
    for length in [2048, 2049, 5000] {
        let body = vec![b'd'; length];
        check(&signable("POST", "/testapi/v1/t3", &body), "6Q6PiTipLae6n4GsSIDTCJ54bEbHUBp+4MUXrbQCBoY=");
    }
}

#[test]
fn headers_are_signed_in_the_order_that_was_agreed() {
    let with = |headers| Signable { headers, ..signable("GET", "/testapi/v1/t4", b"") };
    check(&with(&[("X-Test1", "test-simple-header")]), "8F9AybcRw+PLxnvT+H0JRkjROrrUgsxJTnRXMzqvcwY=");
    check(
        &with(&[("X-Test1", "\"     test-header-with-spaces     \"")]),
        "ucq2AbjCNtobHfCTuS38fdkl5UDdWHZhQX46fYR8CqI=",
    );
    check(
        &with(&[("X-Test1", "     first-thing      second-thing")]),
        "WtnneL539UadAAOJwnsXvPqT4Kt6z7HMgBEwAFpt3+c=",
    );
    check(
        &with(&[("X-Test1", "t1"), ("X-Test2", "t2"), ("X-Test3", "t3")]),
        "Wus73Nx8jOYM+kkBFF2q8D1EATRIMr0WLWwpLBgkBqY=",
    );
}

#[test]
fn the_key_of_a_second_and_the_hash_of_a_body_are_those_of_the_vectors() {
    let secret = credentials().client_secret;
    let key = base64_of(mac(secret.expose().as_bytes(), &[b"20140321T19:34:21+0000"]));
    assert_eq!(std::str::from_utf8(&key), Ok("znsRMDBRqTXGJ7Ojip3/h2FGPu3LuoMYWgv9PKEnE/o="));
    assert_eq!(body_hash("GET", b"x", 10), None);
    assert_eq!(body_hash("PUT", b"x", 10), None);
    assert_eq!(body_hash("POST", b"xyz", 1), body_hash("POST", b"x", 10));
}

#[test]
fn nothing_of_the_credentials_is_shown() {
    let shown = format!("{:?}", credentials());
    assert!(!shown.contains("akab") && !shown.contains("xxx"), "{shown}");
}

#[test]
fn a_time_is_written_digit_by_digit() {
    for (now, expected) in [
        ("2026-01-02T03:04:05.999Z", "20260102T03:04:05+0000"),
        ("1999-12-31T23:59:59Z", "19991231T23:59:59+0000"),
        ("0007-10-20T10:20:30Z", "00071020T10:20:30+0000"),
        ("2026-07-01T00:30:00+02:00", "20260630T22:30:00+0000"),
    ] {
        assert_eq!(timestamp(now.parse().unwrap()), expected);
    }
}
