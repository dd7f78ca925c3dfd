//! What goes on for one order while another one is open.

use super::faults::problem;
use super::*;
use crate::order::{Amendment, Failure, Retry, Secret};

fn said(kit: &Kit) -> &str {
    &kit.model.frame.notice.as_ref().unwrap().text
}

/// Another order is opened meanwhile.
fn opens_another(kit: &mut Kit) {
    let id = OrderId::from_bits(2);
    let history = kit.history[..1].to_vec();
    let order = Order::fold(&id, &history).unwrap();
    kit.key(Code::Esc);
    kit.model.opening = Some(id.clone());
    kit.tell(Msg::Order { order: Arc::new(order), history: Arc::new(history), after: false });
    assert_eq!((kit.model.screen, &kit.model.order.as_ref().unwrap().order.id), (Screen::Order, &id));
}

/// A Complete is on its way.
fn completing() -> (Kit, Vec<Effect>) {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.read_and_accepted();
    kit.enter();
    let complete = kit.press('y');
    assert!(matches!(&complete[..], [Effect::Run(_, Task::Complete(_))]));
    (kit, complete)
}

/// The customer was sent the text, and has not accepted by the first check.
fn waiting() -> Kit {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.sent();
    let check = kit.enter();
    assert_eq!(kit.engine(&check, Some(Outcome::NotAccepted)).len(), 1);
    kit
}

fn accepted() -> Outcome {
    Outcome::Accepted { method: None, accepted_at: None, tx_id: None }
}

/// Another desk corrects the order while this one is asked whether to place it.
#[test]
fn a_yes_to_an_order_that_was_changed_meanwhile_does_nothing() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.read_and_accepted();
    kit.enter();
    let amendment = Amendment { payment_token: Some(Secret::new("tok-BOB")), ..Amendment::default() };
    kit.decided(Command::Amend(amendment));
    kit.show(false);
    assert!(matches!(kit.model.frame.overlay, Some(Overlay::Confirm(Confirm::Complete(_)))), "it stands");
    assert_eq!(kit.press('y'), [], "nothing is sent");
    let keys: Vec<Key> = bindings(&kit.model).into_iter().map(|binding| binding.key).collect();
    assert_eq!(keys, [Key::plain(Code::Esc)], "and y is not offered");
    kit.key(Code::Esc);
    // Asked again, it is about the order as it is now.
    kit.enter();
    let shown = kit.order().shown();
    assert!(matches!(&kit.press('y')[..], [Effect::Run(_, Task::Complete(of))] if *of == shown));
}

/// Another desk abandons the order while this one types where the text is to go.
#[test]
fn what_is_sent_with_a_form_that_came_too_late_is_said_not_to_be_sent() {
    let asked = |key| {
        let mut kit = Kit::with_order();
        kit.retrieved();
        kit.press(key);
        assert!(matches!(kit.model.frame.overlay, Some(Overlay::Ask(..))));
        kit
    };
    let abandon = || Command::Abandon { reason: "hung up".into() };
    for (key, words) in
        [('s', "nothing was sent: "), ('e', "nothing was sent: "), ('a', "nothing was done: ")]
    {
        let mut kit = asked(key);
        kit.decided(abandon());
        kit.show(false);
        assert_eq!(kit.strikes(Key::ctrl('s')), [], "{key}");
        assert_eq!(said(&kit), format!("{words}the order is abandoned now"), "{key}");
        assert!(kit.model.frame.overlay.is_none(), "{key}");
    }
    // This desk does not know of it yet: the engine does.
    let mut kit = asked('s');
    let sends = kit.strikes(Key::ctrl('s'));
    assert!(matches!(&sends[..], [Effect::Run(_, Task::Send(_))]), "{sends:?}");
    let what = "the order was abandoned: hung up".to_owned();
    let problem = Problem { what, field: "order".into(), next: String::new(), ..problem(Retry::Futile) };
    kit.tell(Msg::Failed { id: Some(kit.order().id), problem, after: true, retry_after: None });
    kit.decided(abandon());
    kit.show(false);
    assert_eq!(said(&kit), "Nothing was sent: the order was abandoned: hung up.");
}

#[test]
fn what_became_of_a_complete_is_told_and_called_out_by_its_order() {
    let completed =
        Outcome::Completed { order_number: "N1".into(), order_status: None, tx_id: None, details: None };
    for (outcome, words) in [
        (Outcome::Failed(Failure::Unknown("cut".into())), "got no answer that could be used"),
        (Outcome::Failed(Failure::NotSent("no route".into())), "was not sent"),
        (Outcome::Failed(Failure::Credentials("401".into())), "there was no token for it"),
        (refused("complete_order/1215"), "was refused with 1215"),
        (refused("complete_order/payment_down"), "Complete Order was refused: payment service down"),
        (completed, "the order is placed"),
    ] {
        let (mut kit, complete) = completing();
        opens_another(&mut kit);
        let id = kit.order().id;
        let called = kit.engine(&complete, Some(outcome));
        let [Effect::Notify(text)] = &called[..] else { panic!("{called:?}") };
        assert!(text.starts_with(&format!("Order {id}: ")) && text.ends_with(words), "{text}");
        assert!(said(&kit).starts_with(&format!("order {id}: ")) && said(&kit).ends_with(words));
    }
}

