//! Where the marketplace is, and how long a call may take.

use super::key::Source;
use crate::subscription::Call;
use crate::wire::{Error, Transport, below, url};
use oauth2::url::Url;
use std::time::Duration;

/// How long a call may take where nothing else is said: what the marketplace's own sample takes (D).
pub const TIMEOUT: Duration = Duration::from_mins(1);

/// All that the client needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Given at onboarding; the pages publish none (D).
    pub base_url: String,
    /// Below `base_url`.
    pub paths: Paths,
    /// The whole of a call: connecting, sending, reading the reply.
    pub timeout: Duration,
    /// DNS, TCP and TLS together; at most half of the call's time.
    pub connect: Duration,
    pub transport: Transport,
    pub key: Source,
}

/// The path of each call, as the pages write it where they agree with themselves (D).
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Paths {
    pub start_billing: String,
    pub usage: String,
    pub usage_end: String,
    pub tracking: String,
    pub update_subscription: String,
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            start_billing: "/start-billing/".to_owned(),
            usage: "/saas-usage/".to_owned(),
            usage_end: "/saas-usage/end".to_owned(),
            tracking: "/api/SaasTrackings".to_owned(),
            update_subscription: "/update-subscription/".to_owned(),
        }
    }
}

impl Paths {
    /// The names of the paths in the configuration.
    pub const NAMES: [&'static str; 5] =
        ["start_billing", "usage", "usage_end", "tracking", "update_subscription"];
}

/// The addresses, checked.
pub(super) struct Endpoints {
    pub base: Url,
    start_billing: Url,
    usage: Url,
    usage_end: Url,
    tracking: Url,
    update_subscription: Url,
}

impl Endpoints {
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let base = url("base_url", &settings.base_url)?;
        let paths = &settings.paths;
        Ok(Self {
            start_billing: below(&base, &paths.start_billing),
            usage: below(&base, &paths.usage),
            usage_end: below(&base, &paths.usage_end),
            tracking: below(&base, &paths.tracking),
            update_subscription: below(&base, &paths.update_subscription),
            base,
        })
    }

    pub fn of(&self, call: Call) -> &Url {
        match call {
            Call::StartBilling => &self.start_billing,
            Call::ReportUsage => &self.usage,
            Call::EndUsage => &self.usage_end,
            Call::Track => &self.tracking,
            Call::UpdateSubscription | Call::UpdateCount => &self.update_subscription,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_has_the_path_of_the_contract() {
        let settings = Settings {
            base_url: "https://market.example/v/".to_owned(),
            paths: Paths::default(),
            timeout: TIMEOUT,
            connect: TIMEOUT,
            transport: Transport::default(),
            key: Source::practice(),
        };
        let endpoints = Endpoints::new(&settings).unwrap();
        let paths = Call::ALL.map(|call| endpoints.of(call).path().to_owned());
        assert_eq!(
            paths,
            [
                "/v/start-billing/",
                "/v/saas-usage/",
                "/v/saas-usage/end",
                "/v/api/SaasTrackings",
                "/v/update-subscription/",
                "/v/update-subscription/",
            ]
        );
    }
}
