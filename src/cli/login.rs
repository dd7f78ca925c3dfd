//! `login` and `logout`: the consumer key and secret into the place that the configuration names, and out of it.

use super::{Console, Exit, Failed};
use crate::config::Settings;
use crate::credentials::{self, Keeper};
use crate::order::Environment;
use crate::px::Credentials;
use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use zeroize::Zeroizing;

/// More than any key and secret need.
const LONGEST: usize = 4096;
/// How often a prompt looks whether it was told to end.
const TICK: Duration = Duration::from_millis(100);

/// Asks for key and secret, and stores them.
pub async fn login(settings: &Settings, named: bool, console: &Console) -> Result<Exit, Failed> {
    let keeper = keeper(settings, named, "login")?.clone();
    let credentials = if io::stdin().is_terminal() { ask().await? } else { read_lines()? };
    let place = keeper.store().to_string();
    on_a_thread(move || keeper.write(&credentials)).await?;
    let environment = settings.environment;
    console.note(&format!("the credentials for {environment} are in {place} now"));
    console.note(&format!("Next: pxdesk doctor -e {environment}"));
    Ok(Exit::Done)
}

/// Removes key and secret.
pub async fn logout(settings: &Settings, named: bool, console: &Console) -> Result<Exit, Failed> {
    let keeper = keeper(settings, named, "logout")?.clone();
    let place = keeper.store().to_string();
    let environment = settings.environment;
    if on_a_thread(move || keeper.remove()).await? {
        console.note(&format!("the credentials for {environment} are no longer in {place}"));
    } else {
        console.note(&format!("there were no credentials for {environment} in {place}"));
    }
    Ok(Exit::Done)
}

/// The keeper of the environment that was named with the command: neither command goes by a configuration or a
/// variable, for that could be production's.
fn keeper<'a>(settings: &'a Settings, named: bool, command: &str) -> Result<&'a Keeper, Failed> {
    let refuse = |what: &str| Failed {
        exit: Exit::BadInput,
        what: what.to_owned(),
        next: Some(format!(
            "Name it: pxdesk {command} -e {}, or -e {}",
            Environment::Sandbox,
            Environment::Production
        )),
    };
    if !named {
        return Err(refuse("the environment must be named"));
    }
    settings.credentials.as_ref().ok_or_else(|| {
        refuse("the embedded Px has no credentials: it takes any, and real ones are never shown to it")
    })
}

/// Waits for a keyring where waiting harms nothing.
async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, credentials::Error> + Send + 'static,
) -> Result<T, Failed> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|e| Failed::new(Exit::Unexpected, e.to_string()))?;
    done.map_err(|error| Failed {
        exit: Exit::Configuration,
        what: error.what(),
        next: Some(format!("Next: {}", error.next_step())),
    })
}

/// Two lines from standard input.
fn read_lines() -> Result<Credentials, Failed> {
    let mut text = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    let read = io::stdin().lock().take(LONGEST as u64 + 1).read_to_end(&mut text);
    read.map_err(|e| Failed::new(Exit::BadInput, format!("cannot read standard input: {e}")))?;
    fitting(&text)
}

fn fitting(text: &[u8]) -> Result<Credentials, Failed> {
    credentials::parse(text).filter(|_| text.len() <= LONGEST).ok_or_else(|| {
        let what = "this is not a consumer key and a consumer secret: one line each, without blanks, and without a \
                    colon in the key; nothing was stored";
        Failed::new(Exit::BadInput, what)
    })
}

/// Asks at the terminal, where nothing of the answers is shown. A signal ends it, and the terminal is as it was.
async fn ask() -> Result<Credentials, Failed> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    let mut asking = tokio::task::spawn_blocking(move || {
        let mut text = Zeroizing::new(String::with_capacity(LONGEST + 2));
        // For both at once: what is typed ahead is not shown either.
        let _hushed = Hushed::begin()?;
        for prompt in ["Consumer key: ", "Consumer secret: "] {
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
        Ok(text) => fitting(text.as_bytes()),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => {
            Err(Failed::new(Exit::BadInput, "broken off; nothing was stored"))
        }
        Err(error) => Err(unexpected(&error)),
    }
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

/// Adds one typed line to `text`. [`io::ErrorKind::Interrupted`] when the person broke it off, or `stop` was set.
fn type_line(text: &mut String, stop: &AtomicBool) -> io::Result<()> {
    let start = text.len();
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
                Typed::Clear => text.truncate(start),
                Typed::Done => return Ok(()),
                Typed::Break => return Err(io::ErrorKind::Interrupted.into()),
                Typed::Char(_) | Typed::Back | Typed::Nothing => {}
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
