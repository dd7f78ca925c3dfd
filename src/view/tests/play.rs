//! A run of practice as the trainee sees it: what is said on the phone above the screens of an order, and the report.

use super::cases::{self, Case, pressed};
use super::fixture::*;
use super::{frame, text};
use crate::desk::*;
use crate::practice::Report;
use crate::practice::grade::{Made, Reached};
use std::sync::Arc;

const SHORT: &str = "Hello, yes, please go ahead and read it to me.";
const SPANISH: &str = "Buenos días. ¿Me lo puede leer en español, por favor?";
const LONG: &str = "Sorry, I did not get all of that: you said sixty-five dollars a month, and then there was something \
                    about a modem which I do not want, because I have one of my own from the last company. Would that \
                    be all right, and does it change what I pay? My neighbour pays less, and has the same.";

/// The case's name, the screen that it is on, and what was said last, by whom.
const TALKS: [(&str, &str, &str, &str); 7] = [
    ("run_begins", "retrieve", "", ""),
    ("run_short", "deliver", "customer", SHORT),
    ("run_long", "deliver", "customer", LONG),
    ("run_reading", "reading", "customer", SHORT),
    ("run_reading_long", "reading", "customer", LONG),
    ("run_reading_spanish", "reading", "customer", SPANISH),
    ("run_carrier", "doubt_rested", "carrier", "We have nothing under those ids. Reference T-4480."),
];

/// All that can be seen of a run.
pub fn all(others: &[Case]) -> Vec<Case> {
    let on = |base: &str, view: PlayView| {
        let (_, model) = others.iter().find(|(name, _)| *name == base).unwrap();
        run(model.clone(), view)
    };
    let said = || view(&[("customer", SHORT)]);
    let mut all: Vec<Case> = TALKS
        .into_iter()
        .map(|(name, base, who, words)| {
            let said = Some((who, words)).filter(|(who, _)| !who.is_empty());
            (name, on(base, view(said.as_slice())))
        })
        .collect();
    let gone = PlayView { on: false, ..said() };
    let paused = PlayView { paused: true, ..said() };
    let over = on("outcome_completed", PlayView { over: Some(Arc::new(perfect())), ..said() });
    let poor = on("outcome_abandoned", PlayView { over: Some(Arc::new(careless())), ..gone.clone() });
    let f5 = |mut model: Model| {
        update(&mut model, Msg::Key(Key::plain(Code::F(5))), now());
        model
    };
    all.extend(vec![
        ("run_away", on("deliver", gone.clone())),
        ("run_reading_away", on("reading", gone)),
        ("run_paused", on("deliver", paused.clone())),
        ("run_reading_paused", on("reading", paused.clone())),
        ("run_trainer_gone", on("reading", PlayView { lost: true, ..paused.clone() })),
        ("run_key_while_paused", pressed(on("reading", paused), " ")),
        ("run_asks", on("confirm_complete", said())),
        ("run_queue", run(queue(1), said())),
        ("run_over", over.clone()),
        ("run_graded", f5(over)),
        ("run_graded_mistakes", f5(poor.clone())),
        ("run_graded_scrolled", pressed(f5(poor), "jjjjjj")),
    ]);
    all
}

/// The model where it is for a run of practice.
fn run(mut model: Model, view: PlayView) -> Model {
    model.setup.practice_offered = false;
    update(&mut model, Msg::Practice(Box::new(view)), now());
    model
}

fn view(said: &[(&str, &str)]) -> PlayView {
    PlayView {
        title: "The sales code is refused at Complete".into(),
        teaches: "Nothing was ordered: correct it, and complete again. What was read and accepted may have to be read \
                  again, if the text changes."
            .into(),
        said: said.iter().map(|(who, words)| ((*who).to_owned(), (*words).to_owned())).collect(),
        on: true,
        paused: false,
        lost: false,
        over: None,
    }
}

/// A right move, with the seconds that it took; none when it was never reached.
fn step(it: &str, words: &str, why: Option<&str>, took: Option<u64>) -> Reached {
    let took = took.map(|seconds| seconds * 1_000);
    Reached {
        it: it.into(),
        words: words.into(),
        why: why.map(str::to_owned),
        at: took,
        took,
        keys: took.map(|_| 3),
    }
}

fn perfect() -> Report {
    Report {
        scenario: "verbal".into(),
        title: "A first order, read aloud".into(),
        trainee: "Dana Wu".into(),
        started_at: at("15:30:00"),
        seconds: 214,
        keys: 19,
        words_per_minute: Some(148),
        grade: 100,
        finished: true,
        steps: vec![
            step("retrieve", "retrieve the RCC", None, Some(8)),
            step("read", "read all of the text aloud", Some("The customer must hear every word."), Some(171)),
            step("said_yes", "record the customer's yes by name", None, Some(12)),
            step("completed", "have the order completed", None, Some(23)),
        ],
        mistakes: Vec::new(),
        rows: Vec::new(),
        timeline: Vec::new(),
        events: Vec::new(),
    }
}

