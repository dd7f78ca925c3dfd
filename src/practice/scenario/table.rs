//! TOML with the lines at which things stand: every mistake is noted, and reading goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::RangeInclusive;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// Something that is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wrong {
    /// From 1.
    pub line: usize,
    /// As `customer.accepts_after_seconds` or `server[2].row`.
    pub field: String,
    pub what: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() {
            return write!(f, "{}: {}", self.line, self.what);
        }
        write!(f, "{}: {}: {}", self.line, self.field, self.what)
    }
}

/// What is wrong so far, and the text that it is about.
pub struct Notes<'t> {
    text: &'t str,
    pub wrong: Vec<Wrong>,
    /// At which line each field stands that was read.
    lines: BTreeMap<String, usize>,
}

impl<'t> Notes<'t> {
    /// Nothing is wrong yet.
    pub fn new(text: &'t str) -> Self {
        Self { text, wrong: Vec::new(), lines: BTreeMap::new() }
    }

    /// The line, from 1, of a place in the text.
    pub fn line(&self, at: usize) -> usize {
        let at = self.text.floor_char_boundary(at.min(self.text.len()));
        self.text[..at].matches('\n').count() + 1
    }

    /// Notes what is wrong with a field, at its line; with one that is not there, at the line of the table that lacks it. One
    /// that could not be read was told already: it is not missing as well.
    pub fn add_at(&mut self, field: &str, what: impl Into<String>) {
        let holds = |wrong: &Wrong| {
            field.strip_prefix(&wrong.field).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if self.wrong.iter().any(holds) {
            return;
        }
        let mut at = field;
        let line = loop {
            if let Some(line) = self.lines.get(at) {
                break *line;
            }
            match at.rsplit_once('.') {
                Some((table, _)) => at = table,
                None => break 1,
            }
        };
        self.add(line, field, what);
    }

    /// Notes what is wrong at a line.
    pub fn add(&mut self, line: usize, field: impl Into<String>, what: impl Into<String>) {
        self.wrong.push(Wrong { line, field: field.into(), what: what.into() });
    }
}

/// A table that is being read: which keys were asked for is remembered, the rest is unknown.
pub struct Table<'a> {
    /// Where it stands: `server[2].`, or nothing at the top.
    prefix: String,
    /// Its own line.
    pub line: usize,
    members: &'a DeTable<'a>,
    asked: BTreeSet<&'static str>,
}

/// A value that was read, and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<T> {
    pub value: T,
    pub line: usize,
}

impl<'a> Table<'a> {
    /// The whole file.
    pub fn top(table: &'a DeTable<'a>) -> Self {
        Self { prefix: String::new(), line: 1, members: table, asked: BTreeSet::new() }
    }

    /// Its own number in the list that it stands in, from 1; 0 for one that stands in none.
    pub fn number_in_list(&self) -> usize {
        let number = self.prefix.rsplit_once('[').and_then(|(_, rest)| rest.split_once(']'));
        number.and_then(|(number, _)| number.parse().ok()).unwrap_or(0)
    }

    /// The name of a key here, for messages.
    pub fn name(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.insert(key);
        self.members.get(key)
    }

