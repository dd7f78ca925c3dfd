//! The credentials, and the question that is asked for them. Where they are kept is not for this room to know.

use super::edgegrid::{Credentials, MAX_BODY};
use crate::order::Secret;
use std::fmt;
use std::sync::Arc;

/// What an embedded server knows a partner by: the client token, the client secret, the access token. No real credentials
/// are ever shown to one.
pub const PRACTICE_CREDENTIALS: [&str; 3] = [
    "akab-practiceclient00-practiceclient00",
    "PRACTICE/ONLY+not+a+secret+of+anybody+00000=",
    "akab-practiceaccess00-practiceaccess00",
];

/// The contract of an embedded server that holds something from the start.
pub const PRACTICE_CONTRACT: &str = "A-PRACTICE";

/// Credentials, and the host that they are for where they say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub credentials: Credentials,
    /// A host's name, without a scheme.
    pub host: Option<String>,
}

/// Gives the credentials, or says in words for people why there are none and what to do about it.
type LookUp = dyn Fn() -> Result<Identity, String> + Send + Sync;

/// Where the credentials come from.
#[derive(Clone)]
pub enum Source {
    /// These.
    Fixed(Identity),
    /// What it answers. It may block; it is called where that does no harm.
    Asked(Arc<LookUp>),
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fixed(_) => "Fixed([redacted])",
            Self::Asked(_) => "Asked(..)",
        })
    }
}

impl Source {
    /// What an embedded server is shown.
    pub fn practice() -> Self {
        let [client_token, client_secret, access_token] = PRACTICE_CREDENTIALS.map(Secret::new);
        let credentials = Credentials { client_token, client_secret, access_token, max_body: MAX_BODY };
        Self::Fixed(Identity { credentials, host: None })
    }

    /// The credentials, or why there are none.
    pub(super) async fn look_up(&self) -> Result<Identity, String> {
        match self {
            Self::Fixed(identity) => Ok(identity.clone()),
            Self::Asked(look_up) => {
                let look_up = Arc::clone(look_up);
                let asked = tokio::task::spawn_blocking(move || look_up()).await;
                asked.unwrap_or_else(|_| Err("the credentials could not be looked up".to_owned()))
            }
        }
    }
}
