//! Reading aloud: how soon a section counts as read, by which clock, and whose word stands where no clock ran.

use super::*;

const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// A reading of sections with 26 words each: six seconds at the fastest that counts.
fn reading(sections: usize) -> Desk {
    let words = ["word"; 26].join(" ");
    let mut desk = Desk::open();
    desk.retrieved(&vec![words.as_str(); sections]).does(Command::Read);
    desk
}

fn marks(section: usize, millis: Option<u64>) -> Command {
    Command::SectionRead { section, millis }
}

fn too_fast(section: usize, left: SignedDuration) -> Result<usize, Refusal> {
    Err(Refusal::TooFast { section, left, fastest: Pace::FASTEST })
}

fn acceptance(desk: &Desk) -> Option<HowRead> {
    desk.order.acceptance.as_ref().and_then(|acceptance| acceptance.read.clone())
}

fn says_yes() -> Command {
    Command::AcceptVerbally { name: Personal::new("Ann") }
}

/// A desk whose two clocks go as they are told.
struct Clocks {
    desk: Desk,
    boot: &'static str,
    up: SignedDuration,
    fastest: Pace,
}

impl Clocks {
    fn of(mut desk: Desk) -> Self {
        desk.order.reading = None;
        let mut clocks = Self { desk, boot: "b1", up: SECOND * 1000, fastest: Pace::FASTEST };
        clocks.tries(Command::Read).unwrap();
        clocks
    }

    fn tries(&mut self, command: Command) -> Result<usize, Refusal> {
        let uptime = Some(Uptime::of(self.boot.into(), self.up));
        let timing = Timing { now: self.desk.now, uptime, fastest: self.fastest };
        let events = decide_timed(&self.desk.order, command, &timing)?;
        let count = events.len();
        self.desk.happens(events);
        Ok(count)
    }

    fn goes_on(&mut self, wall: SignedDuration, up: SignedDuration) -> &mut Self {
        self.desk.now += wall;
        self.up += up;
        self
    }
}

#[test]
fn a_section_counts_as_read_no_sooner_than_its_words_allow() {
    let mut desk = reading(2);
    assert_eq!(desk.try_do(marks(0, None)), too_fast(0, SECOND * 6));
    desk.now += SignedDuration::from_millis(5_999);
    assert_eq!(desk.try_do(marks(0, None)), too_fast(0, SignedDuration::from_millis(1)));
    let refusal = desk.try_do(marks(0, None)).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "section 1 cannot have been read yet: 1 s left at 260 words a minute, the fastest that counts"
    );
    assert_eq!((refusal.who(), refusal.retry()), (Who::Agent, Retry::Useful));
    desk.now += SignedDuration::from_millis(1);
    assert_eq!(desk.try_do(marks(0, None)), Ok(1));
    assert_eq!(desk.try_do(marks(1, None)), too_fast(1, SECOND * 6), "the next one has its own time");
}

#[test]
fn what_the_screen_measured_counts_where_it_is_less() {
    let mut desk = reading(1);
    desk.now += SECOND * 60;
    assert_eq!(desk.try_do(marks(0, Some(2_000))), too_fast(0, SECOND * 4), "lit again two seconds ago");
    assert_eq!(desk.try_do(marks(0, Some(13_000))), Ok(1));
    assert_eq!(desk.order.reading.as_ref().unwrap().sections, [Some(Some(13_000))]);
    let mut desk = reading(1);
    assert_eq!(desk.try_do(marks(0, Some(60_000))), too_fast(0, SECOND * 6), "no screen can say more");
}

#[test]
fn a_section_of_a_word_or_of_none_takes_a_moment() {
    for text in ["", " \n", "Yes?"] {
        let mut desk = Desk::open();
        desk.retrieved(&[text, "b"]).does(Command::Read);
        desk.now += SECOND;
        assert!(matches!(desk.try_do(marks(0, None)), Err(Refusal::TooFast { .. })), "{text:?}");
        desk.now += SECOND;
        assert_eq!(desk.try_do(marks(0, None)), Ok(1), "{text:?}");
    }
    let without_blanks = "語".repeat(2_400);
    assert_eq!(text(&[&without_blanks]).words(), 100, "not one word");
    assert_eq!(text(&["You pay $10 a month,\nfor a year."]).words(), 8);
}

#[test]
fn a_wall_clock_that_is_set_reads_nothing_and_holds_nobody_up() {
    let mut clocks = Clocks::of(reading(2));
    clocks.goes_on(SECOND * 3600, SECOND);
    assert_eq!(clocks.tries(marks(0, None)), too_fast(0, SECOND * 5), "set forwards by an hour");
    clocks.goes_on(SECOND * -7200, SECOND * 5);
    assert_eq!(clocks.tries(marks(0, None)), Ok(1), "set back by two");
    let mut desk = reading(1);
    desk.now -= SECOND * 3600;
    assert_eq!(desk.try_do(marks(0, None)), too_fast(0, SECOND * 6), "no other clock: nothing can be told");
    assert_eq!(desk.try_do(marks(0, Some(6_000))), Ok(1), "but by the screen's own");
}

