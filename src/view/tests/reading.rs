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
    update(model, Msg::Resized { width: size.0, height: size.1 }, now());
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
fn a_section_that_fits_needs_one_key_and_what_was_skipped_is_not_read() {
    let mut model = reading(160);
    look(&mut model, (120, 40), &mut Vec::new());
    assert!(space(&mut model));

    let mut model = reading(900);
    look(&mut model, (80, 24), &mut Vec::new());
    update(&mut model, Msg::Key(Key::plain(crate::desk::Code::End)), now());
    look(&mut model, (80, 24), &mut Vec::new());
    assert!(!space(&mut model), "what lies between was not shown");
}

/// The words that a frame of this size shows, the first and the last of them.
fn part(model: &mut Model, size: (u16, u16)) -> (String, String) {
    let mut words = Vec::new();
    look(model, size, &mut words);
    (words[0].clone(), words[words.len() - 1].clone())
}

/// The terminal is resized in the middle of a section, before each key and twice after it.
#[test]
fn a_resize_skips_nothing_and_what_is_no_longer_drawn_is_not_read() {
    for sizes in [[(120, 20), SMALLEST], [SMALLEST, (80, 24)], [(80, 24), SMALLEST], [SMALLEST, (200, 60)]] {
        let (mut model, mut drawn) = (reading(600), Vec::new());
        let mut presses = 0;
        loop {
            look(&mut model, sizes[0], &mut Vec::new());
            look(&mut model, sizes[1], &mut drawn);
            presses += 1;
            if space(&mut model) {
                break;
            }
            assert!(presses < 90, "{sizes:?}: too many keys");
        }
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn.len(), 600, "{sizes:?}: only what stays on the screen until the key can be read");
    }
}

#[test]
fn the_word_that_is_being_read_stays_on_the_screen_through_any_size() {
    let mut model = reading(600);
    let mut begin = part(&mut model, SMALLEST);
    for _ in 0..4 {
        assert!(!space(&mut model));
        begin = part(&mut model, SMALLEST);
    }
    for size in [(80, 24), (200, 60), (61, 20), (120, 17), (73, 33), SMALLEST] {
        let (first, last) = part(&mut model, size);
        assert!(first <= begin.0 && begin.0 <= last, "{size:?}: {} is not within {first} to {last}", begin.0);
    }
    assert_eq!(part(&mut model, SMALLEST), begin, "however often it is resized, it does not creep");
    // The rest was in sight for a moment, at another size.
    assert!(!space(&mut model), "what lies below the edge is not read");
    let next = part(&mut model, SMALLEST).0;
    assert!(next > begin.0 && next <= format!("w{:03}", begin.1[1..].parse::<usize>().unwrap() + 1));
}

/// The line and the footer name what the key does.
#[test]
fn looking_back_at_a_long_section_offers_its_next_part() {
    let mut model = reading(160);
    while {
        look(&mut model, SMALLEST, &mut Vec::new());
        model.order.as_ref().unwrap().goes_on()
    } {
        assert!(!space(&mut model));
    }
    update(&mut model, Msg::Key(Key::char('b')), now());
    look(&mut model, SMALLEST, &mut Vec::new());
    let shown = text(&frame(&model, ThemeName::Plain, SMALLEST).0);
    assert!(shown.contains("Space: the next part of section 1 of 1."), "{shown}");
    assert!(!space(&mut model));
}

#[test]
fn what_to_ask_the_customer_is_in_sight_at_every_size() {
    let (_, model) = cases::all().into_iter().find(|(case, _)| *case == "reading_all_read").unwrap();
    for size in SIZES {
        let shown = text(&frame(&model, ThemeName::Plain, size).0);
        for part in ["✓ Every section was read.", "Ask: \"Do you accept?\" and record who says yes."] {
            assert!(shown.contains(part), "{size:?}: no {part}:\n{shown}");
        }
    }
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
        assert!(matches!(model.frame.overlay, Some(Overlay::Confirm(Confirm::Complete(_) | Confirm::Probe))));
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

/// From the smallest screen on, how long the section has been in front and of how long at least stand whole.
#[test]
fn the_time_of_a_section_is_whole_at_every_width() {
    let mut model = reading(160);
    look(&mut model, (80, 24), &mut Vec::new());
    model.now = at("15:07:09");
    for width in 60..=130 {
        let shown = text(&frame(&model, ThemeName::Plain, (width, 24)).0);
        let whole =
            shown.lines().any(|line| line.contains("section 1 of 1") && line.ends_with("0:09 of 0:38"));
        assert!(whole, "{width}: {shown}");
    }
}

/// While another agent reads the text, nothing here says to read it, and no time runs.
#[test]
fn a_text_that_somebody_else_reads_is_not_to_be_read_here() {
    let mut model = reading(20);
    model.setup.agent = "bob".into();
    model.now = at("15:07:09");
    let shown = text(&frame(&model, ThemeName::Plain, (80, 24)).0);
    assert!(!shown.contains("read this now") && !shown.contains("0:09"), "{shown}");
    assert!(shown.contains("○ not read yet"), "{shown}");
    update(&mut model, Msg::Key(Key::char(' ')), at("15:07:10"));
    let said = model.frame.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default();
    assert!(said.contains("is working on this order"), "{said}");
}
