//! Performing what a key, the palette or the mouse asked for: each action goes to the desk that knows it.

use super::{answers, navigation, quit};
use crate::desk::action::Action;
use crate::desk::bindings::is_allowed;
use crate::desk::confirm::Confirm;
use crate::desk::effect::{Effect, Task};
use crate::desk::frame::list::Move;
use crate::desk::frame::notice::Severity;
use crate::desk::frame::overlay::Palette;
use crate::desk::market::perform as market;
use crate::desk::model::{Model, Overlay, Screen};
use crate::desk::orders::{copy, hands, intake, polling, questions, reading, replaying, run::run, show};
use crate::desk::registration::{applying, perform as contract};
use crate::desk::screen_keys::palette_lines;
use crate::desk::supervisor::{ask as asking, batch, day, stalled};
use crate::desk::training::{perform as training, play, scene::Talk, state::Tab, tour};
use crate::order::{Call, Command};

/// Does `action`, if the screen allows it now.
pub fn perform(model: &mut Model, action: Action) -> Vec<Effect> {
    if !is_allowed(model, action) {
        return Vec::new();
    }
    if model.frame.overlay.is_none() {
        model.frame.notice = None;
    }
    match action {
        Action::Help => lay_over(model, Overlay::Help),
        Action::Palette => lay_over(model, Overlay::Palette(Palette::default())),
        Action::History | Action::Results => lay_over(model, Overlay::History),
        Action::Theme => change_theme(model),
        Action::Lock => lock(model),
        Action::Back | Action::Interrupt => back(model),
        Action::Quit => quit::wanted(model),
        Action::EndRun => {
            model.frame.ask(Confirm::EndRun);
            Vec::new()
        }
        Action::Tour => {
            tour::toggle(model);
            Vec::new()
        }
        Action::Up => navigation::step(model, Move::Up),
        Action::Down => navigation::step(model, Move::Down),
        Action::PageUp => navigation::step(model, Move::PageUp),
        Action::PageDown => navigation::step(model, Move::PageDown),
        Action::First => navigation::step(model, Move::First),
        Action::Last => navigation::step(model, Move::Last),
        Action::OpenChosen => open_chosen(model),
        Action::NewOrder => intake::open(model),
        Action::Filter => filter(model),
        Action::Refresh => refresh(model),
        Action::Stalled => stalled::open(model),
        Action::Day => {
            model.day.from_stalled = model.screen == Screen::Stalled;
            day::open(model)
        }
        Action::Training => train(model),
        Action::Submit => submit(model),
        Action::NextField => step_field(model, 1),
        Action::PreviousField => step_field(model, -1),
        Action::Yes => answers::yes(model),
        Action::Retrieve => run(model, Task::Retrieve),
        Action::Read => run(model, Task::Do(Command::Read)),
        Action::SendSms => questions::open(model, Confirm::SendSms),
        Action::SendEmail => questions::open(model, Confirm::SendEmail),
        Action::SectionRead => reading::section_read(model),
        Action::LookBack => reading::look_back(model),
        Action::ReadAgain => run(model, Task::Do(Command::ReadAgain)),
        Action::AcceptVerbally => questions::open(model, Confirm::AcceptVerbally),
        Action::Decline => ask(model, Confirm::Decline),
        Action::Check => polling::start(model),
        Action::StopChecking => polling::stop(model),
        Action::Complete => ask_complete(model),
        Action::Amend | Action::Verdict if model.screen == Screen::Stalled => open_for(model, action),
        Action::Abandon if model.screen == Screen::Stalled => asks_nothing(model, action),
        Action::Amend => questions::open(model, Confirm::Amend),
        Action::Release => questions::open(model, Confirm::Release),
        Action::Probe => ask(model, Confirm::Probe),
        Action::Verdict => questions::open(model, Confirm::Verdict),
        Action::Abandon => questions::open(model, Confirm::Abandon),
        Action::Copy => copy::copy(model),
        Action::Replay => replaying::open(model),
        Action::Play => replaying::play(model),
        Action::TakeOver
        | Action::NextEvent
        | Action::PreviousEvent
        | Action::Unfold
        | Action::Fold
        | Action::Mark
        | Action::MarkGroup
        | Action::Unmark
        | Action::RetryOne
        | Action::RetryAll
        | Action::Assign
        | Action::Note
        | Action::StopBatch => asks_nothing(model, action),
        Action::Pause => batch::pause(model),
        Action::Trainer(act) => training::perform(model, act),
        Action::AskCustomer => vec![Effect::Talk(Talk::Customer)],
        Action::CallCarrier => vec![Effect::Talk(Talk::Carrier)],
        Action::Graded => play::show_report(model),
        Action::Orders => {
            model.screen = Screen::Queue;
            Vec::new()
        }
        Action::Marketplace => market::open(model),
        Action::Market(act) => market::perform(model, act),
        Action::Registration => contract::open(model),
        Action::Contract(act) => contract::perform(model, act),
    }
}

