//! `update`: a message changes the model and asks for effects. Nothing else does.

use super::effect::Effect;
use super::model::{Model, Notice, OrderScreen, Overlay, Screen, Setup, Severity, ThemeName};
use super::msg::{Msg, Problem, Target};
use super::{deeds, forms, keys, order_screen};
use crate::order::{NewOrder, Order, Recorded, Summary, Timestamp};
use jiff::SignedDuration;
use std::sync::Arc;

impl Model {
    /// The desk as it opens, and what it asks for first.
    pub fn new(setup: Setup, theme: ThemeName, now: Timestamp, size: (u16, u16)) -> (Self, Vec<Effect>) {
        let mut model = Self {
            setup,
            now,
            size,
            theme,
            screen: Screen::Queue,
            overlay: None,
            queue: super::Queue::default(),
            stalled: super::Stalled::default(),
            intake: forms::intake(),
            order: None,
            training: super::Training::default(),
            notice: None,
            under_way: 0,
            leaving: false,
            scroll: 0,
            timers: 0,
            opening: None,
        };
        model.queue.loading = true;
        (model, vec![Effect::LoadQueue])
    }

    /// How many rows of a list fit, roughly: for moving by a page.
    pub fn page(&self) -> usize {
        usize::from(self.size.1).saturating_sub(8).max(1)
    }

    pub(super) fn say(&mut self, severity: Severity, text: impl Into<String>) {
        self.notice = Some(Notice { severity, text: text.into() });
    }
}

/// Changes the model by what happened at `now`; returns what is to be done.
pub fn update(model: &mut Model, msg: Msg, now: Timestamp) -> Vec<Effect> {
    model.now = now;
    match msg {
        Msg::Key(key) => keys::press(model, key),
        Msg::Paste(text) => keys::paste(model, &text),
        Msg::Clicked(target) => clicked(model, target),
        Msg::Scrolled(rows) => scrolled(model, rows),
        Msg::Resized { width, height } => {
            model.size = (width, height);
            Vec::new()
        }
        Msg::Tick => {
            model.queue.resort(now);
            deeds::find_stalled(model);
            Vec::new()
        }
        Msg::Timer(id) => order_screen::timer(model, id),
        Msg::Queue { rows, first, last } => {
            model.queue.take(rows, first, last, now);
            deeds::find_stalled(model);
            Vec::new()
        }
        Msg::Order { order, history, after } => order_changed(model, order, history, after),
        Msg::Opened(order) => opened(model, *order),
        Msg::Retried { id, done, what } => {
            model.stalled.report.push((id, done, what));
            Vec::new()
        }
        Msg::RetriedAll => ended(model),
        Msg::Failed { id, problem, after, retry_after } => {
            let effects = if after { ended(model) } else { Vec::new() };
            effects.into_iter().chain(failed(model, id.as_ref(), problem, retry_after)).collect()
        }
        Msg::Practised { what, clock_offset } => {
            model.training.clock_offset = clock_offset;
            model.training.log.push_back(what.clone());
            model.say(Severity::Done, what);
            Vec::new()
        }
        Msg::JournalChanged => journal_changed(model),
        Msg::AskedToQuit => asked_to_quit(model),
    }
}

fn clicked(model: &mut Model, target: Target) -> Vec<Effect> {
    match target {
        Target::Key(key) => keys::press(model, key),
        Target::Row(row) => deeds::click_row(model, row),
        Target::Field(field) => {
            if let Some(form) = keys::form(model)
                && field < form.fields.len()
            {
                form.focus = field;
            }
            Vec::new()
        }
    }
}

fn scrolled(model: &mut Model, rows: i32) -> Vec<Effect> {
    let deed = if rows < 0 { super::Deed::Up } else { super::Deed::Down };
    for _ in 0..rows.unsigned_abs() {
        deeds::step(model, deed);
    }
    Vec::new()
}

/// One action less is under way; the last one lets a person go who asked to.
pub(super) fn ended(model: &mut Model) -> Vec<Effect> {
    model.under_way = model.under_way.saturating_sub(1);
    if model.leaving && model.under_way == 0 { vec![Effect::Quit] } else { Vec::new() }
}

