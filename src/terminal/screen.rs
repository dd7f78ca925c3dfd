//! The screen: taken over, drawn on, and given back whatever happens.

use super::{clipboard, panics};
use crate::desk::{Model, ThemeName};
use crate::order::is_invisible;
use crate::session::local_zone;
use crate::view::{Layout, Look, view};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
    EnableMouseCapture, KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::io::{self, BufWriter, Stdout, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The terminal while the desk has it.
pub struct Screen {
    /// Not ratatui's own `Terminal`, which keeps two frames besides the one that is shown here.
    terminal: CrosstermBackend<BufWriter<Stdout>>,
    /// The frame that is on the terminal.
    shown: Buffer,
    /// What the next frame is drawn on.
    next: Buffer,
    /// Where the cursor is, if it is shown.
    cursor: Option<Position>,
    theme: ThemeName,
    look: Look,
    gone: bool,
}

/// Since when the terminal has been written to, while it is.
static WRITING: Mutex<Option<Instant>> = Mutex::new(None);

/// True once the terminal has taken nothing for so long: whoever is writing to it may wait for ever.
pub fn hangs(longest: Duration) -> bool {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|since| since.elapsed() > longest)
}

/// Writes to the terminal.
fn writing<T>(write: impl FnOnce() -> T) -> T {
    let note = |since| *WRITING.lock().unwrap_or_else(PoisonError::into_inner) = since;
    note(Some(Instant::now()));
    let written = write();
    note(None);
    written
}

/// A whole frame fits, so that it is written at once.
const FRAME_BYTES: usize = 64 * 1024;

/// Stops the program as SIGTSTP would, which is listened for: and like it, not where no shell could continue it.
pub fn stop() {
    #[cfg(unix)]
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TTIN);
}

impl Screen {
    /// How many rows the terminal has, if it says so.
    pub fn lines() -> Option<u16> {
        crossterm::terminal::size().ok().map(|(_, rows)| rows)
    }

    /// Takes the terminal over.
    pub fn enter(theme: ThemeName) -> io::Result<Self> {
        panics::watch(give_back);
        let mut out = BufWriter::with_capacity(FRAME_BYTES, io::stdout());
        take(&mut out).inspect_err(|_| give_back())?;
        let terminal = CrosstermBackend::new(out);
        let look = Look::new(theme, local_zone());
        let (shown, next) = (Buffer::default(), Buffer::default());
        Ok(Self { terminal, shown, next, cursor: None, theme, look, gone: false })
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        self.terminal.size().map_or((80, 24), |size| (size.width, size.height))
    }

    /// The frame that is on the terminal.
    pub fn shown(&self) -> &Buffer {
        &self.shown
    }

    /// Draws the model; sends nothing when the frame is the one that is shown. Returns what can be clicked.
    pub fn draw(&mut self, model: &Model) -> Layout {
        if self.gone || panics::met() {
            return Layout::default();
        }
        // A terminal that cannot be written to is a terminal that is gone; the hang-up follows.
        writing(|| self.try_draw(model)).unwrap_or_else(|_| {
            self.gone = true;
            Layout::default()
        })
    }

    fn try_draw(&mut self, model: &Model) -> io::Result<Layout> {
        if self.theme != model.frame.theme {
            self.theme = model.frame.theme;
            self.look = Look::new(model.frame.theme, self.look.zone.clone());
        }
        let (width, height) = model.frame.size;
        if self.shown.area != Rect::new(0, 0, width, height) {
            self.begin_anew()?;
        }
        let layout = view(model, &self.look, &mut self.next);
        let mut updates = self.shown.diff_iter(&self.next).peekable();
        let same = updates.peek().is_none() && layout.cursor == self.cursor;
        if !same {
            self.terminal.draw(updates)?;
        }
        std::mem::swap(&mut self.shown, &mut self.next);
        if same {
            return Ok(layout);
        }
        match layout.cursor {
            Some(position) => {
                queue!(self.terminal, cursor::MoveTo(position.x, position.y), cursor::Show)?;
            }
            None if self.cursor.is_some() => queue!(self.terminal, cursor::Hide)?,
            None => {}
        }
        self.cursor = layout.cursor;
        Backend::flush(&mut self.terminal)?;
        Ok(layout)
    }

