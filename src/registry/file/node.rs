//! What TOML and JSON have in common: texts, lists and tables, each with its line; and what of it should be where.

use super::draft::{Draft, Object, Pair, Place};
use super::{Flaw, Format};
use crate::text::quote;

/// A value, and the line on which it begins.
#[derive(Clone, Debug)]
pub struct Node {
    pub line: usize,
    pub value: Value,
}

/// What a value is, as far as it matters here.
#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    List(Vec<Node>),
    /// Names and values, in the order in which they stand there. One may be there twice.
    Table(Vec<(String, Node)>),
    /// JSON's null.
    Nothing,
    /// A text of JSON, or a name in an object, with half a character: one of a pair of escapes without the other.
    Half,
    /// Something else, in words.
    Other(String),
}

/// What is wrong with a text or a name in which half a character stands.
const HALF: &str =
    "has half a character: an escape from \\ud800 to \\udfff is one of a pair, and the other is missing";

impl Value {
    /// What it is, in words.
    fn kind(&self, format: Format) -> &str {
        match self {
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Table(_) if format == Format::Json => "an object",
            Self::Table(_) => "a table",
            Self::Nothing => "null",
            Self::Half => "half a character",
            Self::Other(words) => words,
        }
    }
}

/// What the file says.
///
/// # Errors
/// All that is not right, where it has no lists of applications and customers to go on with.
pub fn read(file: Node, format: Format) -> Result<Draft, Vec<Flaw>> {
    let mut reader = Reader { format, flaws: Vec::new() };
    let [applications, customers] = reader.table(file, "", ["applications", "customers"]).unwrap_or_default();
    let list = |reader: &mut Reader, node: Option<Node>, field: &str| match node {
        Some(node) => reader.list(node, field),
        None => Some(Vec::new()),
    };
    let lists = (list(&mut reader, applications, "applications"), list(&mut reader, customers, "customers"));
    let (Some(applications), Some(customers)) = lists else { return Err(reader.flaws) };
    let mut draft = Draft::default();
    for (n, node) in applications.into_iter().enumerate() {
        let field = format!("applications[{n}]");
        let line = node.line;
        if let Some([id, name]) = reader.table(node, &field, ["id", "name"]) {
            draft.applications.extend(reader.object(line, field, id, name));
        }
    }
    for (n, node) in customers.into_iter().enumerate() {
        let field = format!("customers[{n}]");
        let line = node.line;
        let Some([id, name, has]) = reader.table(node, &field, ["id", "name", "applications"]) else {
            continue;
        };
        let has = has.map(|has| reader.texts(has, &format!("{field}.applications"))).unwrap_or_default();
        let Some(customer) = reader.object(line, field, id, name) else { continue };
        let pair = |(place, application)| Pair { place, customer: customer.id.clone(), application };
        draft.pairs.extend(has.into_iter().map(pair));
        draft.customers.push(customer);
    }
    draft.flaws = reader.flaws;
    Ok(draft)
}

/// Takes values for what they should be, and keeps what is not.
struct Reader {
    format: Format,
    flaws: Vec<Flaw>,
}

impl Reader {
    fn flaw(&mut self, line: usize, field: &str, what: impl Into<String>) {
        self.flaws.push(Flaw { line, field: field.to_owned(), what: what.into() });
    }

    /// An application or a customer; none where it has no id that could be one.
    fn object(&mut self, line: usize, field: String, id: Option<Node>, name: Option<Node>) -> Option<Object> {
        let name = name.filter(|name| !matches!(name.value, Value::Nothing));
        let name_line = name.as_ref().map(|name| name.line);
        let name = name.and_then(|name| self.text(name, &format!("{field}.name")));
        let Some(id) = id else {
            self.flaw(line, &format!("{field}.id"), "is missing");
            return None;
        };
        let place = Place { line: id.line, field };
        let id = self.text(id, &format!("{}.id", place.field))?;
        let name_line = name_line.unwrap_or(place.line);
        Some(Object { place, fields: ["id", "name"], id, name, name_line })
    }

    /// The members of a table, by their names.
    fn table<const N: usize>(
        &mut self,
        node: Node,
        field: &str,
        names: [&str; N],
    ) -> Option<[Option<Node>; N]> {
        let Value::Table(members) = node.value else {
            if matches!(node.value, Value::Half) {
                self.flaw(node.line, field, HALF);
                return None;
            }
            self.flaw(
                node.line,
                field,
                match self.format {
                    Format::Json => "is not an object, such as {\"id\": \"a\"}".to_owned(),
                    Format::Toml | Format::Csv => {
                        let list = field.split('[').next().unwrap_or_default();
                        format!(
                            "is {}, not a table, which begins with [[{list}]]",
                            node.value.kind(self.format)
                        )
                    }
                },
            );
            return None;
        };
        let mut found = [const { None }; N];
        for (name, node) in members {
            let dot = if field.is_empty() { "" } else { "." };
            let of_member = format!("{field}{dot}{}", quote(&name));
            match names.iter().position(|known| *known == name) {
                Some(at) if found[at].is_none() => found[at] = Some(node),
                Some(_) => self.flaw(node.line, &of_member, "is there twice"),
                None => {
                    let what = format!("is unknown; known are {}", names.join(", "));
                    self.flaw(node.line, &of_member, what);
                }
            }
        }
        Some(found)
    }

    fn list(&mut self, node: Node, field: &str) -> Option<Vec<Node>> {
        if let Value::List(nodes) = node.value {
            return Some(nodes);
        }
        let begins = match (&node.value, self.format) {
            (Value::Table(_), Format::Toml) => format!("; each begins with [[{field}]]"),
            _ => "; write it in [ ]".to_owned(),
        };
        self.flaw(node.line, field, format!("is {}, not a list{begins}", node.value.kind(self.format)));
        None
    }

    fn text(&mut self, node: Node, field: &str) -> Option<String> {
        let quotes = match node.value {
            Value::Text(text) => return Some(text),
            Value::Half => {
                self.flaw(node.line, field, HALF);
                return None;
            }
            Value::List(_) | Value::Table(_) => "",
            Value::Nothing | Value::Other(_) => "; write it in quotes",
        };
        self.flaw(node.line, field, format!("is {}, not a text{quotes}", node.value.kind(self.format)));
        None
    }

    /// The texts of a list, each with its place.
    fn texts(&mut self, node: Node, field: &str) -> Vec<(Place, String)> {
        let mut texts = Vec::new();
        for (n, node) in self.list(node, field).unwrap_or_default().into_iter().enumerate() {
            let place = Place { line: node.line, field: format!("{field}[{n}]") };
            texts.extend(self.text(node, &place.field).map(|text| (place, text)));
        }
        texts
    }
}
