//! What is no looking away: while the customer is away, until another try.

use super::*;

/// Each with its second, and the seconds of the window that were left.
fn timed(all: Vec<(u64, i64, What)>) -> Vec<Seen> {
    let seen = |(second, window, what)| Seen { at: second * 1000, window: Some(window), keys: 0, what };
    all.into_iter().map(seen).collect()
}

fn key(seconds: u64) -> What {
    What::KeyAfter { seconds }
}

fn looks(at_order: bool) -> What {
    What::Looks { at_order }
}

fn check(table: Vec<(&str, Vec<(u64, i64, What)>, bool)>) {
    let scenario = scenario("");
    for (name, what, expected) in table {
        let expected = if expected { vec!["looked_away"] } else { vec![] };
        assert_eq!(names(&scenario, &timed(what)), expected, "{name}");
    }
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
