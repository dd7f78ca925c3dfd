//! Folding events into an order. Nothing here can fail: what was decided has happened. `outcome` has what a call's end and a
//! person's verdict mean.

mod outcome;

use super::event::{Event, OpenedPersonal};
use super::model::{
    Acceptance, Attempt, AttemptOutcome, Basis, Completion, Delivery, Order, Retrieval, Trouble,
};
use super::reading::{Lit, Reading};
use super::worker::Note;
use super::{Call, Customer, Digest, Method, OrderId, Rcc, Recorded, Timestamp, Uptime};
use jiff::SignedDuration;

/// How far Px's clock and that of the desk may differ before it is said.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);

impl Order {
    /// The order that an opening makes; `None` when `first` is another event.
    pub fn opened(id: &OrderId, first: &Recorded) -> Option<Self> {
        let Event::Opened { environment, identity, prepared_at, language, despite_doubt, personal } =
            &first.event
        else {
            return None;
        };
        let personal = personal.clone().unwrap_or(OpenedPersonal {
            customer: Customer::default(),
            payment_token: None,
            gift_cards: Vec::new(),
        });
        Some(Self {
            id: id.clone(),
            environment: *environment,
            identity: identity.clone(),
            prepared_at: *prepared_at,
            language: language.clone(),
            despite_doubt: despite_doubt.clone(),
            opened_at: first.at,
            agent: first.by.clone(),
            holder: first.by.clone(),
            waits_for_holder: false,
            worker: None,
            last_worker: None,
            notes: Vec::new(),
            seq: first.seq,
            updated_at: first.at,
            customer: personal.customer,
            payment_token: personal.payment_token,
            gift_cards: personal.gift_cards,
            retrieval: None,
            replaced: None,
            rcc_blocked: false,
            method: None,
            reading: None,
            deliveries: Vec::new(),
            checks: 0,
            acceptance: None,
            attempts: Vec::new(),
            corrected_after: 0,
            trouble: None,
            completion: None,
            verdicts: Vec::new(),
            proposed: None,
            declined_at: None,
            abandoned: None,
            abandoned_at: None,
            other_numbers: Vec::new(),
            erased: false,
        })
    }

    /// Folds one later event in.
    pub fn apply(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        self.seq = recorded.seq;
        self.updated_at = at;
        self.note_hands(&recorded.event, &recorded.by, at);
        match &recorded.event {
            // Who works on it was noted above.
            Event::Opened { .. } | Event::TakenOver { .. } | Event::Assigned { .. } => {}
            Event::Amended { .. } => self.amended(&recorded.event),
            Event::CallStarted { .. } => self.call_started(recorded),
            Event::RccRetrieved { .. } => self.rcc_retrieved(recorded),
            Event::RccSent { attempt, method, sha256, sent_at, tx_id } => {
                self.end(*attempt, at, AttemptOutcome::Answered);
                self.sent(*attempt, *method, *sha256, *sent_at, tx_id.clone(), at);
            }
            Event::AcceptancePending { checks, answered } => {
                self.pending(*checks, *answered);
            }
            Event::AcceptanceReceived { method, sha256, accepted_at, tx_id } => {
                let tx_id = tx_id.as_ref().map_or_else(String::new, |tx| format!(", TxID {tx}"));
                let time =
                    whose_time(*accepted_at, at, self.deliveries.iter().map(|delivery| delivery.at).min());
                self.accepted(Acceptance {
                    method: *method,
                    sha256: *sha256,
                    by_px: true,
                    accepted_at: accepted_at.unwrap_or(at),
                    evidence: format!("event {}{tx_id}{time}", recorded.seq),
                    read: None,
                    name: None,
                });
            }
            Event::ReadingStarted { .. }
            | Event::SectionRead { .. }
            | Event::ReadingVouched { .. }
            | Event::ReadingInterrupted { .. } => self.read_aloud(recorded),
            Event::AcceptedVerbally { .. } => self.accepted_verbally(recorded),
            Event::Declined { .. } => {
                self.forget_consent();
                self.declined_at = Some(at);
            }
            Event::Completed { attempt, order_number, order_status, tx_id, personal } => {
                self.end(*attempt, at, AttemptOutcome::Answered);
                let before = self.completion.take().and_then(|completion| completion.order_number);
                if let Some(other) = before.filter(|other| other != order_number) {
                    self.other_numbers.push(other);
                    self.trouble = Some(Trouble::PlacedAgain);
                }
                self.completion = Some(Completion {
                    basis: Basis::Confirmed,
                    order_number: Some(order_number.clone()),
                    order_status: order_status.clone(),
                    tx_id: tx_id.clone(),
                    at,
                    attempt: *attempt,
                    details: personal.as_ref().map(|p| p.details.clone()),
                });
            }
            Event::CompletionInferred { attempt, earlier, error } => {
                self.end(*attempt, at, AttemptOutcome::Refused(error.clone()));
                let basis = Basis::Inferred { probe: *attempt };
                self.placed(basis, *earlier, error.tx_id.clone(), at);
            }
            Event::VerdictProposed { .. } => self.proposed = self.verdict(recorded),
            Event::Resolved { .. } => self.resolved(recorded),
            Event::CallRefused { attempt, error } => {
                if let Some(attempt) = attempt {
                    self.end(*attempt, at, AttemptOutcome::Refused(error.clone()));
                }
                self.refused(error);
            }
            Event::CallFailed { attempt, call, failure, uptime } => {
                if let Some(attempt) = attempt {
                    self.end_unanswered(
                        *attempt,
                        at,
                        AttemptOutcome::Failed(failure.clone()),
                        uptime.as_ref(),
                    );
                }
                self.in_trouble(Trouble::Failed { call: *call, failure: failure.clone() });
            }
            Event::CallCutOff { attempt, held_back, uptime } => {
                let call = self.attempts.iter().find(|a| a.number == *attempt).map(|a| a.call);
                let outcome = if *held_back { AttemptOutcome::HeldBack } else { AttemptOutcome::CutOff };
                self.end_unanswered(*attempt, at, outcome, uptime.as_ref());
                if let Some(call) = call {
                    self.in_trouble(Trouble::CutOff { call });
                }
            }
            Event::Released { .. } => self.trouble = None,
            Event::Abandoned { reason } => {
                self.abandoned = Some(reason.clone());
                self.abandoned_at = Some(at);
            }
            Event::Noted { personal } => {
                let text = personal.as_ref().map(|personal| personal.text.clone());
                self.notes.push(Note { at, by: recorded.by.clone(), text });
            }
            Event::Erased { .. } => self.erased = true,
        }
    }

