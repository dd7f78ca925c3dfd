//! Plan, apply, export and single steps, as a script uses them.

use super::floor::Floor;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const FILE: &str = r#"
[[applications]]
id = "mail"
name = "Mail"
[[applications]]
id = "drive"
[[customers]]
id = "acme"
name = "Acme & Söhne"
applications = ["mail", "drive"]
[[customers]]
id = "quiet one"
"#;

const WORLD: [&str; 6] = [
    "application drive null",
    "application mail \"Mail\"",
    "customer acme \"Acme & Söhne\"",
    "customer quiet one null",
    "pair acme drive",
    "pair acme mail",
];

/// A floor whose contract is what [`FILE`] says; and where that lies.
fn applied() -> (Floor, String) {
    let floor = Floor::new();
    let file = floor.file("contract.toml", FILE);
    floor.run(&["apply", "--file", &file]).with(0);
    (floor, file)
}

#[test]
fn what_was_planned_is_applied_and_nothing_is_left_to_do() {
    let floor = Floor::new();
    let file = floor.file("contract.toml", FILE);
    let plan = floor.run(&["plan", "--file", &file, "--output", "json"]).with(2).json();
    assert_eq!(plan["contract"], "A-1234");
    assert_eq!((&plan["changes"], &plan["removals"]), (&json!(6), &json!(0)));
    assert_eq!(plan["create"]["applications"], json!([{ "id": "drive" }, { "id": "mail", "name": "Mail" }]));
    assert_eq!(plan["create"]["pairs"][0], json!({ "customer": "acme", "application": "drive" }));
    let done = floor.json(&["apply", "--file", &file, "--reason", "ticket 5"]);
    assert_eq!((&done["done"], &done["failed"]), (&json!(6), &json!([])));
    assert_eq!(floor.world(), WORLD);
    for command in ["plan", "drift", "apply"] {
        floor.run(&[command, "--file", &file]).with(0);
    }
    let plan = floor.json(&["plan", "--file", &file]);
    assert_eq!(plan["changes"], 0);
    let runs = floor.json(&["runs"]);
    assert_eq!((&runs[0]["state"], &runs[0]["done"]), (&json!("applied"), &json!(6)));
    floor.home.verifies();
}

#[test]
fn who_changed_what_and_why_is_found_again() {
    let (floor, _) = applied();
    floor.run(&["remove", "pair", "acme", "mail", "--reason", "ticket 7"]).with(0);
    let runs = floor.json(&["runs"]);
    assert_eq!((&runs[0]["reason"], &runs[1]["reason"]), (&json!("ticket 7"), &Value::Null));
    assert!(floor.run(&["runs"]).with(0).out.lines().next().unwrap().ends_with("  ticket 7"));
    let id = runs[0]["id"].as_str().unwrap();
    let run = floor.json(&["runs", id]);
    assert_eq!((&run["by"], &run["reason"]), (&runs[0]["by"], &json!("ticket 7")));
    let step = &run["each"][0];
    assert_eq!(
        (&step["change"]["change"], &step["change"]["customer"]),
        (&json!("remove_pair"), &json!("acme"))
    );
    assert_eq!(step["became"], json!({ "how": "answered", "status": 204 }));
    let text = floor.run(&["runs", id]).with(0).out;
    for said in ["reason: ticket 7", "- pair `acme` with `mail`: done, as the server answered (HTTP 204)"] {
        assert!(text.contains(said), "{text}");
    }
    for none in ["zzzz", "0000000000"] {
        assert!(floor.run(&["runs", none]).with(2).err.contains("there is no run"), "{none}");
    }
}

#[test]
fn what_is_exported_is_what_is_there_in_every_form() {
    let (floor, _) = applied();
    for ending in ["toml", "json", "csv"] {
        let text = floor.run(&["export", "--format", ending]).with(0).out;
        let file = floor.file(&format!("out.{ending}"), &text);
        floor.run(&["plan", "--file", &file]).with(0);
        let written = floor.home.path().join(format!("new.{ending}"));
        floor.run(&["export", "--file", written.to_str().unwrap()]).with(0);
        assert_eq!(std::fs::read_to_string(&written).unwrap(), text);
        // Nothing is written over.
        floor.run(&["export", "--file", written.to_str().unwrap()]).with(2);
    }
}

