//! The keys of the registration's screens.

use super::act::Act;
use super::ask::Ask;
use super::draft::Mark;
use super::state::Registration;
use crate::desk::action::{Action, moving};
use crate::desk::frame::binding::{bind, plain, primary};
use crate::desk::frame::key::{Code, Key};
use crate::desk::model::{Binding, Model};
use crate::registry::Collection;

fn act(key: char, label: &'static str, help: &'static str, act: Act) -> Binding {
    bind(Key::char(key), label, help, Action::Contract(act))
}

fn by(code: Code, label: &'static str, help: &'static str, act: Act) -> Binding {
    bind(plain(code), label, help, Action::Contract(act))
}

/// The keys of the lists.
pub fn lists(model: &Model) -> Vec<Binding> {
    let registration = &model.registration;
    let mut all = Vec::new();
    if registration.filtering {
        let keep = "Keep the filter and go back to the list.";
        all.push(primary(plain(Code::Enter), "keep filter", keep, Action::Submit));
        all.push(bind(plain(Code::Esc), "clear", "Show every row again.", Action::Back));
        moving(&mut all);
        return all;
    }
    all.extend(first(registration));
    let editable = registration.editable().is_some();
    if editable {
        all.extend(edits(registration));
    }
    all.push(by(Code::Tab, "next list", "Applications, customers, matrix.", Act::NextList));
    if editable {
        all.extend(more_edits(registration));
    }
    all.extend(around(registration));
    all.push(bind(Key::char('1'), "orders", "Go to orders.", Action::Orders));
    if model.setup.market.is_some() {
        all.push(bind(Key::char('2'), "marketplace", "Go to the marketplace desk.", Action::Marketplace));
    }
    let quit = "Quit pxdesk; changes that are not applied are asked about.";
    all.push(bind(Key::char('q'), "quit", quit, Action::Quit));
    moving(&mut all);
    all
}

/// The next step: the preview once something is to change, else what Enter does.
fn first(registration: &Registration) -> Option<Binding> {
    let key = |code: Key, label, help, act| Some(primary(code, label, help, Action::Contract(act)));
    if registration.is_applying() {
        return key(Key::char('p'), "applying", "Show the plan that is being applied.", Act::Preview);
    }
    if registration.pending().is_some() {
        let help = "Show all that would change; nothing is sent by that.";
        return key(Key::char('p'), "preview", help, Act::Preview);
    }
    if registration.here.is_none() && !registration.reading.under_way {
        return key(Key::char('R'), "list it", "List the contract.", Act::Reload);
    }
    registration.editable()?;
    registration.key()?;
    match registration.list {
        Collection::Customers => {
            let help = "Show which applications this customer has.";
            key(plain(Code::Enter), "show in matrix", help, Act::Next)
        }
        Collection::Pairs => {
            let help = "Assign the application to the customer, or remove it.";
            key(Key::char(' '), "switch", help, Act::Switch)
        }
        Collection::Applications => None,
    }
}

/// What is changed most often.
fn edits(registration: &Registration) -> Vec<Binding> {
    let mut all = Vec::new();
    if registration.list == Collection::Pairs && registration.pending().is_some() {
        all.push(act(' ', "switch", "Assign the application to the customer, or remove it.", Act::Switch));
    }
    let add = match registration.rows_of() {
        Collection::Applications => "Add an application.",
        Collection::Customers | Collection::Pairs => "Add a customer, with its applications.",
    };
    all.push(act('a', "add", add, Act::Add));
    let Some(key) = registration.key() else { return all };
    let (label, help) = match registration.draft.mark(&key) {
        Mark::Removed => ("keep", "It is not to be removed after all."),
        Mark::New => ("drop", "It is not to be added after all."),
        Mark::Same | Mark::Renamed => {
            ("remove", "Mark it for removal (also Del); what is removed with it is shown first.")
        }
    };
    all.push(act('d', label, help, Act::Remove));
    all
}

/// What else can be changed, and applying it.
fn more_edits(registration: &Registration) -> Vec<Binding> {
    let mut all = Vec::new();
    let pending = registration.pending().is_some();
    if let Some(key) = registration.key() {
        all.push(act('r', "rename", "Give it another name; its id stays.", Act::Rename));
        if registration.draft.touches(&key) {
            all.push(act('u', "undo", "Take back all that is to change at this row.", Act::Undo));
        }
        if registration.list == Collection::Customers && pending {
            let help = "Show which applications this customer has.";
            all.push(by(Code::Enter, "show in matrix", help, Act::Next));
        }
    }
    if pending {
        all.push(act('A', "apply", "Apply all changes; you are asked once.", Act::Apply));
    }
    all
}

/// Moving about, finding, listing again.
fn around(registration: &Registration) -> Vec<Binding> {
    let mut all = Vec::new();
    if registration.list == Collection::Pairs {
        all.push(by(Code::Left, "left", "To the previous application.", Act::Left));
        all.push(by(Code::Right, "right", "To the next application.", Act::Right));
    }
    if registration.here.is_some() {
        all.push(act('/', "find", "Find rows by a part of an id or a name.", Act::Filter));
    }
    if !registration.filter.value().is_empty() {
        all.push(bind(plain(Code::Esc), "clear filter", "Show every row again.", Action::Back));
    }
    all.push(by(Code::BackTab, "previous list", "To the previous list.", Act::PreviousList));
    if registration.here.is_some() && !registration.is_applying() {
        let help = "List the contract again (also F5). Your changes are kept.";
        all.push(act('R', "refresh", help, Act::Reload));
    }
    all
}

/// The keys of the screen on which a plan is applied.
pub fn applying(model: &Model) -> Vec<Binding> {
    let mut all = Vec::new();
    let stop = "Stop: calls in progress end, and nothing else is sent.";
    match &model.registration.run {
        Some(run) if run.ended.is_none() && run.stopping => {}
        Some(run) if run.ended.is_none() => all.push(primary(plain(Code::Esc), "stop", stop, Action::Back)),
        Some(_) | None => {
            all.push(primary(plain(Code::Esc), "back", "Back to the lists.", Action::Back));
        }
    }
    all.push(bind(Key::char('1'), "orders", "Go to orders; it goes on.", Action::Orders));
    moving(&mut all);
    all
}

/// The keys of a question that is read first, and may be longer than its box.
pub fn reads(ask: &Ask) -> Option<Vec<Binding>> {
    let mut all = Vec::new();
    match ask {
        Ask::Preview(plan) => {
            if !plan.is_empty() {
                let apply = Action::Contract(Act::Apply);
                all.push(primary(Key::char('A'), "apply", "Apply these; you are asked once.", apply));
            }
        }
        Ask::Remove(..) | Ask::Apply(_) => {
            all.push(primary(Key::char('y'), ask.yes(), "Yes, do it.", Action::Yes));
        }
        Ask::Add(_) | Ask::Rename(_) | Ask::Quit(_) => return None,
    }
    all.extend([
        bind(plain(Code::Esc), "back", "Close this; nothing is done.", Action::Back),
        bind(plain(Code::Down), "scroll", "Scroll down.", Action::Down),
        bind(plain(Code::Up), "scroll up", "Scroll up.", Action::Up),
        bind(plain(Code::PageDown), "page down", "A page down.", Action::PageDown),
        bind(plain(Code::PageUp), "page up", "A page up.", Action::PageUp),
    ]);
    Some(all)
}
