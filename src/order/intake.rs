//! Taking an order in: from JSON, from JSON Lines, from a form. Every bad field is named; good orders are never held up
//! by bad ones.

mod given;

use super::ids::{IdError, check_id};
use super::{
    AddressDetailId, Customer, Email, Identity, PartnerId, PartnerOrderId, Personal, Phone, SalesCode,
    Secret, Timestamp, TransactionId,
};
use crate::kind::instant;
use crate::text::is_invisible;
pub use given::Given;
use jiff::SignedDuration;
use serde_json::{Map, Value};
use std::fmt;

/// What is said of a time that has not come yet.
const FUTURE: &str = "lies in the future; is the clock right? Desks on a shared (PostgreSQL) journal use the server's \
                      clock; others use this machine's";

/// The clocks of the order system and of this machine may differ by this much.
pub const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// The longest free text that is accepted, in characters: a name, a token, a gift card.
const MAX_TEXT_CHARS: usize = 1024;

/// The fields of an order in JSON; the first five are required.
pub const FIELDS: [&str; 10] = [
    "salesCode",
    "partnerId",
    "partnerOrderId",
    "transactionId",
    "addressDetailId",
    "preparedAt",
    "customer",
    "paymentToken",
    "giftCards",
    "language",
];
const CUSTOMER_FIELDS: [&str; 4] = ["name", "phone", "email", "address"];

/// An order as it is added.
#[derive(Clone, Debug, PartialEq)]
pub struct NewOrder {
    pub identity: Identity,
    pub prepared_at: Option<Timestamp>,
    pub customer: Customer,
    pub payment_token: Option<Secret>,
    pub gift_cards: Vec<Secret>,
    pub language: Option<String>,
    /// Fields that were there and are not known: left out, but not silently.
    pub ignored: Vec<String>,
    /// Why it is added although an order for the same customer and address is in doubt: a supervisor's words. Never
    /// part of what an order system sends.
    pub despite_doubt: Option<String>,
}

/// What is wrong with one field. Never holds the field's value: it may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// `salesCode`, `customer.phone` …; empty when it is the line as a whole.
    pub field: String,
    /// What is wrong: "is empty".
    pub problem: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() {
            f.write_str(&self.problem)
        } else {
            write!(f, "{} {}", self.field, self.problem)
        }
    }
}

/// One order of a file, or what is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The line it begins on, from 1.
    pub number: usize,
    pub order: Result<NewOrder, Vec<FieldError>>,
}

/// Reads one JSON object, an array of them, or JSON Lines; `now` is for telling a prepare time in the future.
pub fn parse_intake(text: &str, now: Timestamp) -> Vec<Line> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line = |given: &Given| Line { number: 1, order: parse_given(given, now) };
    if let Ok(orders) = serde_json::from_str::<Vec<Given>>(text) {
        return orders.iter().map(line).collect();
    }
    match serde_json::from_str::<Given>(text) {
        Ok(order) => vec![line(&order)],
        Err(_) => text
            .lines()
            .enumerate()
            .filter(|(_, l)| !l.trim().is_empty())
            .map(|(i, l)| parse_line(l, i + 1, now))
            .collect(),
    }
}

/// Reads one line of JSON Lines.
pub fn parse_line(text: &str, number: usize, now: Timestamp) -> Line {
    let order = match serde_json::from_str::<Given>(text) {
        Ok(given) => parse_given(&given, now),
        Err(error) => Err(vec![problem("", format!("is not JSON: {}", without_place(&error)))]),
    };
    Line { number, order: order.map_err(|errors| errors.into_iter().map(as_line).collect()) }
}

fn as_line(error: FieldError) -> FieldError {
    if error.field.is_empty() {
        FieldError { problem: format!("the line {}", error.problem), ..error }
    } else {
        error
    }
}

/// serde's words with the column alone: the line is the one in the file.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    format!("{reason} at column {}", error.column())
}

fn problem(field: &str, problem: impl Into<String>) -> FieldError {
    FieldError { field: field.to_owned(), problem: problem.into() }
}

/// Reads one order as it was given. Which of two values counts is not for us to choose: its ids are locked from then on.
fn parse_given(given: &Given, now: Timestamp) -> Result<NewOrder, Vec<FieldError>> {
    let twice: Vec<_> =
        given.twice.iter().map(|field| problem(&super::one_line(field), "is named twice")).collect();
    let order = parse_order(&given.value, now);
    match order {
        Ok(order) if twice.is_empty() => Ok(order),
        Ok(_) => Err(twice),
        Err(errors) => Err(twice.into_iter().chain(errors).collect()),
    }
}

