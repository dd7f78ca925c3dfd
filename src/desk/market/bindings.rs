//! The keys of the marketplace's screens.

use super::act::Act;
use super::ask::Ask;
use super::basics::{chosen, line};
use super::state::List;
use super::step::{Step, waiting};
use super::usage::supplemented;
use crate::desk::action::{Action, moving};
use crate::desk::frame::binding::{bind, plain, primary};
use crate::desk::frame::key::{Code, Key};
use crate::desk::model::{Binding, Model, Screen};
use crate::kind::Timestamp;
use crate::subscription::{Finding, State};

fn act(key: char, label: &'static str, help: &'static str, act: Act) -> Binding {
    bind(Key::char(key), label, help, Action::Market(act))
}

/// The keys of the lists.
pub fn lists(model: &Model) -> Vec<Binding> {
    let market = &model.market;
    let mut all = Vec::new();
    if market.filtering {
        all.push(primary(
            plain(Code::Enter),
            "keep filter",
            "Keep the filter and go back to the list.",
            Action::Submit,
        ));
        all.push(bind(plain(Code::Esc), "clear", "Show every subscription again.", Action::Back));
        moving(&mut all);
        return all;
    }
    all.extend(enter(model));
    match market.list {
        List::Requests => {
            if model.setup.market.is_some_and(|market| market.practice) {
                all.push(act('a', "new deploy", "Another practice deploy arrives.", Act::Arrive));
            }
            all.extend(of_subscription(model));
        }
        List::Subscriptions => {
            all.extend(of_subscription(model));
            all.push(act('/', "find", "Find by an id, a state, a SKU.", Act::Filter));
            if !market.filter.value().is_empty() {
                all.push(bind(
                    plain(Code::Esc),
                    "clear filter",
                    "Show every subscription again.",
                    Action::Back,
                ));
            }
        }
        List::Month => all.extend(of_month(model)),
        List::Doubts => {}
    }
    all.extend(tabs());
    all.extend(training(model));
    all.push(act('R', "refresh", "Read the lists again.", Act::Reload));
    all.push(bind(Key::char('1'), "orders", "Go to orders.", Action::Orders));
    if model.setup.registration.is_some() {
        all.push(bind(Key::char('3'), "registration", "Go to the registration desk.", Action::Registration));
    }
    all.push(bind(Key::char('q'), "quit", "Quit pxdesk; nothing is lost.", Action::Quit));
    moving(&mut all);
    all
}

fn tabs() -> Vec<Binding> {
    let list = |list| Act::List(list);
    vec![
        bind(plain(Code::Tab), "next list", "To the next list.", Action::Market(Act::NextList)),
        act('r', "requests", "Deploys that a person should look at.", list(List::Requests)),
        act('s', "subscriptions", "All subscriptions.", list(List::Subscriptions)),
        act('m', "month", "What was used and reported in a month.", list(List::Month)),
        act('d', "doubts", "Reports of which nobody knows whether they arrived.", list(List::Doubts)),
        bind(
            plain(Code::BackTab),
            "previous list",
            "To the previous list.",
            Action::Market(Act::PreviousList),
        ),
    ]
}

/// What Enter does: the next step.
fn enter(model: &Model) -> Option<Binding> {
    let market = &model.market;
    let (label, help) = match market.list {
        List::Doubts => {
            market.doubt()?;
            ("verdict", "Record what the portal shows of this report.")
        }
        List::Month => match line(market)? {
            line if line.findings.contains(&Finding::Missing) => {
                ("add usage", "Add usage of this SKU by hand.")
            }
            _ => ("open", "Show the subscription."),
        },
        List::Requests | List::Subscriptions => step_words(&Step::of(chosen(model)?, model.now)),
    };
    Some(primary(plain(Code::Enter), label, help, Action::Market(Act::Next)))
}

fn step_words(step: &Step) -> (&'static str, &'static str) {
    match step {
        Step::Answer => ("answer", "Say what the buyer is told: a customer id, or why not."),
        Step::StartBilling(_) => ("start billing", "Start billing of what waits for it; you confirm first."),
        Step::Look | Step::Starts(_) | Step::Write(_) | Step::Report | Step::Wait | Step::Nothing => {
            ("open", "Show the subscription and its history.")
        }
    }
}

