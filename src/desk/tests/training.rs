//! The trainer's screen: at this desk's own order, and in a classroom.

use super::*;
use crate::order::Call;
use crate::practice::{Directive, Snapshot, grade::Made};

fn items_of(kit: &Kit) -> Vec<String> {
    training_items(&kit.model).into_iter().map(|item| item.label).collect()
}

/// Goes to the line of this label.
fn to(kit: &mut Kit, label: &str) {
    let at = items_of(kit).iter().position(|it| it == label).unwrap_or_else(|| panic!("{label}"));
    kit.key(Code::Home);
    for _ in 0..at {
        kit.model.frame.held = Held::default();
        kit.press('j');
    }
}

#[test]
fn training_is_for_the_embedded_px_alone() {
    let mut kit = Kit::with_order();
    kit.press('t');
    kit.key(Code::Tab);
    assert_eq!(kit.model.training.tab, Tab::Clock);
    assert_eq!(
        items_of(&kit),
        ["1 minute", "10 minutes", "30 minutes", "60 minutes", "121 minutes: past the window"]
    );
    to(&mut kit, "60 minutes");
    assert_eq!(kit.enter(), [Effect::Simulate(Simulation::Advance(SignedDuration::from_mins(60)))]);
    kit.key(Code::Esc);
    assert_eq!(kit.model.screen, Screen::Order);
    kit.model.setup.environment = Environment::Production;
    kit.press('t');
    assert_eq!(kit.model.screen, Screen::Order);
    assert!(training_items(&kit.model).is_empty());
}

#[test]
fn the_open_orders_customer_answers_and_the_next_call_fails_in_words() {
    let mut kit = Kit::with_order();
    let id = kit.order().identity.transaction_id.to_string();
    kit.press('t');
    assert_eq!(kit.model.training.tab, Tab::Customer);
    assert_eq!(items_of(&kit), ["accepts the text", "declines the text"]);
    assert_eq!(kit.enter(), [Effect::Simulate(Simulation::Accept { transaction_id: id })]);
    kit.key(Code::BackTab);
    assert_eq!(kit.model.training.tab, Tab::Server);
    to(&mut kit, "Complete Order");
    assert_eq!(kit.enter(), []);
    assert_eq!(kit.model.training.call, Some(Called::Px(Call::CompleteOrder)));
    to(&mut kit, "placed, then cut off before the answer");
    let words = "The next Complete Order: placed, then cut off before the answer".to_owned();
    let fault = serde_json::json!({ "cut": "after" });
    kit.model.frame.held = Held::default();
    let done = kit.enter();
    assert_eq!(
        done,
        [Effect::Simulate(Simulation::Fail {
            call: "complete_order",
            fault,
            words: words.clone(),
            lasting: false
        })]
    );
    kit.tell(Msg::Simulated { what: words.clone(), clock_offset: SignedDuration::ZERO });
    assert_eq!(kit.model.frame.notice.as_ref().unwrap().text, words);
    assert_eq!(kit.model.training.log, [words]);
    kit.key(Code::Esc);
    assert_eq!(
        (kit.model.screen, kit.model.training.call),
        (Screen::Training, None),
        "back to the calls first"
    );
    kit.model.frame.held = Held::default();
    kit.key(Code::Esc);
    assert_eq!(kit.model.screen, Screen::Order);
}

#[test]
fn without_an_order_there_is_a_clock_and_no_customer() {
    let mut kit = Kit::new();
    kit.press('t');
    assert_eq!(kit.model.training.tab, Tab::Clock);
    kit.key(Code::BackTab);
    assert_eq!((kit.model.training.tab, items_of(&kit).len()), (Tab::Customer, 0));
    assert_eq!(kit.enter(), []);
    kit.key(Code::Esc);
    assert_eq!(kit.model.screen, Screen::Queue);
}

fn trainee(number: u32, name: &str) -> Trainee {
    let snapshot = Snapshot { trainee: name.into(), ..Snapshot::default() };
    let (heard_at, told_at) = (start(), start());
    Trainee { number, name: name.into(), away: false, heard_at, key_at: None, told_at, snapshot, waiting: 0 }
}

