//! Doing something with one subscription.

use super::{Market, Problem};
use crate::desk::{Deed, News};
use crate::engine::{Error, Intake, MarketError, Usage};
use crate::kind::{Reached, ShortId};
use crate::subscription::{
    Amount, Answer, By, Calendar, Call, Line, Month, Outcome, Refusal, Sku, Subscription,
};

type Done = std::result::Result<String, MarketError>;

impl Market {
    /// Does it, and tells what the subscription is then.
    pub(super) async fn does(&self, id: ShortId, deed: Deed) {
        let about = again(&id, &deed);
        let done = match deed {
            Deed::Answer(answer) => self.answer(&id, answer).await,
            Deed::StartBilling { skus, reason } => {
                self.engine.start_billing(&id, &skus, reason.as_deref()).await.map(|of| outcome(&of))
            }
            Deed::End { skus, reason } => {
                self.engine.end_subscription(&id, &skus, reason.as_deref()).await.map(|of| outcome(&of))
            }
            Deed::AddUsage { sku, month, count, key } => self.add_usage(&id, sku, month, count, key).await,
            Deed::Note(notes) => self.note(&id, notes).await,
        };
        if let Ok(row) = self.row(&id).await {
            self.tell(News::Row(Box::new(row)));
        }
        match done {
            Ok(what) => self.tell(News::Done { id: Some(id), what }),
            Err(error) => {
                let again = about.filter(|_| matches!(error, Error::Refusal(Refusal::DoneBefore { .. })));
                let Problem { what, next } = error.into();
                // What the command line says of its flags is no help here: a form follows.
                let next = if again.is_some() { String::new() } else { next };
                self.tell(News::Failed { id: Some(id), what, next, task: true, again });
            }
        }
    }

    async fn answer(&self, id: &ShortId, answer: Answer) -> Done {
        let by = By::Person { name: self.engine.agent().to_owned() };
        let what = match &answer {
            Answer::Provisioned { customer_id } => format!("Answered: the customer is {customer_id}."),
            Answer::Refused { .. } => "Refused.".to_owned(),
        };
        let answered = self.engine.answer(id, answer, by).await?;
        self.told_to_practice_buyer(answered).await?;
        Ok(what)
    }

    async fn add_usage(&self, id: &ShortId, sku: Sku, month: Month, count: Amount, key: String) -> Done {
        let calendar = Calendar::new().map_err(MarketError::System)?;
        let what = format!("Added {count} of {sku} for {month}. It is not sent yet.");
        let usage = Usage { of: id.to_string(), sku, month, line: Line { key, count } };
        let mut intake = Intake::new(self.engine.clone(), calendar, None);
        match intake.add(&[usage]).await?.into_iter().next() {
            Some(Err(refusal)) => Err(Error::Refusal(refusal)),
            Some(Ok(true)) => Ok(what),
            Some(Ok(false)) | None => Ok("It was taken in before.".to_owned()),
        }
    }

    async fn note(&self, id: &ShortId, notes: Vec<crate::subscription::Note>) -> Done {
        for note in notes {
            self.engine.note_subscription(id, note).await?;
        }
        Ok("Written down.".to_owned())
    }
}

/// What could be sent once more, with a reason.
fn again(id: &ShortId, deed: &Deed) -> Option<(ShortId, Call, Vec<Sku>)> {
    match deed {
        Deed::StartBilling { skus, .. } => Some((id.clone(), Call::StartBilling, skus.clone())),
        Deed::End { skus, .. } => Some((id.clone(), Call::EndUsage, skus.clone())),
        Deed::Answer(_) | Deed::AddUsage { .. } | Deed::Note(_) => None,
    }
}

/// What came of the last call.
fn outcome(of: &Subscription) -> String {
    let Some(last) = of.attempts.last() else { return "Nothing was sent.".to_owned() };
    let outcome = last.ended.as_ref().and_then(|ended| ended.outcome.as_ref());
    let skus: Vec<&str> = last.skus.iter().map(Sku::as_str).collect();
    let words = outcome.map_or_else(|| "unknown".to_owned(), Outcome::words);
    let done = outcome.is_some_and(|outcome| matches!(outcome, Outcome::Done { .. }));
    let reached = outcome.map_or(Reached::Unknown, Outcome::reached);
    let note =
        if !done && reached == Reached::Unknown { " Nobody knows whether it was carried out." } else { "" };
    format!("{} of {}: {words}.{note}", last.call, skus.join(", "))
}
