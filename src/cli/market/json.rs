//! Things of the marketplace as JSON; the members are part of the interface.

use crate::kind::{Kind, Recorded, Timestamp};
use crate::subscription::{
    Answer, Attempt, By, Call, Earlier, Ended, Finding, HandedOver, Month, MonthLine, NotUsed, Note,
    ReportRow, SkuLine, SkuState, State, Subscription, SubscriptionRow,
};
use serde_json::{Value, json};

/// A subscription in a list.
pub fn row(row: &SubscriptionRow, now: Timestamp) -> Value {
    json!({
        "id": row.id,
        "provisioningId": row.provisioning_id,
        "customerId": row.customer_id,
        "productId": row.product_id,
        "state": row.state(now).name(),
        "skus": row.skus.iter().map(|line| sku(line, row.state(now), now)).collect::<Vec<_>>(),
        "requestedAt": row.requested_at,
        "unconfirmed": row.unconfirmed,
        "conflicts": row.conflicts,
        "terminationDue": row.termination_due,
    })
}

fn sku(line: &SkuLine, of: State, now: Timestamp) -> Value {
    let state = line.state_in(of, now);
    let starts = match state {
        SkuState::Scheduled(starts) => Some(starts),
        SkuState::Waiting | SkuState::Billing | SkuState::Ended => None,
    };
    json!({
        "sku": line.plan.sku,
        "state": state.name(),
        "billing": line.plan.billing,
        "usage": line.plan.usage,
        "unit": line.plan.unit,
        "known": line.plan.known,
        "startsAt": starts,
        "startedAt": line.started,
        "endedAt": line.ended,
        "unknown": line.not_known(now).map(Call::name),
    })
}

/// All of one subscription.
pub fn subscription(
    of: &Subscription,
    history: &[Recorded<crate::subscription::Event>],
    earlier: &[SubscriptionRow],
    now: Timestamp,
) -> Value {
    let answer = of.answer.as_ref().map(|answered| {
        json!({
            "status": if of.first_version { answered.answer.first_version().0 } else { answered.answer.status() },
            "message": match &answered.answer {
                Answer::Refused { message } => message.as_ref(),
                Answer::Provisioned { .. } => None,
            },
            "by": by(&answered.by),
            "at": answered.at,
        })
    });
    json!({
        "id": of.id,
        "environment": of.environment.name(),
        "provisioningId": of.provisioning_id,
        "customerId": of.customer_id(),
        "productId": of.product_id,
        "state": of.state(now).name(),
        "skus": of.skus.iter().map(|line| sku(line, of.state(now), now)).collect::<Vec<_>>(),
        "requestedAt": of.requested_at,
        "fields": of.fields,
        "exactFields": of.exact,
        "answer": answer,
        "handedOver": of.handed_over.as_ref().map(handed_over),
        "answersNotUsed": of.not_used.iter().map(not_used).collect::<Vec<_>>(),
        "delivered": of.delivered,
        "unconfirmed": of.is_unconfirmed(),
        "repeats": of.repeats,
        "conflicts": of.conflicts,
        "conflictsSetAside": of.conflicts_aside,
        "conflictAt": of.conflict_at,
        "earlierTries": earlier.iter().map(|row| row.provisioning_id.as_str()).collect::<Vec<_>>(),
        "attempts": of.attempts.0.iter().map(attempt).collect::<Vec<_>>(),
        "notes": of.notes.iter().map(note).collect::<Vec<_>>(),
        "erased": of.erased,
        "events": events::<Subscription>(history),
    })
}

fn by(by: &By) -> Value {
    match by {
        By::Pattern => json!({ "by": "pattern" }),
        By::Program => json!({ "by": "program" }),
        By::Forward => json!({ "by": "forward" }),
        By::Person { name, reason: None } => json!({ "by": "person", "name": name }),
        By::Person { name, reason } => json!({ "by": "person", "name": name, "reason": reason }),
        By::Otherwise { why } => json!({ "by": "otherwise", "why": why }),
    }
}

/// Who else was asked what a deploy is answered, and when.
pub fn handed_over(handed_over: &HandedOver) -> Value {
    json!({ "to": handed_over.to.name(), "at": handed_over.at })
}

