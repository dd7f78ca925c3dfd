//! What the customer, the carrier and the clock do, and when.

use super::*;
use crate::order::Method;
use crate::practice::scenario::read;

/// A stage of a scenario whose customer and clock are these lines.
fn stage(customer: &str, more: &str) -> Stage {
    let text = format!(
        "name = \"a\"\ntitle = \"A\"\nteaches = \"A.\"\n[order]\nphone = \"+13035550123\"\nemail = \"a@example.com\"\n\
         [customer]\nname = \"Ann\"\n{customer}\n{more}\n\
         [[step]]\ndo = \"retrieve\"\n[[step]]\ndo = \"read\"\n[[step]]\ndo = \"send_sms\"\n[[step]]\ndo = \"abandon\"\n"
    );
    Stage::new(read(&text).unwrap_or_else(|wrong| panic!("{wrong:?}\n{text}")))
}

fn says(text: &str) -> Cue {
    customer(text.to_owned())
}

fn last_section() -> What {
    What::SectionRead { section: 4, words: 9, millis: 9, left: 0 }
}

const SENT: What = What::Sent { method: Method::Sms };

/// What comes until then, without what is said.
fn until(stage: &mut Stage, at: i64) -> Vec<Cue> {
    let mut cues = Vec::new();
    while let Some(next) = stage.next().filter(|next| *next <= at) {
        cues.extend(stage.tick(next));
    }
    cues.retain(|cue| !matches!(cue, Cue::Says { .. }));
    cues
}

#[test]
fn the_customer_begins() {
    let cues = stage("says = \"Hello.\"\nwants = \"sms\"", "").start();
    assert_eq!(cues, [says("Hello."), Cue::Wants { way: Way::Sms }]);
}

#[test]
fn each_point_has_its_turn_once() {
    let table = [
        ("start", vec![]),
        ("retrieved", vec![What::Retrieved { changed: false }]),
        ("section 1", vec![What::ReadingBegan { again: false }]),
        ("section 3", vec![What::SectionRead { section: 1, words: 9, millis: 9, left: 2 }]),
        ("sent", vec![SENT]),
    ];
    for (when, seen) in table {
        let turn = format!("[[customer.turn]]\nwhen = \"{when}\"\ndoes = \"says\"\nsays = \"Now.\"");
        let mut stage = stage("", &turn);
        let mut all = stage.start();
        assert_eq!(all.contains(&says("Now.")), when == "start", "{when}");
        // A second time it is not said again.
        for what in seen.iter().chain(&seen) {
            all.extend(stage.take(what, 5));
        }
        assert_eq!(all.iter().filter(|cue| **cue == says("Now.")).count(), 1, "{when}");
        let jump = stage_of_jump(when);
        assert_eq!(jump, 1, "{when}");
    }
}

/// How often the clock jumps in a run in which everything is seen twice.
fn stage_of_jump(when: &str) -> usize {
    let mut stage = stage("", &format!("[[clock]]\nwhen = \"{when}\"\nadvance_minutes = 7"));
    let mut cues = stage.start();
    for what in [
        What::Retrieved { changed: false },
        What::ReadingBegan { again: false },
        What::SectionRead { section: 1, words: 9, millis: 9, left: 2 },
        SENT,
    ] {
        cues.extend(stage.take(&what, 1));
        cues.extend(stage.take(&what, 2));
    }
    cues.iter().filter(|cue| **cue == Cue::Advance { minutes: 7 }).count()
}

#[test]
fn what_is_due_by_the_clock_comes_then_and_once() {
    let mut stage = stage(
        "",
        "[[customer.turn]]\nwhen = \"after 30\"\ndoes = \"wants_email\"\n[[clock]]\nwhen = \"after 40\"\nadvance_minutes = 9",
    );
    stage.start();
    assert_eq!(stage.next(), Some(30));
    assert_eq!(stage.tick(29), []);
    assert_eq!(stage.tick(30), [Cue::Wants { way: Way::Email }]);
    assert_eq!((stage.tick(31), stage.next()), (vec![], Some(40)));
    assert_eq!(stage.tick(50), [Cue::Advance { minutes: 9 }]);
    assert_eq!((stage.tick(60), stage.next()), (vec![], None));
}

#[test]
fn they_answer_what_was_read_to_its_end() {
    for (customer, yes) in [("", true), ("declines = true", false)] {
        let mut stage = stage(customer, "");
        assert_eq!(stage.take(&last_section(), 10), []);
        assert_eq!(until(&mut stage, 13), [], "they think about it");
        assert_eq!(until(&mut stage, 14), [Cue::Answers { yes }], "{customer}");
    }
}

