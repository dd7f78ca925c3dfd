//! The portal's report of a bill, a table as it is downloaded.

use super::{ByCustomer, Slot};
use crate::cli::market::intake::open;
use crate::cli::market::intake::table::records;
use crate::cli::{Console, Exit, Failed};
use crate::subscription::{Month, Shown};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What the portal shows of a bill.
#[derive(Debug, Default)]
pub struct Portal {
    pub amounts: BTreeMap<Slot, Shown>,
    /// What rows that could not be read are about, or may be: nobody knows what the portal shows of it.
    pub unread: BTreeSet<Slot>,
    /// True when nobody can say what some row is about.
    pub lost: bool,
    /// Rows that could not be read.
    pub bad: usize,
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
    /// How many there are.
    all: usize,
}

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, String> {
        let (provisioning, customer) = (place(header, &["provisioningId"])?, place(header, &["customerId"])?);
        let sku = place(header, &["sku", "productSku"])?.ok_or("there is no column `sku`")?;
        let amount = place(header, &["amount", "usageCount", "count", "quantity"])?;
        let amount = amount.ok_or("there is no column `amount`")?;
        if provisioning.or(customer).is_none() {
            return Err("there is no column `provisioningId` or `customerId`".to_owned());
        }
        let month = place(header, &["month"])?;
        Ok(Self { provisioning, customer, sku, amount, month, all: header.len() })
    }
}

/// Where the column is that has one of these names; with two of them nobody can say which one counts.
fn place(header: &csv::StringRecord, names: &[&str]) -> Result<Option<usize>, String> {
    let is_it = |name: &str| names.iter().any(|known| name.eq_ignore_ascii_case(known));
    let found: Vec<(usize, &str)> = header.iter().enumerate().filter(|(_, name)| is_it(name)).collect();
    match found[..] {
        [] => Ok(None),
        [(at, _)] => Ok(Some(at)),
        [(_, first), (_, second), ..] if first.eq_ignore_ascii_case(second) => {
            Err(format!("the header has the column `{first}` twice"))
        }
        [(_, first), (_, second), ..] => Err(format!(
            "the header has `{first}` and `{second}`, which are two names of one column: leave the one that is meant"
        )),
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
        by_customer: &ByCustomer,
    ) -> Result<(), String> {
        if row.len() != columns.all {
            // Which of its fields is which would be a guess.
            self.lost = true;
            return Err(format!("it has {} fields, and the header has {}", row.len(), columns.all));
        }
        let (slots, of_one) = slots(row, columns, by_customer);
        let about = about(row, columns, month);
        // Whatever else it says is of no matter.
        if about.as_ref().is_ok_and(|about| *about != month) {
            self.elsewhere += 1;
            return Ok(());
        }
        let taken = if slots.is_empty() {
            self.lost = true;
            Err("provisioningId or sku: is missing".to_owned())
        } else {
            about.and_then(|_| amount(row, columns)).and_then(|amount| {
                of_one?;
                self.sum(&slots, amount)
            })
        };
        if taken.is_err() {
            self.unread.extend(slots);
        }
        taken
    }

    fn sum(&mut self, slots: &[Slot], amount: Shown) -> Result<(), String> {
        let [slot] = slots else {
            return Err(
                "customerId: is the customer of several subscriptions; name the provisioningId".to_owned()
            );
        };
        let sum = self.amounts.entry(slot.clone()).or_default();
        *sum = sum.plus(amount);
        Ok(())
    }
}

/// What a row is about, or may be about; and why that is not one subscription, if so. Ids and SKUs are taken as they are: a
/// space belongs to them, as it does wherever else they come from.
fn slots(
    row: &csv::StringRecord,
    columns: &Columns,
    by_customer: &ByCustomer,
) -> (Vec<Slot>, Result<(), String>) {
    let field = |at: Option<usize>| at.and_then(|at| row.get(at)).filter(|text| !text.trim().is_empty());
    let Some(sku) = field(Some(columns.sku)) else { return (Vec::new(), Ok(())) };
    let of = |customer: &str| by_customer.get(customer);
    let (ids, of_one) = match (field(columns.provisioning), field(columns.customer)) {
        (None, None) => (Vec::new(), Ok(())),
        (Some(id), None) => (vec![id.to_owned()], Ok(())),
        (None, Some(customer)) => {
            (of(customer).cloned().unwrap_or_else(|| vec![customer.to_owned()]), Ok(()))
        }
        (Some(id), Some(customer)) => {
            let theirs = of(customer);
            let is_theirs = theirs.is_some_and(|theirs| theirs.iter().any(|of| of == id));
            let is_known = theirs.is_some() || by_customer.values().flatten().any(|of| of == id);
            let ids = theirs.into_iter().flatten().filter(|of| *of != id).cloned().chain([id.to_owned()]);
            match (is_theirs, is_known) {
                (false, true) => {
                    (ids.collect(), Err(format!("`{id}` and `{customer}` are not ids of one subscription")))
                }
                (true, _) | (false, false) => (vec![id.to_owned()], Ok(())),
            }
        }
    };
    (ids.into_iter().map(|id| (id, sku.to_owned())).collect(), of_one)
}

/// The month that a row is about.
fn about(row: &csv::StringRecord, columns: &Columns, month: Month) -> Result<Month, String> {
    let about = columns.month.and_then(|at| row.get(at)).map(str::trim).filter(|text| !text.is_empty());
    about.map_or(Ok(month), Month::parse).map_err(|why| format!("month: {why}"))
}

