//! What the settings say of the marketplace, as the receiver of deploys and the desk need it.

use super::{Exit, Failed};
use crate::config::MarketSettings;
use crate::subscription::Calendar;
use crate::webhook::Plans;

/// What is sold, and by which calendar.
pub fn plans(market: &MarketSettings) -> Result<Plans, Failed> {
    let skus = market.skus.iter().map(|(sku, of)| (sku.clone(), (of.billing, of.usage, of.unit.clone())));
    let calendar = Calendar::new().map_err(|why| Failed::new(Exit::Configuration, why))?;
    Ok(Plans { skus: skus.collect(), calendar })
}
