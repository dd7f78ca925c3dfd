//! The rows of the terminal: the program itself, against the bare app, from outside.

use crate::home::Home;
use crate::pty::{LINES, Terminal};
use crate::table::Pair;
use crate::{bare, in_turn, percentile};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

const DOWN: &[u8] = b"\x1b[B";
const KEYS: usize = 200;
const PASTE: usize = 100 * 1024;
/// How the paste ends.
const END: &str = "the end of it";
/// After this much silence a program has done all that it does at its start.
const SETTLED: Duration = Duration::from_millis(400);
const IDLE: Duration = Duration::from_secs(5);

/// Which of the two is run.
#[derive(Clone, Copy)]
enum App<'a> {
    Ours(&'a Path),
    Bare,
}

impl App<'_> {
    fn start(self) -> Terminal {
        match self {
            App::Ours(home) => Terminal::start(env!("CARGO_BIN_EXE_pxdesk").as_ref(), None, home),
            App::Bare => {
                let me = std::env::current_exe().unwrap();
                Terminal::start(&me, Some(bare::ARGUMENT), &std::env::temp_dir())
            }
        }
    }

    /// Started, drawn and at rest.
    fn settled(self) -> Terminal {
        let mut terminal = self.start();
        terminal.until(is_full);
        terminal.settle(SETTLED);
        terminal
    }

    /// Settled, and ready for text to be pasted.
    fn typing(self) -> Terminal {
        let mut terminal = self.settled();
        if let App::Ours(_) = self {
            terminal.send(b"n");
            terminal.until(|screen| screen.contents().contains("New order"));
            terminal.settle(SETTLED);
        }
        terminal
    }
}

/// Both apps on one figure.
fn both(home: &Home, rounds: usize, figure: impl Fn(App<'_>) -> f64) -> Pair {
    let ours = App::Ours(home.path());
    in_turn(rounds, || figure(ours), || figure(App::Bare))
}

/// Rows enough, and something on the last line: frames are sent from the top down.
fn is_full(screen: &vt100::Screen) -> bool {
    let (lines, columns) = (LINES.get(), screen.size().1.get());
    let rows = screen.rows(0, columns).filter(|line| line.contains("T-")).count();
    let last = screen.rows(0, columns).nth(usize::from(lines) - 1);
    rows >= 25 && last.is_some_and(|line| !line.trim().is_empty())
}

/// The transaction of the row that is chosen.
fn chosen(screen: &vt100::Screen) -> Option<String> {
    let columns = screen.size().1.get();
    let line = screen.rows(0, columns).find(|line| line.trim_start().starts_with('▸'))?;
    line.split_whitespace().find(|word| word.starts_with("T-")).map(str::to_owned)
}

pub fn start(home: &Home) -> Pair {
    both(home, 15, |app| {
        let mut terminal = app.start();
        millis(terminal.until(is_full) - terminal.started)
    })
}

pub fn key(home: &Home) -> Pair {
    both(home, 5, |app| {
        let mut terminal = app.settled();
        let times = (0..KEYS).map(|n| {
            // Not in step with anything that the program may do at intervals.
            sleep(Duration::from_micros(n as u64 * 7919 % 8000));
            terminal.settle(Duration::from_millis(4));
            millis(terminal.first_byte_after(DOWN))
        });
        percentile(times.collect(), 99)
    })
}

pub fn burst(home: &Home) -> Pair {
    let (ours, bare) = (one_by_one(App::Ours(home.path())), one_by_one(App::Bare));
    both(home, 9, |app| {
        let wanted = if let App::Ours(_) = app { &ours } else { &bare };
        let mut terminal = app.settled();
        let sent = terminal.send(&DOWN.repeat(KEYS));
        millis(terminal.until(|screen| chosen(screen) == *wanted) - sent)
    })
}

/// The row that as many keys lead to when each is drawn.
fn one_by_one(app: App<'_>) -> Option<String> {
    let mut terminal = app.settled();
    let first = chosen(terminal.screen());
    for _ in 0..KEYS {
        terminal.first_byte_after(DOWN);
        terminal.settle(Duration::from_millis(1));
    }
    terminal.settle(SETTLED);
    let last = chosen(terminal.screen());
    assert!(last.is_some() && last != first, "{}", terminal.screen().contents());
    last
}

pub fn paste(home: &Home) -> Pair {
    let line = "The quick brown fox jumps over 13 lazy dogs; 0123456789. ";
    let text = line.repeat(PASTE / line.len() + 1);
    let paste = format!("\x1b[200~{}{END}\x1b[201~", &text[..PASTE - END.len()]);
    both(home, 9, |app| {
        let mut terminal = app.typing();
        let sent = terminal.send(paste.as_bytes());
        millis(terminal.until(|screen| screen.contents().contains(END)) - sent)
    })
}

/// The queue shows how much time is left.
pub fn idle_queue(home: &Home) -> Pair {
    idle(home, App::settled)
}

/// The intake form shows no clock.
pub fn idle_form(home: &Home) -> Pair {
    idle(home, App::typing)
}

/// Both at the same time: neither does anything, and it takes a while.
fn idle<'a>(home: &'a Home, rest: impl Fn(App<'a>) -> Terminal) -> Pair {
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let (us, bare) = (rest(App::Ours(home.path())), rest(App::Bare));
        let (before, begun) = ((us.wakeups(), bare.wakeups()), Instant::now());
        sleep(IDLE);
        let seconds = begun.elapsed().as_secs_f64();
        ours.push(f64::from(us.wakeups() - before.0) / seconds);
        floor.push(f64::from(bare.wakeups() - before.1) / seconds);
    }
    Pair { ours: percentile(ours, 50), floor: percentile(floor, 50) }
}

/// What its threads have computed until all is at rest.
pub fn cpu(home: &Home) -> Pair {
    both(home, 9, |app| app.settled().cpu())
}

pub fn memory(home: &Home) -> Pair {
    both(home, 5, |app| app.settled().memory())
}

pub fn quit(home: &Home) -> Pair {
    both(home, 9, |app| millis(app.settled().quit(b"q")))
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
