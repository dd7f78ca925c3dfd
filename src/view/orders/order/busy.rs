//! The call that is running for the open order.

use crate::desk::OrderScreen;
use crate::order::Timestamp;
use crate::view::frame::page::Page;
use crate::view::frame::words::ago;

/// The running call, here or at another desk, and for how long.
pub fn add(page: &mut Page, screen: &OrderScreen, now: Timestamp) {
    let (text, since) = match (screen.busy, screen.elsewhere()) {
        (Some((Some(call), since)), _) => (format!("… {call} in progress"), since),
        (_, Some(attempt)) => {
            (format!("… {} in progress at {}'s desk", attempt.call, attempt.by), attempt.at)
        }
        (Some((None, _)) | None, None) => return,
    };
    let theme = &page.look.theme;
    let waited = format!("   {}", ago(now.duration_since(since)));
    page.row(&[(theme.accent, &text), (theme.dim, &waited)]);
    page.gap();
}
