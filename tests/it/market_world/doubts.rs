//! What may have been added: no second send, whoever asks for it, until a person has said what became of the first.

use super::world::Came;
use super::{answers, desk, look, open, run, send, states};
use pxdesk::engine::{Error, Halt, Ran, ReportStep, leaves_in_time};
use pxdesk::kind::ShortId;
use pxdesk::subscription::{Refusal, Report, ReportState, Statement};
use std::time::Duration;

fn says(reported: bool) -> Statement {
    Statement { reported, reference: "portal".to_owned(), name: "Lee".to_owned(), bill: None }
}

fn wait(shared: &super::Journal) {
    let now = &mut look(shared).now;
    *now += Duration::from_secs(2);
}

#[tokio::test]
async fn what_never_left_is_sent_again_by_the_next_run() {
    let (engine, shared, ids) = open(2).await;
    answers(&shared, &[Came::NotSent]);
    let ran = send(&engine, &ids).await;
    assert!(matches!(ran.halt, Some(Halt::Unreachable(_))), "{:?}", ran.halt);
    assert_eq!((ran.not_sent, look(&shared).sent.len()), (1, 0));
    assert_eq!(states(&shared), [ReportState::Prepared, ReportState::Open]);
    assert_eq!(send(&engine, &ids).await.reported, 2);
    assert_eq!(look(&shared).reports[0].attempts.0.len(), 2);
}

#[tokio::test]
async fn what_may_have_been_added_is_not_sent_again_by_any_desk() {
    for came in [Came::Nothing, Came::Part, Came::Status(503), Came::Status(202), Came::Status(429)] {
        let (engine, shared, ids) = open(1).await;
        answers(&shared, &[came]);
        assert_eq!(send(&engine, &ids).await.in_doubt, 1, "{came:?}");
        let other = desk("desk-2", &shared);
        for engine in [&engine, &other] {
            let ran = send(engine, &ids).await;
            assert_eq!((ran.held, ran.reported), (1, 0));
        }
        assert_eq!(look(&shared).sent.len(), 1);
        assert_eq!(states(&shared), [ReportState::InDoubt]);
        let early = other.resolve_report(&ids[0], says(false)).await;
        assert!(matches!(early, Err(Error::Refusal(Refusal::TooEarly { .. }))), "{early:?}");
        wait(&shared);
        other.resolve_report(&ids[0], says(false)).await.unwrap();
        assert_eq!(send(&other, &ids).await.reported, 1);
        assert_eq!(look(&shared).sent.len(), 2);
    }
}

#[tokio::test]
async fn what_the_portal_shows_is_reported_and_never_sent_again() {
    let (engine, shared, ids) = open(1).await;
    answers(&shared, &[Came::Nothing]);
    send(&engine, &ids).await;
    wait(&shared);
    engine.resolve_report(&ids[0], says(true)).await.unwrap();
    assert_eq!((send(&engine, &ids).await.elsewhere, look(&shared).sent.len()), (1, 1));
    assert_eq!(states(&shared), [ReportState::Reported]);
}

#[tokio::test]
async fn a_call_whose_process_is_gone_is_in_doubt_and_one_that_lives_is_left_alone() {
    let (engine, shared, ids) = open(1).await;
    answers(&shared, &[Came::Never]);
    let run = run(&ids);
    let call = engine.send_reports(&run, |_| true);
    let waited = tokio::time::timeout(Duration::from_millis(50), call).await;
    assert!(waited.is_err(), "no answer ever comes");
    let other = desk("desk-2", &shared);
    assert_eq!(other.of::<Report>().recover().await.unwrap(), Vec::<ShortId>::new(), "desk-1 lives");
    let busy = send(&other, &ids).await;
    assert_eq!((busy.held, states(&shared)[0]), (1, ReportState::Sending));
    look(&shared).alive.retain(|alive| alive != "desk-1");
    assert_eq!(other.of::<Report>().recover().await.unwrap(), ids);
    assert_eq!((states(&shared)[0], send(&other, &ids).await.held), (ReportState::InDoubt, 1));
    assert_eq!(look(&shared).sent.len(), 1);
}

#[tokio::test]
async fn a_run_stops_at_the_second_doubt() {
    let (engine, shared, ids) = open(12).await;
    answers(&shared, &[Came::Nothing; 12]);
    let ran = send(&engine, &ids).await;
    assert_eq!((ran.in_doubt, ran.halt, look(&shared).sent.len()), (2, Some(Halt::Doubts), 2));
    // Those that are under way by then have left; no other one does.
    let (engine, shared, ids) = open(12).await;
    answers(&shared, &[Came::Status(200)]);
    answers(&shared, &[Came::Nothing; 12]);
    let ran = send(&engine, &ids).await;
    assert_eq!((ran.reported, ran.halt), (1, Some(Halt::Doubts)));
    assert!((2..=5).contains(&ran.in_doubt), "{}", ran.in_doubt);
    assert_eq!(look(&shared).sent.len(), 1 + ran.in_doubt);
}

