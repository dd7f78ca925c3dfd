//! What stands between this machine and a server, and what of that is refused before anything is sent.

use super::tls::authorities;
use oauth2::url::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use rustls::pki_types::CertificateDer;
use std::fmt;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

/// What stands between this machine and a server.
#[derive(Clone, Debug, Default)]
pub struct Transport {
    /// A PEM file of authorities that are trusted besides the platform's.
    pub ca_file: Option<PathBuf>,
    /// `http://host:port` of a proxy that tunnels https. The proxy variables of the environment are never looked at.
    pub proxy: Option<String>,
    /// How many calls a second are made at most; none for no limit of our own. Those beyond it wait.
    pub requests_per_second: Option<NonZeroU32>,
}

impl Transport {
    /// The address of the proxy, if there is one.
    ///
    /// # Errors
    /// It is not of the form `http://HOST:PORT`.
    pub fn proxy(&self) -> Result<Option<Url>, Error> {
        self.proxy.as_deref().map(proxy).transpose()
    }

    /// The certificates in the file of authorities.
    ///
    /// # Errors
    /// There is a file, and it cannot be read or holds none.
    pub fn authorities(&self) -> Result<Vec<CertificateDer<'static>>, Error> {
        self.ca_file.as_deref().map_or(Ok(Vec::new()), ca_file)
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

/// The proxy itself is spoken to in plain http: what goes through it is TLS from here to the server.
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

/// Headers that go with every call, marked as sensitive.
///
/// # Errors
/// One of them cannot be sent, or is one that a client sets itself.
pub fn headers<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<HeaderMap, Error> {
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
        let mut value =
            HeaderValue::try_from(value).map_err(|_| fail("has a value that a header cannot carry"))?;
        value.set_sensitive(true);
        if map.insert(name, value).is_some() {
            return Err(fail("is the name of a header that is set already: capitals make no other header"));
        }
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn headers_of_ours_cannot_be_replaced() {
        let one = |name: &str, value: &str| headers([(name, value)]);
        let map = one("X-Partner", "abc").unwrap();
        assert!(map["x-partner"].is_sensitive());
        assert!(one("Authorization", "x").unwrap_err().to_string().contains("leave it out"));
        assert!(one("a b", "x").is_err());
        let twice = headers([("X-A", "1"), ("x-a", "2")]).unwrap_err().to_string();
        assert!(twice.contains("headers.x-a") && twice.contains("set already"), "{twice}");
        assert!(!one("x-key", "hunter2\n").unwrap_err().to_string().contains("hunter2"));
    }
}
