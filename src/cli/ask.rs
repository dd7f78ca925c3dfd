//! Asking a person at the terminal for what nobody may read over their shoulder.

use super::{Exit, Failed};
use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use zeroize::Zeroizing;

/// More than any key and secret need.
pub const LONGEST: usize = 4096;
/// How often a prompt looks whether it was told to end.
const TICK: Duration = Duration::from_millis(100);

/// Asks for a line at each of `prompts`, and shows nothing of the answers: the lines, each with its end. A signal ends it,
/// and the terminal is as it was.
pub async fn hushed(prompts: &'static [&'static str]) -> Result<Zeroizing<String>, Failed> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    let mut asking = tokio::task::spawn_blocking(move || {
        let mut text = Zeroizing::new(String::with_capacity(LONGEST + prompts.len()));
        // For all at once: what is typed ahead is not shown either.
        let _hushed = Hushed::begin()?;
        for prompt in prompts {
            prompt_for(prompt, &mut text, &asked)?;
            text.push('\n');
        }
        io::Result::Ok(text)
    });
    let text = tokio::select! {
        text = &mut asking => text,
        () = super::asked_to_end() => {
            stop.store(true, Ordering::Release);
            asking.await
        }
    };
    let unexpected = |e: &dyn std::fmt::Display| {
        Failed::new(Exit::Unexpected, format!("cannot ask at this terminal: {e}"))
    };
    match text.map_err(|e| unexpected(&e))? {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => {
            Err(Failed::new(Exit::BadInput, "broken off; nothing was stored"))
        }
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Err(too_long()),
        Err(error) => Err(unexpected(&error)),
    }
}

/// That somebody typed, or sent, more than is kept.
pub fn too_long() -> Failed {
    Failed::new(
        Exit::BadInput,
        format!("this is longer than {LONGEST} bytes, the most that is kept; nothing was stored"),
    )
}

/// The terminal without echo, until dropped.
struct Hushed;

impl Hushed {
    fn begin() -> io::Result<Self> {
        enable_raw_mode()?;
        Ok(Self)
    }
}

impl Drop for Hushed {
    fn drop(&mut self) {
        // Nothing else can be done for a terminal that is gone.
        let _ = disable_raw_mode();
    }
}

/// Asks for one line and adds it to `text`.
fn prompt_for(prompt: &str, text: &mut String, stop: &AtomicBool) -> io::Result<()> {
    let mut err = io::stderr();
    write!(err, "{prompt}")?;
    err.flush()?;
    let typed = type_line(text, stop);
    write!(err, "\r\n")?;
    typed
}

/// Adds one typed line to `text`. [`io::ErrorKind::Interrupted`] when the person broke it off, or `stop` was set;
/// [`io::ErrorKind::FileTooLarge`] when there was no room for all of it.
fn type_line(text: &mut String, stop: &AtomicBool) -> io::Result<()> {
    let start = text.len();
    let mut is_cut = false;
    loop {
        if stop.load(Ordering::Acquire) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if !event::poll(TICK)? {
            continue;
        }
        match event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => match typed(key) {
                Typed::Char(c) if text.len() + c.len_utf8() < LONGEST => text.push(c),
                Typed::Back if text.len() > start => {
                    text.pop();
                }
                Typed::Clear => {
                    text.truncate(start);
                    is_cut = false;
                }
                Typed::Done if is_cut => return Err(io::ErrorKind::FileTooLarge.into()),
                Typed::Done => return Ok(()),
                Typed::Break => return Err(io::ErrorKind::Interrupted.into()),
                Typed::Char(_) => is_cut = true,
                Typed::Back | Typed::Nothing => {}
            },
            Event::Key(_)
            | Event::Paste(_)
            | Event::Mouse(_)
            | Event::Resize(..)
            | Event::FocusGained
            | Event::FocusLost => {}
        }
    }
}

/// What a key means at a prompt.
#[derive(Debug, PartialEq)]
enum Typed {
    Char(char),
    Back,
    Clear,
    Done,
    Break,
    Nothing,
}

fn typed(key: KeyEvent) -> Typed {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Enter => Typed::Done,
        KeyCode::Backspace => Typed::Back,
        KeyCode::Esc => Typed::Break,
        KeyCode::Char('c' | 'd') if control => Typed::Break,
        KeyCode::Char('j' | 'm') if control => Typed::Done,
        KeyCode::Char('h') if control => Typed::Back,
        KeyCode::Char('u') if control => Typed::Clear,
        KeyCode::Char(c) if !control => Typed::Char(c),
        _ => Typed::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_at_a_prompt() {
        let control = |c| typed(KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL));
        assert_eq!(control('c'), Typed::Break);
        assert_eq!(control('u'), Typed::Clear);
        assert_eq!(control('x'), Typed::Nothing);
        assert_eq!(typed(KeyCode::Char('C').into()), Typed::Char('C'));
        assert_eq!(typed(KeyCode::Left.into()), Typed::Nothing);
    }
}
