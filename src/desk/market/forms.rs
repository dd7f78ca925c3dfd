//! The forms of the marketplace's desk, and how their fields are read.

use super::fields::{Errors, at_its_field, field, form, required, text, wrong};
use super::plan::Plan;
use crate::desk::frame::form::{Field, Form};
use crate::desk::orders::forms::LIVE;
use crate::kind::Timestamp;
use crate::order::Personal;
use crate::subscription::{
    Answer, Calendar, CustomerId, Month, Note, Refusal, Sku, Statement, SubscriptionRow, TextPersonal,
};
use jiff::civil::Date;

/// What a deploy is answered.
pub fn answer() -> Form {
    form(vec![
        field("customerId", "Customer id", "your own id for this customer; the marketplace stores it", ""),
        field("message", "Or refuse it", "one sentence, which the buyer reads as it is", ""),
    ])
}

/// Reads it: one of the two fields, and not both.
pub fn read_answer(form: &Form) -> Result<Answer, Errors> {
    match (form.value("customerId"), form.value("message")) {
        ("", "") => Err(wrong("customerId", "is required, unless you refuse it below")),
        (id, "") => match CustomerId::new(id) {
            Ok(customer_id) => Ok(Answer::Provisioned { customer_id }),
            Err(why) => Err(wrong("customerId", why.to_string())),
        },
        ("", message) => Answer::refusal(message).map_err(|why| wrong("message", why)),
        _ => Err(wrong("message", "cannot be combined with a customer id: fill in only one")),
    }
}

/// Why something is done all the same; where it is `real`, a word with it.
pub fn insist(real: bool) -> Form {
    let reason = required(field("reason", "Reason", "kept in the history", ""));
    form(std::iter::once(reason).chain(real.then(word)).collect())
}

/// Reads the reason.
pub fn read_insist(form: &Form) -> Result<String, Errors> {
    let reason = text(form, "reason")?;
    read_word(form)?;
    Ok(reason)
}

/// The word, before something real.
pub fn live() -> Form {
    form(vec![word()])
}

fn word() -> Field {
    required(field("word", "Type live", "so that habit alone never starts or ends billing", ""))
}

/// Nothing, when the word is there or is not asked for.
pub fn read_word(form: &Form) -> Result<(), Errors> {
    let asked = form.fields.iter().any(|field| field.name == "word");
    if asked && !form.value("word").eq_ignore_ascii_case(LIVE) {
        return Err(wrong("word", "is not the word live; Esc goes back, and nothing is sent"));
    }
    Ok(())
}

/// What a person writes down.
pub fn note() -> Form {
    form(vec![
        field("note", "Note", "kept sealed in the history; everyone at this desk can read it", ""),
        field("mail", "Termination e-mail", "the day of the marketplace's e-mail, such as 2026-11-20", ""),
        field(
            "due",
            "Write to them by",
            "after a termination e-mail: the last day to write to the customer",
            "",
        ),
        field(
            "moved",
            "New billing date",
            "where the portal moved it: the day that it shows, such as 2026-12-01",
            "",
        ),
        field("sku", "Its SKU", "the SKU whose billing starts on that day", ""),
    ])
}

