//! Replays: what is shown of each event, and that none of the customer is in it.

use super::cases::{Case, pressed};
use super::fixture::*;
use super::{frame, text};
use crate::desk::*;
use crate::order::*;
use proptest::prelude::*;

/// A replay in front, after these keys.
fn replayed(story: &Story, keys: &str) -> Model {
    let mut model = model(Screen::Order);
    let (order, history) = (story.order().into(), story.history.clone().into());
    model.order = Some(OrderScreen::new(order, history, model.now));
    let model = pressed(pressed(model, "V"), keys);
    assert_eq!(model.screen, Screen::Replay);
    model
}

fn told() -> Story {
    let failure = Failure::Unknown("no answer within 30 s".into());
    let note = NotePersonal { text: "Ann calls back at noon".into() };
    let error = refusal("complete_order/2130", "Order shows already submitted; TxID 7f3a-40");
    Story::opened(Some(at("13:40:00")))
        .reading(7)
        .then("15:20:00", Event::Noted { personal: Some(note) })
        .then("15:34:12", accepted("Anna Okafor", &rcc()))
        .calls("15:35:00", 2, Call::CompleteOrder)
        .then(
            "15:35:30",
            Event::CallFailed { attempt: Some(2), call: Call::CompleteOrder, failure, uptime: None },
        )
        .probes("15:37:40", 3)
        .then("15:37:42", Event::CompletionInferred { attempt: 3, earlier: 2, error })
}

fn accepted(name: &str, rcc: &Rcc) -> Event {
    let personal = Some(NamePersonal { name: name.into() });
    Event::AcceptedVerbally { sha256: rcc.sha256(), read: None, personal }
}

pub fn all() -> Vec<Case> {
    let erased = Story::opened(None).retrieved().then("15:10:00", accepted("Anna Okafor", &rcc()));
    let mut erased = erased.then("15:20:00", Event::Erased { reason: "customer asked".into() });
    for recorded in &mut erased.history {
        match &mut recorded.event {
            Event::Opened { personal, .. } => *personal = None,
            Event::CallStarted { personal, .. } => *personal = None,
            Event::RccRetrieved { personal, .. } => *personal = None,
            Event::AcceptedVerbally { personal, .. } => *personal = None,
            _ => {}
        }
    }
    vec![
        ("replay_first", replayed(&told(), "")),
        ("replay_calling", replayed(&told(), " ")),
        ("replay_reading", replayed(&told(), "     ")),
        ("replay_note", replayed(&told(), "           ")),
        ("replay_doubt", replayed(&told(), &" ".repeat(14))),
        ("replay_playing", replayed(&told(), "  p")),
        ("replay_last", replayed(&told(), &" ".repeat(40))),
        ("replay_erased", replayed(&erased, &" ".repeat(40))),
    ]
}

#[test]
fn a_replay_on_a_large_screen_in_daylight() {
    let (_, mut model) = all().remove(2);
    model.frame.size = (200, 60);
    model.frame.theme = ThemeName::Light;
    let (buffer, _) = frame(&model, ThemeName::Light, (200, 60));
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("replay_reading-200x60", text(&buffer));
    });
}

/// Every frame of a replay, at three sizes.
fn frames(mut model: Model) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        for size in [(60, 15), (80, 24), (200, 60)] {
            all.push(text(&frame(&model, ThemeName::Dark, size).0));
        }
        if model.replay.as_ref().unwrap().is_over() {
            return all;
        }
        model = pressed(model, " ");
    }
}

#[test]
fn every_frame_says_that_it_is_a_replay_and_nothing_of_the_order_can_be_clicked() {
    let mut model = replayed(&told(), "");
    for shown in frames(model.clone()) {
        assert_eq!(shown.matches("REPLAY").count(), 2, "at the top, and over the order: {shown}");
        assert!(shown.contains("This is a replay"), "{shown}");
    }
    let keys: Vec<Key> = screen_bindings(&model).iter().map(|binding| binding.key).collect();
    while !model.replay.as_ref().unwrap().is_over() {
        let (_, layout) = frame(&model, ThemeName::Dark, (120, 40));
        for (_, target) in layout.places {
            assert!(matches!(target, Target::Key(key) if keys.contains(&key)), "{target:?}");
        }
        model = pressed(model, " ");
    }
}

