//! Usage is taken in by the real engine: a line counts once, whatever became of its month since.

use crate::server::{self, NOWHERE};
use jiff::SignedDuration;
use pxdesk::engine::{Engine, Intake, NewDeploy, Received, Usage};
use pxdesk::journal::{Error, Journal, Select};
use pxdesk::kind::ShortId;
use pxdesk::order::Environment;
use pxdesk::subscription::{
    Amount, Answer, Because, Billing, By, Calendar, CallEvent, Called, CustomerId, Finding, Gate, Line,
    Month, Outcome, Plan, Prepared, ProvisioningId, Refusal, Report, ReportEvent, ReportState, Sku, Slot,
    read_deploy,
};
use std::time::Duration;

async fn on(file: &std::path::Path) -> Engine {
    server::engine(file, Environment::Sandbox, NOWHERE).await
}

/// An engine whose journal knows one customer.
async fn engine(file: &std::path::Path) -> Engine {
    let engine = on(file).await;
    provision(&engine, "p", "c").await;
    engine
}

/// A deploy of this id is answered with that customer's.
async fn provision(engine: &Engine, id: &str, customer: &str) {
    engine.receive(vec![deploy(id, customer)]).await.unwrap().remove(0).unwrap();
}

fn deploy(id: &str, customer: &str) -> NewDeploy {
    let deploy = format!(r#"{{"provisioningId":"{id}","productSkus":["S","T"],"productId":7}}"#);
    let deploy = read_deploy(deploy.as_bytes()).unwrap();
    // Billed since long ago, so that every month of these tests is one of its own.
    let starts = Some("2020-01-01T12:00:00Z".parse().unwrap());
    let plan = |sku: &str| {
        let sku = Sku::new(sku).unwrap();
        Plan { sku, billing: Billing::Manual, usage: true, unit: None, known: true, starts }
    };
    let plans = vec![plan("S"), plan("T")];
    let answer = Answer::Provisioned { customer_id: CustomerId::new(customer).unwrap() };
    NewDeploy { deploy, plans, first_version: false, answer: Some((answer, By::Program)) }
}

fn sku() -> Sku {
    Sku::new("S").unwrap()
}

fn month() -> Month {
    Calendar::new().unwrap().bill_month(jiff::Timestamp::now()).previous()
}

fn line(key: &str, count: &str) -> Usage {
    let line = Line { key: key.to_owned(), count: Amount::parse(count).unwrap() };
    Usage { of: Called::CustomerId("c".to_owned()), also: Vec::new(), sku: sku(), month: month(), line }
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

/// What `work` comes to, while somebody waits for all work to end and lets nothing begin any more.
async fn left<T>(engine: &Engine, work: impl Future<Output = T>) -> T {
    let both = async { tokio::join!(work, engine.idle()).0 };
    tokio::time::timeout(Duration::from_secs(30), both).await.expect("work and leaving wait for each other")
}

#[tokio::test]
async fn work_in_two_steps_is_not_stopped_between_them_by_who_wants_to_leave() {
    let dir = tempfile::tempdir().unwrap();
    let engine = engine(&dir.path().join("pxdesk.db")).await;
    let known = NewDeploy { answer: None, ..deploy("p", "c") };
    let again = left(&engine, Box::pin(engine.receive(vec![known]))).await.unwrap().remove(0);
    assert!(matches!(again, Ok(Received::Again(_))), "{again:?}");
    intake(&engine).add(&[line("a", "5")]).await.unwrap();
    let first = engine.reports_of(month()).await.unwrap().remove(0).id;
    reported(&engine, &first).await;
    let mut late = intake(&engine);
    assert_eq!(left(&engine, Box::pin(late.add(&[line("b", "1")]))).await.unwrap(), [Ok(true)]);
    engine.journal().close().await;
}

/// What became of lines with these keys, of a count of 1 each.
async fn added(intake: &mut Intake, keys: &[&str]) -> Vec<Result<bool, Refusal>> {
    let lines: Vec<_> = keys.iter().map(|key| line(key, "1")).collect();
    intake.add(&lines).await.unwrap()
}

async fn assert_sound(engine: &Engine) {
    assert_eq!(engine.journal().verify(None, |_| ()).await.unwrap().problems, []);
}

/// What opens a report of this SKU in that environment, with a line of that key.
fn opening(environment: Environment, sku: &str, key: &str) -> ReportEvent {
    let provisioning_id = ProvisioningId::new("p").unwrap();
    let slot = Slot { provisioning_id, sku: Sku::new(sku).unwrap(), month: month(), supplement: 0 };
    let lines = vec![line(key, "1").line];
    ReportEvent::ReportOpened { environment, subscription: ShortId::from_bits(1), slot, because: None, lines }
}

/// Two desks that have both looked, found no such key, and record it: of different reports.
async fn a_key_belongs_to_one_report(one: &Journal, other: &Journal) {
    let (now, by) = (jiff::Timestamp::now(), "r.diaz");
    let open = async |journal: &Journal, n: u64, sku: &str, key: &str, environment| {
        let id = ShortId::from_bits(n);
        journal.open_thing::<Report>(&id, opening(environment, sku, key), now, by).await
    };
    let refused = |error: Option<Error>| {
        assert!(matches!(error, Some(Error::Conflict { .. } | Error::Taken { .. })), "{error:?}");
    };
    open(one, 1, "A", "k", Environment::Sandbox).await.unwrap();
    refused(open(other, 2, "B", "k", Environment::Sandbox).await.err());
    open(other, 3, "A", "k", Environment::Production).await.unwrap();
    let report = open(other, 4, "B", "other", Environment::Sandbox).await.unwrap();
    let add = |key: &str| ReportEvent::UsageAdded { lines: vec![line(key, "1").line] };
    refused(other.append(&report, vec![add("k")], now, by).await.err());
    let together = vec![(report.clone(), vec![add("k")])];
    refused(other.append_many(together, now, by).await.unwrap().remove(0).err());
    let select = Select { equal: vec![("id", report.id.as_str().into())], limit: 1, ..Select::default() };
    let listed = other.listed::<Report>(&select).await.unwrap().remove(0);
    refused(other.append_listed(vec![(listed, add("k"))], now, by).await.unwrap().remove(0).err());
    let report = other.append(&report, vec![add("more")], now, by).await.unwrap();
    let three = ["C", "D", "E"]
        .into_iter()
        .zip(["l", "l", "m"])
        .zip(5..)
        .map(|((sku, key), n)| (ShortId::from_bits(n), opening(Environment::Sandbox, sku, key)));
    let opened = one.open_many::<Report>(three.collect(), now, by).await.unwrap();
    assert_eq!(opened.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(one.load::<Report>(&report.id).await.unwrap().lines.len(), 2);
    assert_eq!(one.verify(None, |_| ()).await.unwrap().problems, []);
}

#[tokio::test]
async fn a_key_that_two_desks_record_at_the_same_moment_counts_once() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pxdesk.db");
    let (one, other) = (Journal::open(&file, true).await.unwrap(), Journal::open(&file, true).await.unwrap());
    a_key_belongs_to_one_report(&one, &other).await;
    let Some(database) = crate::postgres::database() else { return };
    let (one, other) = (database.open().await, database.open().await);
    a_key_belongs_to_one_report(&one, &other).await;
}

/// Adds the same keys as others do meanwhile, for a SKU of its own; which of them were new.
fn adds_in_groups(file: &std::path::Path, sku: &'static str) -> Vec<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let engine = on(file).await;
        let mut intake = intake(&engine);
        let mut new = Vec::new();
        for group in 0..40 {
            let keys = (0..10).map(|n| format!("{group} {n}"));
            let lines: Vec<_> =
                keys.map(|key| Usage { sku: Sku::new(sku).unwrap(), ..line(&key, "1") }).collect();
            new.extend(intake.add(&lines).await.unwrap().into_iter().map(|taken| taken == Ok(true)));
        }
        new
    })
}

