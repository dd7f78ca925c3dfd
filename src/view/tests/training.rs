//! The trainer's screens, with nobody in the classroom, and with a run under way.

use super::cases::{Case, pressed};
use super::fixture::*;
use crate::desk::*;
use crate::order::{Call, State};
use crate::practice::Snapshot;
use crate::practice::grade::{Made, Reached};
use jiff::SignedDuration;
use serde_json::json;
use std::sync::Arc;

pub fn all() -> Vec<Case> {
    let mut clock = model(Screen::Training);
    clock.training.tab = Tab::Clock;
    clock.training.clock_offset = SignedDuration::from_mins(45);
    clock.training.log.push_back("Px's clock moved on by 45 min".into());
    let clock = pressed(clock, "jjj");
    let server = tab(clock.clone(), 1);
    let failures = pressed(tab(own_order(), 2), "jjj\r");
    let accidents = pressed(failures.clone(), "jjjjjjjjjjjj");
    let room = classroom(vec![waiting(), running(), gone()]);
    let room = pressed(room, "j");
    let watched = pressed(room.clone(), "\r");
    let mut saying = pressed(tab(room.clone(), 1), "jjjj\r");
    for key in "I am not sure about the price".chars() {
        update(&mut saying, Msg::Key(Key::char(key)), now());
    }
    let mut done = pressed(tab(room.clone(), 3), "jjj\r");
    let words = "Omar Haddad-Lindqvist: The next Complete Order is refused with 1210";
    update(&mut done, Msg::Classroom(ClassroomNews::Directed { words: words.into() }), now());
    vec![
        ("training", clock),
        ("training_server", server),
        ("training_customer", own_order()),
        ("training_no_customer", tab(model(Screen::Training), 0)),
        ("training_failures", failures),
        ("training_accidents", accidents),
        ("classroom_empty", classroom(Vec::new())),
        ("classroom", room.clone()),
        ("classroom_trainee", watched),
        ("classroom_scenarios", pressed(room.clone(), "sj")),
        ("classroom_customer", pressed(tab(room.clone(), 1), "jjjjjjj")),
        ("classroom_saying", saying),
        ("classroom_closing", pressed(room.clone(), "q")),
        ("classroom_clock", tab(room, 2)),
        ("classroom_failures", done),
    ]
}

/// Another tab.
fn tab(mut model: Model, times: usize) -> Model {
    for _ in 0..times {
        model.frame.held = Held::default();
        update(&mut model, Msg::Key(Key::plain(Code::Tab)), now());
    }
    model
}

/// From an order, whose customer it then is.
fn own_order() -> Model {
    let mut model = Story::opened(Some(at("15:04:05"))).sent().on(Pane::Sent);
    (model.screen, model.training_from) = (Screen::Training, Screen::Order);
    model
}

fn classroom(trainees: Vec<Trainee>) -> Model {
    let mut model = model(Screen::Training);
    let lesson = |name: &str, title: &str, teaches: &str| Lesson {
        name: name.into(),
        title: title.into(),
        teaches: teaches.into(),
        text: String::new(),
    };
    let lessons = vec![
        lesson("verbal", "A first order, read aloud", "The four steps, with nothing in the way."),
        lesson(
            "pair-used-before",
            "The transaction was used with another partner order id",
            "Two ids that do not belong together: neither can be changed here, so the order is abandoned and added \
             again under the right ones.",
        ),
        lesson(
            "in-doubt",
            "Complete, and no answer",
            "A doubt is left alone, asked about, and then settled.",
        ),
    ];
    let (address, code) = ("192.168.100.200:41234".into(), "K7QFM2XW".into());
    let lessons = Arc::new(lessons);
    model.training.classroom = Some(Classroom { address, code, lessons, trainees: Vec::new() });
    model.training.tab = Tab::Trainees;
    model.setup.agent = "t.meyer".into();
    update(&mut model, Msg::Classroom(ClassroomNews::Seats(trainees)), now());
    model
}

fn trainee(number: u32, name: &str, snapshot: Snapshot) -> Trainee {
    let (name, told_at) = (name.to_owned(), at("15:38:18"));
    Trainee { number, name, away: false, heard_at: told_at, key_at: None, told_at, snapshot, waiting: 0 }
}

fn waiting() -> Trainee {
    trainee(1, "Dana Wu", Snapshot::default())
}

