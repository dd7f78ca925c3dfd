//! Taking in what happened.

use super::ask::Ask;
use super::basics::{ask, confirm, is_real, wants};
use super::forms;
use super::news::{Loaded, News, Page};
use super::perform::{load, load_month};
use super::state::{List, Purpose};
use super::usage;
use super::wanted::Wanted;
use crate::desk::effect::Effect;
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::kind::ShortId;
use crate::subscription::SubscriptionRow;

/// Takes in what happened.
pub fn told(model: &mut Model, news: News) -> Vec<Effect> {
    match news {
        News::Loaded(loaded) => lists(model, *loaded),
        News::Month(view) => {
            model.market.month_loading = false;
            model.market.clock_error = view.clock_error;
            model.market.month = Some(*view);
            model.market.keep_inside();
            Vec::new()
        }
        News::Tries { looked, found } => {
            model.market.looked.extend(looked);
            model.market.tries.extend(found);
            model.market.arrange(model.now);
            Vec::new()
        }
        News::Page(page) => opened(model, *page),
        News::Ending(ending) => {
            if is_in_front(model) && model.frame.overlay.is_none() {
                return confirm(model, Ask::End(ending));
            }
            Vec::new()
        }
        News::Row(row) => {
            put(model, *row);
            Vec::new()
        }
        News::Done { id, what } => {
            model.say(Severity::Done, what);
            ended(model, id.as_ref())
        }
        News::Failed { id, what, next, task, insist } => {
            model.say(Severity::Error, format!("{what}. {next}").trim_end());
            failed(model, id.as_ref(), task);
            match insist.filter(|_| is_in_front(model) && model.frame.overlay.is_none()) {
                Some(question) => {
                    let form = match &question {
                        Ask::Late(..) => usage::late(),
                        Ask::GiveOthers(..) => forms::insist(false),
                        _ => forms::insist(is_real(model)),
                    };
                    ask(model, question, form)
                }
                None => Vec::new(),
            }
        }
        News::Sent(sent) => {
            if let Some(run) = &mut model.market.run {
                run.sent.push(sent);
                run.top = run.sent.len();
            }
            Vec::new()
        }
        News::Ran(ran) => {
            if let Some(run) = &mut model.market.run {
                (run.ended, run.stopping) = (Some(ran), false);
            }
            load_all(model)
        }
    }
}

/// True while the marketplace's desk is the one in front.
pub fn is_in_front(model: &Model) -> bool {
    matches!(model.screen, Screen::Market | Screen::Subscription | Screen::Sending)
}

/// Somebody else has written: the lists are read again, now or when the desk is opened.
pub fn changed(model: &mut Model) -> Vec<Effect> {
    if !model.market.reading.opened {
        return Vec::new();
    }
    model.market.reading.stale = true;
    if is_in_front(model) { load_all(model) } else { Vec::new() }
}

/// The bill month has rolled over, or its closed hours have begun or are over: the month's list tells of another time, and is
/// read anew.
pub fn tick(model: &mut Model) -> Vec<Effect> {
    let bill = model.market.bill(model.now);
    let market = &model.market;
    let is_past = market.month.as_ref().is_some_and(|view| {
        let turns = if view.closed { view.first_begin } else { view.last_begin };
        Some(view.bill) != bill || turns <= model.now
    });
    if market.month_loading || !is_past || !is_in_front(model) {
        return Vec::new();
    }
    load_month(model)
}

fn load_all(model: &mut Model) -> Vec<Effect> {
    let mut effects = load(model);
    if effects.is_empty() {
        model.market.reading.stale = true;
    }
    if model.market.list != List::Month && model.market.month.is_some() {
        effects.extend(load_month(model));
    }
    effects
}

