//! More usage for a month that was reported, in a question.

use crate::desk::{More, Used};
use crate::subscription::Month;
use crate::view::frame::page::Page;

/// What is added.
pub fn added(page: &mut Page, used: &Used, unit: Option<&str>) {
    let theme = &page.look.theme;
    let unit = unit.map_or_else(String::new, |unit| format!(" {unit}"));
    page.pair("SKU", (theme.strong, used.sku.as_str()));
    page.pair("month", (theme.strong, &used.month.to_string()));
    page.pair("count", (theme.strong, &format!("{}{unit}", used.count)));
}

/// What is added late, and on whose bill it goes.
pub fn late(page: &mut Page, used: &Used, bill: Month) {
    let theme = &page.look.theme;
    page.pair("SKU", (theme.strong, used.sku.as_str()));
    page.pair("month", (theme.strong, &used.month.to_string()));
    page.pair("count", (theme.strong, &used.count.to_string()));
    page.pair("on the bill of", (theme.strong, &bill.to_string()));
}

/// Both amounts and their sum, why, and on whose bill it goes.
pub fn more(page: &mut Page, more: &More) {
    let theme = &page.look.theme;
    let sum = more.reported.plus(more.count);
    page.pair("SKU", (theme.strong, more.sku.as_str()));
    page.pair("month", (theme.strong, &more.month.to_string()));
    page.pair("reported", (theme.base, &more.reported.to_string()));
    page.pair("more", (theme.strong, &more.count.to_string()));
    page.pair("in all", (theme.strong, &sum.to_string()));
    page.pair("on the bill of", (theme.strong, &more.bill.to_string()));
    page.pair("reason", (theme.base, &more.because.reason));
    page.pair("your name", (theme.base, &more.because.name));
}
