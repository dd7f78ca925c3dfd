//! What every form of a line comes down to, and what is checked of it, pure.

use crate::engine::Usage;
use crate::subscription::{Amount, Called, Line, Month, Sku};
use std::borrow::Cow;

/// Lines with their numbers, from 1.
pub(super) type Lines = Box<dyn Iterator<Item = (usize, Read1)>>;

/// A line as it was read.
pub(super) type Read1 = Result<Usage, Fault>;

/// A line that is no usage: the field, and what is not right with it.
#[derive(Debug)]
pub(super) struct Fault {
    pub field: Cow<'static, str>,
    pub problem: String,
}

/// The names of the ids in a line: the first one that is not empty says who, and the others must be of the same
/// subscription.
pub(super) const IDS: [&str; 3] = ["provisioningId", "customerId", "id"];
/// What the texts under these names are.
const CALLED: [fn(String) -> Called; 3] = [Called::ProvisioningId, Called::CustomerId, Called::Id];
/// The names of its other fields.
pub(super) const REST: [&str; 4] = ["sku", "month", "count", "key"];

/// The longest key, in characters.
const LONGEST_KEY: usize = 256;

/// The texts of a line, in the order of [`IDS`] and [`REST`].
pub(super) struct Form<'a> {
    pub ids: [Option<&'a str>; 3],
    pub rest: [Option<&'a str>; 4],
}

impl Fault {
    /// In words.
    pub fn words(self) -> String {
        let Self { field, problem } = self;
        if field.is_empty() { problem } else { format!("{field}: {problem}") }
    }

    /// In one field.
    pub fn at(field: &'static str, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }

    /// Of all that would come.
    pub fn unreadable(error: &std::io::Error) -> Self {
        Self::whole(format!("it cannot be read from here on: {error}"))
    }

    /// Of the line as a whole.
    pub fn whole(problem: impl Into<String>) -> Self {
        Self::at("", problem)
    }
}

impl Form<'_> {
    /// The usage that it tells of.
    pub fn usage(self) -> Read1 {
        let ids = self.ids.into_iter().zip(CALLED).filter_map(|(text, called)| Some((text?, called)));
        let mut ids = ids.filter(|(text, _)| !text.is_empty()).map(|(text, called)| called(text.to_owned()));
        let of = ids.next().ok_or_else(|| Fault::at(IDS[0], "is missing"))?;
        usage(of, ids.collect(), self.rest)
    }
}

/// The usage that these tell of; `rest` in the order of [`REST`]. Ids and SKUs are taken as they are: they are others'.
/// Space around a month or a count is nothing. One around a key may be what tells it from another key, and nobody sees it:
/// such a key is refused, so that no line is taken for another one.
pub(super) fn usage(of: Called, also: Vec<Called>, rest: [Option<&str>; 4]) -> Read1 {
    let [sku, month, count, key] = rest;
    let sku = sku.filter(|sku| !sku.is_empty()).ok_or_else(|| Fault::at("sku", "is missing"))?;
    let sku = Sku::new(sku).map_err(|error| Fault::at("sku", error.to_string()))?;
    let month = Month::parse(need("month", month)?).map_err(|problem| Fault::at("month", problem))?;
    let count = Amount::parse(need("count", count)?).map_err(|problem| Fault::at("count", problem))?;
    need("key", key)?;
    let key = key.unwrap_or_default();
    if key.trim().len() != key.len() {
        return Err(Fault::at("key", "begins or ends with white space, and keys are matched exactly"));
    }
    if key.chars().count() > LONGEST_KEY || key.contains(crate::text::is_invisible) {
        let problem = format!("is longer than {LONGEST_KEY} characters, or holds one that cannot be seen");
        return Err(Fault::at("key", problem));
    }
    Ok(Usage { of, also, sku, month, line: Line { key: key.to_owned(), count } })
}

fn need<'a>(field: &'static str, value: Option<&'a str>) -> Result<&'a str, Fault> {
    let value = value.map(str::trim).filter(|value| !value.is_empty());
    value.ok_or_else(|| Fault::at(field, "is missing"))
}