#[test]
fn they_accept_or_decline_what_was_sent() {
    let table = [
        ("accepts_after_seconds = 30", 30, vec![Cue::Accepts]),
        ("declines = true", 4, vec![Cue::Declines, Cue::Answers { yes: false }]),
        ("", 9999, vec![]),
    ];
    for (customer, after, expected) in table {
        let mut stage = stage(customer, "");
        stage.take(&SENT, 100);
        assert_eq!(until(&mut stage, 100 + after - 1), [], "{customer}");
        assert_eq!(until(&mut stage, 100 + after), expected, "{customer}");
    }
}

#[test]
fn whoever_hangs_up_comes_back_and_answers_nothing_meanwhile() {
    for does in ["hangs_up", "holds"] {
        let turn = format!("[[customer.turn]]\nwhen = \"after 5\"\ndoes = \"{does}\"\nfor_seconds = 60");
        let mut stage = stage("when_asked = \"It is 12.\"", &turn);
        stage.start();
        assert_eq!(stage.take(&What::AskedCustomer, 1), [says("It is 12.")]);
        assert_eq!(until(&mut stage, 5), [Cue::Line { on: false }], "{does}");
        assert_eq!(stage.take(&What::AskedCustomer, 6), [says("(Nobody answers.)")]);
        stage.take(&last_section(), 10);
        assert_eq!(until(&mut stage, 64), [], "nobody heard the end");
        assert_eq!(until(&mut stage, 65), [Cue::Line { on: true }]);
    }
}

#[test]
fn whoever_is_away_when_they_were_to_answer_answers_when_they_are_back() {
    let turn = "[[customer.turn]]\nwhen = \"after 12\"\ndoes = \"holds\"\nfor_seconds = 30";
    let mut holds = stage("", turn);
    holds.start();
    holds.take(&last_section(), 10);
    assert_eq!(until(&mut holds, 41), [Cue::Line { on: false }]);
    assert_eq!(holds.next(), Some(42), "nothing else is due before");
    assert_eq!(until(&mut holds, 42), [Cue::Line { on: true }, Cue::Answers { yes: true }]);
    assert_eq!(holds.next(), None, "once");
    let mut directed = stage("", "");
    directed.take(&last_section(), 10);
    directed.directed(&Cue::Line { on: false });
    assert_eq!((until(&mut directed, 99), directed.next()), (vec![], None));
    directed.directed(&Cue::Line { on: true });
    assert_eq!(until(&mut directed, 99), [Cue::Answers { yes: true }]);
}

#[test]
fn what_is_due_at_once_comes_in_the_order_of_its_times() {
    // They were to answer at 6, and are away from 5 on. One late look at the clock finds both.
    let turn = "[[customer.turn]]\nwhen = \"after 5\"\ndoes = \"holds\"\nfor_seconds = 20";
    let mut stage = stage("", turn);
    stage.start();
    stage.take(&last_section(), 2);
    let cues: Vec<Cue> = stage.tick(30).into_iter().filter(|cue| !matches!(cue, Cue::Says { .. })).collect();
    assert_eq!(cues, [Cue::Line { on: false }], "the turn is first, so the answer waits");
    assert_eq!(until(&mut stage, 50), [Cue::Line { on: true }, Cue::Answers { yes: true }]);
    let mut stage = self::stage("accepts_after_seconds = 40", "");
    stage.take(&SENT, 0);
    stage.take(&last_section(), 10);
    let cues: Vec<Cue> = stage.tick(99).into_iter().filter(|cue| !matches!(cue, Cue::Says { .. })).collect();
    assert_eq!(cues, [Cue::Answers { yes: true }, Cue::Accepts]);
}

#[test]
fn whoever_no_longer_wants_it_says_yes_to_nothing() {
    let turn = "[[customer.turn]]\nwhen = \"after 20\"\ndoes = \"declines\"";
    let mut stage = stage("accepts_after_seconds = 30", turn);
    stage.start();
    stage.take(&SENT, 1);
    stage.take(&last_section(), 19);
    let all = until(&mut stage, 999);
    assert_eq!(all, [Cue::Declines, Cue::Answers { yes: false }]);
    stage.take(&last_section(), 1000);
    assert_eq!(until(&mut stage, 2000), [Cue::Answers { yes: false }], "nor to what is read anew");
}

#[test]
fn the_carrier_says_what_they_know() {
    let cue = |text: &str| Cue::Says { who: CARRIER.to_owned(), text: text.to_owned() };
    let mut knows = stage("", "[carrier]\nsays = \"It was placed.\"");
    assert_eq!(knows.take(&What::CalledCarrier, 1), [cue("It was placed.")]);
    let mut silent = stage("", "");
    let said = silent.take(&What::CalledCarrier, 1);
    assert_eq!(said, [cue("We have nothing to tell you about this order.")]);
}

/// A stage on which a text was sent and another one read, so that two answers are to come.
fn about_to_answer(customer: &str) -> Stage {
    let mut stage = stage(customer, "");
    stage.take(&SENT, 0);
    stage.take(&last_section(), 1);
    stage
}