    /// True when the key stands here.
    pub fn has(&mut self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    fn read<T>(
        &mut self,
        notes: &mut Notes,
        key: &'static str,
        wanted: &str,
        as_it: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<At<T>> {
        let found = self.get(key)?;
        let line = notes.line(found.span().start);
        notes.lines.insert(self.name(key), line);
        let value = as_it(found.get_ref());
        if value.is_none() {
            notes.add(line, self.name(key), format!("is not {wanted}"));
        }
        value.map(|value| At { value, line })
    }

    /// A text that is not empty.
    pub fn text(&mut self, notes: &mut Notes, key: &'static str) -> Option<At<String>> {
        let found = self.read(notes, key, "a text", |v| v.as_str().map(str::to_owned))?;
        if found.value.trim().is_empty() {
            notes.add(found.line, self.name(key), "must not be empty");
            return None;
        }
        Some(found)
    }

    /// A text that has to be there.
    pub fn needed(&mut self, notes: &mut Notes, key: &'static str) -> Option<At<String>> {
        if !self.has(key) {
            notes.add(self.line, self.name(key), "is missing");
        }
        self.text(notes, key)
    }

    /// One of these words.
    pub fn word(&mut self, notes: &mut Notes, key: &'static str, words: &[&str]) -> Option<At<String>> {
        let found = self.text(notes, key)?;
        if words.contains(&found.value.as_str()) {
            return Some(found);
        }
        let near = nearest(&found.value, words);
        let what = format!("`{}` must be one of {}{near}", found.value, words.join(", "));
        notes.add(found.line, self.name(key), what);
        None
    }

    /// A whole number within these bounds.
    pub fn number(
        &mut self,
        notes: &mut Notes,
        key: &'static str,
        within: RangeInclusive<i64>,
    ) -> Option<At<i64>> {
        let wanted = format!("a whole number between {} and {}", within.start(), within.end());
        self.read(notes, key, &wanted, |v| {
            let number = v.as_integer().and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
            number.filter(|n| within.contains(n))
        })
    }

    /// A number of seconds with a part, within these bounds.
    pub fn seconds(&mut self, notes: &mut Notes, key: &'static str, most: f64) -> Option<At<f64>> {
        self.read(notes, key, &format!("a number of seconds between 0 and {most}"), |v| {
            let text = v
                .as_float()
                .map(toml::de::DeFloat::as_str)
                .or(v.as_integer().map(toml::de::DeInteger::as_str));
            text.and_then(|t| t.parse().ok()).filter(|n| (0.0..=most).contains(n))
        })
    }

    /// True or false.
    pub fn flag(&mut self, notes: &mut Notes, key: &'static str) -> Option<At<bool>> {
        self.read(notes, key, "true or false", DeValue::as_bool)
    }

    /// A list of texts.
    pub fn texts(&mut self, notes: &mut Notes, key: &'static str) -> Vec<String> {
        let texts = |array: &DeArray| {
            array.iter().map(|v| v.get_ref().as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        };
        self.read(notes, key, "a list of texts", |v| v.as_array().and_then(texts))
            .map_or_else(Vec::new, |at| at.value)
    }

    /// A table in here.
    pub fn table(&mut self, notes: &mut Notes, key: &'static str) -> Option<Table<'a>> {
        let found = self.read(notes, key, "a table: write [ ] around its name", DeValue::as_table)?;
        Some(Table {
            prefix: format!("{}.", self.name(key)),
            line: found.line,
            members: found.value,
            asked: BTreeSet::new(),
        })
    }

    /// The tables of a list.
    pub fn tables(&mut self, notes: &mut Notes, key: &'static str) -> Vec<Table<'a>> {
        let Some(list) = self.read(notes, key, "a list: write [[ ]] around its name", DeValue::as_array)
        else {
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (n, entry) in list.value.iter().enumerate() {
            let (line, name) = (notes.line(entry.span().start), format!("{}[{}]", self.name(key), n + 1));
            match entry.get_ref().as_table() {
                Some(table) => {
                    notes.lines.insert(name.clone(), line);
                    tables.push(Table {
                        prefix: format!("{name}."),
                        line,
                        members: table,
                        asked: BTreeSet::new(),
                    });
                }
                None => notes.add(line, name, "is not a table"),
            }
        }
        tables
    }

    /// Every key that nobody asked for is unknown.
    pub fn end(self, notes: &mut Notes) {
        let known: Vec<&str> = self.asked.iter().copied().collect();
        for key in self.members.keys() {
            let name: &str = key.get_ref();
            if !self.asked.contains(name) {
                let line = notes.line(key.span().start);
                notes.add(line, self.name(name), format!("is not a key here{}", nearest(name, &known)));
            }
        }
    }
}

/// "; did you mean `x`?", where something comes near.
fn nearest(found: &str, known: &[&str]) -> String {
    let near = known.iter().map(|k| (strsim::jaro_winkler(found, k), k)).max_by(|a, b| a.0.total_cmp(&b.0));
    near.filter(|(score, _)| *score > 0.7).map_or_else(String::new, |(_, k)| format!("; did you mean `{k}`?"))
}
