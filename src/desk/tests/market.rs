//! The marketplace's desk: keys in, effects out.

mod more;
mod trainer;

use super::*;
use crate::desk::market_sample::{self as sample, amount, id, sku};
use crate::subscription::{Answer, Call, CustomerId, Month};

impl Kit {
    /// The marketplace's desk, open and read.
    fn market(doubt: bool) -> Self {
        let mut kit = Self::new();
        kit.model.setup.market = Some(MarketSetup { practice: true, limit: SECOND * 60 });
        assert_eq!(kit.press('2'), [Effect::Market(Wanted::Open)]);
        let effects = kit.news(sample::loaded(kit.now, doubt));
        assert!(
            matches!(effects.as_slice(), [Effect::Market(Wanted::Tries(ids))] if ids.len() == 3),
            "{effects:?}"
        );
        kit.news(News::Tries { looked: vec![id(0), id(1), id(2)], found: vec![] });
        kit
    }

    /// The same on the month.
    fn month(doubt: bool) -> Self {
        let mut kit = Self::market(doubt);
        assert_eq!(kit.press('m'), [Effect::Market(Wanted::Month(None))]);
        kit.news(sample::month(kit.now));
        kit
    }

    fn news(&mut self, news: News) -> Vec<Effect> {
        self.tell(Msg::Market(news))
    }

    fn does(&mut self, keys: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        for key in keys.chars() {
            effects = match key {
                '\r' => self.enter(),
                '\t' => self.key(Code::Tab),
                '\x1b' => self.key(Code::Esc),
                '\x13' => self.strikes(Key::ctrl('s')),
                key => self.press(key),
            };
        }
        effects
    }

    fn ask(&self) -> Option<&Ask> {
        match &self.model.frame.overlay {
            Some(Overlay::Confirm(Confirm::Market(ask)) | Overlay::Ask(Confirm::Market(ask), _)) => Some(ask),
            _ => None,
        }
    }

    fn said(&self) -> &str {
        self.model.frame.notice.as_ref().map_or("", |notice| &notice.text)
    }
}

fn november() -> Month {
    Month::new(2026, 11).unwrap()
}

fn gives(customer: &str) -> Answer {
    Answer::Provisioned { customer_id: CustomerId::new(customer).unwrap() }
}

/// Keys on the lists, and what they ask of the world.
#[test]
fn keys_and_what_they_ask_for() {
    let skus = || vec![sku("STORAGE"), sku("SEATS")];
    let bills = MarketAction::StartBilling { skus: skus(), reason: None };
    let table: Vec<(&str, Vec<Wanted>)> = vec![
        // Requests: the one that waits.
        ("\r", vec![Wanted::Page(id(2))]),
        ("h", vec![Wanted::Page(id(2))]),
        ("a", vec![Wanted::Arrive]),
        ("R", vec![Wanted::Load]),
        ("b", vec![]),
        ("e", vec![]),
        ("u", vec![]),
        // Subscriptions: the second one waits for billing.
        ("sj\r", vec![]),
        ("sj\ry", vec![Wanted::Do(id(1), bills.clone())]),
        ("sjby", vec![Wanted::Do(id(1), bills)]),
        ("sj\r\x1b", vec![]),
        ("sje", vec![Wanted::Ending(id(1))]),
        ("sjh", vec![Wanted::Page(id(1))]),
        // The third one is billed: its page.
        ("sjj\r", vec![Wanted::Page(id(0))]),
        ("sjjb", vec![]),
        // Other lists.
        ("m", vec![Wanted::Month(None)]),
        ("\t\t", vec![Wanted::Month(None)]),
        ("d", vec![]),
        ("1", vec![]),
        ("2", vec![]),
    ];
    for (keys, wanted) in table {
        let mut kit = Kit::market(false);
        let effects = kit.does(keys);
        let wanted: Vec<_> = wanted.into_iter().map(Effect::Market).collect();
        assert_eq!(effects, wanted, "{keys:?}");
    }
}

#[test]
fn nothing_is_asked_of_the_world_before_the_desk_is_opened_and_nothing_twice() {
    let mut kit = Kit::new();
    assert_eq!(kit.press('2'), [], "there is no such desk");
    kit.model.setup.market = Some(MarketSetup { practice: false, limit: SECOND * 60 });
    let about_market =
        |effects: Vec<Effect>| effects.iter().any(|effect| matches!(effect, Effect::Market(_)));
    assert!(!about_market(kit.tell(Msg::JournalChanged)));
    kit.press('/');
    kit.press('2');
    assert_eq!((kit.model.screen, kit.model.queue.filter.value()), (Screen::Queue, "2"), "it is text");
    let mut kit = Kit::market(false);
    kit.press('1');
    assert!(!about_market(kit.tell(Msg::JournalChanged)), "nobody looks at it");
    assert_eq!(kit.press('2'), [Effect::Market(Wanted::Load)], "others have written");
    assert_eq!((kit.press('1'), kit.press('2')), (vec![], vec![]), "that is on its way");
}

