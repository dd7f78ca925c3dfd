//! A call from its arrival to what goes back, pure: met by a fault or worked on, and entered in the ledger.

use super::call::Call;
use super::edgegrid::{self, Authorization, Signed, Unsigned};
use super::fault::Fault;
use super::late::Late;
use super::ledger::Arrival;
use super::practice::PRACTICE_EDGEGRID;
use super::problem::{self, About, Kind, Refused};
use super::request::{self, Request};
use super::rules::{self, Done};
use super::settings::Settings;
use super::state::State;
use crate::sandbox::chance::scramble;
use crate::sandbox::clock::{Millis, time};
use crate::sandbox::message::Message;
use crate::sandbox::options::Options;
use crate::sandbox::planned::{Answer, Planned};

/// The parts of a request that matter here.
#[derive(Clone, Copy, Debug)]
pub struct Arrived<'a> {
    pub call: Call,
    /// As it was sent; a HEAD is a get.
    pub method: &'a str,
    /// The `Host` header.
    pub host: &'a str,
    /// Path and query, as received.
    pub target: &'a str,
    pub authorization: Authorization<'a>,
    pub content_type: Option<&'a str>,
    pub body: &'a [u8],
}

/// What became of a request that was let in.
enum Outcome {
    TurnedAway(Unsigned),
    Refused(Refused),
    Done(Done),
    /// It will be done.
    Put,
}

/// One of the fifteen calls; `now` is on the servers' own clock.
pub fn call(state: &mut State, options: &Options, now: Millis, arrived: Arrived<'_>) -> Planned {
    let scenario = options.scenario.registration;
    state.catch_up(scenario, now);
    let settings = state.overrides.over(scenario);
    let (path, query) = arrived.target.split_once('?').unwrap_or((arrived.target, ""));
    let contract = request::contract(query);
    let fault = fault_for(state, options, arrived.call, contract.as_deref().ok()).unwrap_or_default();
    let about = About {
        method: arrived.method,
        host: arrived.host,
        path,
        request_id: scramble(options.seed, state.count()),
        now: now + fault.clock_off_seconds.unwrap_or(0) * 1000,
    };
    let outcome = fault.lets_work().then(|| {
        let contract = contract.as_deref().map_err(Clone::clone);
        work(state, arrived, contract, &fault, settings, about)
    });
    let planned = plan(&fault, message(arrived.call, outcome.as_ref(), &fault, settings, about));
    enter(state, arrived.call, contract.as_deref().ok(), outcome.as_ref(), &planned, now);
    planned
}

/// The fault that was asked for, or one by chance where the scenario has them.
fn fault_for(state: &mut State, options: &Options, call: Call, contract: Option<&str>) -> Option<Fault> {
    let asked_for = state.take_fault(call, contract);
    let percent = options.scenario.faults_percent;
    if asked_for.is_some() || percent == 0 {
        return asked_for;
    }
    let draw = scramble(options.seed, state.count());
    (draw % 100 < u64::from(percent)).then(|| Fault::by_chance(draw / 100))
}

/// Lets it in, reads it, and does it: now, or later.
fn work(
    state: &mut State,
    arrived: Arrived<'_>,
    contract: Result<&str, Refused>,
    fault: &Fault,
    settings: Settings,
    about: About<'_>,
) -> Outcome {
    let Arrived { method, host, target, body, authorization, call, .. } = arrived;
    let signed = Signed { method, host, target, body, authorization };
    match edgegrid::check(signed, PRACTICE_EDGEGRID, about.now) {
        Err(why) => return Outcome::TurnedAway(why),
        // A: what the gateway says to a nonce that it knows is not known.
        Ok(nonce) if !state.nonces.take(nonce, about.now, edgegrid::GOOD_FOR) => {
            return Outcome::TurnedAway(Unsigned::BadSignature);
        }
        Ok(_) => {}
    }
    let (contract, request) = match contract.and_then(|contract| read(state, arrived, contract, about.path)) {
        Ok(read) => read,
        Err(refused) => return Outcome::Refused(refused),
    };
    if let Some(seconds) = fault.late_seconds {
        let due = about.now + i64::from(seconds) * 1000;
        state.late.push(Late { due, call, contract: contract.to_owned(), request });
        return Outcome::Put;
    }
    match rules::work(state.contract(contract), &request, settings) {
        Ok(done) => Outcome::Done(done),
        Err(refused) => Outcome::Refused(refused),
    }
}