#[tokio::test]
async fn two_desks_that_add_at_once_for_different_skus_count_each_key_once() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pxdesk.db");
    let engine = engine(&file).await;
    let desks = ["S", "T"].map(|sku| {
        let file = file.clone();
        std::thread::spawn(move || adds_in_groups(&file, sku))
    });
    let [one, other] = desks.map(|desk| desk.join().unwrap());
    assert_eq!(one.len(), 400);
    assert!(one.iter().zip(&other).all(|(one, other)| one != other), "each key is new once");
    let rows = engine.reports_of(month()).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.lines).sum::<i64>(), 400);
    assert_sound(&engine).await;
    engine.journal().close().await;
}

#[tokio::test]
async fn two_desks_that_add_in_turn_count_each_line_once() {
    let dir = tempfile::tempdir().unwrap();
    let engine = engine(&dir.path().join("pxdesk.db")).await;
    let (mut one, mut other) = (intake(&engine), intake(&engine));
    for n in 0..5 {
        let keys = [0, 1].map(|m| format!("{n} {m}"));
        let keys = [keys[0].as_str(), keys[1].as_str()];
        assert_eq!(added(&mut one, &keys).await, [Ok(true), Ok(true)]);
        let more = [keys[1], "of the other", keys[0]];
        assert_eq!(added(&mut other, &more).await, [Ok(false), Ok(n == 0), Ok(false)]);
    }
    assert_eq!(added(&mut one, &["x", "x", "of the other"]).await, [Ok(true), Ok(false), Ok(false)]);
    assert_eq!(totals(&engine).await, [(ReportState::Open, "12".to_owned())]);
    let row = engine.reports_of(month()).await.unwrap().remove(0);
    let report = engine.of::<Report>().load(&row.id).await.unwrap();
    assert_eq!((report.lines.len(), row.lines, report.seq), (12, 12, row.seq));
    assert_sound(&engine).await;
    engine.journal().close().await;
}

