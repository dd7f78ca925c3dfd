//! What may be done about an order in doubt, from when, and what each answer makes of it.

use super::*;
use crate::order::doubt::{Account, Moment, Sale, account, default_quiet, is_same_sale, quiet_left};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn probe() -> Command {
    Command::BeginProbe { sender: sender(), quiet: QUIET }
}

fn says(placed: bool) -> Command {
    let statement = Statement { placed, reference: " TKT-7 ".into(), name: "M. Ruiz".into() };
    Command::Resolve { statement, quiet: QUIET, uptime: None }
}

fn after(minutes: i64) -> SignedDuration {
    MINUTE * i32::try_from(minutes).unwrap()
}

/// Accepted, sent, never answered; then `minutes` later.
fn in_doubt_for(minutes: i64) -> Desk {
    let mut desk = Desk::open();
    desk.retrieved(&["one"]).read_and_accepted().completing().ends(unknown());
    desk.now += after(minutes);
    desk
}

#[test]
fn nothing_may_be_done_before_the_quiet_period_is_over() {
    for command in [probe(), says(true), says(false)] {
        let mut desk = in_doubt_for(3);
        assert_eq!(desk.try_do(command.clone()), Err(Refusal::TooEarly { left: MINUTE }));
        assert_eq!(next_steps(&desk.order, &desk.moment()), [Next::Wait]);
        desk.now += MINUTE;
        assert_eq!(next_steps(&desk.order, &desk.moment()), [Next::Probe, Next::Resolve]);
        desk.does(command);
    }
}

#[test]
fn only_an_order_in_doubt_can_be_probed_or_settled() {
    for command in [probe(), says(true), says(false)] {
        let mut desk = Desk::open();
        assert_eq!(desk.try_do(command.clone()), Err(Refusal::NotInDoubt));
        desk.retrieved(&["one"]).read_and_accepted();
        assert_eq!(desk.try_do(command.clone()), Err(Refusal::NotInDoubt));
        desk.completing();
        assert!(matches!(desk.try_do(command.clone()), Err(Refusal::Busy { .. })));
        desk.ends(completed());
        assert!(matches!(desk.try_do(command), Err(Refusal::Completed { .. })));
    }
}

#[test]
fn a_probe_is_the_very_same_request_and_an_attempt_of_its_own() {
    let mut desk = in_doubt_for(4);
    let other = Sender { request: Digest::of(b"other"), ..sender() };
    let refused = desk.try_do(Command::BeginProbe { sender: other, quiet: QUIET });
    assert_eq!(refused, Err(Refusal::OtherRequest));
    desk.does(probe());
    let [.., first, again] = desk.order.attempts.as_slice() else { panic!("two Completes") };
    assert_eq!((again.number, again.probe, first.probe), (first.number + 1, true, false));
    assert_eq!((again.request, again.method), (first.request, first.method));
    assert_eq!(desk.state(), State::InDoubt, "a probe under way clears nothing");
    assert!(matches!(desk.try_do(probe()), Err(Refusal::Busy { .. })), "one at a time");
    assert!(matches!(desk.try_do(says(true)), Err(Refusal::Busy { .. })));
}

#[test]
fn what_a_probe_was_refused_for_still_stands_after_the_verdict() {
    for row in ["complete_order/1099", "complete_order/2000"] {
        let mut desk = in_doubt_for(4);
        desk.does(probe()).ends(refusal_of(row));
        assert_eq!(desk.state(), State::InDoubt, "{row}");
        desk.now += after(4);
        desk.does(says(false));
        assert_eq!(desk.state(), State::Refused, "{row}");
        let Some(Trouble::Refused(error)) = &desk.order.trouble else { panic!("{:?}", desk.order.trouble) };
        assert_eq!(error.row.as_deref(), Some(row));
        assert!(matches!(desk.try_complete(), Err(Refusal::Futile(_))), "{row}");
    }
    let mut desk = in_doubt_for(4);
    desk.does(says(false));
    assert_eq!((desk.state(), &desk.order.trouble), (State::Accepted, &None), "nothing refused it");
}

#[test]
fn already_submitted_after_our_own_unknown_attempt_means_that_one_arrived() {
    let mut desk = in_doubt_for(4);
    desk.does(probe()).ends(refusal_of("complete_order/2130"));
    assert_eq!(desk.state(), State::Completed);
    let completion = desk.order.completion.clone().unwrap();
    assert_eq!((completion.basis, completion.attempt), (Basis::Inferred { probe: 3 }, 2));
    assert_eq!(
        (completion.order_number, completion.details),
        (None, None),
        "nothing was received, nothing is made up"
    );
    assert_eq!(desk.order.trouble, None);
}

