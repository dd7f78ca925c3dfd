//! The agent is called back when the acceptance comes while they are elsewhere.

use super::*;

fn asked() -> (Kit, Vec<Effect>) {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.sent();
    let effects = kit.enter();
    assert!(matches!(&effects[..], [Effect::Run(_, Task::Check)]));
    (kit, effects)
}

fn accepted() -> Outcome {
    Outcome::Accepted { method: None, accepted_at: None, tx_id: None }
}

#[test]
fn whoever_looks_at_the_order_is_not_called() {
    let (mut kit, effects) = asked();
    assert_eq!(kit.engine(&effects, Some(accepted())), []);
    assert!(kit.model.queue.news.is_empty());
}

#[test]
fn from_the_queue_one_is_called_and_the_row_says_so_until_it_is_opened() {
    let (mut kit, effects) = asked();
    kit.key(Code::Esc);
    let called = kit.engine(&effects, Some(accepted()));
    let [Effect::Notify(text)] = &called[..] else { panic!("{called:?}") };
    let id = kit.order().id;
    assert_eq!(*text, format!("Order {id}: the customer accepted"));
    assert!(kit.model.queue.news.contains(&id));
    kit.enter();
    kit.show(false);
    assert_eq!((kit.model.screen, kit.model.queue.news.len()), (Screen::Order, 0));
}

#[test]
fn one_is_called_from_behind_the_lock_and_from_another_window_unless_that_is_turned_off() {
    for (locked, focused, notify) in [(true, true, true), (false, false, true), (true, false, false)] {
        let (mut kit, effects) = asked();
        kit.model.setup.notify = notify;
        if locked {
            kit.tell(Msg::Key(Key::ctrl('l')));
        }
        kit.tell(Msg::Focused(focused));
        let called = kit.engine(&effects, Some(accepted()));
        assert_eq!(called.len(), usize::from(notify), "{called:?}");
        assert_eq!(kit.model.frame.lock.locked, locked, "and it stays locked");
    }
}
