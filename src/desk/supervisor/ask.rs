//! What is asked before something is done with one order or with all that are marked, and how the answers are read.

use super::batch::{chosen, is_busy};
use crate::desk::confirm::Confirm;
use crate::desk::effect::Job;
use crate::desk::frame::form::{Field, Form};
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::order::{OrderId, Personal};
use tui_input::Input;

/// What is wanted, and of which orders.
pub type Wanted = (Job, Vec<OrderId>);
/// What is wrong, by field.
pub type Errors = Vec<(String, String)>;

/// Who is given the orders.
const TO: &str = "to";
const NOTE: &str = "note";
const REASON: &str = "reason";

/// Asks `what` of the orders that are meant: on the stalled orders' screen the marked ones or the chosen one, on an order's
/// own screen that order.
pub fn open(model: &mut Model, what: fn(Vec<OrderId>) -> Confirm) {
    let ids: Vec<OrderId> = if model.screen == Screen::Order {
        model.order.iter().map(|screen| screen.order.id.clone()).collect()
    } else {
        if is_busy(model) {
            return;
        }
        chosen(model).into_iter().map(|row| row.id.clone()).collect()
    };
    if ids.is_empty() {
        return model
            .say(Severity::Info, "first choose an order, or mark some: Space marks one, * a whole group");
    }
    let confirm = what(ids);
    let form = form(model, &confirm);
    model.frame.ask_in_form(confirm, form);
}

fn form(model: &Model, confirm: &Confirm) -> Form {
    let field = |name, label, hint, value: &str| Field {
        name,
        label,
        hint,
        required: true,
        secret: false,
        input: Input::new(value.to_owned()),
        error: None,
    };
    let only = match confirm {
        Confirm::Assign(_) => {
            field(TO, "Agent", "their name, as in the top line of their desk", &model.stalled.last_agent)
        }
        Confirm::Note(_) => {
            field(NOTE, "Note", "kept sealed in the history; everyone at this desk reads it", "")
        }
        _ => field(REASON, "Reason", "kept in the history of each", ""),
    };
    Form { fields: vec![only], ..Form::default() }
}

/// What an answered form wants done, and with which orders; or what is wrong with it.
pub fn read(confirm: &Confirm, form: &Form) -> Option<Result<Wanted, Errors>> {
    let text = |name: &str| match form.value(name) {
        "" => Err(vec![(name.to_owned(), "is empty".to_owned())]),
        text => Ok(text.to_owned()),
    };
    let wanted = match confirm {
        Confirm::Assign(ids) => text(TO).map(|to| (Job::Assign { to }, ids)),
        Confirm::Note(ids) => text(NOTE).map(|text| (Job::Note { text: Personal::new(text) }, ids)),
        Confirm::AbandonEach(ids) => text(REASON).map(|reason| (Job::Abandon { reason }, ids)),
        _ => return None,
    };
    Some(wanted.map(|(job, ids)| (job, ids.clone())))
}
