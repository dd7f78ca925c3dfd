//! What must hold for every input, whoever wrote it: a target for each door through which bytes come in.
//!
//! `.ci/fuzz RUNS` runs them all. Each `check` panics when something does not hold.

pub mod config;
pub mod desk;
pub mod intake;
pub mod journal;
pub mod reply;
pub mod text;
pub mod token;

/// The bytes as text; what is no UTF-8 is replaced.
fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Fails when a person could not see all of `text` on one line.
#[track_caller]
fn assert_visible(text: &str) {
    assert!(!text.chars().any(pxdesk::order::is_invisible), "hidden: {text:?}");
}
