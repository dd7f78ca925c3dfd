//! What may be done with a subscription, and what it leads to.

use super::Subscription;
use super::event::{ConflictPersonal, Event, Note};
use crate::kind::{Digest, Timestamp, Uptime};
use crate::subscription::{
    Answer, By, Call, CallEvent, CustomerId, Decider, NotUsed, Outcome, Plan, Refusal, Signed, Sku, SkuLine,
    SkuState,
};
use std::collections::HashSet;

/// What a person, the receiver, or the engine wants done.
#[derive(Clone, Debug)]
pub enum Command {
    /// The deploy is answered so.
    Answer {
        answer: Answer,
        by: By,
    },
    /// Somebody else is about to be asked what it is answered; the process `owner` waits for that.
    HandOver {
        to: Decider,
        owner: String,
    },
    /// Whoever was asked gave an answer that is not used.
    NotUsed {
        from: Decider,
        customer_id: Option<CustomerId>,
    },
    /// Whether the connection took the answer.
    Delivered {
        taken: bool,
    },
    /// The deploy came again with this content.
    Again(Repeat),
    /// Start billing, or end, some SKUs. `reason` is a person's word for sending it although it was sent before.
    Begin {
        call: Call,
        skus: Vec<Sku>,
        signed: Signed,
        reason: Option<String>,
    },
    End {
        attempt: u32,
        outcome: Outcome,
        uptime: Option<Uptime>,
    },
    CutOff {
        attempt: u32,
        uptime: Option<Uptime>,
    },
    Note(Note),
    Erase {
        reason: String,
    },
}

/// A deploy that came again.
#[derive(Clone, Debug)]
pub struct Repeat {
    pub content: Digest,
    /// The same as journals of before have it.
    pub before: Digest,
    /// What it is about, in the open: all that can be compared once the content was erased.
    pub product_id: Option<i64>,
    pub skus: Vec<Sku>,
}

impl Subscription {
    pub(super) fn decided(&self, command: Command, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        let one = |event| Ok(vec![event]);
        match command {
            Command::Answer { answer, by } => self.answered(answer, by),
            Command::HandOver { to, owner } => self.hand_over(to, owner),
            Command::NotUsed { from, customer_id } => {
                // The same again tells nothing new.
                let is_same =
                    |not_used: &NotUsed| (not_used.from, &not_used.customer_id) == (from, &customer_id);
                let known = self.not_used.iter().any(is_same);
                if known { Ok(Vec::new()) } else { one(Event::AnswerNotUsed { from, customer_id }) }
            }
            Command::Delivered { taken } => {
                // What is known already is not written again.
                let known =
                    self.answer.is_none() || self.delivered == Some(true) || self.delivered == Some(taken);
                let event = if taken { Event::AnswerDelivered } else { Event::AnswerLost };
                if known { Ok(Vec::new()) } else { one(event) }
            }
            Command::Again(deploy) if self.conflicts_with(&deploy) => {
                let content = self.content.map(|_| ConflictPersonal { content: deploy.content });
                one(Event::ConflictingDeploy { personal: content })
            }
            Command::Again(_) => one(Event::Repeated),
            Command::Begin { call, skus, signed, reason } => {
                let reason =
                    reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
                self.may_begin(call, &skus, reason.is_some(), now)?;
                one(Event::Call(self.attempts.start(call, skus, signed, reason)))
            }
            Command::End { attempt, outcome, uptime } if self.attempts.awaits(attempt) => {
                one(Event::Call(CallEvent::ending(attempt, outcome, uptime)))
            }
            Command::End { .. } => Err(Refusal::NotInDoubt),
            Command::CutOff { attempt, uptime } => {
                one(Event::Call(CallEvent::CallCutOff { attempt, held_back: false, uptime }))
            }
            Command::Note(note) => self.noted(note),
            Command::Erase { reason } => self.erasure(&reason),
        }
    }

    /// True when the deploy is not the one that this is about.
    pub fn conflicts_with(&self, again: &Repeat) -> bool {
        let Repeat { content, before, product_id, skus } = again;
        self.content.map_or_else(
            || self.is_of_other(*product_id, skus),
            |known| ![*content, *before].contains(&known),
        )
    }

    /// True when it is of another product, or of other SKUs, than these. A digest of the whole content that outlived its erasure
    /// would tell whoever guesses the content that the guess is right.
    fn is_of_other(&self, product_id: Option<i64>, skus: &[Sku]) -> bool {
        let other_product = self.product_id.zip(product_id).is_some_and(|(ours, theirs)| ours != theirs);
        let ours: HashSet<&Sku> = self.skus.iter().map(|line| &line.plan.sku).collect();
        other_product || ours != skus.iter().collect()
    }

    fn answered(&self, answer: Answer, by: By) -> Result<Vec<Event>, Refusal> {
        match self.answer {
            Some(_) => Err(Refusal::Answered),
            None => Ok(vec![Event::answered(answer, by)]),
        }
    }

