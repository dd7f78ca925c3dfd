//! Which order, which call and which time of day a screen speaks of.

use super::fixture::{Story, at};
use super::{cases, frame, text};
use crate::desk::{Action, Model, Overlay, Palette, Pane, ThemeName, palette_lines, screen_bindings};
use crate::order::{Call, OrderId, Polling, Timestamp, Uptime};
use jiff::SignedDuration;

fn shown(model: &Model) -> String {
    text(&frame(model, ThemeName::Plain, (100, 40)).0)
}

#[test]
fn what_is_in_progress_for_another_order_is_named() {
    let mut model = Story::opened(Some(at("15:04:00"))).accepted().on(Pane::Complete);
    model.frame.under_way = 1;
    let own = model.order.as_ref().unwrap().order.id.clone();
    let now = model.now;
    model.running.insert(own, (Some(Call::RetrieveRcc), now));
    assert!(shown(&model).contains("  … in progress"), "{}", shown(&model));
    let other = OrderId::from_bits(99);
    model.running = [(other.clone(), (Some(Call::CompleteOrder), now))].into();
    let named = format!("… order {other}: {} in progress", Call::CompleteOrder);
    assert!(shown(&model).contains(&named), "{}", shown(&model));
    model.running.insert(OrderId::from_bits(98), (None, now));
    assert!(shown(&model).contains("… 2 orders in progress"), "{}", shown(&model));
}

#[test]
fn the_end_of_a_wait_is_a_time_of_day() {
    let mut model = Story::opened(Some(at("15:04:05"))).sent().on(Pane::Sent);
    let id = model.order.as_ref().unwrap().order.id.clone();
    let up = SignedDuration::from_mins(40);
    model.steady = Some(Uptime::of("b".into(), up));
    let started_at = Timestamp::UNIX_EPOCH + (up - SignedDuration::from_secs(60));
    let pauses = model.setup.pauses;
    model.polls.insert(id, Polling { pauses, started_at, checks: 1, next_at: Some(model.now), timer: 1 });
    let end = model.now + (pauses.give_up_after - SignedDuration::from_secs(60));
    let end = end.to_zoned(jiff::tz::TimeZone::UTC).strftime("%H:%M:%S").to_string();
    assert!(shown(&model).contains(&format!("Stops automatically at {end}")), "{}", shown(&model));
}

#[test]
fn what_was_sent_and_counts_is_listed_while_one_chooses() {
    let sha256 = super::fixture::rcc().sha256();
    let read = crate::order::Event::ReadingStarted { sha256, afresh: false, uptime: None };
    let story = Story::opened(Some(at("15:04:05"))).sent().then("15:31:00", read);
    let aside = crate::order::Event::ReadingInterrupted { section: 0 };
    let shown = shown(&story.then("15:32:00", aside).on(Pane::Deliver));
    assert!(shown.contains("Sent earlier") && shown.contains("the same text"), "{shown}");
}

#[test]
fn a_complete_that_was_sent_once_is_no_third_attempt() {
    let (_, model) = cases::all().into_iter().find(|(name, _)| name.starts_with("doubt")).unwrap();
    assert!(shown(&model).contains("call 3") && !shown(&model).contains("attempt 3"), "{}", shown(&model));
}

#[test]
fn help_keeps_every_key_apart_from_what_it_does() {
    let mut model = Story::opened(Some(at("15:04:05"))).reading(2).on(Pane::Reading);
    model.frame.overlay = Some(Overlay::Help);
    let shown = shown(&model);
    assert!(shown.contains("send SMS instead  Send the text by SMS."), "{shown}");
}

#[test]
fn a_section_that_was_read_has_its_word_and_its_full_seconds() {
    let event =
        crate::order::Event::SectionRead { section: 0, millis: Some(7_900), words: Some(26), uptime: None };
    let about = crate::view::event_details(&event);
    assert!(about.starts_with("1 in 7 s, "), "{about}");
    assert_eq!((event.kind(), event.word()), ("passage_read", "section_read"), "the journal keeps its own");
}

/// Of every screen, each command: its whole name comes first, with nothing of the same name that does something else.
#[test]
fn the_name_of_a_command_finds_it_first_on_every_screen() {
    for (case, mut model) in every_case() {
        model.frame.overlay = None;
        for binding in screen_bindings(&model).into_iter().filter(|b| b.action != Action::Palette) {
            let input = tui_input::Input::new(binding.label.to_uppercase());
            model.frame.overlay = Some(Overlay::Palette(Palette { input, selected: 0 }));
            let found: Vec<_> = palette_lines(&model).iter().map(|b| (b.label, b.action)).collect();
            assert_eq!(found.first().map(|(label, _)| *label), Some(binding.label), "{case}: {found:?}");
            let same = found.iter().filter(|(label, _)| *label == binding.label).count();
            assert_eq!(same, 1, "{case}: {}", binding.label);
        }
    }
}

fn every_case() -> Vec<(&'static str, Model)> {
    let own = cases::all();
    let others =
        [super::market::all(), super::registration::all(), super::window::all(), super::training::all()];
    others.into_iter().flatten().chain(own).collect()
}

#[test]
fn a_name_comes_before_a_name_that_holds_it_and_before_a_description() {
    let first = |model: &Model, typed: &str| {
        let mut model = model.clone();
        let input = tui_input::Input::new(typed.into());
        model.frame.overlay = Some(Overlay::Palette(Palette { input, selected: 0 }));
        palette_lines(&model).first().map(|binding| binding.label)
    };
    let queue = super::fixture::queue(3);
    for (typed, name) in [("lock", "lock"), ("ref", "refresh"), ("clock", "training"), ("", "open")] {
        assert_eq!(first(&queue, typed), Some(name), "{typed}");
    }
}

#[test]
fn a_long_name_in_the_palette_is_whole() {
    let mut model = Story::opened(Some(at("15:04:05"))).reading(2).on(Pane::Reading);
    let input = tui_input::Input::new("send sms".into());
    model.frame.overlay = Some(Overlay::Palette(Palette { input, selected: 0 }));
    for size in [(60, 15), (80, 24)] {
        model.frame.size = size;
        let shown = text(&frame(&model, ThemeName::Plain, size).0);
        assert!(shown.contains("send SMS instead  "), "{shown}");
    }
}

#[test]
fn what_px_calls_expired_too_early_is_said_to_be_in_dispute() {
    let story = Story::opened(Some(at("15:04:05"))).accepted().calls("15:36:00", 7, Call::CompleteOrder);
    let model = story.refused(7, "complete_order/2215", "Too late").on(Pane::Outcome);
    let shown = shown(&model);
    assert!(shown.contains("they disagree") && !shown.contains("expired at "), "{shown}");
}

#[test]
fn who_added_the_chosen_order_is_said_to_have_added_it() {
    let shown = shown(&super::fixture::queue(3));
    assert!(shown.contains("added by "), "{shown}");
}