/// Whether `text` can be a person's name, or another free text: something to see, not too long, and nothing hidden in it.
///
/// # Errors
/// What is wrong with it, without the text: "is empty".
pub fn check_text(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("is empty".to_owned());
    }
    if text.chars().count() > MAX_TEXT_CHARS {
        return Err(format!("is longer than {MAX_TEXT_CHARS} characters"));
    }
    text.chars().find(|c| is_invisible(*c)).map_or(Ok(()), |c| Err(IdError::Invisible(c).to_string()))
}

/// Reads one order from JSON; all that is wrong with it at once.
pub fn parse_order(value: &Value, now: Timestamp) -> Result<NewOrder, Vec<FieldError>> {
    let Value::Object(fields) = value else {
        return Err(vec![problem("", "is not a JSON object")]);
    };
    let mut errors = Vec::new();
    let mut reader = Reader { errors: &mut errors };
    let identity = reader.identity(fields);
    let prepared_at = reader.prepared_at(fields, now);
    let customer = reader.customer(fields.get("customer"));
    let payment_token = reader.text("paymentToken", fields.get("paymentToken")).map(Secret::new);
    let gift_cards = reader.gift_cards(fields.get("giftCards"));
    let language = reader.text("language", fields.get("language"));
    match identity {
        Some(identity) if errors.is_empty() => Ok(NewOrder {
            identity,
            prepared_at,
            customer,
            payment_token,
            gift_cards,
            language,
            ignored: ignored(fields),
            despite_doubt: None,
        }),
        Some(_) | None => Err(errors),
    }
}

fn ignored(fields: &Map<String, Value>) -> Vec<String> {
    let known = |name: &str, names: &[&str]| names.contains(&name);
    let top = fields.keys().filter(|k| !known(k, &FIELDS)).cloned();
    let customer = fields.get("customer").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    let customer = customer.filter(|k| !known(k, &CUSTOMER_FIELDS)).map(|k| format!("customer.{k}"));
    top.chain(customer).map(|name| super::one_line(&name)).collect()
}

struct Reader<'a> {
    errors: &'a mut Vec<FieldError>,
}

