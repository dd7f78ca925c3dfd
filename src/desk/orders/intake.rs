//! New orders: the form, pasted JSON, and what became of each.

use super::adding::Adding;
use super::forms;
use super::run::run;
use super::screen::OrderScreen;
use crate::desk::confirm::Confirm;
use crate::desk::effect::{Effect, Task};
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::desk::problem::Problem;
use crate::order::{FieldError, Line, Order, Summary, parse_intake};
use serde_json::Value;
use std::sync::Arc;

/// How many bad lines are named; the rest show as "and more".
const NAMED: usize = 8;

/// Opens an empty form.
pub fn open(model: &mut Model) -> Vec<Effect> {
    model.intake = forms::intake();
    model.screen = Screen::Intake;
    Vec::new()
}

/// Leaves the form; with something typed in it, only after a question.
pub fn leave(model: &mut Model) -> Vec<Effect> {
    if model.adding.is_some() {
        // It is told once it was added.
        model.screen = Screen::Queue;
        return Vec::new();
    }
    if model.intake.fields.iter().all(|field| field.input.value().trim().is_empty()) {
        return discard(model);
    }
    model.frame.ask(Confirm::Discard);
    Vec::new()
}

/// Leaves the form, whatever is in it.
pub fn discard(model: &mut Model) -> Vec<Effect> {
    model.intake = forms::intake();
    model.screen = Screen::Queue;
    Vec::new()
}

/// Adds the order of the form, or marks what is wrong with it.
pub fn submit(model: &mut Model) -> Vec<Effect> {
    match forms::read_intake(&model.intake, model.now) {
        Ok(_) if model.adding.is_some() => {
            model.say(Severity::Info, "an order is being added: one moment");
            Vec::new()
        }
        Ok(order) => {
            model.adding = Some(Adding::Form);
            model.frame.under_way += 1;
            vec![Effect::Open(Box::new(order))]
        }
        Err(errors) => {
            model.intake.mark_afresh(errors);
            Vec::new()
        }
    }
}

/// JSON was pasted: one order fills the form; several are added as they are.
pub fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let lines = parse_intake(text, model.now);
    let whole = serde_json::from_str::<Value>(text);
    if let (Ok(value), [only]) = (&whole, lines.as_slice()) {
        // An array of one counts as that one.
        fill(model, value.get(0).unwrap_or(value), only);
        return Vec::new();
    }
    if lines.iter().all(|line| line.order.is_err()) {
        model.screen = Screen::Intake;
        model.intake.error = Some(none_of(&lines, whole.err()));
        return Vec::new();
    }
    paste_many(model, lines)
}

/// Why nothing of what was pasted can be added.
fn none_of(lines: &[Line], not_json: Option<serde_json::Error>) -> String {
    // What is no JSON has no fields.
    let named = |e: &&FieldError| !e.field.is_empty();
    let first =
        lines.iter().find_map(|line| Some((line.number, line.order.as_ref().err()?.iter().find(named)?)));
    if let Some((number, FieldError { field, problem })) = first {
        let all = lines.len();
        return format!("none of the {all} orders you pasted can be added: line {number}: {field} {problem}");
    }
    let why = not_json.map_or_else(String::new, |e| format!(": {e}"));
    format!("what you pasted is not an order's JSON{why}")
}

/// Fills the form that is open, or a new one, and says what is not as the JSON alone would have it.
fn fill(model: &mut Model, value: &Value, line: &Line) {
    let before = if model.screen == Screen::Intake { model.intake.clone() } else { forms::intake() };
    let another = forms::is_of_another(&before, value);
    let (form, kept) = forms::filled(&before, value);
    model.screen = Screen::Intake;
    model.intake = form;
    let mut said = Vec::new();
    if another {
        said.push("the form was of another order: nothing of that was kept".to_owned());
    } else if !kept.is_empty() {
        let fields = model.intake.fields.iter().filter(|field| kept.contains(&field.name));
        let labels: Vec<&str> = fields.map(|field| field.label).collect();
        said.push(format!("kept as it was in the form: {}", labels.join(", ")));
    }
    let mut severity = Severity::Info;
    match &line.order {
        Ok(order) => {
            let left_out = forms::left_out(order);
            if !left_out.is_empty() {
                severity = Severity::Warning;
                said.insert(0, format!("the form has no field for {}: left out", left_out.join(", ")));
            }
        }
        Err(errors) => {
            // What the JSON lacks may be in the form.
            let lacking = errors.iter().filter(|error| !kept.contains(&error.field.as_str()));
            model.intake.mark_afresh(lacking.map(|error| (error.field.clone(), error.problem.clone())));
        }
    }
    if !said.is_empty() {
        model.say(severity, said.join("; "));
    }
}

