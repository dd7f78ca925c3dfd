//! Keys that are held down: they type and move, and do nothing else.

use super::*;
use crate::order::ReadSection;

const STEP: SignedDuration = SignedDuration::from_millis(5);

impl Kit {
    /// Holds keys down for `time`, each repeated every 5 ms; every effect on the way is carried out.
    fn holds(&mut self, keys: &[Code], time: SignedDuration) -> usize {
        let (until, mut done) = (self.now + time, 0);
        while self.now < until {
            self.now += STEP;
            for code in keys {
                let effects = self.tell(Msg::Key(Key::plain(*code)));
                if matches!(&effects[..], [Effect::Run(..)]) {
                    done += 1;
                    self.engine(&effects, None);
                }
            }
        }
        done
    }

    fn read_so_far(&self) -> usize {
        self.order().reading.map_or(0, |reading| reading.sections.len() - reading.left())
    }
}

#[test]
fn space_and_enter_held_down_read_at_most_a_section_and_accept_nothing() {
    for keys in [&[Code::Char(' ')][..], &[Code::Enter], &[Code::Char(' '), Code::Enter]] {
        let mut kit = Kit::with_order();
        kit.retrieved();
        kit.holds(keys, SECOND * 10);
        assert!(kit.read_so_far() <= 1, "{keys:?}: {} sections", kit.read_so_far());
        let order = kit.order();
        assert_eq!(
            (order.acceptance, order.attempts.len()),
            (None, 1),
            "{keys:?}: only the text was retrieved"
        );
    }
}

/// An order whose text was read to its end.
fn all_read() -> Kit {
    let mut kit = Kit::with_order();
    kit.retrieved();
    let effects = kit.enter();
    kit.engine(&effects, None);
    kit.reads_section();
    kit.reads_section();
    kit
}

#[test]
fn a_key_that_led_to_a_question_does_not_answer_it() {
    let mut kit = all_read();
    kit.now += SECOND;
    assert_eq!(kit.holds(&[Code::Enter], SECOND * 10), 0);
    assert!(
        matches!(kit.model.frame.overlay, Some(Overlay::Ask(Confirm::AcceptVerbally, _))),
        "the name stands"
    );
    kit.now += SECOND;
    assert_eq!(kit.holds(&[Code::Enter], SECOND * 10), 0);
    let said = |kit: &Kit| matches!(kit.model.frame.overlay, Some(Overlay::Confirm(Confirm::SaidYes(_))));
    assert!(said(&kit), "confirmed, and the customer's yes is a question of its own");
    kit.now += SECOND;
    assert_eq!(kit.holds(&[Code::Enter, Code::Char(' ')], SECOND * 10), 0);
    assert!(said(&kit), "Enter is no answer");
    kit.now += SECOND;
    let effects = kit.tell(Msg::Key(Key::char('y')));
    assert!(matches!(&effects[..], [Effect::Run(_, Task::Do(Command::AcceptVerbally { .. }))]));
}

#[test]
fn a_yes_that_comes_before_the_name_is_confirmed_is_no_part_of_it() {
    let asked = || {
        let mut kit = all_read();
        kit.enter();
        kit
    };
    let accepted = |kit: &mut Kit| {
        kit.enter();
        match &kit.press('y')[..] {
            [Effect::Run(_, Task::Do(Command::AcceptVerbally { name }))] => name.expose().to_owned(),
            other => panic!("{other:?}"),
        }
    };
    let mut kit = asked();
    for key in ['y', 'Y', 'y'] {
        assert_eq!(kit.press(key), []);
        let name = &kit.model.form().unwrap().fields[0];
        assert_eq!(name.input.value(), "Ann Okafor");
        assert!(name.error.as_ref().is_some_and(|told| told.contains("press Enter")), "{:?}", name.error);
    }
    assert_eq!(accepted(&mut kit), "Ann Okafor");
    let mut kit = asked();
    kit.types(" Ray");
    assert_eq!(accepted(&mut kit), "Ann Okafor Ray", "who changes the name may type any letter");
}

/// What stands under the mouse changes with each press.
#[test]
fn one_spot_that_is_clicked_again_and_again_answers_no_question() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.read_and_accepted();
    kit.now += SECOND;
    let click = |kit: &mut Kit, key| {
        kit.now += SignedDuration::from_millis(80);
        kit.tell(Msg::Clicked(Target::Key(key)))
    };
    assert_eq!(click(&mut kit, Key::plain(Code::Enter)), []);
    assert!(matches!(kit.model.frame.overlay, Some(Overlay::Confirm(Confirm::Complete(_)))));
    for _ in 0..30 {
        kit.now += SECOND;
        assert_eq!(click(&mut kit, Key::char('y')), [], "however slowly");
    }
    assert!(matches!(kit.model.frame.overlay, Some(Overlay::Confirm(Confirm::Complete(_)))));
    assert!(matches!(&kit.press('y')[..], [Effect::Run(_, Task::Complete(_))]));
}

