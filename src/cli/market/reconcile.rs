//! `market usage reconcile`: what the portal shows against what the journal says.

use super::intake::open;
use super::usage::customers;
use crate::cli::{Console, Exit, Failed, Session};
use crate::config::Settings;
use crate::subscription::{Amount, Calendar, Month};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// What is compared: a subscription and a SKU.
type Slot = (String, String);

/// Compares the portal's report of a bill month with the journal.
pub async fn run(settings: &Settings, month: Month, file: &Path, console: &Console) -> Result<Exit, Failed> {
    let mut bad = 0;
    let session = Session::open_for_market(settings, false).await?;
    let calendar = Calendar::new().map_err(|why| Failed::new(Exit::Configuration, why))?;
    let by_customer = provisioning_ids(&session).await?;
    let theirs = portal(file, &by_customer, console, &mut bad)?;
    let mut ours = BTreeMap::new();
    // What was used in one month can be on the bill of any later one.
    for row in session.engine.reported_on(month, &calendar).await? {
        let Some(amount) = row.amount else { continue };
        let slot = (row.slot.provisioning_id.as_str().to_owned(), row.slot.sku.as_str().to_owned());
        let sum: &mut Amount = ours.entry(slot).or_default();
        *sum = sum.plus(amount).unwrap_or(*sum);
    }
    let mut differ = 0;
    let mut array = console.array()?;
    for slot in ours.keys().chain(theirs.keys().filter(|slot| !ours.contains_key(*slot))) {
        let (here, there) = (ours.get(slot), theirs.get(slot));
        let verdict = match (here, there) {
            (Some(here), Some(there)) if here == there => "equal",
            (Some(_), Some(_)) => "other amount",
            (Some(_), None) => "missing there",
            (None, _) => "unknown here",
        };
        differ += usize::from(verdict != "equal");
        let shown = |amount: Option<&Amount>| amount.map_or_else(|| "-".to_owned(), Amount::to_string);
        if console.is_json() {
            array.item(&json!({
                "provisioningId": slot.0, "sku": slot.1, "journal": here, "portal": there, "verdict": verdict,
            }))?;
        } else {
            let alarm = if verdict == "unknown here" { ": somebody else reports" } else { "" };
            console.text(&format!(
                "{verdict:<13}  {}  {}  here {}  there {}{alarm}",
                slot.0,
                slot.1,
                shown(here),
                shown(there)
            ))?;
        }
    }
    array.end()?;
    Ok(match (bad, differ) {
        (1.., _) => Exit::BadInput,
        (0, 0) => Exit::Done,
        (0, _) => Exit::InDoubt,
    })
}

/// The provisioning ids of customers that have just one.
async fn provisioning_ids(session: &Session) -> Result<BTreeMap<String, String>, Failed> {
    let customers = customers(session).await?;
    let mut ids: BTreeMap<String, Option<String>> = BTreeMap::new();
    for row in session.engine.subscriptions(None).await? {
        let Some(customer) = customers.get(row.id.as_str()) else { continue };
        let id = row.provisioning_id.as_str().to_owned();
        ids.entry(customer.clone()).and_modify(|known| *known = None).or_insert(Some(id));
    }
    Ok(ids.into_iter().filter_map(|(customer, id)| Some((customer, id?))).collect())
}

fn portal(
    file: &Path,
    by_customer: &BTreeMap<String, String>,
    console: &Console,
    bad: &mut usize,
) -> Result<BTreeMap<Slot, Amount>, Failed> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(open(file)?);
    let wrong = |what: String| Failed::new(Exit::BadInput, format!("{}: {what}", file.display()));
    let columns = reader.headers().map_err(|e| wrong(e.to_string()))?.clone();
    let place =
        |names: &[&str]| columns.iter().position(|name| names.iter().any(|n| name.eq_ignore_ascii_case(n)));
    let (provisioning, customer) = (place(&["provisioningId"]), place(&["customerId"]));
    let sku = place(&["sku", "productSku"]).ok_or_else(|| wrong("there is no column `sku`".to_owned()))?;
    let amount = place(&["amount", "usageCount", "count", "quantity"]);
    let amount = amount.ok_or_else(|| wrong("there is no column `amount`".to_owned()))?;
    if provisioning.or(customer).is_none() {
        return Err(wrong("there is no column `provisioningId` or `customerId`".to_owned()));
    }
    let mut theirs: BTreeMap<Slot, Amount> = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|e| wrong(e.to_string()))?;
        let number = record.position().map_or(0, csv::Position::line);
        let field = |at: Option<usize>| at.and_then(|at| record.get(at)).filter(|text| !text.is_empty());
        let named = field(provisioning).map(str::to_owned);
        let of = named
            .or_else(|| field(customer).map(|id| by_customer.get(id).map_or(id, String::as_str).to_owned()));
        match (of, field(Some(sku)), Amount::parse(field(Some(amount)).unwrap_or_default())) {
            (Some(of), Some(sku), Ok(amount)) => {
                let sum = theirs.entry((of, sku.to_owned())).or_default();
                *sum = sum.plus(amount).unwrap_or(*sum);
            }
            (_, _, Err(problem)) => {
                *bad += 1;
                console.note(&format!("{}:{number}: amount: {problem}", file.display()));
            }
            (None, ..) | (_, None, _) => {
                *bad += 1;
                console.note(&format!("{}:{number}: provisioningId or sku: is missing", file.display()));
            }
        }
    }
    Ok(theirs)
}
