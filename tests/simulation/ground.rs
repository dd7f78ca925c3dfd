//! What the real engine stands on in a simulation: the world of [`State`], seen from one desk.
//!
//! Every await ends in [`Pause`]: there the executor takes over, and there a desk may die.

use crate::book::Write;
use crate::net::Back;
use crate::plan::{Break, TIMEOUT};
use crate::px::{Millis, Reply, millis};
use crate::state::State;
use pxdesk::engine::{self, Error, World};
use pxdesk::journal;
use pxdesk::order::{
    Call, Event, Failure, Identity, Order, OrderId, Outcome, State as Standing, Timestamp, Uptime,
};
use pxdesk::px::{self, Answer, Request, classify};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use zeroize::Zeroizing;

/// The world, shared by all that live in it. Nothing ever waits for the lock: there is one thread.
#[derive(Clone)]
pub struct Shared(pub Arc<Mutex<State>>);

impl Shared {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets time pass: at least one turn of the executor.
    pub fn pause(&self, pause: Millis) -> Pause {
        Pause { world: self.clone(), length: pause, flight: None, begun: false }
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
    begun: bool,
}

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let (length, flight, ends) = (self.length, self.flight, self.begun);
        self.begun = true;
        let mut state = self.world.state();
        let task = state.current;
        state.waiting[task] = flight.filter(|_| !ends);
        if ends {
            return Poll::Ready(());
        }
        state.wake(task, length);
        Poll::Pending
    }
}

/// One desk's view of the world.
pub struct Ground {
    pub world: Shared,
    /// The name that its calls are signed with.
    pub desk: String,
    /// The machine that it runs on: the same for all desks, but where the journal is on a server.
    pub machine: usize,
}

impl Ground {
    /// An append: on its way, on disk, reported. A desk may die before, between and after.
    async fn write(&self, write: Write) -> Result<Order, journal::Error> {
        if self.is_shared() {
            return Box::pin(self.write_shared(write)).await;
        }
        self.world.some_pause(0, 3).await;
        let place = {
            let state = &mut *self.world.state();
            let failing = state.rng.chance(state.plan.disk);
            if state.is_full() || (failing && state.rng.chance(700)) {
                return Err(full());
            }
            state.writes.push(Some((self.desk.clone(), write)));
            (state.writes.len() - 1, failing)
        };
        self.world.some_pause(0, 3).await;
        let written = {
            let mut state = self.world.state();
            let Some((_, write)) = state.writes[place.0].take() else { return Err(full()) };
            state.commit(write)
        };
        self.world.pause(0).await;
        // The worst disk: it says that it failed, and did not.
        if place.1 { Err(full()) } else { written }
    }

    /// The journal can be read.
    async fn read(&self) -> Result<(), journal::Error> {
        if self.is_shared() {
            return self.reach().await;
        }
        self.world.pause(0).await;
        Ok(())
    }

    /// One request, once.
    async fn exchange(&self, request: &Request, order: &Order) -> Result<Reply, Failure> {
        let identity = &order.identity;
        let asks = self.is_shared() && self.world.state().broken != Some(Break::NoLastLook);
        if asks && request.call == Call::CompleteOrder {
            Box::pin(engine::still_under_way(self, order)).await.map_err(Failure::NotSent)?;
        }
        let flight = {
            let mut state = self.world.state();
            let task = state.current;
            if request.call == Call::CompleteOrder {
                crate::check::leaving(&mut state, task, &self.desk, identity, &request.body);
            }
            let flight = state.depart(request.call, &request.body);
            if request.call == Call::CompleteOrder {
                state.perhaps_full();
            }
            flight
        };
        let length = millis(TIMEOUT);
        Pause { world: self.world.clone(), length, flight: Some(flight), begun: false }.await;
        match &self.world.state().flights[flight].back {
            Back::Reply(reply) => Ok(reply.clone()),
            Back::Broken => Err(Failure::Unknown("the connection broke".to_owned())),
            Back::Awaited => Err(Failure::Unknown("no answer came in time".to_owned())),
        }
    }
}

impl engine::Ground for Ground {
    fn now(&self) -> Timestamp {
        let state = self.world.state();
        // As a desk of a floor does: it goes by the server's clock.
        if state.plan.server.shared && state.broken != Some(Break::OwnClocks) {
            return State::wall_at(state.now);
        }
        state.wall(self.machine)
    }

    fn uptime(&self) -> Option<Uptime> {
        Some(self.world.state().uptime(self.machine))
    }

    fn steady(&self) -> Uptime {
        let state = self.world.state();
        if state.broken == Some(Break::ReadByTheWall) {
            return Uptime::of("1".to_owned(), state.wall(self.machine).duration_since(State::wall_at(0)));
        }
        state.uptime(self.machine)
    }

    async fn sleep(&self, pause: Duration) {
        self.world.pause(millis(pause)).await;
    }

    fn desk<R>(&self) -> Result<&str, Error<R>> {
        Ok(&self.desk)
    }

