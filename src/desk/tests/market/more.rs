//! Usage that comes late, more for a month that was reported, a billing date that was moved.

use super::*;
use crate::subscription::{Because, Finding, Note};

impl Kit {
    /// The month, of which the second line is reported, and chosen.
    fn reported() -> Self {
        let mut kit = Self::month(false);
        kit.news(sample::month_reported(kit.now));
        kit.press('j');
        kit
    }

    /// Types `value` into the field, in place of what is there.
    fn fill(&mut self, field: &str, value: &str) {
        let Some(Overlay::Ask(_, form)) = &mut self.model.frame.overlay else { panic!("no form") };
        form.focus = form.fields.iter().position(|it| it.name == field).unwrap();
        self.strikes(Key::ctrl('u'));
        self.does(value);
    }

    /// What is wrong with the field.
    fn wrong(&self, field: &str) -> &str {
        let Some(Overlay::Ask(_, form)) = &self.model.frame.overlay else { panic!("no form") };
        form.fields.iter().find(|it| it.name == field).and_then(|it| it.error.as_deref()).unwrap_or_default()
    }

    /// Nothing is asked for by these values, and this is what stands at the field.
    fn refuses(&mut self, values: &[(&str, &str)], field: &str, what: &str) {
        for (name, value) in values {
            self.fill(name, value);
        }
        assert_eq!(self.strikes(Key::ctrl('s')), [], "{values:?}");
        assert!(self.wrong(field).contains(what), "{values:?}: {:?}", self.wrong(field));
    }
}

fn because() -> Because {
    Because { reason: "a log was lost".into(), name: "Ann".into() }
}

#[test]
fn more_for_a_reported_month_is_read_back_with_its_sum() {
    let mut kit = Kit::reported();
    assert_eq!(kit.press('+'), []);
    assert_eq!(kit.ask(), Some(&Ask::Supplement(id(0))));
    assert_eq!(kit.does("20.5\ra log was lost\rAnn\x13"), [], "one more question follows");
    let Some(Ask::More(of, more)) = kit.ask() else { panic!("{:?}", kit.ask()) };
    assert_eq!((of, more.month, more.bill), (&id(0), november(), november()));
    assert_eq!((more.reported, more.count), (amount("100.5").into(), amount("20.5")));
    assert_eq!(kit.enter(), [], "Enter is no yes");
    let action = MarketAction::Supplement {
        sku: sku("STORAGE"),
        month: november(),
        count: amount("20.5"),
        because: because(),
    };
    assert_eq!(kit.press('y'), [Effect::Market(Wanted::Do(id(0), action))]);
    let effects = kit.news(News::Done { id: Some(id(0)), what: "Added.".into() });
    assert!(effects.contains(&Effect::Market(Wanted::Month(None))), "the month shows it: {effects:?}");
}

#[test]
fn more_is_added_to_what_is_reported_alone() {
    let mut kit = Kit::month(true);
    for _ in 0..3 {
        assert_eq!(kit.press('+'), []);
        assert_eq!(kit.ask(), None, "missing, open and in doubt");
        kit.model.frame.held = Held::default();
        kit.press('j');
    }
    let mut kit = Kit::market(false);
    kit.does("sjjh");
    kit.news(sample::page(0, kit.now));
    kit.press('+');
    assert_eq!(kit.ask(), None, "nothing of it is reported");
    kit.news(sample::page_reported(kit.now));
    kit.press('+');
    assert_eq!(kit.ask(), Some(&Ask::Supplement(id(0))), "on its own page");
    kit.does("1\rr\rAnn\x13");
    assert!(matches!(kit.ask(), Some(Ask::More(_, more)) if more.reported == amount("100.5").into()));
}

#[test]
fn what_is_wrong_with_more_stands_at_its_field_with_what_to_do() {
    let mut kit = Kit::reported();
    kit.press('+');
    kit.refuses(&[("count", "")], "count", "is required");
    kit.refuses(&[("count", "x")], "count", "x");
    kit.refuses(&[("count", "0")], "count", "a supplement of nothing adds nothing; type more than 0");
    kit.refuses(
        &[("count", "1"), ("sku", "OTHER")],
        "sku",
        "the subscription has no SKU OTHER; type PRACTICE-",
    );
    kit.refuses(&[("sku", "PRACTICE-SEATS")], "month", "no usage was added for it; u adds some");
    kit.refuses(
        &[("sku", "PRACTICE-STORAGE"), ("month", "2027-01")],
        "month",
        "type 2026-11 or an earlier one",
    );
    kit.refuses(&[("month", "2026-09")], "month", "is not shown here; go to it in the list of the month");
    kit.refuses(&[("month", "2026-11")], "reason", "is required");
    kit.refuses(&[("reason", "a log was lost")], "by", "is required");
    // Meanwhile somebody has added to it.
    let News::Month(mut view) = sample::month_reported(kit.now) else { panic!() };
    let mut open = view.lines[1].clone();
    if let Some(report) = &mut open.report {
        (report.slot.supplement, report.state) = (1, crate::subscription::ReportState::Open);
    }
    view.lines.push(open);
    kit.news(News::Month(view));
    kit.refuses(
        &[("by", "Ann")],
        "month",
        "an earlier report of this month is not settled; u adds usage to it",
    );
}

