//! The desk, pure: the model of the screens, the messages that change it, the effects it asks for.
//!
//! [`update`] takes a message and an instant and returns effects; it never waits, never fails, and touches nothing but
//! the model. May touch: `order`'s types, tui-input's line editing. Never: I/O of any kind, crossterm, ratatui widgets.

mod bindings;
mod effect;
mod form;
mod key;
mod model;
mod msg;
mod queue;

pub use bindings::{Binding, Deed, bindings, next_line};
pub use effect::{Action, Effect, Practice};
pub use form::{Field, Form};
pub use key::{Code, Key};
pub use model::{
    Confirm, Model, Notice, OrderScreen, Overlay, Palette, Pane, Screen, Setup, Severity, Stalled, ThemeName,
    Training,
};
pub use msg::{Msg, Problem, Target};
pub use queue::Queue;
