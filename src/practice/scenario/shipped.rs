//! The scenarios that come with the program.

use super::{Scenario, read};
use std::sync::LazyLock;

/// Puts the text of a file beside its name.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../assets/scenarios/", $name, ".toml")))),*]
    };
}

/// Each file's name without its ending, and its text.
pub const FILES: [(&str, &str); 40] = files![
    "verbal",
    "sms",
    "email",
    "spanish",
    "declined",
    "slow",
    "interruption",
    "hangs-up",
    "changes-to-email",
    "changes-their-mind",
    "window-closing",
    "clock-jumps",
    "window-closed",
    "sales-code",
    "partner-id",
    "address",
    "tax-estimate-down",
    "no-text",
    "gateway",
    "sms-fails",
    "email-fails",
    "card-declined",
    "token-missing",
    "two-gift-cards",
    "not-accepted",
    "sales-code-at-the-end",
    "partner-id-at-the-end",
    "address-at-the-end",
    "text-changed",
    "transaction-ended",
    "pair-used",
    "pair-at-the-end",
    "too-late",
    "no-partner-order-id",
    "no-partner-order-id-at-the-end",
    "payment-down",
    "already-submitted",
    "in-doubt",
    "in-doubt-not-placed",
    "probe",
];

static ALL: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
    // A test reads each of them; one that could not be read would be left out.
    FILES.iter().filter_map(|(_, text)| read(text).ok()).collect()
});

/// All of them, the easiest first.
pub fn all() -> &'static [Scenario] {
    &ALL
}
