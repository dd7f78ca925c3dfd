//! Each thing that can be wrong in a scenario, once; and what a whole one says.

use super::*;

mod other;

/// A whole scenario, in which nothing is wrong. The lines matter: the cases below count them.
const GOOD: &str = r#"name = "good"
title = "Good"
teaches = "Nothing."

[order]
phone = "+13035550123"
email = "ann@example.com"
prepared_minutes_ago = 10

[customer]
name = "Ann"
wants = "sms"
accepts_after_seconds = 30
when_asked = "It is 12."

[[customer.turn]]
when = "sent"
does = "says"
says = "Got it."

[carrier]
says = "It was placed."
placed = true

[[server]]
call = "complete_order"
row = "1099"

[[clock]]
when = "sent"
advance_minutes = 20

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

[[mistake]]
is = "gave_up"
points = 5
"#;

/// The file with one thing changed; what is wrong in it then, as `LINE: FIELD: WHAT`, cut to the beginning of WHAT.
type Case = (&'static str, &'static str, &'static str);

const SHAPES: [Case; 41] = [
    ("name = \"good\"\n", "", "1: name: is missing"),
    ("\"good\"", "\"Not good\"", "1: name: is not small letters, digits and hyphens"),
    ("title = \"Good\"", "title = \"  \"", "2: title: must not be empty"),
    ("title = \"Good\"", "title = 7", "2: title: is not a text"),
    ("teaches", "teachs", "1: teaches: is missing|3: teachs: is not a key here; did you mean `teaches`?"),
    ("[order]\n", "[order]\ncolour = \"red\"\n", "6: order.colour: is not a key here"),
    ("[order]", "order = 7\n[other]", "6: other: is not a key here|5: order: is not a table"),
    ("+13035550123", "12", "6: order.phone: is not a phone number: ten digits"),
    ("ann@example.com", "ann", "7: order.email: is not an e-mail address"),
    // What no desk would take is told before a trainee meets it.
    ("[order]", "[order]\nsales_code = \" pad \"", "6: order.sales_code: begins or ends with a space"),
    (
        "[order]",
        "[order]\npartner_id = \"P\\u0007\"",
        "6: order.partner_id: holds the invisible character U+0007",
    ),
    (
        "[order]",
        "[order]\naddress_detail_id = \"A \"",
        "6: order.address_detail_id: begins or ends with a space",
    ),
    (
        "[order]",
        "[order]\npayment_token = \"a\\u200bb\"",
        "6: order.payment_token: holds the invisible character",
    ),
    ("[order]", "[order]\ngift_cards = [\"a\", \"\"]", "6: order.gift_cards: value 2 is empty"),
    ("[order]", "[order]\ngift_cards = [7]", "6: order.gift_cards: is not a list of texts"),
    ("name = \"Ann\"", "name = \"Ann\\u202e\"", "11: customer.name: holds the invisible character U+202E"),
    ("ago = 10", "ago = 120", "8: order.prepared_minutes_ago: is not a whole number between 0 and 119"),
    ("name = \"Ann\"\n", "", "10: customer.name: is missing"),
    (
        "\"sms\"",
        "\"smss\"",
        "12: customer.wants: `smss` must be one of read, sms, email; did you mean `sms`?",
    ),
    ("seconds = 30", "seconds = \"30\"", "13: customer.accepts_after_seconds: is not a whole number"),
    (
        "when = \"sent\"\ndoes",
        "when = \"later\"\ndoes",
        "17: customer.turn[1].when: `later` must be one of start",
    ),
    ("does = \"says\"", "does = \"hangs_up\"", "16: customer.turn[1].for_seconds: is missing"),
    ("says = \"Got", "for_seconds = 2\nsays = \"Got", "19: customer.turn[1].for_seconds: goes with hangs_up"),
    ("placed = true", "placed = \"yes\"", "23: carrier.placed: is not true or false"),
    ("\"complete_order\"", "\"complet_order\"", "26: server[1].call: `complet_order` must be one of token"),
    ("row = \"1099\"", "row = \"9\"", "27: server[1].row: `9` is not documented for complete_order"),
    ("row = \"1099\"", "cut = \"middle\"", "27: server[1].cut: `middle` must be one of before, after"),
    ("row = \"1099\"", "times = 2", "25: server[1].call: says nothing that goes wrong"),
    (
        "row = \"1099\"",
        "row = \"1099\"\ncut = \"after\"",
        "25: server[1].call: says more than one thing that goes wrong",
    ),
    (
        "row = \"1099\"",
        "row = \"1099\"\ntimes = 2\nfor_seconds = 3",
        "29: server[1].for_seconds: cannot stand beside `times`",
    ),
    ("call = \"complete_order\"\n", "", "25: server[1].call: is missing"),
    ("advance_minutes = 20", "", "29: clock[1].advance_minutes: is missing"),
    ("do = \"retrieve\"", "do = \"retreive\"", "34: step[1].do: `retreive` must be one of retrieve"),
    // A step that could not be read leads nowhere, but nobody knows where it would lead.
    ("do = \"send_sms\"", "do = \"send_smss\"", "37: step[2].do: `send_smss` must be one of retrieve"),
    // What follows what could not be read keeps its number.
    (
        "[[server]]\ncall = \"complete_order\"\nrow = \"1099\"",
        "[[server]]\ncall = \"nope\"\ncut = \"before\"\n\n[[server]]\ncall = \"complete_order\"\noffer = \"phone\"",
        "26: server[1].call: `nope` must be one of token|31: server[2].offer: goes with retrieve_rcc alone",
    ),
    ("do = \"retrieve\"", "", "33: step[1].do: is missing"),
    ("value = \"tok-2\"\n", "", "46: step[5].field: and `value` say what is corrected"),
    ("\"paymentToken\"", "\"token\"", "47: step[5].field: `token` must be one of salesCode"),
    (
        "do = \"retrieve\"",
        "do = \"retrieve\"\nfield = \"salesCode\"\nvalue = \"A\"",
        "35: step[1].field: goes with `do = \"correct\"` alone|36: step[1].value: goes with `do",
    ),
    ("is = \"gave_up\"", "is = \"yawned\"", "54: mistake[1].is: `yawned` must be one of read_too_fast"),
    ("points = 5", "points = 101", "55: mistake[1].points: is not a whole number between 0 and 100"),
];

const IMPOSSIBLE: [Case; 28] = [
    (
        "[[step]]\ndo = \"send_sms\"\n",
        "",
        "38: step[2].do: `accepted` is not possible here|17: customer.turn[1].when: never|30: clock[1].when: never",
    ),
    (
        "do = \"accepted\"",
        "do = \"note\"",
        "43: step[4].do: `complete` is not possible here: nothing was accepted",
    ),
    (
        "do = \"complete\"",
        "do = \"said_yes\"",
        "43: step[4].do: `said_yes` is not possible here: nothing was read",
    ),
    ("do = \"complete\"", "do = \"probe\"", "43: step[4].do: `probe` is not possible here: no Complete"),
    ("do = \"complete\"", "do = \"abandon\"", "46: step[5].do: `correct`"),
    ("do = \"completed\"", "do = \"probe\"", "51: step[6].do: a run ends with one of completed"),
    (
        "row = \"1099\"",
        "cut = \"after\"",
        "46: step[5].do: `correct` is not possible here: Px refuses nothing",
    ),
    (
        "accepts_after_seconds = 30\n",
        "",
        "10: customer.accepts_after_seconds: is missing: the customer never answers",
    ),
    (
        "seconds = 30",
        "seconds = 6600",
        "13: customer.accepts_after_seconds: the customer never answers within the 90 minutes",
    ),
    ("accepts_after_seconds = 30", "declines = true", "13: customer.declines: the customer never accepts"),
    ("phone = \"+13035550123\"\n", "", "5: order.phone: is missing"),
    ("does = \"says\"", "does = \"declines\"", "18: customer.turn[1].does: the customer says no for good"),
    (
        "when = \"sent\"\ndoes = \"says\"",
        "when = \"after 30\"\ndoes = \"declines\"",
        "18: customer.turn[1].does: the customer says no for good",
    ),
    (
        "when = \"sent\"\ndoes",
        "when = \"after 129601\"\ndoes",
        "17: customer.turn[1].when: `after 129601` must be one of start",
    ),
    (
        "do = \"send_sms\"",
        "do = \"read\"\n\n[[step]]\ndo = \"send_sms\"\n\n[[customer.turn]]\nwhen = \"section 9\"\ndoes = \"says\"\nsays = \"Oh.\"",
        "43: customer.turn[2].when: never comes: the text has 8 sections",
    ),
    ("row = \"1099\"", "row = \"1099\"\nafter_calls = 2", "28: server[1].after_calls: never comes"),
    ("\"paymentToken\"", "\"salesCode\"", "47: step[5].field: Px refuses paymentToken in this scenario"),
    (
        "points = 5",
        "points = 5\n\n[[mistake]]\nis = \"gave_up\"\npoints = 90",
        "58: mistake[2].is: `gave_up` was said before",
    ),
    (
        "placed = true\n",
        "\n[[step]]\ndo = \"settle\"\n",
        "25: step[1].do: `settle` is not possible here|21: carrier.placed: is missing: `settle` is done by",
    ),
    (
        "[carrier]\nsays = \"It was placed.\"\nplaced = true\n",
        "[[step]]\ndo = \"release\"\n",
        "1: carrier.placed: is missing: `release` is done by what the carrier says",
    ),
    // At once, and after less than the customer needs.
    (
        "when = \"sent\"\ndoes = \"says\"",
        "when = \"start\"\ndoes = \"declines\"",
        "18: customer.turn[1].does: the customer",
    ),
    (
        "when = \"sent\"\ndoes = \"says\"",
        "when = \"retrieved\"\ndoes = \"declines\"",
        "18: customer.turn[1].does: the customer says no for good",
    ),
    ("when = \"sent\"\ndoes", "when = \"section 2\"\ndoes", "17: customer.turn[1].when: never comes"),
    ("says = \"Got it.\"\n", "", "16: customer.turn[1].says: is missing"),
    ("advance_minutes = 20", "advance_minutes = 110", "29: clock: the window of 120 minutes is closed"),
    (
        "[[clock]]",
        "[[server]]\ncall = \"complete_order\"\ncut = \"after\"\nfor_seconds = 7201\n\n[[clock]]",
        "32: server[2].for_seconds: is longer than the window",
    ),
    (
        "row = \"1099\"",
        "offer = \"phone\"",
        "27: server[1].offer: goes with retrieve_rcc alone|46: step[5].do: `correct`",
    ),
    (
        "[[clock]]",
        "[[server]]\ncall = \"token\"\ncut = \"before\"\n\n[[server]]\ncall = \"send_rcc\"\noffer = \"phone\"\n\n[[clock]]",
        "35: server[3].offer: goes with retrieve_rcc alone",
    ),
];

fn wrong_in(text: &str) -> Vec<String> {
    read(text).err().unwrap_or_default().iter().map(Wrong::to_string).collect()
}

#[test]
fn each_mistake_is_named_once_with_its_line_and_field() {
    assert_eq!(wrong_in(GOOD), [""; 0]);
    let mut failed = Vec::new();
    for (from, to, expected) in SHAPES.into_iter().chain(IMPOSSIBLE) {
        assert_eq!(GOOD.matches(from).count().min(1), 1, "{from}");
        let wrong = wrong_in(&GOOD.replacen(from, to, 1));
        let mut expected: Vec<&str> = expected.split('|').collect();
        expected.sort_unstable();
        let mut found = wrong.clone();
        found.sort_unstable();
        let fits = found.len() == expected.len()
            && found.iter().zip(&expected).all(|(found, expected)| found.starts_with(expected));
        if !fits {
            failed.push(format!("{from:?} to {to:?}: expected {expected:?}, found {wrong:?}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn five_mistakes_are_told_at_once_in_the_order_of_their_lines() {
    let changes = [
        ("[order]\n", "[order]\ncolour = \"red\"\n"),
        ("accepts_after_seconds = 30\n", "\n"),
        ("row = \"1099\"", "row = \"9\""),
        ("advance_minutes = 20", "advance_minutes = 0"),
        ("do = \"completed\"", "do = \"probe\""),
    ];
    let text = changes.iter().fold(GOOD.to_owned(), |text, (from, to)| text.replacen(from, to, 1));
    let lines_and_fields: Vec<(usize, String)> =
        read(&text).unwrap_err().into_iter().map(|wrong| (wrong.line, wrong.field)).collect();
    let expected = [
        (6, "order.colour"),
        (11, "customer.accepts_after_seconds"),
        (28, "server[1].row"),
        (32, "clock[1].advance_minutes"),
        (52, "step[6].do"),
    ];
    assert_eq!(lines_and_fields, expected.map(|(line, field)| (line, field.to_owned())));
}

#[test]
fn what_is_no_toml_is_named_with_its_line() {
    let wrong = read("name = \"a\"\ntitle = \n").unwrap_err();
    assert_eq!((wrong.len(), wrong[0].line, wrong[0].field.as_str()), (1, 2, ""));
}

#[test]
fn a_scenario_without_steps_is_none() {
    let (head, _) = GOOD.split_once("[[clock]]").unwrap();
    for steps in ["", "step = []\n"] {
        let text = format!("{steps}{head}");
        assert!(wrong_in(&text).iter().any(|wrong| wrong.starts_with("1: step: is missing")), "{text}");
    }
}

#[test]
fn what_the_file_says_is_what_is_read() {
    let scenario = read(GOOD).unwrap();
    assert_eq!((scenario.name.as_str(), scenario.customer.wants), ("good", Way::Sms));
    assert_eq!(scenario.server[0].lasts, Lasts::Times(1));
    assert_eq!(scenario.clock, [Jump { when: When::Sent, minutes: 20 }]);
    assert_eq!(scenario.rows(), ["complete_order/1099"]);
    assert_eq!(scenario.points(Mistake::GaveUp), Some(5));
    assert_eq!(scenario.points(Mistake::WrongWay), Some(Mistake::WrongWay.points()), "the usual");
    let free = read(&GOOD.replace("points = 5", "counts = false")).unwrap();
    assert_eq!(free.points(Mistake::GaveUp), None);
}

#[test]
fn the_rows_of_retrieve_count_where_the_text_is_sent() {
    let text = GOOD.replace(
        "[[clock]]",
        "[[server]]\ncall = \"send_rcc\"\nrow = \"2000\"\n\n[[server]]\ncall = \"get_rcc_acceptance\"\nrow = \"2000\"\n\n[[clock]]",
    );
    let rows = read(&text).unwrap().rows();
    assert_eq!(rows, ["complete_order/1099", "retrieve_rcc/2000"], "ids of the table, each once");
}

#[test]
fn the_line_of_the_name_is_found() {
    assert_eq!(name_line(GOOD), 1);
    assert_eq!(name_line("# a\n\nname = \"b\"\n"), 3);
    assert_eq!(name_line("title = 1\n"), 1);
}

#[test]
fn every_shipped_scenario_reads() {
    let mut names = std::collections::BTreeSet::new();
    for (file, text) in shipped::FILES {
        let scenario = read(text).unwrap_or_else(|wrong| panic!("{file}: {wrong:?}"));
        assert_eq!(file, scenario.name, "the file bears the scenario's name");
        assert!(names.insert(scenario.name), "{file}");
    }
    assert_eq!(shipped::all().len(), shipped::FILES.len());
}

/// What may come all the same is left alone.
#[test]
fn a_no_after_the_yes_and_a_failure_after_the_first_call_are_possible() {
    let possible = [
        ("when = \"sent\"\ndoes = \"says\"", "when = \"accepted\"\ndoes = \"declines\""),
        ("when = \"sent\"\ndoes = \"says\"", "when = \"after 31\"\ndoes = \"declines\""),
        ("row = \"1099\"", "row = \"1099\"\nafter_calls = 1"),
        (
            "row = \"1099\"",
            "row = \"1099\"\n\n[[server]]\ncall = \"complete_order\"\ncut = \"before\"\nafter_calls = 2",
        ),
    ];
    for (from, to) in possible {
        assert_eq!(wrong_in(&GOOD.replacen(from, to, 1)), [""; 0], "{to}");
    }
}

#[test]
fn the_texts_have_as_many_sections_as_the_check_thinks() {
    let texts = [
        ("internet", include_str!("../../../assets/sandbox/rcc/internet.en.toml")),
        ("internet", include_str!("../../../assets/sandbox/rcc/internet.es.toml")),
        ("phone", include_str!("../../../assets/sandbox/rcc/phone.en.toml")),
        ("phone", include_str!("../../../assets/sandbox/rcc/phone.es.toml")),
        ("bundle", include_str!("../../../assets/sandbox/rcc/bundle.en.toml")),
        ("bundle", include_str!("../../../assets/sandbox/rcc/bundle.es.toml")),
    ];
    for (offer, text) in texts {
        let sections = fault::SECTIONS.iter().find(|(of, _)| *of == offer).map(|(_, sections)| *sections);
        assert_eq!(Some(text.matches("[[section]]").count()), sections, "{offer}");
    }
}

/// What is to be corrected has to be told by somebody: the table of errors does not know it.
#[test]
fn somebody_tells_each_right_value() {
    for (name, text) in shipped::FILES {
        let scenario = read(text).unwrap();
        let customer = &scenario.customer;
        let told = [&customer.says, &customer.when_asked, &scenario.carrier.says];
        for value in scenario.steps.iter().filter_map(|step| step.value.as_deref()) {
            assert!(
                told.iter().any(|says| says.as_deref().is_some_and(|says| says.contains(value))),
                "{name}"
            );
        }
    }
}
