//! The one way in which a text becomes cells: nothing dropped, nothing interpreted, everything visible.
//!
//! ratatui's own spans drop graphemes that hold a control character (`$10<TAB>20` becomes `$1020`) and hand bidirectional
//! overrides to the terminal, so no text of a server or a person goes to a widget: it becomes a [`Safe`] line first, whose
//! cells are set one by one.

use crate::order::is_invisible;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Tab stops are this many columns apart.
const TAB: usize = 8;
/// What a combining mark without a letter stands on.
const BASE: char = '◌';

/// One line of text that may be drawn: each glyph fits one or two columns and can be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Safe {
    text: String,
    glyphs: Vec<Glyph>,
}

/// What one cell, or two, will hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Glyph {
    /// Where it ends in the text, in bytes.
    end: usize,
    width: usize,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ink,
    /// A blank after which a line may end.
    Blank,
    /// Part of a `<U+XXXX>` that stands for a character nobody could see.
    Mark,
}

/// True for what is written as `<U+XXXX>`. Variation selectors are among it: terminals disagree on their width, and a
/// column too many or too few would move a price.
fn is_marked(c: char) -> bool {
    is_invisible(c) || matches!(c, '\u{fe00}'..='\u{fe0f}')
}

impl Safe {
    /// `text` on one line: line breaks are marked, like everything else that cannot be seen.
    pub fn line(text: &str) -> Self {
        let mut line = Self::default();
        line.push(text);
        line
    }

    /// The lines of `text`. CR LF and LF end a line; a CR alone ends it too, and is marked.
    pub fn lines(text: &str) -> Vec<Self> {
        let mut lines = vec![Self::default()];
        let mut rest = text;
        while let Some(at) = rest.find(['\r', '\n']) {
            let (before, breaks) = rest.split_at(at);
            let crlf = breaks.starts_with("\r\n");
            let last = lines.len() - 1;
            lines[last].push(before);
            if !crlf && breaks.starts_with('\r') {
                lines[last].push_mark('\r');
            }
            lines.push(Self::default());
            rest = &breaks[if crlf { 2 } else { 1 }..];
        }
        let last = lines.len() - 1;
        lines[last].push(rest);
        lines
    }

    /// The lines of `text`, none wider than `width` columns.
    pub fn paragraph(text: &str, width: usize) -> Vec<Self> {
        Self::lines(text).iter().flat_map(|line| line.wrap(width)).collect()
    }

    /// The columns it takes.
    pub fn width(&self) -> usize {
        self.glyphs.iter().map(|g| g.width).sum()
    }

