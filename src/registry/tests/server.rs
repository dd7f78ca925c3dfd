//! A registration server in virtual time: it answers, or not, at once or late.

use super::*;
use crate::kind::Timestamp;
use jiff::SignedDuration;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Answered,
    /// Carried out, and the answer is lost.
    Lost,
    /// It never arrives.
    Gone,
    /// No byte of it leaves.
    NotSent,
    /// It is carried out later, and nobody hears of it.
    Late(u8),
    /// The server could not do it at this moment.
    Unavailable,
}

/// The server and its time.
#[derive(Clone, Debug)]
pub struct Server {
    pub now: Timestamp,
    pub listing: Listing,
    next: u64,
    late: Vec<(Timestamp, Change)>,
}

impl Server {
    /// It holds what `wish` says.
    pub fn of(wish: &Wish) -> Self {
        let now = Timestamp::UNIX_EPOCH;
        let mut server = Self { now, listing: Listing::default(), next: 0, late: Vec::new() };
        let empty = Listing::default();
        for change in Plan::new(&wish.desired(), &empty).unwrap().changes {
            server.carry_out(&change);
        }
        server
    }

    /// Lets time pass; what was late arrives.
    pub fn pass(&mut self, time: SignedDuration) {
        self.now += time;
        let now = self.now;
        let (due, late) = std::mem::take(&mut self.late).into_iter().partition(|(at, _)| *at <= now);
        self.late = late;
        for (_, change) in due {
            self.carry_out(&change);
        }
    }

    /// A request, and what is heard of it.
    pub fn send(&mut self, change: &Change, fate: Fate) -> Outcome {
        let failed = |failure| Outcome::Failed { failure };
        let unknown = || failed(Failure::Unknown { why: "nobody answers".to_owned() });
        match fate {
            Fate::Answered => {
                let surrogate = self.carry_out(change);
                Outcome::Done { status: change.call().succeeds_with(), surrogate }
            }
            Fate::Lost => {
                self.carry_out(change);
                unknown()
            }
            Fate::Gone | Fate::Unavailable => unknown(),
            Fate::NotSent => failed(Failure::NotSent { why: "no connection".to_owned() }),
            Fate::Late(seconds) => {
                self.late.push((self.now + SignedDuration::from_secs(i64::from(seconds)), change.clone()));
                unknown()
            }
        }
    }

    fn surrogate(&self, collection: Collection, id: &ProviderId) -> Option<SurrogateId> {
        let listed = self.listing.named(collection).iter().find(|listed| listed.id == *id);
        listed.map(|listed| listed.surrogate.clone())
    }

    /// Does it as the real one might: it refuses no second object with the same id.
    fn carry_out(&mut self, change: &Change) -> Option<SurrogateId> {
        let new = SurrogateId::from(self.next);
        match change {
            Change::Create { collection, id, name } => {
                let listed = Listed { id: id.clone(), name: name.clone(), surrogate: new.clone() };
                self.named(*collection).push(listed);
            }
            Change::CreatePair { pair } => {
                let customer = self.surrogate(Collection::Customers, &pair.customer)?;
                let application = self.surrogate(Collection::Applications, &pair.application)?;
                self.listing.pairs.push(ListedPair { application, customer, surrogate: new.clone() });
            }
            Change::Rename { collection, surrogate, to, .. } => {
                let listed = self.named(*collection).iter_mut().find(|l| l.surrogate == *surrogate)?;
                listed.name = Some(to.clone());
                return None;
            }
            Change::Remove { collection, surrogate, .. } => {
                self.named(*collection).retain(|listed| listed.surrogate != *surrogate);
                let collection = *collection;
                self.listing.pairs.retain(|pair| match collection {
                    Collection::Applications => pair.application != *surrogate,
                    Collection::Customers => pair.customer != *surrogate,
                    Collection::Pairs => true,
                });
                return None;
            }
            Change::RemovePair { surrogate, .. }
            | Change::RemoveOrphan { pair: ListedPair { surrogate, .. } } => {
                self.listing.pairs.retain(|pair| pair.surrogate != *surrogate);
                return None;
            }
        }
        self.next += 1;
        Some(new)
    }

    fn named(&mut self, collection: Collection) -> &mut Vec<Listed> {
        match collection {
            Collection::Applications => &mut self.listing.applications,
            Collection::Customers | Collection::Pairs => &mut self.listing.customers,
        }
    }
}
