//! `registration create`, `rename` and `remove`: a plan of one step, or of a customer and its applications.

use super::apply::{Applying, Otherwise, is_all_done, kept_otherwise, tell};
use crate::cli::args::{ObjectArg, RemoveArgs, WordArgs};
use crate::cli::{Console, Exit, Failed, Session, live, opened};
use crate::config::Settings;
use crate::engine::{Applied, RegistrationError};
use crate::registry::{
    Change, Collection, Finding, Ids, Listed, ListedPair, Listing, Name, PairId, Plan, ProviderId,
    SurrogateId, oddities_of_new, remove_pairs,
};

/// Creates one object, and for a customer its pairs.
pub async fn create(
    settings: &Settings,
    what: &ObjectArg,
    word: &WordArgs,
    console: &Console,
) -> Result<Exit, Failed> {
    let new = |listing: &Listing, collection, id: &ProviderId, name: Option<&Name>| {
        let change = new(listing, collection, id, name)?;
        for odd in oddities_of_new(collection, id, listing) {
            console.note(&odd);
        }
        Ok::<_, Failed>(change)
    };
    step(settings, word, console, |listing| match what {
        ObjectArg::Application { id, name } => {
            Ok(vec![new(listing, Collection::Applications, id, name.as_ref())?])
        }
        ObjectArg::Customer { id, name, applications } => {
            let mut changes = vec![new(listing, Collection::Customers, id, name.as_ref())?];
            for (n, application) in applications.iter().enumerate() {
                if applications[..n].contains(application) {
                    return Err(bad(format!("the application `{application}` is named twice")));
                }
                one(listing, Collection::Applications, application)?;
                let pair = PairId { customer: id.clone(), application: application.clone() };
                changes.push(Change::CreatePair { pair });
            }
            Ok(changes)
        }
        ObjectArg::Pair { customer, application } => {
            let pair = PairId { customer: customer.clone(), application: application.clone() };
            match surrogate_of(listing, &pair)? {
                None => Ok(vec![Change::CreatePair { pair }]),
                Some(_) => Err(bad(format!("`{customer}` has the application `{application}` already"))),
            }
        }
    })
    .await
}

/// Renames one application or customer.
pub async fn rename(
    settings: &Settings,
    (collection, id, to): (Collection, &ProviderId, &Name),
    word: &WordArgs,
    console: &Console,
) -> Result<Exit, Failed> {
    step(settings, word, console, |listing| {
        let Listed { id, name: from, surrogate } = one(listing, collection, id)?.clone();
        let rename = Change::Rename { collection, id, surrogate, from, to: to.clone() };
        let Change::Rename { from, .. } = &rename else { return Ok(Vec::new()) };
        Ok(if from.as_ref() == Some(to) { Vec::new() } else { vec![rename] })
    })
    .await
}

/// Removes one object.
pub async fn remove(settings: &Settings, remove: &RemoveArgs, console: &Console) -> Result<Exit, Failed> {
    let with_pairs = remove.with_pairs;
    step(settings, &remove.word, console, |listing| {
        let changes = removals(listing, remove)?;
        let unlisted: Vec<_> = changes.iter().flat_map(|change| change.takes_unlisted(listing)).collect();
        if let Some(first) = unlisted.first() {
            return Err(takes_unlisted(first, &unlisted));
        }
        let along: Vec<_> = changes.iter().flat_map(|change| change.goes_along(listing)).collect();
        if along.is_empty() || with_pairs {
            return Ok(changes);
        }
        for gone in &along {
            console.note(&format!("its pair {} would be removed too", gone.pair));
        }
        Err(Failed {
            exit: Exit::RefusedHere,
            what: format!(
                "refused here, before anything was sent: {} would be removed too",
                if along.len() == 1 { "1 pair".to_owned() } else { format!("{} pairs", along.len()) }
            ),
            next: Some("If that is what you want: --with-pairs".to_owned()),
        })
    })
    .await
}

/// Whether such a pair is somebody's is not known here, so no flag lets it go along.
fn takes_unlisted(pair: &ListedPair, all: &[&ListedPair]) -> Failed {
    Failed {
        exit: Exit::RefusedHere,
        what: format!(
            "refused here, before anything was sent: the pair {pair} would be removed too, and not both of these are listed"
        ),
        next: Some(format!(
            "List again. If it stays so, remove first what is left of it: {}",
            remove_pairs(all.iter().map(|pair| &pair.surrogate))
        )),
    }
}

/// What is to be removed: one object by its id, or each of those whose surrogate ids are named.
fn removals(listing: &Listing, remove: &RemoveArgs) -> Result<Vec<Change>, Failed> {
    if remove.surrogate.is_empty() {
        return removal(listing, remove, None).map(|change| vec![change]);
    }
    remove.surrogate.iter().map(|surrogate| removal(listing, remove, Some(surrogate))).collect()
}