#[test]
fn an_empty_contract_is_exported_planned_and_added_to() {
    let floor = Floor::new();
    let text = floor.run(&["export"]).with(0).out;
    let file = floor.file("contract.toml", &text);
    floor.run(&["plan", "--file", &file]).with(0);
    floor.run(&["apply", "--file", &file]).with(0);
    floor.file("contract.toml", &format!("{text}[[customers]]\nid = \"first\"\n"));
    floor.run(&["apply", "--file", &file]).with(0);
    assert_eq!(floor.world(), ["customer first null"]);
    let exported = floor.json(&["export"]);
    assert_eq!(exported, json!({ "applications": [], "customers": [{ "id": "first", "applications": [] }] }));
}

#[test]
fn removals_need_leave_and_what_goes_along_is_shown_first() {
    let (floor, _) = applied();
    let file = floor.file("less.toml", "[[applications]]\nid = \"mail\"\n");
    let plan = floor.run(&["plan", "--file", &file]).with(2);
    assert!(plan.out.contains("0 to create, 0 to rename, 3 to remove (with 2 pairs)"), "{}", plan.out);
    assert!(plan.out.contains("and its pair `acme` with `mail`"), "{}", plan.out);
    let json = floor.run(&["plan", "--file", &file, "--output", "json"]).with(2).json();
    assert_eq!(json["remove"]["pairs"][0]["with"], "customer");
    let refused = floor.run(&["apply", "--file", &file]).with(8);
    assert!(
        refused.err.contains("and its pair") && refused.err.contains("--allow-removals 3"),
        "{}",
        refused.err
    );
    floor.run(&["apply", "--file", &file, "--allow-removals", "2"]).with(8);
    assert_eq!(floor.world(), WORLD);
    floor.run(&["apply", "--file", &file, "--allow-removals", "3"]).with(0);
    assert_eq!(floor.world(), ["application mail \"Mail\""]);
}

#[test]
fn a_file_of_nothing_removes_nothing_unless_it_is_said() {
    let (floor, _) = applied();
    for (name, text) in
        [("a.toml", " \n"), ("a.json", "{}"), ("a.csv", "customer,application\n"), ("none", "")]
    {
        let file = floor.file(name, text);
        for command in [&["plan"][..], &["drift"], &["apply", "--allow-removals", "9"]] {
            let ran = floor.run(&[command, &["--file", &file]].concat()).with(2);
            assert!(ran.err.contains("it holds no application and no customer"), "{name}: {}", ran.err);
            assert!(ran.err.contains("--empty"), "{}", ran.err);
        }
    }
    assert_eq!(floor.world(), WORLD);
    let file = floor.file("a.toml", "");
    let plan = floor.run(&["plan", "--file", &file, "--empty"]).with(2);
    assert!(plan.out.contains("4 to remove (with 2 pairs)"), "{}", plan.out);
    floor.run(&["apply", "--file", &file, "--empty"]).with(8);
    floor.run(&["apply", "--file", &file, "--empty", "--allow-removals", "4"]).with(0);
    assert_eq!(floor.world(), [""; 0]);
}

#[test]
fn a_world_that_has_moved_is_refused_with_what_moved() {
    let (floor, _) = applied();
    let file = floor.file("more.toml", &format!("{FILE}[[customers]]\nid = \"new\"\n"));
    let plan = floor.run(&["plan", "--file", &file, "--output", "json"]).with(2).out;
    let plan = floor.file("plan.json", &plan);
    floor.changes(&json!({ "create": { "customers": [{ "id": "stranger" }] } }));
    let moved = floor.run(&["apply", "--file", &file, "--plan", &plan, "--allow-removals", "9"]).with(8);
    assert!(moved.err.contains("the customer `stranger` is there now"), "{}", moved.err);
    assert!(floor.world().contains(&"customer stranger null".to_owned()));
    assert!(!floor.world().iter().any(|line| line.starts_with("customer new")));
    // The file changed after the plan was made.
    let plan = floor.run(&["plan", "--file", &file, "--output", "json"]).with(2).out;
    let plan = floor.file("plan.json", &plan);
    let other = floor.file("other.toml", FILE);
    floor.run(&["apply", "--file", &other, "--plan", &plan, "--allow-removals", "9"]).with(8);
    floor.run(&["apply", "--file", &file, "--plan", &plan, "--allow-removals", "9"]).with(0);
    floor.run(&["plan", "--file", &file]).with(0);
}

