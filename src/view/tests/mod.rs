//! Frames of every screen, approved once; and what must hold for all of them at any size.

mod cases;
mod fixture;
mod in_sight;
mod market;
mod named;
mod play;
mod reading;
mod registration;
mod tour;
mod replay;
mod training;
mod window;

use super::{Layout, Look, SMALLEST, view};
use crate::desk::{Counts, Model, ThemeName, WIDE, stalled_rows};
use crate::order::{Brief, Call, Class, State, is_invisible};
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

fn frame(model: &Model, theme: ThemeName, (width, height): (u16, u16)) -> (Buffer, Layout) {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let look = Look::new(theme, TimeZone::UTC);
    let mut layout = Layout::default();
    terminal.draw(|frame| layout = view(model, &look, frame.buffer_mut())).unwrap();
    (terminal.backend().buffer().clone(), layout)
}

/// The frame as lines, without the blanks at their ends.
fn text(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width);
    let lines = buffer.content.chunks(width.max(1));
    let line =
        |cells: &[ratatui::buffer::Cell]| cells.iter().map(ratatui::buffer::Cell::symbol).collect::<String>();
    lines.map(|cells| line(cells).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_screen_looks_as_approved() {
    for (name, model) in cases::all() {
        for size in [(80, 24), (120, 40)] {
            let (buffer, _) = frame(&model, ThemeName::Dark, size);
            let name = format!("{name}-{}x{}", size.0, size.1);
            insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(name, text(&buffer));
            });
        }
    }
}

#[test]
fn a_wide_screen_shows_the_chosen_order_beside_the_list() {
    for (name, model) in cases::wide() {
        for size in [(140, 40), (200, 60)] {
            let mut model = model.clone();
            model.frame.size = size;
            let (buffer, _) = frame(&model, ThemeName::Dark, size);
            let name = format!("{name}-{}x{}", size.0, size.1);
            insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(name, text(&buffer));
            });
            model.frame.lock.locked = true;
            let locked = text(&frame(&model, ThemeName::Dark, size).0);
            assert!(!locked.contains("TX-") && !locked.contains("0123"), "nothing of it when locked");
        }
    }
}

/// The marketplace's lists where there is room for more, in daylight.
#[test]
fn the_marketplace_on_a_large_screen_in_daylight() {
    for (name, mut model) in market::all() {
        if !["market_subscriptions", "market_month", "market_doubts"].contains(&name) {
            continue;
        }
        model.frame.size = (140, 40);
        model.frame.theme = ThemeName::Light;
        let (buffer, _) = frame(&model, ThemeName::Light, (140, 40));
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}-140x40"), text(&buffer));
        });
    }
}

/// The registration's lists where there is room for the changes beside them, in daylight.
#[test]
fn the_registration_on_a_large_screen_in_daylight() {
    for (name, mut model) in registration::all() {
        if !["registration_changes", "registration_matrix_large", "registration_preview"].contains(&name) {
            continue;
        }
        for size in [(140, 40), (200, 60)] {
            model.frame.size = size;
            model.frame.theme = ThemeName::Light;
            let (buffer, _) = frame(&model, ThemeName::Light, size);
            let name = format!("{name}-{}x{}", size.0, size.1);
            insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(name, text(&buffer));
            });
        }
    }
}

/// The trainer's screens where there is room for more, in daylight.
#[test]
fn the_trainers_screens_on_a_large_screen_in_daylight() {
    for (name, mut model) in training::all() {
        if !["training_failures", "classroom", "classroom_trainee"].contains(&name) {
            continue;
        }
        model.frame.size = (200, 60);
        model.frame.theme = ThemeName::Light;
        let (buffer, _) = frame(&model, ThemeName::Light, (200, 60));
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}-200x60"), text(&buffer));
        });
    }
}

