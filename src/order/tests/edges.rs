//! Where one thing ends and the next begins: the minute, the moment, the section at which a guard says otherwise.

use super::*;

#[test]
fn exactly_the_room_that_complete_needs_is_enough() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).read_and_accepted();
    desk.now = start_of_day() + SignedDuration::from_hours(2) - ROOM;
    assert_eq!(desk.try_complete(), Ok(1));
}

#[test]
fn a_yes_at_the_moment_of_the_sending_counts() {
    // Two clocks of Px may differ by minutes; before that, another program may have sent a text that nobody here knows.
    for (accepted, counts) in [
        ("2026-11-20T15:01:00Z", Ok(1)),
        ("2026-11-20T14:56:00Z", Ok(1)),
        ("2026-11-20T14:55:59Z", Err(Refusal::MayBeOfEarlierText)),
        ("2026-11-20T08:01:00Z", Err(Refusal::MayBeOfEarlierText)),
    ] {
        let mut desk = Desk::open();
        desk.retrieved(&["$10"]).sent("2026-11-20T15:01:00Z");
        assert_eq!(desk.accepted_by_sms(accepted), counts, "{accepted}");
    }
}

#[test]
fn once_an_earlier_text_was_sent_a_yes_without_a_time_of_its_own_may_be_to_that_one() {
    let (none, again, later) = ("none", "2026-11-20T15:01:00Z", "2026-11-20T15:10:00Z");
    let earlier = Err(Refusal::AcceptedEarlierText);
    let perhaps = Err(Refusal::MayBeOfEarlierText);
    // Sent anew at ten past three, by our clock.
    for (sent, accepted, counts) in [
        (later, "2026-11-20T15:09:59Z", earlier),
        (later, "2026-11-20T15:10:00Z", Ok(1)),
        (later, none, perhaps.clone()),
        (again, "2026-11-20T15:09:00Z", perhaps.clone()),
        (again, "2026-11-20T15:10:01Z", Ok(1)),
        (none, "2026-11-20T15:09:00Z", perhaps.clone()),
        (none, "2026-11-20T15:10:01Z", Ok(1)),
        (none, none, perhaps),
    ] {
        let mut desk = Desk::open();
        desk.retrieved(&["$10"]).sent(again).retrieved(&["$90"]);
        desk.now = later.parse().unwrap();
        desk.sent(sent);
        assert_eq!(desk.accepted_by_sms(accepted), counts, "sent {sent}, accepted {accepted}");
    }
    // Where only one text was ever sent there is nothing else that could be meant.
    for accepted in [none, again] {
        let mut desk = Desk::open();
        desk.retrieved(&["$10"]).sent(none);
        assert_eq!(desk.accepted_by_sms(accepted), Ok(1));
    }
}

#[test]
fn the_evidence_says_whose_time_it_is() {
    for (accepted, said) in [
        ("2026-11-20T15:01:00Z", ""),
        ("none", ", its time is this desk's: Px gave none that can be read"),
        ("2027-11-20T15:01:00Z", ", its time is Px's, and was yet to come here"),
    ] {
        let mut desk = Desk::open();
        desk.retrieved(&["$10"]).sent("2026-11-20T15:01:00Z");
        assert_eq!(desk.accepted_by_sms(accepted), Ok(1));
        let evidence = &desk.order.acceptance.as_ref().unwrap().evidence;
        let event = format!("event {}", desk.order.seq);
        assert_eq!(evidence.strip_prefix(&event), Some(said), "{accepted}");
    }
    // Px's clock is an hour behind.
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).sent("2026-11-20T14:01:00Z");
    assert_eq!(desk.accepted_by_sms("2026-11-20T14:01:05Z"), Ok(1));
    let evidence = &desk.order.acceptance.as_ref().unwrap().evidence;
    assert!(evidence.ends_with("was before the text was sent by this desk's clock"), "{evidence}");
}

#[test]
fn only_the_call_under_way_can_be_cut_off() {
    let cut_off = |attempt| Command::CutOff { attempt, uptime: None };
    let mut desk = Desk::open();
    assert!(matches!(desk.try_do(cut_off(1)), Err(Refusal::NotNow { .. })));
    desk.retrieved(&["$10"]).read_and_accepted().completing();
    assert!(matches!(desk.try_do(cut_off(1)), Err(Refusal::NotNow { .. })), "that one was answered");
    assert_eq!(desk.try_do(cut_off(2)), Ok(1));
    assert!(matches!(desk.try_do(cut_off(2)), Err(Refusal::NotNow { .. })));
}

