//! What goes wrong between the keys: answers that come late, out of order, or for another order.

use super::*;
use crate::order::{Amendment, Call, Failure, Retry, Who};

pub(super) fn problem(retry: Retry) -> Problem {
    Problem {
        what: "the journal cannot be read".into(),
        field: "journal".into(),
        who: Who::Supervisor,
        next: "look again".into(),
        retry,
        code: None,
        tx_id: None,
    }
}

fn completes(effects: &[Effect]) -> bool {
    effects.iter().any(|e| matches!(e, Effect::Run(_, Task::Complete(_))))
}

#[test]
fn a_read_that_fails_frees_no_order_whose_call_is_under_way() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.read_and_accepted();
    kit.enter();
    assert!(completes(&kit.press('y')));
    let id = kit.order().id;
    kit.tell(Msg::Failed { id: Some(id), problem: problem(Retry::Useful), after: false, retry_after: None });
    kit.enter();
    assert_eq!(kit.press('y'), [], "Complete is still on its way");
    assert_eq!(kit.model.frame.under_way, 1);
}

#[test]
fn an_answer_behind_a_newer_read_still_ends_the_action() {
    let mut kit = Kit::with_order();
    let before = Arc::new(kit.order());
    kit.enter();
    kit.decided(Command::Amend(Amendment {
        sales_code: crate::order::SalesCode::new("S2").ok(),
        ..Amendment::default()
    }));
    kit.show(false);
    kit.tell(Msg::Order { order: before, history: Arc::default(), after: true });
    let screen = kit.model.order.as_ref().unwrap();
    assert_eq!((screen.busy, kit.model.frame.under_way), (None, 0));
    assert_eq!(screen.order.identity.sales_code.as_str(), "S2", "what is newer stays on the screen");
}

#[test]
fn an_order_that_is_left_and_opened_again_is_still_under_way() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.read_and_accepted();
    kit.enter();
    assert!(completes(&kit.press('y')));
    kit.key(Code::Esc);
    kit.press('t');
    kit.key(Code::Esc);
    assert!(kit.model.order.is_none(), "training without an order forgets the one that was open");
    kit.enter();
    kit.show(false);
    assert!(kit.model.order.as_ref().unwrap().busy.is_some());
    kit.enter();
    assert_eq!(kit.press('y'), []);
}

#[test]
fn what_is_being_retried_can_be_neither_retried_nor_worked_on() {
    let mut kit = Kit::with_order();
    let effects = kit.enter();
    kit.engine(&effects, Some(refused("retrieve_rcc/4040")));
    kit.key(Code::Esc);
    kit.press('s');
    kit.press('A');
    assert!(matches!(&kit.press('y')[..], [Effect::Item(..)]));
    kit.press('A');
    assert_eq!(kit.press('y'), [], "once is enough");
    let id = kit.order().id;
    kit.press('j');
    kit.enter();
    kit.show(false);
    assert_eq!(kit.enter(), [], "the order itself waits, too");
    kit.tell(Msg::Ended(Ended { id, how: How::Done, what: "answered".into() }));
    assert_eq!((kit.enter().len(), kit.model.frame.under_way), (1, 1));
}

#[test]
fn an_acceptance_that_another_desk_recorded_ends_the_polling() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.sent();
    let check = kit.enter();
    kit.engine(&check, Some(Outcome::NotAccepted));
    let accepted = Outcome::Accepted { method: None, accepted_at: None, tx_id: None };
    kit.decided(Command::Checked { outcome: accepted });
    kit.show(false);
    assert_eq!((kit.pane(), kit.tell(Msg::Timer(1))), (Pane::Complete, vec![]));
    kit.enter();
    assert!(completes(&kit.press('y')));
}

