//! Three orders of one day, and what a report says of them.

use super::*;
use crate::order::*;
use jiff::{SignedDuration, tz::TimeZone};

/// An order's history, told minute by minute.
struct Story {
    id: OrderId,
    at: Timestamp,
    events: Vec<Recorded>,
}

fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

impl Story {
    fn open(n: u64) -> Self {
        let json = serde_json::json!({ "salesCode": "S", "partnerId": "P", "partnerOrderId": format!("PO-{n}"),
            "transactionId": format!("T-{n}"), "addressDetailId": "A" });
        let new = parse_order(&json, noon()).unwrap();
        let opened = Event::Opened {
            environment: Environment::Sandbox,
            identity: new.identity,
            prepared_at: None,
            language: None,
            despite_doubt: None,
            personal: None,
        };
        Self { id: OrderId::from_bits(n), at: noon(), events: Vec::new() }.then("r.diaz", 0, opened)
    }

    fn then(mut self, by: &str, minutes: i64, event: Event) -> Self {
        self.at += SignedDuration::from_mins(minutes);
        let seq = self.events.len() as u64 + 1;
        self.events.push(Recorded { seq, at: self.at, by: by.into(), event, hash: Digest([0; 32]) });
        self
    }
}

fn started(attempt: u32, call: Call) -> Event {
    Event::CallStarted { attempt, call, method: None, owner: "d".into(), probe: false, personal: None }
}

fn day() -> Period {
    let until = noon() + SignedDuration::from_hours(6);
    Period { since: noon(), until, zone: TimeZone::UTC }
}

fn figures() -> Figures {
    let sha256 = Digest([1; 32]);
    let completed = Event::Completed {
        attempt: 1,
        order_number: "N".into(),
        order_status: None,
        tx_id: None,
        personal: None,
    };
    let one = Story::open(1)
        .then("k.ono", 3, Event::AcceptedVerbally { sha256, read: None, personal: None })
        .then("k.ono", 0, started(1, Call::CompleteOrder))
        .then("k.ono", 4, completed.clone());
    let failure = Failure::NotSent("x".into());
    let failed = Event::CallFailed { attempt: Some(1), call: Call::RetrieveRcc, failure, uptime: None };
    let two = Story::open(2).then("k.ono", 1, started(1, Call::RetrieveRcc)).then("k.ono", 1, failed);
    let three = Story::open(3)
        .then("r.diaz", 1, Event::Abandoned { reason: "x".into() })
        // After the period: it counts for nothing.
        .then("r.diaz", 600, Event::Erased { reason: "x".into() });
    // Before the period, all of it but for the erasure.
    let mut four = Story::open(4);
    four.events[0].at -= SignedDuration::from_hours(1);
    let four = four.then("r.diaz", 60, Event::Erased { reason: "x".into() });
    let mut figures = Figures::default();
    for story in [one, two, three, four] {
        figures.add(&story.id, &story.events, &day());
    }
    figures
}

#[test]
fn figures_count_what_happened_in_the_period_and_nothing_else() {
    let figures = figures();
    assert_eq!((figures.orders, figures.completions(), figures.hours[12]), (3, 1, 1));
    let stands = |state| figures.states[State::ALL.iter().position(|known| *known == state).unwrap()];
    assert_eq!([State::Completed, State::Opened, State::Abandoned].map(stands), [1, 1, 1]);
    assert_eq!(figures.minutes, [0, 0, 1, 0, 0, 0, 0, 0, 0], "seven minutes are more than five");
    assert_eq!(figures.acceptances[0], (Method::Verbal, 1));
    assert_eq!(figures.errors["retrieve_rcc/not_sent"], 1);
    let ono = Agent { opened: 0, completed: 1, abandoned: 0, errors: 1 };
    assert_eq!(figures.agents["k.ono"], ono);
    assert_eq!((figures.agents["r.diaz"].opened, figures.agents["r.diaz"].abandoned), (3, 1));
}

#[test]
fn an_order_that_a_clock_dated_ahead_stands_where_it_stood() {
    let mut story = Story::open(1).then("k.ono", 1, Event::Abandoned { reason: "x".into() });
    story.events[0].at += SignedDuration::from_hours(12);
    let mut figures = Figures::default();
    figures.add(&story.id, &story.events, &day());
    assert_eq!((figures.orders, figures.states.iter().sum::<u64>()), (1, 1));
}

/// A report is read beside `order list --by-cause`, `pxdesk errors` and `order retry --cause`.
#[test]
fn an_error_has_the_name_that_it_has_everywhere_else() {
    let refused = |row: Option<&str>, code: Option<&str>| Event::CallRefused {
        attempt: Some(1),
        error: CallError {
            api: Call::CompleteOrder,
            http_status: 401,
            internal_code: code.map(str::to_owned),
            user_message: "no".into(),
            tx_id: None,
            row: row.map(str::to_owned),
        },
    };
    let story = Story::open(1)
        .then("k.ono", 1, refused(Some("complete_order/payment_down"), None))
        .then("k.ono", 1, refused(Some("complete_order/2225"), Some("02225")))
        .then("k.ono", 1, refused(Some("complete_order/2225"), Some("2225")))
        .then("k.ono", 1, refused(None, Some("7777")))
        .then("k.ono", 1, refused(None, None));
    let mut figures = Figures::default();
    figures.add(&story.id, &story.events, &day());
    let expected = [
        ("complete_order/2225", 2),
        ("complete_order/7777", 1),
        ("complete_order/payment_down", 1),
        ("complete_order/undocumented", 1),
    ];
    assert_eq!(figures.errors, expected.map(|(name, count)| (name.to_owned(), count)).into());
    assert!(expected.iter().all(|(name, _)| remedy::by_id(name).is_some()
        || name.ends_with("7777")
        || name.ends_with("undocumented")));
}

#[test]
fn a_report_is_the_same_as_text_json_and_csv() {
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("text", text(&figures(), &day(), Look { width: 60, ascii: false, goes_on: false }));
        insta::assert_snapshot!("csv", csv(&figures()).replace('\r', ""));
    });
    let json = json(&figures(), &day());
    assert_eq!((&json["orders"], &json["states"]["completed"]), (&3.into(), &1.into()));
    assert_eq!(json["minutesToComplete"][8]["upTo"], serde_json::Value::Null);
}

#[test]
fn a_picture_keeps_to_its_width_and_shows_what_is_little() {
    let mut figures = figures();
    figures.errors.insert("a".repeat(60), 100_000);
    figures.agents.insert("=cmd\u{1b}[2J,\"x\"".into(), Agent::default());
    for width in [40, 60, 80, 200] {
        for ascii in [false, true] {
            let text = text(&figures, &day(), Look { width, ascii, goes_on: false });
            let widest = text.lines().map(unicode_width::UnicodeWidthStr::width).max().unwrap();
            assert!(widest <= width.max(72), "{width}: {text}");
            assert!(!text.contains('\u{1b}') && (!ascii || text.is_ascii()), "{text}");
            let little = text.lines().find(|line| line.contains("not_sent")).unwrap();
            assert!(little.ends_with(['#', '▏']), "one of 100,000 can be seen: {little}");
        }
    }
    assert!(csv(&figures).contains(r#"opened_by,"'=cmd<U+001B>[2J,""x""",0"#), "{}", csv(&figures));
    let nothing = text(&Figures::default(), &day(), Look { width: 80, ascii: true, goes_on: false });
    assert!(nothing.contains("0 orders") && nothing.contains("none"), "{nothing}");
}
