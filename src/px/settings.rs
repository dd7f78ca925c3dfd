//! Where Px is, and how long its calls may take.

use super::credentials::Source;
use crate::order::{Call, Secret};
use crate::wire::{Error, Transport, below, headers, url};
use oauth2::url::Url;
use reqwest::header::HeaderMap;
use rustls::pki_types::CertificateDer;
use std::time::Duration;

/// All that the client needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `https://api-test.lumen.com/` or the like (D).
    pub base_url: String,
    /// The whole URL of the token service (G).
    pub token_url: String,
    /// Below `base_url`.
    pub paths: Paths,
    /// Static headers that a partner's contract asks for, sent with the four calls.
    pub headers: Vec<(String, Secret)>,
    pub timeouts: Timeouts,
    pub transport: Transport,
    pub credentials: Source,
}

/// The path of each call. Only the first is documented (D); the others are by analogy (A).
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Paths {
    pub retrieve_rcc: String,
    pub send_rcc: String,
    pub get_rcc_acceptance: String,
    pub complete_order: String,
}

impl Paths {
    /// Each with the name of its call, which is its key in the configuration.
    pub fn named(&self) -> [(&'static str, &str); 4] {
        let Self { retrieve_rcc, send_rcc, get_rcc_acceptance, complete_order } = self;
        [
            (Call::RetrieveRcc.name(), retrieve_rcc),
            (Call::SendRcc.name(), send_rcc),
            (Call::GetRccAcceptance.name(), get_rcc_acceptance),
            (Call::CompleteOrder.name(), complete_order),
        ]
    }
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            retrieve_rcc: "/pxRetrieveRCC".to_owned(),
            send_rcc: "/pxSendRCC".to_owned(),
            get_rcc_acceptance: "/pxGetRCCAcceptance".to_owned(),
            complete_order: "/pxCompleteOrder".to_owned(),
        }
    }
}

/// How long each call may take: connecting, sending and reading the whole reply. A token that has to be fetched first
/// is given the same again, at most 30 seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// DNS, TCP and TLS together; for Send RCC and Complete Order at most half of their time.
    pub connect: Duration,
    pub retrieve_rcc: Duration,
    pub send_rcc: Duration,
    pub get_rcc_acceptance: Duration,
    pub complete_order: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            retrieve_rcc: Duration::from_secs(30),
            send_rcc: Duration::from_secs(30),
            get_rcc_acceptance: Duration::from_secs(15),
            complete_order: Duration::from_mins(2),
        }
    }
}

impl Timeouts {
    /// The time that `call` may take.
    pub fn of(&self, call: Call) -> Duration {
        match call {
            Call::RetrieveRcc => self.retrieve_rcc,
            Call::SendRcc => self.send_rcc,
            Call::GetRccAcceptance => self.get_rcc_acceptance,
            Call::CompleteOrder => self.complete_order,
        }
    }
}

/// The settings, checked, in the shapes that the client works with.
pub(super) struct Endpoints {
    retrieve_rcc: Url,
    send_rcc: Url,
    get_rcc_acceptance: Url,
    pub complete_order: Url,
    pub token: Url,
    pub proxy: Option<Url>,
    pub authorities: Vec<CertificateDer<'static>>,
    pub headers: HeaderMap,
}

impl Endpoints {
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let base = url("base_url", &settings.base_url)?;
        let paths = &settings.paths;
        Ok(Self {
            retrieve_rcc: below(&base, &paths.retrieve_rcc),
            send_rcc: below(&base, &paths.send_rcc),
            get_rcc_acceptance: below(&base, &paths.get_rcc_acceptance),
            complete_order: below(&base, &paths.complete_order),
            token: url("token_url", &settings.token_url)?,
            proxy: settings.transport.proxy()?,
            authorities: settings.transport.authorities()?,
            headers: headers(settings.headers.iter().map(|(name, value)| (name.as_str(), value.expose())))?,
        })
    }

    pub fn of(&self, call: Call) -> &Url {
        match call {
            Call::RetrieveRcc => &self.retrieve_rcc,
            Call::SendRcc => &self.send_rcc,
            Call::GetRccAcceptance => &self.get_rcc_acceptance,
            Call::CompleteOrder => &self.complete_order,
        }
    }

    /// True when both services are on this machine and spoken to in plain http.
    pub fn are_plain(&self) -> bool {
        self.token.scheme() == "http" && self.complete_order.scheme() == "http"
    }
}
