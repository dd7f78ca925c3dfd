//! Whether the identifiers of a request are good, pure: the checks that all four services share.
//!
//! A sales code, partner id or address other than the one that the transaction was first seen with is invalid: every call
//! carries them, unchanged through submit. Only after a refusal on demand may that one be corrected.

use super::call::Call;
use super::request::{Asked, Ids, Refused};
use super::state::State;
use super::transaction::FirstSeen;

/// Checks them all; binds a good pair at its first sight.
pub fn identify(state: &mut State, ids: &Ids<'_>, asked: Asked<'_>) -> Result<(), Refused> {
    let scenario = asked.scenario;
    let complete = asked.call == Call::CompleteOrder;
    let checks = [
        (ids.sales_code, &scenario.sales_codes, "2000"),
        (ids.partner_id, &scenario.partner_ids, "2030"),
        (ids.address, &scenario.address_detail_ids, "2025"),
        // Complete has no row for a bad transaction id; its pair row says it.
        (ids.transaction, &scenario.transaction_ids, if complete { "2131" } else { "2070" }),
    ];
    for (value, valid, key) in checks {
        if is_wrong(value, valid) {
            return Err(Refused::Row(key));
        }
    }
    if ids.partner_order.is_empty() {
        return Err(Refused::Row("2225"));
    }
    let bound = state.transactions.get(ids.transaction).map_or("", |t| t.partner_order_id.as_str());
    let holder = state.partner_orders.get(ids.partner_order).map_or(ids.transaction, String::as_str);
    if holder != ids.transaction || !(bound.is_empty() || bound == ids.partner_order) {
        return Err(Refused::Row("2131"));
    }
    if bound.is_empty() {
        let prepared = scenario.special(ids.transaction).map_or(0, |order| order.prepared_minutes_ago);
        let transaction = state.transaction(ids.transaction);
        ids.partner_order.clone_into(&mut transaction.partner_order_id);
        transaction.prepared_at = asked.now - prepared * 60_000;
        state.partner_orders.insert(ids.partner_order.to_owned(), ids.transaction.to_owned());
    }
    unchanged(&mut state.transaction(ids.transaction).first_seen, ids)
}

/// Refuses an identifier other than at first sight.
fn unchanged(first: &mut FirstSeen, ids: &Ids<'_>) -> Result<(), Refused> {
    let checks = [
        (&mut first.sales_code, ids.sales_code, "2000"),
        (&mut first.partner_id, ids.partner_id, "2030"),
        (&mut first.address_detail_id, ids.address, "2025"),
    ];
    for (known, given, key) in checks {
        if known.is_empty() {
            given.clone_into(known);
        } else if known != given {
            return Err(Refused::Row(key));
        }
    }
    Ok(())
}

fn is_wrong(value: &str, valid: &[String]) -> bool {
    let begins = |word: &str| value.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    value.is_empty()
        || ["BAD", "INVALID", "WRONG"].into_iter().any(begins)
        || !(valid.is_empty() || valid.iter().any(|v| v == value))
}
