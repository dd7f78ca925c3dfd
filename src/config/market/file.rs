//! The marketplace's tables as they are written.

use super::super::concurrency::Concurrency;
use super::super::file::{Duration, HttpUrl, Rate, Switch};
use super::values::{BehindProxy, Header, Mode, Refusal, Tail, Then, UrlPath};
use crate::market::Paths;
use crate::subscription::{Billing, Pattern, Sku};
use serde::Deserialize;
use std::collections::BTreeMap;

/// `[environments.NAME.market]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnvironmentMarket {
    pub base_url: Option<HttpUrl>,
    /// Where the provider key is.
    pub provider_key: Option<String>,
    /// PEM, beside the configuration file: authorities that are trusted besides the platform's.
    pub ca_file: Option<String>,
    /// `http://HOST:PORT`; what goes to https goes through it.
    pub proxy: Option<String>,
    /// Default: 10, and no limit for a marketplace on this machine.
    pub requests_per_second: Option<Rate>,
    /// `[environments.NAME.market.paths]`
    pub paths: Paths,
}

/// `[market]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MarketFile {
    pub webhook: WebhookFile,
    /// `[market.skus."NAME"]`
    pub skus: BTreeMap<Sku, SkuFile>,
    pub usage: UsageFile,
    pub v1: FirstVersion,
}

/// `[market.webhook]`. All files stand beside the configuration file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookFile {
    pub path: UrlPath,
    #[serde(deserialize_with = "crate::config::word::word")]
    pub answer: Mode,
    pub assign: Pattern,
    pub command: Vec<String>,
    pub forward: Option<HttpUrl>,
    pub answer_within: Duration,
    #[serde(deserialize_with = "crate::config::word::word")]
    pub otherwise: Then,
    pub secret_header: Option<Header>,
    /// One line, mode 0600.
    pub secret_file: Option<String>,
    /// Two lines, user and password, mode 0600.
    pub basic_file: Option<String>,
    /// PEM: the authorities that sign the marketplace's own certificate.
    pub client_ca_file: Option<String>,
    /// PEM.
    pub tls_cert_file: Option<String>,
    /// PEM.
    pub tls_key_file: Option<String>,
    pub behind_proxy: BehindProxy,
    pub refusal: Refusal,
    pub v1_path: Option<UrlPath>,
}

impl Default for WebhookFile {
    fn default() -> Self {
        Self {
            path: UrlPath("/deploy".to_owned()),
            answer: Mode::Assign,
            assign: Pattern::default(),
            command: Vec::new(),
            forward: None,
            answer_within: Duration(std::time::Duration::from_secs(10)),
            otherwise: Then::Assign,
            secret_header: None,
            secret_file: None,
            basic_file: None,
            client_ca_file: None,
            tls_cert_file: None,
            tls_key_file: None,
            behind_proxy: BehindProxy::default(),
            refusal: Refusal::default(),
            v1_path: None,
        }
    }
}

/// `[market.skus."NAME"]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkuFile {
    pub billing: Billing,
    #[serde(default)]
    pub usage: bool,
    #[serde(default)]
    pub unit: Option<String>,
}

/// `[market.usage]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UsageFile {
    #[serde(deserialize_with = "crate::config::word::word")]
    pub tail: Tail,
    /// How many reports may be under way at once.
    pub concurrency: Concurrency<4>,
}

/// `[market.v1]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FirstVersion {
    pub enabled: Switch,
}
