//! The file as JSON, with the members of the TOML.

use super::draft::{Draft, Object, Pair, Place};
use super::toml::Written;
use super::{Flaw, Lines};
use crate::registry::Desired;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    #[serde(default, borrow)]
    applications: Vec<&'a RawValue>,
    #[serde(default, borrow)]
    customers: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Application {
    id: String,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Customer {
    id: String,
    name: Option<String>,
    #[serde(default)]
    applications: Vec<String>,
}

/// What the text says. Fields are named by the line on which their object begins.
///
/// # Errors
/// Where it is no such JSON.
pub fn read(text: &str) -> Result<Draft, Vec<Flaw>> {
    // Members may be left out, so an empty list would be a contract of nothing.
    if !is_object(text) {
        let what = "the file is not an object, which begins with {".to_owned();
        return Err(vec![Flaw { line: 1, field: String::new(), what }]);
    }
    let file: File = serde_json::from_str(text).map_err(|error| vec![flaw(1, String::new(), &error)])?;
    let mut draft = Draft::default();
    let lines = Lines::of(text);
    let line_of = |part: &RawValue| lines.at(offset_in(text, part));
    for (n, raw) in file.applications.into_iter().enumerate() {
        let place = Place { line: line_of(raw), field: format!("applications[{n}]") };
        if !is_object(raw.get()) {
            draft.flaws.push(no_object(place));
            continue;
        }
        match serde_json::from_str(raw.get()) {
            Ok(Application { id, name }) => {
                let name_line = place.line;
                draft.applications.push(Object { place, fields: ["id", "name"], id, name, name_line });
            }
            Err(error) => draft.flaws.push(flaw(place.line, place.field, &error)),
        }
    }
    for (n, raw) in file.customers.into_iter().enumerate() {
        let place = Place { line: line_of(raw), field: format!("customers[{n}]") };
        if !is_object(raw.get()) {
            draft.flaws.push(no_object(place));
            continue;
        }
        match serde_json::from_str(raw.get()) {
            Ok(Customer { id, name, applications }) => {
                draft.pairs.extend(applications.into_iter().enumerate().map(|(k, application)| Pair {
                    place: Place { line: place.line, field: format!("{}.applications[{k}]", place.field) },
                    customer: id.clone(),
                    application,
                }));
                let name_line = place.line;
                draft.customers.push(Object { place, fields: ["id", "name"], id, name, name_line });
            }
            Err(error) => draft.flaws.push(flaw(place.line, place.field, &error)),
        }
    }
    Ok(draft)
}

/// A list would be read as an object's members, one after the other.
fn is_object(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

fn no_object(Place { line, field }: Place) -> Flaw {
    Flaw { line, field, what: "is not an object, such as {\"id\": \"a\"}".to_owned() }
}

/// Where a part of `text` begins in it, in bytes.
fn offset_in(text: &str, part: &RawValue) -> usize {
    (part.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// What is wrong with a part that begins on `first`.
fn flaw(first: usize, field: String, error: &serde_json::Error) -> Flaw {
    let what = error.to_string();
    // Its own place is counted from the beginning of the part.
    let what = what.split(" at line ").next().unwrap_or_default().to_owned();
    Flaw { line: first + error.line().saturating_sub(1), field, what }
}

/// What is desired, as JSON.
pub fn write(desired: &Desired) -> String {
    // Texts and lists of texts can always be written.
    serde_json::to_string_pretty(&Written::of(desired)).unwrap_or_default() + "\n"
}