    async fn is_alive(&self, desk: &str) -> bool {
        let lives = |state: &State| state.alive.iter().any(|alive| alive == desk);
        if !self.is_shared() || machine_of(desk) == Some(self.machine) {
            return lives(&self.world.state());
        }
        // The server tells of other machines' desks, while it can be asked.
        self.reach().await.is_err() || self.world.state().is_shown(desk)
    }

    fn random<R>(&self) -> Result<u64, Error<R>> {
        Ok(self.world.state().rng.next())
    }

    fn keep(&self, name: &str, answer: &[u8]) -> Result<(), String> {
        self.world.state().keep(self.machine, name, answer)
    }

    fn kept(&self, kind: &str) -> Vec<(String, Zeroizing<Vec<u8>>)> {
        let state = self.world.state();
        let ours = |machine: usize, name: &str| machine == self.machine && name.starts_with(kind);
        let ours = state.spool.iter().filter(|((machine, name), _)| ours(*machine, name));
        ours.map(|((_, name), answer)| (name.clone(), Zeroizing::new(answer.clone()))).collect()
    }

    fn forget(&self, name: &str) {
        self.world.state().spool.remove(&(self.machine, name.to_owned()));
    }
}

impl World<Order> for Ground {
    async fn load(&self, id: &OrderId) -> Result<Order, journal::Error> {
        self.read().await?;
        let state = self.world.state();
        state
            .book
            .order(id)
            .cloned()
            .ok_or_else(|| journal::Error::NotFound { kind: "order", thing: id.to_string() })
    }

    async fn open(
        &self,
        id: &OrderId,
        first: Event,
        at: Timestamp,
        by: &str,
    ) -> Result<Order, journal::Error> {
        self.write(Write { id: id.clone(), seq: 0, events: vec![first], at, by: by.to_owned() }).await
    }

    async fn append(
        &self,
        order: &Order,
        events: Vec<Event>,
        at: Timestamp,
        by: &str,
    ) -> Result<Order, journal::Error> {
        self.write(Write { id: order.id.clone(), seq: order.seq, events, at, by: by.to_owned() }).await
    }

    async fn under_way(&self, _: &str) -> Result<Vec<(OrderId, String)>, journal::Error> {
        self.read().await?;
        let state = self.world.state();
        let owned = |order: &Order| Some((order.id.clone(), order.under_way()?.owner.clone()));
        Ok(state.book.orders().iter().filter_map(owned).collect())
    }

    async fn in_doubt(&self, _: &str) -> Result<Vec<OrderId>, journal::Error> {
        self.read().await?;
        let state = self.world.state();
        let doubted = state.book.orders().iter().filter(|order| order.standing() == Standing::InDoubt);
        Ok(doubted.map(|order| order.id.clone()).collect())
    }

    async fn send(&self, request: &Request, order: &Order) -> engine::Answer<Outcome> {
        let identity = &order.identity;
        // Fetching a token, and connecting.
        let (pause, unsent) = {
            let state = &mut *self.world.state();
            let slow = state.rng.chance(state.plan.slow);
            let unsent = state.rng.chance(state.plan.unsent);
            (state.some_millis(1, if slow { 30_000 } else { 50 }), unsent)
        };
        self.world.pause(pause).await;
        let broken = self.world.state().broken;
        let mut came = if unsent {
            Err(Failure::NotSent("cannot connect".to_owned()))
        } else {
            self.exchange(request, order).await
        };
        if let (Err(Failure::Unknown(_)), Some(Break::Resend)) = (&came, broken) {
            came = self.exchange(request, order).await;
        }
        let (mut outcome, http_status) = match came {
            Ok(reply) => (understood(request.call, &reply, identity), Some(reply.status)),
            Err(failure) => (Outcome::Failed(failure), None),
        };
        match (broken, &outcome) {
            (Some(Break::TimeoutAsUnsent), Outcome::Failed(Failure::Unknown(why))) => {
                outcome = Outcome::Failed(Failure::NotSent(why.clone()));
            }
            (Some(Break::AnyTokenFault), Outcome::Failed(Failure::Unknown(why)))
                if matches!(http_status, Some(401 | 403)) =>
            {
                outcome = Outcome::Failed(Failure::Credentials(why.clone()));
            }
            (Some(Break::AnyoneSubmitted), Outcome::Refused(error))
                if error.row.as_deref() == Some("complete_order/2130") =>
            {
                let order_number = crate::px::number(identity.transaction_id.as_str());
                outcome = Outcome::Completed { order_number, order_status: None, tx_id: None, details: None };
            }
            _ => {}
        }
        Answer { outcome, http_status, retry_after: None, written: None, elapsed: Duration::ZERO }.into()
    }
}

fn understood(call: Call, reply: &Reply, identity: &Identity) -> Outcome {
    let content_type = Some(if reply.html { "text/html" } else { "application/json" });
    classify(call, &px::Reply { status: reply.status, content_type, body: reply.body.as_bytes() }, identity)
}

/// The machine that the desk of this name runs on.
fn machine_of(desk: &str) -> Option<usize> {
    desk.split('-').nth(1)?.parse().ok()
}

fn full() -> journal::Error {
    journal::Error::Full { file: "simulated.db".into() }
}