/// What can be done with the chosen subscription.
fn of_subscription(model: &Model) -> Vec<Binding> {
    let Some(row) = chosen(model) else { return Vec::new() };
    let mut all = Vec::new();
    if matches!(row.state(model.now), State::Provisioned | State::Billing) {
        if !waiting(row, model.now).is_empty() {
            let help = "Start billing of the SKUs that wait for it; you confirm first.";
            all.push(act('b', "start billing", help, Act::StartBilling));
        }
        all.push(act('u', "usage", "Add usage by hand.", Act::AddUsage));
        all.push(act('e', "end", "End the subscription; what that means is shown first.", Act::End));
    }
    if model.screen == Screen::Subscription {
        all.extend(more(model));
    }
    let help = "Write something down about it: a note, a termination e-mail, a moved billing date.";
    all.push(act('n', "note", help, Act::Note));
    if row.conflicts > 0 {
        let help = "Set the alarm aside that its id came with other content; you say why.";
        all.push(act('x', "set aside", help, Act::SetAside));
    }
    if model.screen == Screen::Market {
        all.push(act('h', "history", "All that is known of it, and its history.", Act::Page));
    }
    if matches!(Step::of(row, model.now), Step::StartBilling(_)) {
        // Enter does the same: in the line of keys b goes last.
        all.sort_by_key(|binding| binding.action == Action::Market(Act::StartBilling));
    }
    all
}

/// Adding to what was reported, where something was.
fn more(model: &Model) -> Option<Binding> {
    supplemented(model)?;
    Some(act('+', "more", "Report more for a month that was reported; you confirm first.", Act::Supplement))
}

fn of_month(model: &Model) -> Vec<Binding> {
    let market = &model.market;
    let mut all = Vec::new();
    let (label, help) = match &market.run {
        Some(run) if run.is_running() => ("sending", "Show the reports that are being sent."),
        Some(run) if run.is_paused() => ("paused run", "Show the run that was stopped."),
        Some(_) | None => ("preview", "Show what would be sent; nothing is sent by that."),
    };
    if market.month.is_some() {
        all.push(act('p', label, help, Act::Preview));
    }
    if line(market).is_some() {
        all.push(act('u', "usage", "Add usage of this SKU by hand.", Act::AddUsage));
        all.extend(more(model));
        all.push(act('h', "history", "Show the subscription.", Act::Page));
    }
    let by = |code, label, help, act| bind(plain(code), label, help, Action::Market(act));
    all.push(by(Code::Left, "previous month", "The previous month.", Act::MonthBefore));
    // After the month whose bill is open there is none yet.
    if market.month.as_ref().is_some_and(|view| market.bill(model.now).is_some_and(|bill| view.month < bill))
    {
        all.push(by(Code::Right, "next month", "The next month.", Act::MonthAfter));
    }
    all
}

/// The trainer's screen, where the marketplace is the embedded one.
fn training(model: &Model) -> Option<Binding> {
    let practice = model.setup.market.is_some_and(|market| market.practice);
    let help = "Simulate failures and the clock on the embedded marketplace.";
    (practice && model.trains()).then(|| bind(Key::char('t'), "training", help, Action::Training))
}

/// The keys of a subscription's own screen.
pub fn page(model: &Model) -> Vec<Binding> {
    let mut all = Vec::new();
    if let Some(row) = chosen(model) {
        let step = Step::of(row, model.now);
        if matches!(step, Step::Answer | Step::StartBilling(_)) {
            let (label, help) = step_words(&step);
            all.push(primary(plain(Code::Enter), label, help, Action::Market(Act::Next)));
        }
        all.extend(of_subscription(model));
    }
    all.extend(training(model));
    all.push(bind(Key::char('1'), "orders", "Go to orders.", Action::Orders));
    moving(&mut all);
    all
}

/// The keys of the screen on which reports are sent.
pub fn sending(model: &Model) -> Vec<Binding> {
    let mut all = Vec::new();
    let space = |label, help| primary(Key::char(' '), label, help, Action::Market(Act::Pause));
    match &model.market.run {
        Some(run) if run.is_running() && !run.stopping => {
            all.push(space("stop", "Stop before the next report; the calls in progress end first."));
        }
        Some(run) if run.is_paused() => all.push(space("go on", "Send the rest of what was previewed.")),
        Some(_) | None => {}
    }
    moving(&mut all);
    all
}

/// The keys of a question that is read, and answered by another key than `y`.
pub fn preview(ask: &Ask, now: Timestamp) -> Option<Vec<Binding>> {
    let Ask::Preview(plan) = ask else { return None };
    let mut all = Vec::new();
    if plan.can_go(now) {
        let send = Action::Market(Act::Send);
        all.push(primary(Key::char('S'), "send", "Send these: the month is to be typed first.", send));
    }
    all.extend([
        bind(plain(Code::Esc), "close", "Close this; nothing is sent.", Action::Back),
        bind(plain(Code::Down), "scroll", "Scroll down.", Action::Down),
        bind(plain(Code::Up), "scroll up", "Scroll up.", Action::Up),
        bind(plain(Code::PageDown), "page down", "A page down.", Action::PageDown),
        bind(plain(Code::PageUp), "page up", "A page up.", Action::PageUp),
    ]);
    Some(all)
}
