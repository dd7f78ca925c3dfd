//! The registration's screens: lists, matrix, questions, runs, by name.

use super::cases::Case;
use super::fixture::{model, now};
use crate::desk::registration_sample as sample;
use crate::desk::*;
use crate::order::Environment;
use crate::registry::{ContractId, Listing};
use jiff::SignedDuration;

/// All of them.
pub fn all() -> Vec<Case> {
    let mut cases = lists();
    cases.extend(asks());
    cases.extend(runs());
    cases
}

/// The desk as it is before it is opened.
fn closed() -> Model {
    let mut model = model(Screen::Queue);
    model.setup.market = Some(MarketSetup { practice: true, limit: SignedDuration::from_secs(60) });
    model.setup.registration = Some(RegistrationSetup { contract: ContractId::new("A-PRACTICE").unwrap() });
    model
}

fn opened(listing: Listing) -> Model {
    let mut model = closed();
    press(&mut model, "3");
    told(&mut model, sample::loaded(listing));
    model
}

fn told(model: &mut Model, news: ContractNews) {
    update(model, Msg::Contract(news), now());
}

fn press(model: &mut Model, keys: &str) {
    for key in keys.chars() {
        model.frame.held = Held::default();
        let key = match key {
            '\r' => Key::plain(Code::Enter),
            '\t' => Key::plain(Code::Tab),
            '→' => Key::plain(Code::Right),
            key => Key::char(key),
        };
        update(model, Msg::Key(key), now());
    }
}

fn pressed(keys: &str) -> Model {
    pressed_on(sample::listing(), keys)
}

fn pressed_on(listing: Listing, keys: &str) -> Model {
    let mut model = opened(listing);
    press(&mut model, keys);
    model
}

/// One customer added with two applications, one removed, an application renamed.
const CHANGES: &str = "rCRM for all\r\tanew-co\rNew Company\rcrm, mail\rkdy";

fn lists() -> Vec<Case> {
    let mut listing = closed();
    press(&mut listing, "3");
    let mut away = listing.clone();
    let what = "pairs could not be listed: connection refused".to_owned();
    told(&mut away, ContractNews::NotLoaded { what, next: "Try again later".into() });
    vec![
        ("registration_from_orders", closed()),
        ("registration_listing", listing),
        ("registration_away", away),
        ("registration_applications", pressed("")),
        ("registration_customers", pressed("\tj")),
        ("registration_filter", pressed("\t/law")),
        ("registration_changes", pressed(CHANGES)),
        ("registration_matrix", pressed(&format!("{CHANGES}\t→k "))),
        ("registration_matrix_large", pressed_on(sample::large(30, 200), "\t\t→→→→→→→→→→→→ jjjdy")),
        ("registration_findings", opened(sample::contradicting())),
        ("registration_none", opened(Listing::default())),
    ]
}

fn asks() -> Vec<Case> {
    let mut bad = pressed("\ta");
    update(&mut bad, Msg::Paste("customer-é".into()), now());
    let mut production = pressed(CHANGES);
    production.setup.environment = Environment::Production;
    press(&mut production, "A");
    vec![
        ("registration_add", bad),
        ("registration_rename", pressed("jr")),
        ("registration_remove", pressed("\td")),
        ("registration_preview", pressed(&format!("{CHANGES}p"))),
        ("registration_preview_large", pressed_on(sample::large(30, 200), "dyp")),
        ("registration_apply", pressed(&format!("{CHANGES}A7\r"))),
        ("registration_apply_large", pressed_on(sample::large(30, 200), "dyA")),
        ("registration_apply_yes", pressed("rCRM\rA")),
        ("registration_apply_live", production),
        ("registration_quit", pressed(&format!("{CHANGES}q"))),
    ]
}

fn runs() -> Vec<Case> {
    let mut applying = pressed(&format!("{CHANGES}A1\r"));
    told(&mut applying, ContractNews::Progress { done: 2 });
    let mut waiting = applying.clone();
    let until = now() + SignedDuration::from_secs(45);
    let why = "a request without an answer may still be on its way".to_owned();
    told(&mut waiting, ContractNews::Waiting { until, why });
    let mut refused = applying.clone();
    told(&mut refused, sample::refused(4, sample::listing()));
    let mut halted = applying.clone();
    told(&mut halted, sample::halted());
    vec![
        ("registration_applying", applying),
        ("registration_waiting", waiting),
        ("registration_refused", refused),
        ("registration_halted", halted),
    ]
}

