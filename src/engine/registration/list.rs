//! Reading the contract: its three lists, and single objects. To read changes nothing, so a busy server is asked again.

use super::{RegistrationError, Result};
use crate::engine::Engine;
use crate::kind::Timestamp;
use crate::registration::{Answer, Object, Objects, Unread};
use crate::registry::{Collection, Failure, Ids, ListedPair, Listing, SurrogateId};
use std::collections::BTreeSet;
use std::time::Duration;

/// How often what did not come is asked for.
const READINGS: u32 = 3;

/// The longest that a busy server is waited for in one reading, all its pauses together.
const LONGEST: Duration = Duration::from_mins(1);

/// How many objects that a list should show are asked for at most.
const ASKED: usize = 8;

/// How often one thing was asked for, and how long it may still be waited for.
struct Patience {
    readings: u32,
    left: Duration,
}

impl Patience {
    fn new() -> Self {
        Self { readings: READINGS, left: LONGEST }
    }

    /// How long to wait before it is asked for again, after an answer that says nothing; none where it is not.
    fn pause(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.readings -= 1;
        let pause = asked.unwrap_or(Duration::from_secs(1) * (READINGS - self.readings));
        if self.readings == 0 || pause > self.left {
            return None;
        }
        self.left -= pause;
        Some(pause)
    }
}

impl Engine {
    /// The whole of the contract, as it is now. The three lists are asked for one after the other: the applications and the
    /// customers last, so that a pair made meanwhile is of something that is in them.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn list_contract(&self) -> Result<Listing> {
        let client = &self.registration()?.client;
        client.check_credentials().await.map_err(RegistrationError::Credentials)?;
        let mut listing = Listing::default();
        for collection in [Collection::Pairs, Collection::Applications, Collection::Customers] {
            match (collection, self.list(collection).await?) {
                (Collection::Applications, Objects::Named { listed, unusable }) => {
                    listing.applications = listed;
                    listing.unusable.extend(unusable);
                }
                (Collection::Customers, Objects::Named { listed, unusable }) => {
                    listing.customers = listed;
                    listing.unusable.extend(unusable);
                }
                (_, Objects::Pairs(pairs)) => listing.pairs = pairs,
                (Collection::Pairs, Objects::Named { .. }) => {}
            }
        }
        self.is_whole(&listing).await?;
        Ok(listing)
    }

    /// The same with the pairs listed once more at the end, and as they were at the beginning: what is about to take pairs
    /// along is to take none that somebody made while the other lists came.
    ///
    /// # Errors
    /// Why there is none; also when the pairs change all the time.
    pub(super) async fn list_with_pairs_last(&self) -> Result<Listing> {
        for _ in 0..READINGS {
            let listing = self.list_contract().await?;
            let Objects::Pairs(pairs) = self.list(Collection::Pairs).await? else { continue };
            if by_number(&pairs) == by_number(&listing.pairs) {
                return Ok(listing);
            }
        }
        Err(RegistrationError::Moved(vec!["pairs come and go while the contract is listed".to_owned()]))
    }

    /// Asks for what pairs are of and the lists do not show. Where it is there, a list was cut short, or lags behind: what it
    /// does not show must not be taken for gone.
    async fn is_whole(&self, listing: &Listing) -> Result<()> {
        let ids = Ids::of(listing);
        let missing = listing.pairs.iter().flat_map(|pair| {
            let [customer, application] = ids.ends(pair);
            let customer = (customer.is_none(), Collection::Customers, &pair.customer);
            [customer, (application.is_none(), Collection::Applications, &pair.application)]
        });
        let is_unknown = |collection, surrogate| listing.unusable(collection, surrogate).is_none();
        let missing = missing.filter(|(is_missing, of, surrogate)| *is_missing && is_unknown(*of, surrogate));
        let missing: BTreeSet<_> = missing.collect();
        for (_, collection, surrogate) in missing.into_iter().take(ASKED) {
            if self.get(collection, surrogate).await?.is_some() {
                return Err(RegistrationError::Unreachable(format!(
                    "the list of {collection} is not whole: the {} {surrogate} is there and not in it. Nothing is \
                     planned with such a list",
                    collection.one()
                )));
            }
        }
        Ok(())
    }

    async fn list(&self, collection: Collection) -> Result<Objects> {
        let client = &self.registration()?.client;
        let mut patience = Patience::new();
        loop {
            let now = self.clock().now();
            let answer = client.list(collection, now).await;
            let what = format!("{collection} could not be listed");
            if let Some(read) = read(answer, &mut patience, now, &what).await {
                return read.map_err(|error| match error {
                    RegistrationError::Refused(problem) if problem.status == 404 => {
                        RegistrationError::NoList(problem)
                    }
                    other => other,
                });
            }
        }
    }

    /// One object; none where the server says that there is none.
    pub(super) async fn get(
        &self,
        collection: Collection,
        surrogate: &SurrogateId,
    ) -> Result<Option<Object>> {
        let client = &self.registration()?.client;
        let mut patience = Patience::new();
        loop {
            let now = self.clock().now();
            let answer = client.get(collection, surrogate, now).await;
            let what = format!("the {} {surrogate} could not be read", collection.one());
            match read(answer, &mut patience, now, &what).await {
                Some(Ok(object)) => return Ok(Some(object)),
                Some(Err(RegistrationError::Refused(problem))) if problem.status == 404 => return Ok(None),
                Some(Err(error)) => return Err(error),
                None => {}
            }
        }
    }
}

