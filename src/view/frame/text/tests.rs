//! Nothing is dropped, nothing is interpreted.

use super::*;
use proptest::prelude::*;

fn shown(text: &str, width: usize) -> Vec<String> {
    Safe::paragraph(text, width).iter().map(|l| l.as_str().to_owned()).collect()
}

#[test]
fn prices_stay_prices() {
    assert_eq!(shown("$10\t20", 66), ["$10     20"]);
    assert_eq!(shown("12345678\tx", 66), ["12345678        x"]);
}

#[test]
fn what_hides_is_named() {
    assert_eq!(shown("a\u{202e}b\u{200b}\u{1b}[2J", 66), ["a<U+202E>b<U+200B><U+001B>[2J"]);
    assert_eq!(shown("a\r\nb\nc\rd", 66), ["a", "b", "c<U+000D>", "d"]);
    assert_eq!(Safe::line("a\nb").as_str(), "a<U+000A>b");
}

#[test]
fn lines_break_at_blanks_and_long_words_anywhere() {
    assert_eq!(shown("the monthly rate of $65.00", 12), ["the monthly", "rate of", "$65.00"]);
    assert_eq!(shown("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
    assert_eq!(shown("  indented text", 10), ["  indented", "text"]);
    assert_eq!(shown("", 10), [""]);
}

#[test]
fn no_letter_is_wider_than_two_columns() {
    let wide = |c: &char| c.width().is_some_and(|columns| columns > 2);
    let unmarked: Vec<char> = ('\0'..=char::MAX).filter(wide).filter(|c| !is_marked(*c)).collect();
    assert!(unmarked.is_empty(), "{unmarked:?}");
    assert_eq!(Safe::line("\u{17d8}").as_str(), "<U+17D8>");
}

#[test]
fn marks_and_wide_letters_take_their_columns() {
    let line = Safe::line("e\u{301}中\u{301}");
    assert_eq!((line.width(), line.as_str()), (3, "e\u{301}中\u{301}"));
    assert_eq!(Safe::line("\u{301}x").as_str(), "◌\u{301}x");
    assert_eq!(shown("中", 1).concat(), "<U+4E2D>");
    assert_eq!(shown("a \u{301}\u{200d}", 2).concat(), "a◌\u{301}<U+200D>");
    assert_eq!(Safe::line("中中中").fit(4).as_str(), "中…");
    assert_eq!(Safe::line("abcdef").fit(0).as_str(), "");
}

/// What a reader has to see of `text`, without the blanks and the bases of lonely marks.
fn visible(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\t' | '\n' | BASE => {}
            c if is_marked(c) => out.extend(format!("<U+{:04X}>", u32::from(c)).chars()),
            c if c.is_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

fn any_text() -> impl Strategy<Value = String> {
    let hard = prop::sample::select(vec![
        "\t",
        "\r",
        "\n",
        "\r\n",
        " ",
        "\u{202e}",
        "\u{200b}",
        "\u{200d}",
        "\u{fe0f}",
        "\u{301}",
        "👩\u{200d}👧",
        "🇺🇸",
        "中",
        "ᄀ",
        "ᅡ",
        "\u{600}",
        "क्षि",
        "\u{1b}[31m",
        "\u{9b}",
        "$10",
        "word",
        "\u{0}",
        "\u{feff}",
        "ำ",
        "\u{a0}",
    ]);
    let piece = prop_oneof![3 => hard.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn everything_reaches_the_screen_in_order(text in any_text(), width in 2_u16..80) {
        let lines = Safe::paragraph(&text, width.into());
        let area = Rect::new(0, 0, width, u16::try_from(lines.len()).unwrap());
        let mut buffer = Buffer::empty(area);
        for (y, line) in (0..).zip(&lines) {
            prop_assert!(line.width() <= usize::from(width));
            line.draw(&mut buffer, Rect::new(0, y, width, 1), Style::new(), Style::new());
        }
        let cells: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        prop_assert!(!cells.chars().any(is_marked), "{cells:?}");
        prop_assert_eq!(visible(&cells), visible(&text));
    }

    #[test]
    fn no_width_breaks_anything(text in any_text(), width in 0_usize..9, x in 0_u16..9) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 5, 1));
        for line in Safe::paragraph(&text, width).iter().chain([&Safe::line(&text).fit(width)]) {
            prop_assert!(line.width() <= width.max(1));
            line.draw(&mut buffer, Rect::new(x, 0, 9, 1), Style::new(), Style::new());
        }
    }
}