/// What another program of ours reads of it is what it always read: a call that was cut off.
#[test]
fn a_call_that_was_held_back_is_in_doubt_and_told_apart_from_one_cut_off() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).read_and_accepted().completing();
    desk.does(Command::HoldBack { attempt: 2, uptime: None });
    let held = desk.order.doubt().and_then(|attempt| attempt.outcome.clone());
    assert_eq!(held, Some(AttemptOutcome::HeldBack));
    let event = |held_back| Event::CallCutOff { attempt: 2, held_back, uptime: None };
    let said = |event| serde_json::to_value(event).unwrap();
    assert_eq!(said(event(false)), serde_json::json!({ "kind": "call_cut_off", "attempt": 2 }));
    assert_eq!(
        said(event(true)),
        serde_json::json!({ "kind": "call_cut_off", "attempt": 2, "held_back": true })
    );
    assert_eq!([event(false).word(), event(true).word()], ["call_cut_off", "call_held_back"]);
    desk.does(Command::End { attempt: 2, outcome: completed(), uptime: None });
    assert_eq!(desk.state(), State::Completed, "a late answer is the better evidence");
}

#[test]
fn reading_begins_once_and_again_whenever_it_was_left() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10", "a month"]);
    assert_eq!((desk.try_do(Command::Read), desk.try_do(Command::Read)), (Ok(1), Ok(0)));
    assert_eq!((desk.try_do(Command::Interrupt), desk.try_do(Command::Interrupt)), (Ok(1), Ok(0)));
    assert_eq!((desk.try_do(Command::Read), desk.try_do(Command::Read)), (Ok(1), Ok(0)));
    desk.sent("2026-11-20T15:01:00Z");
    assert_eq!(desk.try_do(Command::Read), Ok(1), "back from the SMS to reading aloud");
    desk.retrieved(&["$12", "a month"]);
    assert_eq!(desk.try_do(Command::Read), Ok(1), "another text");
    desk.section(0).section(1);
    assert_eq!(desk.try_do(Command::Interrupt), Ok(0), "nothing is left to come back to");
}

#[test]
fn a_yes_to_what_was_read_before_is_no_yes_to_the_new_text() {
    let say_yes = || Command::AcceptVerbally { name: Personal::new("Ann") };
    let mut desk = Desk::open();
    desk.retrieved(&["$10", "a month"]);
    assert_eq!(desk.try_do(say_yes()), Err(Refusal::NotRead { left: 2 }), "nothing was read");
    desk.read_and_accepted().retrieved(&["$12", "a month", "for a year"]);
    assert_eq!(desk.try_do(say_yes()), Err(Refusal::NotRead { left: 3 }));
    assert!(
        desk.try_do(Command::SectionRead { section: 0, millis: None }).is_err(),
        "reading it has not begun"
    );
}

#[test]
fn a_text_that_comes_after_the_erasing_is_compared_by_its_hash() {
    for (late, another) in [("$10", false), ("$12", true)] {
        let mut desk = Desk::open();
        desk.retrieved(&["$10"]).does(Command::BeginRetrieve { sender: sender() });
        desk.does(Command::CutOff { attempt: 2, uptime: None }).does(Command::Erase { reason: "x".into() });
        if let Some(retrieval) = &mut desk.order.retrieval {
            retrieval.text = None; // as it is read once the key is gone
        }
        let outcome = Outcome::Rcc { rcc: text(&[late]), tx_id: None };
        let events = decide(&desk.order, Command::End { attempt: 2, outcome, uptime: None }, desk.now);
        let changes = events.unwrap().iter().any(|e| matches!(e, Event::RccRetrieved { changed: true, .. }));
        assert_eq!(changes, another, "{late}");
    }
}

/// What the command line asks before it goes on with an order by itself.
#[test]
fn a_walk_goes_on_only_where_no_person_has_to_decide() {
    let after = |steps: &dyn Fn(&mut Desk)| {
        let mut desk = Desk::open();
        steps(&mut desk);
        can_go_on(&desk.order, desk.now)
    };
    let completing = |desk: &mut Desk| {
        desk.retrieved(&["$10"]).read_and_accepted().completing();
    };
    let ended = |outcome: Outcome| {
        after(&move |desk| {
            completing(desk);
            desk.ends(outcome.clone());
        })
    };
    assert_eq!(after(&|_| {}), Ok(()));
    let accepted = |desk: &mut Desk| {
        desk.retrieved(&["$10"]).read_and_accepted();
    };
    assert_eq!(after(&accepted), Ok(()));
    assert!(matches!(after(&completing), Err(Refusal::Busy { .. })));
    assert_eq!(ended(unknown()), Err(Refusal::InDoubt));
    assert_eq!(ended(completed()), Err(Refusal::Completed { order_number: Some("N1".into()) }));
    assert!(matches!(ended(refusal_of("complete_order/2130")), Err(Refusal::Futile(_))));
    assert!(matches!(ended(refusal_of("complete_order/payment_down")), Err(Refusal::Held(_))));
    assert!(ended(refusal_of("complete_order/2215")).is_err(), "expired, by Px's own word");
    assert!(
        matches!(ended(refusal_of("complete_order/1099")), Err(Refusal::Futile(_))),
        "to be mended first"
    );
    let abandoned = |desk: &mut Desk| {
        desk.does(Command::Abandon { reason: "x".into() });
    };
    assert!(matches!(after(&abandoned), Err(Refusal::Abandoned { .. })));
    assert!(after(&|desk| desk.now += SignedDuration::from_secs(7201)).is_err());
}

