//! Stalled orders by cause, and what a retry of many would send.

use super::*;
use crate::order::stalled::{BatchPlan, Groups, Outlook, cause, is_cause, outlook};

/// An order whose retrieval ended so.
fn retrieval(outcome: Outcome) -> Desk {
    let mut desk = Desk::open();
    desk.does(Command::BeginRetrieve { sender: sender() });
    desk.ends(outcome);
    desk
}

fn not_sent() -> Outcome {
    Outcome::Failed(Failure::NotSent("no route".into()))
}

/// One of each kind, with the cause that is due and whether it would be sent.
fn all() -> Vec<(Desk, &'static str, bool)> {
    let mut in_doubt = Desk::open();
    in_doubt.retrieved(&["one"]).read_and_accepted().completing().ends(unknown());
    let mut expired = retrieval(not_sent());
    expired.now += WINDOW_LENGTH + SignedDuration::from_secs(1);
    let mut refused = Desk::open();
    refused.retrieved(&["one"]).read_and_accepted().completing().ends(refusal_of("complete_order/2131"));
    let mut sent = Desk::open();
    sent.retrieved(&["one"]).sent("2026-11-20T15:00:01Z");
    sent.now += RESTING + SignedDuration::from_secs(1);
    let mut left = Desk::open();
    left.retrieved(&["one"]);
    left.now += RESTING + SignedDuration::from_secs(1);
    let mut send_unknown = Desk::open();
    send_unknown.retrieved(&["one"]);
    let to = Contact::Sms(Phone::new("3035550123").unwrap());
    send_unknown.does(Command::BeginSend { to, sender: sender() });
    send_unknown.ends(unknown());
    let mut corrected = retrieval(refusal_of("retrieve_rcc/4050"));
    let address_detail_id = Some(AddressDetailId::new("A-2").unwrap());
    corrected.does(Command::Amend(Amendment { address_detail_id, ..Amendment::default() }));
    vec![
        (in_doubt, "in_doubt", false),
        (expired, "expired", false),
        (refused, "complete_order/2131", false),
        (sent, "waiting_for_acceptance", false),
        (left, "left", false),
        (send_unknown, "send_not_known", false),
        (retrieval(not_sent()), "not_sent", true),
        (retrieval(unknown()), "no_answer", true),
        (retrieval(Outcome::Failed(Failure::Credentials("401".into()))), "credentials", true),
        (corrected, "left", false),
    ]
}

#[test]
fn every_stalled_order_has_a_cause_and_a_verdict_that_says_why() {
    for (desk, due, sends) in all() {
        let row = Summary::of(&desk.order);
        assert_eq!(cause(&row, desk.now).unwrap().key, due);
        assert!(is_cause(due) && !is_cause(&format!("{due}x")), "{due}");
        let outlook = outlook(&row, desk.now);
        assert_eq!(outlook.call.is_some(), sends, "{due}: {outlook:?}");
        assert_eq!(outlook.retry == Retry::Useful, sends, "{due}: {outlook:?}");
        assert!(outlook.why.ends_with('.') && outlook.why.len() > 10, "{due}: {outlook:?}");
        if sends {
            assert_eq!(
                retryable(&desk.order, desk.now).ok(),
                outlook.again(&row),
                "the engine decides the same"
            );
        }
    }
    let doubt = &all()[0].0;
    assert_eq!(outlook(&Summary::of(&doubt.order), doubt.now).retry, Retry::Dangerous);
    assert_eq!(retryable(&doubt.order, doubt.now), Err(Refusal::InDoubt));
}

#[test]
fn every_documented_error_is_sent_again_by_the_plan_where_the_engine_would_and_only_there() {
    for remedy in remedy::all() {
        assert!(is_cause(&remedy.id), "{}", remedy.id);
        let mut desk = Desk::open();
        match remedy.call {
            Call::RetrieveRcc => drop(desk.does(Command::BeginRetrieve { sender: sender() })),
            Call::SendRcc => {
                let to = Contact::Sms(Phone::new("3035550123").unwrap());
                desk.retrieved(&["one"]).does(Command::BeginSend { to, sender: sender() });
            }
            Call::GetRccAcceptance => {
                desk.retrieved(&["one"]).sent("2026-11-20T15:00:01Z");
                desk.does(Command::Checked { outcome: refusal_of(&remedy.id) });
            }
            Call::CompleteOrder => drop(desk.retrieved(&["one"]).read_and_accepted().completing()),
        }
        if remedy.call != Call::GetRccAcceptance {
            desk.ends(refusal_of(&remedy.id));
        }
        let row = Summary::of(&desk.order);
        let planned = outlook(&row, desk.now).again(&row);
        assert_eq!(planned, retryable(&desk.order, desk.now).ok(), "{}", remedy.id);
    }
}

#[test]
fn groups_count_and_a_plan_takes_each_order_on_its_own() {
    let desks = all();
    let now = desks.iter().map(|(desk, ..)| desk.now).min().unwrap();
    let rows: Vec<Summary> = desks.iter().map(|(desk, ..)| Summary::of(&desk.order)).collect();
    let mut groups = Groups::default();
    rows.iter().chain([&rows[6], &rows[6]]).for_each(|row| groups.add(row, now));
    let groups = groups.sorted();
    assert_eq!(groups[0].cause.key, "in_doubt", "the most urgent comes first");
    let not_sent = groups.iter().find(|group| group.cause.key == "not_sent").unwrap();
    // The one that expires later is not sent yet either.
    assert_eq!((not_sent.count, not_sent.useful, not_sent.dangerous), (4, 4, 0));
    assert_eq!(not_sent.least_left(now), Some(WINDOW_LENGTH));
    let plan = BatchPlan::of("r.diaz", &rows, now);
    assert_eq!(plan.send.len() + plan.left_out.len(), rows.len());
    assert_eq!(plan.send.len(), 4);
    // What somebody is in the middle of is left to them, and says so; once it rests it is one of many again.
    let others = BatchPlan::of("chief", &rows, now);
    let worked_on = |(_, why): &&(OrderId, Outlook)| why.why.starts_with("r.diaz is working on this order");
    assert_eq!((others.send.len(), others.left_out.iter().filter(worked_on).count()), (0, 4));
    let rest = now + RESTING + SignedDuration::from_mins(5);
    assert_eq!(
        BatchPlan::of("chief", &rows, rest).send.len(),
        BatchPlan::of("r.diaz", &rows, rest).send.len()
    );
}

