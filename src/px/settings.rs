//! Where Px is, how long its calls may take, and what of that is refused before anything is sent.

use super::Source;
use super::http::authorities;
use crate::order::{Call, Secret};
use oauth2::url::{Host, Url};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use rustls::pki_types::CertificateDer;
use std::fmt;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
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

/// What stands between this machine and Px.
#[derive(Clone, Debug, Default)]
pub struct Transport {
    /// A PEM file of authorities that are trusted besides the platform's.
    pub ca_file: Option<PathBuf>,
    /// `http://host:port` of a proxy that tunnels https. The proxy variables of the environment are never looked at.
    pub proxy: Option<String>,
    /// How many calls a second are made at most; none for no limit of our own. Those beyond it wait.
    pub requests_per_second: Option<NonZeroU32>,
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

/// A setting that cannot be used. Names it and says why; never shows its value, which may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The setting, as it is called in the configuration.
    pub setting: String,
    pub why: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.setting, self.why)
    }
}

impl std::error::Error for Error {}

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
            proxy: settings.transport.proxy.as_deref().map(proxy).transpose()?,
            authorities: settings.transport.ca_file.as_deref().map_or(Ok(Vec::new()), ca_file)?,
            headers: headers(&settings.headers)?,
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

fn url(setting: &str, text: &str) -> Result<Url, Error> {
    let fail = |why: String| Error { setting: setting.to_owned(), why };
    let url = Url::parse(text).map_err(|error| fail(format!("is not a URL: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(fail("holds a user name or password; key and secret belong in `credentials`".to_owned()));
    }
    if url.fragment().is_some() || url.query().is_some() {
        return Err(fail("holds a query or a fragment; leave out everything from `?` or `#`".to_owned()));
    }
    let host = url.host().ok_or_else(|| fail("names no host".to_owned()))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&host) => Ok(url),
        "http" => {
            Err(fail(format!("is plain http to {host}; that is allowed to this machine only: use https")))
        }
        other => Err(fail(format!("begins with {other}:, not with https:"))),
    }
}

/// The proxy itself is spoken to in plain http: what goes through it is TLS from here to Px.
fn proxy(text: &str) -> Result<Url, Error> {
    let fail = |why: String| Error { setting: "proxy".to_owned(), why };
    let url = Url::parse(text).map_err(|error| fail(format!("is not a URL: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(fail("holds a user name or password, which pxdesk does not pass on".to_owned()));
    }
    if url.scheme() != "http" || url.host().is_none() || url.path() != "/" || url.query().is_some() {
        return Err(fail("is not of the form http://HOST:PORT".to_owned()));
    }
    Ok(url)
}

fn ca_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    authorities(path).map_err(|why| Error { setting: format!("ca_file {}", path.display()), why })
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
    }
}

/// `path` below the base, whichever of the two brings the slash.
fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{}", base.path().trim_end_matches('/'), path.trim_start_matches('/')));
    url
}

fn headers(pairs: &[(String, Secret)]) -> Result<HeaderMap, Error> {
    const OURS: [&str; 8] = [
        "accept",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "expect",
        "host",
        "transfer-encoding",
    ];
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        let fail = |why: &str| Error { setting: format!("headers.{name}"), why: why.to_owned() };
        let name = HeaderName::try_from(name).map_err(|_| fail("is not the name of a header"))?;
        if OURS.contains(&name.as_str()) {
            return Err(fail("is set by pxdesk itself; leave it out"));
        }
        let mut value = HeaderValue::try_from(value.expose())
            .map_err(|_| fail("has a value that a header cannot carry"))?;
        value.set_sensitive(true);
        map.insert(name, value);
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for text in ["http://127.0.0.1:8080", "http://127.9.9.9/", "http://[::1]:1/", "http://LocalHost/x"] {
            assert!(url("base_url", text).is_ok(), "{text}");
        }
        for text in [
            "http://api.lumen.com/",
            "http://10.0.0.1/",
            "http://localhost.example.com/",
            "http://0.0.0.0/",
            "http://127.0.0.1.example.com/",
            "http://[::ffff:7f00:1]/",
        ] {
            let error = url("base_url", text).unwrap_err().to_string();
            assert!(error.starts_with("base_url is plain http to "), "{error}");
        }
    }

    #[test]
    fn a_refused_url_is_named_and_not_shown() {
        for text in
            ["", "api.lumen.com", "ftp://a/", "https://u:hunter2@a/", "https://a/?hunter2", "https://a/#x"]
        {
            let error = url("token_url", text).unwrap_err().to_string();
            assert!(error.starts_with("token_url ") && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_proxy_is_a_host_and_a_port() {
        for text in ["http://proxy:3128", "http://10.0.0.1:8080/", "http://[::1]:1"] {
            assert!(proxy(text).is_ok(), "{text}");
        }
        for text in
            ["proxy:3128", "https://proxy:3128", "socks5://p:1", "http://u:hunter2@p:1", "http://p/?hunter2"]
        {
            let error = proxy(text).unwrap_err().to_string();
            assert!(error.starts_with("proxy ") && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn paths_stand_below_the_base() {
        for (base, path) in [("https://h/api/", "/px"), ("https://h/api", "px")] {
            assert_eq!(below(&url("base_url", base).unwrap(), path).as_str(), "https://h/api/px");
        }
    }

    #[test]
    fn headers_of_ours_cannot_be_replaced() {
        let one = |name: &str, value: &str| headers(&[(name.to_owned(), Secret::new(value))]);
        let map = one("X-Partner", "abc").unwrap();
        assert!(map["x-partner"].is_sensitive());
        assert!(one("Authorization", "x").unwrap_err().to_string().contains("leave it out"));
        assert!(one("a b", "x").is_err());
        assert!(!one("x-key", "hunter2\n").unwrap_err().to_string().contains("hunter2"));
    }
}