/// `1 order`, `2 orders`.
fn orders(number: usize) -> String {
    format!("{number} order{}", if number == 1 { "" } else { "s" })
}

fn paste_many(model: &mut Model, lines: Vec<Line>) -> Vec<Effect> {
    if model.adding.is_some() {
        model.say(Severity::Info, "an order is being added: paste again in a moment");
        return Vec::new();
    }
    let bad: Vec<String> = lines.iter().filter(|l| l.order.is_err()).map(|l| l.number.to_string()).collect();
    let good: Vec<_> = lines.into_iter().filter_map(|l| l.order.ok()).collect();
    let of = good.len();
    if bad.is_empty() {
        model.say(Severity::Info, format!("adding {}", orders(of)));
    } else {
        let more = if bad.len() > NAMED { " and more" } else { "" };
        let named = bad.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let lines = if bad.len() == 1 { "line" } else { "lines" };
        model.say(Severity::Warning, format!("adding {}; skipped: {lines} {named}{more}", orders(of)));
    }
    model.screen = Screen::Queue;
    model.frame.under_way += of;
    model.adding = Some(Adding::Pasted { of, added: 0, refused: 0, last_problem: String::new() });
    good.into_iter().map(|order| Effect::Open(Box::new(order))).collect()
}

/// An order was added. The one of the form is opened and its text retrieved.
pub fn opened(model: &mut Model, order: Order) -> Vec<Effect> {
    model.queue.put(Summary::of(&order), model.now);
    match &mut model.adding {
        Some(Adding::Pasted { added, .. }) => {
            *added += 1;
            tell_pasted(model);
        }
        Some(Adding::Form) | None => {
            model.adding = None;
            if model.screen == Screen::Intake {
                return go_on(model, order);
            }
            model.say(Severity::Done, format!("order {} was added", order.id));
        }
    }
    Vec::new()
}

fn go_on(model: &mut Model, order: Order) -> Vec<Effect> {
    model.queue.refilter(Some(&order.id), model.now);
    model.intake = forms::intake();
    model.say(Severity::Done, format!("order {} was added; its two ids are locked", order.id));
    model.order = Some(OrderScreen::new(Arc::new(order), Arc::default(), model.now));
    model.screen = Screen::Order;
    run(model, Task::Retrieve)
}

/// An order could not be added.
pub fn refused(model: &mut Model, problem: Problem) {
    let text = format!("{}. {}", problem.what, problem.next);
    match &mut model.adding {
        Some(Adding::Pasted { refused, last_problem, .. }) => {
            *refused += 1;
            *last_problem = problem.what;
            tell_pasted(model);
        }
        Some(Adding::Form) | None => {
            model.adding = None;
            if model.screen == Screen::Intake {
                if problem.field == forms::DESPITE_DOUBT {
                    forms::ask_despite_doubt(&mut model.intake);
                }
                model.intake.mark_afresh([(problem.field, text)]);
            } else {
                model.say(Severity::Error, text);
            }
        }
    }
}

/// Says how many pasted orders were added, and how many were refused.
fn tell_pasted(model: &mut Model) {
    let Some(Adding::Pasted { of, added, refused, last_problem }) = &model.adding else { return };
    let (ended, text) = if *refused == 0 {
        (added == of, format!("{added} of {} added", orders(*of)))
    } else {
        let text = format!("{added} of {} added, {refused} refused; the last: {last_problem}", orders(*of));
        (added + refused == *of, text)
    };
    let severity = if *refused == 0 { Severity::Done } else { Severity::Error };
    if ended {
        model.adding = None;
    }
    model.say(severity, text);
}