#[test]
fn a_notice_names_its_order_unless_that_is_in_front() {
    let (mut kit, complete) = completing();
    kit.engine(&complete, Some(Outcome::Failed(Failure::Unknown("cut".into()))));
    assert!(!said(&kit).contains("order "), "{}", said(&kit));
    let (mut kit, complete) = completing();
    kit.key(Code::Esc);
    let called = kit.engine(&complete, Some(Outcome::Failed(Failure::Unknown("cut".into()))));
    assert!(said(&kit).starts_with(&format!("order {}: ", kit.order().id)), "{}", said(&kit));
    assert!(matches!(&called[..], [Effect::Notify(_)]), "{called:?}");
}

#[test]
fn a_complete_that_ends_in_an_error_calls_the_agent_back() {
    let (mut kit, _) = completing();
    opens_another(&mut kit);
    let id = kit.order().id;
    let problem = Problem { field: "journal".into(), ..problem(Retry::Dangerous) };
    let failed = Msg::Failed { id: Some(id.clone()), problem, after: true, retry_after: None };
    assert!(matches!(&kit.tell(failed)[..], [Effect::Notify(text)] if text.contains(id.as_str())));
    assert!(said(&kit).starts_with(&format!("order {id}: ")));
}

#[test]
fn the_row_says_completing_while_the_call_is_under_way() {
    let (mut kit, complete) = completing();
    let id = kit.order().id;
    let standing = |kit: &Kit| kit.model.queue.of(&id).unwrap().standing;
    assert_eq!((standing(&kit), kit.model.queue.counts.needing), (State::Completing, 0));
    kit.engine(&complete, Some(refused("complete_order/1215")));
    assert_eq!((standing(&kit), kit.model.queue.counts.needing), (State::Refused, 1));
}

#[test]
fn the_acceptance_is_waited_for_whichever_order_is_open() {
    let mut kit = waiting();
    let id = kit.order().id;
    opens_another(&mut kit);
    assert!(kit.model.polls.contains_key(&id), "opening another order ends nothing");
    let check = kit.tell(Msg::Timer(1));
    assert!(matches!(&check[..], [Effect::Run(asked, Task::Check)] if *asked == id), "{check:?}");
    let next = kit.engine(&check, Some(Outcome::NotAccepted));
    let [Effect::Timer { id: timer, .. }] = next[..] else { panic!("{next:?}") };
    let check = kit.tell(Msg::Timer(timer));
    let called = kit.engine(&check, Some(accepted()));
    assert_eq!(called, [Effect::Notify(format!("Order {id}: the customer accepted"))]);
    assert!(kit.model.polls.is_empty() && kit.model.queue.news.contains(&id));
}

#[test]
fn waiting_for_an_order_out_of_sight_ends_by_itself() {
    let mut kit = waiting();
    let id = kit.order().id;
    opens_another(&mut kit);
    let check = kit.tell(Msg::Timer(1));
    kit.now += SECOND * 3_600;
    let stop = kit.engine(&check, Some(Outcome::NotAccepted));
    assert!(matches!(&stop[..], [Effect::Run(of, Task::Do(Command::StopChecking { .. }))] if *of == id));
    assert!(said(&kit).starts_with(&format!("order {id}: no acceptance yet")), "{}", said(&kit));

    let mut kit = waiting();
    opens_another(&mut kit);
    kit.tell(Msg::Timer(1));
    let problem = problem(Retry::Futile);
    kit.tell(Msg::Failed { id: Some(id), problem, after: true, retry_after: None });
    assert!(kit.model.polls.is_empty(), "nothing is asked for ever that cannot be answered");
}

#[test]
fn an_acceptance_that_another_desk_recorded_calls_back_too() {
    let mut kit = waiting();
    let id = kit.order().id;
    opens_another(&mut kit);
    assert!(kit.tell(Msg::JournalChanged).contains(&Effect::LoadOrder(id.clone())));
    kit.decided(Command::Checked { outcome: accepted() });
    assert!(matches!(&kit.show(false)[..], [Effect::Notify(_)]));
    assert!(kit.model.polls.is_empty() && kit.model.queue.news.contains(&id));
}

#[test]
fn what_was_sent_can_still_be_asked_about_while_the_text_is_read() {
    let mut kit = waiting();
    let stop = kit.press('x');
    kit.engine(&stop, None);
    let read = kit.press('v');
    kit.engine(&read, None);
    assert_eq!(kit.pane(), Pane::Reading);
    let check = kit.press('w');
    assert!(matches!(&check[..], [Effect::Run(_, Task::Check)]), "{check:?}");
    assert_eq!(kit.engine(&check, Some(Outcome::NotAccepted)), [], "once");
    assert_eq!((kit.pane(), said(&kit)), (Pane::Reading, "Not accepted yet"));
    let aside = kit.press('i');
    kit.engine(&aside, None);
    kit.model.screen = Screen::Order;
    kit.show(false);
    assert_eq!(kit.pane(), Pane::Deliver);
    let check = kit.press('w');
    kit.engine(&check, Some(accepted()));
    assert_eq!(kit.pane(), Pane::Complete);
}
