//! The forms of the orders' desk, and how their fields are read.

use crate::desk::confirm::Confirm;
use crate::desk::frame::form::{Field, Form};
use crate::order::{
    Amendment, Contact, Email, LONGEST_NOTE, NewOrder, Order, Personal, Phone, Secret, Statement, Timestamp,
    parse_order,
};
use serde_json::{Value, json};
use tui_input::Input;

fn field(name: &'static str, label: &'static str, hint: &'static str) -> Field {
    Field { name, label, hint, required: false, secret: false, input: Input::default(), error: None }
}

fn required(field: Field) -> Field {
    Field { required: true, ..field }
}

fn secret(field: Field) -> Field {
    Field { secret: true, ..field }
}

fn with(field: Field, value: &str) -> Field {
    Field { input: Input::new(value.to_owned()), ..field }
}

/// The form for a new order.
pub fn intake() -> Form {
    let fields = vec![
        required(field("transactionId", "Transaction id", "from the order system; locked once added")),
        required(field("partnerOrderId", "Partner order id", "your own number; locked once added")),
        required(field("salesCode", "Sales code", "")),
        required(field("partnerId", "Partner id", "")),
        required(field("addressDetailId", "Address detail id", "")),
        field("preparedAt", "Prepared at", "2026-11-20T15:04:05Z; leave empty if unknown"),
        field("customer.name", "Customer", ""),
        field("customer.phone", "Phone", "(303) 555-0123, for SMS"),
        field("customer.email", "E-mail", "name@host.example"),
        secret(field("paymentToken", "Payment token", "only if the order needs a payment")),
        secret(field("giftCards", "Gift card", "one at most")),
        field("language", "Language", "en or es"),
    ];
    Form { fields, ..Form::default() }
}

/// Reads the form for a new order. Its fields become the JSON that the command line takes too: one validator for both.
pub fn read_intake(form: &Form, now: Timestamp) -> Result<NewOrder, Vec<(String, String)>> {
    let mut order = json!({});
    let mut customer = json!({});
    for field in &form.fields {
        let value = field.input.value().trim();
        if value.is_empty() {
            continue;
        }
        match field.name.split_once('.') {
            None if field.name == DESPITE_DOUBT => {}
            Some((_, part)) => customer[part] = json!(value),
            None if field.name == "giftCards" => {
                let cards = value.split(',').map(str::trim).filter(|card| !card.is_empty());
                order["giftCards"] = cards.map(Value::from).collect();
            }
            None => order[field.name] = json!(value),
        }
    }
    order["customer"] = customer;
    let despite_doubt = Some(form.value(DESPITE_DOUBT)).filter(|reason| !reason.is_empty());
    match parse_order(&order, now) {
        Ok(new) => Ok(NewOrder { despite_doubt: despite_doubt.map(str::to_owned), ..new }),
        Err(errors) => Err(errors.into_iter().map(|e| (e.field, e.problem)).collect()),
    }
}

/// The form, filled from an order's JSON. What was typed and the JSON does not have stays, and is returned by name: unless the
/// form has the ids of another order, for then it is another customer's.
pub fn filled(before: &Form, order: &Value) -> (Form, Vec<&'static str>) {
    let mut form = if is_of_another(before, order) { intake() } else { before.clone() };
    form.mark_afresh([]);
    let mut kept = Vec::new();
    for field in &mut form.fields {
        match text_of(field.name, order) {
            Some(text) => field.input = Input::new(text),
            None if field.input.value().trim().is_empty() => {}
            None => kept.push(field.name),
        }
    }
    (form, kept)
}

/// True when the form and the JSON name two different orders.
pub fn is_of_another(form: &Form, order: &Value) -> bool {
    ["transactionId", "partnerOrderId"].into_iter().any(|id| {
        let typed = form.value(id);
        text_of(id, order).is_some_and(|text| !typed.is_empty() && text.trim() != typed)
    })
}

/// What an order's JSON has for a field.
fn text_of(field: &str, order: &Value) -> Option<String> {
    let value = match field.split_once('.') {
        Some((outer, part)) => order.get(outer)?.get(part)?,
        None => order.get(field)?,
    };
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")),
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    }
}

/// The names of what the order's JSON holds and the form has no field for.
pub fn left_out(order: &NewOrder) -> Vec<&str> {
    let address = order.customer.address.as_ref().map(|_| "customer.address");
    order.ignored.iter().map(String::as_str).chain(address).collect()
}

/// The word that makes the orders of a session real.
pub const LIVE: &str = "live";

/// The form that asks for it.
pub fn live() -> Form {
    let word = required(field("word", "Type live", "so that habit alone never sends a real order"));
    Form { fields: vec![word], ..Form::default() }
}