/// Reads it, for the subscription of `row`: a note, a termination e-mail with both its days, a moved date with its SKU, or
/// all of that.
pub fn read_note(
    form: &Form,
    row: &SubscriptionRow,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Vec<Note>, Errors> {
    let mut notes = Vec::new();
    let day = |name: &str| {
        form.value(name).parse::<Date>().map_err(|_| wrong(name, "is not a day such as 2026-11-20"))
    };
    if !(form.value("mail").is_empty() && form.value("due").is_empty()) {
        let (mail, today) = (day("mail")?, calendar.day(now));
        if mail > today {
            return Err(wrong("mail", format!("is in the future; in Chicago it is {today}")));
        }
        notes.push(Note::TerminationMail { mail, due: day("due")? });
    }
    if !(form.value("moved").is_empty() && form.value("sku").is_empty()) {
        notes.push(Note::BillingMoved { to: read_moved(form, calendar)?, sku: read_sku(form, row)? });
    }
    match form.value("note") {
        "" if notes.is_empty() => return Err(wrong("note", "is required")),
        "" => {}
        text => notes.push(Note::Text { personal: Some(TextPersonal { text: Personal::new(text) }) }),
    }
    Ok(notes)
}

/// The beginning of the day, where the marketplace is; or the very moment, as the command line takes it.
fn read_moved(form: &Form, calendar: &Calendar) -> Result<Timestamp, Errors> {
    let moved = form.value("moved");
    let day = moved.parse::<Timestamp>().or_else(|_| moved.parse().map(|day| calendar.start_of(day)));
    day.map_err(|_| wrong("moved", "is not a day such as 2026-12-01"))
}

fn read_sku(form: &Form, row: &SubscriptionRow) -> Result<Sku, Errors> {
    let sku = Sku::new(text(form, "sku")?).map_err(|why| wrong("sku", why.to_string()))?;
    if row.skus.iter().any(|line| line.plan.sku == sku) {
        return Ok(sku);
    }
    Err(at_its_field(&Refusal::NoSuchSku(sku), row))
}

/// From which month on this journal reports.
pub fn take_over() -> Form {
    form(vec![
        required(field("from", "First month", "such as 2026-11; earlier months were reported by others", "")),
        required(field("name", "Your name", "who says so", "")),
    ])
}

/// Reads it.
pub fn read_take_over(form: &Form) -> Result<(Month, String), Errors> {
    let from = Month::parse(&text(form, "from")?).map_err(|why| wrong("from", why))?;
    Ok((from, text(form, "name")?))
}

/// The month, typed.
pub fn send(plan: &Plan) -> Form {
    let month =
        required(field("month", "Type the month", "as it stands above, so that no single key sends", ""));
    let reason = if plan.needs_reason() {
        Some(required(field("reason", "Reason", "why the unusual amounts are right; kept with each", "")))
    } else {
        let again =
            || field("reason", "Reason", "only if what was refused goes again as it is; kept with it", "");
        let must = |field| if plan.only_again() { required(field) } else { field };
        (!plan.again.is_empty()).then(again).map(must)
    };
    form(std::iter::once(month).chain(reason).collect())
}

/// Reads it: the reason, where one is needed, or given for what was refused.
pub fn read_send(form: &Form, plan: &Plan) -> Result<Option<String>, Errors> {
    if form.value("month") != plan.month.to_string() {
        return Err(wrong("month", format!("is not {}; Esc goes back, and nothing is sent", plan.month)));
    }
    if plan.needs_reason() || plan.only_again() {
        return text(form, "reason").map(Some);
    }
    Ok((!plan.again.is_empty()).then(|| form.value("reason").to_owned()).filter(|reason| !reason.is_empty()))
}

/// What the portal shows of a report in doubt.
pub fn verdict() -> Form {
    form(vec![
        required(field("reported", "On the portal?", "yes: the portal shows it; no: it does not", "")),
        required(field("reference", "Reference", "where it can be looked up: a ticket, an e-mail", "")),
        required(field("name", "Your name", "who looked", "")),
        field("bill", "On the bill of", "the month that the portal shows it under; may stay empty", ""),
    ])
}

/// Reads it.
pub fn read_verdict(form: &Form) -> Result<Statement, Errors> {
    let reported = match form.value("reported").to_lowercase().as_str() {
        "yes" | "y" => true,
        "no" | "n" => false,
        _ => return Err(wrong("reported", "is neither yes nor no")),
    };
    let bill = match form.value("bill") {
        "" => None,
        month => Some(Month::parse(month).map_err(|why| wrong("bill", why))?),
    };
    let (reference, name) = (text(form, "reference")?, text(form, "name")?);
    Ok(Statement { reported, reference, name, bill })
}
