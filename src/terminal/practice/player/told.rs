//! What the trainer is told of a run.

use super::Player;
use crate::desk::{Model, Msg, Screen};
use crate::practice::AtPx;
use crate::practice::classroom::Snapshot;
use crate::terminal::simulation;
use crate::terminal::tell::tell;
use std::sync::PoisonError;

impl Player {
    /// Tells the trainer how it stands.
    pub(super) fn tell(&self, model: &Model) {
        if let Some(link) = &self.link {
            link.tell(self.snapshot(model));
        }
    }

    /// Reads what Px received; it goes with what is told next.
    pub(super) fn read_ledger(&self) {
        let (px, ledger, sender) = (self.px.clone(), self.ledger.clone(), self.sender.clone());
        self.worker.spawn(async move {
            if let Some(read) = simulation::ledger(&px.client, &px.base, &px.transaction_id).await {
                let before = ledger.lock().unwrap_or_else(PoisonError::into_inner).replace(read.clone());
                if before != Some(read) {
                    tell(&sender, Msg::Tick);
                }
            }
        });
    }

    /// What Px has done with the order, as far as its ledger was read.
    pub(super) fn at_px(&self) -> Option<AtPx> {
        let ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let order_number = ledger.as_ref()?.get("orderNumber")?;
        Some(match order_number.as_str() {
            Some(number) => AtPx::Placed { order_number: number.to_owned() },
            None => AtPx::NotPlaced,
        })
    }

    /// How it stands, for the trainer.
    pub fn snapshot(&self, model: &Model) -> Snapshot {
        let order = self.order(model).map(|screen| &*screen.order);
        let reading = order.and_then(|order| order.reading.as_ref());
        let section = reading.and_then(|r| Some((r.bookmark()? + 1, r.sections.len())));
        Snapshot {
            paused: self.paused,
            ended: self.ended.is_some(),
            // A trainee may look at the report for as long as they like.
            grade: self.ended.map(|_| self.report().grade),
            state: order.map(|order| order.state(model.now)),
            transaction_id: Some(self.px.transaction_id.clone()),
            ledger: self.ledger.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            section: section.filter(|_| reading.is_some_and(|r| !r.interrupted)),
            expires_at: self.expires,
            now: Some(model.now),
            screen: screen_name(model.screen).to_owned(),
            next_line: crate::desk::next_line(model),
            ..self.play.snapshot(self.at())
        }
    }
}

/// What a trainer calls the screen that a trainee looks at.
fn screen_name(screen: Screen) -> &'static str {
    match screen {
        Screen::Queue => "orders",
        Screen::Order => "order",
        Screen::Intake => "new order",
        Screen::Stalled => "stalled orders",
        Screen::Day => "the day",
        Screen::Training => "training",
        Screen::Graded => "report",
        Screen::Replay => "replay",
        Screen::Market => "marketplace",
        Screen::Subscription => "subscription",
        Screen::Sending => "usage",
        Screen::Contract => "registration",
        Screen::Applying => "apply",
    }
}
