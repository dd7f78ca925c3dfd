//! Each mistake as it is seen, and what is none although it looks like one; what a run is worth.

mod away;
mod hurried;
mod ways;

use super::*;
use crate::order::{Call, Method, remedy};
use crate::practice::mistake::Mistake as M;
use crate::practice::scenario::Way;
use crate::practice::scenario::{read, shipped};
use std::collections::BTreeMap;

const WHO: &str = "Ann";

/// The first scenario without what it says of mistakes, changed by further lines of its file.
fn scenario(more: &str) -> Scenario {
    let (text, _) = shipped::FILES[0].1.split_once("[[mistake]]").unwrap();
    read(&format!("{text}\n{more}")).unwrap()
}

fn graded(scenario: &Scenario, seen: &[Seen], ended: bool) -> Report {
    let last = seen.last();
    let at = last.map_or(0, |seen| seen.at);
    let window = last.and_then(|seen| seen.window);
    let end = Ended { at, by: By::Trainee, key_at: at, window };
    graded_at(scenario, seen, ended.then_some(&end))
}

fn graded_at(scenario: &Scenario, seen: &[Seen], ended: Option<&Ended>) -> Report {
    let who = Who { trainee: WHO.to_owned(), started_at: Timestamp::UNIX_EPOCH };
    grade(scenario, seen, &who, ended)
}

/// What was seen, a second after one another, half of the window left.
fn seen(all: Vec<What>) -> Vec<Seen> {
    let at = |(n, what): (usize, What)| Seen {
        at: n as u64 * 1000,
        window: Some(3600),
        keys: u32::try_from(n).unwrap() * 2,
        what,
    };
    all.into_iter().enumerate().map(at).collect()
}

/// What was seen when so many seconds of the window were left, of two hours.
fn with_window(all: Vec<(i64, What)>) -> Vec<Seen> {
    let at = |(window, what): (i64, What)| Seen {
        at: u64::try_from(7200 - window).unwrap() * 1000,
        window: Some(window),
        keys: 0,
        what,
    };
    all.into_iter().map(at).collect()
}

fn read_section(section: usize, left: usize) -> What {
    What::SectionRead { section, words: 90, millis: 30_000, left }
}

fn corrected(field: &str) -> What {
    What::Corrected { fields: vec![field.to_owned()], wrong: Vec::new() }
}

fn refused(call: Call, row: &str) -> What {
    let remedy = remedy::by_id(row).unwrap();
    What::Refused { call, row: Some(row.to_owned()), retry: remedy.retry }
}

fn unknown() -> What {
    What::Failed { call: Call::CompleteOrder, unknown: true }
}

fn said_yes() -> What {
    What::SaidYes { other_name: false }
}

fn settled(placed: bool) -> What {
    What::Settled { placed, other_reference: false }
}

const AGAIN: What = What::Completing { probe: false };

/// Every mistake of the run, by name, but for leaving it.
fn names(scenario: &Scenario, seen: &[Seen]) -> Vec<String> {
    graded(scenario, seen, false).mistakes.into_iter().map(|made| made.mistake).collect()
}

/// What was seen, and the mistakes in it.
type Case = (&'static str, Vec<What>, &'static [Mistake]);

fn began() -> What {
    What::ReadingBegan { again: false }
}

fn no() -> What {
    What::Answered { yes: false }
}

fn sms() -> What {
    What::Sending { method: Method::Sms, elsewhere: false }
}

/// What is said by a carrier who has not placed the order.
const NOT_PLACED: &str = "[carrier]\nsays = \"It was not placed.\"\nplaced = false\n";

fn all_are_seen(table: Vec<Case>) {
    let scenario = scenario(NOT_PLACED);
    for (name, what, expected) in table {
        let expected: Vec<&str> = expected.iter().map(|mistake| mistake.name()).collect();
        assert_eq!(names(&scenario, &seen(what)), expected, "{name}");
    }
}

