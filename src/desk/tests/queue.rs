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