    /// Blanks the terminal, at the size that it has now.
    fn begin_anew(&mut self) -> io::Result<()> {
        let (width, height) = self.size();
        queue!(self.terminal, Clear(ClearType::All))?;
        self.shown = Buffer::empty(Rect::new(0, 0, width, height));
        self.next = self.shown.clone();
        Ok(())
    }

    /// The terminal is gone: nothing is written to it any more.
    pub fn lose(&mut self) {
        self.gone = true;
    }

    /// Gives the terminal back, stops, and takes it over again when the program is continued.
    pub fn suspend(&mut self) {
        #[cfg(unix)]
        {
            give_back();
            stop();
            self.take_again();
        }
    }

    /// Takes the terminal over again, whatever the shell has done with it, and draws the next frame whole.
    pub fn take_again(&mut self) {
        if self.gone {
            return;
        }
        // What was set before is set again: the shell may have changed it while the program was stopped.
        let again = writing(|| disable_raw_mode().and_then(|()| take(&mut self.terminal)));
        self.gone = again.is_err();
        self.shown = Buffer::default();
        self.cursor = None;
    }

    /// Puts `text` on the clipboard.
    pub fn copy(&mut self, text: &str) {
        self.send(&clipboard::osc52(text));
        clipboard::to_system(text);
    }

    /// Rings the bell, and has the terminal show `text` where it knows how to.
    pub fn notify(&mut self, text: &str) {
        self.send(&notification(text));
    }

    fn send(&mut self, sequence: &str) {
        if self.gone {
            return;
        }
        let out = &mut self.terminal;
        self.gone =
            writing(|| out.write_all(sequence.as_bytes()).and_then(|()| io::Write::flush(out))).is_err();
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if !self.gone && !panics::met() {
            give_back();
        }
    }
}

/// The bell and OSC 9. What could end the sequence, or begin another one, is left out.
fn notification(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !c.is_control() && !is_invisible(*c)).take(120).collect();
    format!("\x07\x1b]9;{visible}\x07")
}

fn take(out: &mut impl io::Write) -> io::Result<()> {
    enable_raw_mode()?;
    execute!(
        out,
        EnterAlternateScreen,
        EnableBracketedPaste,
        EnableMouseCapture,
        EnableFocusChange,
        cursor::Hide
    )?;
    if tells_held_keys() {
        execute!(out, PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::REPORT_EVENT_TYPES))?;
    }
    Ok(())
}

/// True for the terminals that are known to tell a held key from one that is pressed again. By name: asking the terminal
/// would hold the first frame up, for seconds where nothing answers.
fn tells_held_keys() -> bool {
    let is = |name: &str, known: &[&str]| {
        std::env::var(name).is_ok_and(|value| known.iter().any(|known| value.starts_with(known)))
    };
    is("TERM", &["xterm-kitty", "xterm-ghostty", "foot"]) || is("TERM_PROGRAM", &["ghostty", "kitty"])
}

/// Gives the terminal back.
fn give_back() {
    writing(try_give_back);
}

/// Errors are left: there is nothing more to try.
fn try_give_back() {
    let mut out = io::stdout();
    if tells_held_keys() {
        let _ = execute!(out, PopKeyboardEnhancementFlags);
    }
    let _ = execute!(
        out,
        DisableFocusChange,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_is_one_sequence_whatever_its_text_holds() {
        assert_eq!(
            notification("Order 1: the customer accepted"),
            "\x07\x1b]9;Order 1: the customer accepted\x07"
        );
        let hostile = notification("a\x07\x1b]52;c;eA==\x07\u{9d}b\u{202e}\nc");
        assert_eq!(hostile, "\x07\x1b]9;a]52;c;eA==bc\x07");
        assert_eq!(notification(&"x".repeat(500)).len(), 120 + 6);
    }
}
