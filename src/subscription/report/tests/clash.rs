//! Answers that come after a person has said what the portal shows.

use super::*;

/// What comes second, after the first attempt was cut off and a person has said something of it.
const SECOND: [&str; 9] = [
    "nothing",
    "more usage",
    "under way",
    "done",
    "done with more",
    "refused",
    "not sent",
    "unknown",
    "unknown, then said to be reported",
];

/// The report after that; none where it cannot come.
fn then(report: &Report, second: &str) -> Option<Report> {
    let more = |report: &Report| {
        let lines = vec![line("b", "3")];
        after(report, ReportCommand::Add { lines, bill: month() }).ok()
    };
    let ended = |report: &Report, outcome| {
        let sending = after(report, send()).ok()?;
        after(&sending, end(&sending, outcome)).ok()
    };
    match second {
        "nothing" => Some(report.clone()),
        "more usage" => more(report),
        "under way" => after(report, send()).ok(),
        "done" => ended(report, Outcome::Done { status: 200 }),
        "done with more" => ended(&more(report)?, Outcome::Done { status: 200 }),
        "refused" => ended(report, Outcome::Refused { status: 400, message: None }),
        "not sent" => ended(report, failed(Failure::NotSent { why: String::new() })),
        "unknown" => ended(report, unknown()),
        _ => after(&ended(report, unknown())?, verdict(true)).ok(),
    }
}

#[test]
fn whatever_answer_comes_after_whatever_was_said_what_contradicts_itself_is_in_doubt_once_more() {
    let cut_off = ReportCommand::CutOff { attempt: 1, held_back: false, uptime: None };
    let cut_off = after(&sending(), cut_off).unwrap();
    let late = [
        ("200", Outcome::Done { status: 200 }),
        ("400", Outcome::Refused { status: 400, message: None }),
        ("not sent", failed(Failure::NotSent { why: String::new() })),
        ("no answer", unknown()),
    ];
    let mut table = Vec::new();
    for said in [None, Some(true), Some(false)] {
        let first = said.map_or_else(|| cut_off.clone(), |said| after(&cut_off, verdict(said)).unwrap());
        for second in SECOND {
            let Some(before) = then(&first, second) else { continue };
            for (name, outcome) in &late {
                let end = ReportCommand::End { attempt: 1, outcome: outcome.clone(), uptime: None };
                let report = after(&before, end).unwrap();
                let said = said.map_or("nothing", |said| if said { "reported" } else { "not reported" });
                let clash = report.clash();
                let words = clash.as_ref().map_or_else(|| "-".to_owned(), Clash::words);
                let amount = report.amount().unwrap();
                let state = report.state();
                table.push(format!(
                    "{said:<12} | {second:<33} | {name:<9} | {:<8} {amount:>2} | {words}",
                    state.name()
                ));
                // It is told until a person has looked at just that, and then no more.
                let Some(clash) = clash else { continue };
                if state == ReportState::Sending {
                    continue;
                }
                assert_eq!(state, ReportState::InDoubt);
                let looked = after(&report, verdict(true)).unwrap();
                assert_eq!((looked.state(), looked.clash()), (ReportState::Reported, None));
                let not = after(&report, verdict(false));
                match clash {
                    Clash::Denied { .. } => assert_eq!(not.unwrap().state(), ReportState::Open),
                    Clash::NotOnce { .. } => match not {
                        Err(refusal) => assert_eq!(refusal, Refusal::Carried),
                        Ok(once) => assert_eq!((once.state(), once.clash()), (ReportState::Reported, None)),
                    },
                }
            }
        }
    }
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn what_comes_while_another_call_is_under_way_is_told_once_that_has_ended() {
    let cut_off = ReportCommand::CutOff { attempt: 1, held_back: false, uptime: None };
    let said = after(&after(&sending(), cut_off).unwrap(), verdict(false)).unwrap();
    let again = after(&said, send()).unwrap();
    let late = ReportCommand::End { attempt: 1, outcome: Outcome::Done { status: 200 }, uptime: None };
    let both = after(&again, late).unwrap();
    assert_eq!((both.state(), both.doubt()), (ReportState::Sending, None));
    for (outcome, state) in [
        (Outcome::Done { status: 200 }, ReportState::InDoubt),
        (unknown(), ReportState::InDoubt),
        (Outcome::Refused { status: 400, message: None }, ReportState::Reported),
        (failed(Failure::NotSent { why: String::new() }), ReportState::Reported),
    ] {
        let report = after(&both, end(&both, outcome.clone())).unwrap();
        assert_eq!(report.state(), state, "{outcome:?}");
        assert!(!report.takes_lines() && after(&report, send()).is_err(), "{outcome:?}");
    }
}
