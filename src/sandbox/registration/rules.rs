//! What each call does to the world of one contract, pure.
//!
//! A PUT without a name keeps the name, one without a provider id keeps that; neither is documented. A PUT with another
//! provider id is carried out.

use super::contract::{Contract, Side};
use super::pairs::Ends;
use super::problem::{Kind, Refused};
use super::register::{Named, Register};
use super::request::{Renamed, Request, Wish};
use super::settings::{Duplicates, Settings};
use super::written;

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// Read; the body that is answered.
    Read(String),
    /// Created; its surrogate id, and what the ledger calls it.
    Created(u64, String),
    /// Modified; its surrogate id, and its provider id before and after if that is another.
    Modified(u64, Option<(String, String)>),
    Removed(u64),
}

/// Does it.
pub fn work(contract: &mut Contract, request: &Request, settings: Settings) -> Result<Done, Refused> {
    match request {
        Request::Named(side, wish) => named(contract, *side, wish, settings),
        Request::Pairs(wish) => pairs(contract, wish, settings),
    }
}

fn named(
    contract: &mut Contract,
    side: Side,
    wish: &Wish<Named, Renamed>,
    settings: Settings,
) -> Result<Done, Refused> {
    let strict = settings.duplicates == Duplicates::Conflict;
    match wish {
        Wish::List => Ok(Done::Read(written::all_named(contract, side, settings.ids))),
        Wish::Get(id) => {
            let one = contract.side(side).get(*id).ok_or_else(|| missing(*id))?;
            Ok(Done::Read(written::named(side, *id, one, settings.ids)))
        }
        Wish::Create(new) => {
            unless_taken(strict, contract.side(side), &new.provider_id, None)?;
            Ok(Done::Created(contract.side_mut(side).create(new.clone()), new.provider_id.clone()))
        }
        Wish::Modify(id, change) => {
            let register = contract.side_mut(side);
            let was = register.get(*id).ok_or_else(|| missing(*id))?.clone();
            let provider_id = change.provider_id.clone().unwrap_or_else(|| was.provider_id.clone());
            unless_taken(strict, register, &provider_id, Some(*id))?;
            let name = change.name.clone().or(was.name);
            register.modify(*id, Named { provider_id: provider_id.clone(), name });
            let other = provider_id != was.provider_id;
            Ok(Done::Modified(*id, other.then_some((was.provider_id, provider_id))))
        }
        Wish::Remove(id) => {
            contract.remove(side, *id).ok_or_else(|| missing(*id))?;
            Ok(Done::Removed(*id))
        }
    }
}

fn pairs(contract: &mut Contract, wish: &Wish<Ends, Ends>, settings: Settings) -> Result<Done, Refused> {
    let strict = settings.duplicates == Duplicates::Conflict;
    match wish {
        Wish::List => Ok(Done::Read(written::all_pairs(contract, settings.ids))),
        Wish::Get(id) => {
            let ends = contract.pairs.get(*id).ok_or_else(|| missing(*id))?;
            Ok(Done::Read(written::pair(*id, ends, settings.ids)))
        }
        Wish::Create(ends) => {
            check_ends(strict, contract, *ends, None)?;
            let identity = contract.identity(*ends);
            Ok(Done::Created(contract.pairs.create(*ends), identity))
        }
        Wish::Modify(id, ends) => {
            let was = contract.pairs.get(*id).ok_or_else(|| missing(*id))?;
            check_ends(strict, contract, *ends, Some(*id))?;
            contract.pairs.modify(*id, *ends);
            let other = was != *ends;
            Ok(Done::Modified(*id, other.then(|| (contract.identity(was), contract.identity(*ends)))))
        }
        Wish::Remove(id) => {
            contract.pairs.remove(*id).ok_or_else(|| missing(*id))?;
            Ok(Done::Removed(*id))
        }
    }
}

/// Refuses a provider id that another one has, where that is asked for.
fn unless_taken(strict: bool, register: &Register, id: &str, own: Option<u64>) -> Result<(), Refused> {
    if strict && register.of_provider(id).any(|other| Some(other) != own) {
        return Err(Refused::new(Kind::Conflict, "this provider id is registered already"));
    }
    Ok(())
}

/// Refuses ends that are not there; and a pair of the same two, where that is asked for.
fn check_ends(strict: bool, contract: &Contract, ends: Ends, own: Option<u64>) -> Result<(), Refused> {
    contract.applications.get(ends.application).ok_or_else(|| missing(ends.application))?;
    contract.customers.get(ends.customer).ok_or_else(|| missing(ends.customer))?;
    if strict && contract.pairs.between(ends).any(|other| Some(other) != own) {
        return Err(Refused::new(Kind::Conflict, "this pair is registered already"));
    }
    Ok(())
}

fn missing(id: u64) -> Refused {
    Refused::new(Kind::NotFound, format!("resource {id} was not found in the system."))
}
