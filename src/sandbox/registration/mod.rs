//! The other side of the SaaS registration, written from the contract (`assets/registration-openapi.json`) and nothing
//! else: applications, customers, and which customer has which application (pairs), each contract for itself.
//!
//! A request goes through `routes` (bytes, connections) to `service` (met by a fault or worked on, and entered in the
//! `ledger`), which asks `edgegrid` (is it signed, and when), `nonces` (for the first time), `request` and `form` (does it fit the contract) and `rules`
//! (what it does). `contract` is the world of one contract: a `register` of applications, one of customers, and `pairs`.
//! `written` is how objects are written down, `problem` how refusals are; `settings` say which of the undocumented ways is
//! taken. `late` is what is carried out after its time, `made` makes up objects, `practice` is what a trainee starts with,
//! `fault` what can be made to go wrong.
//!
//! All but `routes` are pure: the instant is an argument.

pub mod call;
pub mod contract;
mod edgegrid;
pub mod fault;
mod form;
mod late;
pub mod ledger;
pub mod made;
mod nonces;
pub mod pairs;
pub mod practice;
mod problem;
pub mod register;
mod request;
pub mod routes;
mod rules;
mod service;
pub mod settings;
pub mod state;
mod written;

#[cfg(test)]
mod tests;
