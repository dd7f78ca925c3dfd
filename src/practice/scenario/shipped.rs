//! The scenarios that come with the program.

use super::{Scenario, read};
use std::sync::LazyLock;

/// Each file's name, and its text.
pub const FILES: [(&str, &str); 1] = [("verbal.toml", include_str!("../../../assets/scenarios/verbal.toml"))];

static ALL: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
    // A test reads each of them; one that could not be read would be left out.
    FILES.iter().filter_map(|(_, text)| read(text).ok()).collect()
});

/// All of them, the easiest first.
pub fn all() -> &'static [Scenario] {
    &ALL
}
