//! `scenario`: what can be practiced, and everything that is wrong in a trainer's own files, from an empty home.

use crate::kit::{Home, Ran};
use pxdesk::practice::scenario::shipped;
use serde_json::json;
use std::path::PathBuf;

const GOOD: &str = r#"name = "mine"
title = "Mine"
teaches = "What our own customers ask."

[order]
phone = "+13035550123"

[customer]
name = "Ann"
wants = "sms"
accepts_after_seconds = 30

[[server]]
call = "complete_order"
row = "1099"

[[step]]
do = "retrieve"

[[step]]
do = "send_sms"

[[step]]
do = "accepted"

[[step]]
do = "complete"

[[step]]
do = "correct"
field = "paymentToken"
value = "tok-2"

[[step]]
do = "completed"
"#;

fn write(home: &Home, name: &str, text: &str) -> String {
    let file = home.path().join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

/// A file in the trainer's own folder.
fn own(home: &Home, name: &str, text: &str) -> String {
    write(home, &format!(".config/pxdesk/scenarios/{name}"), text)
}

fn check(home: &Home, files: &[&str]) -> Ran {
    home.run(&[&["scenario", "check"], files].concat())
}

#[test]
fn a_scenario_with_five_mistakes_gets_five_errors() {
    let home = Home::empty();
    let all = GOOD
        .replace("[order]", "[order]\ncolour = \"red\"")
        .replace("accepts_after_seconds = 30\n", "")
        .replace("\"1099\"", "\"9\"")
        .replace("\"correct\"", "\"corect\"")
        .replace("\"mine\"", "\"My own\"");
    let file = write(&home, "five.toml", &all);
    let checked = check(&home, &[&file]).with(2);
    assert_eq!(checked.out, "");
    let begins = [
        "1: name: is not small letters",
        "6: order.colour: is not a key here",
        "9: customer.accepts_after_seconds: is missing: the customer never answers",
        "15: server[1].row: `9` is not documented for complete_order",
        "30: step[5].do: `corect` must be one of",
    ];
    let lines: Vec<&str> = checked.err.lines().collect();
    assert_eq!(lines.len(), 5, "{checked:?}");
    for (line, begins) in lines.iter().zip(begins) {
        assert!(line.starts_with(&format!("{file}:{begins}")), "{begins}: {line}");
    }

    let listed = home.run(&["scenario", "check", &file, "--output", "json"]).with(2);
    assert_eq!(listed.err, "");
    let listed = listed.json();
    assert_eq!(listed.as_array().unwrap().len(), 5);
    assert_eq!(listed[1]["file"], json!(file));
    assert_eq!((&listed[1]["line"], &listed[1]["field"]), (&json!(6), &json!("order.colour")));
    assert_eq!(listed[1]["what"], "is not a key here");
}

#[test]
fn each_bad_input_is_named_with_file_line_and_field() {
    let home = Home::empty();
    let table = [
        ("unknown.toml", ("title", "titel"), "2: titel: is not a key here; did you mean `title`?"),
        (
            "silent.toml",
            ("accepts_after_seconds = 30\n", ""),
            "8: customer.accepts_after_seconds: is missing: the customer never answers what is sent",
        ),
        (
            "early.toml",
            ("[[step]]\ndo = \"send_sms\"\n", ""),
            "22: step[2].do: `accepted` is not possible here: nothing was sent before it",
        ),
        ("syntax.toml", ("[order]", "[order"), "5: "),
    ];
    for (name, (from, to), expected) in table {
        let file = write(&home, name, &GOOD.replace(from, to));
        let checked = check(&home, &[&file]).with(2);
        assert!(checked.err.contains(&format!("{file}:{expected}")), "{expected}: {checked:?}");
    }
    let device = check(&home, &["/dev/null"]).with(2);
    assert_eq!(device.err, "/dev/null: cannot be read: it is neither a file nor a folder\n");
    let nowhere = check(&home, &["/nowhere/a.toml"]).with(2);
    assert!(nowhere.err.starts_with("/nowhere/a.toml: cannot be read: "), "{nowhere:?}");
    let listed = home.run(&["scenario", "check", "/nowhere/a.toml", "--output", "json"]).with(2).json();
    assert_eq!((&listed[0]["line"], &listed[0]["file"]), (&json!(null), &json!("/nowhere/a.toml")));
    // What cannot be read keeps nothing else from being told.
    let folder = home.path().to_str().unwrap();
    let all = check(&home, &[folder, "/nowhere/a.toml"]).with(2);
    for name in ["unknown.toml:", "silent.toml:", "early.toml:", "syntax.toml:", "/nowhere/a.toml:"] {
        assert!(all.err.contains(name), "{name}: {all:?}");
    }
}

#[test]
fn what_is_right_is_said_to_be() {
    let home = Home::empty();
    let file = write(&home, "mine.toml", GOOD);
    let checked = check(&home, &[&file]).with(0);
    assert_eq!((checked.out.as_str(), checked.err.as_str()), ("", "1 scenario, nothing wrong in it\n"));
    assert_eq!(home.run(&["scenario", "check", &file, "--output", "json"]).with(0).json(), json!([]));
    // A file that is given twice, and in its own folder, is one file.
    let mine = own(&home, "mine.toml", GOOD);
    check(&home, &[&mine, &mine]).with(0);
    let folder = home.path().join(".config/pxdesk/scenarios");
    check(&home, &[&mine, folder.to_str().unwrap()]).with(0);
    // The shipped ones, where a trainer looks at them in the repository.
    let shipped = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/scenarios");
    check(&home, &[shipped.to_str().unwrap()]).with(0);
}

/// No rule knows all that cannot be: a script finds the step at which nobody gets any further.
#[test]
fn what_cannot_be_played_is_named_by_its_step() {
    let home = Home::empty();
    let (_, declined) = shipped::FILES.into_iter().find(|(name, _)| *name == "card-declined").unwrap();
    let release = declined.replacen("name = \"card-declined\"", "name = \"mine\"", 1).replacen(
        "[[step]]\ndo = \"ask_customer\"",
        "[[step]]\ndo = \"release\"",
        1,
    );
    let release = release.replacen("[[server]]", "[carrier]\nplaced = false\n\n[[server]]", 1);
    let line = release.lines().zip(1..).find(|(line, _)| line.contains("\"release\"")).unwrap().1 - 1;
    let file = write(&home, "mine.toml", &release);
    let checked = check(&home, &[&file]).with(2);
    let expected = format!("{file}:{line}: step[5].do: a script without mistakes gets no further: it cannot");
    assert!(checked.err.starts_with(&expected), "{checked:?}");
    // What is wrong in another file, also with a value that no desk takes, keeps nothing from being played.
    let pad = GOOD.replace("[order]", "[order]\nsales_code = \" pad \"").replace("\"mine\"", "\"pad\"");
    let pad = write(&home, "pad.toml", &pad);
    for files in [[&*file, &*pad], [&*pad, &*file]] {
        let told = home.run(&["scenario", "check", "--output", "json", files[0], files[1]]).with(2).json();
        let told: Vec<_> = told.as_array().unwrap().iter().map(|one| (&one["file"], &one["field"])).collect();
        let expected = [(&json!(pad), &json!("order.sales_code")), (&json!(file), &json!("step[5].do"))];
        assert_eq!(told, expected);
    }
    // With production configured nobody practices, and a script does not either.
    home.configure("[environments.production]\nbase_url = \"https://px.example\"\n");
    let read = check(&home, &[&file]).with(0);
    assert!(read.err.contains("only read, not played"), "{read:?}");
}

#[test]
fn two_scenarios_of_one_name_are_named_with_both_files() {
    let home = Home::empty();
    let (a, b) = (write(&home, "a.toml", GOOD), write(&home, "b.toml", &format!("# b\n{GOOD}")));
    let both = check(&home, &[&a, &b]).with(2);
    assert_eq!(both.err, format!("{b}:2: name: `mine` is the name of {a} too\n"));
    // Of one that is given, and one in the trainer's own folder.
    let mine = own(&home, "mine.toml", &GOOD.replace("Mine", "Another"));
    let taken = check(&home, &[&a]).with(2);
    assert_eq!(taken.err, format!("{a}:1: name: `mine` is the name of {mine} too\n"));
    // And of a shipped one.
    let (name, text) = shipped::FILES[0];
    let like = text.replace("title = \"", "title = \"My own: ");
    let like = write(&home, "like.toml", &like);
    let taken = check(&home, &[&like]).with(2);
    assert_eq!(
        taken.err,
        format!(
            "{like}:1: name: `{}` is the name of {name} (shipped with pxdesk) too\n",
            shipped::all()[0].name
        )
    );
    let own_twice = own(&home, "other.toml", GOOD);
    for args in [&["scenario", "list"][..], &["scenario", "show", "mine"]] {
        let refused = home.run(args).with(2);
        assert!(refused.err.contains(&own_twice) && refused.err.contains(&mine), "{refused:?}");
        assert_eq!(refused.out, "");
    }
}

#[test]
fn the_scenarios_are_listed_and_shown() {
    let home = Home::empty();
    let shipped_alone = home.run(&["scenario", "list", "--output", "json"]).with(0).json();
    assert_eq!(shipped_alone.as_array().unwrap().len(), shipped::FILES.len());
    own(&home, "mine.toml", GOOD);
    // An unchanged copy of a shipped one is the shipped one; what is no scenario by its ending is none.
    own(&home, "copy.toml", shipped::FILES[0].1);
    own(&home, "notes.txt", "nothing");
    let all = home.run(&["scenario", "list", "--output", "json"]).with(0).json();
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), shipped::FILES.len() + 1);
    let mine = all.last().unwrap();
    assert_eq!((&mine["name"], &mine["shipped"]), (&json!("mine"), &json!(false)));
    assert_eq!(mine["rows"], json!(["complete_order/1099"]));
    assert_eq!(mine["steps"].as_array().unwrap().len(), 6);
    let list = home.run(&["scenario", "list"]).with(0).out;
    assert!(list.contains("Mine (your own), 6 steps"), "{list}");

    let shown = home.run(&["scenario", "show", "mine"]).with(0).out;
    for part in [
        "Mine (mine)",
        "What our own customers ask.",
        "wants it by SMS",
        "accepts 30 seconds after it was sent",
        "complete_order: row 1099, once",
        " 5. correct what Px refused: paymentToken to tok-2",
        " 50  A yes was recorded that the customer had not given.",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // A move that is as good is named, too: whoever teaches with it takes it for right.
    let doubt = home.run(&["scenario", "show", "in-doubt"]).with(0).out;
    assert!(doubt.contains(". call the carrier, or probe"), "{doubt}");
    let doubt = home.run(&["scenario", "show", "in-doubt", "--output", "json"]).with(0).json();
    assert!(doubt["steps"].as_array().unwrap().iter().any(|step| step["or"] == "probe"), "{doubt}");
    let none = home.run(&["scenario", "show", "mien"]).with(2);
    assert!(none.err.contains("there is no scenario `mien`") && none.err.contains("mine"), "{none:?}");
    let table = home.run(&["scenario", "list", "--output", "csv"]).with(2);
    assert!(table.err.contains("`report` and `grades` only"), "{table:?}");
    // Nothing of it depends on what is configured.
    home.configure("nonsense");
    home.run(&["scenario", "list"]).with(0);
}

