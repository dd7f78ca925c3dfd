//! What the forms of the marketplace's desk are made of: fields, and what is wrong with one.

use crate::desk::frame::form::{Field, Form};
use crate::subscription::{Refusal, SubscriptionRow};
use tui_input::Input;

/// What is wrong, by field.
pub type Errors = Vec<(String, String)>;

pub fn field(name: &'static str, label: &'static str, hint: &'static str, value: &str) -> Field {
    let input = Input::new(value.to_owned());
    Field { name, label, hint, required: false, secret: false, input, error: None }
}

pub fn required(field: Field) -> Field {
    Field { required: true, ..field }
}

pub fn form(fields: Vec<Field>) -> Form {
    Form { fields, ..Form::default() }
}

pub fn wrong(name: &str, what: impl Into<String>) -> Errors {
    vec![(name.to_owned(), what.into())]
}

/// A field that must not be empty.
pub fn text(form: &Form, name: &str) -> Result<String, Errors> {
    match form.value(name) {
        "" => Err(wrong(name, "is required")),
        value => Ok(value.to_owned()),
    }
}

/// A refusal, at the field that it is about, with what to do next.
pub fn at_its_field(refusal: &Refusal, row: &SubscriptionRow) -> Errors {
    let named = |by_usage: bool| {
        let skus = row.skus.iter().filter(|line| !by_usage || line.plan.usage);
        let skus: Vec<&str> = skus.map(|line| line.plan.sku.as_str()).collect();
        if skus.is_empty() { "it has none".to_owned() } else { format!("type {}", skus.join(" or ")) }
    };
    let (field, next) = match refusal {
        Refusal::NoSuchSku(_) => ("sku", named(false)),
        Refusal::NoUsage(_) => ("sku", named(true)),
        Refusal::SkuEnded(_) => ("sku", "more for a month that was reported is added with +".to_owned()),
        Refusal::AfterEnd { last, .. } => ("month", format!("type {last} or an earlier one")),
        Refusal::FutureMonth { bill, .. } => ("month", format!("type {bill} or an earlier one")),
        Refusal::NotUpward => ("count", "type more than 0".to_owned()),
        Refusal::TooMuch => ("count", "type less".to_owned()),
        other => ("sku", other.next()),
    };
    wrong(field, format!("{refusal}; {next}"))
}
