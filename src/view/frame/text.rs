//! The one way in which a text becomes cells: nothing dropped, nothing interpreted, everything visible.
//!
//! ratatui's own spans drop graphemes that hold a control character (`$10<TAB>20` becomes `$1020`) and hand bidirectional
//! overrides to the terminal, so no text of a server or a person goes to a widget: it becomes a [`Safe`] line first, whose
//! cells are set one by one.

use crate::order::is_invisible;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::ops::Range;
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

/// What one cell, or two, will hold: small, since a screen has thousands of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Glyph {
    /// Where it ends in the text, in bytes. No text on a screen is longer.
    end: u32,
    width: u8,
    kind: Kind,
}

impl Glyph {
    fn new(end: usize, width: usize, kind: Kind) -> Self {
        let (end, width) = (u32::try_from(end).unwrap_or(u32::MAX), u8::try_from(width).unwrap_or(u8::MAX));
        Self { end, width, kind }
    }

    fn end(self) -> usize {
        self.end as usize
    }

    fn width(self) -> usize {
        self.width.into()
    }

    /// The same glyph in another text.
    fn ending_at(self, end: usize) -> Self {
        Self::new(end, self.width(), self.kind)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ink,
    /// A blank after which a line may end.
    Blank,
    /// Part of a `<U+XXXX>` that stands for a character nobody could see.
    Mark,
}

/// True for what is written as `<U+XXXX>`. Variation selectors and skin tones are among it, and the one letter that is
/// three columns wide: terminals disagree on their width, and a column too many or too few would move a price.
fn is_marked(c: char) -> bool {
    is_invisible(c) || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{17d8}')
}

/// How many letters at the beginning of `text` are printable ASCII, and no part of what a reader sees as one character with
/// what follows.
fn plain(text: &str) -> usize {
    let bytes = text.as_bytes();
    let other = bytes.iter().position(|byte| !matches!(byte, b' '..=b'~'));
    // A mark may stand on the last one.
    other.map_or(bytes.len(), |at| if bytes[at].is_ascii() { at } else { at.saturating_sub(1) })
}

impl Safe {
    /// No text yet, and room for so many columns of it.
    pub fn with_room(columns: usize) -> Self {
        Self { text: String::with_capacity(columns), glyphs: Vec::with_capacity(columns) }
    }

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
        self.width_of(0..self.glyphs.len())
    }

    /// The columns that these of its glyphs take.
    pub fn width_of(&self, glyphs: Range<usize>) -> usize {
        self.glyphs[glyphs].iter().map(|g| g.width()).sum()
    }

    /// How many of its glyphs are no blanks. Lines of a paragraph have the same in all, at whatever width.
    pub fn ink(&self) -> usize {
        self.glyphs.iter().filter(|glyph| glyph.kind != Kind::Blank).count()
    }