#[test]
fn each_mistake_with_the_customer_is_seen() {
    let yes = || What::Answered { yes: true };
    all_are_seen(vec![
        ("nothing", vec![], &[]),
        ("too soon", vec![What::TooSoon { section: 0 }], &[M::ReadTooFast]),
        (
            "too soon at two sections, twice at one",
            vec![What::TooSoon { section: 0 }, What::TooSoon { section: 0 }, What::TooSoon { section: 1 }],
            &[M::ReadTooFast],
        ),
        (
            "faster than anybody follows, whatever the desk allows",
            vec![What::SectionRead { section: 0, words: 40, millis: 5_999, left: 1 }],
            &[M::ReadTooFast],
        ),
        (
            "as fast as can be followed",
            vec![What::SectionRead { section: 0, words: 40, millis: 6_000, left: 1 }],
            &[],
        ),
        (
            "read to nobody, twice",
            vec![What::Line { on: false }, read_section(0, 2), read_section(1, 1)],
            &[M::ReadToNobody],
        ),
        (
            "read when they are back",
            vec![What::Line { on: false }, What::Line { on: true }, read_section(0, 2)],
            &[],
        ),
        ("no yes was given", vec![began(), read_section(0, 0), said_yes()], &[M::YesNotGiven]),
        ("a yes was given", vec![began(), read_section(0, 0), yes(), said_yes()], &[]),
        ("a no was given", vec![began(), no(), said_yes()], &[M::YesNotGiven]),
        (
            "the yes was to an earlier reading",
            vec![began(), yes(), What::ReadingBegan { again: true }, said_yes()],
            &[M::YesNotGiven],
        ),
        ("a no was recorded that they had not given", vec![began(), What::Declined], &[M::NoNotGiven]),
        ("their no was recorded", vec![began(), no(), What::Declined], &[]),
        ("completed after a yes", vec![began(), yes(), said_yes(), AGAIN], &[]),
        (
            "completed although the yes was taken back",
            vec![began(), yes(), said_yes(), no(), AGAIN],
            &[M::CompletedAfterNo],
        ),
    ]);
}

#[test]
fn each_mistake_with_how_the_customer_wants_it_is_seen() {
    let yes = || What::Answered { yes: true };
    let email = || What::Sending { method: Method::Email, elsewhere: false };
    all_are_seen(vec![
        (
            "completed after they changed their mind once more",
            vec![began(), no(), What::ReadingBegan { again: true }, yes(), said_yes(), AGAIN],
            &[],
        ),
        ("sent, and they wanted it read", vec![sms()], &[M::WrongWay]),
        ("read, as they wanted it", vec![began()], &[]),
        ("sent, as they want it now", vec![What::Wants { way: Way::Sms }, sms()], &[]),
        (
            "read on, although they want it sent now",
            vec![began(), What::Wants { way: Way::Sms }, What::ReadingBegan { again: true }],
            &[M::WrongWay],
        ),
        (
            "read to the end of the section that was lit, then sent as they want it now",
            vec![
                began(),
                read_section(0, 3),
                What::Wants { way: Way::Email },
                read_section(1, 2),
                email(),
                read_section(2, 1),
            ],
            &[],
        ),
        (
            "read on by a section, although they want it sent now",
            vec![
                began(),
                read_section(0, 3),
                What::Wants { way: Way::Email },
                read_section(1, 2),
                read_section(2, 1),
                email(),
            ],
            &[M::WrongWay],
        ),
        (
            "stopped, gone on, and read to the end of the section that was lit",
            vec![
                began(),
                read_section(0, 3),
                What::Interrupted,
                began(),
                What::Wants { way: Way::Email },
                read_section(1, 2),
                email(),
            ],
            &[],
        ),
        (
            "another text, read on by a section, although they want it sent now",
            vec![
                began(),
                read_section(0, 3),
                What::Retrieved { changed: true },
                began(),
                What::Wants { way: Way::Email },
                read_section(0, 3),
                read_section(1, 2),
                email(),
            ],
            &[M::WrongWay],
        ),
        (
            "read to its end, although they want it sent now",
            vec![began(), read_section(0, 1), What::Wants { way: Way::Email }, read_section(1, 0)],
            &[M::WrongWay],
        ),
        (
            "the other way once theirs failed",
            vec![
                What::Wants { way: Way::Sms },
                sms(),
                What::Failed { call: Call::SendRcc, unknown: false },
                email(),
            ],
            &[],
        ),
    ]);
}

