//! What a person decides by, or came to read, can be read at every size: at once, or by scrolling to it.

use super::cases;
use super::fixture::{Story, at, queue};
use super::{SMALLEST, frame, text};
use crate::desk::{Code, Confirm, Held, Key, Model, Msg, Overlay, Pane, ThemeName, bindings, update};
use crate::order::{Event, NotePersonal, Statement};

const SIZES: [(u16, u16); 4] = [SMALLEST, (80, 24), (120, 40), (200, 60)];

fn case(name: &str) -> Model {
    cases::all().into_iter().find(|(case, _)| *case == name).unwrap().1
}

fn shown(model: &Model, size: (u16, u16)) -> String {
    text(&frame(model, ThemeName::Plain, size).0)
}

/// Everything that is seen when it is scrolled line by line.
fn scrolled(mut model: Model, size: (u16, u16)) -> String {
    let now = model.now;
    update(&mut model, Msg::Resized { width: size.0, height: size.1 }, now);
    let mut seen = shown(&model, size);
    for _ in 0..40 {
        model.frame.held = Held::default();
        update(&mut model, Msg::Key(Key::plain(Code::Down)), now);
        seen.push_str(&shown(&model, size));
    }
    seen
}

fn words(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || "│╭╮╰╯─".contains(c))
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn all_of_a_question_can_be_scrolled_to_on_a_small_screen() {
    for (name, last) in
        [("confirm_complete", "never resent automatically."), ("confirm_probe", "places the order")]
    {
        let mut small = case(name);
        small.frame.size = SMALLEST;
        assert!(bindings(&small).iter().any(|binding| binding.label == "scroll"), "{name}: no key is named");
        let seen = words(&scrolled(small, SMALLEST));
        assert!(seen.contains(last), "{name}: {last} is never seen:\n{seen}");
    }
}

#[test]
fn a_note_is_read_to_its_end_in_the_history() {
    let note: Vec<String> = (0..90).map(|n| format!("n{n:03}")).collect();
    let noted = |personal| Event::Noted { personal: Some(personal) };
    let story = Story::opened(Some(at("15:04:00")))
        .then("15:06:00", noted(NotePersonal { text: note.join(" ").as_str().into() }));
    for size in SIZES {
        let mut model = story.on(Pane::Retrieve);
        model.frame.overlay = Some(Overlay::History);
        let seen = scrolled(model, size);
        let missing: Vec<_> = note.iter().filter(|word| !seen.contains(*word)).collect();
        assert!(missing.is_empty(), "{size:?}: {missing:?}");
    }
}

#[test]
fn a_long_name_is_whole_in_the_history_where_there_is_room() {
    let mut model = case("history");
    let screen = model.order.as_mut().unwrap();
    let history = std::sync::Arc::make_mut(&mut screen.history);
    history[1].by = "margaret.oyelaran".into();
    assert!(shown(&model, (120, 40)).contains("margaret.oyelaran"));
    assert!(shown(&model, (80, 24)).contains("margaret.oyelaran"), "{}", shown(&model, (80, 24)));
    assert!(shown(&model, SMALLEST).contains("margaret."));
}

#[test]
fn a_verdict_is_recorded_for_an_order_that_is_named() {
    let mut model = case("confirm_verdict");
    let placed = Statement { placed: true, reference: "TKT-7".into(), name: "M. Ruiz".into() };
    model.frame.overlay = Some(Overlay::Confirm(Confirm::Settle(placed)));
    let identity = model.order.as_ref().unwrap().order.identity.clone();
    for size in SIZES {
        let seen = scrolled(model.clone(), size);
        for id in [identity.transaction_id.as_str(), identity.partner_order_id.as_str(), "TKT-7", "M. Ruiz"] {
            assert!(seen.contains(id), "{size:?}: no {id}");
        }
    }
}

#[test]
fn the_order_number_is_on_the_smallest_screen() {
    let mut model = case("outcome_completed");
    let number = model.order.as_ref().unwrap().order.completion.clone().unwrap().order_number.unwrap();
    for size in [SMALLEST, (80, 15), (80, 24)] {
        model.frame.size = size;
        assert!(shown(&model, size).contains(&number), "{}", shown(&model, size));
    }
}

#[test]
fn a_filter_counts_what_is_shown_and_offers_only_what_there_is() {
    let mut model = queue(16);
    cases::press(&mut model, "/TX");
    let screen = shown(&model, (80, 24));
    assert!(screen.contains("16 shown · "), "{screen}");
    cases::press(&mut model, "zzz\r");
    let screen = shown(&model, (80, 24));
    assert!(!screen.contains("Enter opens") && screen.contains("No order matches. / changes"), "{screen}");
}

#[test]
fn the_heading_of_the_day_is_written_over_by_nothing() {
    let model = case("day");
    for size in SIZES {
        let screen = shown(&model, size);
        assert!(
            screen.contains("The day") && screen.contains(" completed ") && screen.contains("as of "),
            "{screen}"
        );
    }
}