fn running(number: u32, name: &str) -> Trainee {
    let mut it = trainee(number, name);
    it.snapshot.scenario = Some("verbal".into());
    it
}

fn classroom(trainees: Vec<Trainee>) -> Kit {
    let mut kit = Kit::new();
    let lesson = |name: &str| Lesson {
        name: name.into(),
        title: format!("About {name}"),
        teaches: "Something.".into(),
        text: format!("name = \"{name}\"\n"),
    };
    let lessons = Arc::new(vec![lesson("verbal"), lesson("doubt")]);
    let (address, code) = ("127.0.0.1:4321".into(), "K7QFM2XW".into());
    kit.model.training.classroom = Some(Classroom { address, code, lessons, trainees: Vec::new() });
    kit.model.training.tab = Tab::Trainees;
    kit.model.screen = Screen::Training;
    kit.tell(Msg::Classroom(ClassroomNews::Seats(trainees)));
    kit
}

/// What is wanted of whom, after these keys; Tab, Enter and Esc as `\t`, `\r`, `\x1b`.
fn wanted(kit: &mut Kit, keys: &str) -> Vec<(u32, Directive)> {
    let mut all = Vec::new();
    for key in keys.chars() {
        kit.model.frame.held = Held::default();
        let effects = match key {
            '\t' => kit.key(Code::Tab),
            '\r' => kit.enter(),
            '\x1b' => kit.key(Code::Esc),
            key => kit.press(key),
        };
        for effect in effects {
            let Effect::Classroom(ClassroomWanted::Direct { seat, directive, words }) = effect else {
                panic!("{effect:?}")
            };
            assert!(!words.is_empty() && !words.contains(['{', '"']), "{words}");
            all.push((seat, directive));
        }
    }
    all
}

#[test]
fn a_trainer_does_with_the_chosen_trainee_what_they_did_at_their_own_desk() {
    let table: [(&str, Directive); 12] = [
        ("s\r", Directive::Start { scenario: "name = \"verbal\"\n".into() }),
        ("sj\r", Directive::Start { scenario: "name = \"doubt\"\n".into() }),
        ("\rs\r", Directive::Start { scenario: "name = \"verbal\"\n".into() }),
        ("p", Directive::Pause),
        ("ee", Directive::End),
        ("\t\r", Directive::Accept),
        ("\tj\r", Directive::Decline),
        ("\tjj\r", Directive::Line { on: false }),
        ("\tjjj\r", Directive::Line { on: true }),
        ("\tjjjj\rjawohl q\r", Directive::Say { text: "jawohl q".into() }),
        ("\t\tj\r", Directive::Advance { minutes: 10 }),
        (
            "\t\t\t\rj\r",
            Directive::Fail { call: Call::RetrieveRcc, fault: serde_json::json!({ "row": "2030" }) },
        ),
    ];
    for (keys, directive) in table {
        let mut kit = classroom(vec![trainee(1, "Dana"), running(5, "Omar")]);
        assert_eq!(wanted(&mut kit, &format!("j{keys}")), [(5, directive)], "{keys:?}");
    }
}

#[test]
fn a_scenario_starts_for_everybody_at_once() {
    let away = Trainee { away: true, ..trainee(3, "Kim") };
    let mut kit = classroom(vec![trainee(1, "Dana"), trainee(2, "Omar"), away.clone()]);
    let start = Directive::Start { scenario: "name = \"doubt\"\n".into() };
    assert_eq!(wanted(&mut kit, "sjA"), [(1, start.clone()), (2, start)]);
    assert_eq!(kit.model.training.over, None);
    // Runs that are under way are not thrown away by one key, and any other key takes the first one back.
    let mut kit = classroom(vec![running(1, "Dana"), trainee(2, "Omar")]);
    assert_eq!(wanted(&mut kit, "sjA"), []);
    assert!(kit.model.frame.notice.as_ref().unwrap().text.contains("press A once more"));
    assert_eq!(wanted(&mut kit, "\x1bsA"), []);
    assert_eq!(wanted(&mut kit, "A").len(), 2);
    let mut kit = classroom(vec![away]);
    assert_eq!(wanted(&mut kit, "sA"), []);
    assert!(kit.model.frame.notice.as_ref().unwrap().text.contains("Nobody is here"));
}

