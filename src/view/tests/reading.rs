//! A legal text is read from the screen: all of it is shown before any of it counts as read, however small the screen.

use super::cases;
use super::fixture::{Story, at, text_came};
use super::{SMALLEST, frame, text};
use crate::desk::{Confirm, Effect, Held, Key, Model, Msg, Overlay, Pane, Task, ThemeName, update};
use crate::order::{Call, Command, Event, Rcc, Section, Timestamp};

const SIZES: [(u16, u16); 5] = [SMALLEST, (80, 24), (106, 26), (120, 40), (61, 60)];

/// An order whose text is one section of so many words, long enough on the screen.
fn reading(words: usize) -> Model {
    let words: Vec<_> = (0..words).map(|n| format!("w{n:03}")).collect();
    let section = Section { id: None, title: Some("Terms".into()), text: words.join(" ") };
    let rcc = Rcc { language: None, sections: vec![section] };
    let story = Story::opened(Some(at("15:04:00")))
        .calls("15:06:00", 1, Call::RetrieveRcc)
        .then("15:06:01", text_came(1, rcc.clone()))
        .then("15:07:00", Event::ReadingStarted { sha256: rcc.sha256(), afresh: false, uptime: None });
    let mut model = story.on(Pane::Reading);
    model.order.as_mut().unwrap().shown_at = Some(at("15:07:00"));
    model
}

/// Reads what a frame of this size shows of the text, and tells the desk so, as the terminal does.
fn look(model: &mut Model, size: (u16, u16), read: &mut Vec<String>) -> usize {
    model.frame.size = size;
    let (buffer, layout) = frame(model, ThemeName::Plain, size);
    let shown = text(&buffer);
    let is_word = |word: &&str| word.len() == 4 && word.starts_with('w') && word != &"word";
    let words: Vec<_> = shown.split_whitespace().filter(is_word).map(str::to_owned).collect();
    let count = words.len();
    read.extend(words);
    if let Some(seen) = layout.seen {
        update(model, Msg::Shown(seen), now());
    }
    count
}

/// Half an hour after the text came.
fn now() -> Timestamp {
    at("15:37:00")
}

fn space(model: &mut Model) -> bool {
    model.frame.held = Held::default();
    let effects = update(model, Msg::Key(Key::char(' ')), now());
    matches!(&effects[..], [Effect::Run(_, Task::Do(Command::SectionRead { .. }))])
}

#[test]
fn every_word_is_shown_before_the_section_counts_as_read() {
    for size in SIZES {
        for words in [20, 160, 900] {
            let (mut model, mut read) = (reading(words), Vec::new());
            let mut presses = 0;
            loop {
                let shown = look(&mut model, size, &mut read);
                assert!(shown >= 8, "{size:?}: only {shown} words are on the screen");
                presses += 1;
                if space(&mut model) {
                    break;
                }
                assert!(presses < 90, "{size:?}: {words} words take too many keys");
            }
            read.sort_unstable();
            read.dedup();
            assert_eq!(read.len(), words, "{size:?}: words were left out");
        }
    }
}

#[test]
fn a_section_that_fits_needs_one_key_and_another_size_forgets_nothing() {
    let (mut model, mut read) = (reading(160), Vec::new());
    look(&mut model, (120, 40), &mut read);
    look(&mut model, SMALLEST, &mut read);
    assert!(space(&mut model), "it was shown whole before the screen became small");

    let mut model = reading(900);
    look(&mut model, (80, 24), &mut Vec::new());
    update(&mut model, Msg::Key(Key::plain(crate::desk::Code::End)), now());
    look(&mut model, (80, 24), &mut Vec::new());
    assert!(!space(&mut model), "what lies between was not shown");
}

