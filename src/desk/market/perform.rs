//! Doing what a key asked for.

use super::act::Act;
use super::ask::Ask;
use super::basics::{ask, begin, chosen, confirm, is_real, line, refuse, wants};
use super::state::{List, Purpose};
use super::step::{Step, not_started, waiting};
use super::wanted::Wanted;
use super::{forms, sending, usage};
use crate::desk::effect::Effect;
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::order::Right;
use crate::subscription::{Call, Finding, Refusal, SubscriptionRow};

/// Opens the desk. What it shows is read when it is opened first, and again when others have written since.
pub fn open(model: &mut Model) -> Vec<Effect> {
    model.screen = Screen::Market;
    let market = &mut model.market;
    if market.reading.opened && !market.reading.stale {
        return Vec::new();
    }
    load(model)
}

/// Reads the lists again, unless they are on their way.
pub fn load(model: &mut Model) -> Vec<Effect> {
    let market = &mut model.market;
    if market.reading.under_way {
        return Vec::new();
    }
    (market.reading.under_way, market.reading.stale) = (true, false);
    let first = !std::mem::replace(&mut market.reading.opened, true);
    let mut effects = wants(if first { Wanted::Open } else { Wanted::Load });
    if market.list == List::Month && !first {
        effects.extend(load_month(model));
    }
    effects
}

/// Reads the month again.
pub fn load_month(model: &mut Model) -> Vec<Effect> {
    let market = &mut model.market;
    if market.calendar.is_none() {
        return Vec::new();
    }
    market.month_loading = true;
    wants(Wanted::Month(market.wanted_month))
}

/// Does `act`.
pub fn perform(model: &mut Model, act: Act) -> Vec<Effect> {
    match act {
        Act::List(list) => show(model, list),
        Act::NextList => show(model, model.market.list.step(1)),
        Act::PreviousList => show(model, model.market.list.step(List::ALL.len() - 1)),
        Act::Next => next(model),
        Act::Page => page(model, Purpose::Show),
        Act::StartBilling => start_billing(model),
        Act::End => free(model).map_or_else(Vec::new, |row| wants(Wanted::Ending(row.id))),
        Act::AddUsage => add_usage(model),
        Act::Supplement => supplement(model),
        Act::Note => {
            let id = chosen(model).map(|row| row.id.clone());
            id.map_or_else(Vec::new, |id| ask(model, Ask::Note(id), forms::note()))
        }
        Act::SetAside => set_aside(model),
        Act::Arrive => begin(model, None, Wanted::Arrive),
        Act::Filter => {
            model.market.filtering = true;
            Vec::new()
        }
        Act::Reload => load(model),
        Act::MonthBefore => turn(model, false),
        Act::MonthAfter => turn(model, true),
        Act::Preview => sending::preview(model),
        Act::Send => sending::ask(model),
        Act::Pause => sending::pause(model),
    }
}

fn show(model: &mut Model, list: List) -> Vec<Effect> {
    let market = &mut model.market;
    (market.list, market.filtering) = (list, false);
    market.keep_inside();
    if list == List::Month { load_month(model) } else { Vec::new() }
}

/// The chosen subscription, when nothing is under way for it.
fn free(model: &mut Model) -> Option<SubscriptionRow> {
    let row = chosen(model)?.clone();
    if model.market.busy.contains_key(&row.id) {
        model.say(Severity::Info, "a call for this subscription is in progress");
        return None;
    }
    Some(row)
}

fn next(model: &mut Model) -> Vec<Effect> {
    match model.market.list {
        List::Doubts if model.screen == Screen::Market => return verdict(model),
        List::Month if model.screen == Screen::Market => {
            let missing = line(&model.market).is_some_and(|line| line.findings.contains(&Finding::Missing));
            return if missing { add_usage(model) } else { page(model, Purpose::Show) };
        }
        _ => {}
    }
    match chosen(model).map(|row| Step::of(row, model.now)) {
        Some(Step::Answer) => page(model, Purpose::Answer),
        Some(Step::StartBilling(_)) => start_billing(model),
        Some(_) => page(model, Purpose::Show),
        None => Vec::new(),
    }
}

fn page(model: &mut Model, purpose: Purpose) -> Vec<Effect> {
    let Some(id) = chosen(model).map(|row| row.id.clone()) else { return Vec::new() };
    model.market.opening = Some((id.clone(), purpose));
    wants(Wanted::Page(id))
}

fn start_billing(model: &mut Model) -> Vec<Effect> {
    let Some(row) = free(model) else { return Vec::new() };
    let skus = waiting(&row, model.now);
    if skus.is_empty() {
        return refuse(model, &Refusal::NoSkuLeft(Call::StartBilling));
    }
    let sure = not_started(&row, model.now);
    if sure.is_empty() {
        let form = forms::insist(is_real(model));
        return ask(model, Ask::Again(row.id, Call::StartBilling, skus), form);
    }
    confirm(model, Ask::StartBilling(row.id, sure))
}

fn add_usage(model: &mut Model) -> Vec<Effect> {
    let Some(row) = free(model) else { return Vec::new() };
    let market = &model.market;
    let on_month = model.screen == Screen::Market && market.list == List::Month;
    let line = line(market).filter(|_| on_month);
    let first =
        row.skus.iter().find(|line| line.plan.usage && line.ended.is_none()).map(|line| &line.plan.sku);
    let sku = line.map(|line| &line.sku).or(first).map_or("", |sku| sku.as_str()).to_owned();
    let shown = market.month.as_ref().filter(|_| on_month).map(|month| month.month);
    let month = shown.or_else(|| market.bill(model.now)).map_or_else(String::new, |month| month.to_string());
    ask(model, Ask::Usage(row.id), usage::usage(&sku, &month))
}

fn set_aside(model: &mut Model) -> Vec<Effect> {
    if !model.setup.role.may(Right::SetAside) {
        return refuse(model, &Refusal::NotYourRole(Right::SetAside));
    }
    let alarm = free(model).filter(|row| row.conflicts > 0);
    alarm.map_or_else(Vec::new, |row| ask(model, Ask::SetAside(row.id), forms::insist(false)))
}

fn supplement(model: &mut Model) -> Vec<Effect> {
    let Some(row) = free(model) else { return Vec::new() };
    let form = usage::supplemented(model).map(usage::supplement);
    form.map_or_else(Vec::new, |form| ask(model, Ask::Supplement(row.id), form))
}

fn verdict(model: &mut Model) -> Vec<Effect> {
    let Some(report) = model.market.doubt() else { return Vec::new() };
    let id = report.id.clone();
    if let Some(left) = super::clock::quiet_left(model, report) {
        return refuse(model, &Refusal::TooEarly { left });
    }
    ask(model, Ask::Verdict(id), forms::verdict())
}

/// The month before, or after, up to the one whose bill is open.
fn turn(model: &mut Model, forward: bool) -> Vec<Effect> {
    let now = model.now;
    let market = &mut model.market;
    let (Some(bill), Some(shown)) = (market.bill(now), market.month.as_ref().map(|view| view.month)) else {
        return Vec::new();
    };
    let wanted = if forward { shown.next().min(bill) } else { shown.previous() };
    market.wanted_month = Some(wanted).filter(|wanted| *wanted != bill);
    load_month(model)
}
