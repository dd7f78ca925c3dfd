//! An order in doubt at the desk: a wait, then a probe or a verdict, each after a deliberate yes; and a foreign submission.

use super::*;
use crate::order::{Attention, Failure, Retry, Statement, Who};

/// A Complete went out, and no answer came.
fn in_doubt() -> Kit {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.read_and_accepted();
    kit.enter();
    let effects = kit.press('y');
    kit.engine(&effects, Some(Outcome::Failed(Failure::Unknown("cut".into()))));
    assert_eq!((kit.pane(), kit.order().standing()), (Pane::Outcome, State::InDoubt));
    kit
}

/// The same, when its quiet period is over.
fn rested() -> Kit {
    let mut kit = in_doubt();
    kit.now += SECOND * 240;
    kit.tell(Msg::Tick);
    kit
}

fn probes(effects: &[Effect]) -> bool {
    matches!(effects, [Effect::Run(_, Task::Probe)])
}

fn said(kit: &Kit) -> &str {
    &kit.model.frame.notice.as_ref().unwrap().text
}

#[test]
fn before_the_quiet_period_is_over_no_key_does_anything() {
    let mut kit = in_doubt();
    for c in ['p', 'v', 'a', 'X'] {
        assert_eq!((kit.press(c), kit.model.frame.overlay.is_some()), (vec![], false), "{c}");
    }
    assert!(next_line(&kit.model).starts_with("Locked"));
}

#[test]
fn the_countdown_ticks_each_second_while_it_is_seen_and_no_longer() {
    let mut kit = in_doubt();
    kit.now += SECOND * 100;
    kit.tell(Msg::Tick);
    assert_eq!(next_tick(&kit.model, kit.now), Some(SECOND));
    kit.key(Code::Esc);
    assert_eq!(next_tick(&kit.model, kit.now), Some(SECOND * 5), "the queue's seconds pass a few at a time");
    kit.press('s');
    kit.now += SECOND * 130;
    kit.tell(Msg::Tick);
    assert_eq!(
        next_tick(&kit.model, kit.now),
        Some(SECOND * 6),
        "the supervisor's row changes when it is over"
    );
    assert!(next_tick(&rested().model, rested().now).is_some_and(|tick| tick > SECOND));
}

#[test]
fn a_probe_takes_one_question_and_2130_then_completes_the_order_as_inferred() {
    let mut kit = rested();
    assert_eq!(kit.press('p'), []);
    assert_eq!(kit.key(Code::Esc), [], "going back sends nothing");
    assert_eq!(kit.press('y'), []);
    kit.press('p');
    let effects = kit.press('y');
    assert!(probes(&effects), "{effects:?}");
    assert_eq!(kit.press('p'), [], "once is enough");
    kit.engine(&effects, Some(refused("complete_order/2130")));
    assert_eq!(kit.order().standing(), State::Completed);
    assert!(said(&kit).contains("inferred") && next_line(&kit.model).contains("inferred"));
    assert!(matches!(&kit.press('c')[..], [Effect::Copy(ids)] if ids.contains("T1")), "there is no number");
}

#[test]
fn a_probe_that_is_refused_leaves_the_order_in_doubt_and_says_so() {
    let mut kit = rested();
    kit.press('p');
    let effects = kit.press('y');
    kit.engine(&effects, Some(refused("complete_order/1099")));
    assert_eq!((kit.pane(), kit.order().standing()), (Pane::Outcome, State::InDoubt));
    assert!(said(&kit).contains("still in doubt"), "{}", said(&kit));
    assert_eq!(kit.press('a'), [], "nothing is mended while it is in doubt");
    kit.press('p');
    assert!(probes(&kit.press('y')));
}

/// Fills the verdict in, up to the question that reads it back.
fn verdict(kit: &mut Kit, placed: &str) {
    kit.press('v');
    for text in [placed, "TICKET-7", "Ann Supervisor"] {
        kit.types(text);
        assert_eq!(kit.enter(), []);
    }
    assert!(
        matches!(&kit.model.frame.overlay, Some(Overlay::Confirm(Confirm::Settle(_)))),
        "{:?}",
        kit.model.frame.overlay
    );
}

