//! `update`: a message changes the model and asks for effects. Nothing else does.

use super::effect::Effect;
use super::model::{Busy, Model, Notice, Screen, Setup, Severity, ThemeName};
use super::moving::{self, Move, step};
use super::msg::{Msg, Problem, Target};
use super::{deeds, forms, intake, keys, leave, lock, order_screen, polling, stalled};
use crate::order::{Call, Order, OrderId, Recorded, Summary, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many lines of what a trainer did are kept.
const LOGGED: usize = 100;

impl Model {
    /// The desk as it opens, and what it asks for first.
    pub fn new(setup: Setup, theme: ThemeName, now: Timestamp, size: (u16, u16)) -> (Self, Vec<Effect>) {
        let mut model = Self {
            setup,
            now,
            uptime: None,
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
            running: BTreeMap::new(),
            taking_in: None,
            lock: super::Lock::new(now),
            live: false,
        };
        model.queue.loading = true;
        (model, vec![Effect::LoadQueue])
    }

    /// How many rows of a list fit, roughly: for moving by a page.
    pub fn page(&self) -> usize {
        usize::from(self.size.1).saturating_sub(8).max(1)
    }

    /// Something begins for an order.
    pub(super) fn begin(&mut self, id: &OrderId, call: Option<Call>) {
        self.running.insert(id.clone(), (call, self.now));
        self.set_busy(id);
    }

    /// It has ended; says what it was.
    pub(super) fn end(&mut self, id: &OrderId) -> Option<Busy> {
        let was = self.running.remove(id);
        self.set_busy(id);
        was
    }

    fn set_busy(&mut self, id: &OrderId) {
        if let Some(screen) = self.order.as_mut().filter(|screen| screen.order.id == *id) {
            screen.busy = self.running.get(id).copied();
        }
    }

    pub(super) fn say(&mut self, severity: Severity, text: impl Into<String>) {
        self.notice = Some(Notice { severity, text: text.into() });
    }
}

/// Changes the model by what happened at `now`; returns what is to be done.
pub fn update(model: &mut Model, msg: Msg, now: Timestamp) -> Vec<Effect> {
    model.now = now;
    if lock::takes(model, &msg) {
        return Vec::new();
    }
    match msg {
        Msg::Key(key) => keys::press(model, key),
        Msg::Paste(text) => keys::paste(model, &text),
        Msg::Clicked(target) => clicked(model, target),
        Msg::Scrolled(rows) => scrolled(model, rows),
        Msg::Resized { width, height } => {
            model.size = (width, height);
            model.queue.scroll_to_chosen(model.page());
            Vec::new()
        }
        Msg::Tick => {
            model.queue.resort(now);
            stalled::find(model);
            order_screen::tick(model);
            Vec::new()
        }
        Msg::Timer(id) => polling::timer(model, id),
        Msg::Queue { rows, first, last } => {
            model.queue.take(rows, first, last, now);
            stalled::find(model);
            Vec::new()
        }
        Msg::Order { order, history, after } => order_changed(model, order, history, after),
        Msg::Opened(order) => {
            ended(model);
            let effects = intake::opened(model, *order);
            effects.into_iter().chain(leave::last_ended(model)).collect()
        }
        Msg::Retried { id, done, what } => {
            stalled::retried(model, id, done, what);
            Vec::new()
        }
        Msg::RetriedAll => {
            ended(model);
            leave::last_ended(model)
        }
        Msg::Failed { id, problem, after, retry_after } => {
            if after {
                ended(model);
            }
            let effects = failed(model, id.as_ref(), problem, after, retry_after);
            effects.into_iter().chain(leave::failed(model, id.as_ref())).collect()
        }
        Msg::Practised { what, clock_offset } => {
            model.training.clock_offset = clock_offset;
            model.training.log.push_back(what.clone());
            if model.training.log.len() > LOGGED {
                model.training.log.pop_front();
            }
            model.say(Severity::Done, what);
            Vec::new()
        }
        Msg::JournalChanged => journal_changed(model),
        Msg::AskedToQuit => leave::asked(model),
    }
}

fn clicked(model: &mut Model, target: Target) -> Vec<Effect> {
    match target {
        Target::Key(key) => keys::press(model, key),
        Target::Row(row) => moving::click_row(model, row),
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
    let to = if rows < 0 { Move::Up } else { Move::Down };
    for _ in 0..rows.unsigned_abs() {
        step(model, to);
    }
    Vec::new()
}

/// One action less is under way.
fn ended(model: &mut Model) {
    model.under_way = model.under_way.saturating_sub(1);
}

fn order_changed(
    model: &mut Model,
    order: Arc<Order>,
    history: Arc<Vec<Recorded>>,
    after: bool,
) -> Vec<Effect> {
    model.queue.put(Summary::of(&order), model.now);
    stalled::find(model);
    let was = if after { model.end(&order.id) } else { None };
    if after {
        ended(model);
    }
    let mut effects = Vec::new();
    if model.opening.as_ref() == Some(&order.id) {
        effects.extend(deeds::show(model, order.clone(), history.clone()));
    }
    if model.order.as_ref().is_some_and(|screen| screen.order.id == order.id) {
        effects.extend(order_screen::changed(model, order, history, was));
    }
    effects.extend(leave::last_ended(model));
    effects
}

fn failed(
    model: &mut Model,
    id: Option<&OrderId>,
    problem: Problem,
    after: bool,
    retry_after: Option<u64>,
) -> Vec<Effect> {
    let Some(id) = id else {
        if after {
            intake::refused(model, problem);
        } else {
            model.say(Severity::Error, format!("{}. {}", problem.what, problem.next));
        }
        return Vec::new();
    };
    if model.opening.as_ref() == Some(id) {
        model.opening = None;
    }
    let was = if after { model.end(id) } else { None };
    let said = format!("order {id}: {}. {}", problem.what, problem.next);
    let open = model.order.as_ref().is_some_and(|screen| screen.order.id == *id);
    let effects = if open { order_screen::failed(model, problem, was, retry_after) } else { Vec::new() };
    // On the order's own screen it stands at its field; a check that is repeated is not worth a line.
    if effects.is_empty() && !(open && model.screen == Screen::Order) {
        model.say(Severity::Error, said);
    }
    effects
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