#[test]
fn five_rows_of_the_text_are_on_the_smallest_screen() {
    for (words, room) in [(160, 5), (900, 5)] {
        let (buffer, _) = frame(&reading(words), ThemeName::Plain, SMALLEST);
        let shown = text(&buffer);
        let rows = shown.lines().filter(|line| line.contains(" w0")).count();
        assert!(rows >= room, "{rows}:\n{shown}");
        assert!(shown.contains("Reading aloud") && shown.contains("left"), "{shown}");
    }
}

#[test]
fn a_run_leaves_the_text_its_five_rows_too() {
    for (name, model) in cases::all().into_iter().filter(|(name, _)| name.starts_with("run_reading")) {
        let (buffer, layout) = frame(&model, ThemeName::Plain, SMALLEST);
        let seen = layout.seen.unwrap();
        assert!(seen.is_whole() || seen.through > 100, "{name}: {seen:?}\n{}", text(&buffer));
    }
}

#[test]
fn what_is_submitted_and_on_which_yes_is_in_sight_before_the_yes() {
    for name in ["confirm_complete", "confirm_probe", "run_asks"] {
        let (_, model) = cases::all().into_iter().find(|(case, _)| *case == name).unwrap();
        assert!(matches!(model.frame.overlay, Some(Overlay::Confirm(Confirm::Complete | Confirm::Probe))));
        for size in SIZES {
            let shown = text(&frame(&model, ThemeName::Plain, size).0);
            for part in ["transaction    TX-", "partner order  PO-", "accepted       "] {
                assert!(shown.contains(part), "{name} {size:?}: no {part}:\n{shown}");
            }
        }
    }
}

#[test]
fn the_key_says_that_there_is_more() {
    let mut model = reading(900);
    look(&mut model, (80, 24), &mut Vec::new());
    let shown = text(&frame(&model, ThemeName::Plain, (80, 24)).0);
    assert!(shown.contains("Space: the next part of section 1 of 1."), "{shown}");
    assert!(shown.contains("Space next part"), "{shown}");
}

#[test]
fn a_complete_that_is_under_way_is_not_offered_again() {
    let mut model = Story::opened(Some(at("15:04:00"))).accepted().on(Pane::Complete);
    let shows = |model: &Model| text(&frame(model, ThemeName::Plain, (80, 24)).0);
    assert!(shows(&model).contains("Ready to complete."));
    // The journal's own word of it comes with the answer.
    model.order.as_mut().unwrap().busy = Some((Some(Call::CompleteOrder), now()));
    assert!(!shows(&model).contains("Ready to complete."));
}

#[test]
fn no_speed_is_cut_on_a_narrow_screen() {
    let (_, model) = cases::all().into_iter().find(|(case, _)| *case == "reading_all_read").unwrap();
    let whole = |size| text(&frame(&model, ThemeName::Plain, size).0).matches(" words a minute").count();
    let narrow = whole((60, 30));
    assert_eq!((narrow, narrow), (whole((80, 30)), 8), "seven sections, and the total");
}

#[test]
fn a_heading_is_shown_whole_and_counts_like_the_text_under_it() {
    let heading: Vec<_> = (0..60).map(|n| format!("w{n:03}")).collect();
    let section = Section { id: None, title: Some(heading.join(" ")), text: "w060 w061".into() };
    let rcc = Rcc { language: None, sections: vec![section] };
    let story = Story::opened(Some(at("15:04:00")))
        .calls("15:06:00", 1, Call::RetrieveRcc)
        .then("15:06:01", text_came(1, rcc.clone()))
        .then("15:07:00", Event::ReadingStarted { sha256: rcc.sha256(), afresh: false, uptime: None });
    for size in SIZES {
        let (mut model, mut read) = (story.clone().on(Pane::Reading), Vec::new());
        model.order.as_mut().unwrap().shown_at = Some(at("15:07:00"));
        let mut presses = 0;
        while {
            look(&mut model, size, &mut read);
            !space(&mut model)
        } {
            presses += 1;
            assert!(presses < 30, "{size:?}: too many keys");
        }
        read.sort_unstable();
        read.dedup();
        assert_eq!(read.len(), 62, "{size:?}: words were left out");
    }
}
