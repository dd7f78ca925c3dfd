//! Doing something with one subscription.

use super::{Market, Problem};
use crate::desk::{Ask, MarketAction, News, Used};
use crate::engine::{End, EndedSkus, Error, Intake, MarketError, Usage};
use crate::kind::{Reached, ShortId};
use crate::subscription::{
    Answer, Because, Calendar, Call, Called, Line, Outcome, Refusal, Sku, Subscription,
};

type Done = std::result::Result<String, Trouble>;

/// Why it was not done, and what a person can ask for all the same.
struct Trouble {
    problem: Problem,
    insist: Option<Ask>,
}

impl From<MarketError> for Trouble {
    fn from(error: MarketError) -> Self {
        Self { problem: error.into(), insist: None }
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self { problem, insist: None }
    }
}

impl Market {
    /// Does it, and tells what the subscription is then.
    pub(super) async fn does(&self, id: ShortId, action: MarketAction) {
        let done = self.done(&id, action).await;
        if let Ok(row) = self.row(&id).await {
            self.tell(News::Row(Box::new(row)));
        }
        match done {
            Ok(what) => self.tell(News::Done { id: Some(id), what }),
            Err(Trouble { problem: Problem { what, next }, insist }) => {
                // What the command line says of its flags is no help here: a form follows.
                let next = if insist.is_some() { String::new() } else { next };
                self.tell(News::Failed { id: Some(id), what, next, task: true, insist });
            }
        }
    }

    async fn done(&self, id: &ShortId, action: MarketAction) -> Done {
        match action {
            MarketAction::Answer { answer, reason } => self.answer(id, answer, reason).await,
            MarketAction::StartBilling { skus, reason } => {
                let started = self.engine.start_billing(id, &skus, reason.as_deref()).await;
                started.map(|of| outcome(&of)).map_err(|error| again(error, id, Call::StartBilling, skus))
            }
            MarketAction::End { skus, reason, without_usage } => {
                self.end(id, skus, reason, without_usage).await
            }
            MarketAction::AddUsage { used, late } => self.add_usage(id, used, late).await,
            MarketAction::Supplement { sku, month, count, because } => {
                let row = self.row(id).await?;
                let report = self.engine.supplement(&row, &sku, month, count, because).await?;
                let n = report.slot.supplement;
                Ok(format!("Added {count} of {sku} for {month} as supplement {n}. It is not sent yet."))
            }
            MarketAction::Note(notes) => self.note(id, notes).await,
        }
    }

    /// Reports what is not reported yet, then ends it.
    async fn end(&self, id: &ShortId, skus: Vec<Sku>, reason: Option<String>, without_usage: bool) -> Done {
        self.engine.journal().trust().map_err(MarketError::Journal)?;
        let gate = self.gate_to_send().await?;
        let at_once = usize::from(self.settings.concurrency);
        let end = End { skus: skus.clone(), reason, without_usage, gate, at_once };
        match self.engine.report_and_end(id, &end, &mut |_| ()).await {
            Ok(EndedSkus::Called(of)) => Ok(outcome(&of)),
            Ok(EndedSkus::Unreported(why)) => {
                let what = format!("nothing was ended, as its usage is not reported: {}", why.words());
                let said = format!("{}. {}", why.words(), why.next());
                let insist = Some(Ask::WithoutUsage(id.clone(), skus, said));
                Err(Trouble { problem: Problem { what, next: why.next() }, insist })
            }
            Err(error) => Err(again(error, id, Call::EndUsage, skus)),
        }
    }

    async fn answer(&self, id: &ShortId, answer: Answer, reason: Option<String>) -> Done {
        let what = match &answer {
            Answer::Provisioned { customer_id } => format!("Answered: the customer is {customer_id}."),
            Answer::Refused { .. } => "Refused.".to_owned(),
        };
        let answered =
            match self.engine.answer_by(self.engine.agent(), id, answer.clone(), reason.as_deref()).await {
                Err(Error::Refusal(refusal @ Refusal::OthersCustomer { .. })) => {
                    let insist = Some(Ask::GiveOthers(id.clone(), answer, refusal.to_string()));
                    return Err(Trouble { problem: MarketError::Refusal(refusal).into(), insist });
                }
                answered => answered?,
            };
        self.told_to_practice_buyer(answered).await?;
        Ok(what)
    }

    async fn add_usage(&self, id: &ShortId, used: Used, late: Option<Because>) -> Done {
        let calendar = Calendar::new().map_err(MarketError::System)?;
        let carried = self.settings.carries(self.engine.agent());
        let Used { sku, month, count, key } = used.clone();
        let what = format!("Added {count} of {sku} for {month}. It is not sent yet.");
        let usage =
            Usage { of: Called::Id(id.to_string()), also: Vec::new(), sku, month, line: Line { key, count } };
        let mut intake =
            Intake::new(self.engine.clone(), calendar, late).by_clock(self.clock_error()).or_carried(carried);
        match intake.add(&[usage]).await?.into_iter().next() {
            Some(Err(refusal)) => {
                let insist = match refusal {
                    Refusal::Late { bill, .. } => Some(Ask::Late(id.clone(), used, bill)),
                    _ => None,
                };
                Err(Trouble { problem: MarketError::Refusal(refusal).into(), insist })
            }
            Some(Ok(true)) => Ok(what),
            Some(Ok(false)) | None => Ok("It was added before.".to_owned()),
        }
    }

    async fn note(&self, id: &ShortId, notes: Vec<crate::subscription::Note>) -> Done {
        for note in notes {
            self.engine.note_subscription(id, note).await?;
        }
        Ok("Written down.".to_owned())
    }
}

/// What was done before could be sent once more, with a reason.
fn again(error: MarketError, id: &ShortId, call: Call, skus: Vec<Sku>) -> Trouble {
    let before = matches!(error, Error::Refusal(Refusal::DoneBefore { .. } | Refusal::NotKnown { .. }));
    let insist = before.then(|| Ask::Again(id.clone(), call, skus));
    Trouble { problem: error.into(), insist }
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
