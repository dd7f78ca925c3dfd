//! What is asked before something is done with one order or with all that are marked, and how the answers are read.

use super::batch::{chosen, is_busy};
use crate::desk::confirm::Confirm;
use crate::desk::effect::Job;
use crate::desk::frame::form::{Field, Form};
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::desk::orders::forms::read_reason;
use crate::order::{OrderId, Refusal, State, agent_name, note_text};
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
    if matches!(confirm, Confirm::AbandonEach(_)) && all_in_doubt(model) {
        let text =
            "in doubt: it cannot be abandoned before its outcome is known; v records the carrier's answer";
        return model.say(Severity::Warning, text);
    }
    let form = form(&confirm);
    model.frame.ask_in_form(confirm, form);
}

/// True when none of the orders that are meant can be ended: what became of their Complete comes first.
fn all_in_doubt(model: &Model) -> bool {
    chosen(model).into_iter().all(|row| row.state(model.now) == State::InDoubt)
}

fn form(confirm: &Confirm) -> Form {
    let field = |name, label, hint| Field {
        name,
        label,
        hint,
        required: true,
        secret: false,
        input: Input::default(),
        error: None,
    };
    let only = match confirm {
        Confirm::Assign(_) => field(TO, "Agent", "their name, as in the top line of their desk"),
        Confirm::Note(_) => field(NOTE, "Note", "kept in the history"),
        _ => field(REASON, "Reason", "kept in the history of each"),
    };
    Form { fields: vec![only], ..Form::default() }
}

/// What an answered form wants done, and with which orders; or what is wrong with it.
pub fn read(confirm: &Confirm, form: &Form) -> Option<Result<Wanted, Errors>> {
    // What the engine would refuse is refused here, where what was typed can still be corrected.
    let wanted = match confirm {
        Confirm::Assign(ids) => read_field(form, TO, agent_name).map(|to| (Job::Assign { to }, ids)),
        Confirm::Note(ids) => read_field(form, NOTE, note_text).map(|text| (Job::Note { text }, ids)),
        Confirm::AbandonEach(ids) => read_reason(form).map(|reason| (Job::Abandon { reason }, ids)),
        _ => return None,
    };
    Some(wanted.map(|(job, ids)| (job, ids.clone())))
}

fn read_field<T>(form: &Form, name: &str, read: fn(&str) -> Result<T, Refusal>) -> Result<T, Errors> {
    let wrong = |what: String| vec![(name.to_owned(), what)];
    match form.value(name) {
        "" => Err(wrong("is required".to_owned())),
        text => read(text).map_err(|refusal| wrong(refusal.to_string())),
    }
}
