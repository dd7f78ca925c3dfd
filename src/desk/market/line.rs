//! One sentence about the next key of the marketplace's desk.

use super::ask::Ask;
use super::basics::{chosen, is_real};
use super::clock::quiet_left;
use super::state::{List, Run};
use super::step::Step;
use super::usage::supplemented;
use crate::desk::model::Model;
use crate::order::{Right, seconds_left};
use crate::subscription::{Report, Sku};

/// What the next key does on the lists.
pub fn lists(model: &Model) -> String {
    let market = &model.market;
    if market.filtering {
        return "Type an id, a state or a SKU. Enter keeps it, Esc clears it.".to_owned();
    }
    match market.list {
        _ if market.calendar.is_none() => "Reading the journal.".to_owned(),
        List::Requests if market.requests.is_empty() && market.unreadable > 0 => {
            "pxdesk market requests --show N shows one to a supervisor. s shows all subscriptions.".to_owned()
        }
        List::Requests if market.requests.is_empty() => {
            "Nothing waits here. s shows all subscriptions; 1 goes to the orders.".to_owned()
        }
        List::Subscriptions if market.matches.is_empty() && !market.rows.is_empty() => {
            "No subscription matches. / changes the filter, Esc shows every subscription.".to_owned()
        }
        List::Subscriptions if market.matches.is_empty() => {
            "Deploys are received by pxdesk market serve. r shows requests; 1 goes to the orders.".to_owned()
        }
        List::Requests | List::Subscriptions => of_row(model),
        List::Month => month(model),
        List::Doubts => match market.doubt() {
            None => "Nothing to settle. m shows the month; 1 goes to the orders.".to_owned(),
            Some(report) => in_doubt(model, report),
        },
    }
}

/// What is to be done about a report in doubt, and by whom.
fn in_doubt(model: &Model, report: &Report) -> String {
    if let Some(left) = quiet_left(model, report) {
        let left = seconds_left(left);
        return format!("Wait {left} s more: the request may still be on its way. Look at the portal then.");
    }
    let who = if model.setup.role.may(Right::RecordVerdict) { "Enter" } else { "A supervisor" };
    format!("Look at the portal. {who} records what it shows; nothing is sent again by itself.")
}

fn of_row(model: &Model) -> String {
    let Some(row) = chosen(model) else { return "Tab shows the next list.".to_owned() };
    match Step::of(row, model.now) {
        Step::Answer => "Enter answers it: a customer id, or why not.".to_owned(),
        Step::StartBilling(skus) => {
            let skus: Vec<&str> = skus.iter().map(Sku::as_str).collect();
            format!("Enter starts billing of {}, once it is ready.", skus.join(", "))
        }
        Step::Look => "A call got no answer: look at the portal. Enter shows the subscription.".to_owned(),
        Step::Starts(_) => "Billing starts by itself. Enter shows the subscription.".to_owned(),
        Step::Write(due) => format!("Write to the customer by {due}, then e ends it. Enter shows it."),
        Step::Report => "u adds usage; m shows the month. Enter shows the subscription.".to_owned(),
        Step::Wait => "A call is in progress. Please wait.".to_owned(),
        Step::Nothing => "Nothing is left to do. Enter shows the subscription.".to_owned(),
    }
}

fn month(model: &Model) -> String {
    match &model.market.month {
        None => "Reading the month.".to_owned(),
        Some(_) if model.market.is_sending() => "Reports are being sent. p shows them.".to_owned(),
        Some(view) if view.lines.is_empty() => "Nothing is billed by usage in this month.".to_owned(),
        Some(_) if supplemented(model).is_some() => {
            "It is reported. + adds more to it. p shows what would be sent.".to_owned()
        }
        Some(_) => "p shows what would be sent. u adds usage of the chosen SKU.".to_owned(),
    }
}

/// What the next key does on a subscription's own screen.
pub fn page(model: &Model) -> String {
    match chosen(model).map(|row| Step::of(row, model.now)) {
        Some(Step::Answer | Step::StartBilling(_)) => of_row(model),
        Some(Step::Look) => "A call got no answer: look at the portal. Esc goes back.".to_owned(),
        Some(Step::Starts(_)) => "Billing starts by itself. Esc goes back.".to_owned(),
        Some(Step::Write(due)) => {
            format!("Write to the customer by {due}, then e ends it. Esc goes back.")
        }
        Some(Step::Report) if supplemented(model).is_some() => {
            "u adds usage; + adds more to a month that was reported. Esc goes back.".to_owned()
        }
        Some(Step::Report) => "u adds usage. Esc goes back.".to_owned(),
        Some(Step::Wait) => "A call is in progress. Please wait.".to_owned(),
        Some(Step::Nothing) | None => "Nothing is left to do. Esc goes back.".to_owned(),
    }
}

/// What the next key does while reports are sent.
pub fn sending(run: Option<&Run>) -> String {
    match run {
        Some(run) if run.stopping => "Stopping: the call in progress ends first.".to_owned(),
        Some(run) if run.is_running() => {
            "Space stops before the next report. Esc goes back; it goes on.".to_owned()
        }
        Some(run) if run.is_paused() => {
            "Stopped. Space sends the rest; Esc goes back to the month.".to_owned()
        }
        Some(_) | None => "Ended. Esc goes back to the month.".to_owned(),
    }
}

/// What the next key does on a question.
pub fn ask(model: &Model, ask: &Ask) -> String {
    match ask {
        _ if ask.is_live() && is_real(model) => {
            "Type live and press Enter: it is real. Esc goes back; nothing is sent.".to_owned()
        }
        Ask::Preview(plan) if plan.can_go(model.now) => {
            "S asks for the month and then sends. Esc goes back; nothing is sent.".to_owned()
        }
        Ask::Preview(plan) if plan.is_empty() => "There is nothing to send. Esc goes back.".to_owned(),
        Ask::Preview(_) => "Nothing can be sent now. Esc goes back.".to_owned(),
        Ask::Send(plan) if plan.is_closed(model.now) => "Nothing can be sent now. Esc goes back.".to_owned(),
        Ask::Send(plan) => {
            format!("Type {} and press Enter: it is sent. Esc goes back; nothing is sent.", plan.month)
        }
        Ask::Give(..)
        | Ask::Add(..)
        | Ask::StartBilling(..)
        | Ask::End(_)
        | Ask::More(..)
        | Ask::Settle(..) => "y confirms. Esc goes back.".to_owned(),
        Ask::Answer(_)
        | Ask::Again(..)
        | Ask::GiveOthers(..)
        | Ask::WithoutUsage(..)
        | Ask::Usage(_)
        | Ask::Late(..)
        | Ask::Supplement(_)
        | Ask::Note(_)
        | Ask::SetAside(_)
        | Ask::TakeOver
        | Ask::Verdict(_) => "Fill in the form and press Enter. Esc cancels.".to_owned(),
    }
}
