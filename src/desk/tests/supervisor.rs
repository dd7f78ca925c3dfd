//! The supervisor's desk: marks, batches, roles, hands, two people, the day.

use super::shift::{Floor, doubted};
use super::*;
use crate::order::Failure;
use crate::report::Figures;

fn not_sent() -> Vec<Command> {
    let sender = Sender { owner: "d".into(), request: Digest::of(b""), uptime: None };
    let outcome = Outcome::Failed(Failure::NotSent("no route".into()));
    vec![Command::BeginRetrieve { sender }, Command::End { attempt: 1, outcome, uptime: None }]
}

/// So many orders that could not be sent, and one that nobody has gone on with.
fn floor(orders: usize) -> Floor {
    let mut floor = Floor::new();
    for _ in 0..orders {
        floor.add(20, 60, not_sent());
    }
    floor.add(20, 60, Vec::new());
    let rows = floor.summaries();
    floor.kit.tell(whole(rows));
    floor
}

fn item(effects: &[Effect]) -> OrderId {
    match effects {
        [Effect::Item(id, _)] => id.clone(),
        other => panic!("{other:?}"),
    }
}

fn ended(id: OrderId, done: bool) -> Msg {
    Msg::Ended(Ended { id, how: How::of(done), what: "said".into() })
}

#[test]
fn groups_open_and_close_and_what_is_chosen_stays_so() {
    let mut floor = floor(30);
    floor.strikes("s");
    let lines = |floor: &Floor| floor.kit.model.stalled.lines.len();
    assert_eq!(lines(&floor), 2, "two causes, closed, for they would not fit");
    floor.strikes("\r");
    assert_eq!(lines(&floor), 32);
    floor.strikes("jjj");
    let chosen = floor.kit.model.stalled.row().unwrap().id.clone();
    floor.kit.tell(Msg::Tick);
    assert_eq!(floor.kit.model.stalled.row().unwrap().id, chosen);
    floor.strike(Key::plain(Code::Left));
    assert_eq!((lines(&floor), floor.kit.model.stalled.selected), (2, 0), "closed, on its heading");
    floor.strike(Key::plain(Code::Right));
    assert_eq!(lines(&floor), 32);
}

#[test]
fn marks_survive_a_reload_and_a_look_elsewhere_and_go_with_what_is_done() {
    let mut floor = floor(3);
    floor.strikes("s*");
    assert_eq!(floor.kit.model.stalled.marked.len(), 3);
    floor.strike(Key::plain(Code::Esc));
    floor.strikes("s");
    assert_eq!(floor.kit.model.stalled.marked_rows().count(), 3);
    let effects = floor.kit.tell(Msg::JournalChanged);
    floor.follow(effects);
    assert_eq!(floor.kit.model.stalled.marked_rows().count(), 3);
    // One of them moves on at another desk.
    let mut rows = floor.kit.model.stalled.rows.clone();
    rows.remove(0);
    floor.kit.tell(Msg::Stalled { after: None, rows, more: false });
    assert_eq!(floor.kit.model.stalled.marked.len(), 2);
    floor.strikes("*");
    assert!(floor.kit.model.stalled.marked.is_empty(), "once more takes the marks away");
}

#[test]
fn a_batch_is_paused_gone_on_with_and_stopped_and_the_rest_stays_marked() {
    let mut floor = floor(5);
    floor.strikes("s*");
    let kit = &mut floor.kit;
    kit.press('A');
    let Some(Overlay::Confirm(Confirm::RetryAll(plan))) = &kit.model.frame.overlay else { panic!() };
    assert_eq!((plan.send.len(), plan.left_out.len()), (5, 0));
    let first = item(&kit.press('y'));
    assert_eq!(kit.model.frame.under_way, 1, "one at a time");
    assert_eq!((kit.press('A'), kit.press('y')), (vec![], vec![]), "one batch at a time");
    kit.press('p');
    assert_eq!(kit.tell(ended(first.clone(), true)), [], "paused");
    let second = item(&kit.press('p'));
    assert_ne!(first, second);
    let third = item(&kit.tell(ended(second.clone(), false)));
    kit.press('x');
    assert!(next_line(&kit.model).starts_with("The batch is stopping"), "{}", next_line(&kit.model));
    assert_eq!(kit.tell(ended(third, true)), []);
    let stalled = &kit.model.stalled;
    let batch = stalled.batch.as_ref().unwrap();
    assert_eq!((batch.of, batch.done(), batch.ended.len(), batch.left), (5, 2, 3, 2));
    assert_eq!(stalled.marked.len(), 3, "the one that failed, and the two that were not begun");
    assert!(stalled.marked.contains(&second) && !batch.is_running());
    assert!(kit.model.frame.notice.as_ref().unwrap().text.contains("2 were not begun"));
    kit.press('h');
    assert!(matches!(kit.model.frame.overlay, Some(Overlay::History)));
    // What is left is taken up again.
    kit.key(Code::Esc);
    kit.press('A');
    item(&kit.press('y'));
    assert_eq!(kit.model.stalled.batch.as_ref().unwrap().of, 3);
}