#[test]
fn usage_of_a_reported_month_is_added_for_a_reason_as_soon_as_the_journal_asks_for_one() {
    let mut kit = Kit::reported();
    let effects = kit.does("u20.5\x13y");
    let [Effect::Market(Wanted::Do(of, MarketAction::AddUsage { used, late: None }))] = &effects[..] else {
        panic!("{effects:?}")
    };
    let insist = Some(Ask::Late(of.clone(), used.clone(), november().next()));
    let (what, next) = ("usage of 2026-11 was sent".to_owned(), String::new());
    kit.news(News::Failed { id: Some(of.clone()), what, next, task: true, insist });
    kit.refuses(&[], "reason", "is required");
    kit.refuses(&[("reason", "a log was lost")], "by", "is required");
    kit.fill("by", "Ann");
    let action = MarketAction::AddUsage { used: used.clone(), late: Some(because()) };
    assert_eq!(
        kit.strikes(Key::ctrl('s')),
        [Effect::Market(Wanted::Do(id(0), action))],
        "under the same key"
    );
}

#[test]
fn usage_that_cannot_be_taken_in_is_refused_at_its_field() {
    let mut kit = Kit::market(false);
    kit.does("sjju");
    kit.fill("count", "1");
    kit.refuses(&[("sku", "OTHER")], "sku", "type PRACTICE-STORAGE or PRACTICE-SEATS or PRACTICE-SUPPORT");
    kit.refuses(&[("sku", "PRACTICE-SUPPORT")], "sku", "when it was bought; type PRACTICE-STORAGE");
    kit.refuses(
        &[("sku", "PRACTICE-STORAGE"), ("month", "2026-12")],
        "month",
        "type 2026-11 or an earlier one",
    );
}

#[test]
fn a_billing_date_that_the_portal_moved_is_written_down_with_its_sku() {
    let mut kit = Kit::market(false);
    kit.does("sjjn");
    kit.refuses(&[("moved", "next week")], "moved", "is not a day such as 2026-12-01");
    kit.refuses(&[("moved", "2026-12-01")], "sku", "is required");
    kit.refuses(&[("sku", "OTHER")], "sku", "type PRACTICE-STORAGE or");
    kit.refuses(&[("moved", ""), ("sku", "PRACTICE-SEATS")], "moved", "is not a day");
    // By the marketplace's clock; or a moment, as the command line takes it.
    for (typed, to) in
        [("2026-12-01", "2026-12-01T06:00:00Z"), ("2026-12-01T00:30:00Z", "2026-12-01T00:30:00Z")]
    {
        let mut kit = Kit::market(false);
        kit.does("sjjn");
        kit.fill("moved", typed);
        kit.fill("sku", "PRACTICE-SEATS");
        let moved = Note::BillingMoved { sku: sku("SEATS"), to: to.parse().unwrap() };
        let wanted = Wanted::Do(id(0), MarketAction::Note(vec![moved]));
        assert_eq!(kit.strikes(Key::ctrl('s')), [Effect::Market(wanted)]);
    }
}

#[test]
fn a_termination_e_mail_that_came_on_a_day_to_come_is_a_slip() {
    let mut kit = Kit::market(false);
    kit.does("sjjn");
    kit.fill("due", "2027-06-02");
    kit.refuses(&[("mail", "2027-06-01")], "mail", "is in the future; in Chicago it is 2026-");
}

#[test]
fn a_month_that_is_called_closed_is_read_anew_once_the_closed_hours_are_over() {
    let mut kit = Kit::month(false);
    let month = |effects: Vec<Effect>| effects.contains(&Effect::Market(Wanted::Month(None)));
    kit.now = "2026-11-30T22:00:00Z".parse().unwrap();
    let News::Month(mut view) = sample::month(kit.now) else { panic!("no month") };
    (view.closed, view.bill) = (true, november().next());
    kit.news(News::Month(view));
    assert!(!month(kit.tell(Msg::Tick)), "it is closed");
    kit.now = "2026-12-01T00:00:01Z".parse().unwrap();
    assert!(month(kit.tell(Msg::Tick)));
}