#[test]
fn already_submitted_without_an_unknown_attempt_of_ours_is_an_alarm() {
    let mut desk = Desk::open();
    desk.retrieved(&["one"]).read_and_accepted().completing().ends(refusal_of("complete_order/2130"));
    assert_eq!((desk.state(), desk.order.completion.clone()), (State::Refused, None));
    assert_eq!(Summary::of(&desk.order).attention(), Attention::Alarm);

    // A request that never left, or that the gateway turned back, is no reason to believe that it was ours.
    for outcome in [Failure::NotSent("no route".into()), Failure::Credentials("HTTP 401".into())] {
        let mut desk = Desk::open();
        desk.retrieved(&["one"]).read_and_accepted().completing().ends(Outcome::Failed(outcome));
        desk.completing().ends(refusal_of("complete_order/2130"));
        assert_eq!((desk.state(), desk.order.completion.clone()), (State::Refused, None));
    }
}

#[test]
fn a_refused_probe_does_not_clear_the_doubt() {
    for row in remedy::all().iter().filter(|r| r.call == Call::CompleteOrder && r.code != "2130") {
        let mut desk = in_doubt_for(4);
        let before = desk.order.clone();
        desk.does(probe()).ends(refusal_of(&row.id));
        assert_eq!(desk.state(), State::InDoubt, "{}", row.id);
        assert_eq!(desk.order.acceptance, before.acceptance, "what was accepted stays: {}", row.id);
        desk.now += after(1);
        desk.does(probe());
    }
}

#[test]
fn each_end_of_a_probe() {
    let failed = |failure| Outcome::Failed(failure);
    let cases = [
        (completed(), State::Completed),
        (unknown(), State::InDoubt),
        (failed(Failure::NotSent("refused".into())), State::InDoubt),
        (failed(Failure::Credentials("HTTP 401".into())), State::InDoubt),
    ];
    for (outcome, state) in cases {
        let mut desk = in_doubt_for(4);
        desk.does(probe()).ends(outcome.clone());
        assert_eq!(desk.state(), state, "{outcome:?}");
        // A probe that may have arrived has a quiet period of its own; one that did not leave the order as it was.
        let waits = outcome == unknown();
        assert_eq!(quiet_left(&desk.order, &desk.moment()).is_positive(), waits, "{outcome:?}");
    }
}

#[test]
fn a_verdict_of_placed_completes_without_making_up_a_number() {
    let mut desk = in_doubt_for(4);
    desk.does(says(true));
    let completion = desk.order.completion.clone().unwrap();
    let basis = Basis::Verdict { reference: "TKT-7".into(), name: "M. Ruiz".into() };
    assert_eq!((desk.state(), completion.basis, completion.order_number), (State::Completed, basis, None));
    assert!(matches!(desk.try_complete(), Err(Refusal::Completed { order_number: None })));
}

#[test]
fn a_verdict_of_not_placed_gives_the_order_back_under_the_same_ids() {
    let mut desk = in_doubt_for(4);
    let identity = desk.order.identity.clone();
    desk.does(says(false));
    assert_eq!((desk.state(), desk.order.trouble.clone()), (State::Accepted, None));
    assert_eq!(desk.order.verdicts.len(), 1);
    desk.completing().ends(unknown());
    assert_eq!(
        (desk.state(), &desk.order.identity),
        (State::InDoubt, &identity),
        "a later doubt is one again"
    );

    // The verdict was wrong: what Px says is the better evidence, and the request was ours.
    let mut desk = in_doubt_for(4);
    desk.does(says(false)).completing().ends(refusal_of("complete_order/2130"));
    assert!(matches!(desk.order.completion.clone().unwrap().basis, Basis::Inferred { .. }));
}

#[test]
fn a_verdict_needs_a_reference_and_a_name() {
    let mut desk = in_doubt_for(4);
    let mut say = |reference: &str, name: &str| {
        let statement = Statement { placed: true, reference: reference.into(), name: name.into() };
        desk.try_do(Command::Resolve { statement, quiet: QUIET, uptime: None })
    };
    assert_eq!(say(" \u{200b}", "M. Ruiz"), Err(Refusal::NoReference));
    assert_eq!(say("TKT-7", "\t"), Err(Refusal::NobodySaysSo));
}

