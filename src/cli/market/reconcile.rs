//! `market usage reconcile`: what the portal shows against what the journal says.

use super::intake::open;
use super::intake::table::records;
use super::usage::customers;
use crate::cli::{Console, Exit, Failed, Session};
use crate::config::Settings;
use crate::subscription::{Amount, Calendar, Month, ReportRow};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What is compared: a subscription and a SKU.
type Slot = (String, String);

/// Compares the portal's report of a bill month with the journal.
pub async fn run(settings: &Settings, month: Month, file: &Path, console: &Console) -> Result<Exit, Failed> {
    let session = Session::open_for_market(settings, false).await?;
    let calendar = Calendar::new().map_err(|why| Failed::new(Exit::Configuration, why))?;
    let by_customer = provisioning_ids(&session).await?;
    let Portal { amounts: theirs, unread, bad, .. } = portal(file, month, &by_customer, console)?;
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
    let others: BTreeSet<&Slot> =
        theirs.keys().chain(&unread).filter(|slot| !ours.contains_key(*slot)).collect();
    for slot in ours.keys().chain(others) {
        let (here, there) = (ours.get(slot).copied().unwrap_or_default(), theirs.get(slot).copied());
        let (verdict, about) = if unread.contains(slot) {
            ("not compared", ": a row about it could not be read")
        } else {
            here.compared_with(there)
        };
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
                // Nothing was used, and nothing is billed.
                (None, Some(there)) if there == Amount::ZERO => (EQUAL, ""),
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

/// The provisioning ids of the customers.
async fn provisioning_ids(session: &Session) -> Result<BTreeMap<String, Vec<String>>, Failed> {
    let customers = customers(session).await?;
    let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in session.engine.subscriptions(None).await? {
        let Some(customer) = customers.get(row.id.as_str()) else { continue };
        ids.entry(customer.clone()).or_default().push(row.provisioning_id.as_str().to_owned());
    }
    Ok(ids)
}

/// What the portal shows of a bill.
#[derive(Debug, Default)]
struct Portal {
    amounts: BTreeMap<Slot, Amount>,
    /// What rows that could not be read are about, or may be: nobody knows what the portal shows of it.
    unread: BTreeSet<Slot>,
    /// Rows that could not be read.
    bad: usize,
    /// Rows of other months.
    elsewhere: usize,
}

/// The columns of a report of the portal.
struct Columns {
    provisioning: Option<usize>,
    customer: Option<usize>,
    sku: usize,
    amount: usize,
    month: Option<usize>,
}

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, &'static str> {
        let place = |names: &[&str]| {
            header.iter().position(|name| names.iter().any(|n| name.eq_ignore_ascii_case(n)))
        };
        let (provisioning, customer) = (place(&["provisioningId"]), place(&["customerId"]));
        let sku = place(&["sku", "productSku"]).ok_or("there is no column `sku`")?;
        let amount = place(&["amount", "usageCount", "count", "quantity"]);
        let amount = amount.ok_or("there is no column `amount`")?;
        if provisioning.or(customer).is_none() {
            return Err("there is no column `provisioningId` or `customerId`");
        }
        Ok(Self { provisioning, customer, sku, amount, month: place(&["month"]) })
    }
}

