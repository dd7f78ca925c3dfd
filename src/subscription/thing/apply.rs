//! Folding events into a subscription. What was decided has happened, so nothing here is refused but what cannot follow.

use super::event::{AnsweredPersonal, Event};
use super::{Answered, Note, Subscription};
use crate::kind::{Reached, Recorded, ShortId, Timestamp};
use crate::order::Personal;
use crate::subscription::{Answer, Attempts, By, Call, CallEvent, HandedOver, NotUsed, SkuLine};
use serde_json::Map;
use std::collections::BTreeMap;

impl Subscription {
    /// The subscription that a deploy makes; none when `first` is another event.
    pub(super) fn opened(id: &ShortId, first: &Recorded<Event>) -> Option<Self> {
        let Event::Requested { environment, provisioning_id, product_id, skus, first_version, personal } =
            &first.event
        else {
            return None;
        };
        let line = |plan: &_| SkuLine {
            plan: Clone::clone(plan),
            started: None,
            ended: None,
            excused: false,
            unknown: None,
        };
        Some(Self {
            id: id.clone(),
            environment: *environment,
            provisioning_id: provisioning_id.clone(),
            product_id: *product_id,
            skus: skus.iter().map(line).collect(),
            first_version: *first_version,
            requested_at: first.at,
            fields: personal.as_ref().map_or_else(Map::new, |personal| personal.fields.clone()),
            exact: personal.as_ref().and_then(|personal| personal.exact.clone()),
            content: personal.as_ref().map(|personal| personal.content),
            answer: None,
            handed_over: None,
            not_used: Vec::new(),
            not_used_aside: 0,
            delivered: None,
            confirmed_at: None,
            repeats: 0,
            conflicts: 0,
            conflict_at: None,
            conflicts_aside: 0,
            attempts: Attempts::default(),
            notes: Vec::new(),
            left_out: BTreeMap::new(),
            seq: first.seq,
            updated_at: first.at,
            erased: personal.is_none(),
        })
    }

    /// Folds one later event in; false, and unchanged, when it cannot follow.
    pub(super) fn take(&mut self, recorded: &Recorded<Event>) -> bool {
        let at = recorded.at;
        let follows = match &recorded.event {
            Event::Requested { .. } => false,
            Event::Answered { answer, decided, personal } => {
                let mut answered = Answered { answer: answer.clone(), by: decided.clone(), at, aside: false };
                if let Some(AnsweredPersonal { message, reason }) = personal {
                    answered.take_words(message.as_ref(), reason.as_ref());
                }
                self.answer = Some(answered);
                true
            }
            Event::HandedOver { to, owner } => {
                self.handed_over = Some(HandedOver { to: *to, owner: owner.clone(), at });
                true
            }
            Event::AnswerNotUsed { from, customer_id } => {
                self.not_used.push(NotUsed { from: *from, customer_id: customer_id.clone(), at });
                true
            }
            Event::AnswerDelivered => self.deliver(true),
            Event::AnswerLost => self.deliver(false),
            Event::Repeated => {
                self.repeats += 1;
                true
            }
            Event::ConflictingDeploy { .. } => {
                (self.conflicts, self.conflict_at) = (self.conflicts + 1, Some(at));
                true
            }
            Event::Noted { note } => self.note(note, at),
            Event::AlarmSetAside { reason } => self.note(&Note::AlarmSetAside { reason: reason.clone() }, at),
            Event::Erased { .. } => {
                (self.fields, self.exact, self.content, self.erased) = (Map::new(), None, None, true);
                self.answer.iter_mut().for_each(Answered::forget_words);
                true
            }
            Event::Call(event) => self.call(event, at, &recorded.by),
        };
        if follows {
            (self.seq, self.updated_at) = (recorded.seq, at);
        }
        follows
    }

    /// An answer that arrived once has arrived, whatever became of a later copy of it.
    fn deliver(&mut self, taken: bool) -> bool {
        self.delivered = Some(taken || self.delivered == Some(true));
        true
    }

