//! The forms of the desk, and what is made of their fields.

use super::form::{Field, Form};
use super::model::Confirm;
use crate::order::{Amendment, Contact, Email, NewOrder, Order, Phone, Secret, Timestamp, parse_order};
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

/// The form that takes an order in.
pub fn intake() -> Form {
    let fields = vec![
        required(field("transactionId", "Transaction id", "from the order system; locked once taken in")),
        required(field("partnerOrderId", "Partner order id", "your own number; locked once taken in")),
        required(field("salesCode", "Sales code", "")),
        required(field("partnerId", "Partner id", "")),
        required(field("addressDetailId", "Address detail id", "")),
        field("preparedAt", "Prepared at", "2026-11-20T15:04:05Z; empty when it is not known"),
        field("customer.name", "Customer", ""),
        field("customer.phone", "Phone", "(303) 555-0123, for SMS"),
        field("customer.email", "E-mail", "name@host.example"),
        secret(field("paymentToken", "Payment token", "only when the order needs a payment")),
        secret(field("giftCards", "Gift card", "one at the most; separated by commas")),
        field("language", "Language", "en or es"),
    ];
    Form { fields, ..Form::default() }
}

/// Reads the intake form: its fields make the JSON that every order is taken in by, so that one validator rules.
pub fn read_intake(form: &Form, now: Timestamp) -> Result<NewOrder, Vec<(String, String)>> {
    let mut order = json!({});
    let mut customer = json!({});
    for field in &form.fields {
        let value = field.input.value().trim();
        if value.is_empty() {
            continue;
        }
        match field.name.split_once('.') {
            Some((_, part)) => customer[part] = json!(value),
            None if field.name == "giftCards" => {
                let cards = value.split(',').map(str::trim).filter(|card| !card.is_empty());
                order["giftCards"] = cards.map(Value::from).collect();
            }
            None => order[field.name] = json!(value),
        }
    }
    order["customer"] = customer;
    parse_order(&order, now).map_err(|errors| errors.into_iter().map(|e| (e.field, e.problem)).collect())
}

/// The intake form, filled from an order's JSON and from nothing else: what stood in it may be another customer's.
pub fn filled(order: &Value) -> Form {
    let mut form = intake();
    for field in &mut form.fields {
        let value = match field.name.split_once('.') {
            Some((outer, part)) => order.get(outer).and_then(|o| o.get(part)),
            None => order.get(field.name),
        };
        let text = match value {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Array(items)) => {
                items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
            }
            Some(Value::Null | Value::Bool(_) | Value::Object(_)) | None => continue,
        };
        field.input = Input::new(text);
    }
    form
}

/// The names of what the order's JSON holds and the form has no place for.
pub fn left_out(order: &NewOrder) -> Vec<&str> {
    let address = order.customer.address.as_ref().map(|_| "customer.address");
    order.ignored.iter().map(String::as_str).chain(address).collect()
}

/// The small form for a question, filled in as far as the order knows.
pub fn ask(confirm: &Confirm, order: &Order) -> Form {
    let exposed = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let reason = |hint| vec![required(field("reason", "Reason", hint))];
    let fields = match confirm {
        Confirm::AcceptVerbally => {
            vec![with(
                required(field("name", "Who said yes", "the name of the person on the phone")),
                &exposed(order.customer.name.as_deref()),
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
        Confirm::Release => reason("what the carrier said, with its reference"),
        Confirm::Abandon => reason("for whoever reads the history"),
        Confirm::Complete
        | Confirm::Decline
        | Confirm::RetryOne(_)
        | Confirm::RetryAll(_)
        | Confirm::Leave => Vec::new(),
    };
    Form { fields, ..Form::default() }
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
        with(
            secret(field("giftCards", "Gift card", "one at the most; separated by commas")),
            &cards.join(", "),
        ),
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

/// What was changed, from the form: the order as it would be taken in with these fields, beside the order as it is.
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
        Err(vec![("form".to_owned(), "holds no change yet".to_owned())])
    } else {
        Ok(amendment)
    }
}