/// What a row shows.
fn amount(row: &csv::StringRecord, columns: &Columns) -> Result<Shown, String> {
    let amount = Shown::parse(row.get(columns.amount).unwrap_or_default());
    amount.map_err(|why| format!("amount: {why}"))
}

/// Reads the portal's report of the bill of `month`; what cannot be read of it is told.
///
/// # Errors
/// When the file cannot be read, or its header is not right.
pub fn read(
    file: &Path,
    month: Month,
    by_customer: &ByCustomer,
    console: &Console,
) -> Result<Portal, Failed> {
    let mut records = records(open(file)?);
    let wrong = |what: String| Failed::new(Exit::BadInput, format!("{}: {what}", file.display()));
    let header = records.next().map_or_else(|| Ok(csv::StringRecord::new()), |(_, record)| record);
    let mut header = header.map_err(wrong)?;
    header.trim();
    let columns = Columns::of(&header).map_err(wrong)?;
    let mut portal = Portal::default();
    for (number, record) in records {
        let read = match record {
            Ok(row) => portal.add(&row, &columns, month, by_customer),
            Err(problem) => {
                portal.lost = true;
                Err(problem)
            }
        };
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
    fn a_row_of_another_month_is_left_out_whatever_its_amount_looks_like() {
        let header = csv::StringRecord::from(vec!["provisioningId", "sku", "month", "amount"]);
        let columns = Columns::of(&header).unwrap();
        let mut portal = Portal::default();
        let mut add = |row: [&str; 4]| {
            let row = csv::StringRecord::from(row.to_vec());
            portal.add(&row, &columns, Month::parse("2026-12").unwrap(), &ByCustomer::new())
        };
        assert_eq!(add(["P1", "A", "2026-11", "1,00"]), Ok(()));
        assert_eq!(add(["", "A", "2026-11", "1"]), Ok(()));
        assert_eq!(add(["P1", "A", " 2026-12 ", " 2 "]), Ok(()));
        assert!(add(["P2", "A", "2026-12", "1,00"]).is_err());
        assert!(add(["P3", "A", "December", "1"]).is_err());
        let unread: Vec<&str> = portal.unread.iter().map(|slot| slot.0.as_str()).collect();
        assert_eq!((portal.elsewhere, portal.lost, unread), (2, false, vec!["P2", "P3"]));
        let slot = ("P1".to_owned(), "A".to_owned());
        assert_eq!(portal.amounts.get(&slot).map(ToString::to_string).as_deref(), Some("2"));
    }

    #[test]
    fn a_row_that_may_mean_something_else_is_compared_with_nothing() {
        let header = csv::StringRecord::from(vec!["provisioningId", "customerId", "sku", "amount"]);
        let columns = Columns::of(&header).unwrap();
        let by_customer = BTreeMap::from(
            [("C-1", "P1"), ("C-2", "P2"), ("C-3", "P3")]
                .map(|(customer, id)| (customer.to_owned(), vec![id.to_owned()])),
        );
        for (row, why, unread, lost) in [
            // 1,000 with a comma that nobody quoted; and a field too few.
            (&["P1", "C-1", "A", "1", "000"][..], "5 fields, and the header has 4", &[][..], true),
            (&["P1", "A", "1"], "3 fields", &[], true),
            (&["", "", "A", "1"], "is missing", &[], true),
            (
                &["P1", "C-2", "A", "1"],
                "`P1` and `C-2` are not ids of one subscription",
                &["P1", "P2"],
                false,
            ),
            (&["P1", "C-9", "A", "1"], "`P1` and `C-9`", &["P1"], false),
            (&["P9", "C-1", "A", "1"], "`P9` and `C-1`", &["P1", "P9"], false),
            (&["P1", "C-1", "A", "1"], "", &[], false),
            (&["P9", "C-9", "A", "1"], "", &[], false),
        ] {
            let mut portal = Portal::default();
            let read = csv::StringRecord::from(row.to_vec());
            let added = portal.add(&read, &columns, Month::parse("2026-11").unwrap(), &by_customer);
            assert!(
                added.as_ref().err().map_or(why.is_empty(), |said| said.contains(why)),
                "{row:?}: {added:?}"
            );
            let of: BTreeSet<&str> = portal.unread.iter().map(|slot| slot.0.as_str()).collect();
            assert_eq!((of, portal.lost), (unread.iter().copied().collect(), lost), "{row:?}");
            assert_eq!(portal.amounts.is_empty(), !why.is_empty(), "{row:?}");
        }
    }

    #[test]
    fn two_columns_for_one_thing_are_not_chosen_between() {
        let columns = |header: &[&str]| Columns::of(&csv::StringRecord::from(header.to_vec())).err();
        for (header, why) in [
            (&["provisioningId", "sku", "amount", "Amount"][..], "has the column `amount` twice"),
            (&["provisioningId", "sku", "count", "amount"], "`count` and `amount`, which are two names"),
            (&["provisioningId", "sku", "productSku", "amount"], "`sku` and `productSku`"),
        ] {
            assert!(columns(header).is_some_and(|said| said.contains(why)), "{header:?}");
        }
        assert_eq!(columns(&["customerId", "provisioningId", "productSku", "quantity", "price"]), None);
    }
}