/// In the middle of a reading, after a mistake.
fn running() -> Trainee {
    let step = |it: &str, words: &str, at: Option<u64>| Reached {
        it: it.into(),
        words: words.into(),
        why: None,
        at,
        took: at,
        keys: at.map(|_| 2),
    };
    let events = [
        (1_000, "The order was opened."),
        (12_400, "Retrieve RCC was sent."),
        (13_100, "The RCC arrived: 5 sections."),
        (15_000, "The reading began."),
        (16_200, "Section 1 was marked read too soon."),
        (44_000, "Section 1 was read: 61 words in 27 seconds."),
        (70_900, "Section 2 was read: 58 words in 26 seconds."),
    ];
    let snapshot = Snapshot {
        trainee: "Omar".into(),
        scenario: Some("verbal".into()),
        title: Some("A first order, read aloud".into()),
        elapsed: 82_000,
        keys: 9,
        state: Some(State::Reading),
        transaction_id: Some("TX-20261120-0042".into()),
        section: Some((3, 5)),
        words_per_minute: Some(134),
        expires_at: Some(at("15:47:05")),
        now: Some(at("15:38:18")),
        screen: "order".into(),
        next_line: "Read the section aloud. Space when it has been read.".into(),
        said: vec![
            ("customer".into(), "Hello, yes, please go ahead and read it to me.".into()),
            ("customer".into(), "Sorry, could you speak up a little? There is somebody at the door.".into()),
        ],
        steps: vec![
            step("retrieve", "retrieve the RCC", Some(12_400)),
            step("read", "read all of the text aloud", None),
            step("said_yes", "record the customer's yes by name", None),
            step("completed", "have the order completed", None),
        ],
        mistakes: vec![Made {
            mistake: "read_too_fast".into(),
            at: 16_200,
            what: "A section was marked read before it could have been read aloud.".into(),
            instead: "Read every word.".into(),
            points: 10,
        }],
        events: events.map(|(at, what)| (at, what.to_owned())).into(),
        ledger: Some(json!({ "retrievesReceived": 1, "completesReceived": 0, "completesApplied": 0 })),
        ..Snapshot::default()
    };
    Trainee { key_at: Some(at("15:38:09")), waiting: 1, ..trainee(2, "Omar Haddad-Lindqvist", snapshot) }
}

/// Ended, and not there any more.
fn gone() -> Trainee {
    let snapshot = Snapshot {
        scenario: Some("in-doubt".into()),
        title: Some("Complete, and no answer".into()),
        elapsed: 754_000,
        ended: true,
        grade: Some(85),
        state: Some(State::Completed),
        ..Snapshot::default()
    };
    Trainee { away: true, heard_at: at("15:36:00"), ..trainee(3, "Kim", snapshot) }
}

/// Nothing that is chosen from is cut off, at any size that is allowed.
#[test]
fn no_line_is_cut_off() {
    let mut models: Vec<Model> = all().into_iter().map(|(_, model)| model).collect();
    // Where no other machine reaches the classroom, what others would need is said.
    let mut here = classroom(vec![waiting()]);
    if let Some(classroom) = &mut here.training.classroom {
        classroom.address = "127.0.0.1:41234".to_owned();
    }
    models.push(here);
    for call in Call::ALL.map(Called::Px).into_iter().chain(Sold::ALL.map(Called::Market)) {
        let mut model = own_order();
        (model.training.tab, model.training.call) = (Tab::Server, Some(call));
        models.extend((0..training_length(&model)).map(|row| {
            let mut model = model.clone();
            model.training.choose(row);
            model
        }));
    }
    for model in models {
        let sizes = [(80, 24), super::SMALLEST].into_iter().filter(|size| {
            // Names and titles that people make up may be longer than the smallest screen is wide.
            model.training.classroom.is_none() || *size == (80, 24)
        });
        for size in sizes {
            let shown = super::text(&super::frame(&model, ThemeName::Plain, size).0);
            let body: Vec<&str> = shown.lines().skip(2).collect();
            let cut = body.iter().filter(|line| line.contains('…') && !line.contains("Omar")).count();
            assert_eq!(cut, 0, "{size:?}: {shown}");
            let item = training_items(&model).into_iter().nth(model.training.selected());
            assert!(item.is_none_or(|item| shown.contains(&item.label)), "{size:?}: {shown}");
        }
    }
}
