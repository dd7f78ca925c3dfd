//! The tour of the first order: what it says at each step, that it goes on by itself, and that it changes nothing.

use super::*;
use crate::order::Failure;

fn f2() -> Key {
    Key::plain(Code::F(2))
}

/// The step that is shown, and what it says first.
fn said(kit: &Kit) -> (Option<u8>, String) {
    let Guide { step, sentences } = guide(&kit.model).expect("the tour is shown");
    (step, sentences[0].clone())
}

#[track_caller]
fn says(kit: &Kit, step: u8, words: &str) {
    let (at, first) = said(kit);
    assert!(at == Some(step) && first.contains(words), "step {at:?}: {first}, not {step}: {words}");
}

fn completed() -> Outcome {
    Outcome::Completed { order_number: "N1".into(), order_status: None, tx_id: None, details: None }
}

/// The desk with the list of one order, and the tour on.
fn toured() -> Kit {
    let mut kit = Kit::with_order();
    kit.key(Code::Esc);
    assert_eq!(kit.strikes(f2()), [], "it asks for nothing");
    kit
}

#[test]
fn it_leads_to_a_completed_order_and_goes_away() {
    let mut kit = toured();
    says(&kit, 1, "Press Enter to open T1");
    assert!(matches!(&kit.enter()[..], [Effect::LoadOrder(_)]));
    kit.show(false);
    says(&kit, 2, "Press Enter to retrieve");
    let effects = kit.enter();
    says(&kit, 2, "please wait");
    kit.engine(&effects, Some(rcc()));
    says(&kit, 3, "Press Enter to read");
    let effects = kit.enter();
    kit.engine(&effects, None);
    says(&kit, 4, "Read this section aloud, then press Space");
    assert_eq!(kit.press(' '), [], "too soon");
    says(&kit, 4, "Too soon: read on");
    kit.reads_section();
    says(&kit, 4, "Read this section aloud, then press Space");
    kit.reads_section();
    says(&kit, 5, "Press Enter when the customer says yes");
    kit.enter();
    says(&kit, 5, "Check the name, and press Enter");
    kit.enter();
    says(&kit, 5, "Press y: the customer said yes");
    let effects = kit.press('y');
    kit.engine(&effects, None);
    says(&kit, 6, "Press Enter to complete");
    kit.enter();
    says(&kit, 6, "Press y to place the order");
    let effects = kit.press('y');
    says(&kit, 6, "wait for the answer");
    kit.engine(&effects, Some(completed()));
    says(&kit, 7, "this is its confirmation");
    kit.press('?');
    says(&kit, 7, "Press Esc to close this");
    kit.key(Code::Esc);
    says(&kit, 7, "this is its confirmation");
    kit.key(Code::Esc);
    assert_eq!((guide(&kit.model), kit.model.frame.guide), (None, 0));
    assert!(kit.model.frame.notice.as_ref().is_some_and(|n| n.text.contains("The tour is over")));
    assert_eq!(kit.model.training.tour, Tour::Off);
}

/// The same keys do the same with the tour and without it, at every step.
#[test]
fn nothing_is_different_for_the_desk() {
    let walk = |mut kit: Kit| {
        let mut asked = Vec::new();
        for key in ['\r', '\r', '\r', ' ', ' ', '\r', '\r', 'y', '\r', 'y'] {
            kit.now += SECOND * 2;
            let effects = if key == '\r' { kit.enter() } else { kit.press(key) };
            asked.push(effects.clone());
            match &effects[..] {
                [Effect::LoadOrder(_)] => kit.show(false),
                [Effect::Run(_, Task::Retrieve)] => kit.engine(&effects, Some(rcc())),
                [Effect::Run(_, Task::Complete(_))] => kit.engine(&effects, Some(completed())),
                [] => Vec::new(),
                _ => kit.engine(&effects, None),
            };
        }
        assert_eq!(kit.order().standing(), State::Completed);
        asked
    };
    let mut plain = Kit::with_order();
    plain.key(Code::Esc);
    assert_eq!(walk(plain), walk(toured()));
}

#[test]
fn whoever_wanders_off_is_told_the_way_back_and_goes_on_where_they_were() {
    let mut kit = toured();
    for (key, screen) in
        [('s', Screen::Stalled), ('d', Screen::Day), ('t', Screen::Training), ('n', Screen::Intake)]
    {
        kit.press(key);
        assert_eq!(kit.model.screen, screen);
        says(&kit, 1, "Press Esc to go back");
        kit.key(Code::Esc);
        says(&kit, 1, "Press Enter to open T1");
    }
    kit.press('/');
    says(&kit, 1, "Press Esc to see every order again");
    kit.key(Code::Esc);
    kit.enter();
    kit.show(false);
    kit.retrieved();
    let effects = kit.enter();
    kit.engine(&effects, None);
    kit.reads_section();
    says(&kit, 4, "Read this section aloud");
    let aside = kit.key(Code::Esc);
    says(&kit, 4, "Press Enter to open T1");
    kit.engine(&aside, None);
    kit.enter();
    kit.show(false);
    says(&kit, 3, "Press Enter to read");
    kit.press('t');
    says(&kit, 3, "Press Esc to go back to your order");
    kit.key(Code::Esc);
    kit.press('X');
    says(&kit, 3, "press Esc, and nothing is done");
    kit.key(Code::Esc);
    let effects = kit.enter();
    kit.engine(&effects, None);
    says(&kit, 4, "Read this section aloud");
    kit.press('b');
    says(&kit, 4, "Read this section aloud");
}