/// The small form for a question, filled in as far as the order knows.
pub fn ask(confirm: &Confirm, order: &Order) -> Form {
    let exposed = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let reason = |hint| vec![required(field("reason", "Reason", hint))];
    let fields = match confirm {
        Confirm::AcceptVerbally => {
            vec![with(
                required(field("name", "Who accepted", "the name of the person on the phone")),
                &exposed(order.customer.name.as_ref().map(Personal::expose)),
            )]
        }
        Confirm::SendSms => {
            vec![with(
                required(field("to", "Phone", "ten digits, or +1 and ten digits")),
                &exposed(order.customer.phone.as_ref().map(Phone::expose)),
            )]
        }
        Confirm::SendEmail => {
            vec![with(
                required(field("to", "E-mail", "name@host.example")),
                &exposed(order.customer.email.as_ref().map(Email::expose)),
            )]
        }
        Confirm::Amend => amend(order),
        Confirm::Verdict => verdict(),
        Confirm::Release => reason("what the carrier said; no personal data"),
        Confirm::Abandon => reason("kept in clear; no personal data"),
        // Questions without a form, and the one that is about no field of an order.
        Confirm::SaidYes(_)
        | Confirm::Complete(_)
        | Confirm::Live(_)
        | Confirm::Probe
        | Confirm::Settle(_)
        | Confirm::Decline
        | Confirm::RetryOne(..)
        | Confirm::RetryAll(_)
        | Confirm::TakeOver(..)
        | Confirm::Assign(_)
        | Confirm::Note(_)
        | Confirm::AbandonEach(_)
        | Confirm::Market(_)
        | Confirm::Contract(_)
        | Confirm::Discard
        | Confirm::DiscardTyped
        | Confirm::Quit
        | Confirm::EndRun
        | Confirm::CloseClassroom(_) => Vec::new(),
    };
    Form { fields, ..Form::default() }
}

/// The field for a supervisor's reason, added when the engine asks for it.
pub const DESPITE_DOUBT: &str = "despiteDoubt";

/// Adds that field, unless it is there.
pub fn ask_despite_doubt(form: &mut Form) {
    if form.fields.iter().all(|field| field.name != DESPITE_DOUBT) {
        form.fields.push(required(field(
            DESPITE_DOUBT,
            "Despite doubt",
            "a supervisor's reason; kept in clear for good",
        )));
    }
}

fn verdict() -> Vec<Field> {
    vec![
        required(field("placed", "Placed?", "yes or no: does the carrier have this order?")),
        required(field("reference", "Reference", "the carrier's order or ticket number")),
        required(field("name", "Your name", "who asked the carrier")),
    ]
}

/// What the carrier says, from the form.
pub fn read_statement(form: &Form) -> Result<Statement, Vec<(String, String)>> {
    let mut errors = Vec::new();
    let placed = match form.value("placed").to_lowercase().as_str() {
        "y" | "yes" | "placed" => Some(true),
        "n" | "no" | "not placed" => Some(false),
        _ => None,
    };
    if placed.is_none() {
        errors.push(("placed".to_owned(), "must be yes or no".to_owned()));
    }
    let mut text = |name: &str| {
        let value = form.value(name).to_owned();
        if value.is_empty() {
            errors.push((name.to_owned(), "is required".to_owned()));
        }
        value
    };
    let (reference, name) = (text("reference"), text("name"));
    match placed {
        Some(placed) if errors.is_empty() => Ok(Statement { placed, reference, name }),
        Some(_) | None => Err(errors),
    }
}

/// A reason, which is kept in the history.
pub fn read_reason(form: &Form) -> Result<String, Vec<(String, String)>> {
    let reason = form.value("reason");
    let problem = match reason.chars().count() {
        0 => "is required".to_owned(),
        chars if chars > LONGEST_NOTE => format!("has {chars} characters, and {LONGEST_NOTE} is the most"),
        _ => return Ok(reason.to_owned()),
    };
    Err(vec![("reason".to_owned(), problem)])
}

fn amend(order: &Order) -> Vec<Field> {
    let identity = &order.identity;
    let cards: Vec<&str> = order.gift_cards.iter().map(Secret::expose).collect();
    vec![
        with(required(field("salesCode", "Sales code", "")), identity.sales_code.as_str()),
        with(required(field("partnerId", "Partner id", "")), identity.partner_id.as_str()),
        with(
            required(field("addressDetailId", "Address detail id", "")),
            identity.address_detail_id.as_str(),
        ),
        with(
            secret(field("paymentToken", "Payment token", "")),
            order.payment_token.as_ref().map_or("", Secret::expose),
        ),
        with(secret(field("giftCards", "Gift card", "one at most")), &cards.join(", ")),
    ]
}

/// Where to send, from the form.
pub fn read_contact(confirm: &Confirm, form: &Form) -> Result<Contact, Vec<(String, String)>> {
    let to = form.value("to");
    let contact = if *confirm == Confirm::SendEmail {
        Email::new(to).map(Contact::Email)
    } else {
        Phone::new(to).map(Contact::Sms)
    };
    contact.map_err(|problem| vec![("to".to_owned(), problem)])
}

/// What was changed: the order that these fields would make, compared with the order as it is.
pub fn read_amendment(
    form: &Form,
    order: &Order,
    now: Timestamp,
) -> Result<Amendment, Vec<(String, String)>> {
    let mut whole = form.clone();
    for (name, value) in [
        ("partnerOrderId", order.identity.partner_order_id.as_str()),
        ("transactionId", order.identity.transaction_id.as_str()),
    ] {
        whole.fields.push(with(field(name, "", ""), value));
    }
    let new = read_intake(&whole, now)?;
    let (identity, old) = (new.identity, &order.identity);
    let amendment = Amendment {
        sales_code: Some(identity.sales_code).filter(|new| *new != old.sales_code),
        partner_id: Some(identity.partner_id).filter(|new| *new != old.partner_id),
        address_detail_id: Some(identity.address_detail_id).filter(|new| *new != old.address_detail_id),
        payment_token: new.payment_token.filter(|new| order.payment_token.as_ref() != Some(new)),
        gift_cards: Some(new.gift_cards).filter(|new| *new != order.gift_cards),
    };
    if amendment.is_empty() {
        Err(vec![("form".to_owned(), "has no changes yet".to_owned())])
    } else {
        Ok(amendment)
    }
}