#[tokio::test]
async fn a_report_that_was_sent_between_two_groups_takes_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let engine = engine(&dir.path().join("pxdesk.db")).await;
    let (mut late, mut strict) =
        (intake(&engine), Intake::new(engine.clone(), Calendar::new().unwrap(), None));
    for keys in [["a", "b"], ["c", "d"]] {
        assert_eq!(added(&mut late, &keys).await, [Ok(true), Ok(true)]);
    }
    assert_eq!(added(&mut strict, &["e"]).await, [Ok(true)]);
    let first = engine.reports_of(month()).await.unwrap().remove(0).id;
    reported(&engine, &first).await;
    let told = added(&mut strict, &["f", "a"]).await;
    assert!(matches!(told.as_slice(), [Err(Refusal::Late { .. }), Ok(false)]), "{told:?}");
    for keys in [["a", "g"], ["d", "h"]] {
        assert_eq!(added(&mut late, &keys).await, [Ok(false), Ok(true)]);
    }
    let told = added(&mut strict, &["g", "i"]).await;
    assert!(
        matches!(told.as_slice(), [Ok(false), Err(Refusal::Late { .. })]),
        "also while it is open: {told:?}"
    );
    let stands = [(ReportState::Reported, "5".to_owned()), (ReportState::Open, "2".to_owned())];
    assert_eq!(totals(&engine).await, stands);
    assert_sound(&engine).await;
    engine.journal().close().await;
}

#[tokio::test]
async fn a_key_counts_once_whatever_month_it_is_said_of() {
    let dir = tempfile::tempdir().unwrap();
    let engine = engine(&dir.path().join("pxdesk.db")).await;
    let mut intake = intake(&engine);
    let earlier = |key: &str| Usage { month: month().previous(), ..line(key, "1") };
    let told = intake.add(&[line("a", "1"), earlier("a"), earlier("b")]).await.unwrap();
    let before = format!("p S {}", month());
    let taken = Err(Refusal::KeyTaken { key: "a".to_owned(), before });
    assert_eq!(told, [Ok(true), taken.clone(), Ok(true)]);
    assert_eq!(intake.add(&[earlier("a"), line("c", "1")]).await.unwrap(), [taken, Ok(true)]);
    assert_sound(&engine).await;
    engine.journal().close().await;
}

/// The most that can be billed.
const MOST: &str = "999999999999999";

#[tokio::test]
async fn a_line_that_does_not_fit_the_sum_is_refused_and_the_others_are_taken_in() {
    let dir = tempfile::tempdir().unwrap();
    let engine = engine(&dir.path().join("pxdesk.db")).await;
    let (mut late, mut strict) =
        (intake(&engine), Intake::new(engine.clone(), Calendar::new().unwrap(), None));
    let too_much = || Err(Refusal::TooMuch);
    let first = [line("a", "999999999999990"), line("b", "50"), line("c", "5")];
    assert_eq!(strict.add(&first).await.unwrap(), [Ok(true), too_much(), Ok(true)], "it opens the report");
    let more = [line("d", "1"), line("e", "2"), line("f", "50"), line("g", "0")];
    let told = strict.add(&more).await.unwrap();
    assert_eq!(told, [Ok(true), Ok(true), too_much(), Ok(true)], "it is added to");
    assert_eq!(totals(&engine).await, [(ReportState::Open, "999999999999998".to_owned())]);
    assert_eq!(late.add(&[line("h", "2")]).await.unwrap(), [too_much()], "an open report has no supplement");
    let first = engine.reports_of(month()).await.unwrap().remove(0).id;
    reported(&engine, &first).await;
    let told = strict.add(&[line("i", "2")]).await.unwrap();
    assert!(matches!(told.as_slice(), [Err(Refusal::Late { .. })]), "{told:?}");
    let more = [line("i", MOST), line("j", "1"), line("k", "0")];
    assert_eq!(late.add(&more).await.unwrap(), [Ok(true), too_much(), Ok(true)], "it opens a supplement");
    let stands = [(ReportState::Reported, "999999999999998"), (ReportState::Open, MOST)];
    assert_eq!(totals(&engine).await, stands.map(|(state, sum)| (state, sum.to_owned())));
    assert_sound(&engine).await;
    engine.journal().close().await;
}

