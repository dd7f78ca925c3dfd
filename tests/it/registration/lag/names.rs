//! Names that lists show late, and names that the server keeps otherwise than it was sent.

use super::{Contract, Scene, behind, customers};
use serde_json::json;

#[test]
fn a_name_that_the_server_keeps_otherwise_is_sent_once_and_told() {
    let trimmed: fn(&str) -> String = |name| name.trim().to_owned();
    let scene =
        Scene::new(Contract { names: Some(trimmed), customers: customers(&["a"]), ..Contract::default() });
    let rename = ["registration", "rename", "customer", "a", "Acme ", "--output", "json"];
    let ran = scene.home.run(&rename).with(8);
    let kept = "the server keeps the name \"Acme\" for the customer `a`";
    assert!(ran.err.contains(kept), "{}", ran.err);
    let told = ran.json();
    assert_eq!((&told["changes"], &told["done"], &told["failed"]), (&json!(1), &json!(0), &json!([])));
    let run = scene.home.run(&["registration", "runs", "--output", "json"]).json()[0].clone();
    assert_eq!((&run["done"], &run["failed"]), (&json!(0), &json!(1)), "as the command says");
    assert!(told["halted"].as_str().unwrap().contains(kept), "{told}");
    let ran = scene.home.run(&["registration", "create", "customer", "b", "--name", "Bee "]).with(8);
    assert!(ran.err.contains("the server keeps the name \"Bee\" for the customer `b`"), "{}", ran.err);
    let file = scene.home.path().join("contract.csv");
    std::fs::write(&file, "customer,customer_name,application\na,Acme  ,\n").unwrap();
    let apply = ["registration", "apply", "--file", file.to_str().unwrap(), "--allow-removals", "1"];
    // What goes goes: the name is as done as it will ever be.
    let ran = scene.home.run(&[&apply[..], &["--output", "json"]].concat()).with(8);
    let told = ran.json();
    assert_eq!((&told["changes"], &told["done"], told["halted"].is_string()), (&json!(2), &json!(1), true));
    assert_eq!((scene.count("PUT"), scene.count("DELETE")), (2, 1));
    assert_eq!(scene.home.run(&["registration", "runs", "--output", "json"]).json()[0]["state"], "applied");
}

#[test]
fn a_rename_of_an_earlier_run_that_no_list_shows_yet_is_nobody_elses() {
    let scene = Scene::new(behind(&["a"]));
    let rename = |name: &str| scene.home.run(&["registration", "rename", "customer", "a", name]);
    rename("Acme").with(0);
    let remove = scene.home.run(&["registration", "remove", "customer", "a"]).with(8);
    for ran in [rename("Zenith").with(8), remove] {
        let said = "rename customer `a`: the server has taken it, and the list does not show it yet";
        assert!(ran.err.contains(said) && !ran.err.contains("has changed"), "{}", ran.err);
    }
    assert_eq!((scene.count("PUT"), scene.count("DELETE")), (1, 0));
    scene.change(|contract| contract.stale = None);
    rename("Zenith").with(0);
    assert_eq!(scene.count("PUT"), 2);
    // Whatever somebody else made of it is told as theirs.
    scene.change(|contract| {
        contract.stale = Some(contract.customers.clone());
        contract.customers.insert(0, ("a".to_owned(), Some("Theirs".to_owned())));
    });
    assert!(rename("Other").with(8).err.contains("is \"Theirs\" now"));
    assert_eq!(scene.count("PUT"), 2);
}

#[test]
fn a_rename_that_no_list_shows_yet_is_asked_for_before_anybody_is_told_that_it_was_not_kept() {
    let scene = Scene::new(behind(&["a", "b"]));
    let rename = ["registration", "rename", "customer", "a", "Acme", "--output", "json"];
    let told = scene.home.run(&rename).with(0).json();
    assert_eq!(
        (&told["done"], &told["kept"], &told["halted"]),
        (&json!(1), &json!([]), &json!(null)),
        "{told}"
    );
    // The same as one of several, and where the server does keep another name, which its lists show as late.
    let shouts: fn(&str) -> String = |name| name.to_uppercase();
    scene.change(|contract| contract.names = Some(shouts));
    let file = scene.home.path().join("contract.csv");
    std::fs::write(&file, "customer,customer_name,application\na,,\nb,Bee,\nnew,,\n").unwrap();
    let apply = ["registration", "apply", "--file", file.to_str().unwrap(), "--output", "json"];
    let ran = scene.home.run(&apply).with(8);
    let kept = "the server keeps the name \"BEE\" for the customer `b`, and was sent \"Bee\"";
    assert!(ran.err.contains("not done: rename customer `b`") && ran.err.contains(kept), "{}", ran.err);
    assert!(ran.err.contains("it is not listed yet after 1 s"), "{}", ran.err);
    let told = ran.json();
    assert_eq!(
        (&told["changes"], &told["done"], &told["kept"][0]["why"]),
        (&json!(2), &json!(0), &json!(kept))
    );
    scene.change(|contract| contract.stale = None);
    scene.home.run(&apply).with(8);
    let runs = scene.home.run(&["registration", "runs", "--output", "json"]).json();
    let done: Vec<_> = runs.as_array().unwrap().iter().map(|run| (&run["done"], &run["failed"])).collect();
    assert_eq!(done.last().unwrap(), &(&json!(1), &json!(0)), "{runs}");
    assert_eq!(scene.count("POST"), 1);
    scene.home.verifies();
}
