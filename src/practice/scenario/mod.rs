//! A scenario: what a trainee is put through. `assets/scenarios` has those that come with the program, a folder a trainer's
//! own.
//!
//! `read` makes one of a file's text, `fault` a part of it, or says everything that is wrong in it; `check` and `meets` find
//! what cannot be, by its `parts`; `intake` makes the order, and finds what of it no desk would take; `shipped` has the files
//! of the program; `table` reads TOML with the lines at which things stand.

mod check;
mod fault;
mod intake;
mod meets;
mod parts;
mod read;
mod said;
pub mod shipped;
mod table;
#[cfg(test)]
mod tests;

pub use read::{name_line, read};
pub use said::{mentions, reference_in};
pub use table::Wrong;

use super::mistake::Mistake;
use super::moves::Move;
use super::seen::What;
pub use super::way::Way;
use crate::order::{Call, remedy};
use serde_json::Value;

/// A scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Unique among all: small letters, digits and hyphens.
    pub name: String,
    pub title: String,
    /// What it teaches, in a sentence or two.
    pub teaches: String,
    pub order: OrderPart,
    pub customer: Customer,
    /// What the carrier says when they are called.
    pub carrier: Carrier,
    /// What goes wrong at Px.
    pub server: Vec<Fault>,
    /// How the clock jumps.
    pub clock: Vec<Jump>,
    /// The right moves, in their order. With the last one the run ends.
    pub steps: Vec<Step>,
    /// What counts as a mistake, and what it costs.
    pub mistakes: Vec<(Mistake, u8)>,
    /// Those that it is about: the file names them, and a careless trainee makes them.
    pub traps: Vec<Mistake>,
}

/// The order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrderPart {
    pub phone: Option<String>,
    pub email: Option<String>,
    pub language: Option<String>,
    /// The text: internet, phone, bundle.
    pub offer: Option<String>,
    pub sales_code: Option<String>,
    pub partner_id: Option<String>,
    pub address_detail_id: Option<String>,
    pub payment_token: Option<String>,
    pub gift_cards: Vec<String>,
    pub payment_required: bool,
    /// How long before the run it was prepared; unknown to the desk when absent.
    pub prepared_minutes_ago: Option<i64>,
}

/// The customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Customer {
    pub name: String,
    /// What they say at the beginning.
    pub says: Option<String>,
    pub wants: Way,
    /// What they say to the text that was read to them; yes when absent.
    pub declines: bool,
    /// After how many seconds they accept what was sent.
    pub accepts_after: Option<i64>,
    /// What they say when they are asked.
    pub when_asked: Option<String>,
    pub turns: Vec<Turn>,
}

/// The carrier, by phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carrier {
    /// What they say.
    pub says: Option<String>,
    /// Whether they say that the order was placed.
    pub placed: Option<bool>,
}

/// Something that the customer does by themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    pub when: When,
    pub does: Does,
    pub says: Option<String>,
}

/// When something happens by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// As soon as the run begins.
    Start,
    /// The text has arrived.
    Retrieved,
    /// This section, from 1, is lit.
    Section(usize),
    /// Something was sent.
    Sent,
    /// The acceptance is recorded, however it came.
    Accepted,
    /// A Complete ended without a usable answer.
    InDoubt,
    /// So many seconds after the beginning.
    After(i64),
}

/// What a customer does by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// They only speak.
    Says,
    /// They hang up, and call back after so many seconds.
    HangsUp { seconds: i64 },
    /// They put the phone down, and are back after so many seconds.
    Holds { seconds: i64 },
    /// From now on they want it another way.
    Wants(Way),
    /// They no longer want it.
    Declines,
}

/// What goes wrong at Px.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The call, in the embedded Px's own word, or `token`.
    pub call: String,
    /// How many such calls go well before it.
    pub after_calls: u32,
    pub lasts: Lasts,
    /// The embedded Px's own JSON for it.
    pub fault: Value,
}

/// How long a fault lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasts {
    Times(u32),
    /// On Px's clock, from the beginning of the run.
    Seconds(i64),
}

/// The clock jumps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jump {
    pub when: When,
    pub minutes: i64,
}

/// A right move.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub it: Move,
    /// Another move that is as good.
    pub or: Option<Move>,
    /// For a correction: the field, and what the customer or the order system says it should be.
    pub field: Option<String>,
    pub value: Option<String>,
    /// Why, for the report.
    pub why: Option<String>,
}

impl Step {
    /// True when `what` is this move, or the one that is as good; a correction must be that of its field, to its value.
    pub fn is(&self, what: &What) -> bool {
        let right_field = match (what, &self.field) {
            (What::Corrected { fields, wrong }, Some(field)) => {
                fields.contains(field) && !wrong.contains(field)
            }
            _ => true,
        };
        (self.it.is(what) && right_field) || self.or.is_some_and(|or| or.is(what))
    }

    /// True when it corrects `field`.
    fn corrects(&self, field: &str) -> bool {
        self.it == Move::Correct && self.field.as_deref() == Some(field)
    }
}

impl Scenario {
    /// The rows of the table of errors that it is about: `complete_order/1099`.
    pub fn rows(&self) -> Vec<String> {
        let mut rows: Vec<String> = Vec::new();
        for fault in &self.server {
            let key = fault.fault.get("row").and_then(Value::as_str);
            let row = key.zip(Call::named(&fault.call)).and_then(|(key, call)| remedy::by_key(call, key));
            if let Some(row) = row.filter(|row| !rows.contains(&row.id)) {
                rows.push(row.id.clone());
            }
        }
        rows
    }

    /// True when something in it has Complete end so that nobody knows whether the order was placed.
    pub fn leaves_open(&self) -> bool {
        let open = |row: Option<&Value>| row.is_none_or(|row| row == "payment_down");
        let mut faults = self.server.iter().filter(|fault| fault.call == Call::CompleteOrder.name());
        faults.any(|fault| open(fault.fault.get("row")))
    }

    /// True when this is what a field should be corrected to, or what it was, where nobody was to correct it. `refused`: Px has
    /// refused the field all the same, and nobody knows what is right. Several values stand with commas between them.
    pub fn is_right(&self, field: &str, entered: &str, refused: bool) -> bool {
        let parts = |text: &str| text.split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>();
        let is = |value: &str| parts(value) == parts(entered);
        let mut asked = self.steps.iter().filter(|step| step.corrects(field)).peekable();
        match asked.peek() {
            None => refused || is(&self.order.value(field)),
            Some(_) => asked.any(|step| step.value.as_deref().is_none_or(is)),
        }
    }

    /// What `mistake` costs here; none when it does not count.
    pub fn points(&self, mistake: Mistake) -> Option<u8> {
        self.mistakes.iter().find(|(of, _)| *of == mistake).map(|(_, points)| *points)
    }
}
