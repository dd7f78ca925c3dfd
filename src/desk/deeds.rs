//! Doing what a key, the palette or the mouse asked for.

use super::bindings::{Deed, bindings};
use super::effect::{Action, Effect};
use super::model::{Confirm, Model, OrderScreen, Overlay, Palette, Screen, Severity, ThemeName};
use super::{ask, forms, keys, order_screen, training};
use crate::order::{Call, Command, OrderId, Retry, Summary};
use std::sync::Arc;

/// Does `deed`, if the screen allows it now.
pub fn perform(model: &mut Model, deed: Deed) -> Vec<Effect> {
    let allowed = deed == Deed::Quit || bindings(model).iter().any(|b| b.deed == deed);
    if !allowed {
        return Vec::new();
    }
    if model.overlay.is_none() {
        model.notice = None;
    }
    match deed {
        Deed::Up | Deed::Down | Deed::PageUp | Deed::PageDown | Deed::First | Deed::Last => {
            step(model, deed);
            Vec::new()
        }
        Deed::Submit => keys::submit(model),
        Deed::Yes => keys::yes(model),
        Deed::NextField | Deed::PreviousField => {
            keys::step_field(model, if deed == Deed::NextField { 1 } else { -1 });
            Vec::new()
        }
        Deed::Help | Deed::History | Deed::Palette => {
            model.scroll = 0;
            model.overlay = Some(match deed {
                Deed::Help => Overlay::Help,
                Deed::History => Overlay::History,
                _ => Overlay::Palette(Palette::default()),
            });
            Vec::new()
        }
        Deed::Theme => {
            model.theme = next_theme(model.theme);
            Vec::new()
        }
        Deed::Back => back(model),
        Deed::Quit => quit(model),
        Deed::OpenChosen | Deed::TakeIn | Deed::Filter | Deed::Refresh | Deed::Stalled | Deed::Training => {
            go(model, deed)
        }
        Deed::RetryOne | Deed::RetryAll => ask_retry(model, deed),
        Deed::Practise => practise(model),
        Deed::Retrieve
        | Deed::Read
        | Deed::SendSms
        | Deed::SendEmail
        | Deed::PassageRead
        | Deed::LookBack
        | Deed::Interrupt
        | Deed::ReadAgain
        | Deed::AcceptVerbally
        | Deed::Decline
        | Deed::Check
        | Deed::StopChecking
        | Deed::Complete
        | Deed::Amend
        | Deed::Release
        | Deed::Abandon
        | Deed::Copy => on_order(model, deed),
    }
}

fn next_theme(theme: ThemeName) -> ThemeName {
    match theme {
        ThemeName::Dark => ThemeName::Light,
        ThemeName::Light => ThemeName::HighContrast,
        ThemeName::HighContrast => ThemeName::Plain,
        ThemeName::Plain => ThemeName::Dark,
    }
}

fn on_order(model: &mut Model, deed: Deed) -> Vec<Effect> {
    match deed {
        Deed::Retrieve => run(model, Action::Retrieve),
        Deed::Read => run(model, Action::Do(Command::Read)),
        Deed::ReadAgain => run(model, Action::Do(Command::ReadAgain)),
        Deed::SendSms => ask::open(model, Confirm::SendSms),
        Deed::SendEmail => ask::open(model, Confirm::SendEmail),
        Deed::PassageRead => order_screen::passage_read(model),
        Deed::LookBack => order_screen::look_back(model),
        Deed::Interrupt => {
            let effects = run(model, Action::Do(Command::Interrupt));
            model.screen = Screen::Queue;
            model.say(Severity::Info, "reading interrupted; the bookmark stays");
            effects
        }
        Deed::AcceptVerbally => ask::open(model, Confirm::AcceptVerbally),
        Deed::Decline => question(model, Confirm::Decline),
        Deed::Check => order_screen::start_polling(model),
        Deed::StopChecking => order_screen::stop_polling(model),
        Deed::Complete => question(model, Confirm::Complete),
        Deed::Amend => ask::open(model, Confirm::Amend),
        Deed::Release => ask::open(model, Confirm::Release),
        Deed::Abandon => ask::open(model, Confirm::Abandon),
        Deed::Copy => order_screen::copy(model),
        _ => Vec::new(),
    }
}

fn question(model: &mut Model, confirm: Confirm) -> Vec<Effect> {
    model.overlay = Some(Overlay::Confirm(confirm));
    Vec::new()
}

