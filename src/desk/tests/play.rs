//! A run of practice at the trainee's desk: its keys, its pauses, its end, and what is not offered in it.

use super::*;
use crate::practice::Report;

fn view() -> PlayView {
    PlayView {
        title: "A first order, read aloud".into(),
        teaches: "The four steps.".into(),
        said: vec![("customer".into(), "Hello?".into())],
        on: true,
        paused: false,
        lost: false,
        over: None,
    }
}

fn over() -> PlayView {
    let report = Report {
        scenario: "verbal".into(),
        title: "A first order, read aloud".into(),
        trainee: "Ann".into(),
        started_at: start(),
        seconds: 200,
        keys: 20,
        words_per_minute: None,
        grade: 85,
        finished: true,
        steps: Vec::new(),
        mistakes: Vec::new(),
        rows: Vec::new(),
        timeline: Vec::new(),
        events: Vec::new(),
    };
    PlayView { over: Some(Arc::new(report)), ..view() }
}

fn stands(kit: &mut Kit, view: PlayView) {
    assert_eq!(kit.tell(Msg::Practice(Box::new(view))), []);
}

/// An order is open, in a run.
fn run() -> Kit {
    let mut kit = Kit::with_order();
    kit.model.setup.practice_offered = false;
    stands(&mut kit, view());
    kit
}

fn said(kit: &Kit) -> &str {
    kit.model.frame.notice.as_ref().map_or("", |notice| &notice.text)
}

const F3: Code = Code::F(3);
const F4: Code = Code::F(4);
const F5: Code = Code::F(5);

#[test]
fn the_customer_is_asked_and_the_carrier_called_on_every_screen() {
    let mut kit = run();
    let screens = [
        ("", Screen::Order),
        ("\x1b", Screen::Queue),
        ("s", Screen::Stalled),
        ("\x1bd", Screen::Day),
        ("\x1bn", Screen::Intake),
    ];
    for (keys, screen) in screens {
        for key in keys.chars() {
            if key == '\x1b' {
                kit.key(Code::Esc)
            } else {
                kit.press(key)
            };
        }
        assert_eq!(kit.model.screen, screen);
        assert_eq!(kit.key(F3), [Effect::Talk(Talk::Customer)], "{screen:?}");
        assert_eq!(kit.key(F4), [Effect::Talk(Talk::Carrier)], "{screen:?}");
        assert_eq!((kit.key(F5), kit.model.screen), (vec![], screen), "there is no report yet");
    }
}

#[test]
fn a_key_that_is_held_down_asks_once() {
    let mut kit = run();
    assert_eq!(kit.key(F3), [Effect::Talk(Talk::Customer)]);
    for _ in 0..3 {
        assert_eq!(kit.tell(Msg::Key(Key::plain(F3))), [], "still down");
        assert_eq!(kit.tell(Msg::Held(Key::plain(F3))), [], "and said to be");
    }
}

#[test]
fn a_question_is_answered_first_and_where_nobody_listens_nobody_is_asked() {
    let mut kit = run();
    kit.retrieved();
    kit.read_and_accepted();
    kit.enter();
    assert_eq!((kit.key(F3), kit.key(F4)), (vec![], vec![]), "the question stands");
    assert!(matches!(kit.model.frame.overlay, Some(Overlay::Confirm(Confirm::Complete(_)))));
    kit.key(Code::Esc);
    stands(&mut kit, over());
    assert_eq!((kit.key(F3), kit.key(F4)), (vec![], vec![]));
    let mut plain = Kit::with_order();
    assert_eq!((plain.key(F3), plain.key(F4), plain.key(F5)), (vec![], vec![], vec![]), "not in a run");
    assert_eq!(plain.model.screen, Screen::Order);
}

#[test]
fn the_report_is_shown_when_there_is_one_scrolls_and_goes_back_where_it_came_from() {
    let mut kit = run();
    stands(&mut kit, over());
    assert_eq!(said(&kit), "The run is over: 85 of 100 points.");
    for (leave, from) in [("", Screen::Order), ("\x1b", Screen::Queue)] {
        if !leave.is_empty() {
            kit.key(Code::Esc);
        }
        assert_eq!((kit.key(F5), kit.model.screen), (vec![], Screen::Graded));
        kit.press('j');
        kit.press('j');
        kit.key(Code::Up);
        assert_eq!(kit.model.training.report_top, 1);
        assert_eq!((kit.key(F5), kit.model.training.report_top), (vec![], 1), "it is there already");
        assert_eq!((kit.key(Code::Esc), kit.model.screen), (vec![], from));
    }
    kit.key(F5);
    assert_eq!(kit.model.training.report_top, 0, "from its beginning");
    assert_eq!(kit.press('q'), [Effect::Quit], "as the line of keys says");
}

