//! The picture in the README: the real screen of the real program, drawn as SVG.

use crate::kit::{Home, order};
use crate::pty::Desk;
use std::fmt::Write as _;

/// Makes `assets/screen.svg` anew: `cargo test --test it -- --ignored picture`.
#[test]
#[ignore = "writes the picture in assets"]
fn picture() {
    let home = Home::empty();
    let mut desk = Desk::open(&home, 104, 30);
    let mut order = order("20261120");
    let prepared = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(17);
    order["preparedAt"] = prepared.to_string().into();
    desk.shows("10 open")
        .keys("n")
        .keys(&format!("\x1b[200~{order}\x1b[201~"))
        .shows("T-2026")
        .keys("\x13")
        .shows("RCC text retrieved");
    desk.keys("\r").shows("read this now");
    for next in ["Space: section 2 of", "Space: section 3 of"] {
        // A section takes a moment even at the pace of these tests.
        std::thread::sleep(std::time::Duration::from_millis(300));
        desk.keys(" ").shows(next);
    }
    let svg = desk.with_screen(draw);
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/screen.svg"), svg).unwrap();
}

const CELL: (u32, u32) = (8, 17);

fn draw(screen: &vt100::Screen) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let (width, height) = (u32::from(columns) * CELL.0 + 16, u32::from(rows) * CELL.1 + 16);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace, Menlo, Consolas, monospace\" \
         font-size=\"13\">\n<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#14161b\"/>\n"
    );
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            let run = Run::from(screen, row, column, columns);
            run.draw(row, column, &mut svg);
            column += run.cells;
        }
    }
    svg + "</svg>\n"
}

/// Neighbouring cells of one look.
struct Run {
    front: String,
    back: String,
    bold: bool,
    faint: bool,
    text: String,
    cells: u16,
}

impl Run {
    fn from(screen: &vt100::Screen, row: u16, start: u16, columns: u16) -> Self {
        let look = |column| {
            screen.cell(row, column).map(|c| (c.fgcolor(), c.bgcolor(), c.inverse(), c.bold(), c.dim()))
        };
        let same = (start..columns).take_while(|column| look(*column) == look(start)).count();
        let cell = |column| {
            screen.cell(row, column).map_or(" ", |c| if c.contents().is_empty() { " " } else { c.contents() })
        };
        let cells = u16::try_from(same).unwrap();
        let text = (start..start + cells).map(cell).collect();
        let (front, back, inverse, bold, faint) = look(start).unwrap();
        let (mut front, mut back) = (colour(front, "#d5d7dd"), colour(back, "none"));
        if inverse {
            (front, back) = (if back == "none" { "#14161b".to_owned() } else { back }, front);
        }
        Self { front, back, bold, faint, text, cells }
    }

    fn draw(&self, row: u16, column: u16, svg: &mut String) {
        let (x, y) = (8 + u32::from(column) * CELL.0, 8 + u32::from(row) * CELL.1);
        let width = u32::from(self.cells) * CELL.0;
        if self.back != "none" {
            let _ = writeln!(
                svg,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{}\"/>",
                CELL.1, self.back
            );
        }
        if self.text.trim().is_empty() {
            return;
        }
        let text = self.text.replace('&', "&amp;").replace('<', "&lt;");
        let weight = if self.bold { " font-weight=\"bold\"" } else { "" };
        let faint = if self.faint { " opacity=\"0.6\"" } else { "" };
        let _ = writeln!(
            svg,
            "<text x=\"{x}\" y=\"{}\" textLength=\"{width}\" xml:space=\"preserve\" fill=\"{}\"{weight}{faint}>{text}</text>",
            y + 13,
            self.front
        );
    }
}

fn colour(colour: vt100::Color, default: &str) -> String {
    const ANSI: [&str; 16] = [
        "#1d1f24", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4", "#7f848e",
        "#f0868f", "#b1d196", "#f0d399", "#82c3f7", "#d7a1e7", "#7fd1db", "#ffffff",
    ];
    match colour {
        vt100::Color::Default => default.to_owned(),
        vt100::Color::Idx(i @ 0..=15) => ANSI[usize::from(i)].to_owned(),
        vt100::Color::Idx(i @ 16..=231) => {
            let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * u32::from(n) };
            let i = i - 16;
            format!("#{:02x}{:02x}{:02x}", level(i / 36), level(i / 6 % 6), level(i % 6))
        }
        vt100::Color::Idx(i) => {
            let grey = 8 + 10 * u32::from(i - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
        vt100::Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
    }
}
