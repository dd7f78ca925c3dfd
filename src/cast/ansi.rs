//! Cells as a terminal is told of them.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr;

/// An empty screen, without a cursor.
pub const BEGIN: &str = "\x1b[?25l\x1b[0m\x1b[2J\x1b[H";

/// The cursor is shown again, at the foot of a screen of so many rows, where a shell goes on.
pub fn end(height: u16) -> String {
    format!("\x1b[0m\x1b[{height};1H\x1b[?25h")
}

/// What makes `next` of `shown`, which has the same size; empty when they are the same.
pub fn difference(shown: &Buffer, next: &Buffer) -> String {
    let mut pen = Pen::default();
    for y in next.area.top()..next.area.bottom() {
        // What half a wide letter leaves behind differs between terminals: its row is written anew.
        let whole = [shown, next].iter().any(|buffer| row(buffer, y).any(|cell| symbol(cell).width() > 1));
        let whole = whole && !row(shown, y).eq(row(next, y));
        let mut covered = 0;
        for (x, cell) in (next.area.left()..).zip(row(next, y)) {
            if covered > 0 {
                covered -= 1;
                continue;
            }
            let fits = symbol(cell).width() <= usize::from(next.area.right() - x);
            let symbol = if fits { symbol(cell) } else { " " };
            covered = symbol.width().saturating_sub(1);
            if whole || shown.cell((x, y)) != Some(cell) {
                pen.write((x, y), cell, symbol, next.area.right());
            }
        }
    }
    pen.out
}

fn row(buffer: &Buffer, y: u16) -> impl Iterator<Item = &Cell> {
    (buffer.area.left()..buffer.area.right()).filter_map(move |x| buffer.cell((x, y)))
}

/// What writes on the terminal, and remembers what it need not say again.
#[derive(Default)]
struct Pen {
    out: String,
    style: Option<(Color, Color, Modifier)>,
    /// Where the cursor stands after what was written last.
    cursor: Option<(u16, u16)>,
}

impl Pen {
    fn write(&mut self, (x, y): (u16, u16), cell: &Cell, symbol: &str, right: u16) {
        if self.cursor != Some((x, y)) {
            let _ = write!(self.out, "\x1b[{};{}H", y + 1, x + 1);
        }
        let style = (cell.fg, cell.bg, cell.modifier);
        if self.style != Some(style) {
            select(&mut self.out, style);
            self.style = Some(style);
        }
        self.out.push_str(symbol);
        let after = x + u16::try_from(symbol.width()).unwrap_or(1);
        // At the end of a row, terminals disagree on where the cursor is.
        self.cursor = (after < right).then_some((after, y));
    }
}

/// What stands in the cell. What would steer the terminal is never drawn by the view, and does not leave here either.
fn symbol(cell: &Cell) -> &str {
    let symbol = cell.symbol();
    if symbol.is_empty() || symbol.chars().any(char::is_control) { " " } else { symbol }
}

/// Selects a style, whatever was selected before.
fn select(out: &mut String, (fg, bg, modifier): (Color, Color, Modifier)) {
    out.push_str("\x1b[0");
    let names = [
        (Modifier::BOLD, 1),
        (Modifier::DIM, 2),
        (Modifier::ITALIC, 3),
        (Modifier::UNDERLINED, 4),
        (Modifier::SLOW_BLINK, 5),
        (Modifier::RAPID_BLINK, 6),
        (Modifier::REVERSED, 7),
        (Modifier::HIDDEN, 8),
        (Modifier::CROSSED_OUT, 9),
    ];
    for (_, number) in names.into_iter().filter(|(name, _)| modifier.contains(*name)) {
        let _ = write!(out, ";{number}");
    }
    color(out, fg, 30);
    color(out, bg, 40);
    out.push('m');
}

/// A color, of the letters (`base` 30) or of what is behind them (40).
fn color(out: &mut String, color: Color, base: u8) {
    let number = match color {
        Color::Reset => return,
        Color::Indexed(index) => {
            let _ = write!(out, ";{};5;{index}", base + 8);
            return;
        }
        Color::Rgb(r, g, b) => {
            let _ = write!(out, ";{};2;{r};{g};{b}", base + 8);
            return;
        }
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 60,
        Color::LightRed => 61,
        Color::LightGreen => 62,
        Color::LightYellow => 63,
        Color::LightBlue => 64,
        Color::LightMagenta => 65,
        Color::LightCyan => 66,
        Color::White => 67,
    };
    let _ = write!(out, ";{}", base + number);
}