#[test]
fn the_journal_is_watched_while_this_desk_is_in_front() {
    let mut kit = Kit::market(false);
    assert!(watches_journal(&kit.model));
    kit.press('1');
    assert!(!watches_journal(&kit.model), "an idle queue is left alone");
    kit.press('2');
    kit.model.frame.lock.locked = true;
    assert!(!watches_journal(&kit.model), "nobody sees it");
}

#[test]
fn a_locked_desk_does_nothing() {
    let mut kit = Kit::market(false);
    kit.model.frame.lock.locked = true;
    assert_eq!(
        (kit.press('a'), kit.model.frame.lock.locked),
        (vec![], false),
        "the key unlocks, and no more"
    );
}

#[test]
fn a_deploy_is_answered_or_refused_after_it_was_read_back() {
    let mut kit = Kit::market(false);
    kit.enter();
    kit.news(sample::page(2, kit.now));
    assert_eq!(kit.ask(), Some(&Ask::Answer(id(2))));
    assert_eq!(kit.does("12\x13"), [], "digits are text");
    assert_eq!(kit.ask(), Some(&Ask::Give(id(2), gives("12"))));
    assert_eq!(
        kit.press('y'),
        [Effect::Market(Wanted::Do(id(2), MarketAction::Answer { answer: gives("12"), reason: None }))]
    );
    assert_eq!(kit.model.frame.under_way, 1);
    kit.news(News::Done { id: Some(id(2)), what: "Answered.".into() });
    assert_eq!((kit.model.frame.under_way, kit.said()), (0, "Answered."));
    // Both at once is nothing that a buyer can be told.
    kit.does("r\r");
    kit.news(sample::page(2, kit.now));
    assert_eq!(kit.does("C\tNo.\x13"), []);
    assert_eq!(kit.ask(), Some(&Ask::Answer(id(2))));
    kit.does("\x1by\r");
    kit.news(sample::page(2, kit.now));
    kit.does("\tNo seats left.\x13");
    let refusal = Answer::refusal("No seats left.").unwrap();
    assert_eq!(
        kit.press('y'),
        [Effect::Market(Wanted::Do(id(2), MarketAction::Answer { answer: refusal, reason: None }))]
    );
}

#[test]
fn a_page_that_comes_when_somebody_has_gone_on_opens_nothing() {
    let mut kit = Kit::market(false);
    kit.enter();
    kit.press('1');
    kit.news(sample::page(2, kit.now));
    assert_eq!((kit.model.screen, kit.ask()), (Screen::Queue, None));
}

#[test]
fn usage_by_hand_is_for_the_bill_month_and_counts_once_for_each_time_it_is_typed() {
    let action = |kit: &Kit| {
        let key = format!("by hand r.diaz {}", kit.now);
        MarketAction::AddUsage {
            used: Used { sku: sku("STORAGE"), month: november(), count: amount("100.5"), key },
            late: None,
        }
    };
    let mut kit = Kit::market(false);
    assert_eq!(kit.does("sju1.005e2\x13"), [], "it is read back first");
    assert!(matches!(kit.ask(), Some(Ask::Add(_, used)) if used.count == amount("100.5")));
    let effects = kit.press('y');
    assert_eq!(effects, [Effect::Market(Wanted::Do(id(1), action(&kit)))]);
    assert_eq!(kit.does("u"), [], "while it is under way no second one begins");
    assert_eq!(kit.ask(), None);
    let mut kit = Kit::month(false);
    kit.enter();
    assert_eq!(kit.ask(), Some(&Ask::Usage(id(1))), "Enter on what is missing");
}

