//! Tokens, pure: the gateway issues them, and lets in who has one.

use super::gateway::Gateway;
use super::reply::Reply;
use super::scenario::Scenario;
use super::state::State;
use crate::sandbox::chance::scramble;
use crate::sandbox::clock::Millis;
use base64::Engine as _;
use serde_json::json;

/// Answers a request for a token: `authorization` is its header, `form` its body.
pub fn issue(
    state: &mut State,
    scenario: &Scenario,
    seed: u64,
    now: Millis,
    authorization: Option<&str>,
    form: &[u8],
) -> Reply {
    if !is_client(scenario, authorization) {
        return Gateway::InvalidClient.reply();
    }
    if !String::from_utf8_lossy(form).split('&').any(|pair| pair == "grant_type=client_credentials") {
        let body = json!({ "ErrorCode": "unsupported_grant_type", "Error": "grant_type must be client_credentials" });
        return Reply { status: 400, body };
    }
    let lifetime = scenario.token_lifetime_seconds;
    state.tokens.retain(|_, ends| *ends > now);
    state.tokens_issued += 1;
    let count = state.count();
    // A practice token need only be unlike any other.
    let token =
        format!("practice-{:016x}{:016x}", scramble(seed, count), scramble(count, now.unsigned_abs()));
    state.tokens.insert(token.clone(), now + lifetime * 1000);
    // The gateway sends its numbers as strings (G).
    let body = json!({
        "access_token": token, "token_type": "Bearer", "expires_in": lifetime.to_string(),
        "issued_at": now.to_string(), "scope": "", "status": "approved",
    });
    Reply { status: 200, body }
}

/// HTTP Basic with a key and a secret: any, or those that the scenario names.
fn is_client(scenario: &Scenario, authorization: Option<&str>) -> bool {
    let pair = credentials(authorization, "Basic")
        .and_then(|b| base64::engine::general_purpose::STANDARD.decode(b).ok())
        .and_then(|b| String::from_utf8(b).ok());
    pair.as_deref().and_then(|p| p.split_once(':')).is_some_and(|(key, secret)| {
        let fits = |given: &str, wanted: &Option<String>| {
            !given.is_empty() && wanted.as_deref().is_none_or(|w| w == given)
        };
        fits(key, &scenario.key) && fits(secret, &scenario.secret)
    })
}

/// Lets in a request with a token that has not ended; otherwise says what the gateway answers.
pub fn admit(state: &State, now: Millis, authorization: Option<&str>) -> Result<(), Gateway> {
    let token = credentials(authorization, "Bearer").ok_or(Gateway::MissingCredentials)?;
    let good = state.tokens.get(token).is_some_and(|ends| *ends > now);
    if good { Ok(()) } else { Err(Gateway::InvalidToken) }
}

/// What follows the scheme, whose case does not matter.
fn credentials<'a>(authorization: Option<&'a str>, scheme: &str) -> Option<&'a str> {
    let (given, rest) = authorization?.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}
