//! Reading keys: a thread of its own waits, and hands over everything that is there at once.
//!
//! crossterm is built with `use-dev-tty`, which asks poll(2) whether there is something to read. Without it, crossterm waits
//! by epoll or kqueue and is told of each arrival once only. It forgets that when the terminal's size changed meanwhile, or
//! when more came than one read takes: what is left stays there until the next key, although there is something to read.

use crate::desk::{Code, Key, Msg};
use crossterm::event::{
    self, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use std::time::Duration;
use tokio::sync::mpsc;

/// How many batches may wait for the loop.
const BATCHES: usize = 64;
/// How many events make a batch at the most, so that a flood is still drawn now and then.
const BATCH: usize = 1024;
/// How long crossterm is given to look; at zero it would not look at all. It sleeps through whole milliseconds, and through
/// what is left of them it computes: so a little more than one.
const GLANCE: Duration = Duration::from_micros(1100);
/// The same before the first key is handed over, which somebody waits for: long enough to look once.
const BLINK: Duration = Duration::from_micros(3);
/// How long the desk has a batch to itself before this thread looks whether any of it is left.
const REST: Duration = Duration::from_millis(10);
/// Rows that one turn of the wheel moves.
const WHEEL: i32 = 3;

/// One thing that was typed, pasted or clicked.
#[derive(Debug)]
pub enum Event {
    Msg(Msg),
    /// The left button, at this cell: what it means, the last frame says.
    Click {
        column: u16,
        row: u16,
    },
    Resized,
}

/// Starts reading. The channel ends when the terminal is gone.
pub fn start() -> mpsc::Receiver<Vec<Event>> {
    let (sender, receiver) = mpsc::channel(BATCHES);
    let read = move || {
        let mut pause = None;
        loop {
            match wait(pause) {
                Waited::Gone => return,
                Waited::Silence if !is_any_left() => {
                    pause = None;
                    continue;
                }
                Waited::Silence | Waited::Input => {}
            }
            let Some(events) = drain() else { return };
            pause = Some(if events.len() < BATCH { REST } else { Duration::ZERO });
            if !events.is_empty() && sender.blocking_send(events).is_err() {
                return;
            }
        }
    };
    // Without the thread the channel ends at once, which the loop takes for a terminal that is gone.
    let _ = std::thread::Builder::new().name("input".into()).spawn(read);
    receiver
}

/// Drops what was typed before anybody could see what it would do: what lies at the terminal, and what `receiver` holds.
pub fn forget(receiver: Option<&mut mpsc::Receiver<Vec<Event>>>) {
    // Without it those keys count, as they do at any other start.
    #[cfg(unix)]
    let _ = rustix::termios::tcflush(rustix::stdio::stdin(), rustix::termios::QueueSelector::IFlush);
    if let Some(receiver) = receiver {
        while receiver.try_recv().is_ok() {}
    }
}

/// What came of waiting.
enum Waited {
    /// There is something to read.
    Input,
    /// The pause is over.
    Silence,
    /// The terminal hung up, which crossterm alone may never notice.
    Gone,
}

/// Waits until there is something to read, for no longer than `pause` if there is one.
#[cfg(unix)]
fn wait(pause: Option<Duration>) -> Waited {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let pause = pause.and_then(|pause| Timespec::try_from(pause).ok());
    let stdin = rustix::stdio::stdin();
    loop {
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        match poll(&mut fds, pause.as_ref()) {
            Ok(0) => return Waited::Silence,
            Ok(_) => {
                let seen = fds[0].revents();
                let gone = seen.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL);
                return if seen.contains(PollFlags::IN) && !gone { Waited::Input } else { Waited::Gone };
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return Waited::Gone,
        }
    }
}

#[cfg(not(unix))]
fn wait(pause: Option<Duration>) -> Waited {
    match event::poll(pause.unwrap_or(Duration::from_secs(3600))) {
        Ok(true) => Waited::Input,
        Ok(false) => Waited::Silence,
        Err(_) => Waited::Gone,
    }
}

/// What is there now, a batch of it at the most; `None` when the terminal cannot be read any more. Empty when nothing that
/// came is an event of ours, such as the letting go of a key.
fn drain() -> Option<Vec<Event>> {
    let mut events = Vec::new();
    let mut more = event::poll(GLANCE).ok()?;
    while more && events.len() < BATCH {
        events.extend(translate(event::read().ok()?));
        // What this short look misses is found by the next wait, or after it.
        more = event::poll(BLINK).ok()?;
    }
    Some(events)
}

/// Whether crossterm has read something that it has not handed over. On a busy machine the time may be up before it has
/// looked: a "no" is asked for twice. An error shows itself at the next reading.
fn is_any_left() -> bool {
    (0..2).any(|_| event::poll(GLANCE).unwrap_or(true))
}

fn translate(event: event::Event) -> Option<Event> {
    match event {
        event::Event::Key(key) => {
            let held = key.kind;
            let key = translate_key(key)?;
            match held {
                KeyEventKind::Press => Some(Event::Msg(Msg::Key(key))),
                KeyEventKind::Repeat => Some(Event::Msg(Msg::Held(key))),
                KeyEventKind::Release => None,
            }
        }
        event::Event::Paste(text) => Some(Event::Msg(Msg::Paste(text))),
        event::Event::Mouse(mouse) => translate_mouse(mouse),
        event::Event::Resize(..) => Some(Event::Resized),
        event::Event::FocusGained => Some(Event::Msg(Msg::Focused(true))),
        event::Event::FocusLost => Some(Event::Msg(Msg::Focused(false))),
    }
}

fn translate_mouse(mouse: MouseEvent) -> Option<Event> {
    match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => {
            Some(Event::Click { column: mouse.column, row: mouse.row })
        }
        MouseEventKind::ScrollUp => Some(Event::Msg(Msg::Scrolled(-WHEEL))),
        MouseEventKind::ScrollDown => Some(Event::Msg(Msg::Scrolled(WHEEL))),
        _ => None,
    }
}

fn translate_key(key: KeyEvent) -> Option<Key> {
    // With these a key belongs to the desktop or the window manager, not to what it would be without them.
    if key.modifiers.intersects(KeyModifiers::SUPER | KeyModifiers::HYPER | KeyModifiers::META) {
        return None;
    }
    let code = match key.code {
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(n) => Code::F(n),
        _ => return None,
    };
    Some(Key {
        code,
        ctrl: key.modifiers.contains(KeyModifiers::CONTROL),
        alt: key.modifiers.contains(KeyModifiers::ALT),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_with_a_modifier_of_the_desktop_is_no_key_of_ours() {
        let key = |modifiers| translate_key(KeyEvent::new(KeyCode::Char('y'), modifiers));
        assert_eq!(key(KeyModifiers::NONE), Some(Key::char('y')));
        assert_eq!(key(KeyModifiers::CONTROL), Some(Key::ctrl('y')));
        for other in [KeyModifiers::SUPER, KeyModifiers::HYPER, KeyModifiers::META] {
            assert_eq!(key(other), None, "{other:?}");
            assert_eq!(key(other | KeyModifiers::CONTROL), None, "{other:?}");
        }
    }
}