    fn note(&mut self, note: &Note, at: Timestamp) -> bool {
        if let Note::ProductNamed { product_id, .. } = note {
            self.product_id = Some(*product_id);
        }
        if let Note::AlarmSetAside { .. } = note {
            (self.conflicts_aside, self.not_used_aside) = (self.conflicts, self.not_used.len());
            self.answer.iter_mut().for_each(|answered| answered.aside = true);
        }
        if let Note::UsageLeftOut { skus, .. } = note {
            self.left_out.extend(skus.iter().map(|sku| (sku.clone(), at)));
        }
        for line in &mut self.skus {
            match note {
                Note::BillingMoved { sku, to } if line.plan.sku == *sku => line.plan.starts = Some(*to),
                Note::UsageLeftOut { skus, .. } if skus.contains(&line.plan.sku) => line.excused = true,
                Note::AsConfigured { plan } if plan.sku == line.plan.sku => line.configure(plan, at),
                _ => {}
            }
        }
        self.notes.push(note.clone());
        true
    }

    fn call(&mut self, event: &CallEvent, at: Timestamp, by: &str) -> bool {
        if !self.attempts.follow(event, at, by) {
            return false;
        }
        match event {
            CallEvent::CallDone { attempt, .. } => self.done(*attempt, at),
            CallEvent::CallRefused { attempt, .. } => self.not_done(*attempt),
            CallEvent::CallFailed { attempt, failure, .. } if failure.reached() == Reached::No => {
                self.not_done(*attempt);
            }
            CallEvent::CallStarted { .. } | CallEvent::CallFailed { .. } | CallEvent::CallCutOff { .. } => {}
        }
        for line in &mut self.skus {
            let is_open = |call: &Call| match call {
                Call::StartBilling => line.started.is_none(),
                _ => line.ended.is_none(),
            };
            let lost = |call: &Call| self.attempts.lost(*call, &line.plan.sku).is_some();
            line.unknown = [Call::EndUsage, Call::StartBilling].into_iter().filter(is_open).find(lost);
        }
        true
    }

    /// This attempt was not carried out. Where it was to end SKUs, they go on, and so does their usage; unless an end before
    /// it may have been carried out.
    fn not_done(&mut self, attempt: u32) {
        let Some(ended) = self.attempts.get(attempt).filter(|ended| ended.call == Call::EndUsage) else {
            return;
        };
        for line in self.skus.iter_mut().filter(|line| line.ended.is_none()) {
            let sku = &line.plan.sku;
            if ended.skus.contains(sku) && self.attempts.lost(Call::EndUsage, sku).is_none() {
                self.left_out.remove(sku);
                line.excused = false;
            }
        }
    }

    /// The marketplace carried this attempt out.
    fn done(&mut self, attempt: u32, at: Timestamp) {
        self.confirmed_at.get_or_insert(at);
        let Some(done) = self.attempts.get(attempt) else { return };
        for line in self.skus.iter_mut().filter(|line| done.skus.contains(&line.plan.sku)) {
            match done.call {
                Call::StartBilling => _ = line.started.get_or_insert(at),
                Call::EndUsage => _ = line.ended.get_or_insert(at),
                Call::ReportUsage | Call::Track | Call::UpdateSubscription | Call::UpdateCount => {}
            }
        }
    }
}

impl Answered {
    /// What somebody wrote of it, which is kept apart.
    fn take_words(&mut self, said: Option<&Personal>, why: Option<&Personal>) {
        let text = |text: &Personal| text.expose().to_owned();
        if let (Answer::Refused { message }, Some(said)) = (&mut self.answer, said) {
            *message = Some(text(said));
        }
        if let (By::Person { reason, .. }, Some(why)) = (&mut self.by, why) {
            *reason = Some(text(why));
        }
    }

    /// What somebody wrote is gone with the key.
    fn forget_words(&mut self) {
        if let Answer::Refused { message } = &mut self.answer {
            *message = None;
        }
        if let By::Person { reason, .. } = &mut self.by {
            *reason = None;
        }
    }
}