fn lists(model: &mut Model, loaded: Loaded) -> Vec<Effect> {
    let now = model.now;
    let market = &mut model.market;
    let first = market.calendar.is_none();
    market.reading.under_way = false;
    market.calendar = Some(loaded.calendar);
    market.clock_error = loaded.clock_error;
    let known = |id: &ShortId| market.doubts.iter().any(|known| known.id == *id && known.clash().is_some());
    let alarm = loaded.doubts.iter().any(|report| report.clash().is_some() && !known(&report.id));
    (market.rows, market.doubts, market.takeover) = (loaded.rows, loaded.doubts, loaded.takeover);
    market.conflicts = loaded.conflicts;
    let unread = loaded.unreadable.saturating_sub(market.unreadable);
    (market.unreadable, market.strangers) = (loaded.unreadable, loaded.strangers);
    market.arrange(now);
    if first && market.to_look_at() == 0 {
        market.list = List::Subscriptions;
    }
    if !first && unread > 0 && is_in_front(model) {
        model.say(Severity::Warning, "A deploy could not be read, and may be a purchase: r says more.");
    }
    if !first && alarm && is_in_front(model) {
        let what = "Alarm: an answer contradicts what was said of a report: d says more.";
        model.say(Severity::Warning, what);
    }
    let stale = model.market.reading.stale && is_in_front(model);
    let market = &mut model.market;
    let new = market.unlooked(now);
    let mut effects = Vec::new();
    if !new.is_empty() {
        effects.extend(wants(Wanted::Tries(new)));
    }
    if first && market.list == List::Month {
        effects.extend(load_month(model));
    }
    if stale {
        effects.extend(load(model));
    }
    effects
}

/// A subscription was read: it is shown, or answered.
fn opened(model: &mut Model, page: Page) -> Vec<Effect> {
    let id = page.subscription.id.clone();
    let same = model.market.page.as_ref().is_some_and(|open| open.subscription.id == id);
    let purpose = model.market.opening.take_if(|(wanted, _)| *wanted == id).map(|(_, purpose)| purpose);
    if purpose.is_none() && !same {
        return Vec::new();
    }
    model.market.page = Some(page);
    match purpose.filter(|_| is_in_front(model) && model.frame.overlay.is_none()) {
        Some(Purpose::Show) => {
            model.market.page_top = 0;
            model.screen = Screen::Subscription;
        }
        Some(Purpose::Answer) => return ask(model, Ask::Answer(id), forms::answer()),
        None => {}
    }
    Vec::new()
}

fn put(model: &mut Model, row: SubscriptionRow) {
    let market = &mut model.market;
    match market.rows.iter_mut().find(|known| known.id == row.id) {
        Some(known) => *known = row,
        None => market.rows.insert(0, row),
    }
    market.arrange(model.now);
}

/// A task has ended: what it changed is read again.
fn ended(model: &mut Model, id: Option<&ShortId>) -> Vec<Effect> {
    let market = &mut model.market;
    let was_report = id.is_some_and(|id| market.doubts.iter().any(|report| report.id == *id));
    let mut effects = Vec::new();
    if let Some(id) = id {
        market.busy.remove(id);
        let open = market.page.as_ref().is_some_and(|page| page.subscription.id == *id);
        if open && model.screen == Screen::Subscription {
            effects.extend(wants(Wanted::Page(id.clone())));
        }
    }
    if was_report || id.is_none() {
        effects.extend(load_all(model));
    } else {
        let new = model.market.unlooked(model.now);
        if !new.is_empty() {
            effects.extend(wants(Wanted::Tries(new)));
        }
        if model.market.month.is_some() {
            effects.extend(load_month(model));
        }
    }
    effects
}

fn failed(model: &mut Model, id: Option<&ShortId>, task: bool) {
    let market = &mut model.market;
    if let Some(id) = id {
        market.busy.remove(id);
        market.opening.take_if(|(wanted, _)| wanted == id);
    }
    if task {
        if let Some(run) = market.run.as_mut().filter(|run| id.is_none() && run.is_running()) {
            let halt = model.frame.notice.as_ref().map(|notice| notice.text.clone());
            (run.ended, run.stopping) = (Some(super::news::Ran { halt, paused: false }), false);
        }
        return;
    }
    (market.reading.under_way, market.month_loading) = (false, false);
    // What was never read is asked for again from the beginning.
    market.reading.opened = market.calendar.is_some();
}
