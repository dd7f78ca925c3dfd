//! An order from its text to its end, by every way there is.

use super::*;

#[test]
fn read_aloud_to_the_order_number_with_one_next_key() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    let effects = kit.enter();
    kit.engine(&effects, None);
    assert_eq!(kit.pane(), Pane::Reading);
    kit.now += SECOND * 7;
    let effects = kit.press(' ');
    assert!(
        matches!(
            &effects[..],
            [Effect::Run(_, Task::Do(Command::SectionRead { section: 0, millis: Some(7000) }))]
        ),
        "{effects:?}"
    );
    assert_eq!(kit.press(' '), [], "nothing twice while it is under way");
    kit.engine(&effects, None);
    assert_eq!(kit.model.order.as_ref().unwrap().section, 1);
    kit.now += SECOND * 7;
    let effects = kit.enter();
    kit.engine(&effects, None);
    assert_eq!(next_line(&kit.model), "All read. Enter: the customer said yes. d: the customer said no.");
    assert_eq!(kit.enter(), [], "asks who said yes");
    kit.types("!");
    assert_eq!(kit.enter(), [], "the name is not the yes");
    assert_eq!(kit.enter(), [], "and Enter is no answer");
    let effects = kit.press('y');
    assert!(
        matches!(&effects[..], [Effect::Run(_, Task::Do(Command::AcceptVerbally { name }))] if name.expose() == "Ann Okafor!")
    );
    kit.engine(&effects, None);
    assert_eq!(kit.pane(), Pane::Complete);
    assert_eq!(kit.enter(), [], "one deliberate question");
    assert_eq!(kit.enter(), [], "Enter is not the answer");
    let effects = kit.press('y');
    assert!(matches!(&effects[..], [Effect::Run(_, Task::Complete(_))]));
    assert_eq!((kit.press('y'), kit.enter(), kit.press('y')), (vec![], vec![], vec![]), "sent once");
    kit.engine(
        &effects,
        Some(Outcome::Completed {
            order_number: "N1".into(),
            order_status: None,
            tx_id: None,
            details: None,
        }),
    );
    assert_eq!(kit.pane(), Pane::Outcome);
    assert_eq!(kit.press('c'), [Effect::Copy("N1".into())]);
}

#[test]
fn looking_back_unreads_nothing_and_an_interruption_keeps_the_bookmark() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    let effects = kit.enter();
    kit.engine(&effects, None);
    kit.reads_section();
    kit.press('b');
    assert_eq!(kit.model.order.as_ref().unwrap().section, 0);
    assert_eq!(kit.press(' '), [], "goes forward to where the reading was");
    let effects = kit.key(Code::Esc);
    assert!(matches!(&effects[..], [Effect::Run(_, Task::Do(Command::Interrupt))]));
    assert_eq!(kit.model.screen, Screen::Queue);
    kit.engine(&effects, None);
    assert_eq!(kit.order().reading.unwrap().bookmark(), Some(1));
}

#[test]
fn polling_runs_now_then_with_pauses_and_ends_in_acceptance() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.sent();
    let check = kit.enter();
    assert!(matches!(&check[..], [Effect::Run(_, Task::Check)]));
    let timers = kit.engine(&check, Some(Outcome::NotAccepted));
    assert_eq!(timers, [Effect::Timer { id: 1, delay: SECOND * 2 }]);
    assert_eq!(kit.tell(Msg::Timer(7)), [], "a timer nobody awaits");
    kit.now += SECOND * 2;
    let check = kit.tell(Msg::Timer(1));
    assert!(matches!(&check[..], [Effect::Run(_, Task::Check)]));
    let problem = Problem {
        what: "wait".into(),
        field: "acceptance".into(),
        who: crate::order::Who::Agent,
        next: String::new(),
        retry: crate::order::Retry::Useful,
        code: None,
        tx_id: None,
    };
    let id = kit.order().id;
    let timers = kit.tell(Msg::Failed { id: Some(id), problem, after: true, retry_after: Some(5) });
    assert_eq!(timers, [Effect::Timer { id: 2, delay: SECOND * 5 }], "what the server asks for");
    assert_eq!(kit.tell(Msg::Timer(1)), [], "an old timer");
    kit.now += SECOND * 5;
    let check = kit.tell(Msg::Timer(2));
    let accepted = Outcome::Accepted { method: None, accepted_at: None, tx_id: None };
    assert_eq!(kit.engine(&check, Some(accepted)), []);
    assert_eq!((kit.pane(), kit.model.frame.under_way), (Pane::Complete, 0));
}

#[test]
fn polling_stops_when_told_and_gives_up_by_itself() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.sent();
    let check = kit.enter();
    kit.engine(&check, Some(Outcome::NotAccepted));
    let stopped = kit.press('x');
    assert!(matches!(&stopped[..], [Effect::Run(_, Task::Do(Command::StopChecking { checks: 1 }))]));
    kit.engine(&stopped, None);
    assert_eq!(kit.tell(Msg::Timer(1)), []);
    let check = kit.enter();
    kit.now += SECOND * 60;
    let given_up = kit.engine(&check, Some(Outcome::NotAccepted));
    assert!(
        matches!(&given_up[..], [Effect::Run(_, Task::Do(Command::StopChecking { .. }))]),
        "{given_up:?}"
    );
}

