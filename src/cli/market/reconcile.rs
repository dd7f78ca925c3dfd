//! `market usage reconcile`: what the portal shows against what the journal says.

mod compare;
mod portal;

use crate::cli::{Console, Exit, Failed, Session, opened};
use crate::config::Settings;
use crate::subscription::{Calendar, Month, ReportRow, Shown, State, SubscriptionRow};
use compare::{Compared, Here, NOT_COMPARED, Sent};
use portal::Portal;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What is compared: a subscription and a SKU.
type Slot = (String, String);

/// The provisioning ids of each customer.
type ByCustomer = BTreeMap<String, Vec<String>>;

/// Compares the portal's report of a bill month with the journal.
pub async fn run(settings: &Settings, month: Month, file: &Path, console: &Console) -> Result<Exit, Failed> {
    let session = opened::market_to_read(settings).await?;
    let subscriptions = session.engine.subscriptions(None).await?;
    let by_customer = provisioning_ids(&subscriptions);
    let Portal { amounts: theirs, unread, lost, bad, .. } = portal::read(file, month, &by_customer, console)?;
    let Ours { on_bill, mut refused, flat } = Ours::of(&session, &subscriptions, month).await?;
    let (mut differ, mut array) = (false, console.array()?);
    let others: BTreeSet<&Slot> =
        theirs.keys().chain(&unread).filter(|slot| !on_bill.contains_key(*slot)).collect();
    for slot in on_bill.keys().chain(others) {
        let mut here = on_bill.get(slot).cloned().unwrap_or_default();
        here.refused = refused.remove(slot).unwrap_or_default();
        here.flat = flat.contains(slot);
        let there = theirs.get(slot).copied();
        let found = if unread.contains(slot) {
            Compared::new(NOT_COMPARED, "a row about it could not be read")
        } else if lost && there.is_none() {
            Compared::new(NOT_COMPARED, "a row that could not be read may be about it")
        } else {
            here.compared_with(there, month)
        };
        differ |= found.differs();
        if console.is_json() {
            array.item(&in_json(slot, &here, there, &found))?;
        } else {
            console.text(&in_words(slot, &here, there, &found))?;
        }
    }
    array.end()?;
    if bad > 0 {
        console.note(&format!("rows that could not be read, and were not compared: {bad}"));
    }
    // That something differs is what is asked; a row that could not be read must not hide it.
    Ok(match (differ, bad) {
        (true, _) => Exit::InDoubt,
        (false, 1..) => Exit::BadInput,
        (false, 0) => Exit::Done,
    })
}

fn in_json(slot: &Slot, here: &Here, there: Option<Shown>, found: &Compared) -> Value {
    json!({
        "provisioningId": slot.0,
        "sku": slot.1,
        "journal": here.reported.exact,
        "inDoubt": here.in_doubt().exact,
        "portal": there,
        "verdict": found.verdict,
        "about": (!found.about.is_empty()).then_some(&found.about),
        "doubts": found.doubts(here),
        "refused": found.refused(),
    })
}

fn in_words(slot: &Slot, here: &Here, there: Option<Shown>, found: &Compared) -> String {
    let dash = || "-".to_owned();
    let doubt = here.in_doubt().exact.map_or_else(String::new, |amount| format!("  in doubt {amount}"));
    let about = if found.about.is_empty() { String::new() } else { format!(": {}", found.about) };
    let here = here.reported.exact.map_or_else(dash, |amount| amount.to_string());
    let there = there.map_or_else(dash, |amount| amount.to_string());
    format!("{:<13}  {}  {}  here {here}{doubt}  there {there}{about}", found.verdict, slot.0, slot.1)
}

/// What the journal says of a bill.
struct Ours {
    /// What is on it, or may be.
    on_bill: BTreeMap<Slot, Here>,
    refused: BTreeMap<Slot, Vec<Sent>>,
    /// What is sold for a price of its own, whatever is used.
    flat: BTreeSet<Slot>,
}

impl Ours {
    async fn of(session: &Session, subscriptions: &[SubscriptionRow], month: Month) -> Result<Self, Failed> {
        let engine = &session.engine;
        let calendar = Calendar::new().map_err(|why| Failed::new(Exit::Configuration, why))?;
        let now = engine.clock().now();
        let sent = |row: &ReportRow| {
            Some(Sent::of(row, row.bills_since_its_call(&calendar, now)?)).filter(|_| row.amount.is_some())
        };
        let mut on_bill: BTreeMap<Slot, Here> = BTreeMap::new();
        // What was used in one month can be on the bill of any later one.
        for row in engine.reported_on(month, &calendar).await? {
            let here = on_bill.entry(slot_of(&row)).or_default();
            here.reported = row.amount.map_or(here.reported, |amount| here.reported.with(amount));
        }
        for row in engine.perhaps_on(month, &calendar).await? {
            on_bill.entry(slot_of(&row)).or_default().doubts.extend(sent(&row));
        }
        let mut refused: BTreeMap<Slot, Vec<Sent>> = BTreeMap::new();
        for row in engine.refused_for(month, &calendar).await? {
            refused.entry(slot_of(&row)).or_default().extend(sent(&row));
        }
        let is_sold = |row: &&SubscriptionRow| row.state(now) != State::Rejected;
        let flat = subscriptions.iter().filter(is_sold).flat_map(|row| {
            let skus = row.skus.iter().filter(|line| !line.plan.usage);
            skus.map(|line| (row.provisioning_id.as_str().to_owned(), line.plan.sku.as_str().to_owned()))
        });
        Ok(Self { on_bill, refused, flat: flat.collect() })
    }
}

fn slot_of(row: &ReportRow) -> Slot {
    (row.slot.provisioning_id.as_str().to_owned(), row.slot.sku.as_str().to_owned())
}

fn provisioning_ids(subscriptions: &[SubscriptionRow]) -> ByCustomer {
    let mut ids = ByCustomer::new();
    for row in subscriptions {
        let Some(customer) = &row.customer_id else { continue };
        let of = ids.entry(customer.as_str().to_owned()).or_default();
        of.push(row.provisioning_id.as_str().to_owned());
    }
    ids
}