/// The example of the documentation, and the mistakes that it shows.
#[test]
fn what_the_documentation_shows_is_what_comes_out() {
    let home = Home::empty();
    let topic = include_str!("../../assets/docs/training.md");
    let shown = |begins: &str| -> String {
        let (_, rest) = topic.split_once(&format!("    {begins}")).unwrap();
        let whole = format!("    {begins}{rest}");
        let lines = whole.lines().take_while(|line| line.is_empty() || line.starts_with("    "));
        lines.fold(String::new(), |text, line| text + line.trim_start_matches("    ") + "\n")
    };
    let example = shown("name = \"my-card\"");
    let file = write(&home, "my-card.toml", &example);
    check(&home, &[&file]).with(0);
    let changes = [
        ("[order]\n", "[order]\ncolor = \"red\"\n"),
        ("accepts_after_seconds = 20\n", ""),
        ("\"1099\"", "\"9\""),
    ];
    let bad = changes.iter().fold(example, |text, (from, to)| text.replacen(from, to, 1));
    write(&home, "my-card.toml", &bad);
    let told = check(&home, &[&file]).with(2).err.replace(&file, "my-card.toml");
    assert_eq!(told.trim(), shown("my-card.toml:6").trim());
    for (_, name, .., points) in pxdesk::practice::Mistake::ALL {
        let line = topic.lines().find(|line| line.starts_with(&format!("    {name} "))).unwrap();
        assert!(line.split_whitespace().nth(1) == Some(&points.to_string()), "{line}");
    }
}