fn removal(
    listing: &Listing,
    remove: &RemoveArgs,
    surrogate: Option<&SurrogateId>,
) -> Result<Change, Failed> {
    let collection = remove.what.into();
    let named = |Listed { id, name, surrogate }: &Listed| Change::Remove {
        collection,
        id: id.clone(),
        surrogate: surrogate.clone(),
        name: name.clone(),
    };
    match (collection, surrogate, &remove.id, &remove.application) {
        (Collection::Pairs, Some(surrogate), ..) => {
            let listed = listing.pairs.iter().filter(|pair| pair.surrogate == *surrogate);
            let listed = only(listed, collection, surrogate)?;
            Ok(match Ids::of(listing).pair(listed) {
                Some(pair) => Change::RemovePair { pair, surrogate: surrogate.clone() },
                None => Change::RemoveOrphan { pair: listed.clone() },
            })
        }
        (_, Some(surrogate), ..) => {
            if let Some(unusable) = listing.unusable(collection, surrogate) {
                return Err(RegistrationError::Findings(vec![Finding::Unusable(unusable.clone())]).into());
            }
            let listed = listing.named(collection).iter().filter(|listed| listed.surrogate == *surrogate);
            only(listed, collection, surrogate).map(named)
        }
        (Collection::Pairs, None, Some(customer), Some(application)) => {
            let pair = PairId { customer: customer.clone(), application: application.clone() };
            let surrogate = surrogate_of(listing, &pair)?;
            let missing = || bad(format!("`{customer}` does not have the application `{application}`"));
            Ok(Change::RemovePair { pair, surrogate: surrogate.ok_or_else(missing)? })
        }
        (Collection::Pairs, None, ..) => Err(bad("name the customer, then the application".to_owned())),
        (_, None, Some(id), None) => one(listing, collection, id).map(named),
        (_, None, ..) => Err(bad("name one id".to_owned())),
    }
}

/// The one entry of a list with that number.
fn only<T>(
    mut listed: impl Iterator<Item = T>,
    collection: Collection,
    surrogate: &SurrogateId,
) -> Result<T, Failed> {
    match (listed.next(), listed.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(bad(format!("there is no {} with the surrogate id {surrogate}", collection.one()))),
        (Some(_), Some(_)) => {
            let twice = Finding::OneSurrogate { collection, surrogate: surrogate.clone() };
            Err(RegistrationError::Findings(vec![twice]).into())
        }
    }
}

/// Applies what `changes` makes of the listing.
async fn step(
    settings: &Settings,
    word: &WordArgs,
    console: &Console,
    changes: impl FnOnce(&Listing) -> Result<Vec<Change>, Failed>,
) -> Result<Exit, Failed> {
    live::announce_registration(settings, console).await;
    let session: Session = opened::contract_to_change(settings).await?;
    let mut applying = Applying::new(&session, word, console);
    applying.finish_earlier().await?;
    let listing = applying.list().await?;
    let twice = |change: Change| bad(format!("it would be done twice: {change}"));
    let plan = Plan::of(&listing, changes(&listing)?).map_err(twice)?;
    tracing::debug!(plan = plan.counts(), "a single step");
    let applied = Box::pin(applying.apply(&plan, &listing)).await?;
    let otherwise = applied.as_ref().and_then(|applied| is_otherwise(&plan, applied));
    tell(&session, &plan, applied, otherwise, console)
}

/// A name that the server keeps otherwise is not what was asked for.
fn is_otherwise(plan: &Plan, applied: &Applied) -> Option<Otherwise> {
    if !is_all_done(applied) {
        return None;
    }
    let left = plan.left_along(&applied.listing);
    if !left.is_empty() {
        return Some(Otherwise { left: None, failed: RegistrationError::PairsLeft(left).into() });
    }
    let names = plan.named_otherwise(&applied.listing);
    if names.is_empty() {
        return None;
    }
    let failed = kept_otherwise(&names, "Use the name that the server keeps, or another one");
    Some(Otherwise { left: None, failed })
}

fn bad(what: String) -> Failed {
    Failed::new(Exit::BadInput, what)
}

/// The one object with that id.
fn one<'a>(listing: &'a Listing, collection: Collection, id: &ProviderId) -> Result<&'a Listed, Failed> {
    let mut found = listing.named(collection).iter().filter(|listed| listed.id == *id);
    match (found.next(), found.next()) {
        (Some(listed), None) => Ok(listed),
        (None, _) => Err(bad(format!("there is no {} `{id}`", collection.one()))),
        (Some(one), Some(other)) if one.surrogate == other.surrogate => {
            let twice = Finding::OneSurrogate { collection, surrogate: one.surrogate.clone() };
            Err(RegistrationError::Findings(vec![twice]).into())
        }
        (Some(one), Some(other)) => Err(Failed {
            exit: Exit::RefusedHere,
            what: format!(
                "there are two {collection} with the id `{id}`: the objects {} and {}",
                one.surrogate, other.surrogate
            ),
            next: Some(format!(
                "Look at both in the vendor's portal, and remove the wrong one: pxdesk registration remove {} \
                 --surrogate NUMBER",
                collection.one()
            )),
        }),
    }
}

fn new(
    listing: &Listing,
    collection: Collection,
    id: &ProviderId,
    name: Option<&Name>,
) -> Result<Change, Failed> {
    // One of them may be what the server has made of this very id: it is not to be there twice.
    let unusable = listing.unusable.iter().filter(|one| one.collection == collection);
    let unusable: Vec<_> = unusable.cloned().map(Finding::Unusable).collect();
    if !unusable.is_empty() {
        return Err(RegistrationError::Findings(unusable).into());
    }
    if listing.named(collection).iter().any(|listed| listed.id == *id) {
        return Err(bad(format!("there is {} with the id `{id}` already", a(collection))));
    }
    Ok(Change::Create { collection, id: id.clone(), name: name.cloned() })
}

fn a(collection: Collection) -> &'static str {
    match collection {
        Collection::Applications => "an application",
        Collection::Customers => "a customer",
        Collection::Pairs => "a pair",
    }
}

/// The pair's surrogate id, if it is there.
fn surrogate_of(listing: &Listing, pair: &PairId) -> Result<Option<SurrogateId>, Failed> {
    let customer = &one(listing, Collection::Customers, &pair.customer)?.surrogate;
    let application = &one(listing, Collection::Applications, &pair.application)?.surrogate;
    let is = |pair: &&ListedPair| pair.customer == *customer && pair.application == *application;
    Ok(listing.pairs.iter().find(is).map(|pair| pair.surrogate.clone()))
}
