//! The desk, pure: the model of the screens, the messages that change it, the effects it asks for.
//!
//! [`update`] takes a message and an instant and returns effects; it never waits, never fails, and touches nothing but
//! the model. May touch: `order`'s types, tui-input's line editing. Never: I/O of any kind, crossterm, ratatui widgets.

mod ask;
mod bindings;
mod clock;
mod deeds;
mod doubt;
mod effect;
mod form;
mod forms;
mod intake;
mod key;
mod keys;
mod leave;
mod lock;
mod model;
mod moving;
mod msg;
mod order_screen;
mod polling;
mod queue;
mod stalled;
mod training;
mod update;

#[cfg(test)]
mod tests;

pub use bindings::{Binding, Deed, bindings, next_line, screen_bindings};
pub use clock::next_tick;
pub use doubt::submitted_elsewhere;
pub use effect::{Action, Effect, Practice};
pub use form::{Field, Form};
pub use key::{Code, Key};
pub use keys::palette_lines;
pub use lock::Lock;
pub use model::{
    Busy, Confirm, Model, Notice, OrderScreen, Overlay, Palette, Pane, Screen, Setup, Severity, Stalled,
    TakingIn, ThemeName, Training,
};
pub use msg::{Msg, Problem, Target};
pub use queue::Queue;
pub use training::{Item, items as training_items};
pub use update::update;
