//! A partner's call from its arrival to what goes back, pure: met by a fault or worked on, and entered in the ledger.

use super::call::Call;
use super::entry::Entry;
use super::fault::Fault;
use super::members::Members;
use super::month::BillMonth;
use super::request::Request;
use super::rules::{self, Refused, bad};
use super::state::State;
use crate::sandbox::chance::scramble;
use crate::sandbox::clock::{Millis, time};
use crate::sandbox::message::Message;
use crate::sandbox::options::Options;
use crate::sandbox::planned::{Answer, Planned};
use serde_json::json;
use std::time::Duration;

/// What is kept of a text that somebody sent, in characters.
const LONGEST: usize = 200;

/// The parts of a request that matter here.
#[derive(Clone, Copy, Debug)]
pub struct Arrived<'a> {
    /// What the body is said to be.
    pub content_type: Option<&'a str>,
    pub body: &'a [u8],
}

/// One of the five calls; `now` is on the server's own clock.
pub fn call(state: &mut State, options: &Options, now: Millis, call: Call, arrived: Arrived<'_>) -> Planned {
    let members = read(arrived);
    let provisioning = members.as_ref().ok().and_then(|m| m.text("provisioningId").ok());
    let fault = fault_for(state, options, call, provisioning.as_deref());
    let works = fault.as_ref().is_none_or(Fault::lets_work);
    let worked = works.then(|| {
        let request = members.as_ref().map_err(Clone::clone).and_then(|m| Request::read(call, m));
        rules::work(state, &request.map_err(bad)?, now)
    });
    let planned = plan(fault.as_ref(), message(call, worked.as_ref(), fault.as_ref()));
    let mut entry = entry(call, now, members.as_ref().ok());
    entry.status = match &planned.answer {
        Answer::Message(message) => Some(message.status),
        Answer::Cut | Answer::Hang => None,
    };
    settle(&mut entry, worked);
    state.ledger.push(entry);
    planned
}

fn read(arrived: Arrived<'_>) -> Result<Members<'_>, String> {
    // A body without a content type is read as JSON.
    let is_json = arrived.content_type.is_none_or(|kind| {
        kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
    });
    if is_json {
        Members::read(arrived.body)
    } else {
        Err("the content type is not application/json".to_owned())
    }
}

/// The fault that was asked for, or one by chance where the scenario has them.
fn fault_for(state: &mut State, options: &Options, call: Call, provisioning: Option<&str>) -> Option<Fault> {
    let asked_for = state.take_fault(call, provisioning);
    let percent = options.scenario.faults_percent;
    if asked_for.is_some() || percent == 0 {
        return asked_for;
    }
    let draw = scramble(options.seed, state.count());
    (draw % 100 < u64::from(percent)).then(|| Fault::by_chance(draw / 100))
}

/// What is answered, but for what happens to it on the way.
fn message(
    call: Call,
    worked: Option<&Result<Option<BillMonth>, Refused>>,
    fault: Option<&Fault>,
) -> Message {
    let refusal = |status, why: &str| Message::json(status, &json!({ "message": why }));
    match (worked, fault.and_then(Fault::refusal)) {
        (_, Some((status, why))) => refusal(status, why),
        (Some(Err(refused)), None) => refusal(refused.status, &refused.why),
        (Some(Ok(_)) | None, None) => Message::json(call.done(), &json!({ "status": "ok" })),
    }
}

fn plan(fault: Option<&Fault>, message: Message) -> Planned {
    match fault {
        Some(fault) => Planned { pause: fault.transport.pause(), answer: fault.transport.under(message) },
        None => Planned { pause: Duration::ZERO, answer: Answer::Message(message) },
    }
}

/// What arrived, as far as it can be read.
fn entry(call: Call, now: Millis, members: Option<&Members<'_>>) -> Entry {
    let text = |name| members.and_then(|m| m.text(name).ok()).map(|text| shortened(&text));
    let skus = members.and_then(|m| m.texts("productSkus").ok()).unwrap_or_default();
    let count = members.and_then(|m| m.raw("usageCount").or_else(|_| m.raw("count")).ok());
    Entry {
        at: time(now),
        call,
        provisioning_id: text("provisioningId"),
        sku: text("productSku").or_else(|| text("sku")),
        product_skus: skus.iter().take(LONGEST).map(|sku| shortened(sku)).collect(),
        usage_count: count.map(|raw| shortened(raw.trim_matches('"'))),
        status: None,
        applied: false,
        month: None,
        in_closed_hours: false,
        refused: None,
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// Enters what became of it.
fn settle(entry: &mut Entry, worked: Option<Result<Option<BillMonth>, Refused>>) {
    match worked {
        Some(Ok(bill)) => {
            entry.applied = true;
            // Only what counts is on a bill.
            if let Some(bill) = bill.filter(|_| entry.usage_count.is_some()) {
                entry.month = Some(bill.month);
                entry.in_closed_hours = bill.in_closed_hours;
            }
        }
        Some(Err(refused)) => entry.refused = Some(refused.why),
        None => {}
    }
}
