//! Practice deploys: they arrive at the embedded marketplace's own desk, as the receiver would record them.

use super::{Market, Problem, Result};
use crate::config::MarketTarget;
use crate::desk::News;
use crate::engine::{MarketError, NewDeploy, Received};
use crate::sandbox::practice_deploys;
use crate::session::plans;
use crate::subscription::{Answer, By, Subscription, read_deploy};

impl Market {
    fn is_practice(&self) -> bool {
        self.settings.target == MarketTarget::InProcess
    }

    /// Where there is nothing to practice on, deploys arrive: all are answered by the pattern but the last one, which waits
    /// for a person.
    pub(super) async fn first_practice(&self) -> Result<()> {
        if !self.is_practice() || self.engine.how_many_subscriptions().await? > 0 {
            return Ok(());
        }
        let mut deploys = self.deploys()?;
        let last = deploys.pop();
        for (n, new) in (1..).zip(deploys) {
            let customer_id = self.settings.webhook.assign.fill(n, &new.deploy.provisioning_id);
            let answer =
                customer_id.ok().map(|customer_id| (Answer::Provisioned { customer_id }, By::Pattern));
            let taken = self.take(NewDeploy { answer, ..new }).await?;
            self.told_to_practice_buyer(taken).await?;
        }
        if let Some(new) = last {
            self.take(new).await?;
        }
        Ok(())
    }

    /// Another one arrives, and waits for an answer.
    pub(super) async fn arrive(&self) -> Result<String> {
        let so_far = self.engine.how_many_subscriptions().await?;
        let mut taken = self.another(so_far).await;
        // Their ids are new at every second.
        if taken.is_err() {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            taken = self.another(so_far).await;
        }
        let taken = taken?;
        self.tell(News::Row(Box::new(self.row(&taken.id).await?)));
        Ok(format!("{} has arrived, and waits for an answer.", taken.provisioning_id))
    }

    /// One of the practice deploys of this second, each in its turn.
    async fn another(&self, so_far: u64) -> Result<Subscription> {
        let deploys = self.deploys()?;
        let which = usize::try_from(so_far).unwrap_or_default() % deploys.len().max(1);
        let new = deploys.into_iter().nth(which).filter(|_| self.is_practice());
        self.take(new.ok_or_else(|| problem("deploys arrive by themselves only where people practice"))?)
            .await
    }

    /// Practice deploys of this second, with what the configuration says of their SKUs.
    fn deploys(&self) -> Result<Vec<NewDeploy>> {
        let plans = plans(&self.settings)?;
        let now = self.engine.clock().now();
        let mut deploys = Vec::new();
        for deploy in practice_deploys() {
            let deploy = read_deploy(deploy.to_string().as_bytes()).map_err(|why| problem(&why.0))?;
            deploys.push(plans.new_deploy(deploy, false, None, now));
        }
        Ok(deploys)
    }

    async fn take(&self, new: NewDeploy) -> Result<Subscription> {
        match self.engine.receive(vec![new]).await?.into_iter().next().transpose()? {
            Some(Received::New(subscription)) => Ok(subscription),
            Some(Received::Again(_) | Received::Conflict(_)) => {
                Err(problem("this deploy has arrived before"))
            }
            Some(Received::IdTaken(_)) | None => Err(problem("the customer id of the pattern is taken")),
        }
    }

    /// The buyer of practice waits at the other end for as long as it takes: the answer arrives.
    pub(super) async fn told_to_practice_buyer(
        &self,
        answered: Subscription,
    ) -> std::result::Result<(), MarketError> {
        if self.is_practice() && answered.answer.is_some() {
            self.engine.delivered(vec![(answered, true)]).await?;
        }
        Ok(())
    }
}

fn problem(what: &str) -> Problem {
    Problem { what: what.to_owned(), next: String::new() }
}
