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

impl Palette {
    /// True when `binding` holds all the words typed.
    pub fn finds<A>(&self, binding: &Binding<A>) -> bool {
        let text = format!("{} {}", binding.label, binding.help).to_lowercase();
        self.input.value().to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}