/// Nor is a name confirmed, an SMS sent, or a section marked by a click.
#[test]
fn what_is_sent_or_is_evidence_takes_its_key() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    let click = |kit: &mut Kit, key| {
        kit.now += SECOND * 5;
        kit.tell(Msg::Clicked(Target::Key(key)))
    };
    let enter = Key::plain(Code::Enter);
    assert_eq!(click(&mut kit, Key::char('s')), []);
    assert_eq!(click(&mut kit, enter), [], "where the SMS goes was not looked at");
    assert!(matches!(kit.model.frame.overlay, Some(Overlay::Ask(Confirm::SendSms, _))));
    click(&mut kit, Key::plain(Code::Esc));
    let effects = click(&mut kit, enter);
    kit.engine(&effects, None);
    assert_eq!((click(&mut kit, Key::char(' ')), kit.pane()), (vec![], Pane::Reading));
    kit.reads_section();
    kit.reads_section();
    assert_eq!(click(&mut kit, enter), []);
    assert_eq!(click(&mut kit, enter), []);
    assert!(matches!(kit.model.frame.overlay, Some(Overlay::Ask(Confirm::AcceptVerbally, _))));
}

#[test]
fn a_key_that_was_down_when_the_question_came_up_is_no_answer() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.read_and_accepted();
    kit.now += SECOND;
    assert_eq!(kit.holds(&[Code::Char('y')], SECOND), 0);
    kit.tell(Msg::Key(Key::plain(Code::Enter)));
    assert!(matches!(kit.model.frame.overlay, Some(Overlay::Confirm(Confirm::Complete(_)))));
    assert_eq!(kit.holds(&[Code::Char('y')], SECOND * 10), 0, "it was down before");
    kit.now += SECOND;
    let effects = kit.tell(Msg::Held(Key::char('y')));
    assert_eq!(effects, [], "the terminal itself says that it is held");
    kit.now += SECOND;
    assert!(matches!(&kit.press('y')[..], [Effect::Run(_, Task::Complete(_))]));
}

#[test]
fn held_keys_type_and_move() {
    let mut kit = Kit::with_order();
    kit.key(Code::Esc);
    kit.press('/');
    kit.holds(&[Code::Char('a')], STEP * 20);
    assert_eq!(kit.model.queue.filter.value(), "a".repeat(20));
    kit.holds(&[Code::Backspace], STEP * 20);
    assert_eq!(kit.model.queue.filter.value(), "");
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.press('?');
    kit.holds(&[Code::Down], STEP * 20);
    assert_eq!(kit.model.frame.scroll, 20);
}

/// There are four themes, and who looks for theirs presses fast.
#[test]
fn a_theme_for_each_press_however_fast() {
    let mut kit = Kit::new();
    let before = kit.model.frame.theme;
    kit.holds(&[Code::Char('T')], STEP * 3);
    assert_ne!(kit.model.frame.theme, before);
    kit.holds(&[Code::Char('T')], STEP);
    assert_eq!(kit.model.frame.theme, before);
}

#[test]
fn too_early_the_desk_says_how_long_to_read_on() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    let effects = kit.enter();
    kit.engine(&effects, None);
    assert_eq!(kit.press(' '), []);
    assert_eq!(next_line(&kit.model), "Read on: 2 s left of this section.");
    assert_eq!(next_tick(&kit.model, kit.now), Some(SECOND), "and counts down");
    kit.now += SECOND;
    kit.tell(Msg::Tick);
    assert_eq!(next_line(&kit.model), "Read on: 1 s left of this section.");
    kit.now += SECOND;
    kit.tell(Msg::Tick);
    assert_eq!(next_line(&kit.model), "Space: section 1 of 2 was read.");
    assert!(matches!(&kit.press(' ')[..], [Effect::Run(..)]));
}

/// At 200 words a minute: open, retrieve, read, a key for each section, the name, the yes, complete, yes.
#[test]
fn a_paced_reader_needs_a_key_for_each_section_and_eight_more() {
    let mut kit = Kit::with_order();
    // The order was opened by one key already.
    let mut keys = 1;
    let mut press = |kit: &mut Kit, code: Code, outcome: Option<Outcome>| {
        keys += 1;
        kit.now += SECOND;
        let effects = kit.tell(Msg::Key(Key::plain(code)));
        if !effects.is_empty() {
            kit.engine(&effects, outcome);
        }
    };
    press(&mut kit, Code::Enter, Some(rcc()));
    press(&mut kit, Code::Enter, None);
    let words: Vec<usize> =
        kit.order().retrieval.unwrap().text.unwrap().read_sections().iter().map(ReadSection::words).collect();
    for words in &words {
        kit.now += Pace::new(200).unwrap().time_for(*words);
        press(&mut kit, Code::Char(' '), None);
    }
    for code in [Code::Enter, Code::Enter, Code::Char('y'), Code::Enter] {
        press(&mut kit, code, None);
    }
    let completed =
        Outcome::Completed { order_number: "N1".into(), order_status: None, tx_id: None, details: None };
    press(&mut kit, Code::Char('y'), Some(completed));
    assert_eq!((kit.pane(), keys), (Pane::Outcome, words.len() + 8));
}