fn by_number(pairs: &[ListedPair]) -> BTreeSet<(&SurrogateId, &SurrogateId, &SurrogateId)> {
    pairs.iter().map(|pair| (&pair.surrogate, &pair.customer, &pair.application)).collect()
}

/// What was read; none where it is to be asked for again, once the pause is over.
async fn read<T>(
    answer: Answer<std::result::Result<T, Unread>>,
    patience: &mut Patience,
    now: Timestamp,
    what: &str,
) -> Option<Result<T>> {
    let failure = match answer.outcome {
        Ok(read) => return Some(Ok(read)),
        Err(Unread::Refused(problem)) => return Some(Err(RegistrationError::Refused(problem))),
        Err(Unread::Unfit(why)) => return Some(Err(RegistrationError::Unfit(why))),
        Err(Unread::Failed(failure)) => failure,
    };
    if matches!(failure, Failure::Unknown { .. })
        && let Some(pause) = patience.pause(answer.retry_after)
    {
        tracing::info!(seconds = pause.as_secs(), what, "waiting before it is asked for again");
        tokio::time::sleep(pause).await;
        return None;
    }
    let why = format!("{what}: {}{}", failure.why(), not_before(answer.retry_after, now));
    Some(Err(RegistrationError::Unreachable(why)))
}

/// When the server wants to be asked again, where it says so.
pub(super) fn not_before(asked: Option<Duration>, now: Timestamp) -> String {
    let until = asked.filter(|asked| !asked.is_zero()).and_then(|asked| now.checked_add(asked).ok());
    until.map_or_else(String::new, |until| format!("; it asks to be left alone until {until:.0}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "as the pauses are told")]
    fn seconds(seconds: u64) -> Option<Duration> {
        Some(Duration::from_secs(seconds))
    }

    #[test]
    fn a_server_is_left_alone_for_as_long_as_it_asks_or_not_asked_again() {
        let mut patience = Patience::new();
        assert_eq!([None; 3].map(|asked| patience.pause(asked)), [seconds(1), seconds(2), None]);
        let mut patience = Patience::new();
        assert_eq!([seconds(50), seconds(50)].map(|asked| patience.pause(asked)), [seconds(50), None]);
        assert_eq!(Patience::new().pause(seconds(61)), None);
        let until = not_before(seconds(90), Timestamp::UNIX_EPOCH);
        assert_eq!(until, "; it asks to be left alone until 1970-01-01T00:01:30Z");
        assert_eq!(not_before(None, Timestamp::UNIX_EPOCH), "");
    }
}