#[test]
fn the_end_of_a_run_is_said_once() {
    let mut kit = run();
    stands(&mut kit, over());
    kit.press('h');
    kit.key(Code::Esc);
    kit.model.frame.notice = None;
    stands(&mut kit, PlayView { on: false, ..over() });
    assert_eq!(said(&kit), "");
}

#[test]
fn paused_it_keeps_what_a_person_does_and_nothing_else() {
    let mut kit = run();
    let effects = kit.enter();
    assert!(matches!(&effects[..], [Effect::Run(_, Task::Retrieve)]));
    stands(&mut kit, PlayView { paused: true, ..view() });
    kit.engine(&effects, Some(rcc()));
    assert_eq!(kit.pane(), Pane::Deliver, "an answer comes all the same");
    assert!(next_line(&kit.model).contains("Keys do nothing"), "{}", next_line(&kit.model));
    let message: [fn() -> Msg; 6] = [
        || Msg::Key(Key::plain(Code::Enter)),
        || Msg::Held(Key::char('v')),
        || Msg::Key(Key::plain(F3)),
        || Msg::Key(Key::plain(Code::Esc)),
        || Msg::Clicked(Target::Key(Key::char('s'))),
        || Msg::Paste(new_order("2").to_string()),
    ];
    for message in message {
        (kit.model.frame.held, kit.model.frame.notice) = (Held::default(), None);
        assert_eq!(kit.tell(message()), [], "{:?}", message());
        let still = kit.model.frame.overlay.is_none() && kit.model.screen == Screen::Order;
        assert!(still && kit.pane() == Pane::Deliver, "{:?}", message());
        assert!(said(&kit).contains("trainer"), "{:?}: {}", message(), said(&kit));
    }
    kit.now += SECOND * 60;
    kit.tell(Msg::Tick);
    assert_eq!(kit.model.now, kit.now, "time goes on");
    stands(&mut kit, view());
    assert!(next_line(&kit.model).starts_with("Enter reads it aloud"));
    assert!(matches!(&kit.enter()[..], [Effect::Run(_, Task::Do(Command::Read))]), "and so does the run");
}

#[test]
fn paused_it_checks_for_no_acceptance_and_no_clock_ticks() {
    let mut kit = run();
    kit.retrieved();
    kit.sent();
    let check = kit.enter();
    kit.engine(&check, Some(Outcome::NotAccepted));
    assert!(next_tick(&kit.model, kit.now).is_some());
    stands(&mut kit, PlayView { paused: true, ..view() });
    assert_eq!(next_tick(&kit.model, kit.now), None);
    assert_eq!(kit.tell(Msg::Timer(1)), [Effect::Timer { id: 2, delay: SECOND * 2 }], "later");
    stands(&mut kit, view());
    assert!(matches!(&kit.tell(Msg::Timer(2))[..], [Effect::Run(_, Task::Check)]));
}

#[test]
fn nothing_of_training_or_the_tour_is_offered() {
    let offers = |kit: &Kit| {
        let all = screen_bindings(&kit.model);
        all.iter().filter(|b| matches!(b.action, Action::Training | Action::Tour)).count()
    };
    for practice_offered in [true, false] {
        for view in [view(), PlayView { paused: true, ..view() }, over()] {
            let mut kit = Kit::with_order();
            assert_eq!(offers(&kit), 2, "outside of a run both are there");
            kit.model.setup.practice_offered = practice_offered;
            stands(&mut kit, view);
            for screen in [Screen::Order, Screen::Queue] {
                assert_eq!(offers(&kit), 0, "{screen:?}");
                assert_eq!((kit.press('t'), kit.key(Code::F(2))), (vec![], vec![]));
                kit.model.offer_tour();
                assert_eq!((kit.model.screen, &kit.model.training.tour), (screen, &Tour::Off));
                kit.model.screen = Screen::Queue;
            }
        }
    }
}

/// A trainer may be gone for good: whoever waits in a pause is told so, and which key still does something.
#[test]
fn a_trainer_who_cannot_be_reached_is_told_and_the_one_key_of_a_pause_shown() {
    let mut kit = run();
    stands(&mut kit, PlayView { lost: true, ..view() });
    assert!(said(&kit).starts_with("The trainer cannot be reached."), "{}", said(&kit));
    stands(&mut kit, PlayView { lost: true, paused: true, ..view() });
    assert_eq!(next_line(&kit.model), "The trainer cannot be reached: wait, or end the run with Ctrl-C.");
    let keys: Vec<Key> = bindings(&kit.model).iter().map(|b| b.key).collect();
    assert_eq!(keys, [Key::ctrl('c')]);
    stands(&mut kit, PlayView { paused: true, ..view() });
    assert_eq!(said(&kit), "The trainer can be reached again.");
    assert_eq!(next_line(&kit.model), "Keys do nothing until the trainer goes on. Ctrl-C ends the run.");
    assert_eq!(kit.tell(Msg::Clicked(Target::Key(Key::ctrl('c')))), [Effect::Quit]);
}
