//! The call that is running for the open order.

use crate::desk::OrderScreen;
use crate::order::Timestamp;
use crate::view::frame::page::Page;
use crate::view::frame::words::ago;

/// The running call, and for how long.
pub fn add(page: &mut Page, screen: &OrderScreen, now: Timestamp) {
    let Some((Some(call), since)) = screen.busy else { return };
    let theme = &page.look.theme;
    let text = format!("… {call} in progress");
    let waited = format!("   {}", ago(now.duration_since(since)));
    page.row(&[(theme.accent, &text), (theme.dim, &waited)]);
    page.gap();
}