#[test]
fn single_steps_do_what_they_say() {
    let (floor, _) = applied();
    floor.run(&["create", "application", "crm", "--name", "CRM"]).with(0);
    floor
        .run(&["create", "customer", "new", "--name", "New", "--application", "crm", "--application", "mail"])
        .with(0);
    floor.run(&["create", "pair", "quiet one", "crm"]).with(0);
    floor.run(&["rename", "customer", "new", "Newer"]).with(0);
    for line in ["application crm \"CRM\"", "customer new \"Newer\"", "pair new crm", "pair quiet one crm"] {
        assert!(floor.world().contains(&line.to_owned()), "{line}: {:?}", floor.world());
    }
    // What is there already, and what is not there.
    floor.run(&["create", "customer", "new"]).with(2);
    floor.run(&["create", "pair", "new", "crm"]).with(2);
    let twice = ["create", "customer", "two", "--application", "crm", "--application", "crm"];
    let twice = floor.run(&twice).with(2);
    assert!(twice.err.contains("the application `crm` is named twice"), "{}", twice.err);
    assert!(!floor.world().iter().any(|line| line.contains("two")), "{:?}", floor.world());
    floor.run(&["rename", "application", "nothing", "Name"]).with(2);
    let along = floor.run(&["remove", "customer", "new"]).with(8);
    assert!(along.err.contains("its pair `new` with `crm` would be removed too"), "{}", along.err);
    floor.run(&["remove", "customer", "new", "--with-pairs"]).with(0);
    floor.run(&["remove", "pair", "quiet one", "crm"]).with(0);
    floor.run(&["remove", "application", "crm"]).with(0);
    assert_eq!(floor.world(), WORLD);
    let list = floor.json(&["list", "pairs"]);
    assert_eq!((&list[0]["customer"], &list[0]["application"]), (&json!("acme"), &json!("drive")));
}

