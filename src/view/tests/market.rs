//! The marketplace's screens: lists, forms, questions, by name.

use super::cases::{Case, press};
use super::fixture::{model, now};
use crate::desk::market_sample as sample;
use crate::desk::*;
use crate::order::Timestamp;

/// All of them.
pub fn all() -> Vec<Case> {
    let mut cases = lists();
    cases.extend(asks());
    cases.extend(month());
    cases.extend(more());
    cases
}

/// The desk as it is once it was opened at `at` and read.
fn opened(at: Timestamp, doubt: bool) -> Model {
    let mut model = model(Screen::Queue);
    model.setup.market = Some(MarketSetup { practice: true, limit: jiff::SignedDuration::from_secs(60) });
    // It is looked at days after the other screens were.
    model.setup.lock_after = None;
    press_at(&mut model, "2", at);
    update(&mut model, Msg::Market(sample::loaded(at, doubt)), at);
    model
}

fn press_at(model: &mut Model, keys: &str, at: Timestamp) {
    press(model, keys);
    model.now = at;
}

fn told(model: &mut Model, news: News) {
    update(model, Msg::Market(news), now());
}

fn pressed(keys: &str, doubt: bool) -> Model {
    let mut model = opened(now(), doubt);
    press(&mut model, keys);
    model
}

/// The month, after these keys.
fn on_month(keys: &str) -> Model {
    let mut model = pressed("m", true);
    told(&mut model, sample::month(now()));
    press(&mut model, keys);
    model
}

fn lists() -> Vec<Case> {
    let mut reading = model(Screen::Queue);
    reading.setup.market = Some(MarketSetup { practice: true, limit: jiff::SignedDuration::from_secs(60) });
    let queue = reading.clone();
    press(&mut reading, "2");
    let mut none = opened(now(), false);
    none.market.rows.clear();
    none.market.arrange(now());
    let mut tries = opened(now(), false);
    let found = vec![(sample::id(1), vec![sample::provisioning(0)])];
    told(&mut tries, News::Tries { looked: vec![], found });
    let last_day = opened("2026-11-30T09:30:00Z".parse().unwrap(), false);
    let closed = opened("2026-11-30T22:10:00Z".parse().unwrap(), false);
    let mut page = pressed("sjjh", false);
    told(&mut page, sample::page(0, now()));
    vec![
        ("market_from_orders", queue),
        ("market_reading", reading),
        ("market_requests", tries),
        ("market_requests_none", none),
        ("market_last_day", last_day),
        ("market_closed", closed),
        ("market_subscriptions", pressed("sj", false)),
        ("market_filter", pressed("s/c-2", false)),
        ("market_doubts", pressed("d", true)),
        ("market_doubts_none", pressed("d", false)),
        ("market_page", page),
    ]
}

fn asks() -> Vec<Case> {
    let mut answer = pressed("\r", false);
    told(&mut answer, sample::page(2, now()));
    let mut given = answer.clone();
    press(&mut given, "C-77\r\r");
    let mut refused = answer.clone();
    press(&mut refused, "\rNo seats are left until Monday.\r");
    let mut end = pressed("sjje", false);
    told(&mut end, sample::ending(now()));
    let mut again = pressed("sjby", false);
    let skus = vec![sample::sku("SEATS")];
    let which = Some(crate::desk::Ask::Again(sample::id(1), crate::subscription::Call::StartBilling, skus));
    let what = "billing of PRACTICE-SEATS was started before".to_owned();
    told(
        &mut again,
        News::Failed { id: Some(sample::id(1)), what, next: String::new(), task: true, insist: which },
    );
    let mut doubt = pressed("d", true);
    doubt.setup.market_quiet = jiff::SignedDuration::ZERO;
    press(&mut doubt, "\r");
    let mut settle = doubt.clone();
    press(&mut settle, "yes\rTICKET-7\rAnn\r\r");
    vec![
        ("market_answer", answer),
        ("market_give", given),
        ("market_refuse", refused),
        ("market_start_billing", pressed("sjb", false)),
        ("market_again", again),
        ("market_end", end),
        ("market_usage", pressed("sju", false)),
        ("market_note", pressed("sjn", false)),
        ("market_verdict", doubt),
        ("market_settle", settle),
    ]
}

fn month() -> Vec<Case> {
    let mut take_over = on_month("");
    take_over.market.takeover = None;
    press(&mut take_over, "p");
    let mut sending = on_month("pS2026-11\rmigration\r");
    if let Some(run) = &mut sending.market.run {
        let planned = run.plan.reports[0].clone();
        run.plan.reports.extend((3..6).map(|n| Planned { id: sample::id(n), ..planned.clone() }));
    }
    told(&mut sending, sample::sent(2, SentEnd::Reported, "carried out (HTTP 200)"));
    let mut over = sending.clone();
    told(&mut over, sample::sent(0, SentEnd::InDoubt, "unknown: the connection ended before an answer came"));
    let halt = "two reports are in doubt, and the next ones could be too".to_owned();
    told(&mut over, News::Ran(Ran { halt: Some(halt), paused: false }));
    vec![
        ("market_month", on_month("j")),
        ("market_take_over", take_over),
        ("market_preview", on_month("p")),
        ("market_send", on_month("pS")),
        ("market_sending", sending),
        ("market_sent", over),
    ]
}

