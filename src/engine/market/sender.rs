//! Who reports usage from which month on, and what came to the receiver that belongs to no subscription.

use super::{MarketError, Result};
use crate::engine::{Engine, Error};
use crate::journal;
use crate::order::{Personal, Right};
use crate::subscription::{Month, Refusal, Sender, SenderEvent, Takeover, UnreadablePersonal};

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

    /// Records that this journal reports from this bill month on.
    ///
    /// # Errors
    /// When the role does not include it, or nobody says so.
    pub async fn take_over_reporting(&self, from: Month, name: &str) -> Result<Sender> {
        self.market_right(Right::SetFirstMonth)?;
        let name = name.trim();
        if name.is_empty() {
            return Err(Error::Refusal(Refusal::NobodySaysSo));
        }
        self.record(SenderEvent::ReportingTakenOver { from, name: name.to_owned() }).await
    }

    /// Keeps what a proved sender sent and nobody can read.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn keep_unreadable(&self, why: &str, body: &[u8]) -> Result<Sender> {
        let body = String::from_utf8_lossy(&body[..body.len().min(KEPT)]);
        let personal = Some(UnreadablePersonal { body: Personal::new(body.as_ref()) });
        self.record(SenderEvent::UnreadableDeploy { why: why.to_owned(), personal }).await
    }

    /// Records that so many requests came from somebody who did not prove who they are.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn count_strangers(&self, count: u64, since: crate::kind::Timestamp) -> Result<Sender> {
        self.record(SenderEvent::Strangers { count, since }).await
    }

    async fn record(&self, event: SenderEvent) -> Result<Sender> {
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
            sender.may_record(&event).map_err(Error::Refusal)?;
            match self.journal().append(&sender, vec![event.clone()], now, by).await {
                Ok(sender) => return Ok(sender),
                Err(journal::Error::Conflict { .. }) => {}
                Err(other) => return Err(MarketError::Journal(other)),
            }
        }
        Err(Error::Conflict)
    }
}
