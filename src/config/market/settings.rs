//! The marketplace's settings, resolved for one environment.

use super::super::distinct::distinct;
use super::super::quiet::quiet;
use super::super::store::store;
use super::super::target::usual_pace;
use super::file::{EnvironmentMarket, MarketFile, SkuFile};
use super::values::Tail;
use super::webhook::Webhook;
use crate::credentials::KeyKeeper;
use crate::market::Paths;
use crate::order::Environment;
use crate::subscription::{Because, Billing, Sku};
use crate::wire::Transport;
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// All that is set about the marketplace, resolved for one environment.
#[derive(Clone, Debug)]
pub struct MarketSettings {
    pub target: MarketTarget,
    pub paths: Paths,
    pub transport: Transport,
    /// The whole of a call.
    pub timeout: Duration,
    /// How long what is in doubt is left alone before a person may settle it.
    pub quiet: SignedDuration,
    /// Where the provider key is; none for an embedded marketplace, which is shown the practice key.
    pub key: Option<KeyKeeper>,
    pub webhook: Webhook,
    /// What is sold.
    pub skus: BTreeMap<Sku, SkuSettings>,
    /// What becomes of usage that is told after its month was reported.
    pub tail: Tail,
    /// How many reports may be under way at once, from 1 to 4.
    pub concurrency: u8,
    /// Whether version 1 may be used.
    pub v1: bool,
}

impl MarketSettings {
    /// Why usage of a month whose report was sent is taken in without anybody being asked; none where a person is.
    pub fn carries(&self, agent: &str) -> Option<Because> {
        (self.tail == Tail::Carry).then(|| Because::carried(agent))
    }
}

/// Where the marketplace is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarketTarget {
    /// Inside this program.
    InProcess,
    /// Behind this URL.
    At { base_url: String },
}

/// What is set about a SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkuSettings {
    pub billing: Billing,
    /// Whether it is billed by usage.
    pub usage: bool,
    /// What its usage is counted in.
    pub unit: Option<String>,
}

/// What the file says of it, and for whom.
pub struct Given<'a> {
    pub environment: Environment,
    /// Whether Px, and with it an embedded marketplace, is inside this program.
    pub in_process: bool,
    /// `[environments.NAME.market]` of that environment.
    pub place: Option<EnvironmentMarket>,
    /// `[market]`
    pub file: MarketFile,
    pub timeout: Duration,
    /// `[doubt] quiet_period`, as it holds for Px.
    pub quiet_period: SignedDuration,
    /// Where the configuration file is.
    pub folder: &'a Path,
}

/// The settings of the environment; none when it has no marketplace.
///
/// # Errors
/// Names the setting, and says what is not right with it.
pub fn resolve(given: Given) -> Result<Option<MarketSettings>, String> {
    let Given { environment, in_process, place, file, timeout, quiet_period, folder } = given;
    // Looked at even where there is no marketplace: what is wrong with it is said as soon as it is there.
    let webhook = Webhook::of(file.webhook, folder)?;
    let is_configured = place.is_some();
    let EnvironmentMarket { base_url, provider_key, ca_file, proxy, requests_per_second, paths } =
        place.unwrap_or_default();
    let key = |name: &str| format!("environments.{environment}.market.{name}");
    let elsewhere = base_url.as_ref().is_some_and(|url| !url.is_this_machine());
    let target = match base_url {
        Some(url) => MarketTarget::At { base_url: url.0 },
        None if environment == Environment::Embedded && in_process => MarketTarget::InProcess,
        None if is_configured => {
            return Err(format!("{} is missing; the marketplace gives it at onboarding", key("base_url")));
        }
        None => return Ok(None),
    };
    let usual = match &target {
        MarketTarget::InProcess => None,
        MarketTarget::At { base_url } => usual_pace(base_url),
    };
    let Paths { start_billing, usage, usage_end, tracking, update_subscription } = &paths;
    let all = [start_billing, usage, usage_end, tracking, update_subscription].map(String::as_str);
    let named: Vec<_> = Paths::NAMES.into_iter().zip(all).collect();
    distinct(&named, |other| key(&format!("paths.{other}")))?;
    let transport = Transport {
        ca_file: ca_file.map(|file| folder.join(file)),
        proxy,
        requests_per_second: requests_per_second.map(|rate| rate.0).or(usual),
    };
    Ok(Some(MarketSettings {
        target,
        paths,
        transport,
        timeout,
        quiet: quiet(quiet_period, timeout, elsewhere),
        key: KeyKeeper::new(environment, store(&key("provider_key"), provider_key.as_deref(), folder)?),
        webhook,
        skus: skus(environment, file.skus),
        tail: file.usage.tail,
        concurrency: file.usage.concurrency.0,
        v1: file.v1.enabled.0,
    }))
}

/// What is configured; where people practice, what the embedded marketplace sells, too.
fn skus(environment: Environment, configured: BTreeMap<Sku, SkuFile>) -> BTreeMap<Sku, SkuSettings> {
    let mut skus = match environment {
        Environment::Embedded => practice(),
        Environment::Sandbox | Environment::Production => BTreeMap::new(),
    };
    skus.extend(
        configured
            .into_iter()
            .map(|(sku, SkuFile { billing, usage, unit })| (sku, SkuSettings { billing, usage, unit })),
    );
    skus
}

fn practice() -> BTreeMap<Sku, SkuSettings> {
    let sold = [
        ("PRACTICE-SEATS", Billing::Manual, None),
        ("PRACTICE-STORAGE", Billing::Manual, Some("GB")),
        ("PRACTICE-SUPPORT", Billing::Immediately, None),
    ];
    let sku = |(name, billing, unit): (&str, Billing, Option<&str>)| {
        let settings = SkuSettings { billing, usage: unit.is_some(), unit: unit.map(str::to_owned) };
        Some((Sku::new(name).ok()?, settings))
    };
    sold.into_iter().filter_map(sku).collect()
}
