//! The queue while it is read again, chunk by chunk.

use super::*;

fn rows(range: std::ops::Range<u64>) -> Vec<Summary> {
    let order = Kit::with_order().order();
    range
        .map(|n| Summary {
            id: OrderId::from_bits(n),
            transaction_id: format!("T-{n}").into(),
            ..Summary::of(&order)
        })
        .collect()
}

#[test]
fn reading_the_queue_again_neither_loses_the_chosen_row_nor_shows_one_twice() {
    let mut kit = Kit::new();
    kit.tell(Msg::Queue { rows: rows(0..300), first: true, last: true });
    for _ in 0..250 {
        kit.press('j');
    }
    let chosen = kit.model.queue.chosen().unwrap().id.clone();
    kit.tell(Msg::Queue { rows: rows(0..100), first: true, last: false });
    assert_eq!(kit.model.queue.chosen().unwrap().id, chosen, "its chunk is still to come");
    kit.tell(Msg::Queue { rows: rows(90..300), first: false, last: true });
    assert_eq!((kit.model.queue.rows.len(), &kit.model.queue.chosen().unwrap().id), (300, &chosen));
}

#[test]
fn an_older_chunk_does_not_undo_what_was_just_done() {
    let mut kit = Kit::with_order();
    let old = Summary::of(&kit.order());
    kit.retrieved();
    kit.tell(Msg::Queue { rows: vec![old], first: true, last: true });
    assert_eq!(kit.model.queue.rows[0].standing, State::RccRetrieved);
}

#[test]
fn the_supervisors_choice_stays_on_its_order() {
    let mut kit = Kit::new();
    let mut all = rows(0..3);
    for row in &mut all {
        row.standing = State::InDoubt;
    }
    kit.tell(Msg::Queue { rows: all.clone(), first: true, last: true });
    kit.press('s');
    kit.press('j');
    let chosen = kit.enter();
    let mut first = all[0].clone();
    (first.standing, first.seq) = (State::Completed, first.seq + 1);
    kit.tell(Msg::Queue { rows: vec![first], first: false, last: true });
    assert_eq!((kit.model.stalled.rows.len(), kit.enter()), (2, chosen));
}

#[test]
fn the_queue_is_filtered_as_one_types_and_keeps_its_choice() {
    let mut kit = Kit::new();
    let order = Kit::with_order().order();
    let rows = (0..10_000).map(|n| Summary {
        id: OrderId::from_bits(n),
        transaction_id: format!("T-{n}").into(),
        ..Summary::of(&order)
    });
    kit.tell(Msg::Queue { rows: rows.collect(), first: true, last: true });
    kit.press('/');
    kit.types("t-999");
    assert_eq!(kit.model.queue.matches.len(), 11);
    kit.enter();
    kit.press('j');
    let chosen = kit.model.queue.chosen().unwrap().id.clone();
    kit.key(Code::Esc);
    assert_eq!(
        (kit.model.queue.matches.len(), kit.model.queue.chosen().unwrap().id.clone()),
        (10_000, chosen)
    );
}

#[test]
fn only_what_is_safe_is_offered_for_a_retry() {
    let mut kit = Kit::with_order();
    let effects = kit.enter();
    kit.engine(&effects, Some(refused("retrieve_rcc/4040")));
    kit.key(Code::Esc);
    kit.press('s');
    assert_eq!(kit.model.stalled.rows.len(), 1);
    kit.press('A');
    assert!(matches!(&kit.press('y')[..], [Effect::RetryAll(ids)] if ids.len() == 1));
    let mut kit = Kit::with_order();
    let effects = kit.enter();
    kit.engine(&effects, Some(refused("retrieve_rcc/2131")));
    kit.key(Code::Esc);
    kit.press('s');
    assert_eq!((kit.press('r'), kit.press('A'), kit.press('y')), (vec![], vec![], vec![]));
    assert!(kit.model.frame.notice.is_some());
}
