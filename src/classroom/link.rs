//! A trainee's side.

use super::code::Code;
use super::words::{Directives, HEADER, Join, Joined, VERSION};
use crate::practice::{Directive, Snapshot};
use crate::wire::local_client;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex as WaitingMutex, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// Between two snapshots at the least.
const APART: Duration = Duration::from_millis(200);
/// A trainee of whom there is nothing new is still heard of so often.
const SIGN_OF_LIFE: Duration = Duration::from_secs(4);
/// Longer than the trainer's side lets anybody wait.
const LONG_POLL: Duration = Duration::from_secs(35);
/// Between two tries to join again: at first, and at the most.
const SHORTEST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(5);

/// Whether the trainer can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    Joined,
    Away,
}

/// A trainee's end of a classroom. It lives until it is dropped.
pub struct Link {
    newest: watch::Sender<Snapshot>,
    directives: WaitingMutex<UnboundedReceiver<Directive>>,
    connection: watch::Receiver<(Connection, String)>,
    work: JoinHandle<()>,
}

impl Link {
    /// Joins the classroom at `address`, as `127.0.0.1:4321`. Needs a runtime, on which it goes on by itself.
    ///
    /// # Errors
    /// In words: the code is wrong, nobody is there, every seat is taken.
    pub async fn join(address: &str, code: &str, name: &str) -> Result<Self, String> {
        let code = Code::read(code);
        let code = code.ok_or("the code has 8 letters and digits, as the trainer's screen shows it")?;
        let newest = watch::Sender::new(Snapshot { trainee: name.to_owned(), ..Snapshot::default() });
        let (sender, directives) = unbounded_channel();
        let (tell, connection) = watch::channel((Connection::Joined, String::new()));
        let mut worker = Worker {
            client: local_client()?,
            base: base(address)?,
            code: code.to_string(),
            name: name.to_owned(),
            seat: Seat::default(),
            newest: newest.subscribe(),
            after: Mutex::new(0),
            directives: sender,
            connection: tell,
        };
        worker.take_seat().await.map_err(|broken| broken.why)?;
        let work = tokio::spawn(worker.run());
        Ok(Self { newest, directives: WaitingMutex::new(directives), connection, work })
    }

    /// Tells the trainer how the run stands: at once, or as soon as the last word is a moment ago. Of several, the newest is
    /// told. Never waits.
    pub fn tell(&self, snapshot: Snapshot) {
        self.newest.send_replace(snapshot);
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

    /// Whether the trainer can be reached.
    pub fn connection(&self) -> Connection {
        self.connection.borrow().0
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
    let wrong = || format!("`{address}` is no classroom's address: it looks like 127.0.0.1:4321");
    let plain = address.trim().trim_end_matches('/');
    let plain = plain.strip_prefix("http://").unwrap_or(plain);
    let url = Url::parse(&format!("http://{plain}/")).map_err(|_| wrong())?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let ours = bare && url.username().is_empty() && url.password().is_none() && !plain.contains("//");
    if ours && url.port_or_known_default().is_some() { Ok(url) } else { Err(wrong()) }
}

/// The seat, once there is one, and its classroom.
#[derive(Default)]
struct Seat {
    key: Option<String>,
    classroom: String,
}

struct Worker {
    client: Client,
    base: Url,
    code: String,
    name: String,
    seat: Seat,
    newest: watch::Receiver<Snapshot>,
    /// The number of the last directive that was handed over.
    after: Mutex<u64>,
    directives: UnboundedSender<Directive>,
    connection: watch::Sender<(Connection, String)>,
}

/// The trainer cannot be reached, or will not have us.
struct Broken {
    why: String,
}

impl Worker {
    async fn run(mut self) {
        let mut pause = SHORTEST;
        loop {
            let why = tokio::select! {
                broken = self.pull() => broken.why,
                broken = self.push() => broken.why,
            };
            self.connection.send_replace((Connection::Away, why));
            loop {
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST);
                match self.take_seat().await {
                    Ok(()) => break,
                    Err(broken) => drop(self.connection.send_replace((Connection::Away, broken.why))),
                }
            }
            pause = SHORTEST;
            self.connection.send_replace((Connection::Joined, String::new()));
        }
    }

    /// Joins: for the first time, or again at the seat that we have.
    async fn take_seat(&mut self) -> Result<(), Broken> {
        let join = Join { name: self.name.clone(), code: self.code.clone(), seat: self.seat.key.clone() };
        let request = self.client.post(self.url("join")?);
        let Joined { seat, classroom } = self.ask(with(request, &json!(join))).await?;
        // Another classroom, or another seat of it, numbers from 1.
        if self.seat.key.as_ref() != Some(&seat) || self.seat.classroom != classroom {
            *self.after.get_mut().unwrap_or_else(PoisonError::into_inner) = 0;
        }
        self.seat = Seat { key: Some(seat), classroom };
        Ok(())
    }

    /// Hands over what the trainer wants, until the connection breaks.
    async fn pull(&self) -> Broken {
        loop {
            if let Err(broken) = self.pull_once().await {
                return broken;
            }
        }
    }

    async fn pull_once(&self) -> Result<(), Broken> {
        let mut url = self.seat_url("directives")?;
        url.query_pairs_mut().append_pair("after", &self.last().to_string());
        let wanted: Directives = self.ask(self.client.get(url).timeout(LONG_POLL)).await?;
        // From here on nothing waits: what was handed over is counted as such.
        let mut last = self.after.lock().unwrap_or_else(PoisonError::into_inner);
        for numbered in wanted.directives {
            if numbered.number > *last {
                *last = numbered.number;
                let _ = self.directives.send(numbered.directive);
            }
        }
        Ok(())
    }

    /// Tells how the run stands, until the connection breaks.
    async fn push(&self) -> Broken {
        let mut newest = self.newest.clone();
        loop {
            let snapshot = json!(*newest.borrow_and_update());
            let sent = match self.seat_url("snapshot") {
                Ok(url) => self.ask::<Value>(with(self.client.post(url), &snapshot)).await,
                Err(broken) => Err(broken),
            };
            if let Err(broken) = sent {
                return broken;
            }
            sleep(APART).await;
            let _ = timeout(SIGN_OF_LIFE, newest.changed()).await;
        }
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Broken> {
        let broken = |why: &str| Broken { why: why.to_owned() };
        let gone = |_| Broken { why: format!("the trainer's desk at {} does not answer", place(&self.base)) };
        let reply = request.header(HEADER, VERSION).send().await.map_err(gone)?;
        let status = reply.status();
        let body = reply.bytes().await.map_err(gone)?;
        if status == StatusCode::OK {
            return serde_json::from_slice(&body)
                .map_err(|_| broken("the trainer's desk speaks another version"));
        }
        let said: Value = serde_json::from_slice(&body).unwrap_or_default();
        let said = said["message"].as_str().map(crate::text::one_line);
        Err(match said {
            Some(said) => Broken { why: format!("the trainer's desk refused: {said}") },
            None => broken("what answers there is no classroom of pxdesk"),
        })
    }

    fn last(&self) -> u64 {
        *self.after.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn url(&self, path: &str) -> Result<Url, Broken> {
        self.base.join(&format!("classroom/{path}")).map_err(|error| Broken { why: error.to_string() })
    }

    fn seat_url(&self, what: &str) -> Result<Url, Broken> {
        let seat = self.seat.key.as_deref().unwrap_or_default();
        self.url(&format!("seats/{seat}/{what}"))
    }
}

fn with(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

fn place(base: &Url) -> String {
    let host = base.host_str().unwrap_or_default();
    base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
