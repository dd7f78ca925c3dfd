//! Nobody has read what was not on the screen.

use super::*;

/// Reads the first section, which has been long enough on the screen.
fn reading() -> Kit {
    let mut kit = Kit::with_order();
    kit.retrieved();
    let effects = kit.enter();
    kit.engine(&effects, None);
    kit.now += SECOND * 60;
    kit
}

fn shows(kit: &mut Kit, through: usize) {
    let top = kit.model.order.as_ref().unwrap().top;
    let seen = Seen { section: 0, top, from: top * 10, through, all: 1_000, in_sight: true };
    assert_eq!(update(&mut kit.model, Msg::Shown(seen), kit.now), []);
}

/// Space, and nothing of a frame yet.
fn space(kit: &mut Kit) -> Vec<Effect> {
    kit.model.frame.held = Held::default();
    update(&mut kit.model, Msg::Key(Key::char(' ')), kit.now)
}

fn is_marked(effects: &[Effect]) -> bool {
    matches!(effects, [Effect::Run(_, Task::Do(Command::SectionRead { section: 0, .. }))])
}

#[test]
fn a_long_section_is_shown_to_its_end_before_it_counts_as_read() {
    let mut kit = reading();
    shows(&mut kit, 400);
    for (from, through) in [(400, 800), (800, 1_000)] {
        assert_eq!(next_line(&kit.model), "Space: the next part of section 1 of 2.");
        assert_eq!(space(&mut kit), []);
        assert_eq!(kit.model.order.as_ref().unwrap().anchor, Some(from));
        shows(&mut kit, through);
    }
    assert_eq!(next_line(&kit.model), "Space: section 1 of 2 was read.");
    let effects = space(&mut kit);
    assert!(is_marked(&effects), "{effects:?}");
}

#[test]
fn what_no_frame_has_shown_is_not_read() {
    let mut kit = reading();
    kit.model.order.as_mut().unwrap().seen = None;
    assert_eq!(space(&mut kit), []);
    kit.sees();
    assert!(is_marked(&space(&mut kit)));
}

/// Scrolled away, it is as good as covered: its time starts again when Space has brought it back.
#[test]
fn nobody_reads_what_was_scrolled_off_the_screen() {
    let mut kit = reading();
    let gone = Seen { section: 0, top: 40, from: 1, through: 1, all: 1, in_sight: false };
    assert_eq!(update(&mut kit.model, Msg::Shown(gone), kit.now), []);
    kit.now += SECOND * 60;
    let line = next_line(&kit.model);
    assert_eq!(line, "Space: back to section 1 of 2, which is not on the screen.");
    assert_eq!(space(&mut kit), []);
    assert_eq!(kit.model.order.as_ref().unwrap().top, 0);
    kit.sees();
    assert_eq!(space(&mut kit), [], "not a word of it was in sight for a minute");
    assert!(next_line(&kit.model).starts_with("Read on: "), "{}", next_line(&kit.model));
    kit.now += SECOND * 2;
    assert!(is_marked(&space(&mut kit)));
}

#[test]
fn looking_back_and_on_shows_the_section_from_its_beginning() {
    let mut kit = reading();
    let effects = kit.press(' ');
    kit.engine(&effects, None);
    kit.press('b');
    let line = crate::desk::next_line(&kit.model);
    assert!(line.contains("Space: on to section 2"), "{line}");
    kit.press(' ');
    let screen = kit.model.order.as_ref().unwrap();
    assert_eq!((screen.section, screen.top), (1, 0));
    assert_eq!(screen.shown_at, Some(kit.now));
}

/// Whatever lies over the text, and wherever the agent went meanwhile.
#[test]
fn nobody_reads_what_is_covered() {
    let covers: [(&str, Key, Key); 7] = [
        ("help", Key::char('?'), Key::plain(Code::Esc)),
        ("history", Key::char('h'), Key::plain(Code::Esc)),
        ("palette", Key::ctrl('p'), Key::plain(Code::Esc)),
        ("a question", Key::char('d'), Key::plain(Code::Esc)),
        ("a form", Key::char('N'), Key::plain(Code::Esc)),
        ("the lock", Key::ctrl('l'), Key::char('x')),
        ("another page", Key::char('t'), Key::plain(Code::Esc)),
    ];
    for (what, over, away) in covers {
        let mut kit = reading();
        kit.strikes(over);
        let left = kit.now;
        kit.now += SECOND * 60;
        kit.strikes(away);
        assert_eq!(kit.model.screen, Screen::Order, "{what}");
        assert_eq!(kit.press(' '), [], "{what}: not a word of it was in sight since {left}");
        assert_eq!(kit.model.order.as_ref().unwrap().shown_at, Some(kit.now), "{what}");
        kit.now += SECOND * 2;
        assert!(is_marked(&kit.press(' ')), "{what}");
    }
}

/// The palette closes with the command that it runs.
#[test]
fn a_section_is_not_marked_from_behind_the_palette() {
    let mut kit = reading();
    kit.strikes(Key::ctrl('p'));
    kit.types("section read");
    kit.now += SECOND * 60;
    assert_eq!(kit.enter(), []);
    assert!(next_line(&kit.model).starts_with("Read on: "), "{}", next_line(&kit.model));
}

#[test]
fn nobody_reads_while_the_program_is_stopped() {
    let mut kit = reading();
    kit.tell(Msg::Continued);
    assert_eq!(kit.press(' '), []);
    assert!(next_line(&kit.model).starts_with("Read on: "), "{}", next_line(&kit.model));
    kit.now += SECOND * 2;
    assert!(is_marked(&kit.press(' ')));
}

#[test]
fn the_time_at_a_section_is_what_counts_of_it() {
    let mut kit = reading();
    kit.model.now = kit.now;
    let so_far = |kit: &Kit| section_time_so_far(&kit.model, kit.model.order.as_ref().unwrap());
    assert_eq!(so_far(&kit), SECOND * 60);
    assert_eq!(section_least_time(&kit.model), None, "it may be marked");
    kit.model.order.as_mut().unwrap().shown_at = Some(kit.now);
    let least = section_least_time(&kit.model);
    assert!(least.is_some_and(|least| SECOND < least && least < SECOND * 2), "{least:?}");
    kit.model.order.as_mut().unwrap().shown_at = Some(kit.now - SECOND * 60);
    // The clock was moved, and the machine knows better.
    kit.model.steady = Some(crate::order::Uptime::of("b".into(), SECOND * 5));
    assert_eq!(so_far(&kit), SECOND * 5);
}
