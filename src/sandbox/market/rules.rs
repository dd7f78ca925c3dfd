//! What each call does, pure.
//!
//! A repeat of start or end is accepted and changes nothing; usage before the start or after the end is added like any
//! other. None of that is documented.

use super::bill::Usage;
use super::month::{BillMonth, bill_month};
use super::practice;
use super::provisioning::Provisioning;
use super::request::{Named, Request, Tracked, Updated};
use super::state::{Sale, State, Update};
use crate::sandbox::clock::{Millis, time};
use rust_decimal::Decimal;

/// Why a request is refused.
#[derive(Debug)]
pub struct Refused {
    pub status: u16,
    pub why: String,
}

/// The request does not fit, or names what is not there.
pub fn bad(why: impl Into<String>) -> Refused {
    Refused { status: 400, why: why.into() }
}

/// Does it. Usage says on which bill it is.
pub fn work(state: &mut State, request: &Request, now: Millis) -> Result<Option<BillMonth>, Refused> {
    if request.key() != practice::PROVIDER_KEY {
        return Err(Refused { status: 401, why: "this key is no provider's".to_owned() });
    }
    match request {
        Request::StartBilling(named) => {
            let bought = find(state, named, now)?;
            for sku in &named.skus {
                bought.billing.entry(sku.clone()).or_insert(now);
            }
            Ok(None)
        }
        Request::UsageEnd(named) => {
            let bought = find(state, named, now)?;
            for sku in &named.skus {
                bought.ended.entry(sku.clone()).or_insert(now);
            }
            Ok(None)
        }
        Request::Usage(named, count) => add(state, named, *count, now).map(Some),
        Request::UpdateSubscription(updated) => update(state, updated, now).map(Some),
        Request::Tracking(tracked) => {
            track(state, tracked, now);
            Ok(None)
        }
    }
}

/// What is named, if it was sold like that. A practice deploy counts as sold when it is first named as it was sold: whatever is
/// wrong then is told as it is of any other.
fn find<'a>(state: &'a mut State, named: &Named, now: Millis) -> Result<&'a mut Provisioning, Refused> {
    let id = &named.provisioning_id;
    if practice::is_practice(id) && !state.provisionings.contains_key(id) {
        let sold = Provisioning::new(&named.customer_id, practice::PRODUCT, &practice::skus(), now);
        fits(&sold, named)?;
        state.provisionings.insert(id.clone(), sold);
    }
    let bought = state.provisionings.get_mut(id).ok_or_else(|| bad("there is no such provisioningId"))?;
    fits(bought, named)?;
    Ok(bought)
}

/// Whether what is named is what was sold.
fn fits(bought: &Provisioning, named: &Named) -> Result<(), Refused> {
    if bought.customer_id != named.customer_id {
        return Err(bad("customerId is not that of this provisioningId"));
    }
    if bought.product_id != named.product_id {
        return Err(bad("productId is not that of this provisioningId"));
    }
    match named.skus.iter().find(|sku| !bought.skus.contains(sku)) {
        Some(other) => Err(bad(format!("{other} is not an SKU of this provisioningId"))),
        None => Ok(()),
    }
}

fn add(state: &mut State, named: &Named, count: Decimal, now: Millis) -> Result<BillMonth, Refused> {
    let bill = open_bill(now)?;
    let customer = find(state, named, now)?.customer_id.clone();
    for sku in &named.skus {
        let provisioning = &named.provisioning_id;
        let usage = Usage { month: &bill.month, provisioning, customer: &customer, sku, count };
        state
            .bills
            .add(usage, now)
            .ok_or_else(|| bad("usageCount makes the sum longer than can be counted"))?;
    }
    Ok(bill)
}

fn open_bill(now: Millis) -> Result<BillMonth, Refused> {
    bill_month(now).map_err(|error| Refused { status: 500, why: format!("the bill is not known: {error}") })
}

/// Kept as it was said: v1 counts an aggregate, which is no part of v2's bill.
fn update(state: &mut State, updated: &Updated, now: Millis) -> Result<BillMonth, Refused> {
    let bill = open_bill(now)?;
    let theirs = |p: &&mut Provisioning| p.customer_id == updated.coid && p.skus.contains(&updated.sku);
    let mut bought = state.provisionings.values_mut().filter(theirs).peekable();
    if bought.peek().is_none() {
        return Err(bad("there is no such coid, or it has no such sku"));
    }
    if updated.expired {
        bought.for_each(|p| {
            p.ended.entry(updated.sku.clone()).or_insert(now);
        });
    }
    state.updates.push(Update {
        at: time(now),
        coid: updated.coid.clone(),
        sku: updated.sku.clone(),
        expired: updated.expired,
        expired_date: updated.expired_date.clone(),
        count: updated.count.clone(),
        month: bill.month.clone(),
    });
    Ok(bill)
}

fn track(state: &mut State, tracked: &Tracked, now: Millis) {
    state.sales.push(Sale {
        at: time(now),
        service_name: tracked.service_name.clone(),
        customer_id: tracked.customer_id.clone(),
        purchased_at: tracked.purchased_at.clone(),
    });
}