/// What changes the model, or opens a question, and asks nothing of the world.
fn asks_nothing(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::TakeOver => hands::ask(model),
        Action::NextEvent => replaying::go(model, true),
        Action::PreviousEvent => replaying::go(model, false),
        Action::Unfold => stalled::unfold(model, true),
        Action::Fold => stalled::unfold(model, false),
        Action::Mark => stalled::mark(model),
        Action::MarkGroup => stalled::mark_group(model),
        Action::Unmark => stalled::unmark(model),
        Action::RetryOne => stalled::ask_one(model),
        Action::RetryAll => batch::ask_retry(model),
        Action::Assign => asking::open(model, Confirm::Assign),
        Action::Note => asking::open(model, Confirm::Note),
        Action::Abandon => asking::open(model, Confirm::AbandonEach),
        Action::StopBatch => batch::stop(model),
        _ => {}
    }
    Vec::new()
}

/// Opens the chosen order, to do `action` with it there.
fn open_for(model: &mut Model, action: Action) -> Vec<Effect> {
    let effects = open_chosen(model);
    model.then = Some(action);
    effects
}

fn lay_over(model: &mut Model, overlay: Overlay) -> Vec<Effect> {
    model.frame.lay_over(overlay);
    Vec::new()
}

/// Asks whether to place the open order, as it is now: the yes is to that and to nothing else.
fn ask_complete(model: &mut Model) -> Vec<Effect> {
    match &model.order {
        Some(screen) => ask(model, Confirm::Complete(screen.order.shown())),
        None => Vec::new(),
    }
}

fn ask(model: &mut Model, confirm: Confirm) -> Vec<Effect> {
    model.frame.ask(confirm);
    Vec::new()
}

fn change_theme(model: &mut Model) -> Vec<Effect> {
    model.frame.theme = model.frame.theme.next();
    let name = model.frame.theme.name();
    let text = format!("Colors: {name}. To keep them: theme = \"{name}\" under [desk] in the configuration.");
    model.say(Severity::Info, text);
    Vec::new()
}

fn lock(model: &mut Model) -> Vec<Effect> {
    model.frame.lock.locked = true;
    Vec::new()
}

fn refresh(model: &mut Model) -> Vec<Effect> {
    if model.screen == Screen::Day {
        return day::load(model);
    }
    let (part, limit) = model.queue.reload();
    vec![Effect::LoadQueue(part, limit)]
}

fn filter(model: &mut Model) -> Vec<Effect> {
    model.queue.filtering = true;
    Vec::new()
}

