//! What goes on behind a link: a seat is taken, snapshots go there, directives come from there, and all of it again whenever the
//! connection breaks.

use super::Connection;
use crate::classroom::words::{Directives, HEADER, Join, Joined, VERSION};
use crate::practice::{Directive, Snapshot};
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

/// Between two snapshots at the least.
const APART: Duration = Duration::from_millis(200);
/// A trainee of whom there is nothing new is still heard of so often.
const SIGN_OF_LIFE: Duration = Duration::from_secs(4);
/// Longer than the trainer's side lets anybody wait.
const LONG_POLL: Duration = Duration::from_secs(35);
/// Between two tries to join again: at first, and at the most.
const SHORTEST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(5);

/// The seat, once there is one, and its classroom.
#[derive(Default)]
pub struct Seat {
    key: Option<String>,
    classroom: String,
    /// The name that we were given there.
    given: Option<String>,
}

/// What is to be told next.
pub struct Newest {
    pub snapshot: Snapshot,
    /// When a key was last pressed, as far as was told here. A trainer who comes back hears of it however late.
    pub key: Option<Instant>,
}

impl Newest {
    /// As it is told now.
    fn told(&self) -> Snapshot {
        let ago = self.key.map(|at| u64::try_from(at.elapsed().as_millis()).unwrap_or(u64::MAX));
        Snapshot { key_ago: ago, ..self.snapshot.clone() }
    }
}

/// A trainee's end, at work.
pub struct Worker {
    pub client: Client,
    pub base: Url,
    pub code: String,
    pub name: String,
    pub seat: Seat,
    pub newest: watch::Receiver<Newest>,
    pub leaving: watch::Receiver<bool>,
    /// The number of the last directive that was handed over.
    pub after: Mutex<u64>,
    pub directives: UnboundedSender<Directive>,
    pub connection: watch::Sender<(Connection, String)>,
    /// The name that the trainer sees.
    pub known_as: watch::Sender<String>,
}

/// The trainer cannot be reached, or will not have us.
pub struct Broken {
    pub why: String,
    pub cause: Cause,
}

/// What it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Another try may help.
    Away,
    /// Trying again changes nothing: the code is another one.
    Refused,
    /// Something else listens there.
    NoClassroom,
}

impl Broken {
    fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), cause: Cause::Away }
    }

    fn no_classroom(base: &Url) -> Self {
        let why = format!("what answers at {} is not a pxdesk classroom", place(base));
        Self { why, cause: Cause::NoClassroom }
    }
}

impl Worker {
    /// Goes on until the trainee leaves, or the trainer's side will not have us any more.
    pub async fn run(mut self) {
        let mut leaving = self.leaving.clone();
        let broken = tokio::select! {
            broken = self.stay() => broken,
            () = left(&mut leaving) => {
                // Where the trainer is away there is nobody to tell.
                let _ = self.push_once().await;
                return;
            }
        };
        self.connection.send_replace((Connection::Refused, broken.why));
        // Whoever looks for the reason finds it for as long as the link is there.
        left(&mut leaving).await;
    }

    /// Tells and hands over, and joins again whenever the connection has broken, until it is broken for good.
    async fn stay(&mut self) -> Broken {
        loop {
            let mut broken = tokio::select! {
                broken = self.pull() => broken,
                broken = self.push() => broken,
            };
            let mut pause = SHORTEST;
            loop {
                if broken.cause == Cause::Refused {
                    return broken;
                }
                self.connection.send_replace((Connection::Away, broken.why));
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST);
                match self.take_seat().await {
                    Ok(()) => break,
                    Err(again) => broken = again,
                }
            }
            self.connection.send_replace((Connection::Joined, String::new()));
        }
    }

    /// Joins: for the first time, or again at the seat that we have.
    pub async fn take_seat(&mut self) -> Result<(), Broken> {
        let Seat { key, given, .. } = &self.seat;
        let (name, code) = (self.name.clone(), self.code.clone());
        let join = Join { name, code, seat: key.clone(), given: given.clone() };
        let request = self.client.post(self.url("join")?);
        let Joined { seat, classroom, given } = self.ask(with(request, &json!(join))).await?;
        // Another classroom, or another seat of it, numbers from 1.
        if self.seat.key.as_ref() != Some(&seat) || self.seat.classroom != classroom {
            *self.after.get_mut().unwrap_or_else(PoisonError::into_inner) = 0;
        }
        if let Some(given) = &given {
            self.known_as.send_replace(given.clone());
        }
        self.seat = Seat { key: Some(seat), classroom, given };
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
            newest.borrow_and_update();
            if let Err(broken) = self.push_once().await {
                return broken;
            }
            sleep(APART).await;
            let _ = timeout(SIGN_OF_LIFE, newest.changed()).await;
        }
    }

    async fn push_once(&self) -> Result<(), Broken> {
        let snapshot = json!(self.newest.borrow().told());
        let url = self.seat_url("snapshot")?;
        self.ask::<Value>(with(self.client.post(url), &snapshot)).await.map(|_| ())
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Broken> {
        let gone = |_| Broken::new(format!("the trainer's desk at {} does not answer", place(&self.base)));
        let reply = request.header(HEADER, VERSION).send().await.map_err(gone)?;
        let status = reply.status();
        let body = reply.bytes().await.map_err(gone)?;
        if status == StatusCode::OK {
            return serde_json::from_slice(&body)
                .map_err(|_| Broken::new("the trainer's desk runs another version of pxdesk"));
        }
        let said: Value = serde_json::from_slice(&body).unwrap_or_default();
        let said = said["message"].as_str().map(crate::text::one_line);
        // Of a seat it may say so; a classroom that nobody can join is none.
        let unknown = self.seat.key.is_none() && status == StatusCode::NOT_FOUND;
        let cause = if status == StatusCode::FORBIDDEN { Cause::Refused } else { Cause::Away };
        Err(match said.filter(|_| !unknown) {
            Some(said) => Broken { why: format!("the trainer's desk refused: {said}"), cause },
            None => Broken::no_classroom(&self.base),
        })
    }

    fn last(&self) -> u64 {
        *self.after.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn url(&self, path: &str) -> Result<Url, Broken> {
        self.base.join(&format!("classroom/{path}")).map_err(|error| Broken::new(error.to_string()))
    }

    fn seat_url(&self, what: &str) -> Result<Url, Broken> {
        let seat = self.seat.key.as_deref().unwrap_or_default();
        self.url(&format!("seats/{seat}/{what}"))
    }
}

/// Waits until the trainee leaves.
async fn left(leaving: &mut watch::Receiver<bool>) {
    // Whose end is gone has left, too.
    let _ = leaving.wait_for(|leaves| *leaves).await;
}

fn with(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

fn place(base: &Url) -> String {
    let host = base.host_str().unwrap_or_default();
    base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
