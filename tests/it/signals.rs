//! Signals, a closed terminal, suspending, and a panic, each in the middle of each call: the terminal is given back, and
//! what Px answers is in the journal.

use crate::kit::{Home, Sandbox, order};
use crate::pty::{Desk, send};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A call, in the middle of which something happens.
struct Call {
    /// Its name in the sandbox's faults, and its counter in the ledger.
    name: &'static str,
    counter: &'static str,
    /// How the order is brought to it without a screen.
    before: &'static [&'static str],
    /// The keys that begin it on the order's screen, each after what it waits for.
    keys: &'static [(&'static str, &'static str)],
    /// The state once the answer is recorded.
    after: &'static str,
}

const CALLS: [Call; 4] = [
    Call {
        name: "retrieve_rcc",
        counter: "retrievesReceived",
        before: &[],
        keys: &[("1 Retrieve", "\r")],
        after: "rcc_retrieved",
    },
    Call {
        name: "send_rcc",
        counter: "sendsReceived",
        before: &["--method", "sms", "--until", "retrieved"],
        keys: &[("How does the customer get the text?", "s"), ("Send the RCC", "\r")],
        after: "sent",
    },
    Call {
        name: "get_rcc_acceptance",
        counter: "acceptanceChecksReceived",
        before: &["--method", "sms", "--until", "delivered"],
        keys: &[("Waiting for the customer", "\r")],
        after: "accepted",
    },
    Call {
        name: "complete_order",
        counter: "completesReceived",
        before: &["--method", "verbal", "--read-and-accepted-by", "Ann", "--until", "accepted"],
        keys: &[("Ready to complete", "\r"), ("Place this order now?", "y")],
        after: "completed",
    },
];

const COMPLETE: &Call = &CALLS[3];

/// An order just before a call, and a Px that is slow to answer it.
struct Scene {
    call: &'static Call,
    home: Home,
    px: Sandbox,
    id: String,
}

impl Scene {
    fn new(call: &'static Call, fault: &Value) -> Self {
        let px = Sandbox::serve(&[]);
        let home = Home::at(&px.base);
        let id = home.open(&order("1"));
        if !call.before.is_empty() {
            home.run(&[&["order", "walk", &id], call.before].concat()).with(0);
        }
        if call.name == "get_rcc_acceptance" {
            px.control("accept", &json!({ "transactionId": "T-1" }));
        }
        px.fault(call.name, fault);
        Self { call, home, px, id }
    }

    fn slow(call: &'static Call) -> Self {
        Self::new(call, &json!({ "latencySeconds": 1.2 }))
    }

    /// A Px that never answers a Complete.
    fn hanging() -> Self {
        let scene = Self::new(COMPLETE, &json!({ "hang": "after" }));
        let base = &scene.px.base;
        scene.home.configure(&format!(
            "environment = \"sandbox\"\n[environments.sandbox]\nbase_url = \"{base}/\"\n\
             token_url = \"{base}/oauth/v2/token\"\ncredentials = \"credentials\"\n"
        ));
        scene
    }

    /// Begins the call at the keyboard, and comes back in the middle of it.
    fn begun(&self, desk: &mut Desk) {
        desk.shows("T-1").keys("\r");
        for (shown, key) in self.call.keys {
            desk.shows(shown).keys(key);
        }
        self.until_received();
    }

