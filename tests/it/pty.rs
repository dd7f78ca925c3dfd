//! The desk in a pseudo-terminal, as a person has it: keys in, a screen out.

use crate::kit::Home;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal};
use std::collections::HashMap;
use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a screen is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// A key that comes again within half a second counts as held; a busy machine may hold the first one back for a while.
const HELD: Duration = Duration::from_millis(700);

fn cells(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).unwrap()
}

/// A desk on a terminal.
pub struct Desk {
    master: Option<Box<dyn MasterPty + Send>>,
    keys: Option<Box<dyn Write + Send>>,
    pub child: Box<dyn Child + Send + Sync>,
    screen: Arc<Mutex<vt100::Parser>>,
    /// The terminal's settings as they were at first.
    before: String,
    /// Reads what is shown until it is told to stop.
    reader: Option<JoinHandle<()>>,
    deaf: Arc<AtomicBool>,
    /// When each key was last typed.
    typed: HashMap<char, Instant>,
}

impl Desk {
    /// Opens the desk in `home`.
    pub fn open(home: &Home, columns: u16, rows: u16) -> Self {
        Self::run(home, &[], columns, rows)
    }

    /// Opens the desk with the D-Bus session at `address`, whether or not there is one yet.
    pub fn on_bus(home: &Home, address: &str) -> Self {
        Self::start_on_bus(home, env!("CARGO_BIN_EXE_pxdesk"), &[], (100, 30), address)
    }

    /// A shell with job control, from which the desk can be started, suspended and continued.
    pub fn shell(home: &Home) -> Self {
        let mut shell = Self::start(home, "/bin/sh", &["-i"], 80, 24);
        shell.keys("PS1='ready: '\n").shows("ready: ").keys("clear\n");
        shell
    }

    /// Runs a command in `home`.
    pub fn run(home: &Home, args: &[&str], columns: u16, rows: u16) -> Self {
        Self::start(home, env!("CARGO_BIN_EXE_pxdesk"), args, columns, rows)
    }

    fn start(home: &Home, program: &str, args: &[&str], columns: u16, rows: u16) -> Self {
        Self::start_on_bus(home, program, args, (columns, rows), "unix:path=/nowhere")
    }

