//! A report's life, one command after the other; and whatever commands come, in whatever order.

use super::*;
use crate::kind::{Digest, Driven as _, Kind as _, Recorded, Signature};
use crate::subscription::{Calendar, CustomerId, Failure, Gate, Outcome, Refusal, Signed, Total};
use jiff::SignedDuration;
use proptest::prelude::*;

mod clash;

fn now() -> Timestamp {
    "2026-11-20T15:00:00Z".parse().unwrap()
}

fn month() -> Month {
    Month::parse("2026-11").unwrap()
}

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn line(key: &str, count: &str) -> Line {
    Line { key: key.to_owned(), count: amount(count) }
}

fn recorded(seq: u64, event: ReportEvent) -> Recorded<ReportEvent> {
    Recorded { seq, at: now(), by: "r.diaz".to_owned(), event, hash: Digest([0; 32]) }
}

fn opened(lines: Vec<Line>) -> Report {
    let id = ShortId::from_bits(7);
    let slot = Slot {
        provisioning_id: ProvisioningId::new("p-1").unwrap(),
        sku: Sku::new("STORAGE").unwrap(),
        month: month(),
        supplement: 0,
    };
    let (environment, subscription) = (Environment::Sandbox, ShortId::from_bits(8));
    let event = ReportEvent::ReportOpened { environment, subscription, slot, because: None, lines };
    Report::open(&id, &recorded(1, event)).unwrap()
}

/// The report after `command`, if that may be.
fn after(report: &Report, command: ReportCommand) -> Result<Report, Refusal> {
    let mut report = report.clone();
    for event in report.decide(command, now())? {
        let seq = report.seq + 1;
        assert!(report.follow(&recorded(seq, event)));
    }
    Ok(report)
}

fn freeze() -> Freeze {
    let customer_id = CustomerId::new("C-1").unwrap();
    Freeze {
        customer_id,
        product_id: 123,
        usual: None,
        so_far: Total::ZERO,
        shown: None,
        reason: None,
        bill: month(),
    }
}

fn send_with(freeze: Freeze) -> ReportCommand {
    let by = Signature { owner: "desk-1".to_owned(), uptime: None };
    let gate = Gate {
        calendar: Calendar::new().unwrap(),
        limit: SignedDuration::from_secs(60),
        clock_error: Some(SignedDuration::ZERO),
        own_clock: false,
    };
    ReportCommand::Send { freeze, signed: Signed { by, request: Digest([1; 32]) }, gate }
}

fn send() -> ReportCommand {
    send_with(freeze())
}

/// Frozen, and not sent, as a run that reached nobody leaves it.
fn frozen(report: &Report) -> Report {
    let sending = after(report, send()).unwrap();
    after(&sending, end(&sending, failed(Failure::NotSent { why: String::new() }))).unwrap()
}

fn end(report: &Report, outcome: Outcome) -> ReportCommand {
    ReportCommand::End { attempt: report.pending().unwrap().attempt, outcome, uptime: None }
}

fn failed(failure: Failure) -> Outcome {
    Outcome::Failed { failure }
}

fn unknown() -> Outcome {
    failed(Failure::Unknown { why: "no answer".to_owned() })
}

fn sending() -> Report {
    after(&opened(vec![line("a", "10")]), send()).unwrap()
}

fn verdict(reported: bool) -> ReportCommand {
    let statement = Statement { reported, reference: "T-1".to_owned(), name: "Ann".to_owned(), bill: None };
    ReportCommand::Resolve { statement, quiet: SignedDuration::ZERO, uptime: None }
}

#[test]
fn each_outcome_leads_where_it_must() {
    for (outcome, state) in [
        (Outcome::Done { status: 200 }, ReportState::Reported),
        (Outcome::Refused { status: 400, message: None }, ReportState::Refused),
        (failed(Failure::NotSent { why: String::new() }), ReportState::Prepared),
        (failed(Failure::Partly { why: String::new() }), ReportState::InDoubt),
        (unknown(), ReportState::InDoubt),
    ] {
        let report = sending();
        assert_eq!(report.state(), ReportState::Sending);
        let report = after(&report, end(&report, outcome.clone())).unwrap();
        assert_eq!(report.state(), state, "{outcome:?}");
        assert_eq!(Report::read_row(report.id.as_str(), 1, &report.row()).unwrap().state, state);
    }
    let cut_off =
        after(&sending(), ReportCommand::CutOff { attempt: 1, held_back: false, uptime: None }).unwrap();
    assert_eq!(cut_off.state(), ReportState::InDoubt);
    let late = after(
        &cut_off,
        ReportCommand::End { attempt: 1, outcome: Outcome::Done { status: 200 }, uptime: None },
    );
    assert_eq!(late.unwrap().state(), ReportState::Reported, "an answer in hand comes after all");
}