#[test]
fn a_batch_stops_where_nothing_can_be_recorded_and_an_answer_in_hand_has_not_failed() {
    for (how, failed, marked) in [(How::Answered, 0, 3), (How::Lost, 1, 4)] {
        let mut floor = floor(5);
        floor.strikes("s*");
        let kit = &mut floor.kit;
        kit.press('A');
        let first = item(&kit.press('y'));
        let second = item(&kit.tell(ended(first, true)));
        let what = "the journal cannot be reached".into();
        assert_eq!(kit.tell(Msg::Ended(Ended { id: second.clone(), how, what })), [], "no other is begun");
        let stalled = &kit.model.stalled;
        let batch = stalled.batch.as_ref().unwrap();
        assert_eq!((batch.done(), batch.failed(), batch.left, batch.is_running()), (1, failed, 3, false));
        assert_eq!((stalled.marked.len(), stalled.marked.contains(&second)), (marked, how == How::Lost));
        let said = &kit.model.frame.notice.as_ref().unwrap().text;
        assert!(said.starts_with("1 of 5 moved on; "), "{said}");
        assert!(said.contains("as nothing can be recorded: 3 were not begun and stay marked"), "{said}");
        assert_eq!(said.contains(&format!("{second} was answered")), how == How::Answered, "{said}");
    }
}

#[test]
fn what_moves_on_before_its_turn_is_left_out_and_says_why() {
    let mut floor = floor(2);
    floor.strikes("s*");
    let kit = &mut floor.kit;
    kit.press('A');
    let first = item(&kit.press('y'));
    let mut other =
        kit.model.stalled.rows.iter().find(|row| row.id != first && row.trouble.is_some()).cloned();
    let other = other.as_mut().unwrap();
    (other.trouble, other.standing) = (None, State::InDoubt);
    let rows = vec![other.clone()];
    kit.tell(Msg::Stalled { after: None, rows, more: false });
    assert_eq!(kit.tell(ended(first, true)), [], "the other one is not sent");
    let batch = kit.model.stalled.batch.as_ref().unwrap();
    assert!(batch.ended[1].what.starts_with("left out: Complete was sent"), "{:?}", batch.ended);
    assert_eq!((batch.done(), batch.failed(), batch.left_out()), (1, 0, 1), "nothing went wrong");
    let said = &kit.model.frame.notice.as_ref().unwrap().text;
    assert_eq!(said, "1 of 2 moved on; 1 left out: h shows why");
}

#[test]
fn what_is_left_out_is_counted_apart_from_what_failed() {
    let mut floor = floor(3);
    floor.strikes("s*");
    let kit = &mut floor.kit;
    kit.press('A');
    let first = item(&kit.press('y'));
    let second = item(&kit.tell(ended(first, false)));
    let what = "left out: It was abandoned.".to_owned();
    let moved = Ended { id: second, how: How::LeftOut, what };
    let third = item(&kit.tell(Msg::Ended(moved)));
    assert_eq!(kit.tell(ended(third, true)), []);
    let said = &kit.model.frame.notice.as_ref().unwrap().text;
    assert_eq!(said, "1 of 3 moved on; 1 failed, 1 left out: h shows why");
}

