//! An empty home, the program, and a Px to speak to.

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// Journals that earlier releases wrote, and their keys: of version 1, of version 2, of version 3.
pub const JOURNALS: [(&[u8], &[u8]); 3] = [
    (include_bytes!("fixtures/v1/pxdesk.db"), include_bytes!("fixtures/v1/pxdesk.key")),
    (include_bytes!("fixtures/v2/pxdesk.db"), include_bytes!("fixtures/v2/pxdesk.key")),
    (include_bytes!("fixtures/v3/pxdesk.db"), include_bytes!("fixtures/v3/pxdesk.key")),
];

/// A home directory of its own, with a configuration that names one Px.
pub struct Home {
    pub dir: tempfile::TempDir,
}

/// What a command left behind.
#[derive(Debug)]
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The JSON on stdout.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// Itself, when the status is as expected.
    #[track_caller]
    pub fn with(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Self {
            status: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

impl Home {
    /// A home without a configuration: the embedded Px.
    pub fn empty() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// A home whose sandbox environment is the Px at `base`.
    pub fn at(base: &str) -> Self {
        let home = Self::empty();
        home.configure(&format!(
            "environment = \"sandbox\"\nagent = \"r.diaz\"\n[environments.sandbox]\nbase_url = \"{base}/\"\n\
             token_url = \"{base}/oauth/v2/token\"\ncredentials = \"credentials\"\n\
             [acceptance]\nfirst_pause = \"50ms\"\nlongest_pause = \"200ms\"\n\
             [timeouts]\nretrieve_rcc = \"2s\"\nsend_rcc = \"2s\"\nget_rcc_acceptance = \"2s\"\ncomplete_order = \"2s\"\n"
        ));
        home.credentials("the-consumer-key\nthe-consumer-secret\n");
        home
    }

    /// Marks a home whose readings are held to the usual limit.
    pub fn read_at_the_usual_pace(&self) {
        std::fs::write(self.path().join("usual-pace"), "").unwrap();
    }

    pub fn reads_at_the_usual_pace(&self) -> bool {
        self.path().join("usual-pace").exists()
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Adds to the configuration.
    pub fn configure_also(&self, text: &str) {
        let before = std::fs::read_to_string(self.config().join("config.toml")).unwrap();
        self.configure(&format!("{before}{text}"));
    }

    /// Writes the configuration.
    pub fn configure(&self, text: &str) {
        std::fs::create_dir_all(self.config()).unwrap();
        std::fs::write(self.config().join("config.toml"), text).unwrap();
    }

    /// Changes one thing in the configuration.
    pub fn reconfigure(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.config().join("config.toml")).unwrap();
        assert!(text.contains(from), "{text}");
        self.configure(&text.replace(from, to));
    }

    /// Writes the credentials file, for its owner alone.
    pub fn credentials(&self, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.config().join("credentials");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn config(&self) -> PathBuf {
        self.path().join(".config/pxdesk")
    }

    /// The program, with nothing of this machine's environment but its path.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pxdesk"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.path())
            .env("USER", "r.diaz")
            // Without it the person's own keyring would be found.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
            // Nobody listens to these tests; those of reading itself set their own.
            .env("PXDESK_READING_FASTEST", "60000")
            .env("PXDESK_LOG", "trace");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.command(args).output().unwrap().into()
    }

    /// Runs it with `input` on standard input.
    pub fn run_with(&self, args: &[&str], input: &str) -> Ran {
        fed(self.command(args), input)
    }

    /// The same at the desk of `agent`.
    pub fn run_with_agent(&self, agent: &str, args: &[&str], input: &str) -> Ran {
        let mut command = self.command(args);
        command.env("PXDESK_AGENT", agent);
        fed(command, input)
    }

    /// Takes an order in and returns its id.
    pub fn open(&self, order: &Value) -> String {
        let ran = self.run_with(&["order", "open", "--json", "-"], &order.to_string()).with(0);
        ran.out.trim().to_owned()
    }

    /// The order's JSON.
    pub fn show(&self, id: &str) -> Value {
        self.run(&["order", "show", id, "--output", "json"]).with(0).json()
    }

    /// Walks it verbally to the end.
    pub fn walk(&self, id: &str) -> Ran {
        self.run(&["order", "walk", id, "--method", "verbal", "--read-and-accepted-by", "Ann Okafor"])
    }

    /// The journal verifies.
    #[track_caller]
    pub fn verifies(&self) {
        self.run(&["journal", "verify"]).with(0);
    }
}

/// Runs `command` to its end with `input` on standard input.
pub fn fed(mut command: Command, input: &str) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that needs none of it may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap().into()
}

/// An order in JSON, `n` telling it from others.
pub fn order(n: &str) -> Value {
    serde_json::json!({
        "salesCode": "S100", "partnerId": "P200", "partnerOrderId": format!("PO-{n}"), "transactionId": format!("T-{n}"),
        "addressDetailId": format!("A-{n}"),
        "customer": { "name": "Ann Okafor", "phone": "+13035550123", "email": "ann.okafor@example.com" },
    })
}

/// `sandbox serve` in a process of its own; killed when dropped.
pub struct Sandbox {
    child: Child,
    pub base: String,
}

impl Sandbox {
    pub fn serve(args: &[&str]) -> Self {
        let home = Home::empty();
        let mut all = vec!["sandbox", "serve", "--listen", "127.0.0.1:0"];
        all.extend(args);
        let mut child = home.command(&all).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        let base = line["listening"].as_str().unwrap().to_owned();
        Self { child, base }
    }

    /// Asks the control side.
    pub fn control(&self, path: &str, body: &Value) -> Value {
        let (status, body) = post(&format!("{}/_sandbox/{path}", self.base), body);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// The next `call` fails so.
    pub fn fault(&self, call: &str, fault: &Value) {
        self.control("faults", &serde_json::json!({ "call": call, "times": 1, "fault": fault }));
    }

    /// The ledger's line of one transaction.
    pub fn ledger(&self, transaction: &str) -> Value {
        get(&format!("{}/_sandbox/ledger?transactionId={transaction}", self.base))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Posts JSON; the status and the JSON that came back.
pub fn post(url: &str, body: &Value) -> (u16, Value) {
    exchange("POST", url, &body.to_string())
}

/// Gets JSON.
pub fn get(url: &str) -> Value {
    exchange("GET", url, "").1
}

/// A plain exchange with a server on this machine, one connection each.
fn exchange(method: &str, url: &str, body: &str) -> (u16, Value) {
    use std::io::Read as _;
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let head = format!(
        "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

/// Says out loud that a test is skipped because `what` is not there; where everything must be, that is a failure.
#[track_caller]
pub fn skip(what: &str) {
    assert!(std::env::var_os("PXDESK_REQUIRE_SERVICES").is_none(), "{what} is not there, and it must be");
    say(&format!("skipped: {what} is not there"));
}

/// Says something that is seen even when the test passes.
pub fn say(text: &str) {
    std::io::stderr().write_all(format!("{text}\n").as_bytes()).unwrap();
}

/// True when `program` is installed; says so out loud when it is not.
#[track_caller]
pub fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    if !found {
        skip(program);
    }
    found
}