#[test]
fn the_method_can_be_changed_and_a_bad_number_is_marked() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.sent();
    assert_eq!(kit.press('e'), []);
    assert_eq!(kit.enter(), [], "no address yet");
    let Some(Overlay::Ask(_, form)) = &kit.model.frame.overlay else { panic!("asks again") };
    assert!(form.fields[0].error.is_some());
    kit.types("a@example.com");
    assert!(matches!(&kit.enter()[..], [Effect::Run(_, Task::Send(Contact::Email(_)))]));
}

#[test]
fn in_doubt_is_locked_and_says_so() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.read_and_accepted();
    kit.enter();
    let effects = kit.press('y');
    kit.engine(&effects, Some(Outcome::Failed(crate::order::Failure::Unknown("cut".into()))));
    assert_eq!((kit.pane(), kit.order().standing()), (Pane::Outcome, State::InDoubt));
    assert!(next_line(&kit.model).starts_with("Locked"));
    let actions: Vec<Action> = screen_bindings(&kit.model).into_iter().map(|b| b.action).collect();
    for action in
        [Action::Complete, Action::Retrieve, Action::Amend, Action::Abandon, Action::Read, Action::SendSms]
    {
        assert!(!actions.contains(&action), "{action:?}");
    }
}

#[test]
fn a_refusal_is_amended_at_its_field() {
    let mut kit = Kit::with_order();
    let effects = kit.enter();
    kit.engine(&effects, Some(refused("retrieve_rcc/2000")));
    assert_eq!(kit.order().standing(), State::Refused);
    assert_eq!(kit.press('a'), []);
    kit.strikes(Key::ctrl('s'));
    assert!(
        matches!(&kit.model.frame.overlay, Some(Overlay::Ask(Confirm::Amend, form)) if form.error.is_some()),
        "nothing was changed"
    );
    kit.types("2");
    let effects = kit.strikes(Key::ctrl('s'));
    assert!(
        matches!(&effects[..], [Effect::Run(_, Task::Do(Command::Amend(a)))] if a.sales_code.as_ref().unwrap().as_str() == "S2")
    );
    kit.engine(&effects, None);
    assert_eq!(kit.pane(), Pane::Retrieve);
}

#[test]
fn an_order_that_somebody_else_works_on_is_taken_over_by_a_key_of_its_own() {
    let mut kit = Kit::with_order();
    assert!(kit.press('O').is_empty(), "nobody works on it");
    let seq = kit.history.len() as u64 + 1;
    let event = Event::ReadingVouched { sha256: Digest::of(b"") };
    kit.history.push(Recorded { seq, at: kit.now, by: "b.lee".into(), event, hash: Digest::of(b"") });
    kit.show(false);
    assert!(kit.press('O').is_empty(), "a question comes first");
    let effects = kit.press('y');
    let by = "r.diaz".to_owned();
    assert_eq!(effects, [Effect::Run(kit.order().id, Task::Do(Command::TakeOver { by }))]);
    kit.record(Event::TakenOver { from: "b.lee".into() });
    kit.show(true);
    assert!(kit.press('O').is_empty(), "it is this agent's own now");
}

#[test]
fn whoever_loses_an_order_to_another_desk_is_told() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    let effects = kit.enter();
    kit.engine(&effects, None);
    kit.now += SECOND * 5;
    let seq = kit.history.len() as u64 + 1;
    let event = Event::TakenOver { from: kit.model.setup.agent.clone() };
    kit.history.push(Recorded { seq, at: kit.now, by: "bob".into(), event, hash: Digest::of(b"") });
    kit.show(false);
    let said = |kit: &Kit| kit.model.frame.notice.as_ref().map(|n| n.text.clone()).unwrap_or_default();
    assert!(said(&kit).contains("order was taken over by bob"), "{}", said(&kit));
    kit.now += SECOND;
    assert_eq!(kit.press(' '), []);
    assert!(said(&kit).contains("bob is working on this order"), "{}", said(&kit));
    assert_eq!(kit.model.order.as_ref().unwrap().shown_at, None, "its time does not run");
}

/// One way for all: a note, a reason, an answer. What was not typed, or is typed in place of a yes, is not asked about.
#[test]
fn what_was_typed_is_thrown_away_only_after_a_question() {
    let mut kit = Kit::with_order();
    for key in ['N', 'X'] {
        kit.press(key);
        kit.key(Code::Esc);
        assert!(kit.model.frame.overlay.is_none(), "nothing was typed");
        kit.press(key);
        kit.types("a long note");
        kit.key(Code::Esc);
        assert!(matches!(kit.model.frame.overlay, Some(Overlay::Confirm(Confirm::DiscardTyped))));
        kit.key(Code::Esc);
        assert_eq!(kit.model.form().unwrap().fields[0].input.value(), "a long note", "back to it");
        kit.key(Code::Esc);
        assert_eq!(kit.press('y'), []);
        assert!(kit.model.frame.overlay.is_none() && kit.model.frame.aside.is_none());
    }
}