#[test]
fn no_size_breaks_anything() {
    let cases = cases::all();
    let sizes = (1..=200_u16).step_by(17).chain(59..62);
    for width in sizes {
        for height in [1, 2, 5, 14, 15, 16, 20, 24, 30, 60] {
            for (name, model) in &cases {
                let (buffer, layout) = frame(model, ThemeName::Dark, (width, height));
                let size = (width, height);
                assert!(
                    layout.places.iter().all(|(place, _)| buffer.area.union(*place) == buffer.area),
                    "{name} {size:?}"
                );
                let inside = layout.cursor.is_none_or(|at| buffer.area.contains(at));
                assert!(inside, "{name} {size:?}: the cursor is outside");
                assert!(!text(&buffer).replace('\n', "").chars().any(is_invisible), "{name} {size:?}");
                if width < SMALLEST.0 && width > 30 && height > 4 && !model.frame.lock.locked {
                    assert!(text(&buffer).contains("pxdesk needs 60×15"), "{name} {size:?}");
                }
            }
        }
    }
}

#[test]
fn on_the_smallest_screen_a_list_still_has_its_rows() {
    for (name, model) in cases::all().into_iter().filter(|(name, _)| name.starts_with("stalled")) {
        let shown = text(&frame(&model, ThemeName::Plain, SMALLEST).0);
        assert!(
            name == "stalled_results" || shown.contains("▸ ▹") || shown.contains("▸   ·"),
            "{name}: {shown}"
        );
    }
}

#[test]
fn a_question_about_many_orders_says_what_it_asks_and_shows_where_to_answer() {
    for size in [SMALLEST, (80, 16), (80, 24), (200, 60)] {
        let asking = cases::all().into_iter().filter(|(name, _)| name.starts_with("ask_"));
        for (name, model) in asking {
            let (buffer, layout) = frame(&model, ThemeName::Plain, size);
            let shown = text(&buffer);
            let title = shown.lines().skip_while(|line| !line.trim_start().starts_with('╭'));
            let title = title.skip(1).find(|line| line.chars().any(char::is_alphabetic));
            let title = title.unwrap_or_default().trim_matches(['│', ' ']);
            let known = ["Assign to", "Write a", "End these", "Did Anna", "Who is", "What does"];
            assert!(known.iter().any(|known| title.starts_with(known)), "{name} {size:?}: {shown}");
            assert!(name == "ask_said_yes" || layout.cursor.is_some(), "{name} {size:?}: {shown}");
        }
    }
}

#[test]
fn all_groups_are_open_when_every_line_is_seen_then_and_only_then() {
    for size in [SMALLEST, (80, 24), (80, 40), (140, 40), (200, 60)] {
        let mut open = 0;
        for orders in 0..110 {
            let mut model = fixture::queue(orders);
            model.frame.size = size;
            let model = cases::pressed(model, "s");
            let stalled = &model.stalled;
            let all = stalled.groups.len() + stalled.rows.len();
            let room = usize::from(stalled_rows(&model, model.frame.body()).list);
            assert_eq!(stalled.lines.len() == all, all <= room, "{size:?}, {orders} orders");
            if all <= room {
                let shown = text(&frame(&model, ThemeName::Plain, size).0);
                assert!(!shown.contains("more line"), "{size:?}, {orders} orders: {shown}");
                open = open.max(all);
            }
        }
        let rows = usize::from(size.1);
        assert!(open + if size.0 < WIDE { 17 } else { 11 } >= rows, "{size:?}: {open} lines at the most");
    }
}

#[test]
fn a_group_is_as_old_as_the_oldest_of_its_orders_at_any_moment() {
    let mut model = cases::pressed(fixture::queue(60), "s\r");
    for _ in 0..3 {
        model.now += jiff::SignedDuration::from_secs(13 * 60);
        let shown = text(&frame(&model, ThemeName::Plain, (80, 24)).0);
        let waits = |line: &str| {
            line.split("  ").map(str::trim).find(|word| word.ends_with("min")).map(str::to_owned)
        };
        let lines = shown.lines().skip(5);
        let mut ages = lines.take(5).filter_map(waits);
        let group = ages.next().unwrap();
        assert!(ages.any(|age| age == group), "{shown}");
    }
}

#[test]
fn what_had_no_answer_is_not_said_to_get_the_same_again() {
    let mut rows = fixture::queue(60).queue.rows;
    let mut sent = rows.iter().find(|row| row.standing == State::Sent).unwrap().clone();
    sent.trouble = Some(Brief { call: Call::SendRcc, class: Class::CutOff, code: None, row: None });
    rows.push(sent);
    let mut said = std::collections::BTreeSet::new();
    for row in rows.iter().filter(|row| row.stall(fixture::now()).is_some()) {
        let words = super::words::verdict_of(row, fixture::now());
        let refused = row.trouble.as_ref().is_some_and(|trouble| trouble.class == Class::Refused);
        assert!(refused || !words.contains("same answer"), "{row:?}: {words}");
        said.insert(words);
    }
    assert_eq!(said.len(), 6, "{said:?}");
}