/// Nothing above would say more, and it lasts only until the journal has it.
#[test]
fn what_is_being_recorded_is_waited_for() {
    let mut model = case("deliver");
    model.order.as_mut().unwrap().busy = Some((None, model.now));
    assert!(shown(&model, (80, 24)).contains("It is being recorded. Please wait."));
}

#[test]
fn the_glyph_of_the_chosen_row_can_be_told_from_its_color() {
    for theme in [ThemeName::Dark, ThemeName::Light, ThemeName::HighContrast] {
        let (buffer, _) = frame(&queue(5), theme, (80, 24));
        let glyph = buffer.content.iter().find(|cell| cell.symbol() == "▸" && cell.bg != cell.fg);
        let look = crate::view::Theme::named(theme);
        let under = look.chosen.bg;
        assert!(glyph.is_some());
        assert_ne!(look.pointer.fg, under, "{theme:?}");
        assert!(theme != ThemeName::HighContrast || look.pointer.fg == look.chosen.fg);
    }
}

#[test]
fn what_was_refused_is_shown_whole_in_the_line_of_identifiers() {
    let model = case("retrieve_refused");
    let screen = model.order.as_ref().unwrap();
    let long = |sales: &str, partner: &str, address: &str| {
        let mut model = model.clone();
        let mut order = (*screen.order).clone();
        let json = serde_json::json!({"salesCode": sales, "partnerId": partner, "addressDetailId": address,
            "transactionId": "TX-1", "partnerOrderId": "PO-1"});
        order.identity = serde_json::from_value(json).unwrap();
        model.order.as_mut().unwrap().order = std::sync::Arc::new(order);
        model
    };
    let model = long("CLQ4471-77", "P-2207", "ADR-40912");
    let seen = shown(&model, (80, 24));
    assert!(seen.contains("× sales code CLQ4471-77   partner P-2207   address ADR-40912"), "{seen}");
    let seen = shown(&model, SMALLEST);
    assert!(seen.contains("× sales code CLQ4471-77   "), "{seen}");
}

#[test]
fn what_is_hidden_above_an_orders_page_is_told() {
    let mut model = case("outcome_inferred");
    model.frame.size = SMALLEST;
    let before = shown(&model, SMALLEST);
    assert!(before.contains("▾ ") && !before.contains('▴'), "{before}");
    let now = model.now;
    update(&mut model, Msg::Key(Key::plain(Code::PageDown)), now);
    let after = shown(&model, SMALLEST);
    assert!(after.contains('▴'), "{after}");
}

#[test]
fn a_retry_s_verdict_is_whole_on_the_smallest_screen() {
    for name in ["stalled", "stalled_open", "stalled_long"] {
        let seen = shown(&case(name), SMALLEST);
        assert!(seen.contains("A RETRY IS") && !seen.contains("CALLS"), "{name}: {seen}");
        let is_whole =
            |line: &str| ["× futile", "✓ useful", "! dangerous"].iter().any(|word| line.ends_with(word));
        let rows = seen.lines().filter(|line| line.contains("× ") || line.contains("✓ "));
        assert!(rows.clone().count() > 0 && rows.clone().all(is_whole), "{name}: {seen}");
    }
}

#[test]
fn the_palette_says_how_many_commands_there_are_where_not_all_are_seen() {
    let mut model = cases::pressed(queue(60), ":");
    let mut typed_at = |size| {
        model.frame.size = size;
        let seen = shown(&model, size);
        let box_line =
            seen.lines().skip_while(|line| !line.contains("Commands")).find(|line| line.contains('▸'));
        box_line.unwrap_or_default().to_owned()
    };
    for size in [SMALLEST, (80, 24)] {
        assert!(typed_at(size).contains("row 1 of "), "{size:?}: {}", typed_at(size));
    }
    assert!(!typed_at((200, 60)).contains("row 1 of "), "{}", typed_at((200, 60)));
}

#[test]
fn a_text_that_is_read_says_that_more_follows_and_no_number_that_it_does_not_know() {
    let seen = shown(&case("reading"), (80, 24));
    assert!(seen.contains("▾ more lines below"), "{seen}");
}

#[test]
fn an_order_that_has_expired_is_not_said_to_expire() {
    let mut model = case("reading");
    for (now, said) in [("17:03:30", "will expire before"), ("17:14:05", "has expired: it is of no use")] {
        model.now = at(now);
        for size in [(80, 24), (120, 40)] {
            let seen = shown(&model, size);
            assert!(seen.contains(said), "{size:?}: {seen}");
            assert_eq!(seen.contains("will expire"), said.starts_with("will"), "{seen}");
        }
    }
}

#[test]
fn an_agent_is_shown_who_settles_an_order_in_doubt() {
    let mut model = case("doubt_rested");
    assert!(shown(&model, (80, 24)).contains("v records what the carrier says"));
    model.setup.role = crate::order::Role::Agent;
    let seen = shown(&model, (80, 24));
    assert!(seen.contains("a supervisor records what the carrier says"), "{seen}");
    assert!(!seen.contains("v records"), "{seen}");
}
