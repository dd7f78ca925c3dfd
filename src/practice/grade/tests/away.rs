//! What is no looking away: before a jump of the clock, while the customer is away, until another try.

use super::*;
use crate::practice::stage::CLOCK;

/// Each with its second, and the seconds of the window that were left.
fn timed(all: Vec<(u64, i64, What)>) -> Vec<Seen> {
    let seen = |(second, window, what)| Seen { at: second * 1000, window: Some(window), keys: 0, what };
    all.into_iter().map(seen).collect()
}

fn jump() -> What {
    What::Cue { who: CLOCK.to_owned(), text: "60 minutes pass".to_owned() }
}

fn key(seconds: u64) -> What {
    What::KeyAfter { seconds }
}

fn looks(at_order: bool) -> What {
    What::Looks { at_order }
}

/// Its name, what was seen, each with its time and the minutes left, and whether that was looking away.
type Case<'a> = (&'a str, Vec<(u64, i64, What)>, bool);

fn check(table: Vec<Case<'_>>) {
    let scenario = scenario("");
    for (name, what, expected) in table {
        let expected = if expected { vec!["looked_away"] } else { vec![] };
        assert_eq!(names(&scenario, &timed(what)), expected, "{name}");
    }
}

#[test]
fn what_comes_before_a_jump_of_the_clock_counts_by_the_window_of_then() {
    check(vec![
        ("long before the end, then a moment", vec![(100, 3900, jump()), (110, 290, key(110))], false),
        ("a minute after it", vec![(100, 3900, jump()), (160, 240, key(160))], true),
        ("a minute in the last ten before it", vec![(100, 500, jump()), (110, 190, key(110))], true),
        ("a key came after it", vec![(100, 3900, jump()), (200, 200, key(59))], false),
        (
            "two of them, a moment after each",
            vec![(100, 7000, jump()), (150, 3350, jump()), (200, 200, key(200))],
            false,
        ),
        (
            "elsewhere before it",
            vec![(0, 4000, looks(false)), (100, 3900, jump()), (110, 290, looks(true))],
            false,
        ),
        (
            "elsewhere for a minute after it",
            vec![(0, 4000, looks(false)), (100, 3900, jump()), (160, 240, looks(true))],
            true,
        ),
        (
            "elsewhere for a minute in the last ten before it",
            vec![(0, 600, looks(false)), (100, 500, jump()), (110, 190, looks(true))],
            true,
        ),
        (
            "while Px waits for the customer",
            vec![(0, 600, What::Sent { method: Method::Sms }), (100, 500, jump()), (190, 100, key(190))],
            false,
        ),
    ]);
    // Nobody was there any more when it jumped.
    let seen = timed(vec![(0, 4000, What::Opened), (100, 3900, jump())]);
    let end = |second: u64, window| {
        let end = Ended { at: second * 1000, by: By::Trainer, key_at: 0, window: Some(window) };
        graded_at(&scenario(""), &seen, Some(&end)).mistakes.len()
    };
    assert_eq!((end(150, 250), end(160, 240)), (0, 1));
}

#[test]
fn the_desk_leaves_the_order_of_a_customer_who_is_away() {
    let line = |on| What::Line { on };
    check(vec![
        (
            "until they are back",
            vec![
                (0, 400, line(false)),
                (1, 399, looks(false)),
                (90, 310, line(true)),
                (91, 309, looks(true)),
            ],
            false,
        ),
        ("still away", vec![(0, 400, line(false)), (1, 399, looks(false)), (90, 310, looks(true))], false),
        (
            "a minute after they are back",
            vec![
                (0, 400, line(false)),
                (1, 399, looks(false)),
                (90, 310, line(true)),
                (150, 250, looks(true)),
            ],
            true,
        ),
    ]);
}

#[test]
fn whoever_is_told_to_try_again_in_a_minute_may_wait_for_it() {
    let down = || refused(Call::RetrieveRcc, "retrieve_rcc/4040");
    let no_answer = || What::Failed { call: Call::RetrieveRcc, unknown: true };
    let bad = || refused(Call::RetrieveRcc, "retrieve_rcc/2000");
    let again = || What::Retrieving;
    check(vec![
        ("until another try", vec![(0, 590, down()), (170, 420, key(170)), (170, 420, again())], false),
        ("without an answer", vec![(0, 590, no_answer()), (170, 420, key(170)), (170, 420, again())], false),
        (
            "elsewhere meanwhile",
            vec![(0, 590, down()), (1, 589, looks(false)), (90, 500, looks(true))],
            false,
        ),
        ("a minute more than three", vec![(0, 590, down()), (240, 350, key(240))], true),
        ("once it was tried", vec![(0, 590, down()), (10, 580, again()), (80, 510, key(70))], true),
        ("where another try is of no use", vec![(0, 590, bad()), (90, 500, key(90))], true),
    ]);
}
