//! Who is let in.

use super::{Asked, BASE, CLIENT, Registration, Signer, call};
use crate::sandbox::planned::Answer;
use crate::sandbox::registration::edgegrid::Authorization;
use serde_json::Value;

const LIST: Asked<'static> =
    Asked { method: "GET", target: "/config-saas-registration/v1/customers?contractId=A-1234", body: b"" };

/// Status, title and detail of the gateway's answer; an API's own answer has no `requestId`.
fn said(registration: &mut Registration, asked: Asked<'_>, header: Authorization<'_>) -> (u16, String) {
    let name = match asked.method {
        "POST" => "create_customer",
        "PUT" => "modify_customer",
        _ => "list_customers",
    };
    let Answer::Message(message) = registration.plan(call(name), asked, header).answer else { panic!() };
    if message.status < 300 {
        return (message.status, String::new());
    }
    let body: Value = serde_json::from_str(&message.body).unwrap();
    for member in ["type", "title", "instance", "method", "serverIp", "clientIp", "requestId"] {
        assert!(body[member].is_string(), "{member}: {body}");
    }
    assert_eq!(body["requestTime"], "2026-11-26T12:00:00.25Z");
    (message.status, body["detail"].as_str().unwrap().to_owned())
}

fn from(client: Signer<'_>) -> (u16, String) {
    let mut registration = Registration::new();
    let header = client.sign(registration.now, LIST);
    said(&mut registration, LIST, Authorization::Given(&header))
}

#[test]
fn a_client_of_practice_is_let_in_within_half_a_minute() {
    for off in [0, -1, 29, -29, 30] {
        assert_eq!(from(Signer { off, ..CLIENT }).0, 200, "{off}");
    }
    for off in [31, -31, 3600, -86_400] {
        assert_eq!(from(Signer { off, ..CLIENT }), (400, "Invalid timestamp".to_owned()), "{off}");
    }
}

#[test]
fn the_help_has_the_credentials_of_practice() {
    let help = include_str!("../../../../assets/docs/sandbox.md");
    for (name, value) in [
        ("client_token", CLIENT.client_token),
        ("client_secret", CLIENT.client_secret),
        ("access_token", CLIENT.access_token),
    ] {
        assert!(help.contains(&format!("    {name} = {value}\n")), "{name}");
    }
}

#[test]
fn nobody_else_is() {
    let no_match = (401, "The signature does not match".to_owned());
    assert_eq!(from(Signer { client_token: "akab-x", ..CLIENT }), no_match);
    assert_eq!(from(Signer { access_token: "akab-x", ..CLIENT }), no_match);
    assert_eq!(from(Signer { client_secret: "x", ..CLIENT }), no_match);
    let mut registration = Registration::new();
    let missing = said(&mut registration, LIST, Authorization::Missing);
    assert!(missing.0 == 401 && missing.1.contains("missing"), "{missing:?}");
    let header = CLIENT.sign(registration.now, LIST);
    for bad in [header.replace("EG1", "EG2"), header.replace(";nonce", "; nonce"), "Basic x".to_owned()] {
        assert_eq!(said(&mut registration, LIST, Authorization::Given(&bad)).0, 400, "{bad}");
    }
    assert_eq!(said(&mut registration, LIST, Authorization::Unreadable).0, 400);
    let (begins, _) = header.split_once("signature=").unwrap();
    for signature in ["x", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] {
        let bad = format!("{begins}signature={signature}");
        assert_eq!(said(&mut registration, LIST, Authorization::Given(&bad)), no_match, "{signature}");
    }
    let ledger = registration.state.ledger.shown();
    assert_eq!(ledger["turnedAway"]["bad_signature"], 3);
    assert_eq!(ledger["turnedAway"]["malformed"], 4);
    assert_eq!(ledger["turnedAway"]["no_authorization"], 1);
    assert!(!ledger.to_string().contains(CLIENT.client_secret));
}

#[test]
fn what_was_signed_is_what_must_arrive() {
    let mut registration = Registration::new();
    let target = format!("{BASE}/customers?contractId=A-1234");
    let signed = Asked { method: "POST", target: &target, body: b"providerCustomerId=a" };
    let header = CLIENT.sign(registration.now, signed);
    let with_slash = format!("{BASE}/customers/?contractId=A-1234");
    let escaped = format!("{BASE}/customers?contractId=A%2D1234");
    for other in [
        Asked { body: b"providerCustomerId=b", ..signed },
        Asked { body: b"", ..signed },
        Asked { target: &with_slash, ..signed },
        Asked { target: &escaped, ..signed },
        Asked { method: "GET", ..signed },
    ] {
        assert_eq!(said(&mut registration, other, Authorization::Given(&header)).0, 401);
    }
    assert_eq!(said(&mut registration, signed, Authorization::Given(&header)).0, 201);
    // Nor does the same one arrive twice.
    let again = said(&mut registration, signed, Authorization::Given(&header));
    assert_eq!(again, (401, "The signature does not match".to_owned()));
    for target in [with_slash, escaped] {
        let asked = Asked { target: &target, ..signed };
        let header = CLIENT.sign(registration.now, asked);
        assert_eq!(said(&mut registration, asked, Authorization::Given(&header)).0, 201, "{target}");
    }
}

#[test]
fn a_put_is_signed_without_its_body_and_a_post_with_its_beginning() {
    let mut registration = Registration::new();
    registration.create("create_customer", "providerCustomerId=a");
    let target = format!("{BASE}/customers/0?contractId=A-1234");
    let signed = Asked { method: "PUT", target: &target, body: b"customerName=One" };
    let header = CLIENT.sign(registration.now, signed);
    let other = Asked { body: b"customerName=Two", ..signed };
    assert_eq!(said(&mut registration, other, Authorization::Given(&header)).0, 204);
    let target = format!("{BASE}/customers?contractId=A-1234");
    let mut long = b"providerCustomerId=a&customerName=".to_vec();
    long.resize(131_072, b'x');
    let signed = Asked { method: "POST", target: &target, body: &long };
    let header = CLIENT.sign(registration.now, signed);
    let longer = [long.as_slice(), b"y"].concat();
    assert_eq!(
        said(&mut registration, Asked { body: &longer, ..signed }, Authorization::Given(&header)).0,
        201
    );
    let mut other = long.clone();
    other[131_071] = b'y';
    let header = CLIENT.sign(registration.now, signed);
    assert_eq!(
        said(&mut registration, Asked { body: &other, ..signed }, Authorization::Given(&header)).0,
        401
    );
}
