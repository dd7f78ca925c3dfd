//! Things of the marketplace for tests, folded from events as the journal has them.

use super::news::{Loaded, News, Page, Sent, SentEnd};
use crate::kind::{Digest, Kind, Recorded, ShortId, Timestamp};
use crate::order::Environment;
use crate::subscription::*;
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// What is said of one of the three subscriptions of the sample.
const BUYERS: [(&str, &str, &str); 3] = [
    ("Okafor Dental", "C-1", "AOKF"),
    ("Ortega & Sons Freight", "C-2", "LORT"),
    ("Tanaka Studio", "", "MTNK"),
];

fn hash() -> Digest {
    Digest::of(b"")
}

fn fold<K: Kind>(id: &K::Id, at: Timestamp, events: Vec<K::Event>) -> (K, Vec<Recorded<K::Event>>) {
    let recorded = |(n, event)| Recorded {
        seq: n,
        at: at + SignedDuration::from_secs(7 * n.cast_signed()),
        by: "r.diaz".into(),
        event,
        hash: hash(),
    };
    let history: Vec<_> = (1..).zip(events).map(recorded).collect();
    let mut thing = K::open(id, &history[0]).unwrap();
    for recorded in &history[1..] {
        assert!(thing.follow(recorded));
    }
    (thing, history)
}

fn row<K: Kind>(thing: &K) -> K::Row {
    K::read_row(&thing.id().to_string(), thing.seq(), &thing.row()).unwrap()
}

pub fn id(n: u64) -> ShortId {
    ShortId::from_bits(0x1_2345_6789 + n * 7_919)
}

pub fn sku(name: &str) -> Sku {
    Sku::new(format!("PRACTICE-{name}")).unwrap()
}

pub fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

pub fn provisioning(n: u64) -> ProvisioningId {
    ProvisioningId::new(format!("PRACTICE-95669583{n}")).unwrap()
}

fn plan(name: &str, now: Timestamp) -> Plan {
    let (billing, unit) = match name {
        "STORAGE" => (Billing::Manual, Some("GB".to_owned())),
        "SUPPORT" => (Billing::Immediately, None),
        _ => (Billing::Manual, None),
    };
    let starts = (billing == Billing::Immediately).then_some(now);
    Plan { sku: sku(name), billing, usage: unit.is_some(), unit, known: true, starts }
}

/// The n-th buyer's subscription, of three: billed, answered, not answered.
pub fn subscription(n: u64, now: Timestamp) -> (Subscription, Vec<Recorded<Event>>) {
    let asked = now - SignedDuration::from_mins(12 - 3 * n.cast_signed());
    let (company, customer, alias) = BUYERS[usize::try_from(n).unwrap()];
    let fields = serde_json::json!({ "contactEmail": format!("{}@x.example", alias.to_lowercase()), "companyName": company });
    let skus = ["STORAGE", "SEATS", "SUPPORT"].iter().take(3 - usize::try_from(n).unwrap());
    let mut events = vec![Event::Requested {
        environment: Environment::Embedded,
        provisioning_id: provisioning(n),
        product_id: Some(123),
        skus: skus.map(|name| plan(name, asked)).collect(),
        first_version: false,
        personal: Some(RequestedPersonal {
            fields: fields.as_object().unwrap().clone(),
            exact: None,
            passwords: serde_json::Map::new(),
            content: hash(),
        }),
    }];
    if let Ok(customer_id) = CustomerId::new(customer) {
        events.push(Event::answered(Answer::Provisioned { customer_id }, By::Pattern));
    }
    if n == 0 {
        events.extend([
            Event::AnswerDelivered,
            started(1, Call::StartBilling, vec![sku("STORAGE"), sku("SEATS")]),
            Event::Call(CallEvent::CallDone { attempt: 1, status: 200 }),
        ]);
    }
    fold::<Subscription>(&id(n), asked, events)
}

/// The row of the n-th buyer's subscription, after such a call about this SKU got no answer.
pub fn lost(n: u64, now: Timestamp, call: Call, name: &str) -> SubscriptionRow {
    let (of, history) = subscription(n, now);
    let attempt = of.attempts.last().map_or(1, |last| last.number + 1);
    let why = "the connection ended before an answer came".to_owned();
    let unknown = CallEvent::CallFailed { attempt, failure: Failure::Unknown { why }, uptime: None };
    let mut events: Vec<_> = history.into_iter().map(|recorded| recorded.event).collect();
    events.extend([started(attempt, call, vec![sku(name)]), Event::Call(unknown)]);
    row(&fold::<Subscription>(&of.id, of.requested_at, events).0)
}

fn started(attempt: u32, call: Call, skus: Vec<Sku>) -> Event {
    Event::Call(starts(attempt, call, skus))
}

fn starts(attempt: u32, call: Call, skus: Vec<Sku>) -> CallEvent {
    CallEvent::CallStarted {
        attempt,
        call,
        skus,
        owner: "desk-1".into(),
        request: hash(),
        uptime: None,
        reason: None,
    }
}

/// A report of storage of the n-th buyer: so much; `failed`: in doubt since a while.
pub fn report(n: u64, now: Timestamp, used: &str, failed: bool) -> Report {
    let why = "the connection ended before an answer came".to_owned();
    let unknown = CallEvent::CallFailed { attempt: 1, failure: Failure::Unknown { why }, uptime: None };
    ended(n, now, used, failed.then_some(unknown))
}

