//! What a retry is, in a word.

use crate::order::Retry;
use crate::order::stalled::Group;
use crate::view::frame::look::Look;
use crate::view::words;
use ratatui::style::Style;

/// What a retry of the orders of a group is; of each kind how many, when they are not all of one.
pub fn group_verdict(look: &Look, group: &Group) -> (Style, String) {
    let kinds =
        [(Retry::Useful, group.useful), (Retry::Futile, group.futile), (Retry::Dangerous, group.dangerous)];
    let there: Vec<_> = kinds.into_iter().filter(|(_, n)| *n > 0).collect();
    if let [(retry, _)] = there.as_slice() {
        return (words::verdict_style(look, *retry), verdict(*retry));
    }
    let each: Vec<String> = there.iter().map(|(retry, n)| format!("{}{n}", glyph(*retry))).collect();
    (look.theme.base, each.join(" "))
}

fn glyph(retry: Retry) -> &'static str {
    match retry {
        Retry::Useful => "✓",
        Retry::Futile => "×",
        Retry::Dangerous => "!",
    }
}

/// The verdict, short enough for its column.
pub fn verdict(retry: Retry) -> String {
    format!("{} {}", glyph(retry), retry.name())
}
