//! Which moves count when not all were made, or some another way; and when there is nothing left to do.

use super::*;

fn shipped_text(name: &str) -> &'static str {
    shipped::FILES.into_iter().find(|(of, _)| *of == name).unwrap().1
}

fn shipped_one(name: &str) -> Scenario {
    read(shipped_text(name)).unwrap()
}

#[test]
fn a_step_that_was_missed_takes_no_other_with_it() {
    let scenario = shipped_one("address");
    // The right id was known without asking.
    let mut all = vec![
        What::Retrieving,
        refused(Call::RetrieveRcc, "retrieve_rcc/2025"),
        corrected("addressDetailId"),
        What::Retrieving,
        began(),
        read_section(0, 0),
        What::Answered { yes: true },
        said_yes(),
        AGAIN,
        What::Completed { order_number: "1".to_owned() },
    ];
    assert!(is_over(&scenario, &seen(all.clone())));
    let report = graded(&scenario, &seen(all.clone()), true);
    assert_eq!((report.grade, report.finished), (85, true), "six of seven steps");
    // Whoever asks when all is done has not asked in time, and loses nothing else.
    all.push(What::AskedCustomer);
    assert_eq!(graded(&scenario, &seen(all), true).grade, 85);
}

#[test]
fn a_run_is_over_when_the_order_has_ended_and_not_before() {
    let done = || What::Completed { order_number: "1".to_owned() };
    let over = |name: &str, what: Vec<What>| is_over(&shipped_one(name), &seen(what));
    assert!(over("verbal", vec![What::Retrieving, sms(), What::Accepted, AGAIN, done()]), "another way");
    assert!(over("verbal", vec![What::Retrieving, What::Abandoned]), "abandoned");
    assert!(!over("verbal", vec![What::Retrieving, began(), said_yes()]));
    assert!(!over("already-submitted", vec![What::Noted, What::Retrieving]), "a note that came early");
    // Nothing was completed or refused yet: that note is one of a working day.
    let read = || vec![What::Retrieving, began(), read_section(0, 0)];
    for name in ["already-submitted", "no-partner-order-id-at-the-end"] {
        assert!(!over(name, [read(), vec![said_yes(), What::Noted]].concat()), "{name}");
    }
    let refused = || refused(Call::CompleteOrder, "complete_order/2130");
    let late = vec![What::Retrieving, began(), read_section(0, 0), said_yes(), AGAIN, refused()];
    assert!(!over("already-submitted", late.clone()));
    assert!(over("already-submitted", [late, vec![What::Noted]].concat()));
    let gave_up = graded(&shipped_one("verbal"), &seen(vec![What::Retrieving, What::Abandoned]), true);
    assert!(gave_up.mistakes.iter().all(|made| made.mistake != "gave_up"), "it was the order that ended");
}