/// Starts an action on the open order, unless one is under way.
pub fn run(model: &mut Model, action: Action) -> Vec<Effect> {
    let now = model.now;
    let Some(screen) = model.order.as_mut().filter(|screen| screen.busy.is_none()) else { return Vec::new() };
    screen.problem = None;
    screen.busy = match &action {
        Action::Retrieve => Some((Some(Call::RetrieveRcc), now)),
        Action::Send(_) => Some((Some(Call::SendRcc), now)),
        Action::Check => Some((Some(Call::GetRccAcceptance), now)),
        Action::Complete => Some((Some(Call::CompleteOrder), now)),
        Action::Do(_) => Some((None, now)),
    };
    model.under_way += 1;
    vec![Effect::Run(screen.order.id.clone(), action)]
}

/// One step up or down, or a page, in whatever is in front.
pub fn step(model: &mut Model, deed: Deed) {
    let page = model.page();
    let moved = |at: usize, len: usize| {
        let last = len.saturating_sub(1);
        match deed {
            Deed::Up => at.saturating_sub(1),
            Deed::Down => (at + 1).min(last),
            Deed::PageUp => at.saturating_sub(page),
            Deed::PageDown => (at + page).min(last),
            Deed::Last => last,
            _ => 0,
        }
    };
    // Where the end of a text is, only the view knows; it shows no more than there is.
    let scrolled = |at: usize| moved(at, usize::from(u16::MAX));
    match &mut model.overlay {
        Some(Overlay::Help | Overlay::History) => model.scroll = scrolled(model.scroll),
        Some(Overlay::Palette(palette)) => {
            let at = palette.selected;
            let len = keys::palette_lines(model).len();
            if let Some(Overlay::Palette(palette)) = &mut model.overlay {
                palette.selected = moved(at, len);
            }
        }
        Some(Overlay::Confirm(_) | Overlay::Ask(..)) => {}
        None => match model.screen {
            Screen::Queue => {
                model.queue.selected = moved(model.queue.selected, model.queue.matches.len());
                model.queue.scroll_to_chosen(page);
            }
            Screen::Stalled => {
                model.stalled.selected = moved(model.stalled.selected, model.stalled.rows.len());
            }
            Screen::Training => {
                model.training.selected = moved(model.training.selected, training::items(model).len());
            }
            Screen::Order => {
                if let Some(screen) = &mut model.order {
                    screen.top = scrolled(screen.top);
                }
            }
            Screen::Intake => {}
        },
    }
}

/// Closes what lies on top, or goes back a screen.
fn back(model: &mut Model) -> Vec<Effect> {
    if model.overlay.take().is_some() {
        return Vec::new();
    }
    if model.screen == Screen::Queue {
        model.queue.filtering = false;
        model.queue.filter = tui_input::Input::default();
        let chosen = model.queue.chosen().map(|row| row.id.clone());
        model.queue.refilter(chosen.as_ref());
        return Vec::new();
    }
    let was_training = model.screen == Screen::Training && model.training.from_order;
    model.screen = if was_training { Screen::Order } else { Screen::Queue };
    // A text that is put aside keeps its bookmark in the journal, not only on this screen.
    let reading = model.order.as_ref().is_some_and(|s| {
        s.pane == super::Pane::Reading
            && s.busy.is_none()
            && s.order.reading.as_ref().is_some_and(|r| !r.interrupted && r.left() > 0)
    });
    if model.screen == Screen::Queue && reading && !was_training {
        run(model, Action::Do(Command::Interrupt))
    } else {
        Vec::new()
    }
}

fn quit(model: &mut Model) -> Vec<Effect> {
    if model.under_way == 0 {
        return vec![Effect::Quit];
    }
    // Asked twice, while asked: the second Ctrl-C means it.
    if matches!(model.overlay, Some(Overlay::Confirm(Confirm::Leave))) {
        return vec![Effect::Quit];
    }
    question(model, Confirm::Leave)
}