#[test]
fn polling_goes_on_where_that_is_of_use_and_stops_where_it_is_not() {
    let poll = |first: Outcome| {
        let mut kit = Kit::with_order();
        kit.retrieved();
        kit.sent();
        let check = kit.enter();
        let effects = kit.engine(&check, Some(first));
        (kit, effects)
    };
    let (_, effects) = poll(Outcome::Failed(Failure::NotSent("refused".into())));
    assert!(matches!(&effects[..], [Effect::Timer { .. }]), "{effects:?}");
    let refused_to_say = |row: &str| match refused(row) {
        Outcome::Refused(error) => Outcome::Refused(CallError { api: Call::GetRccAcceptance, ..error }),
        other => other,
    };
    let (_, effects) = poll(refused_to_say("retrieve_rcc/4040"));
    assert!(matches!(&effects[..], [Effect::Timer { .. }]), "a service that is down may come back");
    let (mut kit, effects) = poll(refused_to_say("retrieve_rcc/2000"));
    assert_eq!(effects, [], "nobody's waiting mends a sales code");
    let check = kit.enter();
    let effects = kit.engine(&check, Some(Outcome::NotAccepted));
    assert!(matches!(&effects[..], [Effect::Timer { .. }]), "this one was answered");
    assert_eq!(kit.order().trouble, None);
    let sender = Sender { owner: "d".into(), request: Digest::of(b""), uptime: None };
    kit.decided(Command::BeginRetrieve { sender });
    let attempt = kit.order().under_way().unwrap().number;
    kit.decided(Command::End { attempt, outcome: refused("retrieve_rcc/2000"), uptime: None });
    kit.show(false);
    kit.now += SECOND * 2;
    let check = kit.tell(Msg::Timer(1));
    let effects = kit.engine(&check, Some(Outcome::NotAccepted));
    assert!(
        matches!(&effects[..], [Effect::Timer { .. }]),
        "another call's trouble says nothing of this one"
    );
}

#[test]
fn polling_goes_on_while_the_agent_looks_at_the_queue() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.sent();
    kit.enter();
    kit.key(Code::Esc);
    let id = Some(kit.order().id);
    let wait = Msg::Failed { id, problem: problem(Retry::Useful), after: true, retry_after: Some(5) };
    assert_eq!(kit.tell(wait), [Effect::Timer { id: 1, delay: SECOND * 5 }]);
    assert!(matches!(&kit.tell(Msg::Timer(1))[..], [Effect::Run(_, Task::Check)]));
    let id = Some(kit.order().id);
    kit.tell(Msg::Failed { id, problem: problem(Retry::Futile), after: true, retry_after: None });
    assert!(kit.model.frame.notice.as_ref().unwrap().text.contains("cannot be read"), "told where one looks");
    assert!(kit.model.order.as_ref().unwrap().problem.is_some(), "and where it belongs");
}

#[test]
fn a_window_that_ends_while_it_is_looked_at_takes_the_question_away() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.read_and_accepted();
    kit.enter();
    kit.now += SECOND * 60 * 109;
    assert_eq!(kit.press('y'), [], "a minute is less than Complete may take");
    kit.now += SECOND * 120;
    kit.tell(Msg::Tick);
    assert_eq!(kit.pane(), Pane::Outcome);
    assert!(next_line(&kit.model).starts_with("Too late"));
}

#[test]
fn an_ended_order_offers_no_correction() {
    let mut kit = Kit::with_order();
    let effects = kit.enter();
    kit.engine(&effects, Some(refused("retrieve_rcc/2000")));
    assert!(bindings(&kit.model).iter().any(|b| b.primary && b.action == Action::Amend));
    kit.decided(Command::Abandon { reason: "moved away".into() });
    kit.show(false);
    assert!(bindings(&kit.model).iter().all(|b| b.action != Action::Amend));
    assert!(next_line(&kit.model).starts_with("Abandoned"));
}

#[test]
fn a_reading_left_in_the_middle_of_a_keystroke_is_put_aside_afterwards() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    let effects = kit.enter();
    kit.engine(&effects, None);
    kit.now += SECOND * 2;
    let read = kit.press(' ');
    assert_eq!(kit.key(Code::Esc), []);
    let after = kit.engine(&read, None);
    assert!(matches!(&after[..], [Effect::Run(_, Task::Do(Command::Interrupt))]), "{after:?}");
}

#[test]
fn an_order_that_comes_late_does_not_take_the_screen_from_a_form() {
    let mut kit = Kit::with_order();
    kit.key(Code::Esc);
    kit.enter();
    kit.press('n');
    kit.show(false);
    assert_eq!(kit.model.screen, Screen::Intake);
}

#[test]
fn a_reading_that_cannot_be_put_aside_keeps_nobody() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    let effects = kit.enter();
    kit.engine(&effects, None);
    kit.strikes(Key::ctrl('c'));
    let id = Some(kit.order().id);
    let failed = Msg::Failed { id, problem: problem(Retry::Useful), after: true, retry_after: None };
    assert_eq!(kit.tell(failed), [Effect::Quit]);
}
