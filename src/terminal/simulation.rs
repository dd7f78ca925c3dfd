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

/// Asks the embedded Px at `base`.
pub async fn ask(base: &str, wanted: &Simulation) -> Result<Answer, String> {
    ask_by(&crate::wire::local_client()?, base, wanted).await
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
        Simulation::Fail { call, fault, words } => {
            ("faults", json!({ "call": call, "times": 1, "fault": fault }), words.clone())
        }
    };
    let answer = post(client, &format!("{}/_sandbox/{path}", base.trim_end_matches('/')), &body).await?;
    let ahead = answer.get("advancedSeconds").and_then(Value::as_i64);
    Ok(Answer { what, offset: ahead.map(SignedDuration::from_secs) })
}

/// What the embedded Px received and did for a transaction; none when it does not say.
pub async fn ledger(client: &reqwest::Client, base: &str, transaction_id: &str) -> Option<Value> {
    let url = format!("{}/_sandbox/ledger?transactionId={transaction_id}", base.trim_end_matches('/'));
    let text = client.get(url).send().await.ok()?.text().await.ok()?;
    serde_json::from_str(&text).ok()
}

/// Posts `body` to the control side.
pub async fn post(client: &reqwest::Client, url: &str, body: &Value) -> Result<Value, String> {
    let unreachable = |e: reqwest::Error| format!("the embedded Px does not answer: {}", e.without_url());
    let sent =
        client.post(url).header("content-type", "application/json").body(body.to_string()).send().await;
    let reply = sent.map_err(unreachable)?;
    let status = reply.status();
    let text = reply.text().await.map_err(unreachable)?;
    let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    if status.is_success() {
        return Ok(value);
    }
    let why = value.get("message").or_else(|| value.get("error")).and_then(Value::as_str).unwrap_or(&text);
    Err(format!("the embedded Px refused: {why}"))
}
