//! A request from its arrival to what goes back, pure: counted, let in, met by a fault or worked on.
//!
//! All of it happens at one instant, under one hold of the state: a pause that a fault asks for comes after the work.

use super::answer;
use super::call::Call;
use super::fault::{Fault, Place, RowKey};
use super::reply::Reply;
use super::request::Asked;
use super::rules;
use super::state::State;
use super::token;
use crate::sandbox::chance::scramble;
use crate::sandbox::clock::Millis;
use crate::sandbox::message::Message;
use crate::sandbox::options::Options;
use crate::sandbox::planned::{Answer, Planned};
use serde_json::{Value, json};
use std::time::Duration;

/// The parts of a request that matter here.
#[derive(Clone, Copy, Debug)]
pub struct Arrived<'a> {
    pub authorization: Option<&'a str>,
    /// What the body is said to be.
    pub content_type: Option<&'a str>,
    pub body: &'a [u8],
}

/// A request for a token; `now` is on the server's own clock.
pub fn token(state: &mut State, options: &Options, now: Millis, arrived: Arrived<'_>) -> Planned {
    let fault = fault_for(state, options, Place::Token, "", now);
    let works = fault.as_ref().is_none_or(Fault::lets_work);
    let reply = if works {
        token::issue(state, &options.scenario, options.seed, now, arrived.authorization, arrived.body)
    } else {
        undone()
    };
    plan(fault.as_ref(), reply, &Value::Null)
}

/// One of the four services; `request` is the body read as JSON, if it could be; `now` is on the server's own clock.
pub fn call(
    state: &mut State,
    options: &Options,
    now: Millis,
    call: Call,
    arrived: Arrived<'_>,
    request: Option<&Value>,
) -> Planned {
    let transaction =
        request.and_then(|r| r.get("transactionId")).and_then(Value::as_str).unwrap_or_default();
    state.receive(call, transaction);
    if let Err(refused) = token::admit(state, now, arrived.authorization) {
        return Planned { pause: Duration::ZERO, answer: Answer::Message(refused.into()) };
    }
    let fault = fault_for(state, options, call.into(), transaction, now);
    let row = fault.as_ref().and_then(|f| f.row.as_ref()).map(RowKey::key);
    let offer = fault.as_ref().and_then(|f| f.offer.as_deref());
    let asked = Asked { call, scenario: &options.scenario, seed: options.seed, now, offer };
    let reply = match (request, row) {
        (request, Some(row)) => rules::refuse_on_demand(state, request, &row, asked),
        _ if !fault.as_ref().is_none_or(Fault::lets_work) => undone(),
        (Some(request), None) if is_json(arrived.content_type) => rules::answer(state, request, asked),
        (Some(_), None) => rules::refuse_unread(state, "the content type is not application/json", asked),
        (None, None) => rules::refuse_unread(state, "the body is not JSON", asked),
    };
    plan(fault.as_ref(), loosely(options, reply), request.unwrap_or(&Value::Null))
}

/// A body without a content type is read as JSON.
fn is_json(content_type: Option<&str>) -> bool {
    content_type.is_none_or(|kind| {
        let essence = kind.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json")
    })
}

/// The fault that was asked for, or one by chance where the scenario has them.
fn fault_for(
    state: &mut State,
    options: &Options,
    place: Place,
    transaction: &str,
    now: Millis,
) -> Option<Fault> {
    let asked_for = state.take_fault(place, transaction, now);
    let percent = options.scenario.faults_percent;
    if asked_for.is_some() || percent == 0 {
        return asked_for;
    }
    let draw = scramble(options.seed, state.count());
    (draw % 100 < u64::from(percent)).then(|| Fault::by_chance(draw / 100))
}

/// What stands for the reply when a fault came before the work.
fn undone() -> Reply {
    Reply { status: 200, body: json!({}) }
}

fn plan(fault: Option<&Fault>, reply: Reply, request: &Value) -> Planned {
    let pause = fault.map_or(Duration::ZERO, |f| f.transport.pause());
    let answer = match fault {
        Some(fault) => answer::under(fault, reply, request),
        None => Answer::Message(Message::from(reply)),
    };
    Planned { pause, answer }
}

/// The reply, with numbers as strings where the scenario says so.
fn loosely(options: &Options, mut reply: Reply) -> Reply {
    if options.scenario.numbers_as_strings
        && let Some(number) = reply.body.get_mut("apiStatusCode")
    {
        *number = json!(number.to_string());
    }
    reply
}
