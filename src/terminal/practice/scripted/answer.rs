//! What a scripted trainee answers to what is asked before something is done.

use super::{Do, Script, Trainee};
use crate::desk::{Code, Confirm, Form, Key, Overlay};
use crate::practice::mistake::Mistake;
use crate::practice::scenario::{Step, reference_in};

impl Script {
    /// Answers what is asked before something is done.
    pub(super) fn answer(&mut self, step: &Step) -> Option<Do> {
        match self.model.frame.overlay.clone()? {
            Overlay::Confirm(_) => Some(Do::Key(Key::char('y'))),
            Overlay::Ask(confirm, form) => Some(Do::Type(self.filled(&confirm, form, step))),
            Overlay::Help | Overlay::Palette(_) | Overlay::History => Some(Do::Key(Key::plain(Code::Esc))),
        }
    }

    /// What is entered for a correction.
    fn value(&mut self, step: &Step) -> Option<String> {
        let value = step.value.clone()?;
        if !self.careless(Mistake::WrongValue) {
            return Some(value);
        }
        self.made = true;
        Some(format!("{value}7"))
    }

    /// The carrier's, as they give it.
    fn reference(&self) -> String {
        let says = self.scenario.carrier.says.as_deref();
        says.and_then(reference_in).unwrap_or("T-4471").to_owned()
    }

    fn filled(&mut self, confirm: &Confirm, mut form: Form, step: &Step) -> Form {
        let placed = self.scenario.carrier.placed.unwrap_or(false);
        let placed = placed != (self.trainee == Trainee::Careless(Mistake::WrongVerdict));
        // Another field than Px refused is corrected: sending that again is what this trainee is for.
        let mut elsewhere = self.careless(Mistake::FutileRetry);
        for field in &mut form.fields {
            let value = match (confirm, field.name) {
                (Confirm::Amend, name) if elsewhere && step.field.as_deref() != Some(name) => {
                    elsewhere = false;
                    Some(format!("{}7", field.input.value()))
                }
                (Confirm::Amend, name)
                    if !self.careless(Mistake::FutileRetry) && step.field.as_deref() == Some(name) =>
                {
                    self.value(step)
                }
                (Confirm::Verdict, "placed") => Some(if placed { "yes" } else { "no" }.to_owned()),
                (Confirm::Verdict, "reference") => Some(self.reference()),
                (Confirm::Verdict, "name") => Some("scripted".to_owned()),
                (_, "reason" | "text" | "note") => Some("as the carrier said, T-4471".to_owned()),
                _ => None,
            };
            if let Some(value) = value {
                field.input = tui_input::Input::new(value);
            }
        }
        form
    }
}
