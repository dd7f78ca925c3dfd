//! The lock, which hides and swallows; and the question before the first real order of a session.

use super::*;

fn locking() -> Kit {
    let mut kit = Kit::with_order();
    kit.model.setup.lock_after = Some(SECOND * 300);
    kit
}

#[test]
fn after_some_minutes_without_a_key_the_desk_is_locked_and_the_next_key_only_unlocks() {
    let mut kit = locking();
    kit.now += SECOND * 299;
    kit.tell(Msg::Tick);
    assert!(!kit.model.frame.lock.locked);
    kit.now += SECOND;
    kit.tell(Msg::Tick);
    assert!(kit.model.frame.lock.locked);
    assert_eq!(next_tick(&kit.model, kit.now), None, "a locked desk sleeps");
    assert_eq!(kit.enter(), [], "Enter would have retrieved");
    assert!(!kit.model.frame.lock.locked);
    assert!(matches!(&kit.enter()[..], [Effect::Run(_, Task::Retrieve)]), "nothing was lost");
}

#[test]
fn it_wakes_exactly_when_it_locks_and_each_key_puts_that_off() {
    let mut kit = Kit::new();
    kit.model.setup.lock_after = Some(SECOND * 300);
    assert_eq!(next_tick(&kit.model, kit.now), Some(SECOND * 300));
    kit.now += SECOND * 200;
    kit.press('j');
    assert_eq!(next_tick(&kit.model, kit.now), Some(SECOND * 300));
    kit.tell(Msg::Tick);
    assert_eq!(next_tick(&kit.model, kit.now + SECOND * 290), Some(SECOND * 10), "a tick is no key");
    kit.now -= SECOND * 3600;
    kit.tell(Msg::Tick);
    assert_eq!(next_tick(&kit.model, kit.now), Some(SECOND * 300), "a clock set back does not put it off");
}

#[test]
fn the_time_is_looked_at_before_the_key_is() {
    let mut kit = locking();
    kit.now += SECOND * 3600;
    assert_eq!(kit.enter(), [], "the machine slept, no tick came, and the agent's first key is this one");
    assert!(!kit.model.frame.lock.locked);
}

/// On a screen that showed nothing but its size an order was placed, key by key.
#[test]
fn on_a_screen_that_is_too_small_nothing_is_done_unseen() {
    let mut kit = Kit::with_order();
    kit.tell(Msg::Resized { width: 40, height: 10 });
    assert_eq!(kit.enter(), [], "Enter would have retrieved");
    assert_eq!(kit.tell(Msg::Clicked(Target::Key(Key::plain(Code::Enter)))), []);
    assert_eq!(kit.strikes(Key::ctrl('z')), [Effect::Suspend]);
    kit.now += SECOND * 60;
    kit.tell(Msg::Resized { width: 80, height: 24 });
    assert_eq!(kit.model.order.as_ref().unwrap().shown_at, Some(kit.now), "nobody read what was not shown");
    assert!(matches!(&kit.enter()[..], [Effect::Run(_, Task::Retrieve)]));
}

#[test]
fn a_paste_is_swallowed_and_clicks_and_the_wheel_do_not_unlock() {
    let mut kit = locking();
    kit.key(Code::Esc);
    let order = new_order("2").to_string();
    kit.strikes(Key::ctrl('l'));
    assert_eq!(kit.tell(Msg::Clicked(Target::Row(0))), []);
    kit.tell(Msg::Scrolled(3));
    assert!(kit.model.frame.lock.locked);
    assert_eq!(kit.tell(Msg::Paste(order.clone())), []);
    assert_eq!((kit.model.frame.lock.locked, kit.model.screen), (false, Screen::Queue));
    kit.tell(Msg::Paste(order));
    assert_eq!(kit.model.screen, Screen::Intake);
}

#[test]
fn what_is_under_way_goes_on_behind_the_lock() {
    let mut kit = locking();
    let effects = kit.enter();
    kit.strikes(Key::ctrl('l'));
    kit.engine(&effects, Some(rcc()));
    assert!(kit.model.frame.lock.locked);
    assert_eq!((kit.pane(), kit.model.frame.under_way), (Pane::Deliver, 0));
}