    #[track_caller]
    fn until_received(&self) {
        let until = Instant::now() + Duration::from_secs(30);
        while self.px.ledger("T-1")[self.call.counter] != 1 {
            assert!(Instant::now() < until, "{} was not received", self.call.name);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What Px answered is in the journal.
    #[track_caller]
    fn is_recorded(&self) {
        assert_eq!(self.home.show(&self.id)["state"], self.call.after, "after {}", self.call.name);
        self.home.verifies();
    }
}

#[test]
fn a_desk_that_is_told_to_end_records_the_answer_first() {
    for call in &CALLS {
        for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
            let scene = Scene::slow(call);
            let mut desk = Desk::open(&scene.home, 80, 24);
            scene.begun(&mut desk);
            desk.signal(signal);
            assert_eq!(desk.status(), 0, "{signal:?} in {}", call.name);
            assert!(desk.is_given_back(), "{signal:?} in {}", call.name);
            scene.is_recorded();
        }
    }
}

#[test]
fn a_closed_terminal_loses_no_answer() {
    for call in &CALLS {
        let scene = Scene::slow(call);
        let mut desk = Desk::open(&scene.home, 80, 24);
        scene.begun(&mut desk);
        desk.hang_up();
        assert_eq!(desk.status(), 0, "{}", call.name);
        scene.is_recorded();
    }
}

#[test]
fn told_again_it_does_not_wait_and_says_what_is_in_doubt() {
    let scene = Scene::hanging();
    let mut desk = Desk::open(&scene.home, 80, 24);
    scene.begun(&mut desk);
    desk.signal(Signal::TERM);
    desk.shows("quitting as soon as").signal(Signal::TERM);
    assert_eq!(desk.status(), 4);
    assert!(desk.is_given_back());
    desk.shows("left while Complete was in progress").shows(&scene.id);
    assert_eq!(scene.home.show(&scene.id)["state"], "in_doubt");
    assert_eq!(scene.px.ledger("T-1")["completesReceived"], 1);
}

/// Two seconds is what is promised; a desk takes some milliseconds, and says how many with `--nocapture`.
/// The loop hangs in a write to the terminal then, and what Px answers is recorded all the same.
#[test]
fn a_desk_whose_terminal_is_frozen_ends_when_it_is_told_and_loses_no_answer() {
    let scene = Scene::slow(COMPLETE);
    let mut desk = Desk::open(&scene.home, 150, 60);
    scene.begun(&mut desk);
    desk.freeze().signal(Signal::TERM);
    assert_eq!(desk.status(), 1);
    scene.is_recorded();
    let scene = Scene::hanging();
    let mut desk = Desk::open(&scene.home, 150, 60);
    scene.begun(&mut desk);
    desk.freeze().signal(Signal::TERM);
    std::thread::sleep(Duration::from_millis(500));
    desk.signal(Signal::TERM);
    assert_eq!(desk.status(), 1, "told twice");
    assert_eq!(scene.home.show(&scene.id)["state"], "in_doubt");
}

#[test]
fn an_idle_desk_ends_at_once() {
    const PROMISED: Duration = Duration::from_secs(2);
    let home = Home::empty();
    for signal in [Some(Signal::TERM), Some(Signal::INT), Some(Signal::QUIT), Some(Signal::HUP), None] {
        let mut desk = Desk::open(&home, 80, 24);
        desk.shows("10 open");
        let told = Instant::now();
        match signal {
            Some(signal) => _ = desk.signal(signal),
            None => _ = desk.hang_up(),
        }
        assert_eq!(desk.status(), 0, "{signal:?}");
        let took = told.elapsed();
        println!("told by {signal:?}, an idle desk ended after {} ms", took.as_millis());
        assert!(took < PROMISED, "{signal:?}: {took:?}");
        assert!(signal.is_none() || desk.is_given_back(), "{signal:?}");
    }
    home.verifies();
}

#[test]
fn suspended_in_the_middle_of_a_call_the_desk_is_back_with_the_answer() {
    for call in &CALLS {
        for by_key in [true, false] {
            let scene = Scene::slow(call);
            let mut desk = Desk::shell(&scene.home);
            desk.keys(&format!("{}\n", env!("CARGO_BIN_EXE_pxdesk")));
            scene.begun(&mut desk);
            if by_key {
                desk.keys("\x1a");
            } else {
                send(child_of(desk.pid()).unwrap(), Signal::TSTP);
            }
            // The shell's word, not its first prompt, which the desk uncovers a moment before it stops.
            desk.shows("Stopped");
            assert!(desk.is_plain(), "{}, by key: {by_key}", call.name);
            desk.keys("fg\n").shows("pxdesk  ");
            while scene.home.show(&scene.id)["state"] != call.after {
                std::thread::sleep(Duration::from_millis(20));
            }
            // On a busy machine the shell may still have the terminal: the key is its own then.
            while child_of(desk.pid()).is_some() {
                desk.keys("\x03");
                std::thread::sleep(Duration::from_millis(300));
            }
            assert!(desk.keys("exit\n").ends(), "{}, by key: {by_key}", call.name);
            scene.is_recorded();
        }
    }
}

/// The one process that the shell has started, if it has not ended.
fn child_of(shell: u32) -> Option<u32> {
    let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
    children.trim().parse().ok()
}

/// What a walk is told to stop by. What these tests were themselves started to ignore, as by `nohup` or in the background
/// of a script, so was it.
fn heard() -> Vec<Signal> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    let (deaf, heard): (Vec<_>, Vec<_>) = [Signal::TERM, Signal::INT, Signal::HUP]
        .into_iter()
        .partition(|signal| ignored >> (signal.as_raw() - 1) & 1 == 1);
    for signal in deaf {
        crate::kit::say(&format!(
            "{signal:?} is ignored here, as under nohup or in the background: not tried"
        ));
    }
    heard
}

#[test]
fn a_walk_that_is_told_to_stop_records_the_answer_and_goes_no_further() {
    let signals = heard();
    for call in &CALLS {
        for signal in signals.iter().copied() {
            let scene = Scene::slow(call);
            let walk = walk(&scene);
            scene.until_received();
            send(walk.id(), signal);
            let ran = crate::kit::Ran::from(walk.wait_with_output().unwrap());
            let whole = call.after == "completed";
            assert_eq!(ran.status, i32::from(!whole), "{ran:?}");
            assert!(whole || ran.err.contains("stopped; order"), "{ran:?}");
            scene.is_recorded();
        }
    }
}

