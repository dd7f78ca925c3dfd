//! What would be billed: per month, provisioning and SKU an exact sum.

use super::amount;
use crate::sandbox::clock::{Millis, time};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// All bills. The keys are the month, the provisioning and the SKU.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Bills(BTreeMap<String, BTreeMap<String, BTreeMap<String, Sum>>>);

/// One sum.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Sum {
    customer: String,
    #[serde(with = "rust_decimal::serde::str")]
    amount: Decimal,
    /// How often something was added.
    reports: u64,
    first_at: Millis,
    last_at: Millis,
}

/// One line of a bill, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    pub provisioning_id: String,
    pub customer_id: String,
    pub sku: String,
    pub month: String,
    pub amount: String,
    pub reports: u64,
    pub first_at: String,
    pub last_at: String,
}

/// What is added, and to whose bill.
#[derive(Clone, Copy, Debug)]
pub struct Usage<'a> {
    pub month: &'a str,
    pub provisioning: &'a str,
    pub customer: &'a str,
    pub sku: &'a str,
    pub count: Decimal,
}

impl Bills {
    /// Adds usage. `None`, and nothing changed, when the sum has more digits than can be kept.
    pub fn add(&mut self, usage: Usage<'_>, now: Millis) -> Option<()> {
        let skus = self.0.entry(usage.month.to_owned()).or_default();
        let sums = skus.entry(usage.provisioning.to_owned()).or_default();
        if let Some(sum) = sums.get_mut(usage.sku) {
            sum.amount = amount::add(sum.amount, usage.count)?;
            sum.reports += 1;
            sum.last_at = now;
        } else {
            let customer = usage.customer.to_owned();
            let first = Sum { customer, amount: usage.count, reports: 1, first_at: now, last_at: now };
            sums.insert(usage.sku.to_owned(), first);
        }
        Some(())
    }

    /// The lines of one month's bill, or of all.
    pub fn lines(&self, month: Option<&str>) -> Vec<Line> {
        let mut lines = Vec::new();
        for (of, bill) in self.0.iter().filter(|(of, _)| month.is_none_or(|month| month == *of)) {
            for (provisioning, sums) in bill {
                lines.extend(sums.iter().map(|(sku, sum)| sum.line(of, provisioning, sku)));
            }
        }
        lines
    }

    /// The portal's file.
    pub fn csv(&self, month: Option<&str>) -> String {
        let mut csv = "provisioningId,customerId,sku,month,amount\n".to_owned();
        for line in self.lines(month) {
            let fields = [&line.provisioning_id, &line.customer_id, &line.sku, &line.month, &line.amount];
            let fields: Vec<String> = fields.into_iter().map(|field| quoted(field)).collect();
            let _ = writeln!(csv, "{}", fields.join(","));
        }
        csv
    }
}

impl Sum {
    fn line(&self, month: &str, provisioning: &str, sku: &str) -> Line {
        Line {
            provisioning_id: provisioning.to_owned(),
            customer_id: self.customer.clone(),
            sku: sku.to_owned(),
            month: month.to_owned(),
            amount: self.amount.to_string(),
            reports: self.reports,
            first_at: time(self.first_at),
            last_at: time(self.last_at),
        }
    }
}

/// A field as RFC 4180 has it.
fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", field.replace('"', "\"\""));
    }
    field.to_owned()
}