fn order_changed(
    model: &mut Model,
    order: Arc<Order>,
    history: Arc<Vec<Recorded>>,
    after: bool,
) -> Vec<Effect> {
    model.queue.put(Summary::of(&order), model.now);
    deeds::find_stalled(model);
    let mut effects = if after { ended(model) } else { Vec::new() };
    if model.opening.as_ref() == Some(&order.id) {
        deeds::show(model, order.clone(), history.clone());
    }
    if model.order.as_ref().is_some_and(|screen| screen.order.id == order.id) {
        effects.extend(order_screen::changed(model, order, history, after));
    }
    effects
}

fn opened(model: &mut Model, order: Order) -> Vec<Effect> {
    let mut effects = ended(model);
    model.queue.put(Summary::of(&order), model.now);
    model.queue.refilter(Some(&order.id));
    if model.screen != Screen::Intake {
        model.say(Severity::Done, format!("order {} was taken in", order.id));
        return effects;
    }
    model.intake = forms::intake();
    model.say(Severity::Done, format!("order {} was taken in; its two ids are locked", order.id));
    model.order = Some(OrderScreen::new(Arc::new(order), Arc::default(), model.now));
    model.screen = Screen::Order;
    effects.extend(deeds::run(model, super::Action::Retrieve));
    effects
}

fn failed(
    model: &mut Model,
    id: Option<&crate::order::OrderId>,
    problem: Problem,
    retry_after: Option<u64>,
) -> Vec<Effect> {
    match id {
        Some(id) if model.order.as_ref().is_some_and(|screen| screen.order.id == *id) => {
            return order_screen::failed(model, problem, retry_after);
        }
        None if model.screen == Screen::Intake => {
            model.intake.mark([(problem.field.clone(), format!("{}. {}", problem.what, problem.next))]);
        }
        Some(_) | None => model.say(Severity::Error, format!("{}. {}", problem.what, problem.next)),
    }
    Vec::new()
}

fn journal_changed(model: &mut Model) -> Vec<Effect> {
    let mut effects = vec![Effect::LoadQueue];
    if let Some(screen) = &model.order
        && screen.busy.is_none()
    {
        effects.push(Effect::LoadOrder(screen.order.id.clone()));
    }
    effects
}

fn asked_to_quit(model: &mut Model) -> Vec<Effect> {
    if model.under_way == 0 {
        return vec![Effect::Quit];
    }
    model.leaving = true;
    Vec::new()
}

/// When what is on the screen next changes by the passing of time alone: seconds where seconds are shown, else the next
/// full minute; `None` when no clock runs.
pub fn next_tick(model: &Model, now: Timestamp) -> Option<SignedDuration> {
    let second = SignedDuration::from_secs(1);
    if matches!(model.overlay, Some(Overlay::Help)) {
        return None;
    }
    match model.screen {
        Screen::Intake | Screen::Training => None,
        Screen::Order => {
            let screen = model.order.as_ref()?;
            let seconds = screen.busy.is_some()
                || screen.polling.is_some()
                || screen.order.standing() == crate::order::State::InDoubt;
            if seconds {
                Some(second)
            } else {
                window_tick(&screen.order.window(), screen.order.standing(), now)
            }
        }
        Screen::Queue | Screen::Stalled => {
            let ticks = model
                .queue
                .visible(model.page())
                .filter_map(|(_, row)| window_tick(&row.window(), row.standing, now));
            ticks.min()
        }
    }
}

fn window_tick(
    window: &crate::order::Window,
    standing: crate::order::State,
    now: Timestamp,
) -> Option<SignedDuration> {
    use crate::order::WindowState;
    if standing.is_final() {
        return None;
    }
    match window.at(now) {
        WindowState::Unknown | WindowState::Over(_) => None,
        WindowState::Open(left) if left.as_secs() < 120 => Some(SignedDuration::from_secs(1)),
        WindowState::Open(left) => Some(SignedDuration::from_secs(left.as_secs() % 60 + 1)),
    }
}

/// Takes several orders in at once, from a paste.
pub(super) fn take_all_in(model: &mut Model, orders: Vec<NewOrder>) -> Vec<Effect> {
    model.under_way += orders.len();
    orders.into_iter().map(|order| Effect::Open(Box::new(order))).collect()
}
