//! A form of one-line fields: a new order, a correction, who accepted.

use tui_input::Input;

/// One field.
#[derive(Clone, Debug)]
pub struct Field {
    /// As in the intake JSON: `salesCode`, `customer.phone`, or `name`, `to`, `reason`.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
    /// One line on what belongs here.
    pub hint: &'static str,
    pub required: bool,
    /// Shown as dots: a payment token, a gift card.
    pub secret: bool,
    pub input: Input,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// Fields, one of which has the focus.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub fields: Vec<Field>,
    pub focus: usize,
    /// What is wrong with the form as a whole.
    pub error: Option<String>,
    /// True once something of it was typed.
    pub typed: bool,
}

/// What is typed in place of a yes, so that no single key is one: nothing is lost with it.
const WORDS: [&str; 3] = ["word", "month", "removals"];

impl Form {
    /// The value of a field, trimmed; empty when there is no such field.
    pub fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|f| f.name == name).map_or("", |f| f.input.value().trim())
    }

    /// Marks what is wrong now, and nothing that was wrong before.
    pub fn mark_afresh(&mut self, errors: impl IntoIterator<Item = (String, String)>) {
        self.error = None;
        for field in &mut self.fields {
            field.error = None;
        }
        self.mark(errors);
    }

    /// Marks what is wrong, at its field or, for a field that is not here, at the form; the first one gets the focus.
    pub fn mark(&mut self, errors: impl IntoIterator<Item = (String, String)>) {
        let mut first = None;
        for (name, problem) in errors {
            match self.fields.iter().position(|f| f.name == name || name.starts_with(&format!("{}[", f.name)))
            {
                Some(at) => {
                    self.fields[at].error.get_or_insert(problem);
                    first = Some(first.map_or(at, |f: usize| f.min(at)));
                }
                None => self.error = Some(format!("{name} {problem}")),
            }
        }
        self.focus = first.unwrap_or(self.focus);
    }
}

impl Form {
    /// Moves the focus by some fields, round and round.
    pub fn step(&mut self, by: isize) {
        let count = self.fields.len().max(1);
        self.focus = (self.focus + count).saturating_add_signed(by) % count;
    }

    /// The field that has the focus.
    pub fn focused(&mut self) -> Option<&mut Field> {
        self.fields.get_mut(self.focus)
    }

    /// True where something was typed that would be missed.
    pub fn would_be_missed(&self) -> bool {
        let text = |field: &Field| !WORDS.contains(&field.name) && !field.input.value().trim().is_empty();
        self.typed && self.fields.iter().any(text)
    }

    /// Forgets what was wrong with the form and with the field that has the focus: it has been changed.
    pub fn changed(&mut self) {
        self.error = None;
        if let Some(field) = self.focused() {
            field.error = None;
        }
    }
}