/// What is to change needs no more rows than it has; what is still hidden is told.
#[test]
fn a_list_takes_the_rows_that_nothing_else_needs_and_says_where_more_are_hidden() {
    let shown = |keys: &str, customers, size| {
        let mut model = pressed_on(sample::large(3, customers), keys);
        model.frame.size = size;
        super::text(&super::frame(&model, ThemeName::Plain, size).0)
    };
    for keys in ["\t", "\t\t"] {
        let all = shown(keys, 12, (100, 30));
        assert!(all.contains("customer-011") && !all.contains("row 1 of"), "{all}");
        let cut = shown(keys, 12, super::SMALLEST);
        assert!(cut.contains("row 1 of 12") && cut.contains("customer-002"), "{cut}");
        let last = shown(&format!("{keys}{}", "j".repeat(11)), 12, super::SMALLEST);
        assert!(last.contains("row 12 of 12") && last.contains("customer-011"), "{last}");
    }
}

#[test]
fn what_the_question_removes_is_shown_whole() {
    let long = "a-customer-whose-id-is-as-long-as-an-id-may-ever-b";
    let mut listing = sample::large(1, 1);
    listing.customers[0].id = crate::registry::ProviderId::new(long).unwrap();
    let model = pressed_on(listing, "\tdyA");
    let (buffer, _) = super::frame(&model, ThemeName::Dark, (80, 24));
    let screen = super::text(&buffer);
    // The pair goes on in the next row.
    for whole in [format!("`{long}`"), "application-with-a-long-id-00".to_owned()] {
        assert!(screen.contains(&whole), "{whole}\n{screen}");
    }
    assert!(!screen.contains("more lines"), "{screen}");
}

#[test]
fn the_pair_that_space_switches_is_named_whole() {
    let mut listing = sample::large(31, 1);
    let long = |n: usize| format!("application-with-a-long-id-{n:02}-{}", "y".repeat(20));
    for (n, application) in listing.applications.iter_mut().enumerate() {
        application.id = crate::registry::ProviderId::new(long(n)).unwrap();
    }
    let customer = format!("customer 0499 {}", "x".repeat(36));
    listing.customers[0].id = crate::registry::ProviderId::new(customer.as_str()).unwrap();
    for (keys, at, state) in [("", 0, "assigned"), ("→", 1, "not assigned"), ("→→ ", 2, "to add")] {
        let model = pressed_on(listing.clone(), &format!("\t\t{keys}"));
        let (buffer, _) = super::frame(&model, ThemeName::Dark, (80, 24));
        let screen = super::text(&buffer);
        let pair = format!("{}: {state}", long(at));
        for whole in [customer.as_str(), &pair, "of 31 ›"] {
            assert!(screen.contains(whole), "{whole}\n{screen}");
        }
    }
    let model = pressed_on(listing, "dy\t\t");
    let screen = super::text(&super::frame(&model, ThemeName::Dark, (80, 24)).0);
    assert!(screen.contains("the application is to be removed"), "{screen}");
}

/// What a person agrees to is in sight, or they are told that it is not, and it is not taken.
#[test]
fn nobody_agrees_to_removals_whose_question_is_cut() {
    let cases = ["registration_apply", "registration_apply_large", "registration_apply_live"];
    for (name, model) in asks().into_iter().filter(|(name, _)| cases.contains(name)) {
        let Some(Overlay::Ask(Confirm::Contract(ContractAsk::Apply(plan)), _)) = &model.frame.overlay else {
            panic!("{name}")
        };
        let removals = plan.removals().to_string();
        for (width, height) in [60, 70, 80, 120].into_iter().flat_map(|w| (15..=26).map(move |h| (w, h))) {
            let mut model = model.clone();
            update(&mut model, Msg::Resized { width, height }, now());
            press_ctrl_u(&mut model);
            let live = if name.ends_with("live") { "\tlive" } else { "" };
            press(&mut model, &format!("{removals}{live}"));
            let screen = super::text(&super::frame(&model, ThemeName::Dark, (width, height)).0);
            let real = if name.ends_with("live") { "PRODUCTION: this" } else { "Practice: nothing" };
            let wanted = [real, "A-PRACTICE", "removals  ", "Type the number"];
            let whole = wanted.iter().all(|part| screen.contains(part));
            let cut = screen.contains("more lines above: make the window larger")
                || screen.contains("more line above: make the window larger");
            assert!(whole || cut, "{name} {width}×{height}:\n{screen}");
            model.frame.held = Held::default();
            let effects = update(&mut model, Msg::Key(Key::ctrl('s')), now());
            let taken = effects.iter().any(|effect| matches!(effect, Effect::Contract(_)));
            assert!(!taken || (whole && !cut), "{name} {width}×{height}: taken\n{screen}");
            assert!(taken || height < 19, "{name} {width}×{height}: not taken\n{screen}");
        }
    }
}

fn press_ctrl_u(model: &mut Model) {
    if let Some(Overlay::Ask(_, form)) = &mut model.frame.overlay {
        form.focus = 0;
    }
    model.frame.held = Held::default();
    update(model, Msg::Key(Key::ctrl('u')), now());
}
