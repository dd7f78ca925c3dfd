//! Asking the server for one object by its number: whether it is still the one that is meant. A list may lag behind, and the
//! server gives numbers out anew.

use super::Result;
use crate::engine::Engine;
use crate::registration::Object;
use crate::registry::{
    Change, Collection, ListedPair, Listing, PairId, ProviderId, SurrogateId, renamed_meanwhile,
};

/// What the server says of the object of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It is there.
    There,
    /// It is there, and somebody else has given it another name than it had when its renaming or removal was planned; in words.
    Renamed(String),
    /// What has its number is an application or a customer of another id.
    Other(ProviderId),
    /// What has its number is another pair.
    Replaced,
    /// It is not there, as the server says.
    Gone,
}

impl Engine {
    /// Asks for the object of `change`, which has this number. `listing` says what the ends of a pair are.
    ///
    /// # Errors
    /// Why nothing is known of it.
    pub(super) async fn ask(
        &self,
        change: &Change,
        surrogate: &SurrogateId,
        listing: &Listing,
    ) -> Result<Asked> {
        let object = self.get(change.call().collection, surrogate).await?;
        Ok(match object {
            Some(object) if is_of(change, &object, listing) => there(change, &object),
            Some(Object::Named(listed)) => Asked::Other(listed.id),
            Some(Object::Pair(_)) => Asked::Replaced,
            None => Asked::Gone,
        })
    }

    /// Whether the customer or the application of a pair is not there: a list that does not show them may be cut short.
    ///
    /// # Errors
    /// Why nothing is known of them.
    pub(super) async fn is_orphan(&self, pair: &ListedPair) -> Result<bool> {
        Ok(self.get(Collection::Customers, &pair.customer).await?.is_none()
            || self.get(Collection::Applications, &pair.application).await?.is_none())
    }
}

/// What is there is what is meant; its name may be another one by now.
fn there(change: &Change, object: &Object) -> Asked {
    let renamed = match object {
        Object::Named(listed) => renamed_meanwhile(change, listed.name.as_ref()),
        Object::Pair(_) => None,
    };
    renamed.map_or(Asked::There, Asked::Renamed)
}

/// Whether `object`, which has the number of what `change` is about, is that.
fn is_of(change: &Change, object: &Object, listing: &Listing) -> bool {
    match change {
        Change::Create { id, .. } | Change::Rename { id, .. } | Change::Remove { id, .. } => {
            matches!(object, Object::Named(listed) if listed.id == *id)
        }
        Change::CreatePair { pair } => {
            matches!(object, Object::Pair(now) if may_be_pair(pair, now, listing))
        }
        // It was listed when its removal was planned.
        Change::RemovePair { .. } => matches!(object, Object::Pair(now) if listing.pairs.contains(now)),
        Change::RemoveOrphan { pair } => matches!(object, Object::Pair(now) if now == pair),
    }
}

/// Whether `now` is the pair, as far as its ends are listed.
fn may_be_pair(PairId { customer, application }: &PairId, now: &ListedPair, listing: &Listing) -> bool {
    let may_be = |collection, surrogate: &SurrogateId, id: &ProviderId| {
        let listed = listing.named(collection).iter().find(|listed| listed.surrogate == *surrogate);
        listed.is_none_or(|listed| listed.id == *id)
    };
    may_be(Collection::Customers, &now.customer, customer)
        && may_be(Collection::Applications, &now.application, application)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Listed, Name};

    fn named(id: &str, surrogate: u64) -> Listed {
        Listed { id: ProviderId::new(id).unwrap(), name: None, surrogate: surrogate.into() }
    }

    fn listed(customer: u64, application: u64) -> ListedPair {
        ListedPair { customer: customer.into(), application: application.into(), surrogate: 3.into() }
    }

    fn pair(customer: u64, application: u64) -> Object {
        Object::Pair(listed(customer, application))
    }

    #[test]
    fn a_number_that_is_another_s_by_now_is_not_what_is_meant() {
        let listing = Listing {
            applications: vec![named("mail", 0)],
            customers: vec![named("acme", 5), named("other", 6)],
            pairs: vec![listed(5, 0)],
            ..Listing::default()
        };
        let remove = Change::Remove {
            collection: Collection::Customers,
            id: ProviderId::new("acme").unwrap(),
            surrogate: 5.into(),
            name: None,
        };
        let is_of = |change: &Change, object: &Object| super::is_of(change, object, &listing);
        assert!(is_of(&remove, &Object::Named(named("acme", 5))));
        assert!(!is_of(&remove, &Object::Named(named("victim", 5))));
        let (customer, application) = (ProviderId::new("acme").unwrap(), ProviderId::new("mail").unwrap());
        let pair_id = PairId { customer, application };
        let remove = Change::RemovePair { pair: pair_id.clone(), surrogate: 3.into() };
        assert!(is_of(&remove, &pair(5, 0)));
        assert!(!is_of(&remove, &pair(9, 0)) && !is_of(&remove, &pair(6, 0)));
        let create = Change::CreatePair { pair: pair_id };
        assert!(is_of(&create, &pair(9, 0)), "its customer is not listed yet");
        assert!(!is_of(&create, &pair(6, 0)));
    }

    #[test]
    fn a_name_that_somebody_else_has_given_is_told() {
        let (collection, id) = (Collection::Customers, ProviderId::new("c").unwrap());
        let name = |text: &str| Name::new(text).unwrap();
        let (from, to) = (Some(name("Zero")), name("Mine"));
        let rename = Change::Rename { collection, id: id.clone(), surrogate: 5.into(), from, to };
        let has = |name| there(&rename, &Object::Named(Listed { name, ..named("c", 5) }));
        assert_eq!([has(Some(name("Zero"))), has(Some(name("Mine")))], [Asked::There, Asked::There]);
        assert!(
            matches!(has(Some(name("Theirs"))), Asked::Renamed(what) if what.contains("is \"Theirs\" now"))
        );
        assert!(matches!(has(None), Asked::Renamed(_)));
        // Whoever gave it another name still wants it.
        let remove = Change::Remove { collection, id, surrogate: 5.into(), name: Some(name("Zero")) };
        let has = |name| there(&remove, &Object::Named(Listed { name, ..named("c", 5) }));
        assert_eq!(has(Some(name("Zero"))), Asked::There);
        assert!(
            matches!(has(Some(name("Keep this"))), Asked::Renamed(what) if what.contains("is \"Keep this\" now"))
        );
    }
}