#[test]
fn a_late_answer_is_the_better_evidence() {
    // The desk was taken for dead; what it had sent was answered all the same.
    let late = |outcome, first: Command| {
        let mut desk = Desk::open();
        desk.retrieved(&["one"])
            .read_and_accepted()
            .completing()
            .does(Command::CutOff { attempt: 2, uptime: None });
        desk.now += after(4);
        desk.does(first).does(Command::End { attempt: 2, outcome, uptime: None });
        desk
    };
    let desk = late(completed(), says(true));
    assert_eq!(desk.order.completion.clone().unwrap().order_number.as_deref(), Some("N1"));
    let desk = late(refusal_of("complete_order/1215"), says(true));
    assert_eq!((desk.state(), desk.order.trouble.clone()), (State::Completed, None), "a verdict stands");
    let mut desk = late(completed(), says(false));
    assert_eq!(desk.state(), State::Completed);
    // Even when the order was given up meanwhile: placed is placed, and nothing is sent any more.
    desk = Desk::open();
    desk.retrieved(&["one"]).read_and_accepted().completing();
    desk.does(Command::CutOff { attempt: 2, uptime: None });
    desk.now += after(4);
    desk.does(says(false)).does(Command::Abandon { reason: "no answer".into() });
    desk.does(Command::End { attempt: 2, outcome: completed(), uptime: None });
    assert_eq!(desk.state(), State::Completed);
    assert!(matches!(desk.try_complete(), Err(Refusal::Completed { .. })));
}

/// An answer from a machine that was away: somebody had said meanwhile that nothing was placed, and it was sent again.
#[test]
fn a_second_order_under_the_same_ids_is_an_alarm_until_somebody_says_what_becomes_of_it() {
    let mut desk = Desk::open();
    desk.retrieved(&["one"]).read_and_accepted().completing();
    desk.does(Command::CutOff { attempt: 2, uptime: None });
    desk.now += after(4);
    desk.does(says(false)).completing();
    let second =
        Outcome::Completed { order_number: "N2".into(), order_status: None, tx_id: None, details: None };
    desk.ends(second).does(Command::End { attempt: 2, outcome: completed(), uptime: None });
    let numbers = |desk: &Desk| {
        let order = &desk.order;
        (order.completion.clone().unwrap().order_number.unwrap(), order.other_numbers.join(","))
    };
    assert_eq!((desk.state(), numbers(&desk)), (State::Completed, ("N1".to_owned(), "N2".to_owned())));
    let row = Summary::of(&desk.order);
    assert_eq!(row.attention(), Attention::Alarm);
    assert!(row.stall(desk.now).is_some_and(|stall| stall.retry == Retry::Dangerous));
    assert_eq!(crate::order::stalled::cause(&row, desk.now).unwrap().key, "placed_again");
    assert!(desk.try_complete().is_err() && retryable(&desk.order, desk.now).is_err());
    assert_eq!(next_steps(&desk.order, &desk.moment()), [Next::Release, Next::Erase]);
    desk.does(Command::Release { reason: "N2 was cancelled, ticket 7".into() });
    assert_eq!(Summary::of(&desk.order).attention(), Attention::Done);
    assert_eq!(numbers(&desk).1, "N2", "its number stays");
    assert!(desk.try_do(Command::Release { reason: "again".into() }).is_err());
}

/// The journal that knew of a Complete was lost, and somebody else has completed the order since with what was left of it.
#[test]
fn an_answer_that_an_older_copy_knows_nothing_of_is_kept_beside_what_became_of_the_order_since() {
    let lost = |desk: &Desk, outcome| crate::order::lost::answered(&desk.order, "desk-lost", &outcome);
    let mut desk = Desk::open();
    desk.retrieved(&["one"]).read_and_accepted();
    assert_eq!(lost(&desk, completed()), None, "the Complete that comes next is ended by it");
    desk.completing();
    assert_eq!(lost(&desk, completed()), None, "another one is under way");
    let second =
        Outcome::Completed { order_number: "N2".into(), order_status: None, tx_id: None, details: None };
    desk.ends(second);
    assert_eq!(lost(&desk, unknown()), None);
    desk.happens(lost(&desk, completed()).unwrap());
    let order = &desk.order;
    assert_eq!(order.completion.clone().unwrap().order_number.as_deref(), Some("N1"));
    assert_eq!((order.other_numbers.join(","), order.attempts.len()), ("N2".to_owned(), 3));
    assert_eq!(Summary::of(order).attention(), Attention::Alarm);
    assert_eq!(lost(&desk, completed()), Some(Vec::new()), "it is known already");
    let refused = refusal_of("complete_order/1215");
    desk.happens(lost(&desk, refused.clone()).unwrap());
    assert!(desk.order.is_placed_again(), "a refusal takes nothing back");
    assert_eq!(lost(&desk, refused), Some(Vec::new()));

    // Px says to the other one that the order was submitted before.
    let mut desk = Desk::open();
    desk.retrieved(&["one"]).read_and_accepted().completing().ends(refusal_of("complete_order/2130"));
    desk.happens(lost(&desk, completed()).unwrap());
    assert_eq!((desk.state(), desk.order.trouble.clone()), (State::Completed, None));
}