#[test]
fn whoever_is_asked_before_anything_was_refused_has_nothing_to_tell_yet() {
    let text = "name = \"a\"\ntitle = \"A\"\nteaches = \"A.\"\n[order]\nphone = \"+13035550123\"\n\
                [customer]\nname = \"Ann\"\nwhen_asked = \"It is CLQ4472.\"\n\
                [[server]]\ncall = \"retrieve_rcc\"\nrow = \"2000\"\n\
                [[step]]\ndo = \"retrieve\"\n[[step]]\ndo = \"ask_customer\"\n[[step]]\ndo = \"abandon\"\n";
    let scenario = read(text).unwrap();
    let mut stage = Stage::new(scenario);
    assert!(stage.is_asked_too_early());
    assert_eq!(stage.take(&What::AskedCustomer, 1), [says("What do you need to know?")]);
    stage.take(&What::Failed { call: Call::RetrieveRcc, unknown: false }, 2);
    assert!(!stage.is_asked_too_early());
    assert_eq!(stage.take(&What::AskedCustomer, 3), [says("It is CLQ4472.")]);
}

#[test]
fn whoever_has_nothing_to_tell_says_once_more_what_they_want() {
    let turn = "[[customer.turn]]\nwhen = \"sent\"\ndoes = \"says\"\nsays = \"I have it.\"";
    let mut stage = stage("says = \"Text it to me.\"", turn);
    stage.start();
    let asked = stage.take(&What::AskedCustomer, 1);
    assert_eq!(asked, [says("That's all I know. As I said: Text it to me.")]);
    stage.take(&SENT, 2);
    let asked = stage.take(&What::AskedCustomer, 3);
    assert_eq!(asked, [says("That's all I know. As I said: I have it.")]);
}

#[test]
fn whoever_waits_for_a_text_that_was_sent_in_vain_says_that_nothing_has_come() {
    let mut stage = stage("says = \"By e-mail please.\"", "");
    stage.start();
    stage.take(&What::Failed { call: Call::SendRcc, unknown: true }, 1);
    assert_eq!(stage.take(&What::AskedCustomer, 2), [says("No, nothing has come.")]);
    stage.take(&SENT, 3);
    let asked = stage.take(&What::AskedCustomer, 4);
    assert_eq!(asked, [says("That's all I know. As I said: By e-mail please.")]);
}

#[test]
fn what_the_trainer_has_the_customer_answer_is_their_answer_from_then_on() {
    for no in [Cue::Declines, Cue::Answers { yes: false }] {
        let mut stage = about_to_answer("accepts_after_seconds = 30");
        stage.directed(&no);
        assert_eq!(until(&mut stage, 999), [], "{no:?}: no yes comes after it");
        stage.take(&last_section(), 1000);
        assert_eq!(until(&mut stage, 2000), [Cue::Answers { yes: false }], "{no:?}");
    }
    for yes in [Cue::Accepts, Cue::Answers { yes: true }] {
        let mut stage = about_to_answer("declines = true");
        stage.directed(&yes);
        assert_eq!(until(&mut stage, 999), [], "{yes:?}: no no comes after it");
        stage.take(&last_section(), 1000);
        assert_eq!(until(&mut stage, 2000), [Cue::Answers { yes: true }], "{yes:?}");
    }
}

#[test]
fn whom_the_trainer_has_hang_up_is_away_until_the_trainer_has_them_back() {
    let turn = "[[customer.turn]]\nwhen = \"after 5\"\ndoes = \"holds\"\nfor_seconds = 20";
    let mut stage = stage("when_asked = \"It is 12.\"", turn);
    stage.start();
    assert_eq!(until(&mut stage, 5), [Cue::Line { on: false }]);
    stage.directed(&Cue::Line { on: false });
    stage.take(&last_section(), 6);
    assert_eq!(until(&mut stage, 999), [], "nobody hears it, and nobody comes back by themselves");
    assert_eq!(stage.take(&What::AskedCustomer, 999), [says("(Nobody answers.)")]);
    stage.directed(&Cue::Line { on: true });
    assert_eq!(stage.take(&What::AskedCustomer, 1000), [says("It is 12.")]);
}

#[test]
fn what_goes_to_somebody_else_is_not_answered() {
    let turn = "[[customer.turn]]\nwhen = \"sent\"\ndoes = \"says\"\nsays = \"I have it.\"";
    let mut stage = stage("accepts_after_seconds = 30", turn);
    let sending = |elsewhere| What::Sending { method: Method::Sms, elsewhere };
    assert_eq!(stage.take(&sending(true), 0), []);
    assert_eq!(stage.take(&SENT, 1), []);
    assert_eq!(until(&mut stage, 999), []);
    assert_eq!(stage.take(&sending(false), 1000), []);
    assert_eq!(stage.take(&SENT, 1001), [says("I have it.")]);
    assert_eq!(until(&mut stage, 2000), [Cue::Accepts]);
}
