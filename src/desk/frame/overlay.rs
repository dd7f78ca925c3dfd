//! Overlays: what lies over a screen and takes the keys.

use super::binding::Binding;
use super::form::Form;
use tui_input::Input;

/// What lies over a screen and takes the keys. `Q` is what may be asked before something is done.
#[derive(Clone, Debug)]
pub enum Overlay<Q> {
    Help,
    Palette(Palette),
    Confirm(Q),
    /// A question with a small form: who accepted, where to send, what to amend, why to abandon.
    Ask(Q, Form),
    /// All events of what is open.
    History,
}

/// The command palette.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    pub input: Input,
    pub selected: usize,
}

/// What of a command matches what was typed, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// Its whole name.
    Name,
    /// Its name begins so.
    Begins,
    /// Its name holds it.
    Holds,
    /// The words are somewhere in its name and its description.
    Text,
}

impl Palette {
    /// How well `binding` answers what was typed; none when it does not hold all the words typed. A name that was typed
    /// comes before what only speaks of it.
    pub fn finds<A>(&self, binding: &Binding<A>) -> Option<Match> {
        let typed = self.input.value().trim().to_lowercase();
        let name = binding.label.to_lowercase();
        let text = format!("{name} {}", binding.help).to_lowercase();
        let found = typed.split_whitespace().all(|word| text.contains(word));
        found.then(|| match name {
            name if name == typed => Match::Name,
            name if name.starts_with(&typed) => Match::Begins,
            name if name.contains(&typed) => Match::Holds,
            _ => Match::Text,
        })
    }
}