    /// What is seen.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Adds `text` at its end, cut to `width` as [`Safe::fit`] cuts it. Returns which of the glyphs it became.
    pub fn add(&mut self, text: &str, width: usize) -> Range<usize> {
        let from = self.glyphs.len();
        if text.len() <= width && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            // Nearly every text: it fits, and needs no place of its own first.
            self.push_plain(text);
        } else {
            self.extend(&Self::line(text).fit(width));
        }
        from..self.glyphs.len()
    }

    /// Adds the glyphs of `other` at its end. Returns which of the glyphs they became.
    pub fn extend(&mut self, other: &Self) -> Range<usize> {
        let (from, before) = (self.glyphs.len(), self.text.len());
        self.text.push_str(&other.text);
        self.glyphs.extend(other.glyphs.iter().map(|glyph| glyph.ending_at(before + glyph.end())));
        from..self.glyphs.len()
    }

    fn push(&mut self, text: &str) {
        self.text.reserve(text.len());
        self.glyphs.reserve(text.len());
        let mut rest = text;
        loop {
            let (letters, others) = rest.split_at(plain(rest));
            self.push_plain(letters);
            rest = others;
            let Some(first) = rest.chars().next() else { return };
            let len = if is_marked(first) {
                first.len_utf8()
            } else {
                rest.graphemes(true).next().map_or(first.len_utf8(), str::len)
            };
            let (cluster, tail) = rest.split_at(len);
            self.push_cluster(cluster);
            rest = tail;
        }
    }

    /// Nearly all of every text: one letter, one column.
    fn push_plain(&mut self, text: &str) {
        let before = self.text.len();
        self.text.push_str(text);
        self.glyphs.extend(text.bytes().zip(before + 1..).map(|(byte, end)| {
            let kind = if byte == b' ' { Kind::Blank } else { Kind::Ink };
            Glyph::new(end, 1, kind)
        }));
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
                *last = last.ending_at(self.text.len());
            }
            (0, _) => self.glyph(&format!("{BASE}{c}"), 1),
            (width, _) => self.glyph(c.encode_utf8(&mut [0; 4]), width),
        }
        // A mark on a blank would go with it at the end of a line.
        !c.is_whitespace()
    }

    fn push_mark(&mut self, c: char) {
        for mark in format!("<U+{:04X}>", u32::from(c)).chars() {
            self.text.push(mark);
            self.glyphs.push(Glyph::new(self.text.len(), 1, Kind::Mark));
        }
    }

    fn glyph(&mut self, glyph: &str, width: usize) {
        let breaking = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}');
        let kind = if glyph.chars().all(breaking) { Kind::Blank } else { Kind::Ink };
        self.text.push_str(glyph);
        self.glyphs.push(Glyph::new(self.text.len(), width, kind));
    }

    /// The same in lines of at most `width` columns, broken at blanks, and within a word only when it is longer than a
    /// line. Blanks at a break are not kept; nothing else is left out.
    pub fn wrap(&self, width: usize) -> Vec<Self> {
        let width = width.max(1);
        if self.width() <= width {
            return vec![self.clone()];
        }
        if width == 1 && self.glyphs.iter().any(|g| g.width() > 1) {
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
            columns += g.width();
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
            let text = &self.text[from..glyph.end()];
            from = glyph.end();
            if glyph.width() > 1 {
                text.chars().for_each(|c| out.push_mark(c));
            } else {
                out.text.push_str(text);
                out.glyphs.push(glyph.ending_at(out.text.len()));
            }
        }
        out
    }

    /// The glyphs from `start` to before `end`.
    fn part(&self, start: usize, end: usize) -> Self {
        let from = start.checked_sub(1).map_or(0, |before| self.glyphs[before].end());
        let to = end.checked_sub(1).map_or(0, |last| self.glyphs[last].end()).max(from);
        let glyphs = self.glyphs[start..end.max(start)].iter().map(|g| g.ending_at(g.end() - from));
        Self { text: self.text[from..to].to_owned(), glyphs: glyphs.collect() }
    }

    /// The first `width` columns of it.
    #[must_use]
    pub fn clip(&self, width: usize) -> Self {
        let mut columns = 0;
        let fits = |g: &&Glyph| {
            columns += g.width();
            columns <= width
        };
        self.part(0, self.glyphs.iter().take_while(fits).count())
    }

    /// At most `width` columns of it; what was cut shows as `…`.
    #[must_use]
    pub fn fit(self, width: usize) -> Self {
        if self.width() <= width {
            return self;
        }
        self.shortened(width)
    }

    /// As much of it as fits `width` columns with a `…` at its end.
    #[must_use]
    pub fn shortened(&self, width: usize) -> Self {
        let mut out = self.clip(width.saturating_sub(1));
        if width > 0 {
            out.glyph("…", 1);
        }
        out
    }

    /// Draws it at the top left of `area`, as far as it fits there; `mark` is the style of what cannot be seen.
    pub fn draw(&self, buffer: &mut Buffer, area: Rect, style: Style, mark: Style) {
        self.draw_part(0..self.glyphs.len(), buffer, area, (style, mark));
    }

    /// Draws these of its glyphs.
    pub fn draw_part(
        &self,
        glyphs: Range<usize>,
        buffer: &mut Buffer,
        area: Rect,
        (style, mark): (Style, Style),
    ) {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        let start = buffer.index_of(area.x, area.y);
        let cells = &mut buffer.content[start..start + usize::from(area.width)];
        let before = glyphs.start.checked_sub(1).map_or(0, |before| self.glyphs[before].end());
        let (mut column, mut from) = (0, before);
        for glyph in &self.glyphs[glyphs] {
            let Some((first, covered)) =
                cells.get_mut(column..column + glyph.width()).and_then(<[Cell]>::split_first_mut)
            else {
                return;
            };
            let style = if glyph.kind == Kind::Mark { style.patch(mark) } else { style };
            first.set_symbol(&self.text[from..glyph.end()]).set_style(style);
            for cell in covered {
                cell.set_symbol(" ").set_style(style);
            }
            (column, from) = (column + glyph.width(), glyph.end());
        }
    }
}

#[cfg(test)]
mod tests;