#[test]
fn a_doubt_ends_by_a_verdict_alone() {
    let report = sending();
    let doubt = after(&report, end(&report, unknown())).unwrap();
    assert_eq!(after(&doubt, send()).unwrap_err(), Refusal::InDoubt);
    let early = Statement { reported: true, reference: "T".to_owned(), name: "A".to_owned(), bill: None };
    let early =
        ReportCommand::Resolve { statement: early, quiet: SignedDuration::from_secs(5), uptime: None };
    assert!(matches!(after(&doubt, early), Err(Refusal::TooEarly { .. })));
    assert_eq!(after(&doubt, verdict(true)).unwrap().state(), ReportState::Reported);
    let open = after(&doubt, verdict(false)).unwrap();
    assert_eq!((open.state(), open.amount()), (ReportState::Open, Some(amount("10"))));
    assert_eq!(after(&open, verdict(true)).unwrap_err(), Refusal::NotInDoubt);
    assert_eq!(after(&open, send()).unwrap().attempts.0.len(), 2);
}

#[test]
fn the_frozen_amount_is_what_goes_unless_nothing_of_it_left_and_more_comes() {
    let report = frozen(&opened(vec![line("a", "10")]));
    let add = |lines| ReportCommand::Add { lines, bill: month() };
    assert!(matches!(after(&sending(), add(vec![line("b", "1")])), Err(Refusal::Late { .. })));
    assert_eq!(after(&report, add(vec![line("a", "10")])).unwrap(), report, "what is known counts once");
    assert!(matches!(after(&report, add(vec![line("a", "11")])), Err(Refusal::KeyTaken { .. })));
    let more = after(&report, add(vec![line("b", "1")])).unwrap();
    assert_eq!((more.state(), more.amount()), (ReportState::Open, Some(amount("11"))), "no byte of it left");
    let sent = after(&more, send()).unwrap().prepared.unwrap();
    assert_eq!((sent.amount, sent.lines, sent.after), (amount("11"), 2, 1));
    let later = Freeze { bill: month().next(), ..freeze() };
    let refused = after(&report, send_with(later)).unwrap();
    assert_eq!(
        (refused.prepared.as_ref(), refused.seq),
        (report.prepared.as_ref(), report.seq + 1),
        "frozen once"
    );
    let corrected = after(&report, send_with(Freeze { product_id: 124, ..freeze() })).unwrap();
    let prepared = corrected.prepared.unwrap();
    assert_eq!(
        (prepared.product_id, prepared.amount),
        (124, amount("10")),
        "a slip in the product does not go"
    );
    let refused = after(&refused, end(&refused, Outcome::Refused { status: 400, message: None })).unwrap();
    let more = after(&refused, add(vec![line("b", "1")])).unwrap();
    assert_eq!(
        (more.state(), more.amount()),
        (ReportState::Open, Some(amount("11"))),
        "nothing was added there"
    );
}

