//! The JSON of an order: field names that other people's scripts hold on to. Personal data is masked, or left out.

use super::reading;
use crate::order::Refusal;
use crate::order::doubt::{Account, HELD_BACK, Moment, account};
use crate::order::{
    Attempt, AttemptOutcome, Basis, CallError, Completion, Failure, Next, Order, Recorded, Remedy, Summary,
    Timestamp, Trouble, Verdict, remedy,
};
use serde_json::{Value, json};

/// All of one order; `next` is what may be done with it.
pub fn order(order: &Order, history: &[Recorded], moment: &Moment, next: &[Next]) -> Value {
    let now = moment.now;
    let identity = &order.identity;
    let mut shown = json!({
        "id": order.id,
        "environment": order.environment,
        "transactionId": identity.transaction_id,
        "partnerOrderId": identity.partner_order_id,
        "salesCode": identity.sales_code,
        "partnerId": identity.partner_id,
        "addressDetailId": identity.address_detail_id,
        "state": order.state(now),
        "method": order.method,
        "agent": order.agent,
        "language": order.language,
        "despiteDoubt": order.despite_doubt.as_ref().map(|d| json!({ "order": d.order, "reason": d.reason })),
        "openedAt": order.opened_at,
        "updatedAt": order.updated_at,
        "seq": order.seq,
        "attempts": order.attempts.iter().map(attempt).collect::<Vec<_>>(),
        "lastError": order.trouble.as_ref().map(|trouble| last_error(trouble, order)),
        "rcc": order.retrieval.as_ref().map(|r| json!({
            "sha256": r.sha256,
            "sections": r.text.as_ref().map(|t| &t.sections),
            "words": r.words,
            "retrievedAt": r.at,
            "txId": r.tx_id,
            "blocked": order.rcc_blocked,
        })),
        "reading": order.reading.as_ref().map(|r| {
            let how = reading::json(order);
            json!({
                "passages": r.sections.len(),
                "left": r.left(),
                "interrupted": r.interrupted,
                "milliseconds": r.sections.iter().map(|p| p.flatten()).collect::<Vec<_>>(),
                "how": how["how"],
                "total": how["total"],
                "sections": how["sections"],
            })
        }),
        "deliveries": order.deliveries.iter().map(|d| json!({
            "method": d.method,
            "to": d.to.as_ref().map(crate::order::Contact::masked),
            "sentAt": d.sent_at,
            "at": d.at,
            "sha256": d.sha256,
            "counts": d.counts,
        })).collect::<Vec<_>>(),
        "acceptance": order.acceptance.as_ref().map(|a| json!({
            "method": a.method,
            "acceptedAt": a.accepted_at,
            "evidence": a.evidence,
            "sha256": a.sha256,
            "reading": a.read.as_ref().map(reading::accepted),
        })),
        "declinedAt": order.declined_at,
        "window": json!({
            "preparedAt": order.prepared_at,
            "expiresAt": order.window().expires_at(),
            "known": order.window().is_known(order.state(moment.now), moment.now),
        }),
        "next": next.iter().map(|next| next.name()).collect::<Vec<_>>(),
        "doubt": account(order, moment).map(|a| doubt(&a)),
        "completion": order.completion.as_ref().map(|c| completion(c, order.erased)),
        "verdicts": order.verdicts.iter().map(verdict).collect::<Vec<_>>(),
        "orderNumber": order.completion.as_ref().and_then(|c| c.order_number.as_ref()),
        "otherOrderNumbers": order.other_numbers,
        "orderStatus": order.completion.as_ref().and_then(|c| c.order_status.as_ref()),
        "orderDetails": order.completion.as_ref().and_then(|c| c.details.as_ref()),
        "completedAt": order.completion.as_ref().map(|c| c.at),
        "abandoned": order.abandoned,
        "erased": order.erased,
        "events": history.iter().map(|r| json!({
            "seq": r.seq, "at": r.at, "by": r.by, "kind": r.event.kind(), "hash": r.hash,
        })).collect::<Vec<_>>(),
    });
    if let (Some(members), Value::Object(hands)) = (shown.as_object_mut(), hands(order)) {
        members.extend(hands);
    }
    shown
}

