//! What the fifteen calls do.

use super::Registration;
use serde_json::json;

#[test]
fn practice_has_something_to_be_seen_and_zero_is_a_value() {
    let mut practice = Registration::practice();
    for (list, count) in [("list_applications", 2), ("list_customers", 12), ("list_pairs", 14)] {
        assert_eq!(practice.ask(list, "", "").1.as_array().unwrap().len(), count, "{list}");
    }
    let unnamed = json!({ "providerCustomerId": "lindqvist", "surrogateId": "3" });
    assert_eq!(practice.ask("get_customer", "3", ""), (200, unnamed));
    let zero = json!({ "applicationSurrogateId": 0, "customerSurrogateId": 0, "surrogateId": 0 });
    assert_eq!(practice.ask("get_pair", "0", ""), (200, zero));
    assert_eq!(practice.ask("get_application", "0", "").0, 200);
}

#[test]
fn an_object_lives_from_its_creation_to_its_removal() {
    for (one, all, id, name) in [
        ("application", "list_applications", "providerApplicationId", "applicationName"),
        ("customer", "list_customers", "providerCustomerId", "customerName"),
    ] {
        let mut empty = Registration::new();
        assert_eq!(empty.ask(all, "", ""), (200, json!([])));
        let create = format!("create_{one}");
        assert_eq!(empty.create(&create, &format!("{id}=a")), "0");
        assert_eq!(empty.create(&create, &format!("{id}=b&{name}=B")), "1");
        let (a, b) =
            (json!({ id: "a", "surrogateId": "0" }), json!({ id: "b", name: "B", "surrogateId": "1" }));
        assert_eq!(empty.ask(all, "", ""), (200, json!([a, b])));
        let put = format!("modify_{one}");
        let modified = empty.message(&put, "0", &format!("{name}=A"));
        let address = modified.location.as_deref().unwrap();
        assert_eq!((modified.status, modified.body.as_str()), (204, ""));
        assert_eq!(address, format!("https://{}{}/{one}s/0", super::HOST, super::BASE));
        let named = json!({ id: "a", name: "A", "surrogateId": "0" });
        assert_eq!(empty.ask(&format!("get_{one}"), "0", "").1, named);
        assert_eq!(empty.ask(&put, "0", &format!("{id}=c")).0, 204);
        let moved = json!({ id: "c", name: "A", "surrogateId": "0" });
        assert_eq!(empty.ask(&format!("get_{one}"), "0", "").1, moved, "the name stays");
        let change = json!({ "collection": format!("{one}s"), "surrogateId": 0, "from": "a", "to": "c" });
        assert_eq!(empty.book()["idChanges"], json!([change]));
        let removed = empty.message(&format!("remove_{one}"), "1", "");
        assert_eq!((removed.status, removed.location, removed.content_type), (204, None, None));
        assert_eq!(empty.create(&create, &format!("{id}=b")), "2", "no surrogate id is used twice");
        empty.refused(&put, "1", &format!("{name}=x"), 404, "NOT_FOUND", "resource 1 was not found");
        empty.refused(&format!("remove_{one}"), "1", "", 404, "NOT_FOUND", "resource 1");
    }
}

#[test]
fn pairs_go_with_their_customer_and_with_their_application() {
    let mut practice = Registration::practice();
    assert_eq!(practice.ask("remove_customer", "1", "").0, 204);
    let left = |r: &mut Registration| r.ask("list_pairs", "", "").1.as_array().unwrap().clone();
    let pairs = left(&mut practice);
    assert_eq!(pairs.len(), 12);
    assert!(pairs.iter().all(|pair| pair["customerSurrogateId"] != 1));
    assert_eq!(practice.ask("remove_application", "1", "").0, 204);
    let pairs = left(&mut practice);
    assert!(pairs.len() == 8 && pairs.iter().all(|pair| pair["applicationSurrogateId"] == 0), "{pairs:?}");
    assert_eq!(practice.ask("list_customers", "", "").1.as_array().unwrap().len(), 11);
    assert_eq!(practice.ask("get_pair", "1", "").0, 404);
}