#[test]
fn nothing_unusual_or_of_the_future_is_frozen() {
    let report = opened(vec![line("a", "31")]);
    let with = |usual: &str, reason: Option<&str>, bill: Month| {
        let (usual, reason) = (Some(amount(usual).into()), reason.map(str::to_owned));
        after(&report, send_with(Freeze { usual, reason, bill, ..freeze() }))
    };
    assert!(matches!(with("10", None, month()), Err(Refusal::Unusual { .. })));
    assert!(matches!(with("10", Some(" "), month()), Err(Refusal::Unusual { .. })));
    assert!(with("10", Some("a large customer"), month()).is_ok() && with("11", None, month()).is_ok());
    assert!(matches!(with("31", None, month().previous()), Err(Refusal::FutureMonth { .. })));
    // In pieces it is as much, and what went before of the month is usual where nothing else is.
    for (usual, so_far, held) in
        [(Some("30"), "60", true), (Some("31"), "60", false), (Some("0"), "10", true), (None, "16", false)]
    {
        let (usual, so_far) = (usual.map(|usual| amount(usual).into()), Total::from(amount(so_far)));
        let sent = after(&report, send_with(Freeze { usual, so_far, ..freeze() }));
        assert_eq!(matches!(sent, Err(Refusal::Unusual { .. })), held, "{usual:?} {so_far}");
    }
    // Each of the two can be billed, and what they come to is beyond that: it is told all the same.
    let (large, so_far) = (opened(vec![line("a", "900000000000000")]), amount("300000000000000").into());
    let sum = Total::from(amount("900000000000000")).plus(amount("300000000000000"));
    let held = after(&large, send_with(Freeze { so_far, ..freeze() })).unwrap_err();
    assert_eq!(held, Refusal::Unusual { amount: sum, usual: so_far });
    assert_eq!(after(&opened(Vec::new()), send()).unwrap_err(), Refusal::Nothing);
    let zero = after(&opened(vec![line("a", "0")]), send()).unwrap();
    assert_eq!(zero.prepared.unwrap().amount, Amount::ZERO, "an explicit zero is reported");
}

#[test]
fn what_was_refused_goes_again_once_it_has_changed_or_somebody_says_why() {
    let sent = after(&opened(vec![line("a", "10")]), send()).unwrap();
    let refused = |status| after(&sent, end(&sent, Outcome::Refused { status, message: None })).unwrap();
    let report = refused(400);
    let again = |freeze: Freeze| after(&report, send_with(freeze));
    for reason in [None, Some(" ".to_owned())] {
        let held = again(Freeze { reason, ..freeze() }).unwrap_err();
        assert_eq!(held, Refusal::RefusedBefore("refused with HTTP 400".to_owned()));
    }
    let why = Some("they have set the SKU up".to_owned());
    let sent_again = again(Freeze { reason: why.clone(), ..freeze() }).unwrap();
    assert_eq!(sent_again.prepared.as_ref().unwrap().reason, why, "it is kept");
    assert!(again(Freeze { product_id: 124, ..freeze() }).is_ok(), "the product was corrected");
    let more = ReportCommand::Add { lines: vec![line("b", "1")], bill: month() };
    assert!(after(&after(&report, more).unwrap(), send()).is_ok(), "usage was added");
    for status in [401, 403, 404] {
        assert!(after(&refused(status), send()).is_ok(), "the key or the address was wrong: {status}");
    }
}

#[test]
fn an_amount_that_nobody_was_shown_is_not_sent() {
    let report = opened(vec![line("a", "10")]);
    let shown = |text: &str| send_with(Freeze { shown: Some(amount(text)), ..freeze() });
    let changed = Refusal::Changed { shown: amount("9"), amount: amount("10") };
    assert_eq!(after(&report, shown("9")).unwrap_err(), changed);
    assert_eq!(after(&frozen(&report), shown("9")).unwrap_err(), changed);
    assert!(after(&report, shown("10")).is_ok() && after(&frozen(&report), shown("10")).is_ok());
}

/// A command that anybody might give.
fn any_command(report: &Report, n: u8) -> ReportCommand {
    let attempt = report.attempts.last().map_or(1, |last| last.number);
    match n % 9 {
        0 => ReportCommand::Add { lines: vec![line(&format!("k{}", n / 9), "1")], bill: month() },
        1 | 2 => send(),
        3 => ReportCommand::End { attempt, outcome: Outcome::Done { status: 200 }, uptime: None },
        4 => ReportCommand::End { attempt, outcome: unknown(), uptime: None },
        5 => ReportCommand::End {
            attempt,
            outcome: failed(Failure::NotSent { why: String::new() }),
            uptime: None,
        },
        6 => ReportCommand::CutOff { attempt, held_back: false, uptime: None },
        7 => verdict(true),
        _ => verdict(false),
    }
}

