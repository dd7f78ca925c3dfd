//! A program in a pseudo-terminal of 120 by 40, timed from outside.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use std::fs;
use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

const COLUMNS: NonZeroU16 = NonZeroU16::new(120).unwrap();
pub const LINES: NonZeroU16 = NonZeroU16::new(40).unwrap();

/// Output has ended when there was none for so long.
const QUIET: Duration = Duration::from_millis(60);
/// Nothing that is measured may take longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a program may ask a terminal, and the answer.
const QUERIES: [(&[u8], &[u8]); 2] = [(b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[c", b"\x1b[?62;22c")];

/// One read of output, and when it came.
type Chunk = (Instant, Vec<u8>);

/// A program that runs, and the screen that it sees.
pub struct Terminal {
    /// Held, so that the line keeps its settings when the program has ended.
    _slave: Box<dyn SlavePty + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Chunk>,
    parser: vt100::Parser,
    line_before: String,
    /// When the program was started.
    pub started: Instant,
}

impl Terminal {
    /// Starts `program` with an environment that holds next to nothing but `home`.
    pub fn start(program: &Path, argument: Option<&str>, home: &Path) -> Self {
        let size = PtySize { rows: LINES.get(), cols: COLUMNS.get(), pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(argument);
        command.env_clear();
        for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")] {
            command.env(name, value);
        }
        command.env("HOME", home);
        command.cwd(home);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut bytes = vec![0; 64 * 1024];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if sender.send((Instant::now(), bytes[..count].to_vec())).is_err() {
                    return;
                }
            }
        });
        let writer = pair.master.take_writer().unwrap();
        let line_before = line(pair.master.as_ref());
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        let parser = vt100::Parser::new(LINES, COLUMNS, 0);
        Self { _slave: pair.slave, master: pair.master, child, writer, output, parser, line_before, started }
    }

    /// Types `bytes`; when that began.
    pub fn send(&mut self, bytes: &[u8]) -> Instant {
        let now = Instant::now();
        self.writer.write_all(bytes).unwrap();
        now
    }

    /// Types `key` and waits for the first byte that comes back.
    pub fn first_byte_after(&mut self, key: &[u8]) -> Duration {
        let sent = self.send(key);
        let (at, bytes) = self.output.recv_timeout(PATIENCE).unwrap();
        self.parser.process(&bytes);
        at - sent
    }

    /// Waits until nothing more comes for `quiet`.
    pub fn settle(&mut self, quiet: Duration) {
        for (_, bytes) in self.collect(quiet) {
            self.parser.process(&bytes);
        }
    }

    /// When the screen first showed what is `wanted`. Found out afterwards, when all is quiet: looking takes time.
    pub fn until(&mut self, wanted: impl Fn(&vt100::Screen) -> bool) -> Instant {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let mut found = None;
            for (at, bytes) in self.collect(QUIET) {
                self.parser.process(&bytes);
                if found.is_none() && wanted(self.parser.screen()) {
                    found = Some(at);
                }
            }
            if let Some(at) = found {
                return at;
            }
        }
        panic!("the screen never showed what was wanted:\n{}", self.parser.screen().contents());
    }

    /// The screen as it was last seen.
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    fn collect(&mut self, quiet: Duration) -> Vec<Chunk> {
        let mut chunks = Vec::new();
        while let Ok(chunk) = self.output.recv_timeout(quiet) {
            for (query, answer) in QUERIES {
                if chunk.1.windows(query.len()).any(|bytes| bytes == query) {
                    self.send(answer);
                }
            }
            chunks.push(chunk);
        }
        chunks
    }

    /// How often any of its threads has gone to sleep so far: as often as it was woken.
    pub fn wakeups(&self) -> u32 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap();
        tasks.map(|task| number(&task.unwrap().path().join("status"), "voluntary_ctxt_switches:")).sum()
    }

    /// Its resident memory, in MB.
    pub fn memory(&self) -> f64 {
        let status = format!("/proc/{}/status", self.pid());
        f64::from(number(status.as_ref(), "VmRSS:")) / 1024.0
    }

    /// How long its threads have computed so far, in milliseconds.
    pub fn cpu(&self) -> f64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap();
        let nanoseconds = |task: &Path| -> f64 {
            let spent = fs::read_to_string(task.join("schedstat")).unwrap();
            spent.split_whitespace().next().unwrap().parse().unwrap()
        };
        tasks.map(|task| nanoseconds(&task.unwrap().path())).sum::<f64>() / 1e6
    }

    fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Types `key`, waits for the end, and how long it took; panics unless the terminal is as it was.
    pub fn quit(&mut self, key: &[u8]) -> Duration {
        let sent = self.send(key);
        let status = self.child.wait().unwrap();
        let took = sent.elapsed();
        self.settle(Duration::from_millis(10));
        let screen = self.screen();
        let left = screen.alternate_screen() || screen.hide_cursor() || screen.bracketed_paste();
        let mouse = screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None;
        assert!(status.success() && !left && !mouse, "the terminal was not given back: {status:?}");
        assert_eq!(line(self.master.as_ref()), self.line_before, "the line was not given back");
        took
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The settings of the line: raw or not, and the like.
#[cfg(unix)]
fn line(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios())
}

#[cfg(not(unix))]
fn line(_: &dyn MasterPty) -> String {
    String::new()
}

/// The number after `name` in one of the kernel's status files.
fn number(file: &Path, name: &str) -> u32 {
    let text = fs::read_to_string(file).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}