#[test]
fn after_a_restart_no_more_counts_than_the_machine_has_been_up() {
    let mut clocks = Clocks::of(reading(1));
    (clocks.boot, clocks.up) = ("b2", SECOND * 4);
    clocks.goes_on(SECOND * 3600, SignedDuration::ZERO);
    assert_eq!(clocks.tries(marks(0, None)), too_fast(0, SECOND * 2));
    clocks.goes_on(SECOND * 2, SECOND * 2);
    assert_eq!(clocks.tries(marks(0, None)), Ok(1));
    let mut back = Clocks::of(reading(1));
    back.boot = "b2";
    back.goes_on(SECOND * -3600, SECOND * 60);
    assert_eq!(back.tries(marks(0, None)), too_fast(0, SECOND * 6));
    assert_eq!((back.tries(Command::Interrupt), back.tries(Command::Read)), (Ok(1), Ok(1)));
    back.goes_on(SignedDuration::ZERO, SECOND * 6);
    assert_eq!(back.tries(marks(0, None)), Ok(1), "gone on with, it is timed anew");
}

#[test]
fn an_interrupted_section_is_read_from_its_start() {
    let mut desk = reading(2);
    desk.now += SECOND * 5;
    desk.does(Command::Interrupt);
    desk.now += SECOND * 600;
    assert!(matches!(desk.try_do(marks(0, None)), Err(Refusal::NotNow { .. })), "nobody reads it now");
    desk.does(Command::Read);
    assert_eq!(desk.try_do(marks(0, None)), too_fast(0, SECOND * 6));
    desk.section(0).does(Command::ReadAgain);
    assert_eq!(desk.try_do(marks(0, None)), too_fast(0, SECOND * 6), "and so is one that is read again");
    desk.sent("2026-11-20T15:01:00Z");
    desk.now += SECOND * 600;
    assert!(matches!(desk.try_do(marks(0, None)), Err(Refusal::NotNow { .. })), "it was sent instead");
}

#[test]
fn the_acceptance_says_how_the_text_was_read() {
    let mut desk = reading(2);
    desk.now += SECOND * 10;
    desk.does(marks(0, None));
    desk.now += SECOND * 16;
    desk.does(marks(1, None)).does(says_yes());
    assert_eq!(acceptance(&desk), Some(HowRead::Timed { seconds: 26, words_per_minute: 120 }));
    let evidence = &desk.order.acceptance.as_ref().unwrap().evidence;
    assert_eq!(evidence, "event 7, read in 0:26, 120 words a minute");
}

#[test]
fn a_walk_vouches_for_what_no_clock_of_ours_saw() {
    let mut desk = Desk::open();
    desk.retrieved(&["one", "two"]);
    assert_eq!(desk.try_do(Command::Vouch), Ok(2), "begun, and vouched for");
    assert_eq!(desk.try_do(Command::Vouch), Ok(0), "once");
    desk.does(says_yes());
    assert_eq!(acceptance(&desk), Some(HowRead::Vouched));
    let evidence = &desk.order.acceptance.as_ref().unwrap().evidence;
    assert!(evidence.ends_with(", vouched for, not timed"), "{evidence}");
    let mut half = reading(2);
    half.section(0).does(Command::Vouch).does(says_yes());
    assert_eq!(acceptance(&half), Some(HowRead::Vouched), "one section by the clock is not the text");
    let mut whole = reading(2);
    whole.section(0).section(1);
    assert_eq!(whole.try_do(Command::Vouch), Ok(0), "nothing to vouch for");
    whole.does(says_yes());
    assert!(matches!(acceptance(&whole), Some(HowRead::Timed { .. })));
}

#[test]
fn a_setting_made_stricter_counts_for_the_whole_text() {
    let mut clocks = Clocks::of(reading(2));
    for section in 0..2 {
        clocks.goes_on(SECOND * 7, SECOND * 7).tries(marks(section, None)).unwrap();
    }
    clocks.fastest = Pace::new(200).unwrap();
    let refused = clocks.tries(says_yes()).unwrap_err();
    assert_eq!(refused, Refusal::ReadTooFast { sections: 2, fastest: clocks.fastest });
    assert!(refused.next().contains("again"), "{}", refused.next());
    clocks.fastest = Pace::FASTEST;
    assert_eq!(clocks.tries(says_yes()), Ok(1));
}