#[test]
fn a_clock_that_jumps_does_not_shorten_the_quiet_period() {
    let up = |seconds| Some(Uptime { boot: "b1".into(), seconds, millis: 0 });
    let mut desk = Desk::open();
    desk.retrieved(&["one"]).read_and_accepted().completing();
    // The lid was closed during the call, which so lasted an hour: the request may have left at the end of it.
    desk.now += after(60);
    desk.does(Command::End { attempt: 2, outcome: unknown(), uptime: up(1000) });
    let left = |desk: &Desk, uptime| {
        quiet_left(&desk.order, &Moment { now: desk.now, uptime, quiet: QUIET }).as_secs()
    };
    assert_eq!((left(&desk, up(1000)), left(&desk, None)), (240, 240));
    desk.now += after(60);
    assert_eq!(left(&desk, up(1011)), 230, "the clock says an hour, the machine at least ten seconds");
    assert_eq!((left(&desk, up(1240)), left(&desk, up(1241))), (1, 0));
    let restarted = |seconds| Some(Uptime { boot: "b2".into(), seconds, millis: 0 });
    assert_eq!(left(&desk, None), 0);
    assert_eq!(
        left(&desk, restarted(5)),
        235,
        "the clock says an hour, and the machine was restarted just now"
    );
    assert_eq!((left(&desk, restarted(239)), left(&desk, restarted(240))), (1, 0));
    desk.now -= after(120);
    assert_eq!(left(&desk, None), 240, "a clock that went back does not lock the order for hours");
    assert_eq!((left(&desk, up(1241)), left(&desk, restarted(5000))), (0, 240));
}

#[test]
fn the_account_says_what_was_sent_what_is_known_and_from_when_something_may_be_done() {
    let mut desk = in_doubt_for(1);
    let Account { sent, known, unknown, left, from } = account(&desk.order, &desk.moment()).unwrap();
    assert_eq!(sent.iter().map(|a| a.number).collect::<Vec<_>>(), [2]);
    assert_eq!((left, from), (MINUTE * 3, desk.now + MINUTE * 3));
    assert!(
        known[0].contains("left this machine") && unknown[0].contains("Whether"),
        "{known:?} {unknown:?}"
    );

    desk.now += after(4);
    desk.does(probe()).ends(refusal_of("complete_order/1215"));
    let account = account(&desk.order, &desk.moment()).unwrap();
    assert!(account.known[1].contains("Call 3") && account.known[1].contains("1215"), "{:?}", account.known);
}

#[test]
fn the_quiet_period_is_twice_the_timeout_and_two_minutes_at_least() {
    let secs = SignedDuration::from_secs;
    assert_eq!(default_quiet(secs(120)), secs(240));
    assert_eq!(default_quiet(secs(10)), secs(120));
}

#[test]
fn who_buys_the_same_at_the_same_address() {
    let new = |address: &str, customer: serde_json::Value| {
        let order = serde_json::json!({"salesCode":"S","partnerId":"P","partnerOrderId":"PO2","transactionId":"T2",
            "addressDetailId":address,"customer":customer});
        parse_order(&order, start_of_day()).unwrap()
    };
    let mut desk = in_doubt_for(0);
    desk.order.customer.address = Some(Personal::new("4 Main St."));
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let cases = [
        ("A", r#"{"phone":"+13035550123"}"#, true),
        ("A", r#"{"name":" ANN. "}"#, true),
        ("A", r#"{"email":"A@example.com","name":"Somebody Else"}"#, true),
        ("A", "{}", true),
        ("A", r#"{"name":"Somebody Else","phone":"+13035550199"}"#, false),
        ("A", r#"{"name":"Bob"}"#, false),
        ("B", r#"{"phone":"+13035550123"}"#, false),
        ("B", r#"{"phone":"+13035550123","address":"4, MAIN ST"}"#, true),
        ("B", r#"{"phone":"+13035550123","address":"5 Main St."}"#, false),
    ];
    for (address, customer, same) in cases {
        assert_eq!(
            is_same_sale(Sale::from(&new(address, json(customer))), &desk.order),
            same,
            "{address} {customer}"
        );
    }
}

#[test]
fn what_a_probe_was_refused_for_is_to_be_corrected_first_whatever_the_next_one_was_refused_for() {
    for later in ["complete_order/1210", "complete_order/payment_down", "complete_order/2215"] {
        let mut desk = in_doubt_for(4);
        desk.does(probe()).ends(refusal_of("complete_order/2030"));
        desk.now += after(1);
        desk.does(probe()).ends(refusal_of(later));
        desk.does(says(false));
        let again = desk.try_complete();
        assert!(
            matches!(&again, Err(Refusal::Futile(error)) if error.code() == "2030"),
            "{later}: {again:?}"
        );
        assert_eq!(next_steps(&desk.order, &desk.moment())[0], Next::Amend, "{later}");
        desk.amends_token();
        assert!(desk.try_complete().is_ok(), "{later}");
    }
}
