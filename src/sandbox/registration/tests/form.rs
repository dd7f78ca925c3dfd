//! What a form must be like.

use super::{Asked, BASE, CLIENT, Registration, call};
use crate::sandbox::planned::Answer;
use crate::sandbox::registration::edgegrid::Authorization;
use serde_json::json;

#[test]
fn what_is_encoded_arrives_decoded() {
    let mut empty = Registration::new();
    empty
        .create("create_customer", "customerName=Caf%C3%A9+%26+50%25%2B%0A&providerCustomerId=a+b%26c%3D%2B");
    let body = json!({
        "customerName": "Café & 50%+\n", "providerCustomerId": "a b&c=+", "surrogateId": "0",
    });
    assert_eq!(empty.ask("get_customer", "0", "").1, body);
    empty.create("create_customer", "providerCustomerId=e&customerName=");
    assert_eq!(empty.ask("get_customer", "1", "").1["customerName"], "");
}

#[test]
fn an_id_is_one_to_fifty_printable_ascii_characters() {
    let mut empty = Registration::new();
    for (create, put, id) in [
        ("create_customer", "modify_customer", "providerCustomerId"),
        ("create_application", "modify_application", "providerApplicationId"),
    ] {
        empty.create(create, &format!("{id}={}", "x".repeat(50)));
        empty.create(create, &format!("{id}=%20~"));
        let long = "x".repeat(51);
        for bad in ["", long.as_str(), "caf%C3%A9", "a%0Ab", "a%7F", "%00"] {
            let form = format!("{id}={bad}");
            empty.refused(create, "", &form, 400, "INVALID_ARGUMENT", id);
            empty.refused(put, "0", &form, 400, "INVALID_ARGUMENT", id);
        }
        empty.refused(create, "", "other=1", 400, "INVALID_ARGUMENT", "missing");
        empty.refused(create, "", "", 400, "INVALID_ARGUMENT", "missing");
        empty.refused(put, "0", "", 400, "BAD_REQUEST", "nothing");
        empty.refused(put, "0", "other=1", 400, "BAD_REQUEST", "nothing");
    }
}

#[test]
fn of_two_names_of_an_id_the_deprecated_one_counts_alone() {
    let mut empty = Registration::new();
    empty.create("create_customer", "customerId=old");
    empty.create("create_customer", "customerId=%00&providerCustomerId=new");
    empty.create("create_application", "applicationId=old");
    assert_eq!(empty.ask("get_customer", "0", "").1["providerCustomerId"], "old");
    assert_eq!(empty.ask("get_customer", "1", "").1["providerCustomerId"], "new");
    assert_eq!(empty.ask("get_application", "0", "").1["providerApplicationId"], "old");
    assert_eq!(empty.ask("modify_customer", "0", "customerId=older").0, 204);
    assert_eq!(empty.ask("get_customer", "0", "").1["providerCustomerId"], "older");
}

#[test]
fn what_is_no_form_is_refused() {
    let mut empty = Registration::new();
    for form in ["providerCustomerId=%", "providerCustomerId=%ff", "customerName=%e2%82&providerCustomerId=a"]
    {
        empty.refused("create_customer", "", form, 400, "BAD_REQUEST", "");
    }
    let twice = "providerCustomerId=a&providerCustomerId=a";
    empty.refused("create_customer", "", twice, 400, "BAD_REQUEST", "twice");
    let target = format!("{BASE}/customers?contractId=A-1234");
    let asked = Asked { method: "POST", target: &target, body: b"providerCustomerId=a" };
    for kind in [None, Some("application/json"), Some("customer/x-www-form-urlencoded"), Some("")] {
        let header = CLIENT.sign(empty.now, asked);
        let planned = empty.plan_as(call("create_customer"), asked, Authorization::Given(&header), kind);
        assert!(matches!(planned.answer, Answer::Message(m) if m.status == 400), "{kind:?}");
    }
    let header = CLIENT.sign(empty.now, asked);
    let kind = Some("APPLICATION/X-WWW-FORM-URLENCODED");
    let planned = empty.plan_as(call("create_customer"), asked, Authorization::Given(&header), kind);
    assert!(matches!(planned.answer, Answer::Message(m) if m.status == 201));
    assert_eq!(empty.world().customers.len(), 1);
}

#[test]
fn a_path_names_an_object_by_a_number() {
    let mut practice = Registration::practice();
    for segment in ["x", "-1", "+1", "1.0", "0x1", "%31", "1%20", "..."] {
        for name in ["get_customer", "remove_pair"] {
            practice.refused(name, segment, "", 400, "INVALID_ARGUMENT", "surrogateId");
        }
        practice.refused("modify_application", segment, "applicationName=x", 400, "INVALID_ARGUMENT", "");
    }
    assert_eq!(practice.ask("get_customer", "1/", "").0, 200);
    assert_eq!(practice.ask("get_customer", "99999999999999999999999", "").0, 404);
}