    /// It is handed over once: whoever got it may have made a customer, whatever became of their answer.
    fn hand_over(&self, to: Decider, owner: String) -> Result<Vec<Event>, Refusal> {
        match (&self.answer, &self.handed_over) {
            (Some(_), _) => Err(Refusal::Answered),
            (None, Some(before)) => Err(Refusal::HandedOver(before.clone())),
            (None, None) => Ok(vec![Event::HandedOver { to, owner }]),
        }
    }

    fn noted(&self, note: Note) -> Result<Vec<Event>, Refusal> {
        match &note {
            Note::BillingMoved { sku, .. } | Note::AsConfigured { plan: Plan { sku, .. } }
                if self.sku(sku).is_none() =>
            {
                Err(Refusal::NoSuchSku(sku.clone()))
            }
            Note::Text { .. } if self.erased => Err(Refusal::Erased),
            Note::AlarmSetAside { reason } if reason.trim().is_empty() => {
                Err(Refusal::NoReason("setting an alarm aside"))
            }
            Note::AlarmSetAside { .. } if !self.has_alarm() => Err(Refusal::NothingToSetAside),
            Note::AlarmSetAside { reason } => Ok(vec![Event::AlarmSetAside { reason: reason.clone() }]),
            Note::ProductNamed { product_id, reason } => {
                self.may_name_product(*product_id, reason.as_deref())?;
                Ok(vec![Event::Noted { note }])
            }
            Note::TerminationMail { .. }
            | Note::BillingMoved { .. }
            | Note::AsConfigured { .. }
            | Note::UsageLeftOut { .. }
            | Note::Text { .. } => Ok(vec![Event::Noted { note }]),
        }
    }

    /// True while something of it is listed that can be set aside.
    fn has_alarm(&self) -> bool {
        self.open_conflicts() > 0 || self.open_otherwise().is_some() || !self.open_not_used().is_empty()
    }

    /// A slip may be corrected, with a reason, until a call with it was carried out. What the deploy named stays.
    fn may_name_product(&self, product_id: i64, reason: Option<&str>) -> Result<(), Refusal> {
        let Some(known) = self.product_id else { return Ok(()) };
        let typed = self.notes.iter().any(|note| matches!(note, Note::ProductNamed { .. }));
        if !typed || known == product_id || self.confirmed_at.is_some() {
            return Err(Refusal::ProductKnown(known));
        }
        if let Some(pending) = self.attempts.pending() {
            return Err(self.attempts.busy(pending.attempt));
        }
        let says_why = reason.is_some_and(|reason| !reason.trim().is_empty());
        if says_why { Ok(()) } else { Err(Refusal::NoReason("another product")) }
    }

    fn erasure(&self, reason: &str) -> Result<Vec<Event>, Refusal> {
        if self.erased {
            return Err(Refusal::Erased);
        }
        match reason.trim() {
            "" => Err(Refusal::NoReason("an erasure")),
            reason => Ok(vec![Event::Erased { reason: reason.to_owned() }]),
        }
    }

    /// The SKUs that `call` is about when nobody names any: those that wait for it.
    pub fn due(&self, call: Call, now: Timestamp) -> Vec<Sku> {
        let due = |line: &&SkuLine| match (call, line.state(now)) {
            (Call::StartBilling, state) => state == SkuState::Waiting,
            (Call::EndUsage, state) => state != SkuState::Ended,
            _ => false,
        };
        self.skus.iter().filter(due).map(|line| line.plan.sku.clone()).collect()
    }

    /// Nothing, when `call` may be sent for these SKUs; `again` when a person asked for that.
    ///
    /// # Errors
    /// Why not.
    pub fn may_begin(&self, call: Call, skus: &[Sku], again: bool, now: Timestamp) -> Result<(), Refusal> {
        if let Some(pending) = self.attempts.pending() {
            return Err(self.attempts.busy(pending.attempt));
        }
        self.state(now).has_customer()?;
        if self.product_id.is_none() {
            return Err(Refusal::NoProduct);
        }
        if skus.is_empty() {
            return Err(Refusal::NoSkuLeft(call));
        }
        skus.iter().try_for_each(|sku| self.may_be_about(call, sku, again, now))
    }

    fn may_be_about(&self, call: Call, sku: &Sku, again: bool, now: Timestamp) -> Result<(), Refusal> {
        let line = self.sku(sku).ok_or_else(|| Refusal::NoSuchSku(sku.clone()))?;
        let ended = line.state(now) == SkuState::Ended;
        if call == Call::StartBilling && ended {
            return Err(Refusal::SkuEnded(sku.clone()));
        }
        let done = match call {
            Call::StartBilling => line.started.is_some(),
            _ => ended,
        };
        if again {
            return Ok(());
        }
        if done {
            return Err(Refusal::DoneBefore { call, sku: sku.clone() });
        }
        match self.attempts.lost(call, sku) {
            Some(lost) => Err(Refusal::NotKnown { call, sku: sku.clone(), at: lost.at }),
            None => Ok(()),
        }
    }
}