/// The same, reported.
pub fn reported(n: u64, now: Timestamp, used: &str) -> Report {
    ended(n, now, used, Some(CallEvent::CallDone { attempt: 1, status: 200 }))
}

/// The same; `end`: it was sent, and ended so.
fn ended(n: u64, now: Timestamp, used: &str, end: Option<CallEvent>) -> Report {
    let slot = Slot {
        provisioning_id: provisioning(n),
        sku: sku("STORAGE"),
        month: Month::new(2026, 11).unwrap(),
        supplement: 0,
    };
    let lines = vec![Line { key: "k".into(), count: amount(used) }];
    let mut events = vec![ReportEvent::ReportOpened {
        environment: Environment::Embedded,
        subscription: id(n),
        slot,
        because: None,
        lines,
    }];
    if let Some(end) = end {
        let customer_id = CustomerId::new("C-1").unwrap();
        let prepared =
            Prepared { amount: amount(used), customer_id, product_id: 123, lines: 1, after: 0, reason: None };
        events.extend([
            ReportEvent::ReportPrepared { prepared },
            ReportEvent::Call(starts(1, Call::ReportUsage, vec![])),
            ReportEvent::Call(end),
        ]);
    }
    let begun = now - SignedDuration::from_secs(60);
    fold::<Report>(&ShortId::from_bits(0x9_9999 + n), begun, events).0
}

/// The three subscriptions, the latest first; `doubt`: with a report in doubt.
pub fn loaded(now: Timestamp, doubt: bool) -> News {
    let rows = (0..3).rev().map(|n| row(&subscription(n, now).0)).collect();
    let doubts = if doubt { vec![report(0, now, "100.5", true)] } else { Vec::new() };
    let from = Month::new(2026, 11).unwrap();
    News::Loaded(Box::new(Loaded {
        calendar: Calendar::new().unwrap(),
        clock_error: None,
        rows,
        doubts,
        takeover: Some(Takeover { from, name: "Ann".into(), at: now }),
        conflicts: BTreeMap::new(),
        unreadable: 0,
        strangers: 0,
    }))
}

/// A month with a line that is missing, one that is open and unusual, and one that is in doubt.
pub fn month(now: Timestamp) -> News {
    let lines = vec![
        line(1, None, None),
        line(2, Some(&report(2, now, "4000", false)), Some("100")),
        line(0, Some(&report(0, now, "100.5", true)), Some("98.25")),
    ];
    month_of(lines, now)
}

/// A month of which all is reported but one line.
pub fn month_reported(now: Timestamp) -> News {
    let lines = vec![
        line(2, Some(&report(2, now, "40", false)), Some("38")),
        line(0, Some(&reported(0, now, "100.5")), Some("98.25")),
    ];
    month_of(lines, now)
}

fn line(n: u64, report: Option<&Report>, usual: Option<&str>) -> MonthLine {
    let (report, usual) = (report.map(row), usual.map(|usual| Total::from(amount(usual))));
    let month = Month::new(2026, 11).unwrap();
    MonthLine {
        provisioning_id: provisioning(n),
        customer_id: CustomerId::new(format!("C-{}", n + 1)).ok(),
        sku: sku("STORAGE"),
        unit: Some("GB".into()),
        findings: report
            .as_ref()
            .map_or(vec![Finding::Missing], |row| findings(row, usual, Total::ZERO, month)),
        report,
        usual,
        so_far: Total::ZERO,
    }
}

fn month_of(lines: Vec<MonthLine>, now: Timestamp) -> News {
    let month = Month::new(2026, 11).unwrap();
    let closing = Calendar::new().unwrap().coming(now);
    News::Month(Box::new(MonthView {
        month,
        bill: month,
        closing,
        last_begin: closing.last_begin(SignedDuration::from_secs(60)),
        first_begin: closing.opens,
        closed: false,
        clock_error: None,
        lines,
        earlier: Vec::new(),
    }))
}

/// The page of the n-th subscription.
pub fn page(n: u64, now: Timestamp) -> News {
    page_with(n, now, Vec::new())
}

/// The page of the first subscription, of which a month is reported.
pub fn page_reported(now: Timestamp) -> News {
    page_with(0, now, vec![reported(0, now, "100.5")])
}

fn page_with(n: u64, now: Timestamp, accounts: Vec<Report>) -> News {
    let reports = accounts.iter().map(row).collect();
    let (subscription, history) = subscription(n, now);
    News::Page(Box::new(Page { subscription, history, reports, accounts, earlier: Vec::new() }))
}

/// What became of one report.
pub fn sent(n: u64, end: SentEnd, what: &str) -> News {
    let about = format!("{} PRACTICE-STORAGE", provisioning(n));
    News::Sent(Sent {
        id: ShortId::from_bits(0x9_9999 + n),
        about,
        amount: "4000".into(),
        end,
        what: what.into(),
    })
}

/// What the end of the first subscription means.
pub fn ending(now: Timestamp) -> News {
    News::Ending(Box::new(Ending {
        id: id(0),
        provisioning_id: provisioning(0),
        stops: vec![sku("STORAGE"), sku("SEATS"), sku("SUPPORT")],
        goes_on: Vec::new(),
        unknown: Vec::new(),
        not_reported: vec![row(&report(0, now, "100.5", true))],
        missing: Vec::new(),
    }))
}
