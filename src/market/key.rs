//! The provider key, and the question that is asked for it. Where it is kept is not for this room to know.

use crate::order::Secret;
use std::fmt;
use std::sync::Arc;

/// What an embedded marketplace knows a partner by. No real key is ever shown to one.
pub const PRACTICE_KEY: &str = "PRACTICE-PROVIDER-KEY";

/// Gives the key, or says in words for people why there is none and what to do about it.
type LookUp = dyn Fn() -> Result<Secret, String> + Send + Sync;

/// Where the provider key comes from, asked for each call: a new key counts from the next call on.
#[derive(Clone)]
pub enum Source {
    /// This one.
    Fixed(Secret),
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
    /// What an embedded marketplace is shown.
    pub fn practice() -> Self {
        Self::Fixed(Secret::new(PRACTICE_KEY))
    }

    /// The key, or why there is none.
    pub(super) async fn look_up(&self) -> Result<Secret, String> {
        match self {
            Self::Fixed(key) => Ok(key.clone()),
            Self::Asked(look_up) => {
                let look_up = Arc::clone(look_up);
                let asked = tokio::task::spawn_blocking(move || look_up()).await;
                asked.unwrap_or_else(|_| Err("the provider key could not be looked up".to_owned()))
            }
        }
    }
}
