//! One sentence about the next key of the registration's desk.

use super::ask::Ask;
use super::state::{Registration, Run};
use crate::desk::frame::form::Form;
use crate::registry::Collection;

/// What the next key does on the lists.
pub fn lists(registration: &Registration) -> String {
    if registration.filtering {
        return "Type a part of an id or a name. Enter keeps it, Esc clears it.".to_owned();
    }
    let Some(here) = &registration.here else {
        return if registration.reading.under_way {
            "Listing the contract."
        } else {
            "R lists the contract."
        }
        .to_owned();
    };
    if !here.findings.is_empty() {
        return "Nothing is planned with this listing. Once it is fixed, R lists again.".to_owned();
    }
    if registration.is_applying() {
        return "A plan is being applied. p shows it.".to_owned();
    }
    if registration.pending().is_some() {
        return "p shows all that would change. A applies it; you are asked once.".to_owned();
    }
    if registration.rows().is_empty() && !registration.filter.value().is_empty() {
        return "Nothing matches the filter. Esc shows every row again.".to_owned();
    }
    match registration.list {
        Collection::Applications => "a adds an application. Tab shows the customers.",
        Collection::Customers if registration.customers.is_empty() => "a adds a customer.",
        Collection::Customers => "a adds a customer. Enter shows its applications.",
        Collection::Pairs => "Space assigns the application to the customer, or removes it.",
    }
    .to_owned()
}

/// What the next key does while a plan is applied.
pub fn applying(run: Option<&Run>) -> String {
    match run {
        Some(run) if run.ended.is_none() && run.stopping => "Stopping: the calls in progress end first.",
        Some(run) if run.ended.is_none() => "Esc stops: calls in progress end, and nothing else is sent.",
        Some(run) if run.ended.is_some() && run.taken_back => {
            "Esc goes back. Mark again what was taken back, if you still want it."
        }
        Some(run) if run.ended.as_ref().is_some_and(|ran| ran.halt.is_some() || !ran.failed.is_empty()) => {
            "Esc goes back. What was not done is still among your changes."
        }
        Some(_) | None => "Ended. Esc goes back to the lists.",
    }
    .to_owned()
}

/// What the next key does on a question; `form` is what is to be typed, if anything is.
pub fn ask(ask: &Ask, form: Option<&Form>) -> String {
    match ask {
        Ask::Preview(plan) if plan.is_empty() => "Nothing would change. Esc goes back.".to_owned(),
        Ask::Preview(_) => "A asks once and then applies it. Esc goes back; nothing is sent.".to_owned(),
        Ask::Apply(plan) if form.is_some_and(|form| form.fields.len() == 1) && plan.removals() > 0 => {
            let removals = plan.removals();
            format!("Type {removals} and press Enter: it is applied. Esc goes back; nothing is sent.")
        }
        Ask::Apply(_) if form.is_some() => {
            "Fill in the form and press Enter: it is applied. Esc goes back; nothing is sent.".to_owned()
        }
        Ask::Apply(_) => "y applies it. Esc goes back; nothing is sent.".to_owned(),
        Ask::Remove(..) => "y marks it for removal; nothing is sent yet. Esc goes back.".to_owned(),
        Ask::Quit(_) => "y quits, and your changes are gone. Esc goes back.".to_owned(),
        Ask::Add(_) | Ask::Rename(_) => "Fill in the form and press Enter. Esc cancels.".to_owned(),
    }
}
