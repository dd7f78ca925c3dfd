//! The gateway in front of Px has error shapes of its own.

use super::reply::Reply;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What the gateway answers by itself (G, O).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gateway {
    InvalidToken,
    InvalidClient,
    MissingCredentials,
    NotFound,
    #[serde(skip)]
    MethodNotAllowed,
    #[serde(skip)]
    TooLarge,
    Apigee,
    Quota,
}

impl Gateway {
    /// Status and body.
    pub fn reply(self) -> Reply {
        let (status, body) = match self {
            Self::InvalidToken => {
                (401, apigee("Invalid Access Token", "keymanagement.service.invalid_access_token"))
            }
            Self::InvalidClient => {
                (401, json!({ "ErrorCode": "invalid_client", "Error": "Client credentials are invalid" }))
            }
            Self::MissingCredentials => (
                401,
                json!({ "reason": "Unauthorized", "message": "000 -- Missing credentials", "code": "missingCredentials" }),
            ),
            Self::NotFound => (
                404,
                json!({ "code": "404", "message": "Not Found", "info": "there is nothing at this path" }),
            ),
            Self::MethodNotAllowed => (405, json!({ "code": "405", "message": "Method Not Allowed" })),
            Self::TooLarge => (413, json!({ "code": "413", "message": "Request Entity Too Large" })),
            Self::Apigee => {
                (500, apigee("Execution of ServiceCallout failed", "steps.servicecallout.ExecutionFailed"))
            }
            Self::Quota => (429, apigee("Rate limit quota violation", "policies.ratelimit.QuotaViolation")),
        };
        Reply { status, body }
    }
}

fn apigee(what: &str, code: &str) -> Value {
    json!({ "fault": { "faultstring": what, "detail": { "errorcode": code } } })
}