    fn amended(&mut self, event: &Event) {
        let Event::Amended { sales_code, partner_id, address_detail_id, payment_token, gift_cards, personal } =
            event
        else {
            return;
        };
        let identity = &mut self.identity;
        if let Some(code) = sales_code {
            identity.sales_code = code.clone();
        }
        if let Some(id) = partner_id {
            identity.partner_id = id.clone();
        }
        if let Some(id) = address_detail_id {
            identity.address_detail_id = id.clone();
        }
        if *payment_token {
            self.payment_token = personal.as_ref().and_then(|p| p.payment_token.clone());
        }
        if *gift_cards {
            self.gift_cards = personal.as_ref().and_then(|p| p.gift_cards.clone()).unwrap_or_default();
        }
        self.corrected_after = self.attempts.iter().map(|a| a.number).max().unwrap_or(0);
        self.trouble = None;
    }

    fn call_started(&mut self, recorded: &Recorded) {
        if let Event::CallStarted { attempt, call, method, owner, probe, personal } = &recorded.event {
            self.attempts.push(Attempt {
                number: *attempt,
                call: *call,
                method: *method,
                at: recorded.at,
                by: recorded.by.clone(),
                owner: owner.clone(),
                probe: *probe,
                request: personal.as_ref().map(|p| p.request),
                to: personal.as_ref().and_then(|p| p.to.clone()),
                ended_at: None,
                uptime: None,
                outcome: None,
            });
        }
    }

    fn end(&mut self, number: u32, at: Timestamp, outcome: AttemptOutcome) {
        if outcome == AttemptOutcome::Answered {
            self.trouble = None;
        }
        self.end_unanswered(number, at, outcome, None);
    }

    /// The customer has not accepted yet; an answered check clears what was wrong with the one before it.
    fn pending(&mut self, checks: u32, answered: bool) {
        self.checks = checks;
        if answered {
            self.trouble.take_if(|trouble| trouble.call() == Call::GetRccAcceptance);
        }
    }

    fn end_unanswered(
        &mut self,
        number: u32,
        at: Timestamp,
        outcome: AttemptOutcome,
        uptime: Option<&Uptime>,
    ) {
        if let Some(attempt) = self.attempts.iter_mut().find(|a| a.number == number) {
            attempt.outcome = Some(outcome);
            attempt.ended_at = Some(at);
            attempt.uptime = uptime.cloned();
        }
    }