#[test]
fn nothing_happens_to_a_run_that_is_not_there() {
    let mut over = running(2, "Omar");
    over.snapshot.ended = true;
    for trainee in [trainee(1, "Dana"), over] {
        let name = trainee.name.clone();
        let mut kit = classroom(vec![trainee]);
        for _ in 0..3 {
            assert_eq!(wanted(&mut kit, "\t\r"), [], "{name}, {:?}", kit.model.training.tab);
            assert!(training_items(&kit.model).is_empty(), "{name}");
            assert!(next_line(&kit.model).starts_with(&format!("{name} has no run under way")));
        }
    }
}

#[test]
fn who_is_chosen_stays_chosen_and_a_run_is_not_ended_by_one_key() {
    let mut kit = classroom(vec![running(1, "Dana"), running(2, "Omar")]);
    assert_eq!(wanted(&mut kit, "e"), []);
    assert!(kit.model.frame.notice.as_ref().unwrap().text.contains("Dana's run ends when"));
    // Another one's run is another question, and any other key takes the first one back.
    assert_eq!(wanted(&mut kit, "je"), []);
    assert_eq!(wanted(&mut kit, "pe"), [(2, Directive::Pause)]);
    assert_eq!(wanted(&mut kit, "e"), [(2, Directive::End)]);
    kit.tell(Msg::Classroom(ClassroomNews::Seats(vec![running(2, "Omar"), running(3, "Kim")])));
    assert_eq!(kit.model.training.trainee().unwrap().name, "Omar");
    // In the other tabs `n` goes on to the next one.
    assert_eq!(wanted(&mut kit, "\tn\r"), [(3, Directive::Accept)]);
    assert_eq!(wanted(&mut kit, "n\r"), [(2, Directive::Accept)]);
    // Who is watched and leaves is not watched any more.
    assert_eq!(wanted(&mut kit, "\t\t\t\r"), []);
    assert_eq!(kit.model.training.over, Some(Over::Trainee));
    kit.tell(Msg::Classroom(ClassroomNews::Seats(vec![running(3, "Kim")])));
    assert_eq!(kit.model.training.over, None);
}

#[test]
fn a_key_that_is_to_be_pressed_twice_says_when_the_second_time_came_too_soon() {
    for key in ['e', 'A'] {
        let mut kit = classroom(vec![running(1, "Dana")]);
        if key == 'A' {
            kit.press('s');
        }
        assert_eq!(kit.press(key), []);
        kit.now += SignedDuration::from_millis(300);
        assert_eq!(kit.tell(Msg::Key(Key::char(key))), [], "{key} may be held down");
        let said = &kit.model.frame.notice.as_ref().unwrap().text;
        assert!(said.contains("held down"), "{key}: {said}");
        kit.now += SECOND;
        assert!(!kit.tell(Msg::Key(Key::char(key))).is_empty(), "{key}, pressed once more");
    }
}

#[test]
fn what_could_not_begin_and_what_was_dropped_is_said_once() {
    let mut failed = trainee(1, "Dana");
    failed.snapshot.failed = Some("verbal cannot begin here: the disk is full".into());
    let queued = Trainee { waiting: 2, away: true, ..running(2, "Omar") };
    let mut kit = classroom(vec![trainee(1, "Dana"), queued.clone()]);
    let mut said = |trainees: Vec<Trainee>| {
        kit.model.frame.notice = None;
        kit.tell(Msg::Classroom(ClassroomNews::Seats(trainees)));
        kit.model.frame.notice.clone().map(|notice| notice.text.clone()).unwrap_or_default()
    };
    let both = vec![failed.clone(), queued];
    assert_eq!(said(both.clone()), "Dana: verbal cannot begin here: the disk is full");
    assert_eq!(said(both), "");
    assert_eq!(said(vec![failed.clone()]), "Omar has left; 2 queued was dropped");
    assert_eq!(said(vec![failed]), "");
}

