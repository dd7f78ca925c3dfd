//! The floor of the terminal: a list with a selection and an input line on ratatui and crossterm, and nothing else.

use crossterm::event::{
    DisableBracketedPaste, EnableBracketedPaste, Event, KeyCode, KeyEventKind, poll, read,
};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Modifier, Style};
use ratatui::widgets::{List, ListState, Paragraph};
use ratatui::{Frame, Terminal};
use std::io::{self, BufWriter};
use std::time::Duration;

/// Makes this program that app.
pub const ARGUMENT: &str = "--bare-app";

/// A full screen of them beside the input line. 200 keys do not come round to the row they began at.
const ROWS: usize = 39;

struct App {
    rows: Vec<String>,
    chosen: ListState,
    input: String,
}

/// Runs it until `q` is pressed.
pub fn run() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
    let mut terminal = Terminal::new(CrosstermBackend::new(BufWriter::new(io::stdout())))?;
    let rows = (0..ROWS).map(|n| format!("T-{n:05}  a row of a list, as long as rows of lists are"));
    let mut app = App {
        rows: rows.collect(),
        chosen: ListState::default().with_selected(Some(0)),
        input: String::new(),
    };
    loop {
        terminal.draw(|frame| app.draw(frame))?;
        // Whatever else is there already is taken in before the next frame.
        let mut quit = app.take(read()?);
        while poll(Duration::ZERO)? {
            quit |= app.take(read()?);
        }
        if quit {
            break;
        }
    }
    execute!(io::stdout(), DisableBracketedPaste, LeaveAlternateScreen, crossterm::cursor::Show)?;
    disable_raw_mode()
}

impl App {
    fn draw(&mut self, frame: &mut Frame<'_>) {
        let [list, line] = Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(frame.area());
        let rows = List::new(self.rows.iter().map(String::as_str))
            .highlight_symbol("▸ ")
            .highlight_style(Style::new().add_modifier(Modifier::REVERSED));
        frame.render_stateful_widget(rows, list, &mut self.chosen);
        // The end of the text, as far as it fits.
        let start = self.input.len().saturating_sub(usize::from(line.width) - 2);
        frame.render_widget(
            Paragraph::new(format!("> {}", self.input.get(start..).unwrap_or_default())),
            line,
        );
    }

    /// True when it was asked to quit.
    fn take(&mut self, event: Event) -> bool {
        let row = self.chosen.selected().unwrap_or_default();
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => match key.code {
                KeyCode::Char('q') => return true,
                KeyCode::Down => self.chosen.select(Some((row + 1) % ROWS)),
                KeyCode::Up => self.chosen.select(Some((row + ROWS - 1) % ROWS)),
                _ => {}
            },
            Event::Paste(text) => self.input.push_str(&text),
            _ => {}
        }
        false
    }
}
