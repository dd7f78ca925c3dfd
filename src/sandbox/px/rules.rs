//! The rules of Px, pure: a request and an instant make a reply and change the state.
//!
//! In which order the real Px checks is not known. Here: the shape of the request; sales code, partner id, address,
//! transaction id, partner order id; the pair; then what the service itself needs.
//!
//! Values with a meaning, so that every documented error has a real cause: an id that begins with `BAD`, `INVALID` or
//! `WRONG` is invalid; an address that holds `NOTAX` has no tax estimate (4040), `NORCC` no text (4050), `PAY` needs a
//! payment (1130); a payment token that begins with `declined` is declined (1099), with `down` meets a payment system that
//! is down.

use super::call::Call;
use super::complete::complete;
use super::identify::identify;
use super::reply::Reply;
use super::request::{Asked, Ids, Refused};
use super::rows;
use super::services::{acceptance, retrieve, send};
use super::state::State;
use super::transaction::FirstSeen;
use crate::sandbox::chance::scramble;
use serde_json::{Map, Value, json};

/// Answers one request.
pub fn answer(state: &mut State, request: &Value, asked: Asked<'_>) -> Reply {
    let tx_id = tx_id(state, asked);
    let Some(request) = request.as_object() else {
        return bad_request("the body is not a JSON object", &tx_id);
    };
    let ids = Ids::read(request);
    let outcome = identify(state, &ids, asked).and_then(|()| match asked.call {
        Call::RetrieveRcc => retrieve(state, &ids, asked, &tx_id),
        Call::SendRcc => send(state, &ids, request, asked, &tx_id),
        Call::GetRccAcceptance => Ok(acceptance(state, &ids, asked, &tx_id)),
        Call::CompleteOrder => complete(state, &ids, request, asked, &tx_id),
    });
    match outcome {
        Ok(body) => Reply { status: 200, body },
        Err(Refused::Row(key)) => refusal(asked.call, key, &ids, &tx_id),
        Err(Refused::BadRequest(why)) => bad_request(why, &tx_id),
    }
}

fn tx_id(state: &mut State, asked: Asked<'_>) -> String {
    format!("{:016x}", scramble(asked.seed, state.count()))
}

/// The reply of a documented row, whether it has a cause or not. If it is about an identifier, that one was wrong, then:
/// the next call may bring another. If no text came back, none is held.
pub fn refuse_on_demand(state: &mut State, request: Option<&Value>, key: &str, asked: Asked<'_>) -> Reply {
    let nothing = Map::new();
    let ids = Ids::read(request.and_then(Value::as_object).unwrap_or(&nothing));
    if let Some(transaction) = state.transactions.get_mut(ids.transaction) {
        let FirstSeen { sales_code, partner_id, address_detail_id } = &mut transaction.first_seen;
        match key {
            "2000" => sales_code.clear(),
            "2030" => partner_id.clear(),
            "2025" => address_detail_id.clear(),
            "4050" => transaction.retrieved = false,
            _ => {}
        }
    }
    refusal(asked.call, key, &ids, &tx_id(state, asked))
}

/// The reply to a request that cannot be read.
pub fn refuse_unread(state: &mut State, why: &str, asked: Asked<'_>) -> Reply {
    bad_request(why, &tx_id(state, asked))
}

fn refusal(call: Call, key: &str, ids: &Ids<'_>, tx_id: &str) -> Reply {
    match rows::find(call, key) {
        Some(row) => Reply { status: row.status, body: row.body(ids.transaction, ids.partner_order, tx_id) },
        None => bad_request("there is no such row", tx_id),
    }
}

/// A 400 in Px's own shape.
fn bad_request(why: &str, tx_id: &str) -> Reply {
    Reply {
        status: 400,
        body: json!({ "apiStatusCode": 400, "userMessage": format!("Bad request: {why}; TxID {tx_id}"), "txId": tx_id }),
    }
}
