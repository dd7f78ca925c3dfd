//! Where the Registration API is, and how a call to it is addressed.

use super::key::Source;
use super::request::Request;
use crate::registry::ContractId;
use crate::wire::{Error, Transport, below, url};
use oauth2::url::Url;
use std::time::Duration;

/// How long a call may take where nothing else is said (A).
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// The root of every path (D).
const ROOT: &str = "config-saas-registration/v1";

/// All that the client needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// None where the credentials say for which host they are.
    pub base_url: Option<String>,
    /// What every call names (D).
    pub contract: ContractId,
    /// Whether a path ends with a slash: the page's reference writes one, its examples none (D).
    pub trailing_slash: bool,
    /// The whole of a call: connecting, sending, reading the reply.
    pub timeout: Duration,
    /// DNS, TCP and TLS together.
    pub connect: Duration,
    pub transport: Transport,
    pub credentials: Source,
}

/// How a call is addressed, checked.
pub(super) struct Endpoints {
    base: Option<Url>,
    contract: ContractId,
    trailing_slash: bool,
}

impl Endpoints {
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let base = settings.base_url.as_deref().map(|base| url("base_url", base)).transpose()?;
        Ok(Self { base, contract: settings.contract.clone(), trailing_slash: settings.trailing_slash })
    }

    /// True when it is spoken to in plain http, on this machine.
    pub fn is_plain(&self) -> bool {
        self.base.as_ref().is_some_and(|base| base.scheme() == "http")
    }

    /// Below which address all calls are: the configured one, or `host`, which the credentials name.
    ///
    /// # Errors
    /// In words for people: neither is one.
    pub fn base(&self, host: Option<&str>) -> Result<Url, String> {
        if let Some(base) = &self.base {
            return Ok(base.clone());
        }
        let host =
            host.ok_or("no address: neither base_url nor the credentials name a host; add one of them")?;
        let named = url("host", &format!("https://{host}/")).ok();
        named.filter(|url| url.path() == "/").ok_or_else(|| {
            format!("the host that the credentials name, `{}`, is none", crate::text::quote(host))
        })
    }

    /// The address of `request`, with the contract.
    pub fn of(&self, base: &Url, request: &Request) -> Url {
        let slash = if self.trailing_slash { "/" } else { "" };
        let mut url = below(base, &format!("{ROOT}/{}{slash}", request.path()));
        url.query_pairs_mut().append_pair("contractId", self.contract.as_str());
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Collection;

    fn endpoints(base: Option<&str>, trailing_slash: bool) -> Endpoints {
        let settings = Settings {
            base_url: base.map(str::to_owned),
            contract: ContractId::new("A-1234").unwrap(),
            trailing_slash,
            timeout: TIMEOUT,
            connect: TIMEOUT,
            transport: Transport::default(),
            credentials: Source::practice(),
        };
        Endpoints::new(&settings).unwrap()
    }

    #[test]
    fn every_call_names_the_contract_with_a_slash_or_without() {
        let list = Request::list(Collection::Applications);
        let get = Request::get(Collection::Pairs, &7.into());
        for (slash, expected) in [
            (false, ["applications?contractId=A-1234", "pairs/7?contractId=A-1234"]),
            (true, ["applications/?contractId=A-1234", "pairs/7/?contractId=A-1234"]),
        ] {
            let endpoints = endpoints(Some("https://gateway.example/api/"), slash);
            let base = endpoints.base(Some("ignored.example")).unwrap();
            for (request, end) in [&list, &get].into_iter().zip(expected) {
                let whole = format!("https://gateway.example/api/config-saas-registration/v1/{end}");
                assert_eq!(endpoints.of(&base, request).as_str(), whole);
            }
        }
    }

    #[test]
    fn a_host_of_the_credentials_stands_in_for_the_address() {
        let endpoints = endpoints(None, false);
        let base = endpoints.base(Some("akab-x.luna.example")).unwrap();
        assert_eq!(base.as_str(), "https://akab-x.luna.example/");
        assert!(endpoints.base(None).unwrap_err().contains("base_url"));
        for bad in ["", "a/b", "a?b", "u:p@a", "a b"] {
            let error = endpoints.base(Some(bad)).unwrap_err();
            assert!(error.starts_with("the host that the credentials name"), "{bad}: {error}");
        }
        assert!(!endpoints.is_plain());
    }
}