#[test]
fn a_preview_and_its_form_are_over_with_the_last_moment_to_begin() {
    for before in ["p", "pS"] {
        let mut kit = Kit::month(false);
        kit.now = "2026-11-30T21:42:59Z".parse().unwrap();
        kit.news(sample::month(kit.now));
        kit.does(before);
        kit.now = "2026-11-30T21:43:00Z".parse().unwrap();
        kit.tell(Msg::Tick);
        kit.does(if before == "p" { "S2026-11\rmigration\x13" } else { "2026-11\rmigration\x13" });
        assert!(kit.model.market.run.is_none(), "{before}");
    }
}

#[test]
fn a_deploy_that_could_not_be_read_is_to_be_looked_at() {
    let mut kit = Kit::market(false);
    let News::Loaded(mut loaded) = sample::loaded(kit.now, false) else { panic!("no lists") };
    let before = kit.model.market.to_look_at();
    loaded.unreadable = 2;
    kit.news(News::Loaded(loaded));
    assert_eq!(kit.model.market.to_look_at(), before + 2);
    assert!(kit.model.frame.notice.as_ref().is_some_and(|notice| notice.text.contains("may be a purchase")));
}

#[test]
fn an_alarm_is_set_aside_with_a_reason_and_by_a_supervisor_alone() {
    let alarmed = |role| {
        let mut kit = Kit::market(false);
        kit.model.setup.role = role;
        let News::Loaded(mut loaded) = sample::loaded(kit.now, false) else { panic!("no lists") };
        loaded.rows[0].conflicts = 1;
        kit.news(News::Loaded(loaded));
        kit.does("sx");
        kit
    };
    let kit = alarmed(Role::Agent);
    assert_eq!(kit.ask(), None);
    assert!(kit.said().contains("your role may not set a request aside"), "{}", kit.said());
    let mut kit = alarmed(Role::Supervisor);
    assert_eq!(kit.does("\x13"), [], "no reason");
    let reason = "their test system".to_owned();
    let action = MarketAction::Note(vec![Note::AlarmSetAside { reason }]);
    assert_eq!(kit.does("their test system\x13"), [Effect::Market(Wanted::Do(id(2), action))]);
    let mut kit = Kit::market(false);
    kit.does("sx");
    assert_eq!(kit.ask(), None, "there is no alarm");
}

#[test]
fn the_filter_finds_by_any_word_and_keeps_to_subscriptions() {
    let mut kit = Kit::market(false);
    kit.does("s/waiting C-2");
    assert_eq!(kit.model.market.matches.len(), 1);
    kit.does("\r");
    assert_eq!(kit.model.market.row().map(|row| row.id.clone()), Some(id(1)));
    kit.does("\x1b");
    assert_eq!(kit.model.market.matches.len(), 3);
    assert_eq!(kit.model.market.row().map(|row| row.id.clone()), Some(id(1)), "it stays chosen");
}

#[test]
fn what_was_refused_goes_again_where_somebody_says_why_and_the_others_go_without_that() {
    for (typed, expected) in [("", None), ("\tthey have set it up", Some("they have set it up"))] {
        let mut kit = Kit::market(false);
        let News::Month(mut view) = sample::month_reported(kit.now) else { panic!() };
        let [mut refused, mut without] = [view.lines[0].clone(), view.lines[0].clone()];
        refused.findings.push(Finding::RefusedBefore { said: "refused with HTTP 400".into() });
        without.findings.push(Finding::NoProduct);
        let other = |line: &mut crate::subscription::MonthLine, n| line.report.as_mut().unwrap().id = id(n);
        other(&mut refused, 7);
        other(&mut without, 8);
        view.lines.extend([refused, without]);
        kit.press('m');
        kit.news(News::Month(view));
        kit.press('p');
        // What is counted is what goes: not what needs a reason, and not what no reason helps.
        let Some(Ask::Preview(plan)) = kit.ask() else { panic!() };
        assert_eq!((plan.reports.len(), plan.again.len(), plan.stays.len()), (1, 1, 1));
        assert_eq!((plan.sums.len(), plan.sums[0].reports, plan.sums[0].amount), (1, 1, amount("40").into()));
        kit.press('S');
        let effects = kit.does(&format!("2026-11{typed}\x13"));
        let [Effect::Market(Wanted::Send { reason, reports, .. })] = effects.as_slice() else {
            panic!("{effects:?}")
        };
        assert_eq!((reason.as_deref(), reports.len()), (expected, 1 + usize::from(expected.is_some())));
        assert!(!reports.iter().any(|(report, _)| *report == id(8)));
    }
}

