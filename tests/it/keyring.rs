//! A Secret Service of its own: gnome-keyring under a private D-Bus session, in an empty home.

use crate::kit::{self, Home, Ran};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a daemon may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A D-Bus session; it ends when dropped, and so does the keyring.
pub struct Bus {
    daemon: Child,
    address: String,
    keyring: Option<Child>,
}

impl Bus {
    /// A session for `home`; none, said out loud, where the programs for it are not installed.
    pub fn start(home: &Home) -> Option<Self> {
        let needed = ["dbus-daemon", "dbus-send", "gnome-keyring-daemon", "secret-tool"];
        if !needed.iter().all(|program| kit::has(program)) {
            return None;
        }
        let at = format!("--address={}", Self::address_in(home));
        let args = ["--session", "--nofork", "--nopidfile", "--print-address", &at];
        let mut daemon = tool(home, "dbus-daemon", &args).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Some(Self { daemon, address: address.trim().to_owned(), keyring: None })
    }

    /// Where a session for `home` can be reached, once there is one.
    pub fn address_in(home: &Home) -> String {
        format!("unix:path={}/bus", home.path().display())
    }

    /// Starts the keyring, which is unlocked, and made when there is none.
    pub fn unlocked(mut self, home: &Home) -> Self {
        self.run_keyring(home, &["--unlock", "--components=secrets", "--foreground"]);
        self
    }

    /// Starts the keyring anew, without its password.
    pub fn lock(&mut self, home: &Home) {
        self.stop_keyring();
        self.run_keyring(home, &["--start", "--components=secrets", "--foreground"]);
    }

    fn run_keyring(&mut self, home: &Home, args: &[&str]) {
        let mut daemon = self.tool(home, "gnome-keyring-daemon", args).spawn().unwrap();
        daemon.stdin.take().unwrap().write_all(b"the-keyring-password").unwrap();
        self.keyring = Some(daemon);
        self.wait_for_keyring(home, "true");
    }

    fn stop_keyring(&mut self) {
        if let Some(mut daemon) = self.keyring.take() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }

    fn wait_for_keyring(&self, home: &Home, there: &str) {
        let until = Instant::now() + PATIENCE;
        let ask = ["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"];
        let ask =
            [&ask[..], &["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]].concat();
        loop {
            let reply = Ran::from(self.tool(home, "dbus-send", &ask).output().unwrap());
            if reply.out.contains(there) {
                return;
            }
            assert!(Instant::now() < until, "the keyring does not start: {reply:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A program of the system's on this session.
    pub fn tool(&self, home: &Home, program: &str, args: &[&str]) -> Command {
        let mut command = tool(home, program, args);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        command
    }

    /// pxdesk on this session.
    pub fn command(&self, home: &Home, args: &[&str]) -> Command {
        let mut command = home.command(args);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address).env("XDG_RUNTIME_DIR", home.path());
        command
    }

    /// Runs pxdesk on this session to its end.
    pub fn run(&self, home: &Home, args: &[&str]) -> Ran {
        self.command(home, args).output().unwrap().into()
    }

    /// Runs it with `input` on standard input.
    pub fn run_with(&self, home: &Home, args: &[&str], input: &str) -> Ran {
        kit::fed(self.command(home, args), input)
    }

    /// What another program finds in pxdesk's entry for `environment`.
    pub fn entry(&self, home: &Home, environment: &str) -> String {
        let args = ["lookup", "service", "pxdesk", "username", environment];
        Ran::from(self.tool(home, "secret-tool", &args).output().unwrap()).out
    }

    /// Has another program write pxdesk's entry for `environment`.
    pub fn write_entry(&self, home: &Home, environment: &str, text: &str) {
        let args = ["store", "--label=pxdesk", "service", "pxdesk", "username", environment];
        kit::fed(self.tool(home, "secret-tool", &args), text).with(0);
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.stop_keyring();
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// A program of the system's, in `home` and with nothing else of this machine's environment but its path.
fn tool(home: &Home, program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", home.path()).env("XDG_RUNTIME_DIR", home.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}