impl Portal {
    /// Takes in a row about `month`, or leaves it out.
    ///
    /// # Errors
    /// Says which field is not right, and why.
    fn add(
        &mut self,
        row: &csv::StringRecord,
        columns: &Columns,
        month: Month,
        by_customer: &BTreeMap<String, Vec<String>>,
    ) -> Result<(), String> {
        let field = |at: Option<usize>| at.and_then(|at| row.get(at)).filter(|text| !text.is_empty());
        let of = match (field(columns.provisioning), field(columns.customer)) {
            (Some(id), _) => vec![id.to_owned()],
            (None, Some(id)) => by_customer.get(id).cloned().unwrap_or_else(|| vec![id.to_owned()]),
            (None, None) => Vec::new(),
        };
        let (Some(sku), false) = (field(Some(columns.sku)), of.is_empty()) else {
            return Err("provisioningId or sku: is missing".to_owned());
        };
        let slots: Vec<Slot> = of.into_iter().map(|id| (id, sku.to_owned())).collect();
        let about =
            field(columns.month).map_or(Ok(month), Month::parse).map_err(|why| format!("month: {why}"));
        let read = about.and_then(|about| {
            let amount = Amount::parse(field(Some(columns.amount)).unwrap_or_default());
            Ok((about, amount.map_err(|why| format!("amount: {why}"))?))
        });
        let read = match read {
            Ok((about, _)) if about != month => {
                self.elsewhere += 1;
                return Ok(());
            }
            Ok((_, amount)) => self.sum(&slots, amount),
            Err(why) => Err(why),
        };
        if read.is_err() {
            self.unread.extend(slots);
        }
        read
    }

    fn sum(&mut self, slots: &[Slot], amount: Amount) -> Result<(), String> {
        let [slot] = slots else {
            return Err(
                "customerId: is the customer of several subscriptions; name the provisioningId".to_owned()
            );
        };
        let sum = self.amounts.get(slot).copied().unwrap_or_default().plus(amount);
        let sum =
            sum.ok_or("amount: with it the sum is beyond what can be billed exactly; it is left out")?;
        self.amounts.insert(slot.clone(), sum);
        Ok(())
    }
}

fn portal(
    file: &Path,
    month: Month,
    by_customer: &BTreeMap<String, Vec<String>>,
    console: &Console,
) -> Result<Portal, Failed> {
    let mut records = records(open(file)?);
    let wrong = |what: String| Failed::new(Exit::BadInput, format!("{}: {what}", file.display()));
    let header = records.next().map_or_else(|| Ok(csv::StringRecord::new()), |(_, record)| record);
    let mut header = header.map_err(wrong)?;
    header.trim();
    let columns = Columns::of(&header).map_err(|what| wrong(what.to_owned()))?;
    let mut portal = Portal::default();
    for (number, record) in records {
        let read = record.and_then(|mut row| {
            row.trim();
            portal.add(&row, &columns, month, by_customer)
        });
        if let Err(problem) = read {
            portal.bad += 1;
            console.note(&format!("{}:{number}: {problem}", file.display()));
        }
    }
    if portal.elsewhere > 0 {
        console.note(&format!("rows of other months, which are left out: {}", portal.elsewhere));
    }
    Ok(portal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_of_several_subscriptions_is_compared_with_none_of_them() {
        let header = csv::StringRecord::from(vec!["customerId", "sku", "amount"]);
        let columns = Columns::of(&header).unwrap();
        let by_customer = BTreeMap::from(
            [("C-1", vec!["P1"]), ("C-2", vec!["P2", "P3"])]
                .map(|(customer, ids)| (customer.to_owned(), ids.into_iter().map(str::to_owned).collect())),
        );
        let mut portal = Portal::default();
        let mut add = |row: [&str; 3]| {
            let row = csv::StringRecord::from(row.to_vec());
            portal.add(&row, &columns, Month::parse("2026-11").unwrap(), &by_customer)
        };
        assert_eq!((add(["C-1", "A", "1"]), add(["C-9", "A", "2"])), (Ok(()), Ok(())));
        assert!(add(["C-2", "A", "3"]).unwrap_err().contains("is the customer of several subscriptions"));
        assert!(add(["", "A", "3"]).unwrap_err().contains("is missing"));
        let slot = |id: &str| (id.to_owned(), "A".to_owned());
        assert_eq!(portal.amounts.keys().cloned().collect::<Vec<_>>(), ["C-9", "P1"].map(slot));
        assert_eq!(portal.unread, BTreeSet::from(["P2", "P3"].map(slot)));
    }

    #[test]
    fn a_report_of_ours_in_doubt_is_no_report_of_somebody_else() {
        let amount = |text: &str| Amount::parse(text).ok();
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