#[test]
fn where_nothing_goes_but_what_was_refused_somebody_says_why() {
    let mut kit = Kit::market(false);
    let News::Month(mut view) = sample::month_reported(kit.now) else { panic!() };
    view.lines[0].findings.push(Finding::RefusedBefore { said: "refused with HTTP 400".into() });
    kit.press('m');
    kit.news(News::Month(view));
    kit.does("pS");
    kit.refuses(&[("month", "2026-11")], "reason", "is required");
}

#[test]
fn the_customer_id_of_another_company_is_given_for_a_reason_alone() {
    let mut kit = Kit::market(false);
    kit.enter();
    kit.news(sample::page(2, kit.now));
    kit.does("C-1\x13y");
    let insist = Some(Ask::GiveOthers(id(2), gives("C-1"), "C-1 belongs to another one".into()));
    let (what, next) = ("C-1 belongs to another one".to_owned(), String::new());
    kit.news(News::Failed { id: Some(id(2)), what, next, task: true, insist });
    kit.refuses(&[], "reason", "is required");
    kit.fill("reason", "A branch of it.");
    let action = MarketAction::Answer { answer: gives("C-1"), reason: Some("A branch of it.".into()) };
    assert_eq!(kit.strikes(Key::ctrl('s')), [Effect::Market(Wanted::Do(id(2), action))]);
}

#[test]
fn an_agent_is_told_that_a_supervisor_records_what_the_portal_shows() {
    let mut kit = Kit::market(true);
    kit.model.setup.market_quiet = SignedDuration::ZERO;
    kit.press('d');
    assert!(next_line(&kit.model).contains("Enter records"), "{}", next_line(&kit.model));
    kit.model.setup.role = Role::Agent;
    let line = next_line(&kit.model);
    assert!(line.contains("A supervisor records") && !line.contains("Enter"), "{line}");
}

#[test]
fn a_filter_that_matches_nothing_is_not_told_as_a_list_with_nothing_in_it() {
    let mut kit = Kit::market(false);
    kit.does("s/nowhere\r");
    assert!(kit.model.market.matches.is_empty());
    assert!(next_line(&kit.model).starts_with("No subscription matches. / changes the filter"));
    kit.model.market.rows.clear();
    assert!(next_line(&kit.model).contains("market serve"));
}

#[test]
fn the_next_month_is_offered_where_there_is_one() {
    let mut kit = Kit::month(false);
    let offered = |kit: &Kit, act| bindings(&kit.model).iter().any(|b| b.action == Action::Market(act));
    assert!(offered(&kit, Act::MonthBefore) && !offered(&kit, Act::MonthAfter), "this one is the last");
    assert_eq!(kit.key(Code::Right), []);
    let shown = kit.model.market.month.as_mut().unwrap();
    shown.month = shown.month.previous();
    assert!(offered(&kit, Act::MonthAfter));
    assert_eq!(kit.key(Code::Right), [Effect::Market(Wanted::Month(None))]);
}

#[test]
fn the_closing_is_counted_down_by_the_marketplaces_clock_where_that_is_known() {
    let mut kit = Kit::market(false);
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let hour = SECOND * 3_600;
    for (now, ahead, is) in [
        ("2026-11-30T20:00:00Z", -hour, Some(Countdown::Closes(SECOND * 43 * 60))),
        ("2026-11-30T20:43:00Z", -hour, Some(Countdown::ClockOff(-hour))),
        ("2026-12-01T01:00:01Z", -hour, None),
        ("2026-11-30T20:43:00Z", hour, Some(Countdown::ClockOff(hour))),
    ] {
        (kit.now, kit.model.market.clock_error) = (at(now), Some(ahead));
        kit.tell(Msg::Tick);
        assert_eq!(countdown(&kit.model), is, "{now}");
    }
    assert_eq!(
        kit.model.market.bill(at("2026-11-30T20:46:00Z")),
        Month::parse("2026-11").ok(),
        "it is 19:46 there"
    );
    kit.model.market.clock_error = Some(-hour);
    assert_eq!(
        kit.model.market.bill(at("2026-11-30T20:46:00Z")),
        Month::parse("2026-12").ok(),
        "it is 21:46 there"
    );
}
