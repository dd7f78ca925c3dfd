//! A run for tests: read too fast, left the wrong way, and ended all the same.

use crate::kind::{ShortId, Timestamp};
use crate::practice::grade::{Made, Reached, Report};
use crate::practice::mistake::Mistake;
use crate::practice::run::{RunRow, RunState};
use crate::practice::seen::{Seen, What};

/// The run's id.
pub fn id() -> ShortId {
    ShortId::from_bits(0x0003_dead_beef_1234)
}

/// Its report.
pub fn report() -> Report {
    let step = |it: &str, words: &str, why: Option<&str>, reached: Option<(u64, u64, u32)>| Reached {
        it: it.to_owned(),
        words: words.to_owned(),
        why: why.map(str::to_owned),
        at: reached.map(|(at, ..)| at),
        took: reached.map(|(_, took, _)| took),
        keys: reached.map(|(.., keys)| keys),
    };
    let made = |it: Mistake, at: u64| Made {
        mistake: it.name().to_owned(),
        at,
        what: it.what().to_owned(),
        instead: it.instead().to_owned(),
        points: it.points(),
    };
    Report {
        scenario: "expired-card".to_owned(),
        title: "The card has expired".to_owned(),
        trainee: "Zoë Okafor <trainee>".to_owned(),
        started_at: Timestamp::from_second(1_795_600_000).unwrap(),
        seconds: 3_912,
        keys: 48,
        words_per_minute: Some(171),
        grade: 65,
        finished: true,
        steps: vec![
            step("retrieve", "retrieve the RCC", None, Some((2_300, 2_300, 2))),
            step(
                "read",
                "read all of the text aloud",
                Some("The customer must hear every word, and \"yes, yes\" is no reason to stop."),
                Some((181_950, 179_650, 9)),
            ),
            step("said_yes", "record the customer's yes by name", None, Some((190_000, 8_050, 14))),
            step(
                "complete",
                "send Complete",
                Some("Nobody knows that the card has expired before Px says so."),
                Some((194_000, 4_000, 1)),
            ),
            step(
                "correct",
                "correct what Px refused",
                Some(
                    "1099 is about the payment token alone: the customer gives another card & the order goes on.",
                ),
                Some((3_900_100, 3_706_100, 20)),
            ),
            step("completed", "have the order completed", None, Some((3_912_000, 11_900, 2))),
        ],
        mistakes: vec![
            made(Mistake::ReadTooFast, 21_000),
            made(Mistake::WrongWay, 64_500),
            made(Mistake::FutileRetry, 201_000),
            Made { points: 0, ..made(Mistake::LookedAway, 3_899_000) },
        ],
        rows: vec!["complete_order/1099".to_owned()],
        timeline: vec![
            Seen { at: 0, window: None, keys: 0, what: What::Opened },
            Seen { at: 2_300, window: Some(6_900), keys: 2, what: What::Retrieved { changed: false } },
        ],
        events: vec![serde_json::json!({ "seq": 1, "kind": "opened" })],
    }
}

/// The run in a list.
pub fn row() -> RunRow {
    let report = report();
    RunRow {
        id: id(),
        trainee: report.trainee,
        scenario: report.scenario,
        title: report.title,
        state: RunState::Ended,
        started_at: report.started_at,
        seconds: Some(report.seconds),
        grade: Some(report.grade),
        finished: Some(report.finished),
        rows: report.rows,
    }
}
