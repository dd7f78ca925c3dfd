//! Where Px is.

use super::file::HttpUrl;
use crate::order::Environment;
use std::num::NonZeroU32;

/// Where Px is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Inside this program.
    InProcess,
    /// Behind these URLs.
    At { base_url: String, token_url: String },
}

impl Target {
    /// How many calls a second are made at most, where that is not configured.
    pub fn usual_pace(&self) -> Option<NonZeroU32> {
        match self {
            Self::InProcess => None,
            Self::At { base_url, .. } => usual_pace(base_url),
        }
    }
}

/// How many calls a second are made at most to a server, where that is not configured. One on this machine has no gateway
/// that counts.
pub fn usual_pace(base_url: &str) -> Option<NonZeroU32> {
    if base_url.starts_with("http:") { None } else { NonZeroU32::new(10) }
}

/// Lumen's own hosts and token path stand in for what is not configured (D, G).
pub fn target(environment: Environment, base_url: Option<HttpUrl>, token_url: Option<HttpUrl>) -> Target {
    let default = match environment {
        Environment::Embedded => None,
        Environment::Sandbox => Some("https://api-test.lumen.com/"),
        Environment::Production => Some("https://api.lumen.com/"),
    };
    let Some(base_url) = base_url.map(|u| u.0).or_else(|| default.map(str::to_owned)) else {
        return Target::InProcess;
    };
    let token_url =
        token_url.map_or_else(|| format!("{}/oauth/v2/token", base_url.trim_end_matches('/')), |u| u.0);
    Target::At { base_url, token_url }
}
