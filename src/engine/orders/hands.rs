//! Who may do what, and in whose hands an order is.

use crate::engine::world::World;
use crate::engine::{Engine, Error};
use crate::kind::Driven as _;
use crate::order::{
    Claim, Command, Forbidden, Order, OrderId, Refusal, Right, Role, Shown, Timestamp, Worker, right_for,
};

impl From<Forbidden> for Refusal {
    fn from(Forbidden(right): Forbidden) -> Self {
        Self::NotYourRole(right)
    }
}

fn worked_on(worker: &Worker, now: Timestamp) -> Refusal {
    Refusal::WorkedOn { name: worker.name.clone(), since: worker.since(now) }
}

impl<W: World<Order>> Engine<W> {
    /// What the one who acts is.
    pub fn role(&self) -> Role {
        self.0.options.role
    }

    /// Nothing, when the one who acts has this right, and the right to work in this environment at all.
    ///
    /// # Errors
    /// The right that is missing.
    pub fn permit(&self, right: Right) -> Result<(), Error> {
        self.permit_work()?;
        Ok(self.role().check(right).map_err(Refusal::from)?)
    }

    pub(super) fn permit_work(&self) -> Result<(), Error> {
        Ok(self.role().check(Right::WorkIn(self.environment())).map_err(Refusal::from)?)
    }

    /// As [`Engine::permit`], for what `command` does to `order`.
    pub(super) fn permit_command(&self, command: &Command, order: &Order) -> Result<(), Refusal> {
        match right_for(command, order, &self.0.options.agent) {
            Some(right) => self.role().check(right).map_err(Refusal::from),
            None => Ok(()),
        }
    }

    /// Before a person goes on with an order: it is theirs, or nobody works on it, or it is taken over, which is recorded.
    ///
    /// # Errors
    /// [`Refusal::WorkedOn`] when somebody else works on it now and `take_over` does not say so.
    pub async fn claim(&self, id: &OrderId, take_over: bool) -> Result<(), Error> {
        let take = |by| Command::TakeOver { by };
        self.claimed(id, take_over, take).await.map(|_| ())
    }

    /// The same of an order that must still be as it was `shown`; what it is like once it is claimed.
    pub(super) async fn claim_shown(&self, id: &OrderId, shown: Shown) -> Result<Shown, Error> {
        let take = |by| Command::AsShown { shown, command: Box::new(Command::TakeOver { by }) };
        let taken = self.claimed(id, false, take).await?;
        Ok(taken.map_or(shown, |order| order.shown()))
    }

    /// The order as it was taken over by what `take` says, where that was needed.
    async fn claimed(
        &self,
        id: &OrderId,
        take_over: bool,
        take: impl Fn(String) -> Command,
    ) -> Result<Option<Order>, Error> {
        let (order, now) = (self.load(id).await?, self.world().now());
        match self.claim_of(&order, now).await {
            Claim::Free => Ok(None),
            Claim::WorkedOn(worker) if !take_over => Err(worked_on(&worker, now).into()),
            // What has ended needs no one to work on it, and says so itself.
            Claim::Resting | Claim::WorkedOn(_) if order.standing().is_final() => Ok(None),
            Claim::Resting | Claim::WorkedOn(_) => {
                self.command(id, take(self.0.options.agent.clone())).await.map(Some)
            }
        }
    }

    /// Before one of many orders is gone on with: whoever works on it now is left alone. One that rests is not taken over by
    /// it, for nobody has looked at it.
    ///
    /// # Errors
    /// [`Refusal::WorkedOn`] when somebody else works on it now.
    pub(super) async fn leave_to_others(&self, id: &OrderId) -> Result<(), Error> {
        let (order, now) = (self.load(id).await?, self.world().now());
        match self.claim_of(&order, now).await {
            Claim::WorkedOn(worker) => Err(worked_on(&worker, now).into()),
            Claim::Free | Claim::Resting => Ok(()),
        }
    }

    /// What it takes for the one who acts to go on with `order`.
    async fn claim_of(&self, order: &Order, now: Timestamp) -> Claim {
        let alive = match order.pending() {
            Some(pending) => self.world().is_alive(pending.owner).await,
            None => false,
        };
        order.claim(&self.0.options.agent, now, |_| alive)
    }
}