/// The strip stands above the order's screen, which then has little room of its own.
#[test]
fn on_the_smallest_screen_the_order_is_still_seen_and_scrolled() {
    for width in [60, 80] {
        let mut model = replayed(&told(), &" ".repeat(40));
        model.frame.size = (width, 15);
        let shown = |model: &Model| text(&frame(model, ThemeName::Plain, (width, 15)).0);
        let first = shown(&model);
        assert!(first.contains("more lines below"), "{first}");
        let mut seen = String::new();
        for _ in 0..30 {
            seen.push_str(&shown(&model));
            model = pressed(model, "j");
        }
        assert!(seen.contains("the order number: ask the carrier"), "{seen}");
        let last = shown(&model);
        assert!(!last.contains("more lines below"), "it is scrolled to its end: {last}");
    }
}

/// The window's countdown is as it was.
#[test]
fn the_clock_of_a_replay_is_that_of_the_event() {
    let shown = frames(replayed(&told(), ""));
    for (event, left) in [(1, "35 min left"), (11, "32 min left"), (13, "5 min left")] {
        // Three sizes of each.
        let shown = &shown[event * 3 - 2];
        assert!(shown.contains(&format!("event {event} of 17")) && shown.contains(left), "{left}: {shown}");
    }
}

/// Values that are in no text of ours, as a customer may have them.
fn canaries() -> impl Strategy<Value = [String; 8]> {
    let digits = prop::collection::vec(0_u8..10, 7);
    let word = || "[Q-Z][a-z]{3,6}qz";
    let phone = digits.prop_map(|digits| {
        let rest: String = digits.iter().map(u8::to_string).collect();
        format!("30{}{}{}", 2 + digits[0] % 8, 2 + digits[1] % 8, &rest[1..])
    });
    let name = (word(), word()).prop_map(|(first, last)| format!("{first} {last}"));
    let other = (word(), word()).prop_map(|(first, last)| format!("{first} {last}"));
    let email = "[q-z]{5,9}@[q-z]{5,9}\\.example";
    let address =
        (1_u32..9_999, word(), word()).prop_map(|(n, street, town)| format!("{n} {street} Street, {town}"));
    (name, phone, email, address, "tok_[a-z0-9]{12}", "6[0-9]{15}", other, "[q-z]{8} [q-z]{8}").prop_map(
        |(name, phone, email, address, token, card, other, note)| {
            [name, phone, email, address, token, card, other, note]
        },
    )
}