#[test]
fn a_batch_leaves_room_for_what_to_do_about_the_chosen_group() {
    let (_, batch) = cases::all().into_iter().find(|(name, _)| *name == "stalled_batch").unwrap();
    for size in [(80, 24), (100, 30), (120, 40)] {
        let mut model = batch.clone();
        model.frame.size = size;
        for group in model.stalled.groups.clone() {
            let shown = text(&frame(&model, ThemeName::Plain, size).0);
            assert!(!shown.contains("more lines below"), "{} at {size:?}: {shown}", group.cause.key);
            model = cases::pressed(model, "j");
        }
    }
}

#[test]
fn nothing_is_told_by_color_alone() {
    for (name, model) in cases::all() {
        let words = |theme| text(&frame(&model, theme, (80, 24)).0);
        for theme in [ThemeName::Light, ThemeName::HighContrast, ThemeName::Plain] {
            assert_eq!(words(ThemeName::Dark), words(theme), "{name}");
        }
        let (plain, _) = frame(&model, ThemeName::Plain, (80, 24));
        let reset = ratatui::style::Color::Reset;
        assert!(plain.content.iter().all(|cell| cell.fg == reset && cell.bg == reset), "{name}");
    }
}

#[test]
fn production_is_named_on_every_screen() {
    for (name, mut model) in cases::all() {
        model.setup.environment = crate::order::Environment::Production;
        model.setup.agent = "r.diaz-of-a-department-with-a-name-that-has-no-end".into();
        model.training.clock_offset = jiff::SignedDuration::from_mins(45);
        for size in [(40, 10), SMALLEST, (80, 24), (160, 50)] {
            let shown = text(&frame(&model, ThemeName::Plain, size).0);
            let top = shown.lines().next().unwrap_or_default();
            assert!(top.contains("PRODUCTION"), "{name}: {top}");
            let boxed = shown.lines().find(|line| line.trim_start().starts_with('╭'));
            assert!(boxed.is_none_or(|edge| edge.contains("PRODUCTION")), "{name}: {boxed:?}");
        }
    }
}

#[test]
fn environments_differ_in_words_and_in_style() {
    let (_, mut model) = cases::all().remove(0);
    for theme in [ThemeName::Dark, ThemeName::Light, ThemeName::HighContrast, ThemeName::Plain] {
        let bars = crate::order::Environment::ALL.map(|environment| {
            model.setup.environment = environment;
            let (buffer, _) = frame(&model, theme, (80, 24));
            let words = text(&buffer).lines().next().unwrap_or_default().to_owned();
            (words, buffer.content[0].style())
        });
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            assert_ne!(bars[one].0, bars[other].0, "{theme:?}");
            assert_ne!(bars[one].1, bars[other].1, "{theme:?}");
        }
    }
}

#[test]
fn a_locked_desk_shows_its_environment_and_nothing_of_an_order() {
    let locked = |mut model: Model| {
        model.frame.lock.locked = true;
        text(&frame(&model, ThemeName::Dark, (120, 40)).0)
    };
    let empty = locked(fixture::model(crate::desk::Screen::Queue));
    assert!(empty.contains("EMBEDDED") && empty.contains("Press any key"), "{empty}");
    for (name, mut model) in cases::all() {
        model.setup.environment = crate::order::Environment::Embedded;
        model.queue.rows.clear();
        model.queue.counts = Counts::default();
        model.frame.under_way = 0;
        // A classroom says of its environment that it has made-up customers, which is true of it alone.
        model.training.classroom = None;
        assert_eq!(locked(model), empty, "{name}");
    }
}

#[test]
fn no_secret_reaches_the_screen() {
    for (name, model) in cases::all() {
        let shown = text(&frame(&model, ThemeName::Dark, (200, 60)).0);
        for secret in ["tok_secret", "3035550123", "anna@example"] {
            assert!(!shown.contains(secret), "{name} shows {secret}");
        }
    }
}
