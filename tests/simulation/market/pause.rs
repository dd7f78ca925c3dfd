//! The world as all see it who live in it, and how time passes for them: every await ends in [`Pause`]. There the executor
//! takes over, and there a desk may die.

use super::net::Back;
use super::state::{Happening, State};
use crate::px::Millis;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// The world, shared by all that live in it. Nothing ever waits for the lock: there is one thread.
#[derive(Clone)]
pub struct Shared(pub Arc<Mutex<State>>);

impl Shared {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets time pass: at least one turn of the executor.
    pub fn pause(&self, length: Millis) -> Pause {
        self.pause_for(length, None)
    }

    /// The same, or until something comes back of that request.
    pub fn pause_for(&self, length: Millis, flight: Option<usize>) -> Pause {
        Pause { world: self.clone(), length, flight, until: None }
    }

    /// A pause of a length that the seed chooses.
    pub async fn some_pause(&self, from: u64, to: u64) {
        let pause = self.state().some_millis(from, to);
        self.pause(pause).await;
    }
}

/// Lets time pass, until then or until an answer is there.
pub struct Pause {
    world: Shared,
    length: Millis,
    /// The request whose answer ends it.
    flight: Option<usize>,
    until: Option<Millis>,
}

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let (length, flight, until) = (self.length, self.flight, self.until);
        let mut state = self.world.state();
        let came = flight.is_some_and(|flight| state.flights[flight].back != Back::Awaited);
        match until {
            Some(until) if came || state.now >= until => return Poll::Ready(()),
            Some(_) => {}
            None => {
                let until = state.now + length;
                state.after(length, Happening::Wake(context.waker().clone()));
                drop(state);
                self.until = Some(until);
                state = self.world.state();
            }
        }
        if let Some(flight) = flight {
            state.flights[flight].waker = Some(context.waker().clone());
        }
        Poll::Pending
    }
}
