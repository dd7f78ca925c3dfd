//! Who reports usage from which month on, and what came to the receiver that belongs to no subscription.

use super::{MarketError, Result};
use crate::engine::{Engine, Error};
use crate::journal;
use crate::order::{Personal, Right};
use crate::subscription::{
    Attempt, Calendar, Month, OddBytes, Refusal, Report, ReportRow, ReportState, Sender, SenderEvent, Slot,
    Takeover, UnreadablePersonal,
};

/// How often it is tried again when somebody else was faster.
const ROUNDS: usize = 16;

/// As much of an unreadable body as is kept, in bytes: as much as is received.
const KEPT: usize = 1024 * 1024;

impl Engine {
    /// The sender of this environment; none when nothing was ever said of one.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn sender(&self) -> Result<Option<Sender>> {
        match self.journal().load::<Sender>(&Sender::id_of(self.environment())).await {
            Ok(sender) => Ok(Some(sender)),
            Err(journal::Error::NotFound { .. }) => Ok(None),
            Err(other) => Err(MarketError::Journal(other)),
        }
    }

    /// The month from which this journal reports.
    ///
    /// # Errors
    /// [`Refusal::NoTakeover`] when nobody has said so.
    pub async fn takeover(&self) -> Result<Takeover> {
        let takeover = self.sender().await?.and_then(|sender| sender.takeover);
        takeover.ok_or(Error::Refusal(Refusal::NoTakeover))
    }

    /// Records that this journal reports from this bill month on. A slip can be taken back while nothing was sent. `reason`
    /// says why reports are left behind that this journal was to send.
    ///
    /// # Errors
    /// When the role does not include it, nobody says so, or it is too late for an earlier month, or too early for this one;
    /// or when it leaves reports behind, and nobody says why.
    pub async fn take_over_reporting(&self, from: Month, name: &str, reason: Option<&str>) -> Result<Sender> {
        self.market_right(Right::SetFirstMonth)?;
        let name = name.trim();
        if name.is_empty() {
            return Err(Error::Refusal(Refusal::NobodySaysSo));
        }
        let latest = Calendar::new().map_err(Error::System)?.bill_month(self.clock().now()).next();
        if from > latest {
            return Err(Error::Refusal(Refusal::TakeoverAhead { from, latest }));
        }
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        let behind = self.left_behind(from).await?;
        if let (false, None) = (behind.is_empty(), reason) {
            return Err(Error::Refusal(Refusal::left_behind(from, behind)));
        }
        let sent = self.has_sent().await?;
        let reason = reason.map(str::to_owned);
        let event = SenderEvent::ReportingTakenOver { from, name: name.to_owned(), reason };
        self.record_if(event, |sender| sender.may_report_from(from, sent)).await
    }

    /// What this journal was to report and would not any more, if it reported from this month on.
    async fn left_behind(&self, from: Month) -> Result<Vec<Slot>> {
        let Some(before) = self.sender().await?.and_then(|sender| sender.takeover) else {
            return Ok(Vec::new());
        };
        let ours = |row: &ReportRow| (before.from..from).contains(&row.slot.month) && row.amount.is_some();
        let mut behind = Vec::new();
        for state in ReportState::ALL.into_iter().filter(|state| *state != ReportState::Reported) {
            behind.extend(self.reports_in(state).await?.into_iter().filter(ours));
        }
        let left_out = self.left_out_among(&behind, &self.subscriptions(None).await?).await?;
        behind.retain(|row| !left_out.contains_key(&row.id));
        let mut behind: Vec<Slot> = behind.into_iter().map(|row| row.slot).collect();
        behind.sort();
        Ok(behind)
    }

    /// True once something of a report may have left.
    async fn has_sent(&self) -> Result<bool> {
        for state in ReportState::ALL {
            for row in self.reports_in(state).await?.into_iter().filter(|row| row.begun_at.is_some()) {
                let report = self.of::<Report>().load(&row.id).await?;
                if report.attempts.0.iter().any(Attempt::may_have_left) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Keeps what a proved sender sent and nobody can read.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn keep_unreadable(&self, why: &str, body: &[u8]) -> Result<Sender> {
        self.journal().key_stays().map_err(MarketError::Journal)?;
        let body = &body[..body.len().min(KEPT)];
        let odd = OddBytes::of(body);
        let cut = std::str::from_utf8(body).err().filter(|_| odd.is_none());
        let text = String::from_utf8_lossy(&body[..cut.map_or(body.len(), |cut| cut.valid_up_to())]);
        let personal = Some(UnreadablePersonal { body: Personal::new(text.as_ref()), odd });
        self.record(SenderEvent::UnreadableDeploy { why: why.to_owned(), personal }).await
    }

    /// Records that so many requests came from somebody who did not prove who they are.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn count_strangers(&self, count: u64, since: crate::kind::Timestamp) -> Result<Sender> {
        self.record(SenderEvent::Strangers { count, since }).await
    }

    /// Records that a person has looked at these unreadable deploys, by their numbers, or at all requests of strangers until
    /// now.
    ///
    /// # Errors
    /// When the role does not include it, there is no reason, or one of them is not open.
    pub async fn set_aside_outside(
        &self,
        unreadable: &[u64],
        strangers: bool,
        reason: &str,
    ) -> Result<Sender> {
        self.market_right(Right::SetAside)?;
        let reason = reason.trim().to_owned();
        if reason.is_empty() {
            return Err(Error::Refusal(Refusal::NoReason("setting a request aside")));
        }
        let nothing = || Error::Refusal(Refusal::NothingToSetAside);
        let known = self.sender().await?.ok_or_else(nothing)?;
        let event = SenderEvent::SetAside {
            unreadable: unreadable.to_vec(),
            strangers: strangers.then_some(known.strangers),
            reason,
        };
        self.record_if(event, |sender| sender.may_set_aside(unreadable, strangers)).await
    }

    async fn record(&self, event: SenderEvent) -> Result<Sender> {
        self.record_if(event, |_| Ok(())).await
    }

    /// Records the event, as long as it `may` follow what was recorded last.
    async fn record_if(
        &self,
        event: SenderEvent,
        may: impl Fn(&Sender) -> std::result::Result<(), Refusal> + Send,
    ) -> Result<Sender> {
        let id = Sender::id_of(self.environment());
        let by = &self.0.options.agent;
        for _ in 0..ROUNDS {
            let now = self.clock().now();
            let sender = if let Some(sender) = self.sender().await? {
                sender
            } else {
                let known = SenderEvent::SenderKnown { environment: self.environment() };
                match self.journal().open_thing::<Sender>(&id, known, now, by).await {
                    Ok(sender) => sender,
                    Err(journal::Error::Taken { .. }) => continue,
                    Err(other) => return Err(MarketError::Journal(other)),
                }
            };
            may(&sender).map_err(Error::Refusal)?;
            match self.journal().append(&sender, vec![event.clone()], now, by).await {
                Ok(sender) => return Ok(sender),
                Err(journal::Error::Conflict { .. }) => {}
                Err(other) => return Err(MarketError::Journal(other)),
            }
        }
        Err(Error::Conflict)
    }
}
