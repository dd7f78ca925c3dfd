//! Sections that were read too fast: the words say which, and what the desk made of it. What is entered without a refusal that
//! asks for it.

use super::*;

#[test]
fn what_was_read_too_fast_is_told_once_with_its_sections_and_whether_it_counted() {
    let soon = |section| What::TooSoon { section };
    let fast = |section| What::SectionRead { section, words: 90, millis: 5000, left: 9 };
    let pressed = "Space was pressed before";
    let table = [
        (vec![soon(2)], format!("{pressed} section 3 could have been read aloud; it did not count as read.")),
        (
            vec![soon(4), soon(0), soon(0), soon(1)],
            format!("{pressed} sections 1, 2 and 5 could have been read aloud; they did not count as read."),
        ),
        (vec![fast(0)], "Section 1 was marked read before it could have been read aloud.".to_owned()),
        (
            vec![soon(0), fast(1), fast(2)],
            "Sections 2 and 3 were marked read before they could have been read aloud.".to_owned(),
        ),
    ];
    for (what, expected) in table {
        let report = graded(&scenario(""), &seen(what), false);
        let told: Vec<(&str, u8)> =
            report.mistakes.iter().map(|made| (made.what.as_str(), made.points)).collect();
        assert_eq!(told, [(expected.as_str(), 10)]);
    }
}

#[test]
fn a_text_for_somebody_else_and_another_reference_than_the_carriers_are_mistakes() {
    let elsewhere = What::Sending { method: Method::Sms, elsewhere: true };
    let file = shipped::FILES.into_iter().find(|(name, _)| *name == "sms").unwrap().1;
    let report = graded(&read(file).unwrap(), &seen(vec![What::Retrieving, elsewhere]), false);
    let told: Vec<&str> = report.mistakes.iter().map(|made| made.mistake.as_str()).collect();
    assert_eq!(told, ["wrong_value"]);
    let sent = report.steps.iter().find(|step| step.it == "send_sms").unwrap();
    assert_eq!(sent.at, None, "the customer has not got it");
    let yes = || vec![began(), What::Answered { yes: true }];
    for (other_name, expected) in [(false, &[""; 0][..]), (true, &["wrong_value"])] {
        assert_eq!(
            names(&scenario(""), &seen([yes(), vec![What::SaidYes { other_name }]].concat())),
            expected
        );
    }
    let placed = scenario("[carrier]\nsays = \"It was placed.\"\nplaced = true\n");
    for (other_reference, expected) in [(false, &[""; 0][..]), (true, &["wrong_verdict"])] {
        let verdict = What::Settled { placed: true, other_reference };
        let all = vec![AGAIN, unknown(), What::CalledCarrier, verdict];
        assert_eq!(names(&placed, &seen(all)), expected);
    }
}