#[test]
fn a_worker_asks_and_repeats_what_is_safe_and_never_completes_nor_touches_a_doubt() {
    use crate::order::errand::{Errand, errand};
    let due = |key: &str| match key {
        "waiting_for_acceptance" => Some(Errand::Check),
        "not_sent" | "no_answer" | "credentials" => Some(Errand::Retry(Call::RetrieveRcc)),
        _ => None,
    };
    for (desk, key, _) in all() {
        assert_eq!(errand(&Summary::of(&desk.order), desk.now), due(key), "{key}");
        let much_later = desk.now + WINDOW_LENGTH * 2;
        assert_eq!(errand(&Summary::of(&desk.order), much_later), None, "{key}: it is too old");
    }
    let of_complete = remedy::all().iter().filter(|remedy| remedy.call == Call::CompleteOrder);
    let outcomes = of_complete.map(|remedy| refusal_of(&remedy.id));
    let others = [not_sent(), unknown(), Outcome::Failed(Failure::Credentials("401".into()))];
    for outcome in outcomes.chain(others) {
        let mut desk = Desk::open();
        desk.retrieved(&["one"]).read_and_accepted().completing().ends(outcome.clone());
        assert_eq!(errand(&Summary::of(&desk.order), desk.now), None, "{outcome:?}");
    }
    // A sending that is refused, or may have gone out, is for a person.
    let mut desk = Desk::open();
    let to = Contact::Sms(Phone::new("3035550123").unwrap());
    desk.retrieved(&["one"]).does(Command::BeginSend { to, sender: sender() });
    desk.ends(not_sent());
    assert_eq!(errand(&Summary::of(&desk.order), desk.now), Some(Errand::Retry(Call::SendRcc)));
}

#[test]
fn an_order_whose_time_is_over_waits_since_then_whoever_it_is_given_to() {
    let (desk, ..) = all().swap_remove(0);
    let row = Summary { prepared_at: Some(desk.now), updated_at: desk.now, ..Summary::of(&desk.order) };
    let over = desk.now.checked_add(WINDOW_LENGTH).unwrap();
    let now = over.checked_add(WINDOW_LENGTH).unwrap();
    let given = Summary { updated_at: now, standing: State::Opened, ..row };
    assert_eq!(given.still_since(now), over);
    assert_eq!(given.still_since(over), now, "until then, since it was last touched");
    let mut groups = Groups::default();
    groups.add(&given, now);
    let group = groups.sorted().remove(0);
    assert_eq!(group.oldest(now), WINDOW_LENGTH);
    assert_eq!(group.oldest(desk.now), SignedDuration::ZERO, "a clock that was set back");
    let late = Summary { prepared_at: Some(Timestamp::UNIX_EPOCH), ..given };
    assert_eq!(late.still_since(now), late.opened_at, "it had expired when it was added");
}

/// Another desk, at the same order, sends what was decided on here, or goes on with it.
#[test]
fn a_retry_is_of_the_attempt_that_was_looked_at_and_of_no_later_one() {
    let ours = || Sender { owner: "desk-2".into(), ..sender() };
    let again = |desk: &Desk, again, begin| {
        decide(&desk.order, Command::Retry { again, begin: Box::new(begin) }, desk.now)
    };
    let send = |sender| Command::BeginSend { to: Contact::Sms(Phone::new("3035550123").unwrap()), sender };
    let mut desk = Desk::open();
    desk.retrieved(&["one"]).does(send(sender()));
    desk.ends(not_sent());
    let planned = retryable(&desk.order, desk.now).unwrap();
    assert!(again(&desk, planned, send(ours())).is_ok());
    // One more text message would go out for the other desk's.
    let mut went = Desk { order: desk.order.clone(), ..desk };
    went.does(send(sender())).ends(Outcome::Sent { sent_at: None, tx_id: None });
    assert_eq!(again(&went, planned, send(ours())), Err(Refusal::NothingFailed));
    let mut tried = Desk { order: desk.order.clone(), ..desk };
    tried.does(send(sender())).ends(not_sent());
    assert_eq!(again(&tried, planned, send(ours())), Err(Refusal::MovedOn));
    // The same process, with a new token, after the gateway refused the old one.
    desk.does(send(ours())).ends(Outcome::Failed(Failure::Credentials("401".into())));
    assert!(again(&desk, planned, send(ours())).is_ok());
    // An order that went on is not placed by who decided to retrieve its text.
    let mut desk = retrieval(unknown());
    let planned = retryable(&desk.order, desk.now).unwrap();
    desk.retrieved(&["one"]).read_and_accepted().completing().ends(not_sent());
    let complete = Command::BeginComplete { sender: ours(), room: SignedDuration::from_secs(1) };
    assert_eq!(again(&desk, planned, complete.clone()), Err(Refusal::MovedOn));
    let now = retryable(&desk.order, desk.now).unwrap();
    assert_eq!((planned.call, now.call), (Call::RetrieveRcc, Call::CompleteOrder));
    assert!(again(&desk, now, complete).is_ok());
}