    fn start_on_bus(
        home: &Home,
        program: &str,
        args: &[&str],
        (columns, rows): (u16, u16),
        bus: &str,
    ) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let before = format!("{:?}", pair.master.get_termios());
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        for (name, value) in [
            ("HOME", home.path().to_str().unwrap()),
            ("USER", "r.diaz"),
            ("TERM", "xterm-256color"),
            ("TZ", "UTC"),
            ("DBUS_SESSION_BUS_ADDRESS", bus),
        ] {
            command.env(name, value);
        }
        // Nobody listens to these tests, but to those of reading itself.
        if !home.reads_at_the_usual_pace() {
            command.env("PXDESK_READING_FASTEST", "60000");
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(cells(rows), cells(columns), 0)));
        let deaf = Arc::new(AtomicBool::new(false));
        let (mut output, shown, stop) =
            (pair.master.try_clone_reader().unwrap(), screen.clone(), deaf.clone());
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            while let Ok(n @ 1..) = output.read(&mut bytes) {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                shown.lock().unwrap().process(&bytes[..n]);
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Self {
            keys: Some(keys),
            master: Some(pair.master),
            child,
            screen,
            before,
            reader: Some(reader),
            deaf,
            typed: HashMap::new(),
        }
    }

    /// Types as a person does: no key comes again so soon that it could have been held down.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        let ends = keys.chars().next_back();
        if let Some(typed) = ends.and_then(|key| self.typed.get(&key)) {
            std::thread::sleep(HELD.saturating_sub(typed.elapsed()));
        }
        self.typed.extend(ends.map(|key| (key, Instant::now())));
        self.sends(keys)
    }

    /// Sends bytes, at once.
    pub fn sends(&mut self, keys: &str) -> &mut Self {
        let master = self.keys.as_mut().unwrap();
        master.write_all(keys.as_bytes()).unwrap();
        master.flush().unwrap();
        self
    }

    /// The screen as text.
    pub fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    /// The screen with its colours.
    pub fn with_screen<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.screen.lock().unwrap().screen())
    }

    /// Waits until the screen shows `text`.
    #[track_caller]
    pub fn shows(&mut self, text: &str) -> &mut Self {
        let until = Instant::now() + PATIENCE;
        while !self.text().contains(text) {
            assert!(Instant::now() < until, "never shown: {text}\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
        self
    }

    /// Waits until the screen does not show `text` any more.
    #[track_caller]
    pub fn hides(&mut self, text: &str) -> &mut Self {
        let until = Instant::now() + PATIENCE;
        while self.text().contains(text) {
            assert!(Instant::now() < until, "always shown: {text}\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
        self
    }

    /// Changes the terminal's size.
    pub fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.screen.lock().unwrap().screen_mut().set_size(cells(rows), cells(columns));
        self.master.as_ref().unwrap().resize(size).unwrap();
        self
    }

    /// Waits until the screen is used up to its column `columns`.
    #[track_caller]
    pub fn shows_up_to(&mut self, columns: u16) -> &mut Self {
        let until = Instant::now() + PATIENCE;
        while !self.text().lines().any(|line| line.chars().count() >= usize::from(columns) - 2) {
            assert!(Instant::now() < until, "never {columns} columns wide\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
        self
    }

    /// Waits for the end; true when the status was 0 and the terminal was given back.
    #[track_caller]
    pub fn ends(&mut self) -> bool {
        let (status, given_back) = (self.status(), self.is_given_back());
        let text = self.text();
        assert!(given_back, "it ended with {status} and did not give the terminal back\n{text}");
        assert!(status == 0, "it ended with {status}\n{text}");
        true
    }

    /// Waits for the end and for what was still to be shown, and returns the status.
    #[track_caller]
    pub fn status(&mut self) -> u32 {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.reads_the_rest();
                return status.exit_code();
            }
            assert!(Instant::now() < until, "never ended\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until all is read that the process left; on a busy machine it ends before the reader has its turn.
    fn reads_the_rest(&self) {
        let until = Instant::now() + Duration::from_secs(2);
        while self.reader.as_ref().is_some_and(|reader| !reader.is_finished()) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// True when the terminal is as it was at first: its settings, its screen, its cursor, and what it sends.
    pub fn is_given_back(&self) -> bool {
        let settings = self.master.as_ref().is_none_or(|m| format!("{:?}", m.get_termios()) == self.before);
        settings && self.is_plain()
    }

    /// True when nothing of the desk is on the terminal.
    pub fn is_plain(&self) -> bool {
        self.with_screen(|screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        })
    }

    /// Closes the terminal, as closing its window does.
    pub fn hang_up(&mut self) -> &mut Self {
        self.deaf.store(true, Ordering::Relaxed);
        // Something to read, so that the reader sees that it is to stop.
        self.resize(79, 23);
        self.reader.take().unwrap().join().unwrap();
        self.keys = None;
        self.master = None;
        self
    }

    /// The terminal takes nothing any more, and is not gone: as when a connection is frozen.
    pub fn freeze(&mut self) -> &mut Self {
        self.deaf.store(true, Ordering::Relaxed);
        // More than fits between the two.
        for n in 0..300 {
            self.resize(150 + n % 2, 60);
            std::thread::sleep(Duration::from_millis(10));
        }
        self
    }

    /// The processor time that the process has used, in hundredths of a second.
    #[cfg(target_os = "linux")]
    pub fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap();
        // Behind the name, which may have spaces in it, the state is the first; user and system time are these two.
        let fields = stat.rsplit(") ").next().unwrap().split(' ');
        fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
    }

    /// The process on the terminal.
    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) -> &Self {
        send(self.pid(), signal);
        self
    }
}

/// Sends a signal to a process.
pub fn send(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
