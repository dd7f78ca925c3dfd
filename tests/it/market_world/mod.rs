//! Runs of reports in a world in memory: each is sent once, and whoever does not know does not send.

mod doubts;
mod world;

use jiff::SignedDuration;
use pxdesk::engine::{Engine, Halt, Options, Ran, ReportStep, Run, ToSend};
use pxdesk::kind::ShortId;
use pxdesk::order::{Environment, Pace, Role};
use pxdesk::subscription::{
    Amount, Answer, Billing, By, Calendar, CustomerId, Event, Gate, Line, Month, Plan, ProvisioningId,
    Refusal, Report, ReportEvent, ReportState, Sku, Slot, Subscription, Total,
};
use std::sync::{Arc, Mutex, MutexGuard};
use world::{Came, Desk, Shared};

type Journal = Arc<Mutex<Shared>>;

fn desk(name: &'static str, shared: &Journal) -> Engine<Desk> {
    shared.lock().unwrap().alive.push(name.to_owned());
    let options = Options {
        environment: Environment::Sandbox,
        agent: "ann".to_owned(),
        complete_room: SignedDuration::from_secs(1),
        quiet: SignedDuration::from_secs(1),
        market_quiet: SignedDuration::from_secs(1),
        fastest: Pace::FASTEST,
        role: Role::Supervisor,
        two_people: false,
    };
    Engine::over(Desk { name, shared: Arc::clone(shared) }, options)
}

fn month() -> Month {
    Month::parse("2026-11").unwrap()
}

/// A desk, and so many reports of ten each, of as many SKUs of one subscription.
async fn open(reports: usize) -> (Engine<Desk>, Journal, Vec<ShortId>) {
    let shared = Journal::default();
    shared.lock().unwrap().now = "2026-11-20T15:00:00Z".parse().unwrap();
    let engine = desk("desk-1", &shared);
    let skus: Vec<Sku> = (0..reports).map(|n| Sku::new(format!("S{n}")).unwrap()).collect();
    let subscription = subscribed(&engine, &skus).await;
    let mut ids = Vec::new();
    for (n, sku) in (1..).zip(skus) {
        let slot = Slot { provisioning_id: provisioning_id(), sku, month: month(), supplement: 0 };
        let line = Line { key: format!("k{n}"), count: Amount::parse("10").unwrap() };
        let id = ShortId::from_bits(n);
        let environment = Environment::Sandbox;
        let (subscription, lines) = (subscription.clone(), vec![line]);
        let opened = ReportEvent::ReportOpened { environment, subscription, slot, because: None, lines };
        engine.of::<Report>().open(&id, opened).await.unwrap();
        ids.push(id);
    }
    (engine, shared, ids)
}

fn provisioning_id() -> ProvisioningId {
    ProvisioningId::new("p").unwrap()
}

async fn subscribed(engine: &Engine<Desk>, skus: &[Sku]) -> ShortId {
    let billing = Billing::Manual;
    let plan =
        |sku: &Sku| Plan { sku: sku.clone(), billing, usage: true, unit: None, known: true, starts: None };
    let requested = Event::Requested {
        environment: Environment::Sandbox,
        provisioning_id: provisioning_id(),
        product_id: Some(7),
        skus: skus.iter().map(plan).collect(),
        first_version: false,
        personal: None,
    };
    let id = ShortId::from_bits(1 << 40);
    engine.of::<Subscription>().open(&id, requested).await.unwrap();
    let customer_id = CustomerId::new("c").unwrap();
    engine.answer(&id, Answer::Provisioned { customer_id }, By::Pattern).await.unwrap();
    id
}

fn run(ids: &[ShortId]) -> Run {
    let limit = SignedDuration::from_secs(60);
    let gate = Gate {
        calendar: Calendar::new().unwrap(),
        limit,
        clock_error: Some(SignedDuration::ZERO),
        own_clock: false,
    };
    let reports = ids
        .iter()
        .map(|id| ToSend { id: id.clone(), usual: None, so_far: Total::ZERO, counted: None, shown: None })
        .collect();
    Run { reports, from: month(), gate, reason: None, at_once: 4 }
}

async fn send(engine: &Engine<Desk>, ids: &[ShortId]) -> Ran {
    engine.send_reports(&run(ids), |_| true).await.unwrap()
}

fn answers(shared: &Journal, answers: &[Came]) {
    shared.lock().unwrap().answers.extend(answers);
}

fn look(shared: &Journal) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap()
}

fn states(shared: &Journal) -> Vec<ReportState> {
    look(shared).reports.iter().map(Report::state).collect()
}

#[tokio::test]
async fn the_intent_is_on_disk_before_a_report_leaves_with_the_very_bytes() {
    let (engine, shared, ids) = open(3).await;
    let ran = send(&engine, &ids).await;
    assert_eq!((ran.reported, ran.halt), (3, None));
    assert!(look(&shared).sent.iter().all(|departure| departure.known), "{:?}", look(&shared).sent);
    assert_eq!(states(&shared), [ReportState::Reported; 3]);
}

