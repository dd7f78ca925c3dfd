use super::*;
use proptest::prelude::*;

const TOML: &str = r#"
[[applications]]
id = "mail"
name = "Mail"
[[applications]]
id = "drive"

[[customers]]
id = "acme"
name = "Acme, \"Ltd\""
applications = ["mail", "drive"]
[[customers]]
id = "quiet"
"#;

const JSON: &str = r#"{
  "applications": [{"id": "drive"}, {"id": "mail", "name": "Mail"}],
  "customers": [
    {"id": "quiet"},
    {"id": "acme", "name": "Acme, \"Ltd\"", "applications": ["drive", "mail"]}
  ]
}"#;

const CSV: &str = "customer,application,customer_name,application_name
acme,mail,\"Acme, \"\"Ltd\"\"\",Mail
acme,drive,,
quiet,,,
";

fn flaws(text: &str, format: Format) -> Vec<String> {
    read(text, format).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn the_three_forms_say_the_same() {
    let desired = read(TOML, Format::Toml).unwrap();
    assert_eq!(read(JSON, Format::Json).unwrap(), desired);
    assert_eq!(read(CSV, Format::Csv).unwrap(), desired);
    assert_eq!(desired.pairs().len(), 2);
}

#[test]
fn an_empty_file_wants_nothing() {
    for (text, format) in [("", Format::Toml), ("{}", Format::Json), ("customer,application\n", Format::Csv)]
    {
        assert_eq!(read(text, format).unwrap(), Desired::default());
    }
}

#[test]
fn all_that_is_wrong_in_a_table_of_toml_is_named_by_line_and_field() {
    let text = format!(
        "[[applications]]\nid = \"{}\"\n[[customers]]\nid = \"acme\"\nname = \" \"\n[[customers]]\nid = \"acme\"\n\
         applications = [\n  \"mail\",\n]\n[[customers]]\nid = \"😀\"\n",
        "x".repeat(51)
    );
    assert_eq!(
        flaws(&text, Format::Toml),
        [
            "line 2: applications[0].id is 51 characters long; at most 50 are allowed",
            "line 5: customers[0].name is empty; leave it out to leave the name as it is",
            "line 7: customers[1].id names the same customer as line 4",
            "line 9: customers[1].applications[0] names the application `mail`, which the file does not have",
            "line 12: customers[2].id holds `😀` (U+1F600), which is not ASCII; only ASCII letters, digits, signs and \
             spaces are allowed",
        ]
    );
}

#[test]
fn what_is_no_such_file_is_said_with_its_line() {
    let toml = flaws("[[customers]]\nid = \"a\"\nid = \"b\"\nname =\n", Format::Toml);
    assert_eq!(toml[0], "line 3: the key `id` is there twice");
    assert!(toml[1].starts_with("line 4: "), "{toml:?}");
    let json = flaws("{\n\"customers\": [\n{\"id\": \"a\",,}\n]}", Format::Json);
    assert!(json[0].starts_with("line 3: "), "{json:?}");
    assert_eq!(
        flaws("customer,product\na,b\n", Format::Csv),
        ["line 1: the column `product` is unknown; the columns are customer, customer_name, application, \
          application_name"]
    );
    assert_eq!(
        flaws("customer,application\na\n", Format::Csv),
        ["line 2: has 1 fields; the first line has 2"]
    );
}

#[test]
fn what_is_of_another_kind_is_named_with_its_field_and_all_of_it_at_once() {
    let toml = "[[applications]]\nid = 5\n[[applications]]\nname = \"A\"\n[[customers]]\nid = true\nname = [1]\n\
                [[customers]]\nid = \"a\"\nnaem = \"A\"\napplications = \"crm\"\n[[customers]]\nid = 2026-01-01\n\
                applications = [\"mail\", 7]\n";
    assert_eq!(
        flaws(toml, Format::Toml),
        [
            "line 2: applications[0].id is a number (5), not a text; write it in quotes",
            "line 3: applications[1].id is missing",
            "line 6: customers[0].id is true, not a text; write it in quotes",
            "line 7: customers[0].name is a list, not a text",
            "line 10: customers[1].naem is unknown; known are id, name, applications",
            "line 11: customers[1].applications is a text, not a list; write it in [ ]",
            "line 13: customers[2].id is a date (2026-01-01), not a text; write it in quotes",
            "line 14: customers[2].applications[1] is a number (7), not a text; write it in quotes",
        ]
    );
    let json = "{\"applications\": [{\"id\": 5}, {\"name\": \"A\"}],\n\"customers\": [\n{\"id\": \"a\",\n\
                \"id\": 4, \"name\": {}},\n{\"id\": null, \"naem\": \"A\"}, {\"id\": \"b\", \"name\": null,\n\
                \"applications\": {}}]}";
    assert_eq!(
        flaws(json, Format::Json),
        [
            "line 1: applications[0].id is a number (5), not a text; write it in quotes",
            "line 1: applications[1].id is missing",
            "line 4: customers[0].id is there twice",
            "line 4: customers[0].name is an object, not a text",
            "line 5: customers[1].naem is unknown; known are id, name, applications",
            "line 5: customers[1].id is null, not a text; write it in quotes",
            "line 6: customers[2].applications is an object, not a list; write it in [ ]",
        ]
    );
    let half = r#"{"applications": [], "customers": [{"id": "a", "name": "x\ud800y", "applications": []}]}"#;
    assert_eq!(
        flaws(half, Format::Json),
        [
            r"line 1: customers[0].name has half a character: an escape from \ud800 to \udfff is one of a pair, and the other is missing"
        ]
    );
    for (text, format, what) in [
        (
            "{\"customers\": {\"id\": \"x\"}}",
            Format::Json,
            "customers is an object, not a list; write it in [ ]",
        ),
        (
            "[customers]\nid = \"x\"\n",
            Format::Toml,
            "customers is a table, not a list; each begins with [[customers]]",
        ),
        (
            "customers = [\"x\"]\n",
            Format::Toml,
            "customers[0] is a text, not a table, which begins with [[customers]]",
        ),
        ("{\"customer\": []}", Format::Json, "customer is unknown; known are applications, customers"),
        ("{\"customers\": [{\"id\": \"\\ud800\"}]}", Format::Json, "customers[0].id has half a character"),
        ("{\"customers\": [{\"i\\ud800\": 5}]}", Format::Json, "customers[0] has half a character"),
    ] {
        let said = flaws(text, format);
        assert!(said.len() == 1 && said[0].starts_with(&format!("line 1: {what}")), "{text}: {said:?}");
    }
    let deep = format!("{{\"customers\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(flaws(&deep, Format::Json).len(), 1);
}

#[test]
fn what_means_less_than_it_seems_to_is_no_whole_contract() {
    assert_eq!(
        flaws("customer,application, application\nc1,a1,a2\n", Format::Csv),
        ["line 1: the column `application` is there twice; write a line for each pair"]
    );
    for text in ["[]", " [[], []]", "null", ""] {
        let said = flaws(text, Format::Json);
        assert_eq!(said, ["line 1: the file is not an object, which begins with {"], "{text}");
    }
    assert_eq!(
        flaws("{\"applications\": [[\"a1\", \"Name\"],\n\"a2\"],\n\"customers\": [[\"c1\"]]}", Format::Json),
        [
            "line 1: applications[0] is not an object, such as {\"id\": \"a\"}",
            "line 2: applications[1] is not an object, such as {\"id\": \"a\"}",
            "line 3: customers[0] is not an object, such as {\"id\": \"a\"}",
        ]
    );
}

#[test]
fn a_table_tells_each_name_once_or_alike() {
    assert_eq!(
        flaws("customer,customer_name,application\na,One,x\na,Two,y\na,,x\n,,\n", Format::Csv),
        [
            "line 3: customer_name is another name than on line 2 for `a`",
            "line 4: application gives the customer the same application as line 2",
            "line 5: has neither a customer nor an application",
        ]
    );
    // A name is bad where it stands, not where its customer stands first.
    assert_eq!(
        flaws("customer,customer_name,application\na,,x\na,\u{200b},y\na,One,z\n", Format::Csv),
        [
            "line 3: customer_name holds the invisible character U+200B",
            "line 4: customer_name is another name than on line 3 for `a`",
        ]
    );
}

#[test]
fn a_table_tells_each_line_that_holds_what_is_wrong() {
    assert_eq!(
        flaws(
            "customer,customer_name,application\nc1,,\u{e9}\nc2,a\tb,\u{e9}\nc2,a\tb,x\nc3,,\u{e9}\n",
            Format::Csv
        ),
        [
            "line 2: application holds `\u{e9}` (U+00E9), which is not ASCII; only ASCII letters, digits, signs and spaces are allowed",
            "line 3: application holds `\u{e9}` (U+00E9), which is not ASCII; only ASCII letters, digits, signs and spaces are allowed",
            "line 3: customer_name holds the invisible character U+0009",
            "line 4: customer_name holds the invisible character U+0009",
            "line 5: application holds `\u{e9}` (U+00E9), which is not ASCII; only ASCII letters, digits, signs and spaces are allowed",
        ]
    );
}

proptest! {
    #[test]
    fn what_is_written_reads_back(wish in crate::registry::tests::Wish::any()) {
        let desired = wish.desired();
        for (format, _) in Format::ALL {
            let text = write(&desired, format);
            prop_assert_eq!(read(&text, format).unwrap(), desired.clone(), "{}", text);
        }
    }
}

#[test]
fn tables_can_be_added_to_what_is_written() {
    let application = "[[applications]]\nid = \"a\"\n";
    let customer = "[[customers]]\nid = \"c\"\n";
    for before in ["", application, customer] {
        let written = write(&read(before, Format::Toml).unwrap(), Format::Toml);
        let more = [application, customer].into_iter().filter(|table| *table != before);
        let file = more.fold(written, |file, table| file + table);
        let desired = read(&file, Format::Toml).unwrap();
        assert_eq!((desired.applications().len(), desired.customers().len()), (1, 1), "{file}");
    }
}
