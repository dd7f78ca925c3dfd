//! The other side of the Cloud Marketplace, written from the contract (`assets/market-openapi.json`) and nothing else.
//!
//! A request goes through `routes` (bytes, connections) to `service` (met by a fault or worked on, and entered in the
//! ledger), which asks `members` and `request` (does it fit the contract) and `rules` (what it does). Usage is added to the
//! `bill` that `month` names, as an exact `amount`. `purchase` makes up buyers and says what they see; `receiver` sends their deploys.
//! `call`, `entry`, `provisioning` and `state` are what they speak of; `fault` is what can be made to go wrong.

pub mod bill;
pub mod call;
pub mod entry;
pub mod fault;
pub mod month;
pub mod practice;
pub mod provisioning;
pub mod purchase;
pub mod receiver;
pub mod routes;
pub mod state;
mod amount;
mod members;
mod request;
mod rules;
mod service;

#[cfg(test)]
mod tests;
