//! The token service's reply. One byte chooses the status; the rest is the body.

use crate::assert_visible;
use pxdesk::order::Failure;
use pxdesk::px::read_token;
use serde_json::Value;

const STATUSES: [u16; 8] = [200, 302, 400, 401, 403, 404, 429, 503];
/// The longest reason for people: a frame of our words around two quotes of the server's.
const LONGEST_REASON: usize = 600;

pub fn check(data: &[u8]) {
    let [status, body @ ..] = data else { return };
    let status = STATUSES[usize::from(status.wrapping_sub(b'0')) % STATUSES.len()];
    match read_token(status, body.to_vec()) {
        Ok((token, life)) => {
            assert_eq!(status, 200, "a token out of a refusal");
            assert_eq!(format!("{token:?}"), "[redacted]");
            // What is of no use to us is skipped, and may be what no JSON value can hold.
            let Ok(reply) = serde_json::from_slice::<Value>(body) else { return };
            // serde takes a list of the fields' values for the object; the first is the token.
            let said = reply.get("access_token").or_else(|| reply.get(0)).and_then(Value::as_str);
            assert_eq!(said, Some(token.expose()), "another token than the one that came");
            let says = |value: &Value| value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
            let said = reply.get("expires_in").or_else(|| reply.get(1)).and_then(says);
            assert_eq!(life.map(|life| life.as_secs()), said, "another life than the one that came");
        }
        Err(failure) => {
            assert!(!matches!(failure, Failure::Unknown(_)), "the call that needs a token was not sent");
            let refused = [400, 401, 403, 404].contains(&status);
            assert_eq!(matches!(failure, Failure::Credentials(_)), refused, "{status}: {failure:?}");
            assert_visible(failure.why());
            assert!(failure.why().chars().count() <= LONGEST_REASON, "{failure:?}");
        }
    }
}