/// What makes it right to abandon an order has to have happened.
#[test]
fn whoever_abandons_at_once_has_not_done_what_ends_with_it() {
    let refused = |row: &str| refused(Call::CompleteOrder, row);
    let walk = |row: &str| {
        let yes = What::Answered { yes: true };
        vec![
            What::Retrieving,
            began(),
            read_section(0, 0),
            yes,
            said_yes(),
            AGAIN,
            refused(row),
            What::Abandoned,
        ]
    };
    let correctable = &["abandoned_correctable"][..];
    let table = [
        ("too-late", vec![What::Abandoned], 20, false, correctable),
        ("pair-at-the-end", vec![What::Abandoned], 20, false, correctable),
        ("too-late", walk("complete_order/2215"), 100, true, &[]),
        ("pair-at-the-end", walk("complete_order/2131"), 100, true, &[]),
    ];
    for (name, what, whole, finished, mistakes) in table {
        let scenario = shipped_one(name);
        let report = graded(&scenario, &seen(what), true);
        assert!(is_over(&scenario, &report.timeline), "{name}");
        let made: Vec<&str> = report.mistakes.iter().map(|made| made.mistake.as_str()).collect();
        assert_eq!((report.finished, &*made), (finished, mistakes), "{name}");
        let cost: u8 = report.mistakes.iter().map(|made| made.points).sum();
        assert_eq!(report.grade, u8::saturating_sub(whole, cost), "{name}");
    }
    // Where nothing documented makes it right, a call that came to nothing does.
    let mut text = shipped_text("verbal").split_once("[[step]]").unwrap().0.to_owned();
    text += "[[server]]\ncall = \"retrieve_rcc\"\ncut = \"before\"\ntimes = 50\n";
    text += "[[step]]\ndo = \"retrieve\"\n[[step]]\ndo = \"abandon\"\n";
    let scenario = read(&text).unwrap();
    let cut = What::Failed { call: Call::RetrieveRcc, unknown: false };
    assert_eq!(names(&scenario, &seen(vec![What::Retrieving, cut, What::Abandoned])), [""; 0]);
    let came = What::Retrieved { changed: false };
    assert_eq!(names(&scenario, &seen(vec![What::Retrieving, came, What::Abandoned])), correctable);
}

#[test]
fn a_probe_settles_a_doubt_as_well_as_a_verdict() {
    let scenario = shipped_one("in-doubt");
    let begin = || {
        let yes = What::Answered { yes: true };
        vec![What::Retrieving, began(), read_section(0, 0), yes, said_yes(), AGAIN, unknown()]
    };
    let ways = [
        vec![What::CalledCarrier, settled(true)],
        vec![What::Completing { probe: true }, What::Completed { order_number: String::new() }],
    ];
    for way in ways {
        let report = graded(&scenario, &seen([begin(), way].concat()), true);
        assert_eq!((report.grade, report.finished, report.mistakes), (100, true, vec![]));
    }
}

/// Whoever gives an order up where the lesson has it looked after leaves the rest undone: the run ends, and what was not done
/// costs its share, with a word for it.
#[test]
fn a_run_ends_with_an_order_that_is_given_up() {
    for (name, call, steps, grade) in [
        ("no-partner-order-id", Call::RetrieveRcc, vec![What::Retrieving], 50),
        ("already-submitted", Call::CompleteOrder, vec![What::Retrieving], 16),
    ] {
        let scenario = shipped_one(name);
        let row = if call == Call::RetrieveRcc { "retrieve_rcc/2225" } else { "complete_order/2130" };
        let run = seen([steps, vec![refused(call, row), What::Abandoned]].concat());
        let report = graded(&scenario, &run, true);
        assert!(is_over(&scenario, &run) && !report.finished, "{name}");
        assert_eq!((report.grade, report.mistakes.len()), (grade, 0), "{name}: {:?}", report.mistakes);
        assert!(report.not_reached().is_some_and(|words| words.contains("not reached: −")), "{name}");
    }
    let report = graded(&scenario(""), &perfect(), true);
    assert_eq!(report.not_reached(), None);
}

/// What was heard before the line went dead counts: the section goes on from its start, or all is read again.
#[test]
fn whoever_stops_when_the_customer_hangs_up_has_lost_nothing() {
    for stops in [vec![What::Interrupted, began()], vec![What::ReadingBegan { again: true }]] {
        let before = vec![What::Retrieving, began(), What::Line { on: false }];
        let after = vec![What::Line { on: true }];
        let end = vec![
            read_section(0, 0),
            What::Answered { yes: true },
            said_yes(),
            AGAIN,
            What::Completed { order_number: "1".to_owned() },
        ];
        let all = if stops.len() == 2 {
            [before, vec![stops[0].clone()], after, vec![stops[1].clone()], end].concat()
        } else {
            [before, after, stops, end].concat()
        };
        let report = graded(&shipped_one("hangs-up"), &seen(all), true);
        assert_eq!(report.grade, 100, "{report:?}");
    }
}
