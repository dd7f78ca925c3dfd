//! strace, as far as it is needed here: which calls a program makes, and making one of them the last or letting it fail.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The calls that write, sync or send, make or remove a name, take a connection, or read what came over one.
const CALLS: &str = "write,pwrite64,writev,pwritev,sendto,sendmsg,recvfrom,connect,fsync,fdatasync,ftruncate,fallocate,\
                     accept4,rename,renameat,renameat2,unlink,unlinkat,link,linkat,mkdir,mkdirat,openat";

/// A hang guard: no run comes near it.
const PATIENCE: Duration = Duration::from_mins(2);

/// How a traced program ended.
pub struct Ended {
    /// The exit status; none when it was killed.
    pub status: Option<i32>,
    /// True when the fault was met: strace writes it down.
    pub hit: bool,
    pub out: String,
    pub err: String,
}

/// What is done to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The process is killed before the call is made.
    Kill,
    /// The call fails, this once.
    Eio,
    Enospc,
    /// The call fails, and so does every later one of its kind on this file.
    EioForGood,
    EnospcForGood,
}

impl Fault {
    pub const ALL: [Self; 5] = [Self::Kill, Self::Eio, Self::Enospc, Self::EioForGood, Self::EnospcForGood];

    fn inject(self, call: &str, nth: usize) -> String {
        match self {
            Self::Kill => format!("inject={call}:signal=KILL:when={nth}"),
            Self::Eio => format!("inject={call}:error=EIO:when={nth}"),
            Self::Enospc => format!("inject={call}:error=ENOSPC:when={nth}"),
            Self::EioForGood => format!("inject={call}:error=EIO:when={nth}+"),
            Self::EnospcForGood => format!("inject={call}:error=ENOSPC:when={nth}+"),
        }
    }
}

/// One call of a program's run: the `nth` of its name, on `file` by any thread, or else by the main thread.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    pub call: String,
    pub nth: usize,
    /// Its path below the home.
    pub file: Option<&'static str>,
    creates: bool,
}

impl Point {
    /// The `nth` call of this name on `file`.
    pub fn on(file: &'static str, call: &str, nth: usize) -> Self {
        Self { call: call.to_owned(), nth, file: Some(file), creates: false }
    }

    /// Whether a call like this one can fail so: the network has no disk that is full, and strace counts the calls of
    /// the main thread together with those that wake it, which do not fail.
    pub fn takes(&self, fault: Fault) -> bool {
        let grows = !matches!(self.call.as_str(), "unlink" | "unlinkat" | "openat") || self.creates;
        let on_disk = !matches!(
            self.call.as_str(),
            "writev" | "sendto" | "sendmsg" | "recvfrom" | "connect" | "accept4"
        );
        match fault {
            Fault::Kill => true,
            Fault::Eio => on_disk,
            Fault::Enospc => on_disk && grows,
            Fault::EioForGood => on_disk && self.file.is_some() && self.call != "openat",
            Fault::EnospcForGood => on_disk && grows && self.file.is_some() && self.call != "openat",
        }
    }
}