/// A history whose every text says all of it.
fn talkative([name, phone, email, address, token, card, other, note]: &[String; 8]) -> Story {
    let (area, rest) = phone.split_at(3);
    let all = format!(
        "{name}, {}, ({area}) {}-{}, {phone}, {email}, {address}, {token}, {card}, {other}, {}",
        name.to_uppercase(),
        &rest[..3],
        &rest[3..],
        other.replace(' ', "\n"),
    );
    let mut text = rcc();
    text.sections[0].text = format!("You are {all}. You will be billed.");
    text.sections[1].title = Some(format!("Charges of {name}"));
    let mut story = Story::opened(Some(at("15:04:05")));
    let Event::Opened { personal: Some(personal), .. } = &mut story.history[0].event else { unreachable!() };
    personal.customer = Customer {
        name: Some(name.as_str().into()),
        phone: Phone::new(phone).ok(),
        email: Email::new(email).ok(),
        address: Some(address.as_str().into()),
    };
    assert!(personal.customer.phone.is_some() && personal.customer.email.is_some());
    personal.payment_token = Some(Secret::new(token));
    personal.gift_cards = vec![Secret::new(card)];
    let mut error = refusal("complete_order/1099", &all);
    error.tx_id = Some(all.clone());
    let details = serde_json::json!({ "name": name, "list": [note, { all.clone(): 7 }] });
    let noted = NotePersonal { text: note.as_str().into() };
    story
        .calls("15:06:00", 1, Call::RetrieveRcc)
        .then("15:06:01", text_came(1, text.clone()))
        .then("15:07:00", Event::ReadingStarted { sha256: text.sha256(), afresh: false, uptime: None })
        .then("15:08:00", Event::ReadingInterrupted { section: 0 })
        .then("15:09:00", Event::Noted { personal: Some(noted) })
        .then("15:10:00", accepted(other, &text))
        .calls("15:11:00", 2, Call::CompleteOrder)
        .then("15:11:01", Event::CallRefused { attempt: Some(2), error })
        .calls("15:12:00", 3, Call::CompleteOrder)
        .then(
            "15:12:01",
            Event::CallFailed {
                attempt: Some(3),
                call: Call::CompleteOrder,
                failure: Failure::Unknown(all.clone()),
                uptime: None,
            },
        )
        .then(
            "15:13:00",
            Event::Resolved { placed: false, reference: all.clone(), name: "Ann Supervisor".into() },
        )
        .calls("15:14:00", 4, Call::CompleteOrder)
        .then(
            "15:14:01",
            Event::Completed {
                attempt: 4,
                order_number: "N1".into(),
                order_status: Some(all.clone()),
                tx_id: None,
                personal: Some(DetailsPersonal { details: Details(details) }),
            },
        )
        .then("15:15:00", Event::Erased { reason: all })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn nothing_of_the_customer_is_in_any_frame_of_a_replay(values in canaries()) {
        let story = talkative(&values);
        let events = masked(&story.history);
        prop_assert_eq!(&masked(&events), &events, "masked once is masked");
        let all = frames(replayed(&story, ""));
        let [name, phone, email, address, token, card, other, note] = &values;
        let words = [name, other].into_iter().flat_map(|name| name.split(' '));
        let parts = address.split(", ").chain(note.split(' ')).chain(words);
        let spoken = format!("{}-{}", &phone[3..6], &phone[6..]);
        for value in [phone, email, token, card, &spoken].into_iter().map(String::as_str).chain(parts) {
            for shown in &all {
                prop_assert!(!shown.to_lowercase().contains(&value.to_lowercase()), "{} in {}", value, shown);
            }
        }
        prop_assert!(all.iter().any(|shown| shown.contains("You will be billed")), "the text stays readable");
        // The states are those of the order itself.
        let states = |events: &[Recorded]| -> Vec<State> {
            Steps::of(&story.order().id, events.to_vec()).unwrap().each().map(|step| step.state).collect()
        };
        prop_assert_eq!(states(&events), states(&story.history));
    }
}

/// A recording of all frames ends with the one that the screen shows.
#[test]
fn a_recording_of_a_replay_ends_with_its_last_frame() {
    for (name, theme) in [("dark", ThemeName::Dark), ("light", ThemeName::Light)] {
        let (mut model, size) = (replayed(&told(), ""), (80, 24));
        let look = crate::view::Look::new(theme, jiff::tz::TimeZone::UTC);
        let mut cast = crate::cast::Cast::new(size, at("15:05:00"), name, 1.0);
        model.frame.size = size;
        loop {
            let replay = model.replay.as_ref().unwrap();
            let (time, over) = (replay.step().unwrap().recorded.at, replay.is_over());
            cast.frame(time, &crate::view::picture(&model, &look));
            if over {
                break;
            }
            model = pressed(model, " ");
        }
        let last = frame(&model, theme, size).0;
        let [columns, rows] = [80, 24].map(|n| std::num::NonZero::new(n).unwrap());
        let mut terminal = vt100::Parser::new(rows, columns, 0);
        for line in cast.finish().lines().skip(1) {
            let (_, _, data): (f64, String, String) = serde_json::from_str(line).unwrap();
            terminal.process(data.as_bytes());
        }
        for place in last.area.positions() {
            let got = terminal.screen().cell(place.y, place.x).unwrap();
            let symbol = if got.contents().is_empty() { " " } else { got.contents() };
            let color = |color| match color {
                vt100::Color::Default => ratatui::style::Color::Reset,
                vt100::Color::Idx(index) => ratatui::style::Color::Indexed(index),
                vt100::Color::Rgb(r, g, b) => ratatui::style::Color::Rgb(r, g, b),
            };
            let got = (symbol, color(got.fgcolor()), color(got.bgcolor()));
            let wanted = &last[place];
            assert_eq!(got, (wanted.symbol(), wanted.fg, wanted.bg), "{name} {place:?}");
        }
    }
}