/// In whose hands it is, and what people said and wrote.
fn hands(order: &Order) -> Value {
    json!({
        "holder": order.holder,
        "worker": order.worker.as_ref().and(order.last_worker.as_ref()).map(|w| json!({ "name": w.name, "at": w.at })),
        "notes": order.notes.iter().map(|n| json!({
            "at": n.at, "by": n.by, "text": n.text.as_ref().map(crate::order::Personal::expose),
        })).collect::<Vec<_>>(),
        "proposedVerdict": order.proposal().map(verdict),
    })
}

/// What was sent and when, what is known, what is not, what may be done and from when.
fn doubt(account: &Account) -> Value {
    json!({
        "sent": account.sent.iter().map(|a| json!({
            "attempt": a.number, "at": a.at, "endedAt": a.ended_at, "by": a.by, "requestSha256": a.request,
            "heldBack": a.outcome == Some(AttemptOutcome::HeldBack),
        })).collect::<Vec<_>>(),
        "known": account.known,
        "unknown": account.unknown,
        "probeOrVerdictFrom": account.from,
        "secondsLeft": account.left.as_secs() + i64::from(account.left.subsec_nanos() > 0),
    })
}

fn completion(completion: &Completion, erased: bool) -> Value {
    let (reference, name) = match &completion.basis {
        Basis::Confirmed | Basis::Inferred { .. } => (None, None),
        Basis::Verdict { reference, name } => (Some(reference), Some(name)),
    };
    json!({
        "basis": completion.basis.name(),
        "attempt": completion.attempt,
        // Of an erased order they are gone, and whether they had come is not known any more.
        "detailsReceived": (!erased).then_some(completion.details.is_some()),
        "reference": reference,
        "by": name,
    })
}

fn verdict(verdict: &Verdict) -> Value {
    json!({
        "placed": verdict.placed, "reference": verdict.reference, "by": verdict.name, "at": verdict.at, "agent": verdict.by,
    })
}

fn attempt(attempt: &Attempt) -> Value {
    let (outcome, code, detail) = match &attempt.outcome {
        None => ("under_way", None, None),
        Some(AttemptOutcome::Answered) => ("answered", None, None),
        Some(AttemptOutcome::Refused(error)) => {
            ("refused", Some(error.code()), Some(error.user_message.as_str()))
        }
        Some(AttemptOutcome::Failed(failure)) => (failure_class(failure), None, Some(failure.why())),
        Some(AttemptOutcome::CutOff) => {
            ("cut_off", None, Some("its desk could no longer be seen, and no answer was on disk"))
        }
        Some(AttemptOutcome::HeldBack) => ("held_back", None, Some(HELD_BACK)),
    };
    json!({
        "number": attempt.number,
        "call": attempt.call,
        "method": attempt.method,
        "to": attempt.to.as_ref().map(crate::order::Contact::masked),
        "at": attempt.at,
        "endedAt": attempt.ended_at,
        "by": attempt.by,
        // Of a sending, whose only unknown is the address, the hash would give the address away.
        "requestSha256": attempt.request.filter(|_| attempt.call != crate::order::Call::SendRcc),
        "outcome": outcome,
        "code": code,
        "detail": detail,
        "probe": attempt.probe,
        "inDoubt": attempt.in_doubt(),
    })
}

fn failure_class(failure: &Failure) -> &'static str {
    match failure {
        Failure::NotSent(_) => "not_sent",
        Failure::Credentials(_) => "credentials",
        Failure::Unknown(_) => "unknown",
    }
}

