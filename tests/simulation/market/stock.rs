//! What comes to the desks from outside: buyers, and lines of usage that the partner's own system hands over.

use super::plan::Plan;
use crate::rng::Rng;
use pxdesk::kind::ShortId;
use pxdesk::order::Environment;
use pxdesk::subscription::{Amount, Because, Line, Month, ProvisioningId, ReportEvent, Sku, Slot};

/// What is used and what is only started.
const SKUS: [&str; 3] = ["HOURS", "STORE", "SETUP"];

pub struct Stock {
    pub buyers: Vec<ProvisioningId>,
    pub lines: Vec<Usage>,
    /// The first line that was never handed over.
    pub next: usize,
    /// The first month that this journal reports.
    pub from: Option<Month>,
}

/// A line of usage, and the month of the SKU that it belongs to.
#[derive(Clone)]
pub struct Usage {
    pub slot: Slot,
    pub line: Line,
}

impl Stock {
    pub fn draw(plan: &Plan, bill: Option<Month>, rng: &mut Rng) -> Self {
        let buyer = |n| ProvisioningId::new(format!("p{n}")).ok();
        let buyers: Vec<ProvisioningId> = (0..plan.buyers).filter_map(buyer).collect();
        let mut lines = Vec::new();
        for n in 0..plan.lines {
            let at = usize::try_from(rng.below(buyers.len() as u64)).unwrap_or_default();
            let sku = Sku::new(SKUS[usize::from(rng.chance(400))]).ok();
            let month = bill.map(|bill| if rng.chance(300) { bill.previous() } else { bill });
            let count = Amount::parse(&format!("{}.{}", rng.between(1, 9), rng.below(10))).ok();
            if let (Some(sku), Some(month), Some(count)) = (sku, month, count) {
                let slot = Slot { provisioning_id: buyers[at].clone(), sku, month, supplement: 0 };
                lines.push(Usage { slot, line: Line { key: format!("k{n}"), count } });
            }
        }
        Self { buyers, lines, next: 0, from: bill.map(Month::previous) }
    }
}

/// All SKUs of every product.
pub fn skus() -> Vec<Sku> {
    SKUS.iter().filter_map(|sku| Sku::new(*sku).ok()).collect()
}

/// The SKUs whose usage is reported.
pub fn is_used(sku: &Sku) -> bool {
    sku.as_str() != SKUS[2]
}

/// The first event of a report with its first line.
pub fn opening(subscription: &ShortId, slot: &Slot, line: &Line) -> ReportEvent {
    let late = || Because { reason: "came late".to_owned(), name: "Lee".to_owned() };
    ReportEvent::ReportOpened {
        environment: Environment::Sandbox,
        subscription: subscription.clone(),
        slot: slot.clone(),
        because: (slot.supplement > 0).then(late),
        lines: vec![line.clone()],
    }
}
