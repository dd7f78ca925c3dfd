//! Why a connection failed, in words for people, with who can mend it where that is known: whoever calls says the same.
//! Never the URL.

use super::tls::SelfSigned;
use crate::text::quote;
use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, InvalidMessage, PeerIncompatible};
use std::error::Error;
use std::io;

/// Who mends what is the server's.
const THEIRS: &str = "only who runs that server can mend it";
/// The same of a certificate that is too old.
const RENEW: &str = "only who runs that server can renew it, unless this machine's clock is wrong";
/// What to look at where another host answers.
const WHICH_HOST: &str = "is the host in the configuration the right one?";

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
    why.strip_prefix("tunnel error: ").map_or_else(|| quote(&why), of_proxy)
}

fn of_proxy(why: &str) -> String {
    let mend = if why.contains("authorization required") {
        "it wants a user and a password, which pxdesk does not pass on; ask who runs it for a way without"
    } else {
        "if it is the right one, ask who runs it"
    };
    format!("the proxy opened no way to it ({}): {mend}", quote(why))
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
            format!("it does not offer TLS 1.2 or later; {THEIRS}")
        }
        // Not ours to list: the crate adds to them.
        other => format!("TLS failed: {}", quote(&other.to_string())),
    }
}

fn of_certificate(error: &CertificateError) -> String {
    match error {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("its certificate expired on {}; {RENEW}", date(*not_after))
        }
        CertificateError::Expired => format!("its certificate expired; {RENEW}"),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("its certificate is valid only from {} on; is this machine's clock right?", date(*not_before))
        }
        CertificateError::NotValidYet => {
            "its certificate is not valid yet; is this machine's clock right?".to_owned()
        }
        CertificateError::NotValidForNameContext { presented, .. } if !presented.is_empty() => {
            let names: Vec<_> = presented.iter().map(|name| presented_name(name)).collect();
            format!("its certificate is for another host: {}; {WHICH_HOST}", quote(&names.join(", ")))
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("its certificate is for another host; {WHICH_HOST}")
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
            format!("its certificate was not signed by the authority that it names; {THEIRS}")
        }
        CertificateError::Revoked => format!("its certificate was revoked; {THEIRS}"),
        other => format!("its certificate is refused: {}", quote(&other.to_string())),
    }
}

/// The name in a text such as `DnsName("px.example")` or `IpAddress(127.0.0.1)`.
fn presented_name(text: &str) -> &str {
    let within = text.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    within.unwrap_or(text).trim_matches('"')
}

fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).ok();
    let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map_or_else(|| "a day too far off to name".to_owned(), |time| time.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_without_what_a_library_puts_around_it() {
        for (text, name) in [
            ("DnsName(\"px.example\")", "px.example"),
            ("IpAddress(127.0.0.1)", "127.0.0.1"),
            ("IpAddress(::1)", "::1"),
            ("px.example", "px.example"),
        ] {
            assert_eq!(presented_name(text), name);
        }
    }

    #[test]
    fn who_can_mend_it_is_said_with_what_is_wrong() {
        let told = of_certificate(&CertificateError::Expired);
        assert!(told.starts_with("its certificate expired; only who runs that server"), "{told}");
        let error = rustls::Error::AlertReceived(rustls::AlertDescription::ProtocolVersion);
        assert!(of_tls(&error).ends_with("only who runs that server can mend it"));
        assert!(of_proxy("proxy authorization required").contains("user and a password"));
        assert!(
            of_proxy("unsuccessful").ends_with("(unsuccessful): if it is the right one, ask who runs it")
        );
    }
}
