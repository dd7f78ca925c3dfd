//! `market usage reconcile`: what the portal shows against what the journal says.

use super::intake::open;
use super::intake::table::records;
use super::usage::customers;
use crate::cli::{Console, Exit, Failed, Session};
use crate::config::Settings;
use crate::subscription::{Amount, Calendar, Month, ReportRow};
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
    let mut ours: BTreeMap<Slot, Here> = BTreeMap::new();
    // What was used in one month can be on the bill of any later one.
    for row in session.engine.reported_on(month, &calendar).await? {
        add(&mut ours.entry(slot_of(&row)).or_default().reported, row.amount);
    }
    for row in session.engine.perhaps_on(month, &calendar).await? {
        add(&mut ours.entry(slot_of(&row)).or_default().in_doubt, row.amount);
    }
    let mut differ = 0;
    let mut array = console.array()?;
    for slot in ours.keys().chain(theirs.keys().filter(|slot| !ours.contains_key(*slot))) {
        let (here, there) = (ours.get(slot).copied().unwrap_or_default(), theirs.get(slot).copied());
        let (verdict, about) = here.compared_with(there);
        differ += usize::from(verdict != EQUAL);
        if console.is_json() {
            array.item(&json!({
                "provisioningId": slot.0, "sku": slot.1, "journal": here.reported, "inDoubt": here.in_doubt,
                "portal": there, "verdict": verdict,
            }))?;
        } else {
            let shown = |amount: Option<Amount>| amount.map_or_else(|| "-".to_owned(), |n| n.to_string());
            let doubt = here.in_doubt.map_or_else(String::new, |amount| format!("  in doubt {amount}"));
            let (here, there) = (shown(here.reported), shown(there));
            console.text(&format!(
                "{verdict:<13}  {}  {}  here {here}{doubt}  there {there}{about}",
                slot.0, slot.1
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

/// What the journal says of a SKU of a subscription on a bill.
#[derive(Clone, Copy, Debug, Default)]
struct Here {
    /// None when nothing was reported.
    reported: Option<Amount>,
    /// Of reports that may have arrived, and of those that are under way.
    in_doubt: Option<Amount>,
}

const EQUAL: &str = "equal";

impl Here {
    /// The verdict in a word or two, and what is to be said with it.
    fn compared_with(self, there: Option<Amount>) -> (&'static str, &'static str) {
        let Self { reported, in_doubt } = self;
        let Some(doubt) = in_doubt else {
            return match (reported, there) {
                (Some(here), Some(there)) if here == there => (EQUAL, ""),
                (Some(_), Some(_)) => ("other amount", ""),
                (Some(_), None) => ("missing there", ""),
                (None, _) => ("unknown here", ": somebody else reports"),
            };
        };
        let both = reported.unwrap_or_default().plus(doubt);
        let said = match there {
            Some(there) if Some(there) == both => ": the portal shows it",
            there if there.unwrap_or_default() == reported.unwrap_or_default() => {
                ": the portal does not show it"
            }
            Some(_) | None => ": the portal shows another amount",
        };
        ("in doubt", said)
    }
}

fn slot_of(row: &ReportRow) -> Slot {
    (row.slot.provisioning_id.as_str().to_owned(), row.slot.sku.as_str().to_owned())
}

/// Adds to a sum of the journal's. A report is far below what a sum can be.
fn add(sum: &mut Option<Amount>, amount: Option<Amount>) {
    let Some(amount) = amount else { return };
    *sum = Some(sum.map_or(Some(amount), |sum| sum.plus(amount)).unwrap_or(amount));
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
    let mut records = records(open(file)?);
    let wrong = |what: String| Failed::new(Exit::BadInput, format!("{}: {what}", file.display()));
    let header = records.next().map_or_else(|| Ok(csv::StringRecord::new()), |(_, record)| record);
    let mut columns = header.map_err(wrong)?;
    columns.trim();
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
    for (number, record) in records {
        let mut record = match record {
            Ok(record) => record,
            Err(problem) => {
                *bad += 1;
                console.note(&format!("{}:{number}: {problem}", file.display()));
                continue;
            }
        };
        record.trim();
        let field = |at: Option<usize>| at.and_then(|at| record.get(at)).filter(|text| !text.is_empty());
        let named = field(provisioning).map(str::to_owned);
        let of = named
            .or_else(|| field(customer).map(|id| by_customer.get(id).map_or(id, String::as_str).to_owned()));
        match (of, field(Some(sku)), Amount::parse(field(Some(amount)).unwrap_or_default())) {
            (Some(of), Some(sku), Ok(amount)) => {
                let slot = (of, sku.to_owned());
                let Some(sum) = theirs.get(&slot).copied().unwrap_or_default().plus(amount) else {
                    *bad += 1;
                    let what = "amount: with it the sum is beyond what can be billed exactly; it is left out";
                    console.note(&format!("{}:{number}: {what}", file.display()));
                    continue;
                };
                theirs.insert(slot, sum);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_ours_in_doubt_is_no_report_of_somebody_else() {
        let amount = |text: &str| Amount::parse(text).ok();
        for (reported, in_doubt, there, verdict, said) in [
            ("5", "", "5", "equal", ""),
            ("5", "", "6", "other amount", ""),
            ("5", "", "", "missing there", ""),
            ("", "", "5", "unknown here", "somebody else"),
            ("", "5", "5", "in doubt", "shows it"),
            ("", "5", "", "in doubt", "does not show it"),
            ("5", "3", "8", "in doubt", "shows it"),
            ("5", "3", "5", "in doubt", "does not show it"),
            ("5", "3", "", "in doubt", "another amount"),
            ("5", "3", "9", "in doubt", "another amount"),
        ] {
            let here = Here { reported: amount(reported), in_doubt: amount(in_doubt) };
            let (found, about) = here.compared_with(amount(there));
            assert_eq!(
                (found, about.contains(said)),
                (verdict, true),
                "{reported} {in_doubt} {there}: {about}"
            );
        }
    }
}