#[test]
fn what_was_sent_elsewhere_since_the_preview_is_left_out() {
    let mut floor = floor(2);
    floor.strikes("s*");
    let kit = &mut floor.kit;
    kit.press('A');
    let first = item(&kit.press('y'));
    let mut rows = kit.model.stalled.rows.clone();
    rows.retain(|row| row.id != first && row.trouble.is_some());
    rows[0].attempts += 1;
    kit.tell(Msg::Stalled { after: None, rows, more: false });
    assert_eq!(kit.tell(ended(first, true)), [], "the other one is not sent");
    let batch = kit.model.stalled.batch.as_ref().unwrap();
    assert_eq!(batch.ended[1].what, "left out: it has moved on since");
}

#[test]
fn a_desk_that_is_told_to_end_begins_no_other_order() {
    let mut floor = floor(3);
    floor.strikes("s");
    let kit = &mut floor.kit;
    kit.press('A');
    let first = item(&kit.press('y'));
    assert_eq!(kit.tell(Msg::AskedToQuit), []);
    assert_eq!(kit.tell(ended(first, true)), [Effect::Quit]);
}

#[test]
fn five_thousand_orders_with_a_tenth_failing_end_each_on_its_own() {
    let mut floor = Floor::new();
    floor.add(20, 60, not_sent());
    let row = floor.summaries().remove(0);
    let rows: Vec<Summary> =
        (0..6_000).map(|n| Summary { id: OrderId::from_bits(n * 31), ..row.clone() }).collect();
    let kit = &mut floor.kit;
    kit.press('s');
    let mut after = None;
    for rows in rows.chunks(500) {
        let effects = kit.tell(Msg::Stalled { after: after.take(), rows: rows.to_vec(), more: true });
        match &effects[..] {
            [Effect::LoadStalled { after: Some(last), .. }] => after = Some(last.id.clone()),
            [] => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(kit.model.stalled.rows.len(), MOST_STALLED, "no more than that is ever held");
    kit.press('*');
    assert_eq!(kit.model.stalled.marked.len(), 5_000);
    kit.press('A');
    let mut effects = kit.press('y');
    for n in 0.. {
        let [Effect::Item(id, _)] = &effects[..] else { break };
        effects = kit.tell(ended(id.clone(), n % 10 != 0));
    }
    let batch = kit.model.stalled.batch.as_ref().unwrap();
    assert_eq!((batch.ended.len(), batch.done()), (5_000, 4_500));
    assert_eq!(kit.model.stalled.marked.len(), 500);
}

#[test]
fn the_line_about_the_next_key_names_what_fits_the_orders_that_are_meant() {
    let mut floor = Floor::new();
    floor.add(20, 60, not_sent());
    floor.add(20, 60, Vec::new());
    floor.add(60, 130, Vec::new());
    let rows = floor.summaries();
    floor.kit.tell(whole(rows));
    floor.strikes("s");
    let groups = floor.kit.model.stalled.groups.clone();
    for group in &groups {
        let line = |line: &Line| matches!(line, Line::Group(at) if groups[*at] == *group);
        let at = floor.kit.model.stalled.lines.iter().position(line).unwrap();
        floor.strike(Key::plain(Code::Home));
        floor.strikes(&"j".repeat(at));
        let (key, says) = match group.cause.key.as_str() {
            "expired" => ('X', "X then abandons them"),
            "not_sent" => ('A', "A previews a retry of all"),
            _ => ('G', "G then assigns them"),
        };
        assert!(next_line(&floor.kit.model).contains(says), "{}", next_line(&floor.kit.model));
        floor.strikes("*");
        let said = next_line(&floor.kit.model);
        assert!(said.starts_with(key) && said.contains("the 1 marked"), "{}: {said}", group.cause.key);
        assert_eq!(bindings(&floor.kit.model)[1].key, Key::char(key), "{}", group.cause.key);
        floor.strikes("U");
    }
    assert_eq!(groups.len(), 3);
}

#[test]
fn what_the_role_may_not_do_is_not_offered_and_says_why() {
    let mut floor = floor(2);
    floor.kit.model.setup.role = Role::Agent;
    floor.strikes("sj");
    for (key, may_not) in [('A', "retry orders in bulk"), ('G', "assign"), ('X', "abandon an order")] {
        assert!(bindings(&floor.kit.model).iter().all(|b| b.key != Key::char(key)), "{key}");
        floor.strike(Key::char(key));
        let said = floor.kit.model.frame.notice.as_ref().unwrap().text.clone();
        assert!(said.contains(may_not) && said.contains("ask a supervisor"), "{said}");
        assert!(floor.kit.model.frame.overlay.is_none());
    }
    floor.kit.model.setup.role = Role::Supervisor;
    floor.strikes("G");
    assert!(matches!(floor.kit.model.frame.overlay, Some(Overlay::Ask(Confirm::Assign(_), _))));
}

#[test]
fn anothers_order_says_so_and_is_taken_over_by_one_deliberate_key() {
    let mut floor = Floor::new();
    let id = floor.add(5, 30, not_sent());
    let rows = floor.summaries();
    floor.kit.tell(whole(rows));
    floor.strikes("\r");
    let said = floor.kit.model.frame.notice.as_ref().unwrap().text.clone();
    assert!(said.contains("j.lee is working on this order"), "{said}");
    assert_eq!(floor.kit.enter(), [], "Enter alone asks, and does nothing else");
    floor.strike(Key::plain(Code::Esc));
    assert!(next_line(&floor.kit.model).contains("takes it over") || floor.kit.model.screen == Screen::Queue);
    floor.strikes("\rO");
    assert!(matches!(floor.kit.model.frame.overlay, Some(Overlay::Confirm(Confirm::TakeOver(..)))));
    floor.strikes("y");
    assert_eq!(floor.order(&id).holder, "r.diaz");
    assert!(
        bindings(&floor.kit.model).iter().any(|b| b.action == Action::Retrieve),
        "now the step is theirs"
    );
}

#[test]
fn a_correction_and_a_verdict_are_begun_from_the_list() {
    let mut floor = floor(1);
    floor.strikes("s");
    let row = floor.kit.model.stalled.lines.iter().position(|line| matches!(line, Line::Row(_))).unwrap();
    for _ in 0..row {
        floor.strikes("j");
    }
    floor.strikes("a");
    assert_eq!(floor.kit.model.screen, Screen::Order);
    assert!(matches!(floor.kit.model.frame.overlay, Some(Overlay::Ask(Confirm::Amend, _))));
    floor.strike(Key::plain(Code::Esc));
    floor.strike(Key::plain(Code::Esc));
    assert_eq!(floor.kit.model.screen, Screen::Stalled, "back to where it came from");
}

#[test]
fn a_note_stands_in_the_history_of_each_marked_order() {
    let mut floor = floor(2);
    floor.strikes("s*Ncalls back at noon\r");
    let notes = |id: &OrderId| floor.order(id).notes.len();
    let ids: Vec<OrderId> = floor.orders.keys().cloned().collect();
    assert_eq!(ids.iter().map(notes).sum::<usize>(), 2);
    assert!(floor.kit.model.frame.notice.as_ref().unwrap().text.contains("2 of 2 given a note"));
}

/// What was typed stays where it can be corrected.
#[test]
fn what_the_engine_would_refuse_is_refused_at_its_field() {
    for (key, text, wrong) in [
        ('N', "x".repeat(501), "the note has 501 characters, and 500 is the most"),
        ('X', "x".repeat(501), "has 501 characters, and 500 is the most"),
        ('G', "x".repeat(101), "this is not the name of an agent"),
        ('G', String::new(), "is required"),
    ] {
        let mut kit = Kit::with_order();
        kit.press(key);
        kit.tell(Msg::Paste(text.clone()));
        assert_eq!(kit.enter(), [], "{key}");
        let Some(Overlay::Ask(_, form)) = &kit.model.frame.overlay else { panic!("{key}: the form is gone") };
        assert_eq!(form.fields[0].error.as_deref(), Some(wrong), "{key}");
        assert_eq!(form.fields[0].input.value(), text, "{key}");
        assert_eq!(kit.model.order.as_ref().unwrap().problem, None);
    }
}

#[test]
fn an_agent_is_typed_into_an_empty_field_each_time() {
    let mut floor = floor(2);
    floor.strikes("s\u{20}Gbob\r");
    floor.strikes("jGk.ono");
    let Some(Overlay::Ask(Confirm::Assign(_), form)) = &floor.kit.model.frame.overlay else { panic!() };
    assert_eq!(form.value("to"), "k.ono", "nothing is put together with an earlier name");
}

#[test]
fn no_reason_is_asked_for_where_an_order_in_doubt_cannot_be_abandoned() {
    let mut floor = Floor::new();
    floor.add(20, 60, doubted());
    let rows = floor.summaries();
    floor.kit.tell(whole(rows));
    floor.strikes("sjX");
    assert!(floor.kit.model.stalled.row().is_some());
    assert!(floor.kit.model.frame.overlay.is_none());
    let said = floor.kit.model.frame.notice.as_ref().unwrap();
    assert!(said.text.contains("cannot be abandoned before its outcome is known"), "{said:?}");
}

#[test]
fn an_order_is_found_by_what_its_row_does_not_show() {
    let mut floor = floor(30);
    floor.strikes("/(303) 555-0123");
    assert_eq!(floor.kit.model.queue.matches.len(), 0);
    let found = floor.summaries().remove(7);
    let text = "(303) 555-0123".to_owned();
    floor.kit.tell(Msg::Found { text, rows: vec![found.clone()] });
    assert_eq!(floor.kit.model.queue.chosen().unwrap().id, found.id);
    floor.strikes("4");
    assert_eq!(floor.kit.model.queue.matches.len(), 0, "another number is another customer's");
}

#[test]
fn the_day_is_read_when_it_is_looked_at_and_again_each_minute() {
    let mut floor = floor(1);
    let kit = &mut floor.kit;
    assert_eq!(kit.press('d'), [Effect::LoadDay]);
    assert_eq!(kit.press('r'), [], "it is on its way");
    let (figures, since) = (Arc::new(Figures::default()), kit.now - SECOND * 3_600);
    kit.tell(Msg::Day { figures, since, until: kit.now });
    assert_eq!(next_tick(&kit.model, kit.now), Some(SECOND * 60));
    kit.key(Code::End);
    let end = kit.model.day.top;
    kit.key(Code::Up);
    assert_eq!(kit.model.day.top + 1, end, "no key is pressed in vain");
    kit.now += SECOND * 60;
    assert_eq!(kit.tell(Msg::Tick), [Effect::LoadDay]);
    kit.key(Code::Esc);
    assert_eq!(kit.model.screen, Screen::Queue);
}

#[test]
fn a_doubt_is_settled_from_the_list_by_two_people_at_two_desks() {
    let mut floor = Floor::new();
    let id = floor.add(20, 60, doubted());
    floor.kit.model.setup.two_people = true;
    let rows = floor.summaries();
    floor.kit.tell(whole(rows));
    let says = |floor: &mut Floor, agent: &str, name: &str| {
        floor.kit.model.setup.agent = agent.to_owned();
        floor.strikes("sjv");
        floor.strikes("yes\rTKT-7\r");
        floor.strikes(name);
        floor.strikes("\ry");
        floor.strike(Key::plain(Code::Esc));
        floor.strike(Key::plain(Code::Esc));
    };
    says(&mut floor, "m.ruiz", "M. Ruiz");
    assert!(floor.order(&id).doubt().is_some() && floor.order(&id).proposal().is_some());
    let said = floor.kit.model.order.as_ref().unwrap().order.proposal().unwrap().name.clone();
    assert_eq!(said, "M. Ruiz");
    says(&mut floor, "j.lee", "J. Lee");
    assert_eq!(floor.order(&id).standing(), State::Completed);
    // An agent is not offered it.
    floor.kit.model.setup.role = Role::Agent;
    assert!(bindings(&floor.kit.model).iter().all(|b| b.action != Action::Verdict));
}

#[test]
fn what_cannot_be_done_yet_is_said_when_the_order_is_there() {
    let mut floor = Floor::new();
    floor.add(1, 60, doubted());
    let rows = floor.summaries();
    floor.kit.tell(whole(rows));
    floor.strikes("sjv");
    assert_eq!(floor.kit.model.screen, Screen::Order);
    assert!(floor.kit.model.frame.overlay.is_none(), "the quiet period is not over");
    assert!(floor.kit.model.frame.notice.as_ref().unwrap().text.contains("not now"));
}
