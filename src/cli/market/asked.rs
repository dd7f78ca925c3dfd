//! Who else was asked what a deploy is answered.

use crate::engine::Engine;
use crate::subscription::{HandedOver, Subscription};
use jiff::SignedDuration;
use std::time::Duration;

/// Somebody else who was asked what a deploy is answered, and has not answered.
pub struct Asked {
    pub handed_over: HandedOver,
    /// The process that asked may still wait for the answer.
    pub waits: bool,
}

impl Asked {
    /// Whoever was asked about `of`, where somebody was; an answer may take `limit`.
    pub async fn of(engine: &Engine, of: &Subscription, limit: Duration) -> Option<Self> {
        let handed_over = of.open_hand_over()?.clone();
        let limit = SignedDuration::try_from(limit).unwrap_or(SignedDuration::MAX);
        Some(Self { handed_over, waits: engine.is_being_asked(of, limit).await })
    }

    /// In words, for people.
    pub fn words(&self) -> String {
        self.handed_over.words(self.waits)
    }
}