impl Reader<'_> {
    fn wrong<T>(&mut self, field: &str, what: impl Into<String>) -> Option<T> {
        self.errors.push(problem(field, what));
        None
    }

    fn identity(&mut self, fields: &Map<String, Value>) -> Option<Identity> {
        // All five are read before any is judged, so that every error shows at once.
        let sales_code = self.id(fields, "salesCode", SalesCode::new);
        let partner_id = self.id(fields, "partnerId", PartnerId::new);
        let partner_order_id = self.id(fields, "partnerOrderId", PartnerOrderId::new);
        let transaction_id = self.id(fields, "transactionId", TransactionId::new);
        let address_detail_id = self.id(fields, "addressDetailId", AddressDetailId::new);
        Some(Identity {
            sales_code: sales_code?,
            partner_id: partner_id?,
            partner_order_id: partner_order_id?,
            transaction_id: transaction_id?,
            address_detail_id: address_detail_id?,
        })
    }

    /// An identifier: a string, or a whole number, which some order systems export.
    fn id<T>(
        &mut self,
        fields: &Map<String, Value>,
        field: &str,
        make: fn(String) -> Result<T, IdError>,
    ) -> Option<T> {
        let text = match fields.get(field) {
            None | Some(Value::Null) => return self.wrong(field, "is required"),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) if number.is_u64() => number.to_string(),
            Some(_) => return self.wrong(field, "is not text"),
        };
        match check_id(&text).and_then(|()| make(text)) {
            Ok(id) => Some(id),
            Err(error) => self.wrong(field, error.to_string()),
        }
    }

    fn text(&mut self, field: &str, value: Option<&Value>) -> Option<String> {
        match value {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => match check_text(text) {
                Ok(()) => Some(text.clone()),
                Err(problem) => self.wrong(field, problem),
            },
            Some(_) => self.wrong(field, "is not text"),
        }
    }

    fn prepared_at(&mut self, fields: &Map<String, Value>, now: Timestamp) -> Option<Timestamp> {
        let text = self.text("preparedAt", fields.get("preparedAt"))?;
        let Some(at) = instant(&text) else {
            return self.wrong("preparedAt", "is not a time such as 2026-11-20T15:04:05Z");
        };
        if at.duration_since(now) > CLOCK_TOLERANCE {
            return self.wrong("preparedAt", FUTURE);
        }
        Some(at)
    }

    fn customer(&mut self, value: Option<&Value>) -> Customer {
        let fields = match value {
            None | Some(Value::Null) => return Customer::default(),
            Some(Value::Object(fields)) => fields,
            Some(_) => {
                self.errors.push(problem("customer", "is not a JSON object"));
                return Customer::default();
            }
        };
        let name = self.text("customer.name", fields.get("name")).map(Personal::new);
        let address = self.text("customer.address", fields.get("address")).map(Personal::new);
        let phone = self.text("customer.phone", fields.get("phone"));
        let phone = phone
            .and_then(|p| Phone::new(&p).map_err(|e| self.errors.push(problem("customer.phone", e))).ok());
        let email = self.text("customer.email", fields.get("email"));
        let email = email
            .and_then(|e| Email::new(&e).map_err(|e| self.errors.push(problem("customer.email", e))).ok());
        Customer { name, phone, email, address }
    }

    /// More than one is accepted, since that is Px's to refuse (1215) and the agent's to mend.
    fn gift_cards(&mut self, value: Option<&Value>) -> Vec<Secret> {
        match value {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(cards)) => {
                let card = |(i, card)| self.text(&format!("giftCards[{i}]"), Some(card)).map(Secret::new);
                cards.iter().enumerate().filter_map(card).collect()
            }
            Some(_) => {
                self.errors.push(problem("giftCards", "is not a list"));
                Vec::new()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        r#"{"salesCode":"S","partnerId":"P","partnerOrderId":"PO","transactionId":77,"addressDetailId":"A"}"#;

    fn now() -> Timestamp {
        "2026-11-20T15:00:00Z".parse().unwrap()
    }

    fn errors(json: &str) -> Vec<String> {
        let order = parse_order(&serde_json::from_str(json).unwrap(), now());
        order.unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_object_an_array_or_lines() {
        assert_eq!(parse_intake(GOOD, now()).len(), 1);
        assert_eq!(parse_intake(&GOOD.replace(',', ",\n"), now()).len(), 1, "over several lines");
        assert_eq!(parse_intake(&format!("[{GOOD},{GOOD}]"), now()).len(), 2);
        let lines = parse_intake(&format!("{GOOD}\n\n{{oops\n{GOOD}\n"), now());
        let numbers: Vec<_> = lines.iter().map(|l| (l.number, l.order.is_ok())).collect();
        assert_eq!(numbers, [(1, true), (3, false), (4, true)]);
        assert_eq!(
            lines[1].order.as_ref().unwrap_err()[0].to_string(),
            "the line is not JSON: key must be a string at column 2"
        );
        assert_eq!(lines[0].order.as_ref().unwrap().identity.transaction_id.as_str(), "77");
    }

    #[test]
    fn what_is_named_twice_is_refused_with_its_name() {
        let twice =
            GOOD.replace('}', r#","transactionId":"OTHER","customer":{"phone":"3035550123","phone":null}}"#);
        let texts =
            [twice.clone(), twice.replace(',', ",\n"), format!("[{twice}]"), format!("{twice}\n{GOOD}")];
        for text in texts {
            let first = parse_intake(&text, now()).remove(0);
            let errors: Vec<_> = first.order.unwrap_err().iter().map(ToString::to_string).collect();
            assert_eq!(errors, ["transactionId is named twice", "customer.phone is named twice"], "{text}");
        }
        let both = parse_intake(&format!("[{GOOD},{twice}]"), now());
        assert_eq!(both.iter().map(|line| line.order.is_ok()).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn every_bad_field_is_named_at_once_and_no_value_is_quoted() {
        let bad = r#"{"salesCode":"","partnerId":" ","partnerOrderId":"a\u0007","transactionId":{},
            "preparedAt":"2026-11-20T16:00:00Z","customer":{"phone":"555","email":"x"},"paymentToken":"","giftCards":["",1]}"#;
        assert_eq!(
            errors(bad),
            [
                "salesCode is required",
                "partnerId is required",
                "partnerOrderId holds the invisible character U+0007",
                "transactionId is not text",
                "addressDetailId is required",
                "preparedAt lies in the future; is the clock right? Desks on a shared (PostgreSQL) journal use the \
                 server's clock; others use this machine's",
                "customer.phone is not a phone number: ten digits, or +1 and ten digits, e.g. +13035550123",
                "customer.email is not an e-mail address: name@host.example",
                "paymentToken is empty",
                "giftCards[0] is empty",
                "giftCards[1] is not text",
            ]
        );
    }

    #[test]
    fn unknown_fields_are_left_out_but_not_silently() {
        let json = GOOD.replace('}', r#","preparedat":"x","customer":{"fax":"1"}}"#);
        let order = parse_order(&serde_json::from_str(&json).unwrap(), now()).unwrap();
        assert_eq!(order.ignored, ["preparedat", "customer.fax"]);
    }
}
