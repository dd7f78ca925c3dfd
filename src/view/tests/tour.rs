//! The tour of the first order, over the screens that it leads through.

use super::cases::{self, Case};
use super::{frame, text};
use crate::desk::*;
use crate::view::tests::fixture::{now, queue};
use crate::view::training::tour;
use ratatui::layout::Rect;

/// The tour's name, and the screen that it is on.
const STEPS: [(&str, &str); 10] = [
    ("tour_retrieve", "retrieve"),
    ("tour_deliver", "deliver"),
    ("tour_reading", "reading"),
    ("tour_all_read", "reading_all_read"),
    ("tour_name", "ask_who_accepted"),
    ("tour_said_yes", "ask_said_yes"),
    ("tour_complete", "complete"),
    ("tour_confirm", "confirm_complete"),
    ("tour_certificate", "outcome_completed"),
    ("tour_wandered_off", "training"),
];

/// Where somebody is shown around, all that can be seen of it.
pub fn all(others: &[Case]) -> Vec<Case> {
    let mut offer = queue(10);
    offer.setup.practice_offered = true;
    let choose = shown_around(offer.clone());
    offer.offer_tour();
    let step = |(name, base): (&'static str, &str)| {
        let (_, model) = others.iter().find(|(other, _)| *other == base).unwrap();
        (name, shown_around(model.clone()))
    };
    let mut all = vec![("tour_offer", offer), ("tour_choose", choose)];
    all.extend(STEPS.map(step));
    all
}

/// The model with the tour on, as if the open order had been opened on the way.
fn shown_around(mut model: Model) -> Model {
    model.setup.practice_offered = true;
    update(&mut model, Msg::Key(Key::plain(Code::F(2))), now());
    if let Tour::On(progress) = &mut model.training.tour {
        progress.order = model.order.as_ref().map(|screen| screen.order.id.clone());
    }
    update(&mut model, Msg::Tick, now());
    model
}

#[test]
fn the_tour_looks_the_same_in_daylight() {
    for (name, mut model) in cases::all().into_iter().filter(|(name, _)| name.starts_with("tour_")) {
        for size in [(80, 24), (120, 40)] {
            model.frame.theme = ThemeName::Light;
            let (light, _) = frame(&model, ThemeName::Light, size);
            insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), text(&light));
            });
        }
    }
}

/// Where it says which step it is, it says so in the style of where one is, in every theme that has colors.
#[test]
fn its_lead_stands_out() {
    let (_, model) = cases::all().into_iter().find(|(name, _)| *name == "tour_deliver").unwrap();
    for theme in [ThemeName::Dark, ThemeName::Light] {
        let (buffer, _) = frame(&model, theme, (80, 24));
        let y = text(&buffer).lines().position(|line| line.contains("Step 3 of 7 ·")).unwrap();
        let cell = |x: usize| buffer.content[y * 80 + x].style().fg;
        assert_ne!(cell(2), cell(17), "{theme:?}");
    }
}

/// On a small screen what is read aloud has as many rows as without the tour, on a tall one two less.
#[test]
fn the_legal_text_keeps_its_room() {
    let (_, with) = cases::all().into_iter().find(|(name, _)| *name == "tour_reading").unwrap();
    let mut without = with.clone();
    without.training.tour = Tour::Off;
    for (size, costs) in [((60, 15), 0), ((80, 24), 0), ((100, 28), 0), ((120, 40), 2)] {
        let rows = |model: &Model| {
            let shown = text(&frame(model, ThemeName::Plain, size).0);
            let after = shown.lines().position(|line| line.contains("Space: section 3")).unwrap();
            let (_, lines) = tour::lines(model, Rect::new(0, 0, size.0, size.1));
            let notice = shown.lines().nth(after - 1).unwrap().is_empty();
            after - lines.len() - usize::from(notice)
        };
        assert_eq!(rows(&without) - rows(&with), costs, "{size:?}");
        let shown = text(&frame(&with, ThemeName::Plain, size).0);
        assert!(shown.contains("Step 4 of 7 · Read this section aloud"), "{size:?}: {shown}");
    }
}

#[test]
fn what_is_to_be_done_is_never_cut_on_a_usual_screen() {
    for (name, model) in cases::all().into_iter().filter(|(name, _)| name.starts_with("tour_")) {
        for size in [(80, 24), (100, 30), (120, 40)] {
            let said = guide(&model).unwrap().sentences;
            let shown = text(&frame(&model, ThemeName::Plain, size).0);
            let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(&said[0]), "{name} {size:?}: {}\n{shown}", said[0]);
        }
    }
}
