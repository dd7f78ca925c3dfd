//! Recording, and reading, what happens to the journal itself.

use super::error::Error;
use super::memory::Doubt;
use super::own::{Event, OwnHistory};
use super::store::Journal;
use crate::kind::Timestamp;

impl Journal {
    /// How many of its events had a chain without a key, of a version before: that nobody changed them then is not proven.
    pub(super) async fn brought(&self) -> Result<Option<u64>, Error> {
        match self.history::<OwnHistory>(&self.inner.id.to_string()).await {
            Ok(history) => Ok(history.iter().find_map(|recorded| match recorded.event {
                Event::Brought { events, .. } => Some(events),
                Event::Accepted { .. } => None,
            })),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn note_acceptance(
        &self,
        doubt: &Doubt,
        name: &str,
        reason: &str,
        at: Timestamp,
        by: &str,
    ) -> Result<(), Error> {
        let event =
            Event::Accepted { doubt: doubt.to_string(), name: name.to_owned(), reason: reason.to_owned() };
        let id = self.inner.id.to_string();
        match self.load::<OwnHistory>(&id).await {
            Ok(own) => self.append(&own, vec![event], at, by).await.map(|_| ()),
            Err(Error::NotFound { .. }) => {
                self.open_thing::<OwnHistory>(&id, event, at, by).await.map(|_| ())
            }
            Err(error) => Err(error),
        }
    }
}