#[test]
fn each_mistake_with_px_is_seen() {
    all_are_seen(vec![
        (
            "the same call again",
            vec![AGAIN, refused(Call::CompleteOrder, "complete_order/1099"), AGAIN],
            &[M::FutileRetry],
        ),
        (
            "another call in between corrects nothing",
            vec![AGAIN, refused(Call::CompleteOrder, "complete_order/1099"), What::Retrieving, AGAIN],
            &[M::FutileRetry],
        ),
        (
            "the same after a correction",
            vec![
                AGAIN,
                refused(Call::CompleteOrder, "complete_order/1099"),
                corrected("paymentToken"),
                AGAIN,
            ],
            &[],
        ),
        (
            "the same after a correction of something else",
            vec![AGAIN, refused(Call::CompleteOrder, "complete_order/1099"), corrected("salesCode"), AGAIN],
            &[M::FutileRetry],
        ),
        (
            "the same after a new acceptance, which is what mends it",
            vec![AGAIN, refused(Call::CompleteOrder, "complete_order/1210"), AGAIN],
            &[],
        ),
        (
            "what was refused where the text was sent",
            vec![
                What::Wants { way: Way::Sms },
                sms(),
                refused(Call::SendRcc, "retrieve_rcc/2000"),
                What::Sending { method: Method::Sms, elsewhere: false },
            ],
            &[M::FutileRetry],
        ),
        (
            "a retry that may help",
            vec![refused(Call::RetrieveRcc, "retrieve_rcc/4040"), What::Retrieving],
            &[],
        ),
        (
            "released without a call",
            vec![AGAIN, refused(Call::CompleteOrder, "complete_order/payment_down"), What::Released],
            &[M::DangerousRetry],
        ),
        (
            "released after a call",
            vec![
                AGAIN,
                refused(Call::CompleteOrder, "complete_order/payment_down"),
                What::CalledCarrier,
                What::Released,
                AGAIN,
            ],
            &[],
        ),
        (
            "completed again although the payment system was down",
            vec![AGAIN, refused(Call::CompleteOrder, "complete_order/payment_down"), AGAIN],
            &[M::DangerousRetry],
        ),
        ("settled without a call", vec![AGAIN, unknown(), settled(false)], &[M::DangerousRetry]),
        ("a probe needs no call", vec![AGAIN, unknown(), What::Completing { probe: true }], &[]),
        ("abandoned for nothing", vec![What::Abandoned], &[M::AbandonedCorrectable]),
        (
            "abandoned although it could be mended",
            vec![AGAIN, refused(Call::CompleteOrder, "complete_order/1099"), What::Abandoned],
            &[M::AbandonedCorrectable],
        ),
        (
            "abandoned because nothing helps",
            vec![AGAIN, refused(Call::CompleteOrder, "complete_order/2225"), What::Abandoned],
            &[],
        ),
        ("abandoned after they declined", vec![began(), no(), What::Declined, What::Abandoned], &[]),
        ("abandoned because they said no", vec![began(), no(), What::Abandoned], &[]),
        (
            "abandoned after a no that nobody had said",
            vec![began(), What::Declined, What::Abandoned],
            &[M::NoNotGiven, M::AbandonedCorrectable],
        ),
    ]);
}

#[test]
fn a_call_to_the_carrier_is_about_what_happened_before_it() {
    all_are_seen(vec![
        (
            "released after a call that was made before the refusal",
            vec![
                What::CalledCarrier,
                AGAIN,
                refused(Call::CompleteOrder, "complete_order/payment_down"),
                What::Released,
            ],
            &[M::DangerousRetry],
        ),
        (
            "settled after a call that was made before the doubt",
            vec![What::CalledCarrier, AGAIN, unknown(), settled(false)],
            &[M::DangerousRetry],
        ),
    ]);
}

/// The payment system was down, and the carrier says that the order was placed all the same.
#[test]
fn what_was_placed_is_not_released_and_sent_again() {
    let placed = scenario("[carrier]\nsays = \"It was placed.\"\nplaced = true\n");
    let down = || refused(Call::CompleteOrder, "complete_order/payment_down");
    for then in [vec![What::Released, AGAIN], vec![AGAIN]] {
        let all = [vec![AGAIN, down(), What::CalledCarrier], then].concat();
        assert_eq!(names(&placed, &seen(all)), ["dangerous_retry"]);
    }
}

