//! The file as TOML: `[[applications]]` and `[[customers]]`.

use super::draft::Draft;
use super::node::{self, Node, Value};
use super::{Flaw, Format, Lines};
use crate::registry::Desired;
use serde::Serialize;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

/// What the text says.
///
/// # Errors
/// Where it is no such TOML.
pub fn read(text: &str) -> Result<Draft, Vec<Flaw>> {
    let whole = Whole { text, lines: Lines::of(text) };
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let mut flaws: Vec<_> = errors.iter().map(|error| whole.flaw(error)).collect();
        flaws.sort_by_key(|flaw| flaw.line);
        // What comes of another one on the same line says nothing new.
        flaws.dedup_by_key(|flaw| flaw.line);
        return Err(flaws);
    }
    node::read(Node { line: 1, value: whole.table(table.into_inner()) }, Format::Toml)
}

/// The text that all values are parts of.
struct Whole<'a> {
    text: &'a str,
    lines: Lines,
}

impl Whole<'_> {
    fn flaw(&self, error: &Error) -> Flaw {
        let span = error.span().unwrap_or_default();
        let what = match error.message().trim() {
            "duplicate key" => format!("the key `{}` is there twice", self.part(span.clone())),
            what => what.to_owned(),
        };
        Flaw { line: self.lines.at(span.start), field: String::new(), what }
    }

    fn part(&self, span: Range<usize>) -> String {
        crate::text::quote(self.text.get(span).unwrap_or_default())
    }

    fn node(&self, spanned: Spanned<DeValue<'_>>) -> Node {
        let (span, line) = (spanned.span(), self.lines.at(spanned.span().start));
        let told = |what: &str| Value::Other(format!("{what} ({})", self.part(span.clone())));
        let value = match spanned.into_inner() {
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Integer(_) | DeValue::Float(_) => told("a number"),
            DeValue::Boolean(is) => Value::Other(is.to_string()),
            DeValue::Datetime(_) => told("a date"),
            DeValue::Array(nodes) => Value::List(nodes.into_iter().map(|node| self.node(node)).collect()),
            DeValue::Table(table) => self.table(table),
        };
        Node { line, value }
    }

    fn table(&self, table: DeTable<'_>) -> Value {
        let member = |(name, node): (Spanned<_>, _)| (String::from(name.into_inner()), self.node(node));
        Value::Table(table.into_iter().map(member).collect())
    }
}

/// The same to be written, in TOML and in JSON.
#[derive(Serialize)]
pub struct Written<'a> {
    applications: Vec<WrittenApplication<'a>>,
    customers: Vec<WrittenCustomer<'a>>,
}

#[derive(Serialize)]
struct WrittenApplication<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct WrittenCustomer<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    applications: Vec<&'a str>,
}

impl<'a> Written<'a> {
    /// What is desired, to be written.
    pub fn of(desired: &'a Desired) -> Self {
        let mut pairs = desired.pairs().peekable();
        let mut applications_of = |customer: &crate::registry::ProviderId| {
            let mut applications = Vec::new();
            while let Some((_, application)) = pairs.next_if(|(of, _)| *of == customer) {
                applications.push(application.as_str());
            }
            applications
        };
        let name =
            |wanted: &'a crate::registry::Wanted| wanted.name.as_ref().map(crate::registry::Name::as_str);
        Self {
            applications: desired
                .applications()
                .iter()
                .map(|wanted| WrittenApplication { id: wanted.id.as_str(), name: name(wanted) })
                .collect(),
            customers: desired
                .customers()
                .iter()
                .map(|wanted| WrittenCustomer {
                    id: wanted.id.as_str(),
                    name: name(wanted),
                    applications: applications_of(&wanted.id),
                })
                .collect(),
        }
    }
}

/// What is desired, as TOML. A list that is empty is left out: tables could not be added to a file with one.
pub fn write(desired: &Desired) -> String {
    #[derive(Serialize)]
    struct Tables<'a> {
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        applications: &'a [WrittenApplication<'a>],
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        customers: &'a [WrittenCustomer<'a>],
    }
    if desired.is_empty() {
        return "# No application and no customer.\n".to_owned();
    }
    let Written { applications, customers } = Written::of(desired);
    // Texts and lists of texts can always be written.
    toml::to_string(&Tables { applications: &applications, customers: &customers }).unwrap_or_default()
}
