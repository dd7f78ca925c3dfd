//! The file that says what a contract should hold: TOML, JSON or CSV, the whole contract in one.
//!
//! What is wrong with a file is named by line and field, all of it at once.

mod draft;
mod json;
mod node;
mod table;
mod toml;

use super::Desired;
use draft::Draft;
use std::fmt;

/// How such a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Toml,
    Json,
    /// A line for each customer with each of its applications.
    Csv,
}

impl Format {
    /// All of them, with the ends of the files' names.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Toml, "toml"), (Self::Json, "json"), (Self::Csv, "csv")];

    /// The format that the end of a file's name stands for.
    pub fn of_extension(extension: &str) -> Option<Self> {
        let is = |(_, name): &&(Self, &str)| extension.eq_ignore_ascii_case(name);
        Self::ALL.iter().find(is).map(|(format, _)| *format)
    }
}

/// What is not right in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// From 1.
    pub line: usize,
    /// Such as `customers[2].id`, counted from 0; empty where it is no field's fault.
    pub field: String,
    pub what: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, field, what } = self;
        if field.is_empty() {
            write!(f, "line {line}: {what}")
        } else {
            write!(f, "line {line}: {field} {what}")
        }
    }
}

/// What the text of a file says should be there.
///
/// # Errors
/// All that is not right in it, from the first line on.
pub fn read(text: &str, format: Format) -> Result<Desired, Vec<Flaw>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let draft = match format {
        Format::Toml => toml::read(text),
        Format::Json => json::read(text),
        Format::Csv => table::read(text),
    };
    let mut flaws = match draft.map(Draft::check) {
        Ok(Ok(desired)) => return Ok(desired),
        Ok(Err(flaws)) | Err(flaws) => flaws,
    };
    flaws.sort_by_key(|flaw| flaw.line);
    Err(flaws)
}

/// The text of a file that says that `desired` should be there.
pub fn write(desired: &Desired, format: Format) -> String {
    match format {
        Format::Toml => toml::write(desired),
        Format::Json => json::write(desired),
        Format::Csv => table::write(desired),
    }
}

/// Where the lines of a text end.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// The line, from 1, in which the byte at `offset` stands.
    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|end| *end < offset) + 1
    }
}

#[cfg(test)]
mod tests;
