//! `market usage reconcile`: what the portal shows against what the journal says.

mod portal;

use super::usage::customers;
use crate::cli::{Console, Exit, Failed, Session};
use crate::config::Settings;
use crate::subscription::{Amount, Calendar, Month, ReportRow, Total};
use portal::Portal;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What is compared: a subscription and a SKU.
type Slot = (String, String);

/// The provisioning ids of each customer.
type ByCustomer = BTreeMap<String, Vec<String>>;

/// Compares the portal's report of a bill month with the journal.
pub async fn run(settings: &Settings, month: Month, file: &Path, console: &Console) -> Result<Exit, Failed> {
    let session = Session::open_for_market(settings, false).await?;
    let calendar = Calendar::new().map_err(|why| Failed::new(Exit::Configuration, why))?;
    let by_customer = provisioning_ids(&session).await?;
    let Portal { amounts: theirs, unread, lost, bad, .. } = portal::read(file, month, &by_customer, console)?;
    let mut ours: BTreeMap<Slot, Here> = BTreeMap::new();
    // What was used in one month can be on the bill of any later one.
    for row in session.engine.reported_on(month, &calendar).await? {
        ours.entry(slot_of(&row)).or_default().reported.add(row.amount);
    }
    for row in session.engine.perhaps_on(month, &calendar).await? {
        ours.entry(slot_of(&row)).or_default().in_doubt.add(row.amount);
    }
    let mut differ = false;
    let mut array = console.array()?;
    let others: BTreeSet<&Slot> =
        theirs.keys().chain(&unread).filter(|slot| !ours.contains_key(*slot)).collect();
    for slot in ours.keys().chain(others) {
        let (here, there) = (ours.get(slot).copied().unwrap_or_default(), theirs.get(slot).copied());
        let (verdict, about) = if unread.contains(slot) {
            (NOT_COMPARED, ": a row about it could not be read")
        } else if lost && there.is_none() {
            (NOT_COMPARED, ": a row that could not be read may be about it")
        } else {
            here.compared_with(there)
        };
        differ |= ![EQUAL, NOT_COMPARED].contains(&verdict);
        if console.is_json() {
            array.item(&json!({
                "provisioningId": slot.0, "sku": slot.1, "journal": here.reported.exact, "inDoubt": here.in_doubt.exact,
                "portal": there, "verdict": verdict,
            }))?;
        } else {
            let shown = |amount: Option<Total>| amount.map_or_else(|| "-".to_owned(), |n| n.to_string());
            let doubt = here.in_doubt.exact.map_or_else(String::new, |amount| format!("  in doubt {amount}"));
            let (here, there) = (shown(here.reported.exact), shown(there));
            console.text(&format!(
                "{verdict:<13}  {}  {}  here {here}{doubt}  there {there}{about}",
                slot.0, slot.1
            ))?;
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

/// What the journal says of a SKU of a subscription on a bill.
#[derive(Clone, Copy, Debug, Default)]
struct Here {
    reported: Sum,
    /// Of reports that may have arrived, and of those that are under way.
    in_doubt: Sum,
}

/// What reports come to.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    /// None of no report.
    exact: Option<Total>,
    /// What the marketplace, which reads doubles, makes of the same.
    arrives: Total,
}

impl Sum {
    fn add(&mut self, amount: Option<Amount>) {
        let Some(amount) = amount else { return };
        let arrives = amount.arrives_as().and_then(|text| Total::parse(&text).ok());
        self.arrives = self.arrives.plus(arrives.unwrap_or(amount.into()));
        self.exact = Some(self.exact.unwrap_or_default().plus(amount));
    }
}

const EQUAL: &str = "equal";
/// Nobody knows whether it differs.
const NOT_COMPARED: &str = "not compared";

impl Here {
    /// The verdict in a word or two, and what is to be said with it.
    fn compared_with(self, there: Option<Total>) -> (&'static str, &'static str) {
        let Self { reported, in_doubt } = self;
        let arrives = (reported.arrives, reported.arrives.plus(in_doubt.arrives));
        let reported = reported.exact;
        let Some(doubt) = in_doubt.exact else {
            return match (reported, there) {
                (Some(here), Some(there)) if here == there => (EQUAL, ""),
                (Some(_), Some(there)) if there == arrives.0 => (EQUAL, ": as it arrives there"),
                (Some(_), Some(_)) => ("other amount", ""),
                (Some(_), None) => ("missing there", ""),
                // Nothing was used, and nothing is billed.
                (None, Some(there)) if there == Total::ZERO => (EQUAL, ""),
                (None, _) => ("unknown here", ": somebody else reports"),
            };
        };
        let both = reported.unwrap_or_default().plus(doubt);
        let said = match there {
            Some(there) if [both, arrives.1].contains(&there) => ": the portal shows it",
            there if [reported.unwrap_or_default(), arrives.0].contains(&there.unwrap_or_default()) => {
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

async fn provisioning_ids(session: &Session) -> Result<ByCustomer, Failed> {
    let customers = customers(session).await?;
    let mut ids = ByCustomer::new();
    for row in session.engine.subscriptions(None).await? {
        let Some(customer) = customers.get(row.id.as_str()) else { continue };
        ids.entry(customer.clone()).or_default().push(row.provisioning_id.as_str().to_owned());
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_ours_in_doubt_is_no_report_of_somebody_else() {
        let there_is = |text: &str| Total::parse(text).ok();
        let sum = |texts: &str| {
            let mut sum = Sum::default();
            texts.split_whitespace().for_each(|text| sum.add(Amount::parse(text).ok()));
            sum
        };
        for (reported, in_doubt, there, verdict, said) in [
            ("5", "", "5", "equal", ""),
            ("5", "", "6", "other amount", ""),
            ("5", "", "", "missing there", ""),
            ("", "", "5", "unknown here", "somebody else"),
            ("", "", "0", "equal", ""),
            ("", "5", "5", "in doubt", "shows it"),
            ("", "5", "", "in doubt", "does not show it"),
            ("5", "3", "8", "in doubt", "shows it"),
            ("5", "3", "5", "in doubt", "does not show it"),
            ("5", "3", "", "in doubt", "another amount"),
            ("5", "3", "9", "in doubt", "another amount"),
            // The marketplace reads doubles, and the preview said what it would make of these.
            ("123456789.0123456789", "", "123456789.01234567", "equal", "as it arrives"),
            ("123456789.0123456789 1", "", "123456790.01234567", "equal", "as it arrives"),
            ("123456789.0123456789", "", "123456789.0123456789", "equal", ""),
            ("123456789.0123456789", "", "123456789.01234568", "other amount", ""),
            ("5", "123456789.0123456789", "123456794.01234567", "in doubt", "shows it"),
            ("123456789.0123456789", "5", "123456789.01234567", "in doubt", "does not show it"),
        ] {
            let here = Here { reported: sum(reported), in_doubt: sum(in_doubt) };
            let (found, about) = here.compared_with(there_is(there));
            assert_eq!(
                (found, about.contains(said)),
                (verdict, true),
                "{reported} {in_doubt} {there}: {about}"
            );
        }
    }
}
