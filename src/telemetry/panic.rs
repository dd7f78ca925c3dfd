//! What a panic says: where, and never what: its message may quote the text that it was about.

use std::io::{self, Write as _};
use std::panic::PanicHookInfo;

/// Makes every panic of this process, on any thread, say where it was and nothing else.
pub fn be_discreet() {
    std::panic::set_hook(Box::new(|info| {
        let place = place(info);
        tracing::error!(place, "panicked");
        // Nobody is left to tell when stderr is gone.
        let _ = io::stderr().lock().write_all(words(&place).as_bytes());
    }));
}

fn place(info: &PanicHookInfo<'_>) -> String {
    info.location().map_or_else(String::new, |at| format!("{}:{}", at.file(), at.line()))
}

fn words(place: &str) -> String {
    format!(
        "pxdesk met an error of its own at {place} and stopped. Nothing is lost: every order is in the journal.\n\
         Start pxdesk again; an order that was being completed is shown as in doubt.\n"
    )
}
