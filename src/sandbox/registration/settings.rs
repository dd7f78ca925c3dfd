//! Which of the ways that the documents leave open this server takes.

use serde::{Deserialize, Serialize};

/// All of them, as a scenario sets them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    pub duplicates: Duplicates,
    pub ids: Ids,
    pub shapes: Shapes,
}

/// Whether a second object with the same provider id, or a second pair of the same two, is taken in. Not documented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    #[default]
    Allowed,
    Conflict,
}

/// How surrogate ids are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ids {
    /// As strings in applications and customers, as numbers in pairs (D).
    #[default]
    Reference,
    /// As numbers everywhere (E).
    Numbers,
    Strings,
    /// Odd ones as strings, even ones as numbers.
    Mixed,
}

/// In which shape the API's own refusals come. The gateway's are always flat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shapes {
    /// Flat where an example has it, which is a get's 404; nested otherwise.
    #[default]
    Mixed,
    Nested,
    Flat,
}

/// What a trainer set for this run, over the scenario.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Overrides {
    pub duplicates: Option<Duplicates>,
    pub ids: Option<Ids>,
    pub shapes: Option<Shapes>,
}

impl Overrides {
    /// What holds.
    pub fn over(self, scenario: Settings) -> Settings {
        Settings {
            duplicates: self.duplicates.unwrap_or(scenario.duplicates),
            ids: self.ids.unwrap_or(scenario.ids),
            shapes: self.shapes.unwrap_or(scenario.shapes),
        }
    }
}