/// Whoever taps a key too fast for it to count is told why nothing happens; a key that is really down says nothing.
#[test]
fn a_key_that_is_tapped_in_vain_is_told() {
    let said_after = |pause: SignedDuration| {
        let mut kit = Kit::with_order();
        kit.retrieved();
        let effects = kit.enter();
        kit.engine(&effects, None);
        for _ in 0..6 {
            kit.now += pause;
            kit.tell(Msg::Key(Key::char(' ')));
        }
        kit.model.frame.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default()
    };
    assert!(said_after(SignedDuration::from_millis(450)).contains("press it once"));
    let mut kit = Kit::with_order();
    kit.retrieved();
    let effects = kit.enter();
    kit.engine(&effects, None);
    kit.now += SignedDuration::from_millis(300);
    kit.tell(Msg::Key(Key::plain(Code::Enter)));
    let said = kit.model.frame.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default();
    assert!(said.contains("press it once"), "the second press is told: {said}");
    assert!(!said_after(STEP).contains("press it once"));
}

/// What only goes somewhere follows at once; what sends waits for a press of its own, and says so.
#[test]
fn find_and_enter_twice_opens_the_order_and_sends_nothing() {
    let mut kit = Kit::with_order();
    kit.key(Code::Esc);
    kit.press('/');
    kit.now += SECOND;
    let mut effects = Vec::new();
    for _ in 0..2 {
        kit.now += SignedDuration::from_millis(200);
        effects = kit.tell(Msg::Key(Key::plain(Code::Enter)));
    }
    assert!(matches!(&effects[..], [Effect::LoadOrder(_)]), "{effects:?}");
    kit.show(false);
    assert_eq!((kit.model.screen, kit.pane()), (Screen::Order, Pane::Retrieve));
    assert_eq!(kit.holds(&[Code::Enter], SECOND * 5), 0, "however long it is held");
    assert!(kit.order().attempts.is_empty());
}

/// Enter three times a second walks through a form to its end; a key that is held down is told so there.
#[test]
fn enter_at_a_person_s_pace_confirms_a_form() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    let open = |kit: &mut Kit| {
        kit.now += SECOND;
        kit.press('a');
        let Some(Overlay::Ask(Confirm::Amend, form)) = &kit.model.frame.overlay else { panic!("no form") };
        form.fields.len()
    };
    let fields = open(&mut kit);
    for _ in 0..=fields {
        kit.now += SignedDuration::from_millis(350);
        kit.tell(Msg::Key(Key::plain(Code::Enter)));
    }
    let waits = |kit: &Kit| match &kit.model.frame.overlay {
        Some(Overlay::Ask(_, form)) => form.error.is_none() && form.fields.iter().all(|f| f.error.is_none()),
        _ => false,
    };
    assert!(!waits(&kit), "it was confirmed, and taken or refused with a word");
    let mut kit = Kit::with_order();
    kit.retrieved();
    open(&mut kit);
    assert_eq!(kit.holds(&[Code::Enter], SECOND * 5), 0);
    assert!(waits(&kit));
    let said = kit.model.frame.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default();
    assert!(said.contains("held down"), "{said}");
}

#[test]
fn what_is_said_of_a_held_key_goes_with_the_next_one_that_counts() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.now += SECOND;
    kit.press('a');
    assert_eq!(kit.holds(&[Code::Enter], SECOND * 5), 0);
    assert!(kit.model.frame.notice.is_some());
    kit.now += SECOND;
    kit.press('1');
    assert_eq!(kit.model.frame.notice.as_ref().map(|notice| notice.text.as_str()), None);
}

#[test]
fn what_does_nothing_is_not_offered() {
    let mut kit = Kit::with_order();
    kit.strikes(Key::ctrl('p'));
    assert!(next_line(&kit.model).contains("Enter runs it"));
    kit.types("zzz");
    assert!(!next_line(&kit.model).contains("Enter"), "{}", next_line(&kit.model));
    assert!(bindings(&kit.model).iter().all(|binding| binding.key != Key::plain(Code::Enter)));
    let plan = crate::order::stalled::BatchPlan::default();
    kit.model.frame.overlay = Some(Overlay::Confirm(Confirm::RetryAll(Box::new(plan))));
    let labels: Vec<_> = bindings(&kit.model).iter().map(|binding| binding.label).collect();
    assert!(labels.contains(&"close") && !labels.contains(&"no"), "{labels:?}");
}
