//! The other side of the Cloud Marketplace, written from the contract (`assets/market-openapi.json`) and nothing else.
//!
//! A request goes through `routes` (bytes, connections) to `service` (met by a fault or worked on, and entered in the
//! ledger), which asks `members` and `request` (does it fit the contract) and `rules` (what it does). Usage is added to the
//! `bill` that `month` names, as an exact `amount`. `purchase` makes up buyers and says what they see;
//! `receiver` sends their deploys; `practice` is what a trainee starts with. `call`, `entry`, `provisioning` and `state` are what they speak of; `fault` is what can be made to go wrong.

mod amount;
pub mod bill;
pub mod call;
pub mod entry;
pub mod fault;
mod members;
pub mod month;
pub mod practice;
pub mod provisioning;
pub mod purchase;
pub mod receiver;
mod request;
pub mod routes;
mod rules;
mod service;
pub mod state;

#[cfg(test)]
mod tests;
