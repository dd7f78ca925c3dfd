//! A replay: opened, moved in, played, left; and nothing else.

use super::*;
use crate::desk::Replay;

/// What a replay must leave as it is: all of the desk but the replay itself, what surrounds every screen, and since when a text
/// is in front.
fn rest(model: &Model) -> String {
    let Model { queue, opening, from, running, adding, live, stalled, .. } = model;
    let order = model.order.clone().map(|screen| crate::desk::OrderScreen { shown_at: None, ..screen });
    format!("{queue:?} {order:?} {opening:?} {from:?} {running:?} {adding:?} {live:?} {stalled:?}")
}

fn place(kit: &Kit) -> (usize, usize) {
    kit.model.replay.as_ref().unwrap().place()
}

/// An order with some history, on the screen.
fn with_history() -> Kit {
    let mut kit = Kit::with_order();
    kit.now += SECOND * 30;
    kit.retrieved();
    kit.now += SECOND;
    kit.sent();
    assert_eq!(kit.history.len(), 5);
    kit
}

#[test]
fn keys_move_in_a_replay() {
    let mut kit = with_history();
    assert_eq!(kit.press('V'), []);
    assert_eq!((kit.model.screen, place(&kit)), (Screen::Replay, (1, 5)));
    let table = [
        (Key::plain(Code::Left), 1),
        (Key::plain(Code::Right), 2),
        (Key::char(' '), 3),
        (Key::plain(Code::Enter), 4),
        (Key::plain(Code::Left), 3),
        (Key::plain(Code::PageDown), 5),
        (Key::plain(Code::Right), 5),
        (Key::plain(Code::PageUp), 1),
        (Key::plain(Code::End), 5),
        (Key::plain(Code::Home), 1),
    ];
    for (key, shown) in table {
        assert_eq!(kit.strikes(key), [], "{key:?}");
        assert_eq!(place(&kit).0, shown, "{key:?}");
        let replay = kit.model.replay.as_ref().unwrap();
        assert_eq!(replay.then.order.seq, shown as u64, "the order is as it was then");
    }
    kit.press('j');
    assert_eq!(kit.model.replay.as_ref().unwrap().then.top, 1, "its pane scrolls");
    assert_eq!(kit.key(Code::Esc), []);
    assert_eq!((kit.model.screen, kit.pane()), (Screen::Order, Pane::Sent));
}

#[test]
fn a_replay_plays_at_the_pace_of_the_events() {
    let mut kit = with_history();
    kit.press('V');
    let wait = |effects: &[Effect]| match effects {
        [Effect::Timer { id, delay }] => (*id, *delay),
        other => panic!("{other:?}"),
    };
    let (mut id, delay) = wait(&kit.press('p'));
    assert_eq!(delay, SECOND * 2, "thirty seconds are too long to wait");
    let mut delays = Vec::new();
    for shown in 2..5 {
        let effects = kit.tell(Msg::Timer(id));
        assert_eq!(place(&kit).0, shown);
        let (next, delay) = wait(&effects);
        id = next;
        delays.push(delay);
    }
    assert_eq!(delays, [SignedDuration::from_millis(200), SECOND, SignedDuration::from_millis(200)]);
    assert_eq!(kit.tell(Msg::Timer(id)), [], "that was the last one");
    assert!(place(&kit) == (5, 5) && kit.model.replay.as_ref().unwrap().playing.is_none());
    // Again, from the beginning; paused by the same key, and by moving.
    for pauses in [Code::Char('p'), Code::Left, Code::End] {
        kit.model.replay.as_mut().unwrap().show(5);
        let (id, _) = wait(&kit.press('p'));
        assert_eq!(place(&kit).0, 1);
        assert_eq!(kit.key(pauses), []);
        let before = place(&kit);
        assert_eq!(kit.tell(Msg::Timer(id)), [], "a timer that nobody waits for");
        assert_eq!(place(&kit), before);
    }
    let (id, _) = wait(&kit.press('p'));
    kit.key(Code::Esc);
    assert_eq!((kit.tell(Msg::Timer(id)), kit.model.screen), (vec![], Screen::Order), "left while it played");
}