#[tokio::test]
async fn an_older_copy_of_the_journal_sends_nothing_that_it_does_not_know_of() {
    let (engine, shared, ids) = open(1).await;
    let copy = look(&shared).reports.clone();
    assert_eq!(send(&engine, &ids).await.reported, 1);
    look(&shared).reports = copy;
    let again = engine.send_reports(&run(&ids), |_| true).await;
    assert!(matches!(again, Ok(Ran { in_doubt: 1, .. })), "{again:?}");
    assert_eq!(look(&shared).sent.len(), 1);
    let report = look(&shared).reports[0].clone();
    assert_eq!((report.state(), report.attempts.0.len()), (ReportState::InDoubt, 1), "a person finds out");
    assert!(report.attempts.0[0].is_held_back() && report.outcome().unwrap().contains("not sent"));
}

#[tokio::test]
async fn a_run_on_an_older_copy_of_the_journal_stops_at_the_second_report_that_it_recognises() {
    let (engine, shared, ids) = open(4).await;
    let copy = look(&shared).reports.clone();
    assert_eq!(send(&engine, &ids).await.reported, 4);
    look(&shared).reports = copy;
    let again = send(&engine, &ids).await;
    assert_eq!((again.in_doubt, again.halt.clone(), again.not_begun()), (2, Some(Halt::Doubts), 2));
    assert_eq!(look(&shared).sent.len(), 4);
}

#[tokio::test]
async fn a_doubt_of_an_earlier_part_of_a_run_counts() {
    let (engine, shared, ids) = open(4).await;
    answers(&shared, &[Came::Nothing, Came::Nothing]);
    let ran = send(&engine, &ids[..1]).await;
    assert_eq!((ran.in_doubt, ran.halt.clone()), (1, None));
    let ran = engine.send_more(&run(&ids[1..]), ran, |_| true).await.unwrap();
    assert_eq!((ran.in_doubt, ran.halt.clone(), ran.of, ran.not_begun()), (2, Some(Halt::Doubts), 4, 2));
    assert_eq!(engine.send_more(&run(&ids[2..]), ran, |_| true).await.unwrap().in_doubt, 2);
    assert_eq!(look(&shared).sent.len(), 2, "after a halt nothing is sent");
}

#[tokio::test]
async fn an_intent_that_was_not_noted_apart_from_the_journal_hides_no_later_one() {
    let (engine, shared, ids) = open(1).await;
    answers(&shared, &[Came::Nothing]);
    send(&engine, &ids).await;
    wait(&shared);
    // As if its process had ended right after the intent.
    look(&shared).begun.clear();
    let copy = look(&shared).reports.clone();
    engine.resolve_report(&ids[0], says(false)).await.unwrap();
    assert_eq!(send(&engine, &ids).await.reported, 1);
    look(&shared).reports = copy;
    engine.resolve_report(&ids[0], says(false)).await.unwrap();
    let again = engine.send_reports(&run(&ids), |_| true).await;
    assert!(matches!(again, Ok(Ran { in_doubt: 1, .. })), "{again:?}");
    assert_eq!(look(&shared).sent.len(), 2);
}

#[tokio::test]
async fn what_was_decided_a_while_ago_does_not_leave_any_more() {
    let (engine, shared, ids) = open(1).await;
    send(&engine, &ids).await;
    let report = look(&shared).reports[0].clone();
    let now = look(&shared).now;
    assert_eq!(leaves_in_time(&report, now + Duration::from_mins(1)), Ok(()));
    let late = leaves_in_time(&report, now + Duration::from_secs(61));
    assert!(late.is_err_and(|why| why.contains("61 s ago")));
}

#[tokio::test]
async fn what_was_answered_and_not_recorded_is_told_of_each_report() {
    let (engine, shared, ids) = open(6).await;
    look(&shared).away_after = Some(2);
    let (mut steps, mut ran) = (Vec::new(), Ran::default());
    let ended = engine
        .send_reports(&run(&ids), |step| {
            ran.count(step);
            steps.push(match step {
                ReportStep::Unrecorded { id, answer, .. } => (id.clone(), answer.clone()),
                ReportStep::Sent(report) => (report.id.clone(), report.outcome().unwrap()),
                other => panic!("{other:?}"),
            });
            true
        })
        .await;
    assert!(matches!(ended, Err(Error::Unrecorded { .. })), "{ended:?}");
    assert_eq!((ran.reported, ran.unrecorded, look(&shared).sent.len()), (1, 4, 5));
    steps.sort();
    let told: Vec<_> = ids[..5].iter().map(|id| (id.clone(), "carried out (HTTP 200)".to_owned())).collect();
    assert_eq!(steps, told);
}

#[tokio::test]
async fn what_another_desk_is_sending_is_held_back_and_says_of_what_and_who_and_since_when() {
    let (engine, shared, ids) = open(1).await;
    answers(&shared, &[Came::Never]);
    let run = run(&ids);
    let call = engine.send_reports(&run, |_| true);
    assert!(tokio::time::timeout(Duration::from_millis(50), call).await.is_err());
    let mut said = Vec::new();
    let tell = |step: &ReportStep| {
        let ReportStep::Held(report, refusal) = step else { panic!("{step:?}") };
        said.push(format!("{}: {refusal}", report.slot));
        true
    };
    desk("desk-2", &shared).send_reports(&run, tell).await.unwrap();
    assert_eq!(said, ["p S0 2026-11: ann has had a call about it in progress since 2026-11-20T15:00:00Z"]);
}
