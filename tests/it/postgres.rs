//! A PostgreSQL of its own, from the installed programs: one server for all tests, on a socket in a folder of its own; or the
//! one that `PXDESK_TEST_POSTGRES` names.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::kit;
use pxdesk::journal::{Address, Error, Journal, Options, Place, every_kind};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server that tests started.
pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
    /// Whom it runs as: it refuses to run as root.
    user: Option<(u32, u32)>,
    child: Mutex<Option<Child>>,
}

/// A database with nothing in it.
pub struct Database {
    /// Without the name of the database.
    host: String,
    pub name: String,
    _folder: tempfile::TempDir,
    key: PathBuf,
}

impl Server {
    /// A server of this test's own, which it may kill; none, said out loud, where the programs are not installed.
    pub fn start(folder: &Path, settings: &str) -> Option<Self> {
        Self::start_on(folder, settings, 5432)
    }

    /// The same, which calls itself by that port.
    pub fn start_on(folder: &Path, settings: &str, port: u16) -> Option<Self> {
        let Some(programs) = programs() else {
            kit::skip("PostgreSQL (postgres, initdb)");
            return None;
        };
        let user = unprivileged();
        let server = Self { folder: folder.to_owned(), programs, port, user, child: Mutex::new(None) };
        std::fs::create_dir_all(folder).unwrap();
        server.own(folder);
        let data = server.folder.join("data");
        server.copy_cluster(&data);
        let settings = format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\nmax_connections = 300\nshared_buffers = 32MB\n\
             wal_level = replica\nmax_wal_senders = 2\nlog_min_messages = warning\n{settings}\n",
            server.folder.display()
        );
        let mut file = std::fs::read_to_string(data.join("postgresql.conf")).unwrap();
        file.push_str(&settings);
        std::fs::write(data.join("postgresql.conf"), file).unwrap();
        server.run();
        Some(server)
    }

    /// An empty cluster: made once, and copied for each server, since to make one takes most of a second.
    fn copy_cluster(&self, data: &Path) {
        static MADE: OnceLock<PathBuf> = OnceLock::new();
        let made = MADE.get_or_init(|| {
            let made = of_this_process("initdb");
            self.own(&made);
            let mut initdb = self.program("initdb");
            initdb.args([
                "--no-sync",
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C",
            ]);
            let ended = initdb.arg("-D").arg(made.join("data")).output().unwrap();
            assert!(ended.status.success(), "{ended:?}");
            made.join("data")
        });
        // Whose it is, and who may read it, stay as they are: the server insists on both.
        let ended = Command::new("cp").arg("-a").arg(made).arg(data).output().unwrap();
        assert!(ended.status.success(), "{ended:?}");
    }

    /// Gives a folder or a file to the user whom the server runs as.
    fn own(&self, path: &Path) {
        if let Some((uid, gid)) = self.user {
            std::os::unix::fs::chown(path, Some(uid), Some(gid)).unwrap();
        }
    }

    /// Puts a file into its data, for itself alone.
    pub fn put(&self, name: &str, text: &str) {
        let file = self.folder.join("data").join(name);
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        self.own(&file);
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(&self.folder).env("LC_ALL", "C").stdin(Stdio::null());
        if let Some((uid, gid)) = self.user {
            command.gid(gid).uid(uid);
        }
        command
    }

    /// Starts it, and waits until it answers. One that ends while it starts is started again, as its administrator would.
    pub fn run(&self) {
        let until = Instant::now() + PATIENCE;
        *self.child.lock().unwrap() = Some(self.spawn());
        while self.psql("postgres", "SELECT 1").is_err() {
            let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(Instant::now() < until, "PostgreSQL does not start: {log}");
            std::thread::sleep(Duration::from_millis(50));
            let mut child = self.child.lock().unwrap();
            if child.as_mut().is_some_and(|child| child.try_wait().unwrap().is_some()) {
                *child = Some(self.spawn());
            }
        }
    }

    fn spawn(&self) -> Child {
        let log = std::fs::File::create(self.folder.join("log")).unwrap();
        let mut command = self.program("postgres");
        command.arg("-D").arg(self.folder.join("data")).stdout(Stdio::null()).stderr(log);
        command.spawn().unwrap()
    }

    /// Kills it as a power cut would: with all of its processes. Returns when none is left, so that none holds on to what
    /// the next server needs.
    pub fn kill(&self) {
        let signal = |pid: i32, signal| {
            let _ = rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal);
        };
        let Some(mut child) = self.child.lock().unwrap().take() else { return };
        // Held first: it could start one more process after its processes were listed.
        signal(child.id().cast_signed(), rustix::process::Signal::STOP);
        let pids = children_of(child.id());
        let _ = child.kill();
        for pid in &pids {
            signal(*pid, rustix::process::Signal::KILL);
        }
        let _ = child.wait();
        let until = Instant::now() + PATIENCE;
        while pids.iter().any(|pid| is_alive(*pid)) {
            assert!(Instant::now() < until, "processes of PostgreSQL that were killed do not end: {pids:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = std::fs::remove_file(self.folder.join("data/postmaster.pid"));
    }

    /// Ends it in order.
    pub fn stop(&self) {
        if let Some(mut child) = self.child.lock().unwrap().take() {
            let pid = rustix::process::Pid::from_raw(child.id().cast_signed()).unwrap();
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::INT);
            let _ = child.wait();
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn host(&self) -> String {
        format!("host={}&port={}", self.folder.display(), self.port)
    }

    /// Runs SQL as the one who runs the server.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String, String> {
        psql(&format!("postgres://postgres@/{database}?{}", self.host()), sql)
    }

    /// A new database on it.
    pub fn database(&self) -> Database {
        Database::on(self.host())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The client of the server that runs: Debian's `psql` is a script, which takes longer to start than the client itself.
fn psql_itself() -> Command {
    let beside = programs().map(|folder| folder.join("psql")).filter(|psql| psql.is_file());
    Command::new(beside.unwrap_or_else(|| "psql".into()))
}

/// Runs SQL.
fn psql(url: &str, sql: &str) -> Result<String, String> {
    let mut command = psql_itself();
    command.args(["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]);
    let output = command.stdin(Stdio::null()).output().map_err(|e| e.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

fn children_of(parent: u32) -> Vec<i32> {
    let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
    children.unwrap_or_default().split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

/// True until the process has let go of all that it had, whether or not somebody has asked how it ended.
fn is_alive(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // After the name, which stands in brackets and may hold anything.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

/// Where the server's programs are.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    folders.into_iter().find(|folder| folder.join("postgres").is_file() && folder.join("initdb").is_file())
}

/// Another user than root, when this is root.
fn unprivileged() -> Option<(u32, u32)> {
    if !rustix::process::getuid().is_root() {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let of = |name: &str| {
        let line = users.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(of("postgres").or_else(|| of("nobody")).expect("a user that is not root"))
}

/// The folder of the server that all tests share, and what became of it.
struct Shared {
    server: Option<Server>,
}

/// A new database, on the server that all tests share; none, said out loud, where there is no PostgreSQL.
pub fn database() -> Option<Database> {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    if let Ok(url) = std::env::var("PXDESK_TEST_POSTGRES") {
        let (_, query) = url.split_once('?').expect("postgres://USER@/DATABASE?host=FOLDER");
        return Some(Database::on(query.to_owned()));
    }
    let shared = SHARED.get_or_init(|| Shared { server: Server::start(&of_this_process("pg"), "") });
    shared.server.as_ref().map(Server::database)
}

/// A new folder that goes when this process has ended, and with it the server that is in it.
fn of_this_process(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("pxdesk-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    clear_up_with(&folder);
    folder
}

/// A static is never dropped: a shell waits for this process to end, then ends the server and removes its folder.
fn clear_up_with(folder: &Path) {
    let script = "while kill -0 \"$0\" 2>/dev/null; do sleep 0.5; done
        kill -INT $(head -1 \"$1/data/postmaster.pid\") 2>/dev/null; sleep 1; rm -rf \"$1\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, &std::process::id().to_string()]).arg(folder);
    shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    // It waits for us, not the other way round.
    std::mem::forget(shell.spawn().unwrap());
}

impl Database {
    fn on(host: String) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("t{}_{number}", std::process::id());
        psql(&format!("postgres://postgres@/postgres?{host}"), &format!("CREATE DATABASE {name}")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("pxdesk.key");
        Self { host, name, _folder: folder, key }
    }

    /// Its URL, for that database role.
    pub fn url_as(&self, role: &str) -> String {
        format!("postgres://{role}@/{}?{}", self.name, self.host)
    }

    pub fn url(&self) -> String {
        self.url_as("postgres")
    }

    /// The key file of the journal in it.
    pub fn key(&self) -> &Path {
        &self.key
    }

    pub fn place(&self) -> Place {
        Place::Server(Box::new(Address::parse(&self.url(), self.key.clone()).unwrap()))
    }

    /// Opens the journal in it, made when there is none.
    pub async fn try_open(&self, state: Option<&Path>) -> Result<Journal, Error> {
        let options = Options { create: true, state: state.map(Path::to_owned), kinds: every_kind() };
        Journal::open_with(&self.place(), &options).await
    }

    pub async fn open(&self) -> Journal {
        self.try_open(None).await.unwrap()
    }

    /// Opens it for a look alone.
    pub async fn look(&self) -> Journal {
        let options = Options { create: false, state: None, kinds: every_kind() };
        Journal::open_to_look(&self.place(), &options).await.unwrap()
    }

    async fn open_at(&self, url: &str) -> Result<Journal, Error> {
        let address = Address::parse(url, self.key.clone()).unwrap();
        let options = Options { create: false, state: None, kinds: every_kind() };
        Journal::open_with(&Place::Server(Box::new(address)), &options).await
    }

    /// Opens the journal in it as that database role, if it may.
    pub async fn try_open_as(&self, role: &str) -> Result<Journal, Error> {
        self.open_at(&self.url_as(role)).await
    }

    /// Opens the journal in it as that database role.
    pub async fn open_as(&self, role: &str) -> Journal {
        self.try_open_as(role).await.unwrap()
    }

    /// Opens the journal in it through a relay.
    pub async fn open_through(&self, relay: &crate::relay::Relay) -> Journal {
        self.open_at(&format!("postgres://postgres@127.0.0.1:{}/{}", relay.port, self.name)).await.unwrap()
    }

    /// The server's socket.
    pub fn socket(&self) -> PathBuf {
        let value = |key: &str| {
            let pair = self.host.split('&').find_map(|pair| pair.strip_prefix(key));
            pair.expect("a host and a port").to_owned()
        };
        Path::new(&value("host=")).join(format!(".s.PGSQL.{}", value("port=")))
    }

    /// All that is in it, as SQL.
    pub fn dump(&self) -> String {
        let mut command = Command::new("pg_dump");
        command.args(["--no-owner", "--dbname"]).arg(self.url()).stdin(Stdio::null());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Takes in what a dump of `other` has, and its key.
    pub fn restore(&self, dump: &str, other: &Self) {
        self.take(dump, &std::fs::read(&other.key).unwrap());
    }

    /// Puts a dump of its own in the place of the journal, under all who are connected.
    pub fn put_back(&self, dump: &str) {
        let key = std::fs::read(&self.key).unwrap();
        self.take(&format!("BEGIN; DROP SCHEMA pxdesk CASCADE;\n{dump}\nCOMMIT;"), &key);
    }

    /// Takes in a dump, and the key of the journal in it.
    pub fn take(&self, dump: &str, key: &[u8]) {
        std::fs::write(&self.key, key).unwrap();
        std::fs::set_permissions(&self.key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let file = self.key.with_extension("sql");
        std::fs::write(&file, dump).unwrap();
        let mut command = psql_itself();
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d"]).arg(self.url()).arg("-f").arg(&file);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// Runs SQL as that database role.
    pub fn sql_as(&self, role: &str, sql: &str) -> Result<String, String> {
        psql(&self.url_as(role), &format!("SET search_path = pxdesk; {sql}"))
    }

    /// The server comes back with a copy of an hour ago: the last event of the first thing is not in it, its lease is an earlier
    /// one, and every connection is lost.
    pub fn come_back_older(&self) {
        let sql = "SET session_replication_role = replica;
            DELETE FROM events WHERE thing = 1 AND seq = (SELECT seq FROM things WHERE n = 1);
            UPDATE things SET (seq, hash) = (
                SELECT seq, hash FROM events WHERE thing = 1 ORDER BY seq DESC LIMIT 1
            ) WHERE n = 1;
            UPDATE lease SET number = number - 1, holder = 'an earlier one', until = '-infinity';
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        self.sql(sql).unwrap();
    }

    /// Runs SQL past the journal.
    pub fn sql(&self, sql: &str) -> Result<String, String> {
        psql(&self.url(), &format!("SET search_path = pxdesk; {sql}"))
    }
}
