//! The orders that something is about to be done with: what would be sent, and what is left out and why.

use super::frame::page::Page;
use super::frame::words::{count, plural};
use super::words;
use crate::desk::Model;
use crate::order::stalled::BatchPlan;
use crate::order::{Again, Brief, OrderId};
use std::collections::BTreeMap;

/// How many ids a question names at the most.
const MOST: usize = 8;

/// A retry of many: the sum, then each order on its own.
pub fn many(page: &mut Page, model: &Model, plan: &BatchPlan) {
    let look = page.look;
    let theme = &look.theme;
    page.gap();
    let sum = format!("{} to send, {} left out", count(plan.send.len()), count(plan.left_out.len()));
    page.row(&[(theme.strong, &sum)]);
    let mut calls: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, again) in &plan.send {
        *calls.entry(again.call.title()).or_default() += 1;
    }
    let calls: Vec<String> = calls.into_iter().map(|(call, n)| format!("{} × {call}", count(n))).collect();
    if calls.len() > 1 {
        page.row(&[(theme.dim, &calls.join(", "))]);
    }
    page.gap();
    for (id, again) in &plan.send {
        let last = model.row(id).and_then(|row| row.trouble.as_ref()).map(Brief::label);
        let last = last.map_or_else(String::new, |last| format!("   last: {last}"));
        page.row(&[
            (theme.good, "✓ send      "),
            (theme.base, id.as_str()),
            (theme.base, "  "),
            (theme.base, &again.call.to_string()),
            (theme.dim, &last),
        ]);
    }
    for (id, outlook) in &plan.left_out {
        let style = words::verdict_style(look, outlook.retry);
        let lead = format!("× {:<10}", outlook.retry.name());
        page.row(&[(style, &lead), (theme.base, id.as_str()), (theme.base, "  "), (theme.dim, &outlook.why)]);
    }
}

/// A retry of one.
pub fn one(page: &mut Page, model: &Model, id: &OrderId, again: Again) {
    let theme = &page.look.theme;
    page.gap();
    let trouble = model.row(id).and_then(|row| row.trouble.as_ref());
    let last = trouble.map_or_else(String::new, |trouble| format!("   last: {}", trouble.label()));
    let call = format!("{}{last}", again.call);
    page.row(&[(theme.strong, id.as_str()), (theme.base, "   "), (theme.dim, &call)]);
}

/// The orders that a command is about: as many as fit a page of `room` rows.
pub fn these(page: &mut Page, model: &Model, ids: &[OrderId], room: usize) {
    let theme = &page.look.theme;
    page.gap();
    page.row(&[(theme.strong, &plural(ids.len(), "order"))]);
    let room = room.saturating_sub(page.len());
    let all = ids.len() <= room.min(MOST);
    // How many more there are takes a row, too.
    let named = if all { ids.len() } else { room.saturating_sub(1).min(MOST) };
    for id in ids.iter().take(named) {
        let transaction = model.row(id).map_or("", |row| &row.transaction_id);
        page.row(&[(theme.base, id.as_str()), (theme.base, "   "), (theme.dim, transaction)]);
    }
    if !all && named > 0 {
        page.row(&[(theme.dim, &format!("and {} more", count(ids.len() - named)))]);
    }
}
