//! The addresses of servers: which may be spoken to, and how they are called.

use super::settings::Error;
use oauth2::url::{Host, Url};

/// The address in the setting `setting`.
///
/// # Errors
/// It is no address, says more than one, or is plain http to another machine.
pub fn url(setting: &str, text: &str) -> Result<Url, Error> {
    let fail = |why: String| Error { setting: setting.to_owned(), why };
    let url = Url::parse(text).map_err(|error| fail(format!("is not a URL: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        let why = "holds a user name or password; no secret belongs here, and each has a setting of its own";
        return Err(fail(why.to_owned()));
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

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
    }
}

/// The host, and the port when it is not the usual one.
pub fn host(url: &Url) -> String {
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}{port}", url.host_str().unwrap_or_default())
}

/// The root of the server that `url` is at.
pub fn root(url: &Url) -> Url {
    let mut root = url.clone();
    root.set_path("/");
    root
}

/// `path` below the base, whichever of the two brings the slash.
pub fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{}", base.path().trim_end_matches('/'), path.trim_start_matches('/')));
    url
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
    fn paths_stand_below_the_base() {
        for (base, path) in [("https://h/api/", "/px"), ("https://h/api", "px")] {
            assert_eq!(below(&url("base_url", base).unwrap(), path).as_str(), "https://h/api/px");
        }
    }
}
