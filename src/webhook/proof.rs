//! Whether a sender is the marketplace: a header, HTTP Basic, a certificate; all that is configured is asked for.

use crate::kind::Digest;
use crate::order::Secret;
use crate::wire::tls::authorities;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use std::path::Path;
use std::sync::Arc;

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

/// With what a receiver speaks TLS: its certificate and key, and the authorities of its clients' certificates, where they
/// are asked for.
///
/// # Errors
/// Names the file, and says what is not right with it.
pub fn tls(cert: &Path, key: &Path, clients: Option<&Path>) -> Result<Arc<ServerConfig>, String> {
    let bad = |path: &Path, what: &dyn std::fmt::Display| format!("{}: {what}", path.display());
    let chain = CertificateDer::pem_file_iter(cert).map_err(|e| bad(cert, &e))?;
    let chain: Vec<_> = chain.collect::<Result<_, _>>().map_err(|e| bad(cert, &e))?;
    if chain.is_empty() {
        return Err(bad(cert, &"holds no certificate"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|e| bad(key, &e))?;
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
}
