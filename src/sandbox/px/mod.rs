//! The other side of Px, written from the contract (`assets/openapi.json`) and the documented error table.
//!
//! A request goes through `routes` (bytes, connections) to `service` (let in, met by a fault or worked on), which asks
//! `token` (who may come in), `rules` (the four services: `identify`, `services`, `complete`) and `answer` (what a fault makes
//! of the reply). All but `routes` are pure. `call`, `request`, `reply`, `transaction` and `state` are what they speak of;
//! `rows`, `rcc`, `scenario` and `gateway` are tables and texts; `spot` finds the line of a scenario's key; `fault` is what can
//! be made to go wrong.

mod answer;
mod call;
mod complete;
pub mod fault;
mod gateway;
mod identify;
mod rcc;
mod reply;
mod request;
pub mod routes;
mod rows;
mod rules;
pub mod scenario;
mod service;
mod services;
mod spot;
pub mod state;
mod token;
pub mod transaction;

#[cfg(test)]
mod tests;