#[test]
fn a_pair_has_two_ends_that_are_there() {
    let mut practice = Registration::practice();
    let ends = "applicationSurrogateId=1&customerSurrogateId=11";
    assert_eq!(practice.create("create_pair", ends), "14");
    let body = json!({ "applicationSurrogateId": 1, "customerSurrogateId": 11, "surrogateId": 14 });
    assert_eq!(practice.ask("get_pair", "14", "").1, body);
    assert_eq!(practice.ask("modify_pair", "14", "customerSurrogateId=10&applicationSurrogateId=0").0, 204);
    assert_eq!(practice.book()["idChanges"][0]["to"], "mail/quill_and_co");
    assert_eq!(practice.ask("remove_pair", "14", "").0, 204);
    practice.refused("remove_pair", "14", "", 404, "NOT_FOUND", "resource 14");
    for (form, says) in [
        ("applicationSurrogateId=2&customerSurrogateId=1", "resource 2"),
        ("applicationSurrogateId=1&customerSurrogateId=99", "resource 99"),
        ("applicationSurrogateId=99999999999999999999999&customerSurrogateId=1", "not found"),
    ] {
        practice.refused("create_pair", "", form, 404, "NOT_FOUND", says);
        practice.refused("modify_pair", "0", form, 404, "NOT_FOUND", says);
    }
    for form in [
        "applicationSurrogateId=1",
        "customerSurrogateId=1",
        "",
        "applicationSurrogateId=x&customerSurrogateId=1",
        "applicationSurrogateId=-1&customerSurrogateId=1",
        "applicationSurrogateId=&customerSurrogateId=1",
    ] {
        practice.refused("create_pair", "", form, 400, "INVALID_ARGUMENT", "SurrogateId");
    }
}

#[test]
fn duplicates_are_taken_in_unless_it_is_said_that_they_conflict() {
    let mut practice = Registration::practice();
    let same = ["providerCustomerId=zephyr", "providerApplicationId=crm"];
    let pair = "applicationSurrogateId=0&customerSurrogateId=0";
    assert_eq!(practice.create("create_customer", same[0]), "12");
    assert_eq!(practice.create("create_application", same[1]), "2");
    assert_eq!(practice.create("create_pair", pair), "14");
    practice.state.overrides = serde_json::from_value(json!({ "duplicates": "conflict" })).unwrap();
    practice.refused("create_customer", "", same[0], 409, "CONFLICT", "already");
    practice.refused("create_application", "", same[1], 409, "CONFLICT", "already");
    practice.refused("create_pair", "", pair, 409, "CONFLICT", "already");
    practice.refused("modify_customer", "0", same[0], 409, "CONFLICT", "already");
    practice.refused("modify_pair", "1", pair, 409, "CONFLICT", "already");
    practice.create("create_customer", "providerCustomerId=ZEPHYR");
    assert_eq!(
        practice.ask("modify_customer", "0", "providerCustomerId=okafor-dental&customerName=O").0,
        204
    );
    assert_eq!(practice.ask("modify_pair", "1", "applicationSurrogateId=0&customerSurrogateId=1").0, 204);
    let creates = practice.book()["creates"].as_array().unwrap().clone();
    let times = |id: &str| creates.iter().find(|c| c["id"] == id).map(|c| c["times"].clone());
    assert_eq!((times("zephyr"), times("crm")), (Some(json!(1)), Some(json!(1))));
    assert_eq!(times("mail/okafor-dental"), Some(json!(1)));
    assert_eq!(practice.book()["calls"]["create_customer"], json!({ "received": 3, "applied": 2 }));
}

#[test]
fn surrogate_ids_are_written_as_the_settings_say() {
    let mut practice = Registration::practice();
    for (ids, customers, pairs) in [
        ("reference", [json!("0"), json!("1")], [json!(0), json!(1)]),
        ("numbers", [json!(0), json!(1)], [json!(0), json!(1)]),
        ("strings", [json!("0"), json!("1")], [json!("0"), json!("1")]),
        ("mixed", [json!(0), json!("1")], [json!(0), json!("1")]),
    ] {
        practice.state.overrides = serde_json::from_value(json!({ "ids": ids })).unwrap();
        for (list, expected) in [("list_customers", customers), ("list_pairs", pairs)] {
            let listed = practice.ask(list, "", "").1;
            assert_eq!(
                [listed[0]["surrogateId"].clone(), listed[1]["surrogateId"].clone()],
                expected,
                "{ids}"
            );
        }
    }
}