/// An answer that is not used. Without a customer id it refused the buyer.
pub fn not_used(not_used: &NotUsed) -> Value {
    json!({ "from": not_used.from.name(), "customerId": not_used.customer_id, "at": not_used.at })
}

fn note(note: &Note) -> Value {
    match note {
        Note::TerminationMail { mail, due } => json!({ "terminationMail": mail, "due": due }),
        Note::BillingMoved { sku, to } => json!({ "sku": sku, "billingDate": to }),
        Note::AsConfigured { plan } => json!({
            "asConfigured": plan.sku, "billing": plan.billing, "usage": plan.usage, "unit": plan.unit,
        }),
        Note::ProductNamed { product_id, reason: None } => json!({ "productId": product_id }),
        Note::ProductNamed { product_id, reason } => json!({ "productId": product_id, "reason": reason }),
        Note::UsageLeftOut { skus, reason } => json!({ "usageLeftOut": skus, "reason": reason }),
        Note::AlarmSetAside { reason } => json!({ "alarmSetAside": true, "reason": reason }),
        Note::Text { personal } => {
            json!({ "text": personal.as_ref().map(|personal| personal.text.expose()) })
        }
    }
}

/// A call.
pub fn attempt(attempt: &Attempt) -> Value {
    let cut_off = |ended: &Ended| ended.outcome.is_none() && !ended.held_back;
    let outcome = match &attempt.ended {
        Some(ended) if cut_off(ended) => Some("cut off; unknown".to_owned()),
        _ => attempt.words(),
    };
    json!({
        "attempt": attempt.number,
        "call": attempt.call.name(),
        "skus": attempt.skus,
        "at": attempt.at,
        "by": attempt.by,
        "reason": attempt.reason,
        "heldBack": attempt.is_held_back(),
        "endedAt": attempt.ended.as_ref().map(|ended| ended.at),
        "outcome": outcome,
    })
}

/// A history.
pub fn events<K: Kind>(history: &[Recorded<K::Event>]) -> Vec<Value> {
    let event = |recorded: &Recorded<K::Event>| {
        json!({
            "seq": recorded.seq,
            "at": recorded.at,
            "by": recorded.by,
            "kind": K::event_name(&recorded.event),
            "hash": recorded.hash,
        })
    };
    history.iter().map(event).collect()
}

/// A report in the list of its month. `bill` is the month whose bill it is on, or would be on by what is known.
pub fn report(row: &ReportRow, customer: Option<&str>, bill: Option<Month>) -> Value {
    json!({
        "id": row.id,
        "provisioningId": row.slot.provisioning_id,
        "customerId": customer,
        "sku": row.slot.sku,
        "month": row.slot.month,
        "supplement": row.slot.supplement,
        "amount": row.amount,
        "state": row.state.name(),
        "reportedAt": row.reported_at,
        "bill": bill,
    })
}

/// A line of a preview.
pub fn line(line: &MonthLine) -> Value {
    let problem: Vec<_> = line.findings.iter().map(Finding::words).collect();
    let report = line.report.as_ref();
    json!({
        "provisioningId": line.provisioning_id,
        "customerId": line.customer_id,
        "sku": line.sku,
        "month": report.map(|row| row.slot.month),
        "supplement": report.map(|row| row.slot.supplement),
        "amount": report.and_then(|row| row.amount),
        "unit": line.unit,
        "before": line.usual,
        "state": report.map(|row| row.state.name()),
        "problem": (!problem.is_empty()).then(|| problem.join("; ")),
    })
}

/// Reports of earlier months that are not reported, by their months.
pub fn earlier(earlier: &[Earlier]) -> Vec<Value> {
    let of = |of: &Earlier| {
        json!({
            "month": of.month,
            "open": of.open,
            "inProgress": of.in_progress,
            "inDoubt": of.in_doubt,
            "refused": of.refused,
        })
    };
    earlier.iter().map(of).collect()
}

/// A SKU of which nothing was taken in.
pub fn missing(line: &MonthLine) -> Value {
    json!({
        "provisioningId": line.provisioning_id,
        "customerId": line.customer_id,
        "sku": line.sku,
        "unit": line.unit,
    })
}
