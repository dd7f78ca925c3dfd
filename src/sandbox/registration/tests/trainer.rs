//! What a trainer asks for: somebody else's changes, many objects; and what outlives the server.

use super::Registration;
use crate::sandbox::registration::made::{Change, Changed, Many, fill};
use crate::sandbox::registration::state::State;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn change(text: &Value) -> Change {
    serde_json::from_value(text.clone()).unwrap()
}

#[test]
fn somebody_else_changes_the_world_by_provider_ids() {
    let mut practice = Registration::practice();
    let wanted = json!({
        "create": {
            "applications": [{ "id": "chat", "name": "Chat" }], "customers": [{ "id": "newcomer" }],
            "pairs": [{ "application": "chat", "customer": "newcomer" }],
        },
        "rename": [
            { "collection": "customers", "id": "zephyr", "name": "Zephyr" },
            { "collection": "applications", "id": "crm", "newId": "crm-2" },
        ],
        "remove": { "customers": ["ortega-freight"], "pairs": [{ "application": "mail", "customer": "okafor-dental" }] },
    });
    let changed = change(&wanted).apply(practice.world()).unwrap();
    assert_eq!(changed, Changed { created: 3, renamed: 2, removed: 2, pairs_gone_along: 2 });
    let customers = practice.ask("list_customers", "", "").1;
    let zephyr = json!({ "customerName": "Zephyr", "providerCustomerId": "zephyr", "surrogateId": "11" });
    assert!(
        customers.as_array().unwrap().contains(&zephyr) && customers[11]["providerCustomerId"] == "newcomer"
    );
    assert_eq!(practice.ask("get_application", "1", "").1["providerApplicationId"], "crm-2");
    assert_eq!(practice.ask("list_pairs", "", "").1.as_array().unwrap().len(), 12);
    assert!(practice.book()["creates"].as_array().unwrap().is_empty(), "no client did it");
    for (wanted, says) in [
        (json!({ "remove": { "customers": ["nobody"] } }), "customers: there is no nobody"),
        (
            json!({ "rename": [{ "collection": "applications", "id": "x", "name": "y" }] }),
            "applications: there is no x",
        ),
        (json!({ "create": { "pairs": [{ "application": "mail", "customer": "nobody" }] } }), "no nobody"),
        (json!({ "create": { "customers": [{ "id": "" }] } }), "1 to 50"),
        (json!({ "remove": { "pairs": [{ "application": "chat", "customer": "zephyr" }] } }), "no pair"),
    ] {
        let why = change(&wanted).apply(practice.world()).unwrap_err();
        assert!(why.contains(says), "{why}");
    }
}

#[test]
fn a_contract_is_filled_with_pairs_that_are_all_different() {
    let mut practice = Registration::practice();
    fill(practice.world(), Many { applications: 1, customers: 8, pairs: 46 }).unwrap();
    let world = practice.world();
    assert_eq!((world.applications.len(), world.customers.len(), world.pairs.len()), (3, 20, 60));
    let mut ends: Vec<_> = world.pairs.iter().map(|(_, e)| (e.application, e.customer)).collect();
    ends.sort_unstable();
    ends.dedup();
    assert_eq!(ends.len(), 60);
    let too_many = fill(practice.world(), Many { pairs: 1, ..Many::default() }).unwrap_err();
    assert!(too_many.contains("not enough"), "{too_many}");
}

/// The bound is far above what it takes; a scan of all objects at each call would miss it.
#[test]
fn ten_thousand_are_created_and_removed_in_a_large_contract() {
    let mut large = Registration::new();
    fill(large.world(), Many { applications: 10, customers: 50_000, pairs: 50_000 }).unwrap();
    let begun = Instant::now();
    for n in 0..10_000 {
        large.create("create_customer", &format!("providerCustomerId=c{n}&customerName=C+{n}"));
    }
    for n in 0..1000 {
        assert_eq!(large.message("remove_customer", &n.to_string(), "").status, 204);
    }
    let listed = large.message("list_customers", "", "");
    assert_eq!(serde_json::from_str::<Vec<Value>>(&listed.body).unwrap().len(), 59_000);
    assert_eq!(large.world().pairs.len(), 49_000);
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
}

#[test]
fn all_of_it_outlives_the_server() {
    let mut practice = Registration::practice();
    practice.create("create_customer", "providerCustomerId=a");
    practice.fault(&json!({ "call": "create_customer", "fault": { "lateSeconds": 1 } }));
    practice.answer("create_customer", "", "providerCustomerId=a");
    practice.fault(&json!({ "call": "remove_any", "fault": { "answer": "no_location" } }));
    practice.state.without_rights.insert("A-1".to_owned());
    let kept = serde_json::to_string(&practice.state).unwrap();
    let mut again = Registration { state: serde_json::from_str::<State>(&kept).unwrap(), ..practice };
    assert_eq!(serde_json::to_string(&again.state).unwrap(), kept);
    again.now += 1000;
    assert_eq!(again.ask("remove_customer", "1", "").0, 204, "the indexes are there again");
    assert_eq!(again.ask("list_pairs", "", "").1.as_array().unwrap().len(), 12);
    assert_eq!(again.create("create_customer", "providerCustomerId=a"), "14");
    assert_eq!(again.book()["creates"][0]["times"], 3);
}