/// Closes what lies on top, or goes back a screen.
fn back(model: &mut Model) -> Vec<Effect> {
    match model.frame.overlay.take() {
        None => {}
        Some(Overlay::Ask(question, form)) if form.would_be_missed() => {
            model.frame.aside = Some((question, form));
            model.frame.ask(Confirm::DiscardTyped);
            return Vec::new();
        }
        Some(Overlay::Confirm(Confirm::DiscardTyped)) => {
            if let Some((question, form)) = model.frame.aside.take() {
                model.frame.ask_in_form(question, form);
            }
            return Vec::new();
        }
        Some(_) => return Vec::new(),
    }
    if model.screen == Screen::Training && training::back(model) {
        return Vec::new();
    }
    match model.screen {
        Screen::Queue => {
            let page = model.page();
            model.queue.clear_filter(page, model.now);
        }
        Screen::Market => {
            let market = &mut model.market;
            market.filter = tui_input::Input::default();
            market.filtering = false;
            market.arrange(model.now);
        }
        Screen::Contract => contract::clear_filter(model),
        Screen::Applying => return applying::leave(model),
        Screen::Subscription | Screen::Sending => model.screen = Screen::Market,
        Screen::Training if model.training_from != Screen::Queue => return leave_training(model),
        Screen::Graded => model.screen = model.graded_from,
        Screen::Day if model.day.from_stalled => return to_stalled(model),
        Screen::Intake => return intake::leave(model),
        Screen::Training | Screen::Stalled | Screen::Day => model.screen = Screen::Queue,
        Screen::Replay => return leave_replay(model),
        Screen::Order => {
            let mut effects = if model.from == Screen::Stalled { to_stalled(model) } else { Vec::new() };
            model.screen = model.from;
            effects.extend(reading::interrupt(model));
            return effects;
        }
    }
    Vec::new()
}

/// Back to where the replay was opened.
fn leave_replay(model: &mut Model) -> Vec<Effect> {
    if replaying::is_all(model) {
        return vec![Effect::Quit];
    }
    if replaying::close(model) == Screen::Stalled { to_stalled(model) } else { Vec::new() }
}

/// Back to the stalled orders, as they were left.
fn to_stalled(model: &mut Model) -> Vec<Effect> {
    model.screen = Screen::Stalled;
    stalled::load(model)
}

fn open_chosen(model: &mut Model) -> Vec<Effect> {
    if model.screen == Screen::Stalled && stalled::toggle(model) {
        return Vec::new();
    }
    let chosen = if model.screen == Screen::Stalled { model.stalled.row() } else { model.queue.chosen() };
    let id = chosen.map(|row| row.id.clone());
    id.map_or_else(Vec::new, |id| show::open(model, id))
}

/// The trainer's screen. From an order it is about that order, from the marketplace about its calls; it goes back to where
/// it was opened.
fn train(model: &mut Model) -> Vec<Effect> {
    model.training_from = model.screen;
    let training = &mut model.training;
    match model.screen {
        Screen::Order => {}
        Screen::Market | Screen::Subscription => training.show_calls(Call::ALL.len()),
        // Without an order there is no customer.
        _ if training.tab == Tab::Customer => training.tab = Tab::Clock,
        _ => {}
    }
    model.screen = Screen::Training;
    if model.training_from == Screen::Order {
        return Vec::new();
    }
    model.order = None;
    Vec::new()
}

/// Back to where the trainer's screen was opened.
fn leave_training(model: &mut Model) -> Vec<Effect> {
    let to = model.training_from;
    let effects = if to == Screen::Order { Vec::new() } else { market::open(model) };
    model.screen = to;
    effects
}

fn step_field(model: &mut Model, by: isize) -> Vec<Effect> {
    if let Some(form) = model.form() {
        form.step(by);
    }
    Vec::new()
}

/// Submits what is being typed.
fn submit(model: &mut Model) -> Vec<Effect> {
    if let Some(Overlay::Palette(palette)) = &model.frame.overlay {
        let chosen = palette_lines(model).into_iter().nth(palette.selected);
        model.frame.overlay = None;
        return chosen.map_or_else(Vec::new, |b| perform(model, b.action));
    }
    if let Some(Overlay::Ask(confirm, form)) = model.frame.overlay.take() {
        return answers::answer(model, confirm, form);
    }
    match model.screen {
        Screen::Queue => model.queue.filtering = false,
        Screen::Market => model.market.filtering = false,
        Screen::Contract => model.registration.filtering = false,
        Screen::Training => return training::say(model),
        _ => return intake::submit(model),
    }
    Vec::new()
}
