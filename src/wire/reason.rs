//! Why a connection failed, in words for people. Never the URL.

use super::tls::SelfSigned;
use crate::text::quote;
use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, InvalidMessage, PeerIncompatible};
use std::error::Error;
use std::io;

/// What is wrong with TLS when that is what failed, otherwise the innermost cause, which is what people know an error
/// by.
pub fn reason(error: &(dyn Error + 'static)) -> String {
    let chain = chain(error);
    if let Some(tls) = chain.iter().find_map(|error| error.downcast_ref::<rustls::Error>()) {
        return of_tls(tls);
    }
    let mut io = chain.iter().filter_map(|error| error.downcast_ref::<io::Error>());
    if io.any(|io| io.kind() == io::ErrorKind::UnexpectedEof) {
        return "it closed the connection".to_owned();
    }
    // `error` itself where it has no cause.
    let innermost = chain.last().copied().unwrap_or(error);
    if innermost.is::<reqwest::Error>() {
        return "it cannot be used".to_owned();
    }
    let why = innermost.to_string();
    match why.strip_prefix("tunnel error: ") {
        Some(why) => format!("the proxy opened no way to it ({})", quote(why)),
        None => quote(&why),
    }
}

/// The error and its causes, outermost first. What an [`io::Error`] wraps is its cause, too.
fn chain<'e>(error: &'e (dyn Error + 'static)) -> Vec<&'e (dyn Error + 'static)> {
    let mut chain = vec![error];
    let mut last = error;
    while let Some(next) = cause(last) {
        chain.push(next);
        last = next;
    }
    chain
}

fn cause<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn of_tls(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(error) => of_certificate(error),
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "it answers, but not with TLS".to_owned()
        }
        rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        )
        | rustls::Error::AlertReceived(rustls::AlertDescription::ProtocolVersion) => {
            "it does not offer TLS 1.2 or later".to_owned()
        }
        // Not ours to list: the crate adds to them.
        other => format!("TLS failed: {}", quote(&other.to_string())),
    }
}

fn of_certificate(error: &CertificateError) -> String {
    match error {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("its certificate expired on {}", date(*not_after))
        }
        CertificateError::Expired => "its certificate expired".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("its certificate is valid only from {} on; is this machine's clock right?", date(*not_before))
        }
        CertificateError::NotValidYet => {
            "its certificate is not valid yet; is this machine's clock right?".to_owned()
        }
        CertificateError::NotValidForNameContext { presented, .. } if !presented.is_empty() => {
            // They come as `DnsName("px.example")`.
            let names: Vec<_> = presented.iter().map(|name| name.split('"').nth(1).unwrap_or(name)).collect();
            format!("its certificate is for another host: {}", quote(&names.join(", ")))
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another host".to_owned()
        }
        CertificateError::UnknownIssuer => "its certificate is from an authority that this machine does not know; \
             if it is to be trusted, name that authority's certificate in `ca_file`"
            .to_owned(),
        CertificateError::Other(other) if other.0.is::<SelfSigned>() => {
            "its certificate is self-signed; if it is to be trusted, have it signed by an authority and name that \
             authority's certificate in `ca_file`"
                .to_owned()
        }
        CertificateError::BadSignature | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "its certificate was not signed by the authority that it names".to_owned()
        }
        CertificateError::Revoked => "its certificate was revoked".to_owned(),
        other => format!("its certificate is refused: {}", quote(&other.to_string())),
    }
}

fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).ok();
    let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map_or_else(|| "a day too far off to name".to_owned(), |time| time.strftime("%Y-%m-%d").to_string())
}