    /// What is seen.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn push(&mut self, text: &str) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let bytes = rest.as_bytes();
            let alone = bytes.get(1).is_none_or(u8::is_ascii);
            let len = if is_marked(first) || (first.is_ascii() && alone) {
                first.len_utf8()
            } else {
                rest.graphemes(true).next().map_or(first.len_utf8(), str::len)
            };
            let (cluster, tail) = rest.split_at(len);
            self.push_cluster(cluster);
            rest = tail;
        }
    }

    /// What a reader sees as one character; taken apart when it would hide something or be wider than two columns.
    fn push_cluster(&mut self, cluster: &str) {
        let whole = !cluster.chars().any(is_marked);
        match UnicodeWidthStr::width(cluster) {
            width @ 1..=2 if whole => self.glyph(cluster, width),
            _ => {
                let mut letter = false;
                for c in cluster.chars() {
                    letter = self.push_char(c, letter);
                }
            }
        }
    }

    /// One character of a cluster that is taken apart. `letter`: the glyph before is a letter of the same cluster, on
    /// which a mark may stand. True when the next one may stand on this.
    fn push_char(&mut self, c: char, letter: bool) -> bool {
        if c == '\t' {
            let blanks = TAB - self.width() % TAB;
            for _ in 0..blanks {
                self.glyph(" ", 1);
            }
            return false;
        }
        if is_marked(c) {
            self.push_mark(c);
            return false;
        }
        match (c.width().unwrap_or(0), self.glyphs.last_mut()) {
            (0, Some(last)) if letter => {
                self.text.push(c);
                last.end = self.text.len();
            }
            (0, _) => self.glyph(&format!("{BASE}{c}"), 1),
            (width, _) => self.glyph(c.encode_utf8(&mut [0; 4]), width),
        }
        true
    }

    fn push_mark(&mut self, c: char) {
        for mark in format!("<U+{:04X}>", u32::from(c)).chars() {
            self.text.push(mark);
            self.glyphs.push(Glyph { end: self.text.len(), width: 1, kind: Kind::Mark });
        }
    }

    fn glyph(&mut self, glyph: &str, width: usize) {
        let breaking = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}');
        let kind = if glyph.chars().all(breaking) { Kind::Blank } else { Kind::Ink };
        self.text.push_str(glyph);
        self.glyphs.push(Glyph { end: self.text.len(), width, kind });
    }

    /// The same in lines of at most `width` columns, broken at blanks, and within a word only when it is longer than a
    /// line. Blanks at a break are not kept; nothing else is left out.
    pub fn wrap(&self, width: usize) -> Vec<Self> {
        let width = width.max(1);
        if self.width() <= width {
            return vec![self.clone()];
        }
        if width == 1 && self.glyphs.iter().any(|g| g.width > 1) {
            return self.spelled_out().wrap(width);
        }
        let mut lines = Vec::new();
        let mut start = 0;
        while start < self.glyphs.len() {
            let cut = self.cut(start, width);
            let trailing = self.glyphs[start..cut].iter().rev().take_while(|g| g.kind == Kind::Blank).count();
            lines.push(self.part(start, cut - trailing));
            let skipped = self.glyphs[cut..].iter().take_while(|g| g.kind == Kind::Blank).count();
            start = if cut == self.glyphs.len() { cut } else { cut + skipped };
        }
        lines
    }

    /// The glyph at which the line that begins at `start` has to end.
    fn cut(&self, start: usize, width: usize) -> usize {
        let mut columns = 0;
        let fits = |g: &&Glyph| {
            columns += g.width;
            columns <= width
        };
        let end = start + self.glyphs[start..].iter().take_while(fits).count().max(1);
        match self.glyphs.get(end) {
            None => return self.glyphs.len(),
            Some(g) if g.kind == Kind::Blank => return end,
            Some(_) => {}
        }
        let line = &self.glyphs[start..end];
        let indent = line.iter().take_while(|g| g.kind == Kind::Blank).count();
        match line.iter().rposition(|g| g.kind == Kind::Blank) {
            Some(blank) if blank >= indent => start + blank + 1,
            Some(_) | None => end,
        }
    }

    /// With every wide glyph as a mark: for a place one column wide.
    fn spelled_out(&self) -> Self {
        let mut out = Self::default();
        let mut from = 0;
        for glyph in &self.glyphs {
            let text = &self.text[from..glyph.end];
            from = glyph.end;
            if glyph.width > 1 {
                text.chars().for_each(|c| out.push_mark(c));
            } else {
                out.text.push_str(text);
                out.glyphs.push(Glyph { end: out.text.len(), ..*glyph });
            }
        }
        out
    }

    /// The glyphs from `start` to before `end`.
    fn part(&self, start: usize, end: usize) -> Self {
        let from = start.checked_sub(1).map_or(0, |before| self.glyphs[before].end);
        let to = end.checked_sub(1).map_or(0, |last| self.glyphs[last].end).max(from);
        let glyphs = self.glyphs[start..end.max(start)].iter().map(|g| Glyph { end: g.end - from, ..*g });
        Self { text: self.text[from..to].to_owned(), glyphs: glyphs.collect() }
    }

    /// The first `width` columns of it.
    pub fn clip(&self, width: usize) -> Self {
        let mut columns = 0;
        let fits = |g: &&Glyph| {
            columns += g.width;
            columns <= width
        };
        self.part(0, self.glyphs.iter().take_while(fits).count())
    }

    /// At most `width` columns of it; what was cut shows as `…`.
    pub fn fit(self, width: usize) -> Self {
        if self.width() <= width {
            return self;
        }
        let mut out = self.clip(width.saturating_sub(1));
        if width > 0 {
            out.glyph("…", 1);
        }
        out
    }

    /// Draws it at the top left of `area`, as far as it fits there; `mark` is the style of what cannot be seen.
    pub fn draw(&self, buffer: &mut Buffer, area: Rect, style: Style, mark: Style) {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        let (mut x, mut from) = (area.x, 0);
        for glyph in &self.glyphs {
            let next = x.saturating_add(u16::try_from(glyph.width).unwrap_or(u16::MAX));
            if next > area.right() {
                return;
            }
            let style = if glyph.kind == Kind::Mark { style.patch(mark) } else { style };
            buffer[(x, area.y)].set_symbol(&self.text[from..glyph.end]).set_style(style);
            for covered in x + 1..next {
                buffer[(covered, area.y)].set_symbol(" ").set_style(style);
            }
            (x, from) = (next, glyph.end);
        }
    }
}

#[cfg(test)]
mod tests {
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
    fn marks_and_wide_letters_take_their_columns() {
        let line = Safe::line("e\u{301}中\u{301}");
        assert_eq!((line.width(), line.as_str()), (3, "e\u{301}中\u{301}"));
        assert_eq!(Safe::line("\u{301}x").as_str(), "◌\u{301}x");
        assert_eq!(shown("中", 1).concat(), "<U+4E2D>");
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
                c if is_marked(c) => out.push_str(&format!("<U+{:04X}>", u32::from(c))),
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
}
