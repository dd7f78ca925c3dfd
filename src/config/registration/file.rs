//! The registration's table as it is written.

use super::super::concurrency::Concurrency;
use super::super::file::{HttpUrl, Rate, Switch};
use crate::registry::ContractId;
use serde::{Deserialize, Deserializer};

/// `[environments.NAME.registration]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnvironmentRegistration {
    /// Default: the host that the credentials file names.
    pub base_url: Option<HttpUrl>,
    #[serde(deserialize_with = "contract")]
    pub contract: Option<ContractId>,
    /// Where the credentials are. Default: `~/.edgerc`.
    pub edgerc: Option<String>,
    /// The section of that file. Default: `default`.
    pub section: Option<String>,
    /// Whether a path ends with a slash.
    pub trailing_slash: Switch,
    /// PEM, beside the configuration file: authorities that are trusted besides the platform's.
    pub ca_file: Option<String>,
    /// `http://HOST:PORT`; what goes to https goes through it.
    pub proxy: Option<String>,
    /// Default: 10, and no limit for a server on this machine.
    pub requests_per_second: Option<Rate>,
    pub concurrency: Concurrency<16>,
}

impl EnvironmentRegistration {
    /// The names of its keys.
    pub const NAMES: [&'static str; 9] = [
        "base_url",
        "contract",
        "edgerc",
        "section",
        "trailing_slash",
        "ca_file",
        "proxy",
        "requests_per_second",
        "concurrency",
    ];
}

/// Says what it is that does not fit: `registry` knows only why.
fn contract<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ContractId>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let contract = ContractId::new(text);
    contract.map(Some).map_err(|why| serde::de::Error::custom(format!("the contract {why}")))
}
