//! What became of a call, and what a person says of it.

use crate::order::event::Event;
use crate::order::model::{Basis, Completion, Order, Trouble, Verdict};
use crate::order::{Call, CallError, Meaning, Recorded, Timestamp};

impl Order {
    /// It is known otherwise than from Px's own confirmation that the order was placed.
    pub(super) fn placed(&mut self, basis: Basis, attempt: u32, tx_id: Option<String>, at: Timestamp) {
        self.trouble = None;
        self.completion = Some(Completion {
            basis,
            order_number: None,
            order_status: None,
            tx_id,
            at,
            attempt,
            details: None,
        });
    }

    /// What a person says, of all that was sent until now.
    pub(super) fn verdict(&self, recorded: &Recorded) -> Option<Verdict> {
        let (Event::Resolved { placed, reference, name }
        | Event::VerdictProposed { placed, reference, name }) = &recorded.event
        else {
            return None;
        };
        Some(Verdict {
            placed: *placed,
            reference: reference.clone(),
            name: name.clone(),
            at: recorded.at,
            by: recorded.by.clone(),
            attempt: self.attempts.iter().map(|a| a.number).max().unwrap_or(0),
        })
    }

    pub(super) fn resolved(&mut self, recorded: &Recorded) {
        let Some(verdict) = self.verdict(recorded) else { return };
        let sent = self.doubt().map(|attempt| attempt.number);
        let basis = Basis::Verdict { reference: verdict.reference.clone(), name: verdict.name.clone() };
        let placed = verdict.placed;
        self.verdicts.push(verdict);
        self.proposed = None;
        // What Px refused the order for meanwhile still stands in it.
        let refused = self.to_mend(Call::CompleteOrder).filter(|_| !placed);
        self.trouble = refused.cloned().map(Trouble::Refused);
        if let (true, Some(attempt)) = (placed, sent) {
            self.placed(basis, attempt, None, recorded.at);
        }
    }

    /// A call that ends badly after the order was placed does not take that back.
    pub(super) fn in_trouble(&mut self, trouble: Trouble) {
        if self.completion.is_none() {
            self.trouble = Some(trouble);
        }
    }

    pub(super) fn refused(&mut self, error: &CallError) {
        // While an earlier Complete is in doubt, a refusal of a later one says nothing of what the order is.
        match error.meaning().filter(|_| self.doubt().is_none()) {
            Some(Meaning::NoText) if error.api == Call::RetrieveRcc => self.rcc_blocked = true,
            // Px holds no acceptance: ours is worth nothing, whatever we believed.
            Some(Meaning::NoAcceptance) => {
                self.acceptance = None;
                self.reading = None;
            }
            _ => {}
        }
        self.in_trouble(Trouble::Refused(error.clone()));
    }
}