#[test]
fn a_walk_that_is_told_twice_ends_at_once_and_says_what_is_in_doubt() {
    let scene = Scene::hanging();
    let mut walk = walk(&scene);
    scene.until_received();
    // Whichever comes first is the first: the second is sent until it has ended.
    while walk.try_wait().unwrap().is_none() {
        send(walk.id(), Signal::TERM);
        std::thread::sleep(Duration::from_millis(50));
    }
    let ran = crate::kit::Ran::from(walk.wait_with_output().unwrap()).with(4);
    assert!(ran.err.contains("in doubt") && ran.err.contains(&scene.id), "{ran:?}");
    assert_eq!(scene.home.show(&scene.id)["state"], "in_doubt");
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_walk_was_started_to_ignore_it_ignores() {
    let scene = Scene::slow(COMPLETE);
    let args =
        ["-c", "trap '' HUP; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_pxdesk"), "order", "walk", &scene.id];
    let mut shell = Command::new("/bin/sh");
    shell.args(args).args(["--method", "verbal", "--read-and-accepted-by", "Ann"]);
    let walk =
        shell.env("HOME", scene.home.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    scene.until_received();
    send(walk.id(), Signal::HUP);
    let ran = crate::kit::Ran::from(walk.wait_with_output().unwrap()).with(0);
    assert!(!ran.err.contains("stopping:"), "{ran:?}");
}

/// A file that may not grow is told like a full disk: the system's signal ends no program that may have an answer in hand.
#[cfg(target_os = "linux")]
#[test]
fn a_limit_on_the_size_of_files_is_told() {
    let home = crate::kit::Home::empty();
    let id = home.open(&crate::kit::order("1"));
    let mut shell = Command::new("/bin/sh");
    shell.args([
        "-c",
        "ulimit -f 8; exec \"$@\"",
        "sh",
        env!("CARGO_BIN_EXE_pxdesk"),
        "order",
        "note",
        &id,
        "x",
    ]);
    let ran = crate::kit::Ran::from(shell.env("HOME", home.path()).output().unwrap()).with(6);
    assert!(ran.err.contains("pxdesk.db"), "{ran:?}");
    home.verifies();
}

fn walk(scene: &Scene) -> std::process::Child {
    let method: &[&str] = match scene.call.name {
        "send_rcc" | "get_rcc_acceptance" => &["--method", "sms"],
        _ => &["--method", "verbal", "--read-and-accepted-by", "Ann"],
    };
    scene.home.command(&[&["order", "walk", &scene.id], method].concat()).spawn().unwrap()
}

/// Makes the next call of `name` fail that the desk's thread `thread` makes: what no program expects of its system.
#[cfg(target_os = "linux")]
fn sabotage(desk: &Desk, thread: &str, name: &str, error: &str) -> std::process::Child {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", desk.pid())).unwrap().flatten();
    let named = |task: &std::fs::DirEntry| {
        std::fs::read_to_string(task.path().join("comm")).is_ok_and(|comm| comm.trim() == thread)
    };
    let task = tasks.into_iter().find(named).expect("there is such a thread");
    let mut strace = Command::new("strace");
    strace.args(["-p", task.file_name().to_str().unwrap(), "-e", &format!("trace={name}")]);
    strace.args(["-e", &format!("inject={name}:error={error}:when=1")]);
    let mut strace = strace.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(strace.stderr.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("attached"), "{line}");
    strace
}

#[cfg(target_os = "linux")]
#[test]
fn a_panic_in_the_middle_of_a_call_gives_the_terminal_back_and_loses_no_answer() {
    if !crate::crash::can_trace() {
        return crate::kit::skip("strace, or the right to trace");
    }
    for call in &CALLS {
        let scene = Scene::slow(call);
        let mut desk = Desk::open(&scene.home, 80, 24);
        scene.begun(&mut desk);
        // The thread that reads keys cannot wake the loop, which tokio takes for a reason to panic.
        let mut strace = sabotage(&desk, "input", "write", "EIO");
        desk.keys("?");
        assert_eq!(desk.status(), 1, "{}", call.name);
        assert!(desk.is_given_back(), "{}", call.name);
        desk.shows("pxdesk met an error of its own");
        strace.wait().unwrap();
        scene.is_recorded();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_panic_of_the_runtime_itself_leaves_the_call_in_doubt_and_the_terminal_as_it_was() {
    if !crate::crash::can_trace() {
        return crate::kit::skip("strace, or the right to trace");
    }
    let scene = Scene::hanging();
    let mut desk = Desk::open(&scene.home, 80, 24);
    scene.begun(&mut desk);
    let mut strace = sabotage(&desk, "pxdesk", "epoll_wait", "EBADF");
    desk.keys("?");
    assert_eq!(desk.status(), 101);
    assert!(desk.is_given_back());
    desk.shows("pxdesk met an error of its own");
    strace.wait().unwrap();
    assert_eq!(scene.home.show(&scene.id)["state"], "in_doubt");
    scene.home.verifies();
}
