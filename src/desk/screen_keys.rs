//! Which keys do what on the screen itself, without what lies over it; and the palette, which lists them.

use super::action::Action;
use super::frame::binding::{bind, plain};
use super::frame::key::{Code, Key};
use super::model::{Binding, Model, Overlay, Screen};
use super::training::tour;
use super::{market, orders, registration, rights, supervisor, training};
use crate::order::Right;

/// The keys of the screen itself, without the overlay: those that the agent's role includes.
pub fn screen_bindings(model: &Model) -> Vec<Binding> {
    let mut all = of_every_role(model);
    all.retain(|binding| rights::includes(model, binding.action));
    all
}

/// The right that the agent lacks for what `key` does on this screen, if that is why it does nothing.
pub fn lacking(model: &Model, key: Key) -> Option<Right> {
    let meant = of_every_role(model).into_iter().find(|binding| binding.key == key)?;
    rights::right_of(model, meant.action).filter(|right| !model.setup.role.may(*right))
}

fn of_every_role(model: &Model) -> Vec<Binding> {
    let mut all = match model.screen {
        Screen::Queue => orders::bindings::queue(model),
        Screen::Intake => orders::bindings::intake(model),
        Screen::Order => {
            model.order.as_ref().map(|screen| orders::steps::keys(model, screen)).unwrap_or_default()
        }
        Screen::Replay => orders::bindings::replay(model),
        Screen::Stalled => supervisor::bindings::stalled(model),
        Screen::Day => supervisor::bindings::day(),
        Screen::Training => training::bindings::training(model),
        Screen::Graded => training::play::graded(),
        Screen::Market => market::bindings::lists(model),
        Screen::Subscription => market::bindings::page(model),
        Screen::Sending => market::bindings::sending(model),
        Screen::Contract => registration::bindings::lists(model),
        Screen::Applying => registration::bindings::applying(model),
    };
    all.extend(training::play::bindings(model));
    // These say themselves what Esc does.
    let own =
        [Screen::Queue, Screen::Replay, Screen::Market, Screen::Contract, Screen::Applying, Screen::Training];
    if !own.contains(&model.screen) {
        all.push(bind(plain(Code::Esc), "back", "Back to the list.", Action::Back));
    }
    let typing = model.screen == Screen::Intake || model.is_filtering();
    let help = if typing { plain(Code::F(1)) } else { Key::char('?') };
    all.push(bind(help, "help", "What every key on this screen does.", Action::Help));
    all.push(bind(Key::ctrl('p'), "all commands", "Find a command by its name.", Action::Palette));
    all.push(bind(Key::ctrl('l'), "lock", "Hide the screen until a key is pressed.", Action::Lock));
    if tour::is_offered(model) {
        let (label, help) = if model.is_shown_around() {
            ("end tour", "End the tour; nothing else changes.")
        } else {
            ("tour", "Be shown around, in seven steps, to your first completed order.")
        };
        all.push(bind(plain(Code::F(2)), label, help, Action::Tour));
    }
    if !typing {
        all.push(bind(Key::char('T'), "theme", "Dark, light, high contrast, or no color.", Action::Theme));
    }
    all
}

/// The palette's lines: every command of the screen that holds all the words typed, once each, the best match first.
pub fn palette_lines(model: &Model) -> Vec<Binding> {
    let Some(Overlay::Palette(palette)) = &model.frame.overlay else { return Vec::new() };
    let mut lines: Vec<Binding> = Vec::new();
    for binding in screen_bindings(model) {
        // A second key for the same is no second command.
        let known = lines.iter().any(|b| b.label == binding.label);
        if binding.action != Action::Palette && !known && palette.finds(&binding).is_some() {
            lines.push(binding);
        }
    }
    lines.sort_by_key(|binding| palette.finds(binding));
    lines
}
