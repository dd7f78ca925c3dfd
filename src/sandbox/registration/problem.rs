//! Refusals, in the shapes that they have: nested (D), flat (E), and flat from the gateway (G).

use super::call::{Act, Call};
use super::settings::Shapes;
use crate::sandbox::clock::{Millis, time};
use crate::sandbox::message::Message;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The documented types of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    InvalidArgument,
    NotFound,
    Conflict,
    NotAuthorized,
    BadRequest,
}

/// Why the API refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub kind: Kind,
    pub detail: String,
}

/// What a refusal says of the request.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    pub method: &'a str,
    pub host: &'a str,
    /// Without the query.
    pub path: &'a str,
    /// A number of the request.
    pub request_id: u64,
    /// The gateway's clock.
    pub now: Millis,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::NotFound => "NOT_FOUND",
            Self::Conflict => "CONFLICT",
            Self::NotAuthorized => "NOT_AUTHORIZED",
            Self::BadRequest => "BAD_REQUEST",
        }
    }

    /// The HTTP status; which belongs to which type is assumed.
    fn status(self) -> u16 {
        match self {
            Self::InvalidArgument | Self::BadRequest => 400,
            Self::NotAuthorized => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::InvalidArgument => "invalid argument",
            Self::NotFound => "resource not found",
            Self::Conflict => "conflict with an existing resource",
            Self::NotAuthorized => "not authorized",
            Self::BadRequest => "bad request",
        }
    }
}

impl Refused {
    /// One of that kind; `detail` is for people.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// As the API says it.
    pub fn message(&self, shapes: Shapes, call: Call, about: About<'_>) -> Message {
        let is_example = call.act == Act::Get && self.kind == Kind::NotFound;
        let flat = match shapes {
            Shapes::Mixed => is_example,
            Shapes::Nested => false,
            Shapes::Flat => true,
        };
        let status = self.kind.status();
        Message::json(status, &if flat { self.flat(is_example, about) } else { self.nested(about) })
    }

    fn nested(&self, about: About<'_>) -> Value {
        json!({ "error": {
            "type": format!("https://{}/config-saas-registration/errors/{}", about.host, self.kind.name()),
            "title": self.kind.title(), "detail": self.detail, "instance": instance(about),
            "httpStatus": self.kind.status(),
        }})
    }

    /// The type of the example says nothing of the error; that of others ends in its name (A).
    fn flat(&self, is_example: bool, about: About<'_>) -> Value {
        let kind = if is_example { "resource-impl/forward-origin-error" } else { self.kind.name() };
        let title = if is_example { "Not Found" } else { self.kind.title() };
        json!({
            "instance": instance(about), "method": about.method, "status": self.kind.status(), "title": title,
            "type": format!("https://{}/-/{kind}", about.host),
        })
    }
}

/// As the gateway says it (G).
pub fn gateway(status: u16, title: &str, detail: &str, about: About<'_>) -> Message {
    let body = json!({
        "type": format!("https://{}/-/pep-authn/request-error", about.host),
        "title": title, "status": status, "detail": detail, "instance": instance(about), "method": about.method,
        "serverIp": "127.0.0.1", "clientIp": "127.0.0.1", "requestId": format!("{:08x}", about.request_id),
        "requestTime": time(about.now),
    });
    Message::json(status, &body)
}

/// A bare status, as something on the way says it.
pub fn bare(status: u16, about: About<'_>) -> Message {
    let title = axum::http::StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason());
    let title = title.unwrap_or("On demand");
    match status {
        502..=504 => {
            let page = format!(
                "<html><head><title>{status} {title}</title></head><body><h1>{title}</h1></body></html>"
            );
            Message::text(status, "text/html", page)
        }
        _ => gateway(status, title, "On demand", about),
    }
}

fn instance(about: About<'_>) -> String {
    format!("https://{}{}", about.host, about.path)
}