/// True when strace is here and may trace.
pub fn works() -> bool {
    let mut probe = Command::new("strace");
    probe.args(["-o", "/dev/null", "-e", "trace=write", "true"]).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

/// Runs `command` and says which calls it made on `files`, and which others its main thread made.
pub fn points(command: &Command, files: &[&'static str], dir: &Path) -> BTreeSet<Point> {
    points_while(command, files, dir, |_| ())
}

/// The same of one that does nothing by itself: `meanwhile` has it do something, and asks it to end.
pub fn points_while(
    command: &Command,
    files: &[&'static str],
    dir: &Path,
    meanwhile: impl FnOnce(&mut Traced<'_>),
) -> BTreeSet<Point> {
    let log = dir.join("calls.strace");
    let mut tracer = Command::new("strace");
    tracer.args(["-f", "-y", "-s", "0", "-e", &format!("trace={CALLS}"), "-o"]).arg(&log);
    let ended = run(tracer, command, &log, dir, meanwhile);
    assert_eq!(ended.status, Some(0), "without a fault it does what it is asked: {}", ended.err);
    let text = std::fs::read_to_string(&log).unwrap();
    let main = text.split_whitespace().next().expect("a program makes calls").to_owned();
    let mut counts = BTreeMap::<(String, String, Option<&str>), usize>::new();
    let mut points = BTreeSet::new();
    for line in text.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let Some((call, arguments)) = rest.trim_start().split_once('(') else { continue };
        if call.starts_with(['<', '+', '-']) {
            continue;
        }
        let file = files.iter().copied().find(|file| names(arguments, &dir.join(file)));
        let mut count = |file: Option<&'static str>| {
            let nth = counts.entry((thread.to_owned(), call.to_owned(), file)).or_default();
            *nth += 1;
            *nth
        };
        let creates = call == "openat" && arguments.contains("O_CREAT");
        // Counted on its file and, as strace will, among all that the main thread does.
        let nth = count(None);
        if let Some(file) = file {
            let nth = count(Some(file));
            points.insert(Point { call: call.to_owned(), nth, file: Some(file), creates });
        } else if thread == main && matters(call, arguments, creates) {
            points.insert(Point { call: call.to_owned(), nth, file: None, creates });
        }
    }
    points
}

/// Whether the call is on this very file: by its name, or by an open file that strace has named.
fn names(arguments: &str, file: &Path) -> bool {
    let file = file.display();
    arguments.contains(&format!("<{file}>")) || arguments.contains(&format!("\"{file}\""))
}

/// Not what wakes a thread, and not what only reads files.
fn matters(call: &str, arguments: &str, creates: bool) -> bool {
    !arguments.contains("[eventfd]") && (call != "openat" || creates)
}

/// Runs `command` with `fault` at `point`.
pub fn with_fault(command: &Command, point: &Point, fault: Fault, dir: &Path) -> Ended {
    with_fault_while(command, point, fault, dir, |_| ())
}

/// The same of one that does nothing by itself.
pub fn with_fault_while(
    command: &Command,
    point: &Point,
    fault: Fault,
    dir: &Path,
    meanwhile: impl FnOnce(&mut Traced<'_>),
) -> Ended {
    let log = dir.join("fault.strace");
    let mut tracer = Command::new("strace");
    if let Some(file) = point.file {
        tracer.arg("-f").arg("-P").arg(dir.join(file));
    }
    tracer.args(["-y", "-s", "0", "-e", &format!("trace={}", point.call), "-e"]);
    tracer.arg(fault.inject(&point.call, point.nth)).arg("-o").arg(&log);
    run(tracer, command, &log, dir, meanwhile)
}

/// A traced program while it runs.
pub struct Traced<'a> {
    tracer: &'a mut Child,
    dir: &'a Path,
}

impl Traced<'_> {
    /// Its first line, once that is there; none when it has ended without one.
    pub fn said(&mut self) -> Option<String> {
        let until = Instant::now() + PATIENCE;
        loop {
            let ended = self.tracer.try_wait().unwrap().is_some();
            let text = std::fs::read_to_string(self.dir.join("stdout")).unwrap();
            if let Some((line, _)) = text.split_once('\n') {
                return Some(line.to_owned());
            }
            if ended {
                return None;
            }
            assert!(Instant::now() < until, "it says nothing");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Asks it, not its tracer, to end; one that is gone is gone.
    pub fn asks_to_end(&self) {
        let tracer = self.tracer.id();
        let children = std::fs::read_to_string(format!("/proc/{tracer}/task/{tracer}/children"));
        for child in children.unwrap_or_default().split_whitespace() {
            if let Some(pid) = child.parse().ok().and_then(rustix::process::Pid::from_raw) {
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
            }
        }
    }
}

/// Standard output and error go to files, which can be named to strace, and fail, as others can.
fn run(
    mut tracer: Command,
    command: &Command,
    log: &Path,
    dir: &Path,
    meanwhile: impl FnOnce(&mut Traced<'_>),
) -> Ended {
    use std::os::unix::process::CommandExt as _;
    let file = |name: &str| std::fs::File::create(dir.join(name)).unwrap();
    tracer.arg("--").arg(command.get_program()).args(command.get_args()).env_clear();
    tracer.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    tracer.stdin(Stdio::null()).stdout(file("stdout")).stderr(file("stderr")).process_group(0);
    let mut child = tracer.spawn().unwrap();
    meanwhile(&mut Traced { tracer: &mut child, dir });
    let until = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > until {
            let group = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw).unwrap();
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL).unwrap();
            panic!("never ended: {tracer:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let text = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap();
    let calls = std::fs::read_to_string(log).unwrap_or_default();
    let hit = status.code().is_none() || calls.contains("(INJECTED)");
    Ended { status: status.code(), hit, out: text("stdout"), err: text("stderr") }
}

/// A running program to which one file's disk is full.
pub struct Full(Child);

impl Full {
    /// From when this returns on, for the process of this number.
    pub fn of(pid: u32, file: &Path) -> Self {
        let mut tracer = Command::new("strace");
        tracer.args(["-f", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", "inject=pwrite64:error=ENOSPC"]);
        tracer.arg("-P").arg(file).arg("-p").arg(pid.to_string());
        let mut child = tracer.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let (mut line, mut all) = (String::new(), String::new());
        while !line.contains("attached") {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "strace does not attach: {all}");
            all.push_str(&line);
        }
        // What it says later about threads that come and go must not block it.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self(child)
    }

    /// There is room again; the program goes on untraced.
    pub fn ends(mut self) {
        crate::pty::send(self.0.id(), rustix::process::Signal::TERM);
        self.0.wait().unwrap();
    }
}

impl Drop for Full {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