#[test]
fn a_paused_run_goes_on_and_what_does_not_arrive_is_said() {
    let mut paused = running(1, "Dana");
    paused.snapshot.paused = true;
    let mut kit = classroom(vec![paused]);
    assert_eq!(wanted(&mut kit, "p"), [(1, Directive::Resume)]);
    kit.tell(Msg::Classroom(ClassroomNews::Directed { words: "Dana's run goes on".into() }));
    assert_eq!(kit.model.training.log, ["Dana's run goes on"]);
    kit.tell(Msg::Classroom(ClassroomNews::Gone { seat: 1, words: "Dana's run goes on".into() }));
    let notice = kit.model.frame.notice.clone().unwrap();
    assert_eq!(notice.severity, Severity::Error);
    assert!(notice.text.starts_with("not delivered: Dana has left or has too many requests"), "{notice:?}");
    assert_eq!(kit.model.training.log.len(), 1, "what was not done is not in the list of what was");
    kit.tell(Msg::Classroom(ClassroomNews::Queued { seat: 1, words: "Dana's run is paused".into() }));
    let notice = kit.model.frame.notice.clone().unwrap();
    assert_eq!(
        (notice.severity, &*notice.text),
        (Severity::Warning, "queued; Dana is away: Dana's run is paused")
    );
    assert_eq!(kit.model.training.log.len(), 1, "nor is what has not arrived yet");
    // Nothing to pause or end while nothing runs.
    let mut kit = classroom(vec![trainee(1, "Dana")]);
    assert_eq!(wanted(&mut kit, "pee"), []);
}

#[test]
fn an_empty_classroom_does_nothing_and_is_left_by_quitting() {
    let mut kit = classroom(Vec::new());
    assert_eq!(wanted(&mut kit, "\rspee\t\r\t\r\t\r\x1b\x1b"), []);
    assert_eq!(kit.model.screen, Screen::Training);
    assert_eq!(next_tick(&kit.model, kit.now), None);
    assert_eq!(kit.press('q'), [Effect::Quit]);
}

#[test]
fn a_classroom_with_runs_under_way_is_closed_after_a_question() {
    let away = Trainee { away: true, ..running(2, "Omar") };
    let mut kit = classroom(vec![trainee(1, "Dana"), away.clone()]);
    assert_eq!(kit.press('q'), [Effect::Quit], "nobody who is here has a run");
    let mut kit = classroom(vec![running(1, "Dana"), away]);
    assert_eq!(kit.press('q'), []);
    assert!(matches!(kit.model.frame.overlay, Some(Overlay::Confirm(Confirm::CloseClassroom(1)))));
    kit.key(Code::Esc);
    assert!(kit.model.frame.overlay.is_none());
    kit.press('q');
    assert_eq!(kit.press('y'), [Effect::Quit]);
    // The second request is obeyed as well.
    let mut kit = classroom(vec![running(1, "Dana")]);
    assert_eq!(kit.strikes(Key::ctrl('c')), []);
    assert_eq!(kit.strikes(Key::ctrl('c')), [Effect::Quit]);
}

#[test]
fn a_running_clock_is_shown_by_the_second_and_stops_when_nobody_is_there() {
    let mut it = running(1, "Dana");
    it.snapshot.elapsed = 61_000;
    (it.snapshot.expires_at, it.snapshot.now) = (Some(start() + SECOND * 90), Some(start()));
    it.snapshot.mistakes = vec![Made {
        mistake: "read_too_fast".into(),
        at: 0,
        what: "x".into(),
        instead: "y".into(),
        points: 10,
    }];
    let later = start() + SECOND * 9;
    assert_eq!((it.lasted(later), it.window(later)), (SECOND * 70, Some(SECOND * 81)));
    it.snapshot.paused = true;
    assert_eq!(it.lasted(later), SECOND * 61);
    (it.snapshot.paused, it.away) = (false, true);
    assert_eq!((it.lasted(later), it.window(later)), (SECOND * 61, Some(SECOND * 90)));
    let kit = classroom(vec![it]);
    assert_eq!(next_tick(&kit.model, kit.now), Some(SECOND));
}

#[test]
fn a_classroom_offers_no_tour_of_orders_that_it_does_not_have() {
    let mut kit = classroom(Vec::new());
    assert!(screen_bindings(&kit.model).iter().all(|binding| binding.action != Action::Tour));
    kit.strikes(Key::plain(Code::F(2)));
    assert!(!kit.model.is_shown_around());
}
