//! What is no looking away: while the customer is away.

use super::*;

/// Each with its second, and the seconds of the window that were left.
fn timed(all: Vec<(u64, i64, What)>) -> Vec<Seen> {
    let seen = |(second, window, what)| Seen { at: second * 1000, window: Some(window), keys: 0, what };
    all.into_iter().map(seen).collect()
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
