//! The world of one contract.

use super::pairs::{Ends, Pairs};
use super::register::Register;
use serde::{Deserialize, Serialize};

/// A contract id has at most so many characters (A).
const LONGEST: usize = 50;

/// What is registered under one contract.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Contract {
    pub applications: Register,
    pub customers: Register,
    pub pairs: Pairs,
}

/// Applications and customers are alike; which of them is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Applications,
    Customers,
}

/// Whether this is a contract id: a letter, a dash, letters and digits, as `A-1234` (E).
pub fn is_contract(id: &str) -> bool {
    let rest =
        id.split_once('-').filter(|(letter, _)| matches!(letter.as_bytes(), [b] if b.is_ascii_alphabetic()));
    id.len() <= LONGEST
        && rest.is_some_and(|(_, rest)| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

impl Contract {
    /// The applications, or the customers.
    pub fn side(&self, side: Side) -> &Register {
        match side {
            Side::Applications => &self.applications,
            Side::Customers => &self.customers,
        }
    }

    /// The applications, or the customers.
    pub fn side_mut(&mut self, side: Side) -> &mut Register {
        match side {
            Side::Applications => &mut self.applications,
            Side::Customers => &mut self.customers,
        }
    }

    /// Removes one and its pairs: documented for customers, assumed for applications. How many pairs went along, if it was
    /// there.
    pub fn remove(&mut self, side: Side, id: u64) -> Option<usize> {
        self.side_mut(side).remove(id)?;
        Some(match side {
            Side::Applications => self.pairs.remove_of_application(id),
            Side::Customers => self.pairs.remove_of_customer(id),
        })
    }

    /// How the ledger calls a pair: the provider id of its application, a slash, that of its customer.
    pub fn identity(&self, ends: Ends) -> String {
        let id = |register: &Register, id| register.get(id).map_or("", |n| n.provider_id.as_str()).to_owned();
        format!("{}/{}", id(&self.applications, ends.application), id(&self.customers, ends.customer))
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.applications.len() + self.customers.len() + self.pairs.len()
    }
}
