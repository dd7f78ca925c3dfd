//! `update`: a message changes the model and asks for effects. Nothing else does.
//!
//! This is where the frame and the desks meet: what happened goes to whichever of them it is about. They never call back.

mod answers;
mod input;
mod journal;
mod lock;
mod navigation;
mod offer;
mod perform;
mod quit;
mod small;

use super::action::Action;
use super::beside;
use super::bindings::is_allowed;
use super::confirm::Confirm;
use super::effect::Effect;
use super::frame::held::Press;
use super::frame::notice::Severity;
use super::frame::theme::ThemeName;
use super::guide;
use super::market::news::News;
use super::market::told;
use super::model::{Model, Overlay, Screen, Setup};
use super::msg::{Input, Msg};
use super::orders::window::{CHUNK, Part};
use super::orders::{changed, intake, polling, reading, replaying, search, show};
use super::problem::Problem;
use super::registration::{news::News as ContractNews, told as contract};
use super::supervisor::{batch, day, stalled};
use super::training::{play, told as training};
use crate::order::{Order, OrderId, Recorded, Summary, Timestamp};
use std::sync::Arc;

impl Model {
    /// The desk as it opens, and what it asks for first.
    pub fn new(setup: Setup, theme: ThemeName, now: Timestamp, size: (u16, u16)) -> (Self, Vec<Effect>) {
        (Self::opening(setup, theme, now, size), vec![Effect::LoadQueue(Part::First, CHUNK)])
    }
}

/// Changes the model by what happened at `now`; returns what is to be done.
pub fn update(model: &mut Model, msg: Msg, now: Timestamp) -> Vec<Effect> {
    model.now = now;
    let said = model.frame.notice.clone();
    let mut effects = happened(model, msg);
    changed::follow(model, said.as_ref());
    guide::follow(model);
    reading::follow(model);
    effects.extend(missing(model));
    effects.extend(beside::follow(model));
    effects
}

/// What the list in front needs from the journal, because its end comes near.
fn missing(model: &mut Model) -> Option<Effect> {
    // A page and a half ahead: on a screen of forty lines a start reads once, and what follows once somebody moves.
    let page = model.page() + model.page() / 2;
    match model.screen {
        Screen::Queue => model.queue.missing(page).map(|(part, limit)| Effect::LoadQueue(part, limit)),
        Screen::Stalled => stalled::missing(model),
        Screen::Order
        | Screen::Replay
        | Screen::Intake
        | Screen::Day
        | Screen::Training
        | Screen::Graded
        | Screen::Market
        | Screen::Subscription
        | Screen::Sending
        | Screen::Contract
        | Screen::Applying => None,
    }
}

fn load_queue(model: &mut Model) -> Effect {
    let (part, limit) = model.queue.reload();
    Effect::LoadQueue(part, limit)
}

fn timer(model: &mut Model, id: u64) -> Vec<Effect> {
    let pause = search::timer(model, id).or_else(|| beside::timer(model, id));
    match pause.or_else(|| replaying::timer(model, id)) {
        Some(effect) => vec![effect],
        None => polling::timer(model, id),
    }
}

fn happened(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let now = model.now;
    // Also of a key that the lock keeps: it is still down afterwards.
    let pressed = match msg.input() {
        Some(Input::Key(key)) => model.frame.held.comes(key, now),
        Some(Input::Held(key)) => {
            model.frame.held.comes(key, now);
            Press::Held
        }
        Some(Input::Clicked(_)) => model.frame.clicks.comes(now),
        Some(Input::Paste(_) | Input::Scrolled(_)) | None => Press::Fresh,
    };
    if lock::keeps(model, &msg) || small::keeps(model, &msg) || play::keeps(model, &msg) {
        return Vec::new();
    }
    offer::answered(model, &msg);
    match msg {
        Msg::Key(key) | Msg::Held(key) => input::press(model, key, pressed),
        Msg::Paste(text) => input::paste(model, &text),
        Msg::Clicked(target) => input::clicked(model, target, pressed),
        Msg::Scrolled(rows) => navigation::scroll(model, rows),
        Msg::Resized { width, height } => {
            resized(model, (width, height));
            Vec::new()
        }
        Msg::Focused(focused) => {
            model.frame.focused = focused;
            Vec::new()
        }
        Msg::Shown(seen) => {
            reading::shown(model, seen);
            Vec::new()
        }
        Msg::Continued => {
            reading::begin_anew(model);
            Vec::new()
        }
        Msg::Tick => tick(model),
        Msg::Timer(id) => timer(model, id),
        Msg::Queue(page) => {
            let height = model.page();
            if model.screen != Screen::Queue || model.frame.overlay.is_some() {
                model.queue.ahead = 0;
            }
            model.queue.take(*page, now);
            model.queue.scroll_to_chosen(height);
            Vec::new()
        }
        Msg::Found { text, rows } => {
            model.queue.take_found(&text, rows, model.now);
            Vec::new()
        }
        Msg::Stalled { after, rows, more } => {
            stalled::loaded(model, after.as_ref(), rows, more);
            Vec::new()
        }
        Msg::Order { order, history, after } => order_changed(model, order, history, after),
        Msg::Glance { order, history } => {
            beside::loaded(model, order, history);
            Vec::new()
        }
        Msg::Opened(order) => {
            ended(model);
            let effects = intake::opened(model, *order);
            effects.into_iter().chain(quit::when_idle(model)).collect()
        }
        Msg::Ended(what) => {
            ended(model);
            let effects = batch::ended(model, what);
            effects.into_iter().chain(quit::when_idle(model)).collect()
        }
        Msg::Day { figures, since, until } => {
            day::loaded(model, figures, since, until);
            Vec::new()
        }
        Msg::Failed { id, problem, after, retry_after } => {
            if after {
                ended(model);
            }
            let effects = failed(model, id.as_ref(), problem, after, retry_after);
            effects.into_iter().chain(quit::after_failure(model, id.as_ref())).collect()
        }
        Msg::Simulated { what, clock_offset } => {
            model.training.clock_offset = clock_offset;
            training::done(model, what);
            Vec::new()
        }
        Msg::Classroom(news) => training::told(model, news),
        Msg::Practice(view) => play::changed(model, *view),
        Msg::Market(news) => of_market(model, news),
        Msg::Contract(news) => of_contract(model, news),
        Msg::JournalChanged => journal::changed(model),
        Msg::JournalAway => journal::away(model),
        Msg::JournalBack => journal::back(model),
        Msg::JournalDoubted => journal::doubted(model),
        Msg::JournalTrusted => journal::trusted(model),
        Msg::AskedToQuit => quit::told(model),
    }
}

