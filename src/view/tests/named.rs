//! Which order, which call and which time of day a screen speaks of.

use super::fixture::{Story, at};
use super::{cases, frame, text};
use crate::desk::{Model, Overlay, Pane, ThemeName};
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
    assert!(shown.contains("send SMS instead Send the text by SMS."), "{shown}");
}

#[test]
fn a_section_that_was_read_has_its_word_and_its_full_seconds() {
    let event =
        crate::order::Event::SectionRead { section: 0, millis: Some(7_900), words: Some(26), uptime: None };
    let about = crate::view::event_details(&event);
    assert!(about.starts_with("1 in 7 s, "), "{about}");
    assert_eq!((event.kind(), event.word()), ("passage_read", "section_read"), "the journal keeps its own");
}