/// Nothing is said of the carrier in the file: they say what they know from Px.
#[test]
fn what_the_carrier_knows_from_px_counts_like_what_the_file_says() {
    let silent = scenario("");
    let down = || refused(Call::CompleteOrder, "complete_order/payment_down");
    let says = |placed| What::CarrierSays { placed };
    let run = |failed: What, placed: bool, then: What| {
        names(&silent, &seen(vec![AGAIN, failed, What::CalledCarrier, says(placed), then]))
    };
    assert_eq!(run(down(), false, What::Released), [""; 0]);
    assert_eq!(run(down(), true, What::Released), ["dangerous_retry"]);
    for placed in [true, false] {
        assert_eq!(run(unknown(), placed, settled(placed)), [""; 0]);
        assert_eq!(run(unknown(), placed, settled(!placed)), ["wrong_verdict"]);
    }
}

#[test]
fn what_is_entered_has_to_be_right() {
    let file = shipped::FILES.into_iter().find(|(name, _)| *name == "sales-code").unwrap().1;
    let scenario = read(file).unwrap();
    let right = |field, value, refused| scenario.is_right(field, value, refused);
    assert!(right("salesCode", "CLQ4472", false) && !right("salesCode", "CLQ4471", true));
    assert!(!right("partnerId", "anything", false), "nobody was to correct it");
    assert!(right("partnerId", "anything", true), "Px has refused it, and nobody knows why");
    for (field, value) in [("partnerId", "P-2207"), ("paymentToken", ""), ("giftCards", "")] {
        assert!(right(field, value, false), "{field} is as it was");
    }
    let run = |wrong: &[&str]| {
        let fields = vec!["salesCode".to_owned()];
        let wrong = wrong.iter().map(|field| (*field).to_owned()).collect();
        seen(vec![
            What::Retrieving,
            refused(Call::RetrieveRcc, "retrieve_rcc/2000"),
            What::Corrected { fields, wrong },
            What::Retrieving,
            began(),
            read_section(0, 0),
            What::Answered { yes: true },
            said_yes(),
            AGAIN,
            What::Completed { order_number: "1".to_owned() },
        ])
    };
    let right = graded(&scenario, &run(&[]), true);
    assert_eq!((right.grade, right.mistakes.len()), (100, 0));
    let wrong = graded(&scenario, &run(&["salesCode"]), true);
    let made: Vec<&str> = wrong.mistakes.iter().map(|made| made.mistake.as_str()).collect();
    assert_eq!((made, wrong.finished), (vec!["wrong_value"], true));
    assert_eq!(wrong.grade, 83 - 30, "five of six steps, less what it costs");
}

#[test]
fn a_verdict_is_what_the_carrier_said() {
    let scenario = scenario(NOT_PLACED);
    let silent = self::scenario("[carrier]\nsays = \"Our line is busy.\"\n");
    let table = [(&scenario, true, 1), (&scenario, false, 0), (&silent, true, 1), (&silent, false, 1)];
    for (scenario, placed, wrong) in table {
        let all = vec![AGAIN, unknown(), What::CalledCarrier, settled(placed)];
        assert_eq!(names(scenario, &seen(all)), ["wrong_verdict"; 1][..wrong]);
    }
    // Nor does it make it right to send it again: two orders may be placed.
    let again = |says: &str| {
        let scenario = self::scenario(&format!("[carrier]\nsays = \"TKT-9.\"\nplaced = {says}\n"));
        let all = vec![AGAIN, unknown(), What::CalledCarrier, settled(false), AGAIN];
        names(&scenario, &seen(all))
    };
    assert_eq!(again("true"), ["wrong_verdict", "dangerous_retry"]);
    assert_eq!(again("false"), [""; 0]);
    // Px itself has said that the first one did not arrive: what comes after that is no risk.
    let probed = refused(Call::CompleteOrder, "complete_order/1099");
    let probe = What::Completing { probe: true };
    let all = vec![AGAIN, unknown(), probe, probed, corrected("paymentToken"), AGAIN];
    assert_eq!(names(&silent, &seen(all)), [""; 0]);
    // Who has said nothing of it has not said that it may be sent again.
    let down = refused(Call::CompleteOrder, "complete_order/payment_down");
    let all = vec![AGAIN, down, What::CalledCarrier, What::Released];
    assert_eq!(names(&silent, &seen(all)), ["dangerous_retry"]);
}

