//! Ids that the server keeps otherwise than they were sent, beyond what anybody would take for the same id.

use super::{Contract, Scene, customers};

fn cut_short() -> Scene {
    let short: fn(&str) -> String = |id| id.chars().take(3).collect();
    Scene::new(Contract { ids: Some(short), ..Contract::default() })
}

#[test]
fn what_the_server_keeps_under_another_id_is_not_created_again_without_a_persons_word() {
    let scene = cut_short();
    let create = ["registration", "create", "customer", "ABCD"];
    let ran = scene.home.run(&create).with(8);
    assert!(ran.err.contains("the server keeps it as `ABC`, the object 0"), "{}", ran.err);
    for _ in 0..2 {
        let ran = scene.home.run(&create).with(8);
        assert!(ran.err.contains("as the object 0; that object is `ABC`"), "{}", ran.err);
        assert!(ran.err.contains("the same command with --create-again"), "{}", ran.err);
    }
    assert_eq!(scene.count("POST"), 1);
    // Another id is nothing of its own.
    scene.home.run(&["registration", "create", "customer", "XY"]).with(0);
    scene.home.run(&[&create[..], &["--create-again"]].concat()).with(8);
    assert_eq!(scene.count("POST"), 3);
    // The number may be another's by now, which is for a person to say; once it is nobody's, nothing is to be said.
    scene.change(|contract| {
        contract.ids = None;
        contract.customers = customers(&["XY"]);
        contract.customers.insert(2, ("other".to_owned(), None));
    });
    scene.home.run(&create).with(8);
    scene.change(|contract| contract.customers.clear());
    scene.home.run(&create).with(0);
    scene.home.verifies();
}

#[test]
fn a_file_with_such_an_id_is_told_so_before_anything_is_asked_of_a_person() {
    let scene = cut_short();
    let file = scene.file(&["ABCD"]);
    scene.home.run(&["registration", "apply", "--file", &file]).with(8);
    for leave in ["0", "1"] {
        let apply = ["registration", "apply", "--file", &file, "--allow-removals", leave];
        let ran = scene.home.run(&apply).with(8);
        assert!(ran.err.contains("that object is `ABC`"), "{}", ran.err);
        assert!(!ran.err.contains("--allow-removals"), "{}", ran.err);
    }
    assert_eq!((scene.count("POST"), scene.count("DELETE")), (1, 0));
}
