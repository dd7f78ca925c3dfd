//! Whether a sender is the marketplace: a header, HTTP Basic, a certificate; all that is configured is asked for.

use crate::files::bytes_of_file;
use crate::kind::Digest;
use crate::order::Secret;
use crate::wire::tls::authorities;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::{CertificateError, RootCertStore, ServerConfig};
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// By what a sender proves to be the marketplace.
#[derive(Default)]
pub struct Proof {
    pub header: Option<(HeaderName, Secret)>,
    /// A user's name and a password.
    pub basic: Option<(String, Secret)>,
    /// A certificate: looked at before a request is read.
    pub certificate: bool,
}

impl Proof {
    /// True when anybody could be the sender.
    pub fn is_none(&self) -> bool {
        self.header.is_none() && self.basic.is_none() && !self.certificate
    }

    /// What a 401 asks for (RFC 9110, 11.6.1).
    pub fn challenge(&self) -> &'static str {
        if self.basic.is_some() {
            "Basic realm=\"deploys\", charset=\"UTF-8\""
        } else {
            "Secret realm=\"deploys\""
        }
    }

    /// True when `headers` show all that is asked for.
    pub fn holds(&self, headers: &HeaderMap) -> bool {
        let header = self.header.as_ref().is_none_or(|(name, secret)| {
            headers.get(name).is_some_and(|given| is_same(given.as_bytes(), secret.expose().as_bytes()))
        });
        let basic = self.basic.as_ref().is_none_or(|(user, password)| {
            let wanted = zeroize::Zeroizing::new(format!("{user}:{}", password.expose()));
            let given = headers.get(AUTHORIZATION).and_then(|given| given.to_str().ok());
            // The scheme is written in either case (RFC 9110, 11.1).
            let given = given.and_then(|given| given.split_once(' '));
            let given = given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Basic"));
            let given = given.and_then(|(_, given)| BASE64_STANDARD.decode(given.trim()).ok());
            given.is_some_and(|given| is_same(&given, wanted.as_bytes()))
        });
        header && basic
    }
}

/// Compared by their hashes: how long that takes tells nothing of either.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    Digest::of(a) == Digest::of(b)
}

fn chain(cert: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let bad = |what: &dyn std::fmt::Display| format!("{}: {what}", cert.display());
    let bytes = bytes_of_file(cert).map_err(|e| bad(&e))?;
    let chain: Vec<_> =
        CertificateDer::pem_slice_iter(&bytes).collect::<Result<_, _>>().map_err(|e| bad(&e))?;
    if chain.is_empty() { Err(bad(&"holds no certificate")) } else { Ok(chain) }
}

/// Nothing, where the certificate in the file `cert` is valid now; whoever connects would refuse it otherwise.
///
/// # Errors
/// Names the file, and says why it is not.
pub fn validity(cert: &Path) -> Result<(), String> {
    let chain = chain(cert)?;
    let Some(first) = chain.first() else { return Ok(()) };
    // Verified as its own authority, and for no name of its own: all that is asked of that is whether the time is right.
    let mut roots = RootCertStore::empty();
    if roots.add(first.clone()).is_err() {
        return Ok(());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
    let (Ok(verifier), Ok(name)) = (verifier, ServerName::try_from("localhost")) else { return Ok(()) };
    let why = match verifier.verify_server_cert(first, &[], &name, &[], UnixTime::now()) {
        Err(rustls::Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        )) => "has expired; renew it",
        Err(rustls::Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        )) => "is not valid yet, by this machine's clock",
        Ok(_) | Err(_) => return Ok(()),
    };
    Err(format!("{}: the certificate {why}", cert.display()))
}

/// With what a receiver speaks TLS: its certificate and key, and the authorities of its clients' certificates, where they
/// are asked for.
///
/// # Errors
/// Names the file, and says what is not right with it.
pub fn tls(cert: &Path, key: &Path, clients: Option<&Path>) -> Result<Arc<ServerConfig>, String> {
    let bad = |path: &Path, what: &dyn std::fmt::Display| format!("{}: {what}", path.display());
    let chain = chain(cert)?;
    let bytes = Zeroizing::new(bytes_of_file(key).map_err(|e| bad(key, &e))?);
    let private = PrivateKeyDer::from_pem_slice(&bytes).map_err(|e| bad(key, &e))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().map_err(|e| bad(cert, &e))?;
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for authority in authorities(path).map_err(|e| bad(path, &e))? {
                roots.add(authority).map_err(|e| bad(path, &e))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.map_err(|e| bad(path, &e))?)
        }
    };
    let config = builder.with_single_cert(chain, private).map_err(|e| match e {
        rustls::Error::InconsistentKeys(_) => bad(key, &format_args!("is not the key of {}", cert.display())),
        other => bad(cert, &other),
    })?;
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn all_that_is_configured_is_asked_for() {
        let both = Proof {
            header: Some((HeaderName::from_static("x-deploy-key"), Secret::new("long"))),
            basic: Some(("market".to_owned(), Secret::new("p:w"))),
            certificate: false,
        };
        let basic = format!("Basic {}", BASE64_STANDARD.encode("market:p:w"));
        assert!(both.holds(&headers(&[("x-deploy-key", "long"), ("authorization", &basic)])));
        let lower = basic.replacen("Basic", "basic", 1);
        assert!(both.holds(&headers(&[("x-deploy-key", "long"), ("authorization", &lower)])));
        for given in [
            headers(&[]),
            headers(&[("x-deploy-key", "long")]),
            headers(&[("authorization", &basic)]),
            headers(&[("x-deploy-key", "longer"), ("authorization", &basic)]),
            headers(&[("x-deploy-key", "long"), ("authorization", "Basic bWFya2V0Og==")]),
            headers(&[("x-deploy-key", "long"), ("authorization", "Bearer x")]),
        ] {
            assert!(!both.holds(&given), "{given:?}");
        }
        assert!(Proof::default().is_none() && Proof::default().holds(&headers(&[])));
    }

    #[test]
    fn a_certificate_that_is_not_valid_now_is_told() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("desk.pem");
        let told = |from: i32, until: i32| {
            let mut of = rcgen::CertificateParams::new(vec!["desk.example".to_owned()]).unwrap();
            (of.not_before, of.not_after) =
                (rcgen::date_time_ymd(from, 1, 1), rcgen::date_time_ymd(until, 1, 1));
            let certificate = of.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
            std::fs::write(&file, certificate.pem()).unwrap();
            validity(&file)
        };
        assert_eq!(told(2000, 2100), Ok(()));
        assert!(told(2000, 2001).unwrap_err().ends_with("desk.pem: the certificate has expired; renew it"));
        assert!(told(2098, 2099).unwrap_err().contains("is not valid yet"));
    }
}
