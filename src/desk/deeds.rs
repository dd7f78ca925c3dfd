//! Doing what a key, the palette or the mouse asked for.

use super::bindings::{Deed, bindings};
use super::effect::{Action, Effect};
use super::model::{Confirm, Model, OrderScreen, Overlay, Palette, Screen, ThemeName};
use super::moving::{Move, step};
use super::{ask, intake, keys, leave, lock, order_screen, polling, stalled, training};
use crate::order::{Call, Command, Order, Recorded};
use std::sync::Arc;

/// True when the screen allows `deed` now.
pub fn is_allowed(model: &Model, deed: Deed) -> bool {
    matches!(deed, Deed::Quit | Deed::Lock) || bindings(model).iter().any(|b| b.deed == deed)
}

/// Does `deed`, if the screen allows it now.
pub fn perform(model: &mut Model, deed: Deed) -> Vec<Effect> {
    if !is_allowed(model, deed) {
        return Vec::new();
    }
    if model.overlay.is_none() {
        model.notice = None;
    }
    match deed {
        Deed::Help => lay_over(model, Overlay::Help),
        Deed::Palette => lay_over(model, Overlay::Palette(Palette::default())),
        Deed::History => lay_over(model, Overlay::History),
        Deed::Theme => change_theme(model),
        Deed::Lock => lock::shut(model),
        Deed::Back | Deed::Interrupt => back(model),
        Deed::Quit => leave::wished(model),
        Deed::Up => step(model, Move::Up),
        Deed::Down => step(model, Move::Down),
        Deed::PageUp => step(model, Move::PageUp),
        Deed::PageDown => step(model, Move::PageDown),
        Deed::First => step(model, Move::First),
        Deed::Last => step(model, Move::Last),
        Deed::OpenChosen => open_chosen(model),
        Deed::TakeIn => intake::open(model),
        Deed::Filter => filter(model),
        Deed::Refresh => vec![Effect::LoadQueue],
        Deed::Stalled => stalled::open(model),
        Deed::Training => train(model),
        Deed::Submit => keys::submit(model),
        Deed::NextField => keys::go_to_field(model, 1),
        Deed::PreviousField => keys::go_to_field(model, -1),
        Deed::Yes => ask::yes(model),
        Deed::Retrieve => run(model, Action::Retrieve),
        Deed::Read => run(model, Action::Do(Command::Read)),
        Deed::SendSms => ask::open(model, Confirm::SendSms),
        Deed::SendEmail => ask::open(model, Confirm::SendEmail),
        Deed::PassageRead => order_screen::passage_read(model),
        Deed::LookBack => order_screen::look_back(model),
        Deed::ReadAgain => run(model, Action::Do(Command::ReadAgain)),
        Deed::AcceptVerbally => ask::open(model, Confirm::AcceptVerbally),
        Deed::Decline => question(model, Confirm::Decline),
        Deed::Check => polling::start(model),
        Deed::StopChecking => polling::stop(model),
        Deed::Complete => question(model, Confirm::Complete),
        Deed::Amend => ask::open(model, Confirm::Amend),
        Deed::Release => ask::open(model, Confirm::Release),
        Deed::Probe => question(model, Confirm::Probe),
        Deed::Verdict => ask::open(model, Confirm::Verdict),
        Deed::Abandon => ask::open(model, Confirm::Abandon),
        Deed::Copy => order_screen::copy(model),
        Deed::RetryOne => stalled::ask_one(model),
        Deed::RetryAll => stalled::ask_all(model),
        Deed::Practise => practise(model),
    }
}

fn lay_over(model: &mut Model, overlay: Overlay) -> Vec<Effect> {
    model.scroll = 0;
    model.overlay = Some(overlay);
    Vec::new()
}

fn change_theme(model: &mut Model) -> Vec<Effect> {
    model.theme = next_theme(model.theme);
    Vec::new()
}

fn filter(model: &mut Model) -> Vec<Effect> {
    model.queue.filtering = true;
    Vec::new()
}

fn next_theme(theme: ThemeName) -> ThemeName {
    match theme {
        ThemeName::Dark => ThemeName::Light,
        ThemeName::Light => ThemeName::HighContrast,
        ThemeName::HighContrast => ThemeName::Plain,
        ThemeName::Plain => ThemeName::Dark,
    }
}

/// Puts a question that waits for a deliberate yes.
pub fn question(model: &mut Model, confirm: Confirm) -> Vec<Effect> {
    model.overlay = Some(Overlay::Confirm(confirm));
    Vec::new()
}

/// Starts an action on the open order, unless something is under way for it.
pub fn run(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(screen) = model.order.as_mut() else { return Vec::new() };
    let id = screen.order.id.clone();
    if model.running.contains_key(&id) {
        return Vec::new();
    }
    screen.problem = None;
    let call = match &action {
        Action::Retrieve => Some(Call::RetrieveRcc),
        Action::Send(_) => Some(Call::SendRcc),
        Action::Check => Some(Call::GetRccAcceptance),
        Action::Complete | Action::Probe => Some(Call::CompleteOrder),
        Action::Resolve(_) | Action::Do(_) => None,
    };
    model.begin(&id, call);
    model.under_way += 1;
    vec![Effect::Run(id, action)]
}

/// Closes what lies on top, or goes back a screen.
fn back(model: &mut Model) -> Vec<Effect> {
    if model.overlay.take().is_some() {
        return Vec::new();
    }
    match model.screen {
        Screen::Queue => {
            model.queue.filtering = false;
            model.queue.filter = tui_input::Input::default();
            let chosen = model.queue.chosen().map(|row| row.id.clone());
            model.queue.refilter(chosen.as_ref());
            model.queue.scroll_to_chosen(model.page());
        }
        Screen::Training if model.training.from_order => model.screen = Screen::Order,
        Screen::Training | Screen::Intake | Screen::Stalled => model.screen = Screen::Queue,
        Screen::Order => {
            model.screen = Screen::Queue;
            return order_screen::put_aside(model);
        }
    }
    Vec::new()
}

fn open_chosen(model: &mut Model) -> Vec<Effect> {
    let chosen = if model.screen == Screen::Stalled { stalled::chosen(model) } else { model.queue.chosen() };
    let Some(id) = chosen.map(|row| row.id.clone()) else { return Vec::new() };
    model.opening = Some(id.clone());
    vec![Effect::LoadOrder(id)]
}

/// The order that was asked for is there. It is shown unless the person has gone elsewhere in the meantime. An order
/// that is left for another one is no longer asked about.
pub fn show(model: &mut Model, order: Arc<Order>, history: Arc<Vec<Recorded>>) -> Vec<Effect> {
    model.opening = None;
    if model.overlay.is_some() || !matches!(model.screen, Screen::Queue | Screen::Stalled) {
        return Vec::new();
    }
    model.screen = Screen::Order;
    if model.order.as_ref().is_some_and(|screen| screen.order.id == order.id) {
        return Vec::new();
    }
    let effects = polling::stop(model);
    let mut screen = OrderScreen::new(order, history, model.now);
    screen.busy = model.running.get(&screen.order.id).copied();
    model.order = Some(screen);
    effects
}

fn train(model: &mut Model) -> Vec<Effect> {
    model.training.from_order = model.screen == Screen::Order;
    model.screen = Screen::Training;
    if model.training.from_order {
        return Vec::new();
    }
    let effects = polling::stop(model);
    model.order = None;
    effects
}

fn practise(model: &mut Model) -> Vec<Effect> {
    let chosen = training::items(model).into_iter().nth(model.training.selected);
    chosen.map(|item| Effect::Practice(item.practice)).into_iter().collect()
}
