//! A trainee's side.

use super::code::Code;
use crate::practice::{Directive, Snapshot};
use crate::wire::local_client;
use reqwest::Url;
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{Mutex as WaitingMutex, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use worker::{Cause, Newest, Seat, Worker};

mod worker;

/// Whoever leaves waits so long for what is told last.
const LEAVE: Duration = Duration::from_secs(1);

/// Whether the trainer can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    Joined,
    Away,
    /// The trainer's side will not have us, whatever we try again: the code is another one by now.
    Refused,
}

/// Why nobody joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotJoined {
    /// In words.
    pub why: String,
    /// The address or the code is not the right one: they are to be typed again.
    pub mistyped: bool,
}

impl NotJoined {
    fn mistyped(why: impl Into<String>) -> Self {
        Self { why: why.into(), mistyped: true }
    }
}

/// A trainee's end of a classroom. It lives until it is dropped.
pub struct Link {
    newest: watch::Sender<Newest>,
    directives: WaitingMutex<UnboundedReceiver<Directive>>,
    connection: watch::Receiver<(Connection, String)>,
    known: watch::Receiver<String>,
    leaving: watch::Sender<bool>,
    work: JoinHandle<()>,
}

impl Link {
    /// Joins the classroom at `address`, as `127.0.0.1:4321`. Needs a runtime, on which it goes on by itself.
    ///
    /// # Errors
    /// In words: the code is wrong, nobody is there, every seat is taken.
    pub async fn join(address: &str, code: &str, name: &str) -> Result<Self, NotJoined> {
        let code = Code::read(code).ok_or_else(|| NotJoined::mistyped(Code::WRONG))?;
        let snapshot = Snapshot { trainee: name.to_owned(), ..Snapshot::default() };
        let newest = watch::Sender::new(Newest { snapshot, key: None });
        let (sender, directives) = unbounded_channel();
        let (tell, connection) = watch::channel((Connection::Joined, String::new()));
        let leaving = watch::Sender::new(false);
        let known_as = watch::Sender::new(name.to_owned());
        let known = known_as.subscribe();
        let mut worker = Worker {
            client: local_client().map_err(|why| NotJoined { why, mistyped: false })?,
            base: base(address).map_err(NotJoined::mistyped)?,
            code: code.to_string(),
            name: name.to_owned(),
            seat: Seat::default(),
            newest: newest.subscribe(),
            leaving: leaving.subscribe(),
            after: Mutex::new(0),
            directives: sender,
            connection: tell,
            known_as,
        };
        worker
            .take_seat()
            .await
            .map_err(|broken| NotJoined { mistyped: broken.cause != Cause::Away, why: broken.why })?;
        let work = tokio::spawn(worker.run());
        Ok(Self { newest, directives: WaitingMutex::new(directives), connection, known, leaving, work })
    }

    /// Tells the trainer how the run stands: at once, or as soon as the last word is a moment ago. Of several, the newest is
    /// told. Never waits.
    pub fn tell(&self, snapshot: Snapshot) {
        self.newest.send_modify(|newest| {
            if snapshot.keys != newest.snapshot.keys {
                newest.key = Some(Instant::now());
            }
            newest.snapshot = snapshot;
        });
    }

    /// The next thing that the trainer wants, in their order, each once. Nothing is lost when this is not waited for to its
    /// end.
    pub async fn next(&self) -> Directive {
        match self.directives.lock().await.recv().await {
            Some(directive) => directive,
            // The other end lives as long as this one.
            None => std::future::pending().await,
        }
    }

    /// Tells the trainer what was to be told last, unless that takes longer than a moment. Nothing is told afterwards.
    pub async fn leave(&self) {
        self.leaving.send_replace(true);
        // It ends with whoever tells.
        let mut connection = self.connection.clone();
        let _ = timeout(LEAVE, async { while connection.changed().await.is_ok() {} }).await;
    }

    /// Whether the trainer can be reached.
    pub fn connection(&self) -> Connection {
        self.connection.borrow().0
    }

    /// The name that the trainer sees: with a number where somebody else had it already.
    pub fn known_as(&self) -> String {
        self.known.borrow().clone()
    }

    /// Why the trainer cannot be reached; empty while they can.
    pub fn trouble(&self) -> String {
        self.connection.borrow().1.clone()
    }

    /// Waits until the connection is another than `from`.
    pub async fn connection_changed(&self, from: Connection) -> Connection {
        let mut connection = self.connection.clone();
        let now = connection.wait_for(|now| now.0 != from).await.map(|now| now.0);
        match now {
            Ok(now) => now,
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.work.abort();
    }
}

/// Where the classroom is, from what a person typed.
fn base(address: &str) -> Result<Url, String> {
    let wrong = || format!("`{address}` is not a classroom address: it looks like 127.0.0.1:4321");
    let plain = address.trim().trim_end_matches('/');
    let plain = plain.strip_prefix("http://").unwrap_or(plain);
    let url = Url::parse(&format!("http://{plain}/")).map_err(|_| wrong())?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let ours = bare && url.username().is_empty() && url.password().is_none() && !plain.contains("//");
    // The port that is meant without one is nobody's classroom.
    let port = plain.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if ours && port { Ok(url) } else { Err(wrong()) }
}