#[test]
fn a_bad_file_is_named_line_by_line_and_nothing_is_sent() {
    let floor = Floor::new();
    let text = format!(
        "[[customers]]\nid = \"{}\"\n[[customers]]\nid = \"a\"\napplications = [\"none\"]\n[[customers]]\nid = \"a\"\n\
         [[customers]]\nid = \"😀\"\n",
        "x".repeat(51)
    );
    let file = floor.file("bad.toml", &text);
    let ran = floor.run(&["apply", "--file", &file]).with(2);
    for said in [
        "bad.toml: line 2: customers[0].id is 51 characters long",
        "bad.toml: line 5: customers[1].applications[0] names the application `none`",
        "bad.toml: line 7: customers[2].id names the same customer as line 4",
        "bad.toml: line 9: customers[3].id holds `😀`",
    ] {
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
    assert!(floor.world().is_empty());
    floor.run(&["plan", "--file", "nowhere.toml"]).with(2);
    floor.run(&["drift", "--file", &file]).with(2);
    let latin = floor.file("latin.csv", "");
    std::fs::write(&latin, b"customer,customer_name,application\nc1,,a\nc2,Caf\xe9,a\n").unwrap();
    let ran = floor.run(&["plan", "--file", &latin]).with(2);
    assert!(ran.err.contains("latin.csv: line 3: is not UTF-8 text"), "{}", ran.err);
}

#[test]
fn two_objects_of_one_id_stop_everything_until_one_is_removed() {
    let (floor, file) = applied();
    floor.changes(&json!({ "create": { "customers": [{ "id": "acme" }] } }));
    let ran = floor.run(&["plan", "--file", &file]).with(8);
    assert!(
        ran.err.contains("there are two customers with the id `acme`: the objects 0 and 2"),
        "{}",
        ran.err
    );
    floor.run(&["apply", "--file", &file, "--allow-removals", "9"]).with(8);
    floor.run(&["remove", "customer", "acme", "--with-pairs"]).with(8);
    floor.run(&["remove", "customer", "--surrogate", "2"]).with(0);
    floor.run(&["plan", "--file", &file]).with(0);
    assert_eq!(floor.world(), WORLD);
}

#[test]
fn what_the_server_refuses_is_said_with_what_to_do() {
    let floor = Floor::new();
    let file = floor.file("contract.toml", FILE);
    floor.server.fault("list_pairs", &json!({ "clockOffSeconds": 90 }));
    let clock = floor.run(&["plan", "--file", &file]).with(3);
    // The server's time comes in whole seconds, and a busy machine takes its own time to answer.
    let is_told = |behind: u32| clock.err.contains(&format!("is {behind} s behind the server's"));
    assert!((88..=100).any(is_told), "{}", clock.err);
    floor.server.control("registration/settings", &json!({ "withoutRights": ["A-1234"] }));
    let rights = floor.run(&["apply", "--file", &file]).with(3);
    assert!(rights.err.contains("no rights on this contract"), "{}", rights.err);
    floor.server.control("registration/settings", &json!({ "withoutRights": [] }));
    // One change is refused; the others are done, and what depends on it is not begun.
    floor.server.fault("create_customer", &json!({ "error": "INVALID_ARGUMENT" }));
    let ran = floor.run(&["apply", "--file", &file, "--output", "json"]).with(3);
    assert_eq!(ran.json()["failed"].as_array().map(Vec::len), Some(3), "{}", ran.out);
    assert!(ran.err.contains("its customer `acme` is not there"), "{}", ran.err);
    floor.run(&["apply", "--file", &file]).with(0);
    assert_eq!(floor.world(), WORLD);
}

#[test]
fn whatever_becomes_of_an_answer_nothing_is_there_twice() {
    let faults = [
        json!({ "cut": "before" }),
        json!({ "cut": "after" }),
        json!({ "status": 500 }),
        json!({ "status": 503 }),
        json!({ "status": 429 }),
        json!({ "lateSeconds": 1 }),
        json!({ "answer": "location_elsewhere" }),
        json!({ "answer": "no_location" }),
        json!({ "cutAfterBytes": 20 }),
    ];
    for fault in faults {
        let floor = Floor::new();
        let file = floor.file("contract.toml", FILE);
        for call in ["create_application", "create_customer", "create_pair"] {
            floor.server.fault(call, &fault);
        }
        let ran = floor.run(&["apply", "--file", &file]);
        if ran.status != 0 {
            floor.run(&["apply", "--file", &file]).with(0);
        }
        assert_eq!(floor.world(), WORLD, "{fault}: {ran:?}");
        floor.run(&["plan", "--file", &file]).with(0);
    }
}

#[test]
fn a_server_that_is_gone_is_unreachable_and_a_page_of_html_is_no_list() {
    let floor = Floor::new();
    let file = floor.file("contract.toml", FILE);
    floor.server.control(
        "faults",
        &json!({ "call": "list_pairs", "times": 9, "fault": { "body": "html", "status": 200 } }),
    );
    let html = floor.run(&["plan", "--file", &file]).with(7);
    assert!(html.err.contains("HTML"), "{}", html.err);
    floor.server.control("faults/clear", &Value::Null);
    floor.home.reconfigure(
        &format!("base_url = \"{}/\"\ncontract", floor.server.base),
        "base_url = \"http://127.0.0.1:9/\"\ncontract",
    );
    floor.run(&["apply", "--file", &file]).with(7);
}

#[test]
fn of_two_desks_on_one_journal_one_applies_and_the_other_is_told_who() {
    let floor = Floor::new();
    let file = floor.file("contract.toml", FILE);
    floor.server.fault("create_application", &json!({ "latencySeconds": 1.5 }));
    let apply = ["registration", "apply", "--file", &file];
    let first = floor.home.command(&apply).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while floor.json(&["runs"]).as_array().is_none_or(Vec::is_empty) {
        assert!(Instant::now() < until, "the first one begins");
    }
    let second = floor.run(&["apply", "--file", &file]).with(8);
    assert!(second.err.contains("r.diaz has been applying a plan to this contract since"), "{}", second.err);
    assert!(first.wait_with_output().unwrap().status.success());
    floor.run(&["apply", "--file", &file]).with(0);
    assert_eq!(floor.world(), WORLD);
}

#[test]
fn a_stopped_apply_says_how_far_it_came_and_goes_on_later() {
    let floor = Floor::new();
    let file = floor.file("contract.toml", FILE);
    floor.server.fault("create_customer", &json!({ "latencySeconds": 1.5 }));
    let apply = ["registration", "apply", "--file", &file];
    let mut child = floor.home.command(&apply).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while floor.world().is_empty() {
        assert!(Instant::now() < until, "the first object comes");
    }
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(!floor.world().iter().any(|line| line.starts_with("pair")), "{:?}", floor.world());
    assert_eq!(floor.json(&["runs"])[0]["state"], "stopped");
    floor.run(&["apply", "--file", &file]).with(0);
    assert_eq!(floor.world(), WORLD);
}

#[test]
fn a_plan_that_was_edited_or_is_of_another_environment_is_not_applied() {
    let (floor, _) = applied();
    let file = floor.file("less.toml", &FILE.replace("[[customers]]\nid = \"quiet one\"\n", ""));
    let plan = floor.run(&["plan", "--file", &file, "--output", "json"]).with(2).json();
    assert_eq!((&plan["environment"], &plan["removals"]), (&json!("sandbox"), &json!(1)));
    let apply = |plan: &Value| {
        let path = floor.file("plan.json", &plan.to_string());
        floor.run(&["apply", "--file", &file, "--plan", &path, "--allow-removals", "1"])
    };
    let mut edited = plan.clone();
    edited["removals"] = json!(0);
    assert!(apply(&edited).with(8).err.contains("than the plan does (removals)"));
    let mut elsewhere = plan.clone();
    elsewhere["environment"] = json!("production");
    let ran = apply(&elsewhere).with(8);
    assert!(ran.err.contains("made for the production environment, and this is sandbox"), "{}", ran.err);
    assert_eq!(floor.world(), WORLD);
    // An earlier version did not write it.
    let mut earlier = plan;
    earlier.as_object_mut().unwrap().remove("environment");
    apply(&earlier).with(0);
}

#[test]
fn a_single_new_id_is_warned_of_as_one_of_a_file() {
    let floor = Floor::new();
    floor.run(&["create", "customer", "c9"]).with(0);
    let ran = floor.run(&["create", "customer", "C9"]).with(0);
    assert!(ran.err.contains("the ids `c9` and `C9` differ only in upper and lower case"), "{}", ran.err);
    let ran = floor.run(&["create", "application", "z "]).with(0);
    assert!(ran.err.contains("the new application `z ` has a space at an end of its id"), "{}", ran.err);
    let quiet = floor.run(&["create", "application", "c9"]).with(0);
    assert!(!quiet.err.contains("differ"), "{}", quiet.err);
}

#[test]
fn of_very_many_flaws_the_first_are_told_and_the_others_counted() {
    let floor = Floor::new();
    let lines = "é,\n".repeat(150);
    let file = floor.file("bad.csv", &format!("customer,application\n{lines}"));
    let ran = floor.run(&["plan", "--file", &file]).with(2);
    assert!(ran.err.contains("line 101: customer holds") && !ran.err.contains("line 102:"), "{}", ran.err);
    assert!(
        ran.err.contains("bad.csv: and 50 more") && ran.err.contains("150 things are wrong"),
        "{}",
        ran.err
    );
}
