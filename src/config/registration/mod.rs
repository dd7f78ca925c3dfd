//! The registration's part of the settings: where the API is, which contract, and where the credentials are.

mod file;
mod settings;

pub use file::EnvironmentRegistration;
pub use settings::{RegistrationSettings, RegistrationTarget};

pub(super) use settings::{Given, resolve};

#[cfg(test)]
mod tests;