/// Whatever can go wrong went wrong.
fn careless() -> Report {
    let made = crate::practice::Mistake::ALL.iter().zip(1_u64..).map(|(row, n)| Made {
        mistake: row.1.into(),
        at: n * 67_000,
        what: row.2.into(),
        instead: row.3.into(),
        points: row.4,
    });
    let why =
        "Hold on to what the carrier says: two orders for one customer are worse than one that comes late.";
    Report {
        trainee: "Omar Haddad-Lindqvist".into(),
        title: "The partner order id got lost at Complete".into(),
        seconds: 754,
        keys: 131,
        words_per_minute: None,
        grade: 0,
        finished: false,
        steps: vec![
            step("retrieve", "retrieve the RCC", None, Some(8)),
            step("ask_carrier", "call the carrier", Some(why), None),
            step("completed", "have the order completed", None, None),
        ],
        mistakes: made.collect(),
        ..perfect()
    }
}

#[test]
fn a_run_on_a_large_screen_in_daylight() {
    for (name, mut model) in cases::all().into_iter().filter(|(name, _)| name.starts_with("run_")) {
        for size in [(80, 24), (120, 40), (200, 60)] {
            model.frame.size = size;
            model.frame.theme = ThemeName::Light;
            let (light, _) = frame(&model, ThemeName::Light, size);
            insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), text(&light));
            });
        }
    }
}

/// What a legal text loses to what is said: a row where a row is enough, and of a long speech all that is said.
#[test]
fn the_legal_text_keeps_its_room_in_a_run() {
    let all = cases::all();
    let costs = |name: &str, size: (u16, u16)| {
        let (_, with) = all.iter().find(|(case, _)| *case == name).unwrap();
        let mut without = with.clone();
        (without.training.play, without.frame.notice) = (None, None);
        let top = |model: &Model| {
            let shown = text(&frame(model, ThemeName::Plain, size).0);
            shown.lines().position(|line| line.contains("Reading aloud   section 3")).unwrap()
        };
        top(with) - top(&without)
    };
    let table = [
        ("run_reading", 1, 3),
        ("run_reading_spanish", 1, 3),
        ("run_reading_away", 1, 3),
        ("run_reading_paused", 1, 3),
        ("run_reading_long", 4, 5),
    ];
    for (name, small, tall) in table {
        assert_eq!((costs(name, (80, 24)), costs(name, (120, 40))), (small, tall), "{name}");
    }
}

/// What the customer says is said once, so it can be read to its end.
#[test]
fn a_long_speech_is_not_cut_off() {
    for name in ["run_long", "run_reading_long"] {
        let (_, model) = cases::all().into_iter().find(|(case, _)| *case == name).unwrap();
        for size in [(80, 24), (120, 40)] {
            let shown = text(&frame(&model, ThemeName::Plain, size).0);
            let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains("pays less, and has the same.\u{201d}"), "{name}: {shown}");
        }
    }
}

/// On the smallest screen, too, something is left for the order.
#[test]
fn what_is_said_leaves_room_on_the_smallest_screen() {
    for (name, model) in cases::all().into_iter().filter(|(name, _)| name.starts_with("run_")) {
        let shown = text(&frame(&model, ThemeName::Plain, super::super::SMALLEST).0);
        let head = shown.lines().position(|line| line.contains("1 Retrieve"));
        assert!(head.is_none_or(|head| head <= 4), "{name}: {shown}");
    }
}

/// Wherever somebody can be talked to, and the text needs no room, the keys for it are in sight.
#[test]
fn whom_to_talk_to_is_in_sight() {
    let all = cases::all();
    let shown = |name: &str, size| {
        let (_, model) = all.iter().find(|(case, _)| *case == name).unwrap();
        text(&frame(model, ThemeName::Plain, size).0)
    };
    for size in [(80, 24), (120, 40)] {
        for name in ["run_begins", "run_short", "run_carrier", "run_queue"] {
            let shown = shown(name, size);
            assert!(shown.contains("F3 ask customer   F4 call carrier"), "{name}: {shown}");
        }
        for name in ["run_over", "run_asks", "run_graded"] {
            assert!(!shown(name, size).contains("F3"), "{name}: no key of it works now");
        }
    }
}

/// No mistake of a report is cut off, nor what would have been right.
#[test]
fn all_of_a_report_can_be_read() {
    let (_, mut model) = cases::all().into_iter().find(|(name, _)| *name == "run_graded_mistakes").unwrap();
    let mut seen = String::new();
    for _ in 0..40 {
        let shown = text(&frame(&model, ThemeName::Plain, (80, 24)).0);
        assert!(!shown.contains('…'), "{shown}");
        // All but the last line, which may say that more follow.
        let line = shown.lines().nth(2).unwrap().trim_start_matches(|c: char| !c.is_alphabetic());
        seen.push_str(line);
        seen.push(' ');
        model = pressed(model, "j");
    }
    let last = text(&frame(&model, ThemeName::Plain, (80, 24)).0);
    let rest =
        last.lines().skip(2).map(|line| line.trim_start_matches(|c: char| !c.is_alphabetic()).trim_end());
    seen.push_str(&rest.collect::<Vec<_>>().join(" "));
    let seen = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    for (_, _, what, instead, _) in crate::practice::Mistake::ALL {
        assert!(seen.contains(what) && seen.contains(instead), "{what} {instead}\n{seen}");
    }
}
