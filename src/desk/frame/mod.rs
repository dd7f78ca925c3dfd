//! What every desk shares: keys, forms, lists, overlays, the lock, notices. It knows no order, and no desk.
//!
//! Generic over two types that the desks bring: what a person can do (an action) and what is asked before it (a question).
//! May touch: instants and the environment's name, tui-input's line editing. Never: a desk, the model that holds them all.

pub mod binding;
pub mod form;
pub mod held;
pub mod key;
pub mod list;
pub mod lock;
pub mod notice;
pub mod overlay;
pub mod seen;
pub mod state;
pub mod target;
pub mod theme;
pub mod typing;
