//! One change of a contract: what one call does.

use super::{Call, Collection, Ids, ListedPair, Listing, Name, PairId, ProviderId, SurrogateId, Verb};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What one call changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A new application or customer.
    Create {
        collection: Collection,
        id: ProviderId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
    },
    /// A customer is given an application.
    CreatePair {
        #[serde(flatten)]
        pair: PairId,
    },
    /// An application or a customer gets another name. Its id never changes by a rename: it is what traffic is counted by.
    Rename {
        collection: Collection,
        id: ProviderId,
        surrogate: SurrogateId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Name>,
        to: Name,
    },
    /// An application or a customer goes, and its pairs with it.
    Remove {
        collection: Collection,
        id: ProviderId,
        surrogate: SurrogateId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
    },
    /// An application is taken from a customer.
    RemovePair {
        #[serde(flatten)]
        pair: PairId,
        surrogate: SurrogateId,
    },
    /// A pair goes whose customer or application is not there: only its surrogate ids tell what it is.
    RemoveOrphan {
        #[serde(flatten)]
        pair: ListedPair,
    },
}

/// A pair that goes along when its customer or its application is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    pub pair: PairId,
    pub surrogate: SurrogateId,
    /// Whose removal takes it along.
    pub with: Collection,
}

impl Gone {
    /// The id of the application or the customer that it goes along with.
    pub(super) fn whose(&self) -> (Collection, &ProviderId) {
        let PairId { customer, application } = &self.pair;
        (self.with, if self.with == Collection::Applications { application } else { customer })
    }

    pub(super) fn target(&self) -> Target<'_> {
        Target::Here(Collection::Pairs, &self.surrogate)
    }
}

/// What a change changes: no two changes of a plan have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Target<'a> {
    New(Collection, &'a ProviderId),
    NewPair(&'a PairId),
    Here(Collection, &'a SurrogateId),
}

impl Change {
    /// The call that does it.
    pub fn call(&self) -> Call {
        let of = |verb, collection| Call { verb, collection };
        match self {
            Self::Create { collection, .. } => of(Verb::Create, *collection),
            Self::CreatePair { .. } => of(Verb::Create, Collection::Pairs),
            Self::Rename { collection, .. } => of(Verb::Modify, *collection),
            Self::Remove { collection, .. } => of(Verb::Remove, *collection),
            Self::RemovePair { .. } | Self::RemoveOrphan { .. } => of(Verb::Remove, Collection::Pairs),
        }
    }

    /// The number of the object that it changes; none for one that is still to come.
    pub fn surrogate(&self) -> Option<&SurrogateId> {
        match self {
            Self::Create { .. } | Self::CreatePair { .. } => None,
            Self::Rename { surrogate, .. }
            | Self::Remove { surrogate, .. }
            | Self::RemovePair { surrogate, .. }
            | Self::RemoveOrphan { pair: ListedPair { surrogate, .. } } => Some(surrogate),
        }
    }

    /// True when something goes.
    pub fn is_removal(&self) -> bool {
        self.call().verb == Verb::Remove
    }

    /// When it may be sent: what a step needs is there once the steps before it are done.
    pub fn phase(&self) -> Phase {
        match self {
            Self::Create { .. } => Phase::Objects,
            Self::CreatePair { .. } => Phase::Pairs,
            Self::Rename { .. } => Phase::Names,
            Self::RemovePair { .. } | Self::RemoveOrphan { .. } => Phase::PairRemovals,
            Self::Remove { collection: Collection::Applications, .. } => Phase::ApplicationRemovals,
            Self::Remove { .. } => Phase::CustomerRemovals,
        }
    }

    /// What it changes.
    pub(super) fn target(&self) -> Target<'_> {
        match self {
            Self::Create { collection, id, .. } => Target::New(*collection, id),
            Self::CreatePair { pair } => Target::NewPair(pair),
            Self::Rename { collection, surrogate, .. } | Self::Remove { collection, surrogate, .. } => {
                Target::Here(*collection, surrogate)
            }
            Self::RemovePair { surrogate, .. } => Target::Here(Collection::Pairs, surrogate),
            Self::RemoveOrphan { pair } => Target::Here(Collection::Pairs, &pair.surrogate),
        }
    }

    /// The pairs in `listing` that go along with it, as far as both their ends are listed.
    pub fn goes_along(&self, listing: &Listing) -> Vec<Gone> {
        let Self::Remove { collection, .. } = self else { return Vec::new() };
        let ids = Ids::of(listing);
        let gone = |pair: &ListedPair| {
            Some(Gone { pair: ids.pair(pair)?, surrogate: pair.surrogate.clone(), with: *collection })
        };
        self.takes(listing).filter_map(gone).collect()
    }

    /// The others: an end of each is not listed, which may be somebody else's. So nobody can be shown what would go.
    pub fn takes_unlisted<'a>(&'a self, listing: &'a Listing) -> Vec<&'a ListedPair> {
        let ids = Ids::of(listing);
        self.takes(listing).filter(|pair| ids.pair(pair).is_none()).collect()
    }

    /// All pairs that go along with it.
    fn takes<'a>(&'a self, listing: &'a Listing) -> impl Iterator<Item = &'a ListedPair> {
        let goes = |pair: &&ListedPair| match self {
            Self::Remove { collection: Collection::Applications, surrogate, .. } => {
                pair.application == *surrogate
            }
            Self::Remove { collection: Collection::Customers, surrogate, .. } => pair.customer == *surrogate,
            Self::Remove { collection: Collection::Pairs, .. }
            | Self::Create { .. }
            | Self::CreatePair { .. }
            | Self::Rename { .. }
            | Self::RemovePair { .. }
            | Self::RemoveOrphan { .. } => false,
        };
        listing.pairs.iter().filter(goes)
    }
}

/// When a change may be sent: once all of the phases before are over. A server may refuse to remove what a pair is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Objects,
    Pairs,
    Names,
    PairRemovals,
    CustomerRemovals,
    ApplicationRemovals,
}

impl Phase {
    /// All of them, in their order.
    pub const ALL: [Self; 6] = [
        Self::Objects,
        Self::Pairs,
        Self::Names,
        Self::PairRemovals,
        Self::CustomerRemovals,
        Self::ApplicationRemovals,
    ];

    /// True when something goes in it.
    pub fn is_of_removals(self) -> bool {
        self >= Self::PairRemovals
    }

    /// True when what goes in it takes its pairs along.
    pub fn takes_pairs_along(self) -> bool {
        self > Self::PairRemovals
    }
}

impl fmt::Display for PairId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` with `{}`", self.customer, self.application)
    }
}

impl fmt::Display for ListedPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { application, customer, surrogate } = self;
        write!(f, "{surrogate} of the customer {customer} and the application {application}")
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = self.call();
        match self {
            Self::Create { id, .. } | Self::Remove { id, .. } => write!(f, "{call} `{id}`"),
            Self::CreatePair { pair } | Self::RemovePair { pair, .. } => write!(f, "{call} {pair}"),
            Self::RemoveOrphan { pair } => write!(f, "{call} {pair}"),
            Self::Rename { collection, id, .. } => write!(f, "rename {} `{id}`", collection.one()),
        }
    }
}