/// Reads it, if the contract is the client's.
fn read<'a>(
    state: &State,
    arrived: Arrived<'_>,
    contract: &'a str,
    path: &str,
) -> Result<(&'a str, Request), Refused> {
    if state.without_rights.contains(contract) {
        return Err(Refused::new(Kind::NotAuthorized, "this contract is not yours"));
    }
    let segment = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let Arrived { call, content_type, body, .. } = arrived;
    Ok((contract, Request::read(request::Arrived { call, segment, content_type, body })?))
}

/// What is answered, but for what happens to it on the way. Nothing, when it is put off.
fn message(
    call: Call,
    outcome: Option<&Outcome>,
    fault: &Fault,
    settings: Settings,
    about: About<'_>,
) -> Option<Message> {
    if let Some(status) = fault.bare_status() {
        return Some(problem::bare(status, about));
    }
    let refusal = |refused: &Refused| refused.message(settings.shapes, call, about);
    Some(match (outcome, fault.error) {
        (_, Some(kind)) => refusal(&Refused::new(kind, "on demand")),
        (Some(Outcome::TurnedAway(why)), None) => {
            let (status, title, detail) = why.words();
            problem::gateway(status, title, detail, about)
        }
        (Some(Outcome::Refused(refused)), None) => refusal(refused),
        (Some(Outcome::Done(done)), None) => misled(fault, done_message(call, done, about)),
        (Some(Outcome::Put), None) => return None,
        // The work was left out, and nobody is to notice.
        (None, None) => Message::empty(call.done()),
    })
}

fn misled(fault: &Fault, message: Message) -> Message {
    match fault.answer {
        Some(misleading) => misleading.under(message),
        None => message,
    }
}

fn done_message(call: Call, done: &Done, about: About<'_>) -> Message {
    let at = |id: &u64| {
        let address = format!("https://{}/config-saas-registration/v1/{}/{id}", about.host, call.of.plural());
        Message { location: Some(address), ..Message::empty(call.done()) }
    };
    match done {
        Done::Read(body) => Message::text(call.done(), "application/json", body.clone()),
        Done::Created(id, _) | Done::Modified(id, _) => at(id),
        Done::Removed(_) => Message::empty(call.done()),
    }
}

fn plan(fault: &Fault, message: Option<Message>) -> Planned {
    let answer = message.map_or(Answer::Cut, |message| fault.transport.under(message));
    Planned { pause: fault.transport.pause(), answer }
}

fn enter(
    state: &mut State,
    call: Call,
    contract: Option<&str>,
    outcome: Option<&Outcome>,
    planned: &Planned,
    now: Millis,
) {
    let (done, refused) = match outcome {
        Some(Outcome::TurnedAway(why)) => {
            state.ledger.turn_away(*why);
            (None, Some(why.words().2.to_owned()))
        }
        Some(Outcome::Refused(refused)) => (None, Some(refused.detail.clone())),
        Some(Outcome::Done(done)) => (Some(done), None),
        Some(Outcome::Put) | None => (None, None),
    };
    let status = match &planned.answer {
        Answer::Message(message) => Some(message.status),
        Answer::Cut | Answer::Hang => None,
    };
    let Some(contract) = contract else { return };
    let at = time(now);
    let arrival = Arrival { at, call, status, applied: false, surrogate_id: None, refused, late: false };
    state.ledger.enter(contract, arrival, done);
}