#[test]
fn nothing_is_sent_on_one_key_and_an_unusual_amount_needs_a_reason() {
    let mut kit = Kit::month(false);
    assert_eq!(kit.press('S'), []);
    assert_eq!((kit.press('p'), kit.press('y')), (vec![], vec![]));
    assert!(matches!(kit.ask(), Some(Ask::Preview(plan)) if plan.reports.len() == 1 && plan.missing == 1));
    assert_eq!(kit.press('S'), []);
    assert_eq!(kit.does("2026-12\x13"), [], "another month");
    kit.strikes(Key::ctrl('u'));
    assert_eq!(kit.does("2026-11\x13"), [], "no reason");
    let effects = kit.does("migration\x13");
    let [Effect::Market(Wanted::Send { month, reports, reason })] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!((*month, reports.len(), reports[0].1), (november(), 1, amount("4000")));
    assert_eq!(reason.as_deref(), Some("migration"));
    assert_eq!((kit.model.screen, kit.model.frame.under_way), (Screen::Sending, 1));
    // A run is stopped before its next report, and gone on with: what was tried is not tried again.
    assert_eq!(kit.press(' '), [Effect::Market(Wanted::Stop)]);
    assert_eq!(kit.press(' '), [], "it is stopping");
    kit.news(News::Ran(Ran { halt: Some("you stopped it".into()), paused: true }));
    assert!(
        matches!(kit.press(' ').as_slice(), [Effect::Market(Wanted::Send { reports, .. })] if reports.len() == 1)
    );
    kit.news(sample::sent(2, SentEnd::Reported, "carried out (HTTP 200)"));
    kit.news(News::Ran(Ran { halt: None, paused: false }));
    assert_eq!((kit.model.frame.under_way, kit.press(' ')), (0, vec![]), "it is over");
}

#[test]
fn who_reports_is_asked_before_the_first_run_and_of_a_supervisor_alone() {
    let mut kit = Kit::month(false);
    kit.model.market.takeover = None;
    kit.press('p');
    assert_eq!(kit.ask(), Some(&Ask::TakeOver));
    let take_over = Wanted::TakeOver { from: november(), name: "Ann".into() };
    assert_eq!(kit.does("2026-11\rAnn\x13"), [Effect::Market(take_over)]);
    let mut kit = Kit::month(false);
    (kit.model.market.takeover, kit.model.setup.role) = (None, Role::Agent);
    kit.press('p');
    assert_eq!(kit.ask(), None);
    assert!(kit.said().contains("nobody has said who reported"), "{}", kit.said());
}

#[test]
fn a_doubt_is_settled_by_a_supervisor_once_the_quiet_period_is_over() {
    let mut kit = Kit::market(true);
    kit.does("d\r");
    assert!(kit.said().contains("the quiet period lasts another"), "{}", kit.said());
    kit.now += SECOND * 600;
    kit.enter();
    assert!(matches!(kit.ask(), Some(Ask::Verdict(_))));
    assert_eq!(kit.does("maybe\x13"), []);
    kit.strikes(Key::ctrl('u'));
    assert_eq!(kit.does("no\rTICKET-7\rAnn\x13"), []);
    let effects = kit.press('y');
    let [Effect::Market(Wanted::Resolve(_, statement))] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((statement.reported, statement.reference.as_str()), (false, "TICKET-7"));
    let mut kit = Kit::market(true);
    kit.model.setup.role = Role::Agent;
    kit.now += SECOND * 600;
    kit.does("d\r");
    assert_eq!(kit.ask(), None);
    assert!(kit.said().contains("may not"), "{}", kit.said());
}

#[test]
fn what_was_sent_before_is_sent_again_only_for_a_reason() {
    let mut kit = Kit::market(false);
    kit.does("sjby");
    let again = Some(Ask::Again(id(1), Call::StartBilling, vec![sku("SEATS")]));
    let failed = |insist| News::Failed {
        id: Some(id(1)),
        what: "before".into(),
        next: String::new(),
        task: true,
        insist,
    };
    kit.news(failed(again));
    assert_eq!(kit.does("\x13"), []);
    let reason = Some("the portal shows nothing".to_owned());
    let action = MarketAction::StartBilling { skus: vec![sku("SEATS")], reason };
    assert_eq!(kit.does("the portal shows nothing\x13"), [Effect::Market(Wanted::Do(id(1), action))]);
}

#[test]
fn a_start_whose_answer_was_lost_is_for_a_person_to_look_up() {
    let mut kit = Kit::market(false);
    kit.does("sj");
    kit.news(News::Row(Box::new(sample::lost(1, kit.now, Call::StartBilling, "SEATS"))));
    let row = kit.model.market.row().unwrap();
    let said: Vec<_> = row.skus.iter().map(|line| line.doubt(kit.now)).collect();
    assert_eq!((row.id.clone(), said), (id(1), vec![None, Some("start not known")]));
    assert_eq!(Step::of(row, kit.now), Step::Look);
    // The other one waits as before; of the one in question it is asked why it is sent again.
    kit.does("b");
    let sure = Ask::StartBilling(id(1), vec![sku("STORAGE")]);
    assert_eq!(kit.ask(), Some(&sure));
    let mut kit = Kit::market(false);
    kit.does("sj");
    let mut only = sample::lost(1, kit.now, Call::StartBilling, "SEATS");
    only.skus.retain(|line| line.unknown.is_some());
    kit.news(News::Row(Box::new(only)));
    kit.does("b");
    assert_eq!(kit.ask(), Some(&Ask::Again(id(1), Call::StartBilling, vec![sku("SEATS")])));
}