#[test]
fn no_key_of_a_replay_does_anything_but_move() {
    let kit = {
        let mut kit = with_history();
        kit.press('V');
        kit
    };
    let before = rest(&kit.model);
    let named = [Code::Enter, Code::Tab, Code::BackTab, Code::Backspace, Code::Delete, Code::Up, Code::Down];
    let moving = [Code::Left, Code::Right, Code::Home, Code::End, Code::PageUp, Code::PageDown];
    let keys = (' '..='~').map(Key::char).chain((' '..='~').map(Key::ctrl));
    let keys = keys.chain(named.into_iter().chain(moving).map(Key::plain));
    for key in keys.chain((1..=12).map(|n| Key::plain(Code::F(n)))) {
        // At every event, and twice: a second key may answer what the first one asked.
        for shown in 1..=5 {
            let mut kit = Kit { model: kit.model.clone(), now: kit.now, history: Vec::new() };
            kit.model.replay.as_mut().unwrap().show(shown);
            for key in [key, Key::char('y'), Key::plain(Code::Enter)] {
                for effect in kit.strikes(key) {
                    let harmless = matches!(effect, Effect::Timer { .. } | Effect::Suspend | Effect::Quit);
                    assert!(harmless, "{key:?} at {shown}: {effect:?}");
                }
                assert_eq!(rest(&kit.model), before, "{key:?} at {shown}");
                if kit.model.screen != Screen::Replay {
                    // Esc, or q: a replay has ended.
                    assert_eq!(key.code, Code::Char('q'), "{key:?}");
                    break;
                }
            }
        }
    }
}

#[test]
fn a_replay_is_opened_from_a_list_and_goes_back_there() {
    for keys in ["", "s"] {
        let mut kit = with_history();
        kit.key(Code::Esc);
        let mut row = Summary::of(&kit.order());
        row.trouble = Some(crate::order::Brief {
            call: crate::order::Call::SendRcc,
            class: crate::order::Class::NotSent,
            code: None,
            row: None,
        });
        kit.tell(whole(vec![row.clone()]));
        if !keys.is_empty() {
            kit.press('s');
            kit.tell(Msg::Stalled { after: None, rows: vec![row], more: false });
            kit.press('j');
        }
        let list = kit.model.screen;
        let open = kit.model.order.clone().map(|screen| screen.order.id.clone());
        let id = kit.order().id;
        assert_eq!(kit.press('V'), [Effect::LoadOrder(id.clone())], "{list:?}");
        assert_eq!(kit.model.screen, list, "until it is there");
        kit.show(false);
        assert_eq!((kit.model.screen, place(&kit).0), (Screen::Replay, 1), "{list:?}");
        kit.key(Code::Esc);
        assert_eq!(kit.model.screen, list);
        assert_eq!(kit.model.order.clone().map(|screen| screen.order.id.clone()), open);
        // Whoever has gone elsewhere is left alone.
        kit.press('V');
        kit.model.screen = Screen::Day;
        kit.show(false);
        assert_eq!(kit.model.screen, Screen::Day);
        kit.model.screen = list;
        kit.show(false);
        assert_eq!(kit.model.screen, list, "it is not asked for any more");
    }
}

#[test]
fn who_reads_to_a_customer_replays_nothing() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    let effects = kit.enter();
    kit.engine(&effects, None);
    assert_eq!(kit.pane(), Pane::Reading);
    kit.press('V');
    assert_eq!(kit.model.screen, Screen::Order);
    kit.model.setup.agent = "k.ono".into();
    kit.press('V');
    assert_eq!(kit.model.screen, Screen::Replay, "another agent's reading");
}

#[test]
fn a_live_order_that_changes_meanwhile_leaves_the_replay_alone() {
    let mut kit = with_history();
    kit.press('V');
    kit.record(Event::Declined { method: None });
    kit.show(false);
    assert_eq!((kit.model.screen, place(&kit)), (Screen::Replay, (1, 5)));
    assert_eq!(kit.model.order.as_ref().unwrap().order.seq, 6);
}

#[test]
fn what_makes_no_order_is_not_replayed() {
    let kit = with_history();
    let id = OrderId::from_bits(1);
    assert!(Replay::of(&id, Vec::new()).is_err());
    assert!(Replay::of(&id, kit.history[1..].to_vec()).is_err());
    let gap = [&kit.history[..2], &kit.history[3..]].concat();
    assert!(Replay::of(&id, gap).is_err());
}
