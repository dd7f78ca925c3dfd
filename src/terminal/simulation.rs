//! What a trainer does, asked of the embedded Px's control side.

use crate::desk::Simulation;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// What the embedded Px did.
#[derive(Debug)]
pub struct Answer {
    /// In words.
    pub what: String,
    /// How far its clock is ahead now, when it was moved.
    pub offset: Option<SignedDuration>,
}

/// So many calls fail where a failure lasts until it is taken back.
const LASTING: u32 = u32::MAX;

/// Asks the embedded Px at `base`. Behind a failure that lasts, another one of the same call would never be met: it is refused.
pub async fn ask(base: &str, wanted: &Simulation) -> Result<Answer, String> {
    let client = crate::wire::local_client()?;
    if let Simulation::Fail { call, .. } = wanted
        && lasts(&client, base, call).await?
    {
        return Err("every such call fails already: take that back with x, then choose again".to_owned());
    }
    ask_by(&client, base, wanted).await
}

/// True while every `call` is to fail until that is taken back.
async fn lasts(client: &reqwest::Client, base: &str, call: &str) -> Result<bool, String> {
    let url = format!("{}/_sandbox/faults", base.trim_end_matches('/'));
    let waiting = answered(client.get(url)).await?;
    let waiting = waiting.get("pending").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    // Some of them may have been met.
    let lasts =
        |it: &Value| it.get("times").and_then(Value::as_u64).is_some_and(|n| n > u64::from(LASTING / 2));
    Ok(waiting.iter().any(|it| it.get("call").and_then(Value::as_str) == Some(call) && lasts(it)))
}

/// The same, for whoever asks often and has a client.
pub async fn ask_by(client: &reqwest::Client, base: &str, wanted: &Simulation) -> Result<Answer, String> {
    let (path, body, what) = match wanted {
        Simulation::Advance(by) => (
            "clock",
            json!({ "advanceSeconds": by.as_secs() }),
            format!("Px's clock moved on by {}", crate::order::span(*by)),
        ),
        Simulation::Accept { transaction_id } => {
            ("accept", json!({ "transactionId": transaction_id }), "the customer accepted".to_owned())
        }
        Simulation::Decline { transaction_id } => {
            ("decline", json!({ "transactionId": transaction_id }), "the customer declined".to_owned())
        }
        Simulation::Fail { call, fault, words, lasting } => {
            let times = if *lasting { LASTING } else { 1 };
            ("faults", json!({ "call": call, "times": times, "fault": fault }), words.clone())
        }
        Simulation::TakeBack => ("faults/clear", json!({}), "Calls work again: no failure waits".to_owned()),
    };
    let answer = post(client, &format!("{}/_sandbox/{path}", base.trim_end_matches('/')), &body).await?;
    let ahead = answer.get("advancedSeconds").and_then(Value::as_i64);
    Ok(Answer { what, offset: ahead.map(SignedDuration::from_secs) })
}

/// Takes a pause that is over off the embedded Px's clock.
pub async fn hold(client: &reqwest::Client, base: &str, by: SignedDuration) -> Result<(), String> {
    let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    let url = format!("{}/_sandbox/clock/hold", base.trim_end_matches('/'));
    post(client, &url, &json!({ "heldMillis": millis })).await.map(|_| ())
}

/// What the embedded Px received and did for a transaction; none when it does not say.
pub async fn ledger(client: &reqwest::Client, base: &str, transaction_id: &str) -> Option<Value> {
    let url = format!("{}/_sandbox/ledger?transactionId={transaction_id}", base.trim_end_matches('/'));
    let text = client.get(url).send().await.ok()?.text().await.ok()?;
    serde_json::from_str(&text).ok()
}

/// Posts `body` to the control side.
pub async fn post(client: &reqwest::Client, url: &str, body: &Value) -> Result<Value, String> {
    answered(client.post(url).header("content-type", "application/json").body(body.to_string())).await
}

/// What the control side answers to `request`.
async fn answered(request: reqwest::RequestBuilder) -> Result<Value, String> {
    let unreachable = |e: reqwest::Error| format!("the embedded Px does not answer: {}", e.without_url());
    let reply = request.send().await.map_err(unreachable)?;
    let status = reply.status();
    let text = reply.text().await.map_err(unreachable)?;
    let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    if status.is_success() {
        return Ok(value);
    }
    let why = value.get("message").or_else(|| value.get("error")).and_then(Value::as_str).unwrap_or(&text);
    Err(format!("the embedded Px refused: {why}"))
}