#[test]
fn a_text_that_was_sent_instead_leads_to_the_same_end() {
    let mut kit = toured();
    kit.enter();
    kit.show(false);
    kit.retrieved();
    kit.sent();
    says(&kit, 5, "Press Enter when the customer accepts");
    kit.press('t');
    says(&kit, 5, "Choose the line that says the customer accepts");
    kit.key(Code::Esc);
    let check = kit.enter();
    kit.engine(&check, Some(Outcome::Accepted { method: None, accepted_at: None, tx_id: None }));
    says(&kit, 6, "Press Enter to complete");
}

#[test]
fn an_order_that_cannot_end_it_is_left_for_another_one() {
    let mut kit = toured();
    kit.enter();
    kit.show(false);
    let effects = kit.enter();
    kit.engine(&effects, Some(refused("retrieve_rcc/2000")));
    says(&kit, 2, "has a problem");
    kit.key(Code::Esc);
    says(&kit, 1, "Press n to add an order");

    let mut kit = toured();
    kit.enter();
    kit.show(false);
    kit.retrieved();
    kit.read_and_accepted();
    kit.enter();
    let effects = kit.press('y');
    kit.engine(&effects, Some(Outcome::Failed(Failure::Unknown("cut".into()))));
    says(&kit, 6, "choose another order");

    // One that was completed before is nobody's first.
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.read_and_accepted();
    kit.enter();
    let effects = kit.press('y');
    kit.engine(&effects, Some(completed()));
    kit.strikes(f2());
    says(&kit, 1, "choose another order");
}

#[test]
fn the_order_with_the_most_time_left_is_proposed() {
    let mut kit = toured();
    let order = kit.order();
    let row = |n: u64, minutes: i32, state: State| Summary {
        id: OrderId::from_bits(n),
        transaction_id: format!("T{n}").into(),
        prepared_at: Some(start() - SECOND * 60 * minutes),
        standing: state,
        ..Summary::of(&order)
    };
    let untimed = Summary { prepared_at: None, ..row(5, 0, State::Opened) };
    kit.tell(whole(vec![
        row(2, 90, State::Opened),
        row(3, 4, State::Opened),
        row(4, 1, State::Reading),
        row(6, 130, State::Opened),
        untimed,
    ]));
    says(&kit, 1, "Choose T3 with ↓ and ↑");
    assert!(guide(&kit.model).unwrap().sentences[1].contains("the most time left"));
    while kit.model.queue.chosen().unwrap().id != OrderId::from_bits(3) {
        let was = kit.model.queue.selected;
        kit.key(Code::Down);
        if kit.model.queue.selected == was {
            kit.key(Code::Home);
        }
    }
    says(&kit, 1, "Press Enter to open T3");
    // All others have expired by then: of this one nobody knows.
    kit.now += SECOND * 60 * 121;
    kit.tell(Msg::Tick);
    says(&kit, 1, "T5");
    assert_eq!(guide(&kit.model).unwrap().sentences[1], "How much is left of its 120 minutes is not known.");
}

#[test]
fn it_can_be_left_at_every_step_whatever_lies_over_the_screen() {
    let keys = ["", "?", "h", "X", "N", "\u{10}", "t", "\r\r"];
    for keys in keys {
        let mut kit = Kit::with_order();
        kit.strikes(f2());
        assert!(kit.model.is_shown_around());
        for key in keys.chars() {
            match key {
                '\r' => drop(kit.enter()),
                '\u{10}' => drop(kit.strikes(Key::ctrl('p'))),
                key => drop(kit.press(key)),
            }
        }
        let (screen, over) = (kit.model.screen, kit.model.frame.overlay.is_some());
        assert_eq!(kit.strikes(f2()), []);
        assert_eq!(guide(&kit.model), None, "{keys}");
        assert_eq!(
            (kit.model.screen, kit.model.frame.overlay.is_some()),
            (screen, over),
            "nothing else changes"
        );
    }
}

#[test]
fn the_palette_starts_it_and_ends_it() {
    let mut kit = toured();
    for shown in [false, true] {
        kit.strikes(Key::ctrl('p'));
        kit.types("tour");
        kit.enter();
        assert_eq!(kit.model.is_shown_around(), shown);
    }
}

#[test]
fn it_is_offered_until_the_first_key_which_does_what_it_always_does() {
    let offered = || {
        let mut kit = Kit::with_order();
        kit.key(Code::Esc);
        kit.model.offer_tour();
        assert!(said(&kit).1.starts_with("First time here? F2 shows you around in seven steps"));
        kit
    };
    let mut kit = offered();
    assert!(matches!(&kit.enter()[..], [Effect::LoadOrder(_)]));
    assert_eq!(guide(&kit.model), None);
    let mut kit = offered();
    kit.tell(Msg::Tick);
    kit.tell(Msg::Resized { width: 100, height: 30 });
    assert!(guide(&kit.model).is_some(), "nobody did anything");
    kit.tell(Msg::Clicked(Target::Row(0)));
    assert_eq!(guide(&kit.model), None);
    let mut kit = offered();
    kit.strikes(f2());
    says(&kit, 1, "Press Enter to open T1");
    let mut kit = offered();
    kit.model.frame.lock.locked = true;
    kit.enter();
    assert!(guide(&kit.model).is_some(), "the key that unlocks does nothing else");
}

#[test]
fn it_is_for_practice_alone() {
    let changes: [fn(&mut Setup); 3] = [
        |setup| setup.environment = Environment::Production,
        |setup| setup.environment = Environment::Sandbox,
        |setup| setup.practice_offered = false,
    ];
    for change in changes {
        let mut kit = Kit::with_order();
        change(&mut kit.model.setup);
        kit.model.offer_tour();
        assert_eq!(guide(&kit.model), None);
        kit.strikes(f2());
        assert_eq!(guide(&kit.model), None);
        assert!(screen_bindings(&kit.model).iter().all(|b| b.action != Action::Tour));
    }
}
