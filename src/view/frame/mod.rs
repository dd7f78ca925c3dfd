//! What surrounds every screen, and what every screen is made of. It knows no order, and no desk.

pub mod chrome;
pub mod form;
pub mod list;
pub mod lock;
pub mod look;
pub mod overlay;
pub mod page;
pub mod stack;
pub mod table;
pub mod text;
pub mod theme;
pub mod words;