/// The terminal has this size now, which it may have had before.
fn resized(model: &mut Model, size: (u16, u16)) {
    let was = std::mem::replace(&mut model.frame.size, size);
    model.queue.scroll_to_chosen(model.page());
    if let Some(screen) = model.order.as_mut().filter(|_| was != size) {
        screen.resized();
    }
}

/// Time has passed.
fn tick(model: &mut Model) -> Vec<Effect> {
    let mut effects = stalled::tick(model);
    effects.extend(day::tick(model));
    effects.extend(told::tick(model));
    if model.queue.resort(model.now) && !model.queue.loading {
        effects.push(load_queue(model));
    }
    effects
}

/// Something happened to the marketplace's desk.
fn of_market(model: &mut Model, news: News) -> Vec<Effect> {
    if news.ends_task() {
        ended(model);
    }
    let effects = told::told(model, news);
    effects.into_iter().chain(quit::when_idle(model)).collect()
}

/// Something happened to the registration's desk.
fn of_contract(model: &mut Model, news: ContractNews) -> Vec<Effect> {
    if news.ends_task() {
        ended(model);
    }
    let effects = contract::told(model, news);
    effects.into_iter().chain(quit::when_idle(model)).collect()
}

/// One task less is under way. After the last one nobody has to be asked any more whether to wait for it.
fn ended(model: &mut Model) {
    model.frame.under_way = model.frame.under_way.saturating_sub(1);
    let asks = matches!(model.frame.overlay, Some(Overlay::Confirm(Confirm::Quit)));
    if asks && model.frame.under_way == 0 {
        model.frame.overlay = None;
    }
}

fn order_changed(
    model: &mut Model,
    order: Arc<Order>,
    history: Arc<Vec<Recorded>>,
    after: bool,
) -> Vec<Effect> {
    let row = Summary::of(&order);
    stalled::put(model, &row);
    model.queue.put(row, model.now);
    let was = if after { model.end(&order.id) } else { None };
    if after {
        ended(model);
    }
    replaying::loaded(model, &order, &history);
    let mut effects = Vec::new();
    if model.opening.as_ref() == Some(&order.id) {
        show::show(model, order.clone(), history.clone());
        if let Some(action) = model.then.take().filter(|_| model.screen == Screen::Order) {
            effects.extend(then(model, action));
        }
    }
    let open = model.order.as_ref().is_some_and(|screen| screen.order.id == order.id);
    effects.extend(if open {
        changed::changed(model, order, history, was)
    } else {
        changed::elsewhere(model, &order, was)
    });
    effects.extend(quit::when_idle(model));
    effects
}

/// What the order was opened for, if it can be done now.
fn then(model: &mut Model, action: Action) -> Vec<Effect> {
    if !is_allowed(model, action) {
        model.say(Severity::Info, "not now: the order itself says what can be done, and from when");
    }
    perform::perform(model, action)
}

fn failed(
    model: &mut Model,
    id: Option<&OrderId>,
    problem: Problem,
    after: bool,
    retry_after: Option<u64>,
) -> Vec<Effect> {
    let Some(id) = id else {
        (model.queue.loading, model.stalled.loading, model.day.loading) = (false, false, false);
        if after {
            intake::refused(model, problem);
        } else {
            model.say(Severity::Error, format!("{}. {}", problem.what, problem.next).trim_end());
        }
        return Vec::new();
    };
    if model.opening.as_ref() == Some(id) {
        (model.opening, model.then) = (None, None);
    }
    model.replay_of = model.replay_of.take().filter(|asked| asked != id);
    let was = if after { model.end(id) } else { None };
    changed::failed(model, id, problem, was, retry_after)
}
