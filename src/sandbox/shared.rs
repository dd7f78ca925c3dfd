//! What every request can reach, whichever server it is for.

use super::clock;
use super::error::Error;
use super::message::{Message, respond};
use super::options::Options;
use super::state::State;
use super::store::Store;
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What every request can reach.
pub type Shared = Arc<Inner>;

/// See [`Shared`].
#[derive(Debug)]
pub struct Inner {
    store: Store,
    pub options: Options,
    /// Its sender is dropped when the server is to end.
    ending: watch::Receiver<()>,
}

impl Inner {
    /// Opens the state that `options` name.
    pub fn new(options: Options, ending: watch::Receiver<()>) -> Result<Self, Error> {
        Ok(Self { store: Store::new(options.state_file.clone())?, options, ending })
    }

    /// Does `work` on the state, alone, and keeps what it made of it. The instant is on the servers' own clock.
    pub fn work<T>(&self, work: impl FnOnce(&mut State, clock::Millis) -> T) -> Result<T, Error> {
        self.store.change(|state| {
            let now = state.now(clock::now());
            work(state, now)
        })
    }

    /// The instant on the servers' own clock.
    pub fn now(&self) -> Result<clock::Millis, Error> {
        self.store.look(|state| state.now(clock::now()))
    }

    /// Answers from the state, which may change.
    pub fn change(&self, work: impl FnOnce(&mut State) -> (u16, Value)) -> Response {
        answer(self.store.change(work))
    }

    /// Answers from the state as it is.
    pub fn look(&self, work: impl FnOnce(&State) -> (u16, Value)) -> Response {
        answer(self.store.look(work))
    }

    /// Says something of the state as it is.
    pub fn say(&self, words: impl FnOnce(&State) -> Message) -> Response {
        self.store.look(words).map_or_else(|error| broken(&error), respond)
    }

    /// Waits, though not beyond the server's end.
    pub async fn pause(&self, pause: Duration) {
        if !pause.is_zero() {
            let _ = tokio::time::timeout(pause, self.ended()).await;
        }
    }

    /// Waits for the server's end.
    pub async fn ended(&self) {
        while self.ending.clone().changed().await.is_ok() {}
    }
}

fn answer(worked: Result<(u16, Value), Error>) -> Response {
    match worked {
        Ok((status, body)) => respond(Message::json(status, &body)),
        Err(error) => broken(&error),
    }
}

/// The state cannot be used: said in the gateway's shape, and in the log.
pub fn broken(error: &Error) -> Response {
    tracing::error!(%error, "the embedded Px");
    respond(Message::json(500, &json!({ "code": "500", "message": error.to_string() })))
}