proptest! {
    #[test]
    fn lines_that_are_added_by_the_row_alone_lead_where_they_lead_on_the_whole_report(
        steps in prop::collection::vec(any::<u8>(), 0..40), new in prop::collection::vec(0u8..50, 1..4)
    ) {
        let mut report = opened(vec![line("first", "0.5")]);
        let lines: Vec<Line> = new.iter().enumerate().map(|(n, count)| line(&format!("new {n}"), &count.to_string())).collect();
        for n in steps {
            let ends = matches!(any_command(&report, n), ReportCommand::End { .. } | ReportCommand::CutOff { .. });
            if ends && report.pending().is_none() {
                continue;
            }
            let command = if n % 11 == 0 { ReportCommand::Continue } else { any_command(&report, n) };
            let Ok(next) = after(&report, command) else { continue };
            report = next;
            let row = Report::read_row(report.id.as_str(), report.seq, &report.row()).unwrap();
            let added = after(&report, ReportCommand::Add { lines: lines.clone(), bill: month() });
            let Some(event) = row.adding(lines.clone()) else { continue };
            let added = added.unwrap();
            let (values, keys) = Report::follow_row(&report.row(), &event).unwrap();
            prop_assert_eq!(values, added.row());
            let mut terms = [report.blind_terms(), keys].concat();
            terms.sort();
            prop_assert_eq!(terms, added.blind_terms());
        }
    }

    #[test]
    fn whatever_is_commanded_no_second_attempt_is_begun_while_one_may_have_arrived(steps in prop::collection::vec(any::<u8>(), 0..60)) {
        let mut report = opened(Vec::new());
        for n in steps {
            let command = any_command(&report, n);
            // The engine ends and cuts off only what is under way.
            let ends = matches!(command, ReportCommand::End { .. } | ReportCommand::CutOff { .. });
            if ends && report.pending().is_none() {
                continue;
            }
            let Ok(next) = after(&report, command) else { continue };
            if next.attempts.0.len() > report.attempts.0.len() {
                prop_assert!(report.doubt().is_none() && report.pending().is_none());
                prop_assert!(report.reported_at().is_none());
                prop_assert_eq!(next.prepared.as_ref().map(|prepared| prepared.amount), report.amount());
            }
            prop_assert!(next.total >= report.total);
            let row = Report::read_row(next.id.as_str(), next.seq, &next.row()).unwrap();
            prop_assert_eq!((row.state, row.amount), (next.state(), next.amount()));
            report = next;
        }
    }
}

#[test]
fn the_row_alone_does_until_something_was_frozen_or_sent() {
    let row = |report: &Report| Report::read_row(report.id.as_str(), report.seq, &report.row()).unwrap();
    let new = || vec![line("b", "1")];
    let report = opened(vec![line("a", "10")]);
    let event = row(&report).adding(new()).unwrap();
    assert_eq!(row(&report).adding(Vec::new()), None);
    let most = format!("999{}", "9".repeat(12));
    assert_eq!(
        row(&report).adding(vec![line("b", &most)]),
        None,
        "more than can be billed: refused on the whole report"
    );
    let refused =
        after(&sending(), end(&sending(), Outcome::Refused { status: 400, message: None })).unwrap();
    let again = after(&refused, ReportCommand::Add { lines: new(), bill: month() }).unwrap();
    assert_eq!(again.state(), ReportState::Open);
    for other in [frozen(&report), sending(), refused, again] {
        assert_eq!(row(&other).adding(new()), None, "{:?}", other.state());
        assert_eq!(Report::follow_row(&other.row(), &event), None);
    }
    assert_eq!(Report::follow_row(&report.row(), &ReportEvent::ReportContinued), None);
}

#[test]
fn once_a_supplement_goes_on_with_the_month_nothing_is_added_to_the_report_any_more() {
    assert_eq!(after(&opened(Vec::new()), ReportCommand::Continue).unwrap_err(), Refusal::NotPrepared);
    let report = after(&sending(), ReportCommand::Continue).unwrap();
    assert_eq!(after(&report, ReportCommand::Continue).unwrap(), report, "said once");
    let refused = after(&report, end(&report, Outcome::Refused { status: 400, message: None })).unwrap();
    let add = ReportCommand::Add { lines: vec![line("b", "1")], bill: month() };
    assert!(matches!(after(&refused, add.clone()), Err(Refusal::Late { .. })));
    let doubt = after(&report, end(&report, unknown())).unwrap();
    assert!(matches!(after(&after(&doubt, verdict(false)).unwrap(), add), Err(Refusal::Late { .. })));
    let reason = Some("they have set the SKU up".to_owned());
    let again = after(&refused, send_with(Freeze { reason, ..freeze() })).unwrap();
    assert_eq!(again.amount(), Some(amount("10")), "what it holds is still sent");
}
