//! Objects that a trainer asks for: many made up, or the changes of somebody else. Pure.

use super::contract::{Contract, Side};
use super::pairs::Ends;
use super::register::Named;
use super::request::is_provider_id;
use serde::{Deserialize, Serialize};

/// How many of each.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Many {
    pub applications: usize,
    pub customers: usize,
    pub pairs: usize,
}

/// What somebody else does, by provider ids; it is done whole or not at all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    pub create: Creations,
    pub rename: Vec<Renaming>,
    pub remove: Removals,
}

/// What is created, the pairs last.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Creations {
    pub applications: Vec<New>,
    pub customers: Vec<New>,
    pub pairs: Vec<Couple>,
}

/// What is removed, the pairs first.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Removals {
    pub applications: Vec<String>,
    pub customers: Vec<String>,
    pub pairs: Vec<Couple>,
}

/// An application or a customer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub id: String,
    pub name: Option<String>,
}

/// Another name, or another provider id.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Renaming {
    pub collection: Side,
    pub id: String,
    pub name: Option<String>,
    pub new_id: Option<String>,
}

/// A pair, by provider ids.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Couple {
    pub application: String,
    pub customer: String,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    pub created: usize,
    pub renamed: usize,
    pub removed: usize,
    /// With their application or customer.
    pub pairs_gone_along: usize,
}

/// Makes up objects; pairs are made of all applications and customers there are, those not paired yet first.
pub fn fill(contract: &mut Contract, many: Many) -> Result<(), String> {
    let room = (contract.applications.len() + many.applications)
        .saturating_mul(contract.customers.len() + many.customers);
    if contract.pairs.len() + many.pairs > room {
        return Err(format!("there are not enough applications and customers for {} more pairs", many.pairs));
    }
    for (side, count, prefix, word) in [
        (Side::Applications, many.applications, "app", "Application"),
        (Side::Customers, many.customers, "cust", "Customer"),
    ] {
        let register = contract.side_mut(side);
        for _ in 0..count {
            let number = register.next();
            let name = Some(format!("{word} {number}"));
            register.create(Named { provider_id: format!("{prefix}-{number:06}"), name });
        }
    }
    pair_up(contract, many.pairs);
    Ok(())
}

fn pair_up(contract: &mut Contract, count: usize) {
    let ids = |side| contract.side(side).iter().map(|(id, _)| id).collect::<Vec<u64>>();
    let (applications, customers) = (ids(Side::Applications), ids(Side::Customers));
    let all = applications.iter().flat_map(|application| {
        customers.iter().map(|customer| Ends { application: *application, customer: *customer })
    });
    let mut left = count;
    for ends in all {
        if left == 0 {
            break;
        }
        if contract.pairs.between(ends).next().is_none() {
            contract.pairs.create(ends);
            left -= 1;
        }
    }
}

impl Change {
    /// Does it; says what is not there, and has then changed only the copy that it was given.
    pub fn apply(&self, contract: &mut Contract) -> Result<Changed, String> {
        let mut changed = Changed::default();
        self.remove(contract, &mut changed)?;
        for renaming in &self.rename {
            renaming.apply(contract)?;
            changed.renamed += 1;
        }
        self.create(contract, &mut changed)?;
        Ok(changed)
    }

    fn remove(&self, contract: &mut Contract, changed: &mut Changed) -> Result<(), String> {
        for couple in &self.remove.pairs {
            let ends = couple.ends(contract)?;
            let missing = || format!("there is no pair of {} and {}", couple.application, couple.customer);
            let id = contract.pairs.between(ends).next().ok_or_else(missing)?;
            contract.pairs.remove(id);
            changed.removed += 1;
        }
        let of = [(Side::Applications, &self.remove.applications), (Side::Customers, &self.remove.customers)];
        for (side, id) in of.into_iter().flat_map(|(side, ids)| ids.iter().map(move |id| (side, id))) {
            let found = find(contract, side, id)?;
            changed.pairs_gone_along += contract.remove(side, found).unwrap_or_default();
            changed.removed += 1;
        }
        Ok(())
    }

    fn create(&self, contract: &mut Contract, changed: &mut Changed) -> Result<(), String> {
        let of = [(Side::Applications, &self.create.applications), (Side::Customers, &self.create.customers)];
        for (side, new) in of.into_iter().flat_map(|(side, new)| new.iter().map(move |new| (side, new))) {
            let named = Named { provider_id: checked(&new.id)?, name: new.name.clone() };
            contract.side_mut(side).create(named);
            changed.created += 1;
        }
        for couple in &self.create.pairs {
            let ends = couple.ends(contract)?;
            contract.pairs.create(ends);
            changed.created += 1;
        }
        Ok(())
    }
}

impl Renaming {
    fn apply(&self, contract: &mut Contract) -> Result<(), String> {
        let id = find(contract, self.collection, &self.id)?;
        let register = contract.side_mut(self.collection);
        let was = register.get(id).cloned();
        let provider_id = checked(self.new_id.as_ref().unwrap_or(&self.id))?;
        let name = self.name.clone().or(was.and_then(|was| was.name));
        register.modify(id, Named { provider_id, name });
        Ok(())
    }
}

impl Couple {
    fn ends(&self, contract: &Contract) -> Result<Ends, String> {
        let application = find(contract, Side::Applications, &self.application)?;
        Ok(Ends { application, customer: find(contract, Side::Customers, &self.customer)? })
    }
}

/// The eldest with that provider id.
fn find(contract: &Contract, side: Side, id: &str) -> Result<u64, String> {
    let missing = || format!("{}: there is no {id}", side.collection().plural());
    contract.side(side).of_provider(id).next().ok_or_else(missing)
}

fn checked(id: &str) -> Result<String, String> {
    if is_provider_id(id) { Ok(id.to_owned()) } else { Err(format!("{id} is not 1 to 50 ASCII characters")) }
}