    fn rcc_retrieved(&mut self, recorded: &Recorded) {
        let Event::RccRetrieved { attempt, sha256, sections, words, changed, tx_id, personal } =
            &recorded.event
        else {
            return;
        };
        self.end(*attempt, recorded.at, AttemptOutcome::Answered);
        let retrieval = Retrieval {
            of: self.identity.clone(),
            sha256: *sha256,
            sections: *sections,
            words: *words,
            at: recorded.at,
            tx_id: tx_id.clone(),
            text: personal.as_ref().map(|p| p.rcc.clone()),
        };
        self.retrieved(retrieval, *changed);
    }

    /// A text came; when it is another than the one before, nothing that was said to that one counts any more.
    fn retrieved(&mut self, new: Retrieval, changed: bool) {
        self.rcc_blocked = false;
        let old = self.retrieval.replace(new);
        if changed {
            self.forget_consent();
            self.replaced = old.and_then(|o| o.text);
        }
    }

    fn sent(
        &mut self,
        attempt: u32,
        method: Method,
        sha256: Digest,
        sent_at: Option<Timestamp>,
        tx_id: Option<String>,
        at: Timestamp,
    ) {
        let to = self.attempts.iter().find(|a| a.number == attempt).and_then(|a| a.to.clone());
        self.method = Some(method);
        self.checks = 0;
        self.deliveries.push(Delivery { method, sha256, to, sent_at, at, tx_id, counts: true });
    }

    fn read_aloud(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        if let Event::ReadingStarted { sha256, afresh, uptime } = &recorded.event {
            return self.reading_started(*sha256, *afresh, Lit { at, uptime: uptime.clone() });
        }
        let Some(reading) = &mut self.reading else { return };
        if let Event::SectionRead { section, millis, uptime, .. } = &recorded.event {
            reading.mark(*section, *millis, Lit { at, uptime: uptime.clone() });
        } else if let Event::ReadingVouched { .. } = recorded.event {
            reading.vouch();
        } else if let Event::ReadingInterrupted { .. } = recorded.event {
            reading.interrupted = true;
        }
    }

    fn reading_started(&mut self, sha256: Digest, afresh: bool, lit: Lit) {
        self.method = Some(Method::Verbal);
        let same = self.reading.as_mut().filter(|r| r.sha256 == sha256 && !afresh);
        if let Some(reading) = same {
            reading.interrupted = false;
            reading.lit = lit;
            return;
        }
        let text = self.retrieval.as_ref().and_then(|r| r.text.as_ref());
        let sections = text.map_or(0, |t: &Rcc| t.read_sections().len());
        self.reading = Some(Reading::start(sha256, sections, lit));
    }

    fn accepted_verbally(&mut self, recorded: &Recorded) {
        let Event::AcceptedVerbally { sha256, read, personal } = &recorded.event else { return };
        let how = read.as_ref().map_or(String::new(), |read| format!(", {read}"));
        self.accepted(Acceptance {
            method: Method::Verbal,
            sha256: *sha256,
            by_px: false,
            accepted_at: recorded.at,
            evidence: format!("event {}{how}", recorded.seq),
            read: read.clone(),
            name: personal.as_ref().map(|p| p.name.clone()),
        });
    }

    fn accepted(&mut self, acceptance: Acceptance) {
        self.acceptance = Some(acceptance);
        self.replaced = None;
        self.declined_at = None;
        self.trouble = None;
    }

    /// The customer's word is needed anew.
    fn forget_consent(&mut self) {
        self.acceptance = None;
        self.reading = None;
        for delivery in &mut self.deliveries {
            delivery.counts = false;
        }
    }
}

/// By whose clock the time of an acceptance is, where it is not plainly Px's.
fn whose_time(by_px: Option<Timestamp>, recorded: Timestamp, sent: Option<Timestamp>) -> &'static str {
    match by_px {
        None => ", its time is this desk's: Px gave none that can be read",
        Some(by_px) if by_px.duration_since(recorded) > CLOCKS => {
            ", its time is Px's, and was yet to come here"
        }
        // No text was sent before the first one.
        Some(by_px) if sent.is_some_and(|sent| sent.duration_since(by_px) > CLOCKS) => {
            ", its time is Px's, and was before the text was sent by this desk's clock"
        }
        Some(_) => "",
    }
}