/// While `order` is in doubt, what is said of a refusal is not to place it in another way.
fn last_error(trouble: &Trouble, order: &Order) -> Value {
    let in_doubt = order.doubt().is_some();
    let held = order.attempts.last().is_some_and(|last| last.outcome == Some(AttemptOutcome::HeldBack));
    let (error, advice) = match trouble {
        Trouble::Refused(error) if in_doubt => (error.clone(), Advice::in_doubt(error.remedy())),
        Trouble::Refused(error) => (error.clone(), Advice::of(error.remedy())),
        Trouble::Failed { call, failure } => (plain(*call, failure.why()), Advice::of_brief(trouble)),
        Trouble::PlacedAgain => (
            plain(crate::order::Call::CompleteOrder, "a second order was placed under these ids"),
            Advice::of_brief(trouble),
        ),
        Trouble::CutOff { call } if held => (plain(*call, HELD_BACK), Advice::of_brief(trouble)),
        Trouble::CutOff { call } => (
            plain(*call, "its desk could no longer be seen, and no answer was on disk"),
            Advice::of_brief(trouble),
        ),
    };
    json!({
        "api": error.api,
        "httpStatus": Some(error.http_status).filter(|s| *s != 0),
        "internalCode": error.internal_code,
        "userMessage": error.user_message,
        "txId": error.tx_id,
        "documented": error.row.is_some(),
        "field": advice.field,
        "cause": advice.cause,
        "remedy": advice.next,
        "whoMends": advice.who,
        "retry": advice.retry,
    })
}

fn plain(api: crate::order::Call, why: &str) -> CallError {
    CallError {
        api,
        http_status: 0,
        internal_code: None,
        user_message: why.to_owned(),
        tx_id: None,
        row: None,
    }
}

/// What a person can do about a trouble.
struct Advice {
    field: String,
    cause: String,
    next: String,
    who: crate::order::Who,
    retry: crate::order::Retry,
}

impl Advice {
    fn of(remedy: &Remedy) -> Self {
        Self {
            field: remedy.field.clone(),
            cause: remedy.cause.clone(),
            next: remedy.next.clone(),
            who: remedy.who,
            retry: remedy.retry,
        }
    }

    fn in_doubt(remedy: &Remedy) -> Self {
        let doubt = Refusal::InDoubt;
        Self {
            field: doubt.field().to_owned(),
            cause: remedy.cause.clone(),
            next: doubt.next().to_owned(),
            who: doubt.who(),
            retry: doubt.retry(),
        }
    }

    fn of_brief(trouble: &Trouble) -> Self {
        let stall = crate::order::Brief::of(trouble).stall();
        let general = remedy::undocumented(trouble.call());
        Self {
            field: general.field.clone(),
            cause: stall.cause,
            next: stall.next,
            who: general.who,
            retry: stall.retry,
        }
    }
}

/// One line of the queue at `now`.
pub fn summary(row: &Summary, now: Timestamp) -> Value {
    let stall = row.stall(now);
    json!({
        "id": row.id,
        "environment": row.environment,
        "transactionId": row.transaction_id,
        "partnerOrderId": row.partner_order_id,
        "state": row.state(now),
        "method": row.method,
        "agent": row.agent,
        "openedAt": row.opened_at,
        "updatedAt": row.updated_at,
        "window": { "preparedAt": row.prepared_at, "expiresAt": row.window().expires_at(), "known": row.window().is_known(row.state(now), now) },
        "lastError": row.trouble.as_ref().map(|t| json!({ "api": t.call, "class": t.class.name(), "internalCode": t.internal_code() })),
        "stalled": stall.map(|s| json!({ "cause": s.cause, "retry": s.retry, "remedy": s.next })),
    })
}

/// One documented error.
pub fn remedy(row: &Remedy) -> Value {
    json!({
        "id": row.id,
        "api": row.call,
        "httpStatus": Some(row.http_status).filter(|s| *s != 0),
        "internalCode": Some(&row.code).filter(|c| !c.is_empty()),
        "reason": row.reason,
        "userMessage": row.message,
        "field": row.field,
        "cause": row.cause,
        "whoMends": row.who,
        "remedy": row.next,
        "retry": row.retry,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_received_where_some_came() {
        let mut confirmed = Completion {
            basis: Basis::Confirmed,
            order_number: Some("N1".into()),
            order_status: None,
            tx_id: None,
            at: Timestamp::UNIX_EPOCH,
            attempt: 1,
            details: None,
        };
        let received = |of: &Completion, erased| completion(of, erased)["detailsReceived"].clone();
        assert_eq!(received(&confirmed, false), json!(false));
        assert_eq!(received(&confirmed, true), Value::Null);
        confirmed.details = Some(crate::order::Details(json!({ "plan": "Fiber" })));
        assert_eq!(received(&confirmed, false), json!(true));
    }
}