#[test]
fn a_verdict_is_filled_in_read_back_and_only_then_written() {
    let mut kit = rested();
    verdict(&mut kit, "no");
    assert_eq!(kit.key(Code::Esc), [], "going back writes nothing");
    verdict(&mut kit, "no");
    let statement = Statement { placed: false, reference: "TICKET-7".into(), name: "Ann Supervisor".into() };
    let effects = kit.press('y');
    assert!(matches!(&effects[..], [Effect::Run(_, Task::Resolve(said))] if *said == statement));
    kit.engine(&effects, None);
    assert_eq!((kit.pane(), said(&kit).contains("not placed")), (Pane::Complete, true));
    kit.enter();
    assert!(matches!(&kit.press('y')[..], [Effect::Run(_, Task::Complete(_))]), "under the same ids");
}

#[test]
fn a_verdict_of_placed_ends_the_order_with_the_carriers_reference() {
    let mut kit = rested();
    verdict(&mut kit, "Yes");
    let effects = kit.press('y');
    kit.engine(&effects, None);
    assert_eq!(kit.order().standing(), State::Completed);
    assert_eq!(kit.press('c'), [Effect::Copy("TICKET-7".into())]);
}

#[test]
fn a_verdict_without_a_clear_word_a_reference_or_a_name_is_not_read_back() {
    let mut kit = rested();
    kit.press('v');
    kit.types("perhaps");
    assert_eq!(kit.strikes(Key::ctrl('s')), []);
    let Some(Overlay::Ask(Confirm::Verdict, form)) = &kit.model.frame.overlay else { panic!() };
    assert!(form.fields.iter().all(|field| field.error.is_some()), "{form:?}");
    assert_eq!(form.focus, 0);
}

#[test]
fn what_another_desk_settled_meanwhile_is_not_settled_again() {
    let mut kit = rested();
    verdict(&mut kit, "no");
    let (statement, quiet) = (
        Statement { placed: true, reference: "N-1".into(), name: "Bo".into() },
        kit.model.setup.quiet_period,
    );
    kit.decided(Command::Resolve { statement, quiet, uptime: None });
    kit.show(false);
    assert_eq!(kit.press('y'), []);
    assert!(next_line(&kit.model).starts_with("Esc goes back"));
    let keys: Vec<Key> = bindings(&kit.model).into_iter().map(|binding| binding.key).collect();
    assert!(!keys.contains(&Key::char('y')), "{keys:?}");
}

#[test]
fn in_production_a_probe_is_a_real_order() {
    let mut kit = rested();
    kit.model.setup.environment = Environment::Production;
    kit.press('p');
    assert_eq!(kit.press('y'), []);
    kit.types("live");
    assert!(probes(&kit.enter()));
}

#[test]
fn somebody_elses_submission_is_an_alarm_for_as_long_as_it_stands() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.read_and_accepted();
    kit.enter();
    let effects = kit.press('y');
    kit.engine(&effects, Some(refused("complete_order/2130")));
    for _ in 0..2 {
        assert_eq!(kit.pane(), Pane::Outcome);
        assert!(next_line(&kit.model).starts_with("Alarm"), "{}", next_line(&kit.model));
        assert_eq!(Summary::of(&kit.order()).attention_at(kit.now), Attention::Alarm);
        // The window closes, and the alarm stays.
        kit.now += SECOND * 60 * 120;
        kit.tell(Msg::Tick);
    }
}