fn go(model: &mut Model, deed: Deed) -> Vec<Effect> {
    match deed {
        Deed::OpenChosen => {
            let chosen =
                if model.screen == Screen::Stalled { chosen_stalled(model) } else { model.queue.chosen() };
            let Some(id) = chosen.map(|row| row.id.clone()) else { return Vec::new() };
            open_order(model, &id)
        }
        Deed::TakeIn => {
            model.intake = forms::intake();
            model.screen = Screen::Intake;
            Vec::new()
        }
        Deed::Filter => {
            model.queue.filtering = true;
            Vec::new()
        }
        Deed::Refresh => vec![Effect::LoadQueue],
        Deed::Stalled => {
            model.screen = Screen::Stalled;
            model.stalled = super::Stalled::default();
            find_stalled(model);
            Vec::new()
        }
        Deed::Training => {
            model.training.from_order = model.screen == Screen::Order;
            if !model.training.from_order {
                model.order = None;
            }
            model.screen = Screen::Training;
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Shows the order as it was last seen here, if it was, and asks for it as it is.
fn open_order(model: &mut Model, id: &OrderId) -> Vec<Effect> {
    if model.order.as_ref().is_none_or(|screen| screen.order.id != *id) {
        model.order = None;
    }
    model.opening = Some(id.clone());
    vec![Effect::LoadOrder(id.clone())]
}

/// The order that was asked for is there.
pub fn show(model: &mut Model, order: Arc<crate::order::Order>, history: Arc<Vec<crate::order::Recorded>>) {
    model.opening = None;
    model.screen = Screen::Order;
    if model.order.as_ref().is_none_or(|screen| screen.order.id != order.id) {
        model.order = Some(OrderScreen::new(order, history, model.now));
    }
}

/// Works out which rows are stalled, when that is what is shown.
pub fn find_stalled(model: &mut Model) {
    if model.screen == Screen::Stalled {
        let now = model.now;
        let rows = model.queue.rows.iter().enumerate().filter(|(_, row)| row.stall(now).is_some());
        model.stalled.rows = rows.filter_map(|(at, _)| u32::try_from(at).ok()).collect();
        model.stalled.selected = model.stalled.selected.min(model.stalled.rows.len().saturating_sub(1));
    }
}

fn chosen_stalled(model: &Model) -> Option<&Summary> {
    model.stalled.rows.get(model.stalled.selected).and_then(|at| model.queue.rows.get(*at as usize))
}

fn ask_retry(model: &mut Model, deed: Deed) -> Vec<Effect> {
    let now = model.now;
    let useful = |row: &Summary| {
        row.trouble.is_some() && row.stall(now).is_some_and(|stall| stall.retry == Retry::Useful)
    };
    if deed == Deed::RetryOne {
        let Some(row) = chosen_stalled(model) else { return Vec::new() };
        if useful(row) {
            let id = row.id.clone();
            return question(model, Confirm::RetryOne(id));
        }
        let why = row.stall(now).map_or_else(String::new, |stall| {
            format!("a retry is {}: {}. {}", stall.retry.name(), stall.cause, stall.next)
        });
        model.say(Severity::Warning, why);
        return Vec::new();
    }
    let rows = model.stalled.rows.iter().filter_map(|at| model.queue.rows.get(*at as usize));
    let ids: Vec<OrderId> = rows.filter(|row| useful(row)).map(|row| row.id.clone()).collect();
    if ids.is_empty() {
        model.say(Severity::Info, "none of these is both safe and of use to retry");
        return Vec::new();
    }
    question(model, Confirm::RetryAll(ids))
}

/// Retries these, one after the other.
pub fn retry(model: &mut Model, ids: Vec<OrderId>) -> Vec<Effect> {
    model.stalled.report.clear();
    model.under_way += 1;
    vec![Effect::RetryAll(ids)]
}

fn practise(model: &mut Model) -> Vec<Effect> {
    let chosen = training::items(model).into_iter().nth(model.training.selected);
    chosen.map(|item| Effect::Practice(item.practice)).into_iter().collect()
}

/// A row of the list was clicked: it is chosen; clicked again, it is opened.
pub fn click_row(model: &mut Model, row: usize) -> Vec<Effect> {
    let (selected, len) = match model.screen {
        Screen::Queue => (&mut model.queue.selected, model.queue.matches.len()),
        Screen::Stalled => (&mut model.stalled.selected, model.stalled.rows.len()),
        Screen::Training => {
            let len = training::items(model).len();
            (&mut model.training.selected, len)
        }
        Screen::Order | Screen::Intake => return Vec::new(),
    };
    if row >= len || model.overlay.is_some() {
        return Vec::new();
    }
    let again = *selected == row;
    *selected = row;
    let deed = if model.screen == Screen::Training { Deed::Practise } else { Deed::OpenChosen };
    if again { perform(model, deed) } else { Vec::new() }
}