#[test]
fn a_trainer_who_moves_the_clock_is_not_locked_out() {
    let mut kit = locking();
    let moved = SECOND * 60 * 121;
    kit.now += SECOND * 100;
    kit.press('j');
    (kit.now, kit.model.moved) = (kit.now + moved, moved);
    // The clock is moved before the desk is told that it was.
    kit.tell(Msg::Tick);
    assert!(!kit.model.frame.lock.locked);
    kit.tell(Msg::Simulated { what: String::new(), clock_offset: moved });
    assert!(!kit.model.frame.lock.locked);
    assert_eq!(kit.model.frame.lock.left(kit.model.setup.lock_after, kit.now - moved), Some(SECOND * 300));
    kit.now += SECOND * 300;
    kit.tell(Msg::Tick);
    assert!(kit.model.frame.lock.locked, "nobody is there all the same");
}

#[test]
fn it_can_be_turned_off_and_done_by_hand() {
    let mut kit = Kit::with_order();
    kit.now += SECOND * 60 * 60 * 24;
    kit.tell(Msg::Tick);
    assert!(!kit.model.frame.lock.locked);
    kit.press('?');
    kit.strikes(Key::ctrl('l'));
    assert!(kit.model.frame.lock.locked, "over whatever lies on the screen");
    kit.press('x');
    assert!(matches!(kit.model.frame.overlay, Some(Overlay::Help)), "which is still there");
}

/// In production, the customer has accepted.
fn accepted_live() -> Kit {
    let mut kit = Kit::with_order();
    kit.model.setup.environment = Environment::Production;
    kit.retrieved();
    kit.read_and_accepted();
    assert_eq!(kit.pane(), Pane::Complete);
    kit
}

#[test]
fn the_first_real_order_of_a_session_takes_a_word_more() {
    let mut kit = accepted_live();
    kit.enter();
    assert_eq!(kit.press('y'), [], "the same y is not enough");
    assert!(matches!(&kit.model.frame.overlay, Some(Overlay::Ask(Confirm::Live(_), _))));
    assert_eq!(kit.enter(), [], "nor is Enter alone");
    kit.types("yes");
    assert_eq!(kit.enter(), []);
    assert_eq!(kit.key(Code::Esc), []);
    assert!(
        kit.model.frame.overlay.is_none() && !kit.model.live,
        "going back sends nothing and settles nothing"
    );
    kit.enter();
    kit.press('y');
    kit.types("live");
    assert!(matches!(&kit.enter()[..], [Effect::Run(_, Task::Complete(_))]));
}

#[test]
fn it_is_asked_once_a_session_and_only_in_production() {
    let mut kit = accepted_live();
    kit.model.live = true;
    kit.enter();
    assert!(matches!(&kit.press('y')[..], [Effect::Run(_, Task::Complete(_))]));
    for environment in [Environment::Embedded, Environment::Sandbox] {
        let mut kit = accepted_live();
        kit.model.setup.environment = environment;
        kit.enter();
        assert!(matches!(&kit.press('y')[..], [Effect::Run(_, Task::Complete(_))]));
    }
}

#[test]
fn a_window_that_closes_during_the_second_question_is_seen() {
    let mut kit = accepted_live();
    kit.enter();
    kit.press('y');
    kit.types("live");
    kit.now += SECOND * 60 * 110;
    assert_eq!(kit.enter(), []);
    assert!(kit.model.frame.notice.as_ref().unwrap().text.contains("nothing was done"));
}

#[test]
fn a_retry_of_a_complete_is_a_real_order_too() {
    let mut kit = accepted_live();
    kit.enter();
    kit.press('y');
    kit.types("live");
    let effects = kit.enter();
    kit.engine(&effects, Some(Outcome::Failed(crate::order::Failure::NotSent("no route".into()))));
    kit.model.live = false;
    kit.key(Code::Esc);
    kit.press('s');
    kit.press('j');
    kit.press('r');
    assert_eq!(kit.press('y'), []);
    kit.types("live");
    assert!(matches!(&kit.enter()[..], [Effect::Item(..)]));
}
