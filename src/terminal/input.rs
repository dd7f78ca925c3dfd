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
/// How long is looked for what is left, when nobody waits for the look. At zero, crossterm would not look at all.
const GLANCE: Duration = Duration::from_micros(200);
/// How long is looked for another key before the first is handed over.
const BLINK: Duration = Duration::from_micros(20);
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
        let mut more = false;
        // What was left of a batch may have been read already, and is nothing to wait for.
        while more || wait_for_input() {
            let Some((events, any)) = drain(more) else { return };
            more = any;
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

/// Waits until there is something to read; false when the terminal hung up, which crossterm alone may never notice.
#[cfg(unix)]
fn wait_for_input() -> bool {
    use rustix::event::{PollFd, PollFlags, poll};
    let stdin = rustix::stdio::stdin();
    loop {
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        match poll(&mut fds, None) {
            Ok(_) => {
                let seen = fds[0].revents();
                return seen.contains(PollFlags::IN)
                    && !seen.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL);
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

#[cfg(not(unix))]
fn wait_for_input() -> bool {
    event::poll(Duration::from_secs(3600)).is_ok()
}

/// Everything that is there now; `None` when the terminal cannot be read any more. `rest`: it is what follows a batch, and
/// nothing may be left of it. Also says whether anything came: the letting go of a key is no event of ours.
fn drain(rest: bool) -> Option<(Vec<Event>, bool)> {
    let mut events = Vec::new();
    let first = if rest { is_any() } else { event::poll(GLANCE) };
    let mut more = first.ok()?;
    let any = more;
    while more && events.len() < BATCH {
        events.extend(translate(event::read().ok()?));
        // Whoever waits for a key waits for this look, too; what it misses is found when the batch is on its way.
        more = event::poll(BLINK).ok()?;
    }
    Some((events, any))
}

/// Whether anything is left. On a busy machine the time may be up before crossterm has looked, and what it has read but not
/// handed over would wait for the next key: a "no" is asked for twice.
fn is_any() -> std::io::Result<bool> {
    Ok(event::poll(GLANCE)? || event::poll(GLANCE)?)
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
