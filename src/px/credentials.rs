//! The consumer key and secret, and the question that is asked for them. Where they are kept is not for this room to
//! know.

use crate::order::Secret;
use std::fmt;
use std::sync::Arc;

/// What the token service knows a partner's application by (D). Neither is ever shown.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The consumer key.
    pub key: Secret,
    /// The consumer secret.
    pub secret: Secret,
}

/// Gives credentials, or says in words for people why there are none and what to do about it.
type LookUp = dyn Fn() -> Result<Credentials, String> + Send + Sync;

/// Where credentials come from, asked each time a token is fetched: a desk opens, and shows its orders, without them,
/// and a new secret counts from the next token on.
#[derive(Clone)]
pub enum Source {
    /// These.
    Fixed(Credentials),
    /// What `look_up` answers.
    Asked {
        /// May block; it is called where that does no harm.
        look_up: Arc<LookUp>,
        /// Where they are kept, and what to do when the token service refuses them: `; …`, the end of a sentence.
        next_step: String,
    },
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(credentials) => f.debug_tuple("Fixed").field(credentials).finish(),
            Self::Asked { next_step, .. } => {
                f.debug_struct("Asked").field("next_step", next_step).finish_non_exhaustive()
            }
        }
    }
}

impl Source {
    /// What the embedded Px is shown, which takes any.
    pub fn practice() -> Self {
        Self::Fixed(Credentials { key: Secret::new("practice"), secret: Secret::new("practice") })
    }

    /// The credentials, or why there are none.
    pub(super) async fn look_up(&self) -> Result<Credentials, String> {
        match self {
            Self::Fixed(credentials) => Ok(credentials.clone()),
            Self::Asked { look_up, .. } => {
                let look_up = Arc::clone(look_up);
                let asked = tokio::task::spawn_blocking(move || look_up()).await;
                asked.unwrap_or_else(|_| Err("the credentials could not be looked up".to_owned()))
            }
        }
    }

    /// What to do when the token service refuses them; empty when nobody was asked for them.
    pub(super) fn next_step(&self) -> &str {
        match self {
            Self::Fixed(_) => "",
            Self::Asked { next_step, .. } => next_step,
        }
    }
}