/// More for a month that was reported, and what a trainer makes of it all.
fn more() -> Vec<Case> {
    let mut reported = pressed("m", false);
    told(&mut reported, sample::month_reported(now()));
    press(&mut reported, "j");
    let typed = |keys: &str| {
        let mut model = reported.clone();
        press(&mut model, keys);
        model
    };
    let mut late = typed("u20.5\r\ry");
    let used = Used {
        sku: sample::sku("STORAGE"),
        month: crate::subscription::Month::new(2026, 11).unwrap(),
        count: sample::amount("20.5"),
        key: "k".into(),
    };
    let insist = Some(Ask::Late(sample::id(0), used.clone(), used.month.next()));
    let what =
        "usage of 2026-11 was sent, or is being sent; more of it would go on the bill of 2026-12".into();
    told(&mut late, News::Failed { id: Some(sample::id(0)), what, next: String::new(), task: true, insist });
    let mut page = pressed("sjjh", false);
    told(&mut page, sample::page_reported(now()));
    vec![
        ("market_month_reported", reported.clone()),
        ("market_page_reported", page),
        ("market_add", typed("u20.5\r\r")),
        ("market_late", late),
        ("market_supplement", typed("+")),
        ("market_supplement_wrong", typed("+0\rtypo\rAnn\r")),
        ("market_more", typed("+20.5\rA log was found after the month was sent.\rAnn\r")),
        ("market_note_wrong", pressed("sjjn\r\r\r2026-12-01\rSEATS\r", false)),
        ("market_training", typed("t")),
        ("market_training_failures", typed("tj\rjjj")),
    ]
}

#[test]
fn what_stopped_a_run_may_be_a_sentence() {
    let mut over = on_month("pS2026-11\rmigration\r");
    let halt = Some("The bill is closed. Send it after 2026-12-01T00:00:00Z.".to_owned());
    told(&mut over, News::Ran(Ran { halt, paused: false }));
    let shown = super::text(&super::frame(&over, ThemeName::Dark, (120, 40)).0);
    let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("00:00:00Z; 1 report left"), "{shown}");
}

/// The ids of the chosen one take no more rows than they need; what is still hidden is told.
#[test]
fn subscriptions_take_the_rows_that_nothing_else_needs_and_say_where_more_are_hidden() {
    let shown = |rows: usize| {
        let mut model = opened(now(), false);
        press(&mut model, "s");
        let three = model.market.rows.clone();
        model.market.rows = three.into_iter().cycle().take(rows).collect();
        model.market.arrange(now());
        model.frame.size = super::SMALLEST;
        super::text(&super::frame(&model, ThemeName::Plain, super::SMALLEST).0)
    };
    let few = shown(4);
    assert!(few.matches("PRACTICE-95669583").count() >= 5 && !few.contains("row "), "{few}");
    let many = shown(40);
    assert!(many.contains(" of 40"), "{many}");
}

fn words(model: &Model, size: (u16, u16)) -> String {
    let shown = super::text(&super::frame(model, ThemeName::Dark, size).0);
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_long_amount_is_whole_somewhere_on_the_screen() {
    let long = "123456789.1234567891";
    let report = sample::report(0, now(), long, true);
    let mut month = on_month("jj");
    if let Some(view) = &mut month.market.month {
        view.lines[2].report.as_mut().unwrap().amount = report.amount();
        view.lines[2].usual = Some(sample::amount("98765432.109876").into());
    }
    let mut doubts = pressed("d", true);
    doubts.market.doubts = vec![report];
    for size in [(80, 24), (150, 40)] {
        let shown = words(&month, size);
        assert!(shown.contains(&format!("{long} GB")) && shown.contains("98765432.109876"), "{shown}");
        let shown = words(&doubts, size);
        assert!(shown.contains(&format!("{long} at")), "{shown}");
    }
    // There is room for it in its column, too.
    for model in [&month, &doubts] {
        let shown = words(model, (150, 40));
        assert_eq!(shown.matches(long).count(), 2, "{shown}");
    }
}

#[test]
fn a_refused_report_that_needs_a_reason_is_not_counted_as_to_send() {
    let mut model = on_month("");
    let refused = crate::subscription::Finding::RefusedBefore { said: "refused with HTTP 400".into() };
    if let Some(view) = &mut model.market.month {
        view.lines[1].report.as_mut().unwrap().state = crate::subscription::ReportState::Refused;
        view.lines[1].findings = vec![refused];
    }
    let shown = words(&model, (120, 40));
    assert!(shown.contains("1 missing · 0 to send · 1 refused · 1 in doubt"), "{shown}");
    // Where it goes as it is, it is to be sent, and that alone.
    if let Some(view) = &mut model.market.month {
        view.lines[1].findings.clear();
    }
    let shown = words(&model, (120, 40));
    assert!(shown.contains("1 missing · 1 to send · 1 in doubt"), "{shown}");
}

#[test]
fn a_doubt_names_each_bill_on_which_it_can_be() {
    let mut model = pressed("d", true);
    model.setup.market_quiet = jiff::SignedDuration::ZERO;
    let bill = |model: &Model| words(model, (120, 40));
    assert!(bill(&model).contains("bill of 2026-11, if it arrived"), "{}", bill(&model));
    model.now = "2026-12-05T12:00:00Z".parse().unwrap();
    assert!(bill(&model).contains("bill of 2026-11 or 2026-12, if it arrived"), "{}", bill(&model));
    let december = model.now;
    press(&mut model, "\rno\rTICKET-7\rAnn\r\r");
    model.now = december;
    let asked = bill(&model);
    assert!(asked.contains("bill of 2026-11 or 2026-12, if it arrived"), "{asked}");
    assert!(asked.contains("Look at each bill on which it can be first"), "{asked}");
    model.now = "2027-02-05T12:00:00Z".parse().unwrap();
    assert!(bill(&model).contains("bill from 2026-11 to 2027-02, if it arrived"), "{}", bill(&model));
}