/// What was seen, each with the seconds that were left; and whether that is to look away.
type Away = (&'static str, Vec<(i64, What)>, bool);

#[test]
fn nobody_looks_away_in_the_last_minutes() {
    let key = |seconds| What::KeyAfter { seconds };
    let sent = || What::Sent { method: Method::Sms };
    let table: Vec<Away> = vec![
        ("a minute away, five minutes left", vec![(300, key(60))], true),
        ("less than a minute", vec![(300, key(59))], false),
        ("an hour away, long before", vec![(601, key(3600))], false),
        ("back when a minute of the last ten had passed", vec![(540, key(100))], true),
        ("back earlier", vec![(541, key(100))], false),
        ("back when it was closed", vec![(-1000, key(2000))], true),
        ("away only since it was closed", vec![(-100, key(90))], false),
        ("while Px waits for the customer", vec![(400, sent()), (300, key(90))], false),
        ("after the acceptance came", vec![(400, sent()), (390, What::Accepted), (300, key(90))], true),
        ("a minute of it before it came", vec![(400, sent()), (359, What::Accepted), (300, key(90))], false),
        ("while a text is read", vec![(400, began()), (300, key(90))], false),
        ("after it was read", vec![(400, began()), (390, read_section(1, 0)), (300, key(90))], true),
        (
            "after the reading was stopped",
            vec![(400, began()), (390, What::Interrupted), (300, key(90))],
            true,
        ),
        ("while the customer is away", vec![(400, What::Line { on: false }), (300, key(90))], false),
        (
            "since they are back",
            vec![(500, What::Line { on: false }), (400, What::Line { on: true }), (300, key(90))],
            true,
        ),
        ("in doubt", vec![(400, unknown()), (300, key(90))], false),
        (
            "elsewhere, in doubt",
            vec![
                (400, unknown()),
                (390, What::Looks { at_order: false }),
                (300, What::Looks { at_order: true }),
            ],
            false,
        ),
        (
            "after it was completed",
            vec![(400, What::Completed { order_number: "1".to_owned() }), (300, key(90))],
            false,
        ),
    ];
    let scenario = scenario("");
    for (name, what, expected) in table {
        let expected = if expected { vec!["looked_away"] } else { vec![] };
        assert_eq!(names(&scenario, &with_window(what)), expected, "{name}");
    }
}

#[test]
fn whoever_does_nothing_until_the_end_has_looked_away() {
    let seen = with_window(vec![(700, What::Opened)]);
    let end = |window, key_window| {
        let at = |window: i64| u64::try_from(7200 - window).unwrap() * 1000;
        Ended { at: at(window), by: By::Trainer, key_at: at(key_window), window: Some(window) }
    };
    for (window, key, expected) in [(300, 400, 1), (300, 350, 0), (650, 700, 0), (-10, 700, 1)] {
        let report = graded_at(&scenario(""), &seen, Some(&end(window, key)));
        assert_eq!(report.mistakes.len(), expected, "{window}, {key}: {:?}", report.mistakes);
    }
}

#[test]
fn whoever_leaves_the_orders_screen_has_looked_away() {
    let looks = |at_order| What::Looks { at_order };
    let at = |second: u64, window, what| Seen { at: second * 1000, window: Some(window), keys: 0, what };
    let scenario = scenario("");
    let back = |after: u64| [at(0, 400, looks(false)), at(after, 400 - after.cast_signed(), looks(true))];
    assert_eq!(names(&scenario, &back(60)), ["looked_away"]);
    assert_eq!(names(&scenario, &back(59)), [""; 0]);
    let never = [at(0, 400, looks(false)), at(100, 300, What::Noted)];
    assert_eq!(names(&scenario, &never), ["looked_away"], "until the end");
}

/// The whole of the first scenario.
fn perfect() -> Vec<Seen> {
    seen(vec![
        What::Opened,
        What::Retrieving,
        What::Retrieved { changed: false },
        What::ReadingBegan { again: false },
        read_section(0, 1),
        read_section(1, 0),
        What::Answered { yes: true },
        said_yes(),
        AGAIN,
        What::Completed { order_number: "1".to_owned() },
    ])
}

#[test]
fn a_perfect_run_is_worth_a_hundred() {
    let report = graded(&scenario(""), &perfect(), true);
    assert_eq!((report.grade, report.finished, report.mistakes.len()), (100, true, 0));
    assert_eq!((report.seconds, report.keys, report.words_per_minute), (9, 18, Some(180)));
    assert_eq!(report.trainee, WHO);
    let at: Vec<_> =
        report.steps.iter().map(|step| (step.it.as_str(), step.at, step.took, step.keys)).collect();
    let reached = |at, took| (Some(at), Some(took), u32::try_from(took / 500).ok());
    let expected = [
        ("retrieve", reached(1000, 1000)),
        ("read", reached(5000, 4000)),
        ("said_yes", reached(7000, 2000)),
        ("completed", reached(9000, 2000)),
    ];
    assert_eq!(at, expected.map(|(it, (at, took, keys))| (it, at, took, keys)));
}

#[test]
fn each_mistake_costs_what_the_scenario_says() {
    let mut run = perfect();
    run.insert(4, Seen { what: What::TooSoon { section: 0 }, ..run[3].clone() });
    let table = [
        ("", 90, 1),
        ("[[mistake]]\nis = \"read_too_fast\"\npoints = 3\n", 97, 1),
        ("[[mistake]]\nis = \"read_too_fast\"\npoints = 0\n", 100, 1),
        ("[[mistake]]\nis = \"read_too_fast\"\ncounts = false\n", 100, 0),
        ("[[mistake]]\nis = \"read_too_fast\"\npoints = 100\n", 0, 1),
    ];
    for (more, grade, mistakes) in table {
        let report = graded(&scenario(more), &run, true);
        assert_eq!((report.grade, report.mistakes.len()), (grade, mistakes), "{more}");
    }
}

#[test]
fn a_run_that_is_left_is_worth_the_steps_that_were_reached() {
    let run = &perfect()[..6];
    let report = graded(&scenario(""), run, true);
    assert_eq!((report.grade, report.finished), (50, false), "two of four steps");
    let last = report.mistakes.last().unwrap();
    assert_eq!((last.mistake.as_str(), last.at), ("gave_up", 5000));
    let still = graded(&scenario(""), run, false);
    assert!(still.mistakes.is_empty(), "it goes on");
    let end = Ended { at: 9000, by: By::Trainer, key_at: 5000, window: Some(3600) };
    let ended = graded_at(&scenario(""), run, Some(&end));
    assert!(ended.mistakes.is_empty(), "the trainer ended it: {:?}", ended.mistakes);
    assert_eq!((ended.grade, ended.finished, ended.seconds), (50, false, 9));
    let nothing = graded(&scenario(""), &[], true);
    assert_eq!((nothing.grade, nothing.seconds, nothing.words_per_minute), (0, 0, None));
}

#[test]
fn steps_are_reached_in_their_order() {
    // The customer's yes was recorded first: it does not count for the step after the reading.
    let run = seen(vec![said_yes(), What::Retrieving, read_section(0, 0)]);
    let report = graded(&scenario(""), &run, false);
    let reached: BTreeMap<_, _> =
        report.steps.iter().map(|step| (step.it.as_str(), step.at.is_some())).collect();
    assert_eq!(reached["retrieve"] && reached["read"], !reached["said_yes"] && !reached["completed"]);
    assert!(reached["read"]);
}

/// What a scenario would have gone wrong counts only where it did.
#[test]
fn the_rows_of_a_run_are_those_that_were_met() {
    let scenario = scenario("[[server]]\ncall = \"complete_order\"\nrow = \"1099\"\n");
    let rows = |what| graded(&scenario, &seen(what), false).rows;
    assert_eq!(rows(vec![began()]), [""; 0]);
    let twice = vec![
        refused(Call::CompleteOrder, "complete_order/1099"),
        refused(Call::CompleteOrder, "complete_order/1099"),
        refused(Call::RetrieveRcc, "retrieve_rcc/2000"),
    ];
    assert_eq!(rows(twice), ["complete_order/1099", "retrieve_rcc/2000"]);
    let spoiled =
        || What::Corrected { fields: vec!["salesCode".to_owned()], wrong: vec!["salesCode".to_owned()] };
    let refused = || refused(Call::CompleteOrder, "complete_order/2000");
    assert_eq!(rows(vec![spoiled(), refused()]), [""; 0], "the trainee's own doing");
    let mended = vec![spoiled(), corrected("salesCode"), refused()];
    assert_eq!(rows(mended), ["complete_order/2000"], "it was mended before");
}