#[test]
fn a_check_that_is_answered_clears_what_went_wrong_with_the_one_before_and_nothing_else() {
    let mut desk = Desk::open();
    desk.retrieved(&["one"]).sent("2026-11-20T15:00:01Z");
    let asks = |desk: &mut Desk, outcome| desk.try_do(Command::Checked { outcome });
    assert_eq!(asks(&mut desk, Outcome::NotAccepted), Ok(0), "there is nothing to clear");
    let of_a_check = |row: &str| match refusal_of(row) {
        Outcome::Refused(error) => Outcome::Refused(CallError { api: Call::GetRccAcceptance, ..error }),
        other => other,
    };
    let failures = [
        unknown(),
        Outcome::Failed(Failure::NotSent("no route".into())),
        Outcome::Failed(Failure::Credentials("401".into())),
        of_a_check("retrieve_rcc/4040"),
        of_a_check("retrieve_rcc/2000"),
    ];
    for (outcome, checks) in failures.into_iter().zip(1..) {
        assert_eq!(asks(&mut desk, outcome.clone()), Ok(1));
        assert!(desk.order.trouble.is_some(), "{outcome:?}");
        desk.does(Command::StopChecking { checks: checks - 1 });
        assert!(desk.order.trouble.is_some(), "to stop asking clears nothing: {outcome:?}");
        assert_eq!(asks(&mut desk, Outcome::NotAccepted), Ok(1), "{outcome:?}");
        assert_eq!((&desk.order.trouble, desk.order.checks, desk.state()), (&None, checks, State::Sent));
        assert_eq!(asks(&mut desk, Outcome::NotAccepted), Ok(0), "once");
    }
    desk.does(Command::BeginRetrieve { sender: sender() }).ends(unknown());
    assert_eq!(asks(&mut desk, Outcome::NotAccepted), Ok(0));
    assert_eq!(desk.order.trouble.as_ref().map(Trouble::call), Some(Call::RetrieveRcc));
}

#[test]
fn a_text_that_was_retrieved_for_another_address_is_told_until_it_is_retrieved_again() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]);
    desk.amends_token();
    assert!(!desk.order.has_text_of_before(), "a token changes nothing of the text");
    let address_detail_id = Some(AddressDetailId::new("A2").unwrap());
    desk.does(Command::Amend(Amendment { address_detail_id, ..Amendment::default() }));
    assert!(desk.order.has_text_of_before());
    desk.retrieved(&["$10"]);
    assert!(!desk.order.has_text_of_before());
}

/// What Px refused is sent again once something is corrected: not after a word about another field that changes nothing.
#[test]
fn amending_another_field_with_what_it_has_corrects_nothing() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).read_and_accepted().completing().ends(refusal_of("complete_order/1099"));
    let has = desk.order.identity.clone();
    let amend = |amendment| Command::Amend(amendment);
    let nothing = [
        Amendment { sales_code: Some(has.sales_code), ..Amendment::default() },
        Amendment { address_detail_id: Some(has.address_detail_id), ..Amendment::default() },
        Amendment { gift_cards: Some(Vec::new()), ..Amendment::default() },
    ];
    for amendment in nothing {
        assert!(matches!(desk.try_do(amend(amendment)), Err(Refusal::Futile(_))));
    }
    let token = desk.order.payment_token.clone().unwrap_or(Secret::new("tok"));
    let same = Amendment { payment_token: Some(token), ..Amendment::default() };
    let other = Amendment { sales_code: Some(SalesCode::new("S9").unwrap()), ..Amendment::default() };
    for amendment in [same, other] {
        let mut desk = Desk { order: desk.order.clone(), ..Desk::open() };
        assert_eq!(desk.try_do(amend(amendment)), Ok(1));
    }
}