#[test]
fn an_order_like_one_in_doubt_is_taken_in_only_with_a_supervisors_reason() {
    let mut kit = Kit::new();
    kit.tell(Msg::Paste(new_order("2").to_string()));
    let submit = |kit: &mut Kit| kit.strikes(Key::ctrl('s'));
    let [Effect::Open(new)] = &submit(&mut kit)[..] else { panic!() };
    assert_eq!(new.despite_doubt, None);
    let refusal = crate::order::Refusal::SameSaleInDoubt { order: "o1".into() };
    let problem = Problem {
        what: refusal.to_string(),
        field: refusal.field().into(),
        who: Who::Supervisor,
        next: refusal.next().into(),
        retry: Retry::Dangerous,
        code: None,
        tx_id: None,
    };
    kit.tell(Msg::Failed { id: None, problem, after: true, retry_after: None });
    let form = &kit.model.intake;
    let asked = &form.fields[form.focus];
    assert!(asked.name == "despiteDoubt" && asked.error.as_ref().unwrap().contains("in doubt"), "{asked:?}");
    kit.types("the carrier has no such order: Bo");
    let [Effect::Open(new)] = &submit(&mut kit)[..] else { panic!() };
    assert_eq!(new.despite_doubt.as_deref(), Some("the carrier has no such order: Bo"));
}

#[test]
fn what_the_role_may_not_do_is_not_offered_and_who_can_is_said() {
    let mut kit = rested();
    assert!(next_line(&kit.model).contains("v records"), "{}", next_line(&kit.model));
    kit.model.setup.role = Role::Agent;
    let line = next_line(&kit.model);
    assert!(line.starts_with("p sends") && line.contains("a supervisor records") && !line.contains("v rec"));

    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.read_and_accepted();
    kit.enter();
    let effects = kit.press('y');
    kit.engine(&effects, Some(refused("complete_order/payment_down")));
    assert!(next_line(&kit.model).contains("u releases"), "{}", next_line(&kit.model));
    kit.model.setup.role = Role::Agent;
    let line = next_line(&kit.model);
    assert!(line.contains("ask a supervisor") && !line.contains("u releases"), "{line}");

    let mut kit = Kit::with_order();
    let effects = kit.enter();
    kit.engine(&effects, Some(refused("retrieve_rcc/2131")));
    assert!(next_line(&kit.model).contains("X abandons it"), "{}", next_line(&kit.model));
    kit.model.setup.role = Role::Agent;
    assert!(next_line(&kit.model).contains("X abandons it"), "it is their own order");
    kit.model.setup.agent = "k.ono".into();
    assert!(!next_line(&kit.model).contains("X abandons"), "{}", next_line(&kit.model));
}

#[test]
fn a_page_that_tells_something_else_begins_at_its_top_and_a_mere_refresh_moves_nothing() {
    let scrolled = |kit: &mut Kit| kit.model.order.as_mut().unwrap().scroll_to(9);
    let top = |kit: &Kit| kit.model.order.as_ref().unwrap().top;
    let mut kit = rested();
    scrolled(&mut kit);
    kit.show(false);
    assert_eq!(top(&kit), 9, "nothing has changed");
    kit.press('p');
    let effects = kit.press('y');
    kit.engine(&effects, Some(refused("complete_order/2130")));
    assert_eq!((kit.pane(), kit.order().standing(), top(&kit)), (Pane::Outcome, State::Completed, 0));

    // The text has changed.
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.read_and_accepted();
    kit.enter();
    let effects = kit.press('y');
    kit.engine(&effects, Some(refused("complete_order/1210")));
    scrolled(&mut kit);
    let effects = kit.enter();
    let section = crate::order::Section { id: None, title: None, text: "another".into() };
    let rcc = crate::order::Rcc { language: None, sections: vec![section] };
    kit.engine(&effects, Some(Outcome::Rcc { rcc, tx_id: None }));
    assert!(kit.order().replaced.is_some());
    assert_eq!((kit.pane(), top(&kit)), (Pane::Deliver, 0));

    // What is read aloud stays where it is, whatever else comes in.
    let effects = kit.enter();
    kit.engine(&effects, None);
    scrolled(&mut kit);
    let (order, history) = (Arc::new(kit.order()), Arc::new(kit.history.clone()));
    update(&mut kit.model, Msg::Order { order, history, after: false }, kit.now);
    assert_eq!((kit.pane(), top(&kit)), (Pane::Reading, 9));
}