#[tokio::test]
async fn a_run_begins_with_one_and_goes_to_four_only_after_it_was_taken() {
    let (engine, shared, ids) = open(9).await;
    answers(&shared, &[Came::Status(400), Came::Status(200)]);
    let ran = send(&engine, &ids).await;
    assert_eq!((ran.reported, ran.refused, ran.halt), (8, 1, None));
    let shared = look(&shared);
    let alone = |n: usize| (shared.sent[n].under_way, shared.sent[n].answered) == (1, n);
    assert!(alone(0) && alone(1), "a refusal proves nothing: {:?}", shared.sent);
    assert_eq!(shared.sent.iter().map(|departure| departure.under_way).max(), Some(4));
}

#[tokio::test]
async fn a_run_stops_where_the_next_ones_would_be_refused_too() {
    for status in [401, 403, 404] {
        let (engine, shared, ids) = open(3).await;
        answers(&shared, &[Came::Status(status)]);
        let ran = send(&engine, &ids).await;
        assert!(matches!(ran.halt, Some(Halt::ForAll(_))), "{:?}", ran.halt);
        assert_eq!((ran.refused, look(&shared).sent.len()), (1, 1));
        assert_eq!(states(&shared), [ReportState::Refused, ReportState::Open, ReportState::Open]);
        // Once that is mended, it is sent again.
        assert_eq!(send(&engine, &ids).await.reported, 3);
    }
}

#[tokio::test]
async fn nothing_leaves_within_the_closed_hours_and_nothing_is_frozen_then() {
    let (engine, shared, ids) = open(2).await;
    for now in ["2026-11-30T21:43:30Z", "2026-11-30T22:30:00Z", "2026-12-01T00:00:00Z"] {
        look(&shared).now = now.parse().unwrap();
        let ran = send(&engine, &ids).await;
        assert!(matches!(ran.halt, Some(Halt::Shut(Refusal::Shut(_)))), "{now}: {:?}", ran.halt);
        assert_eq!((look(&shared).sent.len(), ran.held), (0, 1));
    }
    assert_eq!(states(&shared), [ReportState::Open; 2], "more can be taken in");
    look(&shared).now = "2026-12-01T00:00:01Z".parse().unwrap();
    assert_eq!(send(&engine, &ids).await.reported, 2);
}

#[tokio::test]
async fn an_unusual_amount_needs_a_reason_and_a_month_before_the_takeover_is_not_sent() {
    let (engine, shared, ids) = open(1).await;
    let mut run = run(&ids);
    run.reports[0].usual = Some(Amount::parse("3.3").unwrap().into());
    let mut held = Vec::new();
    let ran = engine.send_reports(&run, |step| {
        held.extend(matches!(step, ReportStep::Held(_, Refusal::Unusual { .. })).then_some(()));
        true
    });
    assert_eq!((ran.await.unwrap().held, held.len(), look(&shared).sent.len()), (1, 1, 0));
    run.reason = Some("  ".to_owned());
    assert_eq!(engine.send_reports(&run, |_| true).await.unwrap().held, 1);
    run.reason = Some("a busy month".to_owned());
    run.from = month().next();
    assert_eq!(engine.send_reports(&run, |_| true).await.unwrap().held, 1);
    run.from = month();
    assert_eq!(engine.send_reports(&run, |_| true).await.unwrap().reported, 1);
    let reason = look(&shared).reports[0].prepared.as_ref().and_then(|prepared| prepared.reason.clone());
    assert_eq!(reason.as_deref(), Some("a busy month"));
}

#[tokio::test]
async fn an_amount_that_changed_since_it_was_shown_is_not_sent() {
    let (engine, shared, ids) = open(1).await;
    let mut run = run(&ids);
    let amount = look(&shared).reports[0].total;
    run.reports[0].shown = amount.plus(Amount::parse("1").unwrap());
    let mut changed = 0;
    let ran = engine.send_reports(&run, |step| {
        changed += usize::from(matches!(step, ReportStep::Held(_, Refusal::Changed { .. })));
        true
    });
    assert_eq!((ran.await.unwrap().held, changed, look(&shared).sent.len()), (1, 1, 0));
    run.reports[0].shown = Some(amount);
    assert_eq!(engine.send_reports(&run, |_| true).await.unwrap().reported, 1);
}

#[tokio::test]
async fn what_another_desk_reported_meanwhile_is_done_and_not_held_back() {
    let (engine, shared, ids) = open(3).await;
    let other = desk("desk-2", &shared);
    assert_eq!(send(&other, &ids[..2]).await.reported, 2);
    let (run, mut steps) = (run(&ids), Vec::new());
    let ran = engine.send_reports(&run, |step| {
        steps.push(matches!(step, ReportStep::Elsewhere(report) if report.state() == ReportState::Reported));
        true
    });
    let ran = ran.await.unwrap();
    assert_eq!((ran.elsewhere, ran.reported, ran.held, ran.not_begun(), ran.halt), (2, 1, 0, 0, None));
    assert_eq!((steps, look(&shared).sent.len()), (vec![true, true, false], 3));
}

#[tokio::test]
async fn a_person_can_stop_a_run() {
    let (engine, shared, ids) = open(3).await;
    let ran = engine.send_reports(&run(&ids), |_| false).await.unwrap();
    assert_eq!((ran.reported, ran.halt, look(&shared).sent.len()), (1, Some(Halt::Stopped), 1));
}