/// What older versions wrote: no uptime, any time, none after a walk.
#[test]
fn readings_of_older_journals() {
    let event = |json: serde_json::Value| -> Event { serde_json::from_value(json).unwrap() };
    let read = |times: &[Option<u64>]| {
        let mut desk = Desk::open();
        let words = ["word"; 26].join(" ");
        desk.retrieved(&vec![words.as_str(); times.len()]);
        let sha256 = desk.order.retrieval.as_ref().unwrap().sha256;
        desk.happens(vec![event(
            serde_json::json!({"kind": "reading_started", "sha256": sha256, "afresh": false}),
        )]);
        for (passage, millis) in times.iter().enumerate() {
            let read = serde_json::json!({"kind": "passage_read", "passage": passage, "millis": millis});
            desk.happens(vec![event(read)]);
        }
        desk.try_do(says_yes()).map(|_| acceptance(&desk))
    };
    assert_eq!(read(&[None, None]), Ok(Some(HowRead::Vouched)), "a walk");
    let too_fast = Refusal::ReadTooFast { sections: 2, fastest: Pace::FASTEST };
    assert_eq!(read(&[Some(3), Some(3)]), Err(too_fast), "a held key");
    assert_eq!(read(&[Some(13_000)]), Ok(Some(HowRead::Timed { seconds: 13, words_per_minute: 120 })));
    let sha256 = Digest::of(b"x");
    let old = serde_json::json!({"kind": "accepted_verbally", "sha256": sha256, "personal": null});
    assert_eq!(event(old), Event::AcceptedVerbally { sha256, read: None, personal: None });
}

proptest! {
    /// Whatever the wall clock does, and whatever the screen says it measured: what is taken down as read was lit for as
    /// long as its words take, by the clock that nobody sets.
    #[test]
    fn nothing_is_read_faster_than_it_can_be(
        steps in prop::collection::vec((-7200..7200i64, 0..4000u32, prop::option::of(0..20_000u64), 0..12u8), 1..60),
    ) {
        let mut clocks = Clocks::of(reading(3));
        let mut lit = clocks.up;
        for (wall, up, measured, what) in steps {
            clocks.goes_on(SECOND * i32::try_from(wall).unwrap(), SignedDuration::from_millis(up.into()));
            let bookmark = clocks.desk.order.reading.as_ref().and_then(Reading::bookmark).unwrap_or_default();
            match what {
                0 => drop(clocks.tries(Command::Interrupt)),
                1 => if clocks.tries(Command::Read) == Ok(1) { lit = clocks.up },
                2 => if clocks.tries(Command::ReadAgain) == Ok(1) { lit = clocks.up },
                _ => if clocks.tries(marks(bookmark, measured)) == Ok(1) {
                    prop_assert!(clocks.up - lit >= SECOND * 6);
                    lit = clocks.up;
                }
            }
            if clocks.tries(says_yes()) == Ok(1) {
                let fair = matches!(
                    acceptance(&clocks.desk),
                    Some(HowRead::Timed { seconds: 18.., words_per_minute: ..=260 })
                );
                prop_assert!(fair, "{:?}", clocks.desk.order.acceptance);
            }
        }
    }
}

#[test]
fn a_heading_is_read_aloud_and_takes_its_time() {
    let section = |title: Option<&str>, text: &str| Section {
        id: None,
        title: title.map(str::to_owned),
        text: text.into(),
    };
    let headed = Rcc { language: None, sections: vec![section(Some("What you pay"), "You pay $10.")] };
    assert_eq!((headed.words(), headed.read_sections()[0].words()), (6, 6));
    let paragraphs = Rcc { language: None, sections: vec![section(Some("Terms"), "One.\n\nTwo.")] };
    let words: Vec<_> = paragraphs.read_sections().iter().map(ReadSection::words).collect();
    assert_eq!(words, [2, 1], "a heading is read once");
}

#[test]
fn one_reading_takes_the_same_seconds_everywhere() {
    let mut desk = reading(1);
    desk.now += SignedDuration::from_millis(7_900);
    desk.does(marks(0, Some(7_900))).does(says_yes());
    let Some(HowRead::Timed { seconds, .. }) = acceptance(&desk) else { panic!("it was timed") };
    assert_eq!((seconds, whole_seconds(7_900)), (7, 7));
}

#[test]
fn the_seconds_of_the_sections_add_up_to_those_of_the_whole() {
    let lit = Lit { at: Timestamp::UNIX_EPOCH, uptime: None };
    let mut reading = Reading::start(Digest::of(b""), 4, lit.clone());
    for (section, millis) in [Some(36_400), Some(21_700), None, Some(21_700)].into_iter().enumerate() {
        reading.mark(section, millis, lit.clone());
    }
    assert_eq!(reading.seconds(), [Some(36), Some(22), None, Some(21)]);
    let sum: u64 = reading.seconds().into_iter().flatten().sum();
    assert_eq!(sum, whole_seconds(36_400 + 21_700 + 21_700));
}
