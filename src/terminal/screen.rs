//! The screen: taken over, drawn on, and given back whatever happens.

use super::clipboard;
use crate::desk::{Model, ThemeName};
use crate::view::{Layout, Look, view};
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, execute};
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use std::io::{self, BufWriter, Stdout, Write as _};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

static PANICKED: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// True once any thread has panicked: the screen was given back then, and must not be drawn on again.
pub fn panicked() -> bool {
    PANICKED.load(Ordering::Acquire)
}

/// The terminal while the desk has it.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    /// The frame that is on the terminal.
    shown: Buffer,
    /// Where the cursor is, if it is shown.
    cursor: Option<Position>,
    theme: ThemeName,
    look: Look,
    gone: bool,
}

/// A whole frame fits, so that it is written at once.
const FRAME_BYTES: usize = 64 * 1024;

impl Screen {
    /// Takes the terminal over.
    pub fn enter(theme: ThemeName) -> io::Result<Self> {
        HOOK.call_once(install_hook);
        let mut out = BufWriter::with_capacity(FRAME_BYTES, io::stdout());
        enable_raw_mode()?;
        if let Err(error) =
            execute!(out, EnterAlternateScreen, EnableBracketedPaste, EnableMouseCapture, cursor::Hide)
        {
            give_back();
            return Err(error);
        }
        let terminal = Terminal::new(CrosstermBackend::new(out)).inspect_err(|_| give_back())?;
        let look = Look::new(theme, TimeZone::system());
        Ok(Self { terminal, shown: Buffer::default(), cursor: None, theme, look, gone: false })
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        self.terminal.size().map_or((80, 24), |size| (size.width, size.height))
    }

    /// Draws the model; sends nothing when the frame is the one that is shown. Returns what can be clicked.
    pub fn draw(&mut self, model: &Model) -> Layout {
        if self.gone || panicked() {
            return Layout::default();
        }
        // A terminal that cannot be written to is a terminal that is gone; the hang-up follows.
        self.try_draw(model).unwrap_or_else(|_| {
            self.gone = true;
            Layout::default()
        })
    }

    fn try_draw(&mut self, model: &Model) -> io::Result<Layout> {
        if self.theme != model.theme {
            self.theme = model.theme;
            self.look = Look::new(model.theme, self.look.zone.clone());
        }
        self.terminal.autoresize()?;
        let mut frame = self.terminal.get_frame();
        let layout = view(model, &self.look, &mut frame);
        let mut next = std::mem::take(self.terminal.current_buffer_mut());
        if self.shown.area != next.area {
            self.shown = Buffer::empty(next.area);
        }
        // One comparison, which is also the list of what to send: ratatui's own would need a copy of every frame.
        let mut updates = self.shown.diff_iter(&next).peekable();
        let same = updates.peek().is_none() && layout.cursor == self.cursor;
        if !same {
            self.terminal.backend_mut().draw(updates)?;
        }
        std::mem::swap(&mut self.shown, &mut next);
        next.reset();
        *self.terminal.current_buffer_mut() = next;
        if same {
            return Ok(layout);
        }
        match layout.cursor {
            // Past ratatui's own bookkeeping, which would write to a terminal that is gone when it is dropped.
            Some(position) => {
                execute!(self.terminal.backend_mut(), cursor::MoveTo(position.x, position.y), cursor::Show)?;
            }
            None if self.cursor.is_some() => execute!(self.terminal.backend_mut(), cursor::Hide)?,
            None => {}
        }
        self.cursor = layout.cursor;
        Backend::flush(self.terminal.backend_mut())?;
        Ok(layout)
    }

    /// Forgets what is on the terminal, so that the next frame is drawn whole.
    pub fn refresh(&mut self) {
        if !self.gone {
            self.gone = self.terminal.clear().is_err();
            self.shown = Buffer::default();
            self.cursor = None;
        }
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
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TSTP);
            // Here the program was stopped; the shell has continued it.
            let again = enable_raw_mode().and_then(|()| {
                let out = self.terminal.backend_mut();
                execute!(out, EnterAlternateScreen, EnableBracketedPaste, EnableMouseCapture, cursor::Hide)
            });
            self.gone = again.is_err();
            self.refresh();
        }
    }

    /// Puts `text` on the clipboard.
    pub fn copy(&mut self, text: &str) {
        let out = self.terminal.backend_mut();
        let sent = out.write_all(clipboard::osc52(text).as_bytes()).and_then(|()| io::Write::flush(out));
        if sent.is_err() {
            self.gone = true;
        }
        clipboard::to_system(text);
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if !self.gone && !panicked() {
            give_back();
        }
    }
}

/// Gives the terminal back. Errors are left: there is nothing more to try.
fn give_back() {
    let mut out = io::stdout();
    let _ = execute!(out, DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
    let _ = disable_raw_mode();
}

/// A panic on any thread gives the terminal back first, and says where it was, but not what its message held: that could
/// be a customer's data.
fn install_hook() {
    std::panic::set_hook(Box::new(|info| {
        if !PANICKED.swap(true, Ordering::AcqRel) {
            give_back();
        }
        let place = info.location().map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
        let mut err = io::stderr().lock();
        let _ = writeln!(
            err,
            "pxdesk met an error of its own{place} and stopped. Nothing is lost: every order is in the journal."
        );
        let _ = writeln!(err, "Start pxdesk again; an order that was being completed is shown as in doubt.");
    }));
}