#[tokio::test]
async fn ids_of_one_line_are_of_one_subscription() {
    let dir = tempfile::tempdir().unwrap();
    let engine = engine(&dir.path().join("pxdesk.db")).await;
    let named = |key: &str, of: &str, also: &str| Usage {
        of: Called::ProvisioningId(of.to_owned()),
        also: vec![Called::CustomerId(also.to_owned())],
        ..line(key, "1")
    };
    let told =
        intake(&engine).add(&[named("a", "p", "c"), named("b", "p", "d"), line("c", "1")]).await.unwrap();
    let other = Refusal::OtherSubscription {
        of: Called::ProvisioningId("p".to_owned()),
        also: Called::CustomerId("d".to_owned()),
    };
    assert_eq!(told, [Ok(true), Err(other), Ok(true)]);
    engine.journal().close().await;
}

#[tokio::test]
async fn an_id_is_what_its_member_says_and_one_that_may_be_several_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let engine = engine(&dir.path().join("pxdesk.db")).await;
    // The customer of the first deploy is called as the next deploy is, and space makes another id.
    for (id, customer) in [("one", "two"), ("two", "three"), (" two", "four")] {
        provision(&engine, id, customer).await;
    }
    let of = |key: &str, of: Called| Usage { of, ..line(key, "1") };
    let (customer, any) = (Called::CustomerId("two".to_owned()), Called::Any("two".to_owned()));
    let lines = [
        of("a", customer),
        of("b", Called::ProvisioningId("two".to_owned())),
        of("c", Called::ProvisioningId(" two".to_owned())),
        of("d", any.clone()),
        of("e", Called::Any("three".to_owned())),
    ];
    let told = intake(&engine).add(&lines).await.unwrap();
    assert_eq!(told, [Ok(true), Ok(true), Ok(true), Err(Refusal::SeveralSubscriptions(any)), Ok(true)]);
    let rows = engine.reports_of(month()).await.unwrap();
    let taken: Vec<_> = rows.iter().map(|row| (row.slot.provisioning_id.as_str(), row.lines)).collect();
    assert_eq!(taken, [(" two", 1), ("one", 1), ("two", 2)]);
    engine.journal().close().await;
}

/// When it is not closed, whatever the time is.
fn gate() -> Gate {
    let calendar = Calendar::new().unwrap();
    Gate { calendar, limit: SignedDuration::ZERO, clock_error: Some(SignedDuration::ZERO), own_clock: true }
}

#[tokio::test]
async fn what_is_carried_goes_with_the_next_month_and_all_that_is_open_of_earlier_ones_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let engine = engine(&dir.path().join("pxdesk.db")).await;
    let (of_t, bill) = (|key: &str| Usage { sku: Sku::new("T").unwrap(), ..line(key, "5") }, month().next());
    intake(&engine).add(&[line("a", "10"), of_t("b")]).await.unwrap();
    for row in engine.reports_of(month()).await.unwrap() {
        reported(&engine, &row.id).await;
    }
    let view = engine.month(bill, &gate()).await.unwrap();
    assert!(view.earlier.is_empty(), "{view:?}");
    let carried = Some(Because::carried("Lee"));
    let mut carrying = Intake::new(engine.clone(), Calendar::new().unwrap(), None).or_carried(carried);
    assert_eq!(carrying.add(&[line("c", "31")]).await.unwrap(), [Ok(true)]);
    // A person said why this one is late, and it goes when somebody sends its month.
    intake(&engine).add(&[of_t("d")]).await.unwrap();
    let view = engine.month(bill, &gate()).await.unwrap();
    assert_eq!(
        view.earlier.iter().map(|of| (of.month, of.open, of.all())).collect::<Vec<_>>(),
        [(month(), 2, 2)]
    );
    let goes = view.lines.iter().filter(|line| line.goes()).filter_map(|line| line.report.clone());
    let goes: Vec<_> = goes.map(|row| (row.slot.month, row.slot.supplement, row.amount.unwrap())).collect();
    assert_eq!(goes, [(month(), 1, Amount::parse("31").unwrap())]);
    // With it the month is more than three times what was reported of it.
    let line = view.lines.iter().find(|line| line.goes()).unwrap();
    let usual = Amount::parse("10").unwrap().into();
    assert!(line.findings.contains(&Finding::Unusual { usual }), "{line:?}");
    assert!(line.findings.contains(&Finding::Late { bill }), "{line:?}");
    let its_own = engine.month(month(), &gate()).await.unwrap();
    assert_eq!((its_own.lines.iter().filter(|line| line.goes()).count(), its_own.earlier.len()), (2, 0));
    engine.journal().close().await;
}
