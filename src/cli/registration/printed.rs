//! A plan that was printed before: it is applied only where it is the very plan that would be made now.

use super::{plan, told};
use crate::cli::{Exit, Failed, Session};
use crate::engine::RegistrationError;
use crate::registry::{Listing, Plan, moved};
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;

/// Those members that say what is done. All of them are written, since the first version.
const SAID: [&str; 5] = ["create", "rename", "remove", "changes", "removals"];

/// A plan as `plan --output json` printed it.
#[derive(Deserialize)]
pub struct Printed {
    contract: String,
    /// An earlier version did not write it.
    #[serde(default)]
    environment: Option<String>,
    listing: String,
    #[serde(default)]
    seen: Option<Listing>,
    #[serde(flatten)]
    members: serde_json::Map<String, Value>,
}

impl Printed {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self, Failed> {
        let bad = |why: String| Failed::new(Exit::BadInput, format!("{}: {why}", path.display()));
        let text = plan::text(path)?;
        serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| bad(format!("this is not a plan: {error}")))
    }

    /// Nothing, when this is the very plan that would be made now.
    pub fn agrees(&self, session: &Session, now: &Plan, listing: &Listing) -> Result<(), Failed> {
        let (contract, here) = (session.engine.contract()?, session.engine.environment());
        let refused = |what: String, next: &str| {
            Err(Failed { exit: Exit::RefusedHere, what, next: Some(next.to_owned()) })
        };
        if let Some(there) = self.environment.as_deref().filter(|there| *there != here.name()) {
            let what = format!(
                "the plan was made for the {there} environment, and this is {here}; nothing was sent"
            );
            return refused(what, &format!("Plan again with -e {here}, or apply it with -e {there}"));
        }
        if self.contract != contract.as_str() {
            let what = format!("the plan is for the contract {}, and this is {contract}", self.contract);
            return Err(Failed::new(Exit::RefusedHere, what));
        }
        if self.listing != now.listing.to_string() {
            let moved = self.seen.as_ref().map(|seen| moved(seen, listing)).filter(|moved| !moved.is_empty());
            let moved = moved.unwrap_or_else(|| vec![format!("its listing is {} now", now.listing)]);
            return Err(RegistrationError::Moved(moved).into());
        }
        let printed = told::json((here, contract), now, listing);
        if let Some(name) = SAID.into_iter().find(|name| self.members.get(*name) != printed.get(*name)) {
            let what = format!(
                "the file asks for something else than the plan does ({name}): it was changed after the plan was \
                 made, or the plan was"
            );
            return refused(what, "Plan again, and look at what would change now");
        }
        Ok(())
    }
}
