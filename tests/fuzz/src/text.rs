//! RCC text to screen: nothing dropped, nothing interpreted, nothing hidden. The first byte is the width.

use crate::assert_visible;
use pxdesk::order::is_invisible;
use pxdesk::view::Safe;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Longer texts only cost time.
const LONGEST: usize = 512;

pub fn check(data: &[u8]) {
    let [width, rest @ ..] = data else { return };
    let text = crate::text(&rest[..rest.len().min(LONGEST)]);
    let width = u16::from(width % 100);
    let lines = Safe::paragraph(&text, width.into());
    let area = Rect::new(0, 0, width.max(1), u16::try_from(lines.len()).unwrap());
    let mut buffer = Buffer::empty(area);
    for (y, line) in (0..).zip(&lines) {
        assert!(line.width() <= usize::from(width.max(1)), "wider than its place: {line:?}");
        line.draw(&mut buffer, Rect::new(0, y, area.width, 1), Style::new(), Style::new());
    }
    let cells: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
    assert!(!cells.chars().any(is_marked), "hidden on the screen: {cells:?}");
    // A wide letter in a place one column wide is spelled out; else every letter stands as it was written.
    if width > 1 {
        assert_eq!(visible(&cells), visible(&text), "what is seen is not what was written");
    }
    let fit = Safe::line(&text).fit(width.into());
    assert!(fit.width() <= usize::from(width));
    assert_visible(fit.as_str());
}

fn is_marked(c: char) -> bool {
    is_invisible(c) || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{17d8}')
}

/// What a reader has to see: all but blanks, line ends, and what a lonely mark stands on.
fn visible(text: &str) -> String {
    let mut out = String::new();
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\t' | '\n' | '◌' => {}
            c if is_marked(c) => out.push_str(&format!("<U+{:04X}>", u32::from(c))),
            c if c.is_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}
