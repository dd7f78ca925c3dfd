//! Usage is taken in by the real engine: a line counts once, whatever became of its month since.

use crate::server::settings;
use pxdesk::engine::{Clock, Engine, Intake, NewDeploy, Options, Presence, Usage};
use pxdesk::journal::Journal;
use pxdesk::kind::ShortId;
use pxdesk::order::{Environment, Pace, Role};
use pxdesk::px::Client;
use pxdesk::subscription::{
    Amount, Answer, Because, Billing, By, Calendar, CallEvent, CustomerId, Line, Month, Outcome, Plan,
    Prepared, Refusal, Report, ReportEvent, ReportState, Sku, read_deploy,
};

const NOWHERE: &str = "http://127.0.0.1:9";

/// An engine whose journal knows one customer.
async fn engine(file: &std::path::Path) -> Engine {
    let journal = Journal::open(file, true).await.unwrap();
    let options = Options {
        environment: Environment::Sandbox,
        agent: "r.diaz".to_owned(),
        complete_room: jiff::SignedDuration::from_secs(10),
        quiet: jiff::SignedDuration::from_mins(4),
        fastest: Pace::FASTEST,
        role: Role::Supervisor,
        two_people: false,
    };
    let client = Client::new(settings(NOWHERE, &format!("{NOWHERE}/token"))).unwrap();
    let engine = Engine::new(journal, client, Clock::default(), Presence::beside(file), options);
    let deploy = read_deploy(br#"{"provisioningId":"p","productSkus":["S"],"productId":7}"#).unwrap();
    let plan =
        Plan { sku: sku(), billing: Billing::Manual, usage: true, unit: None, known: true, starts: None };
    let answer = Answer::Provisioned { customer_id: CustomerId::new("c").unwrap() };
    let new =
        NewDeploy { deploy, plans: vec![plan], first_version: false, answer: Some((answer, By::Pattern)) };
    engine.receive(vec![new]).await.unwrap().remove(0).unwrap();
    engine
}

fn sku() -> Sku {
    Sku::new("S").unwrap()
}

fn month() -> Month {
    Calendar::new().unwrap().bill_month(jiff::Timestamp::now()).previous()
}

fn line(key: &str, count: &str) -> Usage {
    let line = Line { key: key.to_owned(), count: Amount::parse(count).unwrap() };
    Usage { of: "c".to_owned(), sku: sku(), month: month(), line }
}

fn intake(engine: &Engine) -> Intake {
    let late = Because { reason: "late".to_owned(), name: "Lee".to_owned() };
    Intake::new(engine.clone(), Calendar::new().unwrap(), Some(late))
}

/// As if it had been sent, and taken.
async fn reported(engine: &Engine, id: &ShortId) {
    let report = engine.of::<Report>().load(id).await.unwrap();
    let prepared = Prepared {
        amount: report.total,
        customer_id: CustomerId::new("c").unwrap(),
        product_id: 7,
        lines: report.lines.len(),
        after: 0,
        reason: None,
    };
    let started = CallEvent::CallStarted {
        attempt: 1,
        call: pxdesk::subscription::Call::ReportUsage,
        skus: Vec::new(),
        owner: "desk".to_owned(),
        request: pxdesk::kind::Digest([0; 32]),
        uptime: None,
        reason: None,
    };
    let done = CallEvent::ending(1, Outcome::Done { status: 200 }, None);
    let events = [started, done].into_iter().map(ReportEvent::Call);
    let events = std::iter::once(ReportEvent::ReportPrepared { prepared }).chain(events).collect();
    engine.of::<Report>().append_many(vec![(report, events)]).await.unwrap().remove(0).unwrap();
}

async fn totals(engine: &Engine) -> Vec<(ReportState, String)> {
    let rows = engine.reports_of(month()).await.unwrap();
    rows.iter().map(|row| (row.state, row.amount.unwrap().to_string())).collect()
}

#[tokio::test]
async fn a_file_that_is_given_again_after_a_supplement_was_opened_counts_no_line_twice() {
    let dir = tempfile::tempdir().unwrap();
    let engine = engine(&dir.path().join("pxdesk.db")).await;
    let file = [line("a", "5"), line("b", "7")];
    assert_eq!(intake(&engine).add(&file).await.unwrap(), [Ok(true), Ok(true)]);
    let first = engine.reports_of(month()).await.unwrap().remove(0).id;
    reported(&engine, &first).await;
    let whole = [file.to_vec(), vec![line("c", "1")]].concat();
    let mut same = intake(&engine);
    assert_eq!(same.add(&whole).await.unwrap(), [Ok(false), Ok(false), Ok(true)]);
    let stands = [(ReportState::Reported, "12".to_owned()), (ReportState::Open, "1".to_owned())];
    assert_eq!(totals(&engine).await, stands);
    for mut intake in [same, intake(&engine)] {
        assert_eq!(intake.add(&whole).await.unwrap(), [Ok(false), Ok(false), Ok(false)]);
        let other = intake.add(&[line("a", "6")]).await.unwrap().remove(0);
        assert!(matches!(other, Err(Refusal::KeyTaken { .. })), "{other:?}");
        assert_eq!(totals(&engine).await, stands);
    }
    engine.journal().close().await;
}