#[test]
fn what_cannot_be_reported_is_ended_only_for_a_reason_that_leaves_its_usage_out() {
    let mut kit = Kit::market(false);
    kit.does("sjje");
    kit.news(sample::ending(kit.now));
    let effects = kit.does("y");
    let [Effect::Market(Wanted::Do(of, MarketAction::End { skus, reason: None, without_usage: false }))] =
        &effects[..]
    else {
        panic!("{effects:?}");
    };
    let insist = Ask::WithoutUsage(of.clone(), skus.clone(), "nobody has said who reports".into());
    let (what, next) = ("nothing was ended".to_owned(), String::new());
    kit.news(News::Failed { id: Some(of.clone()), what, next, task: true, insist: Some(insist) });
    assert_eq!(kit.does("\x13"), [], "a reason is missing");
    let action = MarketAction::End { skus: skus.clone(), reason: Some("gone".into()), without_usage: true };
    assert_eq!(kit.does("gone\x13"), [Effect::Market(Wanted::Do(of.clone(), action))]);
}

#[test]
fn in_production_billing_is_started_and_ended_by_a_word_each_time() {
    let mut kit = Kit::market(false);
    kit.model.setup.environment = Environment::Production;
    kit.model.live = true;
    for _ in 0..2 {
        assert_eq!(kit.does("skkjby\x13"), [], "y is only a letter here");
        kit.does("\x1b");
    }
    assert_eq!(kit.does("skkjbLive\x13").len(), 1, "whether in capitals or not");
    kit.does("skkjje");
    kit.news(sample::ending(kit.now));
    assert_eq!(kit.does("no\x13"), []);
    kit.does("\x1b");
    kit.news(sample::ending(kit.now));
    let effects = kit.does("live\x13");
    assert!(
        matches!(
            &effects[..],
            [Effect::Market(Wanted::Do(_, MarketAction::End { without_usage: false, .. }))]
        ),
        "{effects:?}"
    );
}

#[test]
fn a_month_that_rolls_over_while_it_is_shown_is_read_anew() {
    let mut kit = Kit::month(false);
    let month = |effects: Vec<Effect>| effects.contains(&Effect::Market(Wanted::Month(None)));
    assert!(!month(kit.tell(Msg::Tick)), "nothing has changed");
    kit.now = "2026-12-02T15:00:00Z".parse().unwrap();
    assert!(month(kit.tell(Msg::Tick)));
    assert!(!month(kit.tell(Msg::Tick)), "it is on its way");
}

#[test]
fn a_desk_that_is_told_to_end_sends_no_further_report() {
    let mut kit = Kit::month(false);
    kit.does("pS2026-11\rmigration\x13");
    assert_eq!(kit.tell(Msg::AskedToQuit), [Effect::Market(Wanted::Stop)]);
    let effects = kit.news(News::Ran(Ran { halt: Some("you stopped it".into()), paused: true }));
    assert!(effects.contains(&Effect::Quit), "{effects:?}");
}

#[test]
fn the_closing_is_counted_down_in_its_last_two_days() {
    let mut kit = Kit::market(false);
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    for (now, is) in [
        ("2026-11-28T21:44:00Z", None),
        ("2026-11-30T20:43:00Z", Some(Countdown::Closes(SECOND * 3_600))),
        ("2026-11-30T21:42:59Z", Some(Countdown::Closes(SECOND))),
        ("2026-11-30T21:43:00Z", Some(Countdown::ClosedUntil(at("2026-12-01T00:00:00Z")))),
        ("2026-12-01T00:00:01Z", None),
    ] {
        kit.now = at(now);
        kit.tell(Msg::Tick);
        assert_eq!(countdown(&kit.model), is, "{now}");
    }
    kit.now = at("2026-11-29T12:00:10Z");
    kit.tell(Msg::Tick);
    assert_eq!(next_tick(&kit.model, kit.now), Some(SECOND * 51), "to the next full minute of what is left");
}
