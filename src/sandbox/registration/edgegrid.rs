//! Whether a request is signed as EdgeGrid asks it (G), and within half a minute.
//!
//! Signed are the method, the scheme, the host, the path with its query as sent, no headers, a hash of the body, and the
//! header up to the signature, with tabs between them. The body is hashed for POST only. The servers are spoken to in plain
//! http, and that is the scheme.

use crate::sandbox::clock::Millis;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

/// So much of a body is hashed, in bytes.
pub const MAX_BODY: usize = 131_072;
/// How far the two clocks may be apart, in milliseconds.
const APART: Millis = 30_000;
/// For how long one signature is good at most: its clock may be ahead, and then behind.
pub const GOOD_FOR: Millis = 2 * APART;

/// What a client is known by.
#[derive(Clone, Copy)]
pub struct EdgeGrid {
    pub client_token: &'static str,
    pub client_secret: &'static str,
    pub access_token: &'static str,
}

/// The parts of a request that are signed, and the signature.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    pub method: &'a str,
    /// The `Host` header.
    pub host: &'a str,
    /// Path and query, as received.
    pub target: &'a str,
    pub body: &'a [u8],
    pub authorization: Authorization<'a>,
}

/// The header, as far as it is there.
#[derive(Clone, Copy, Debug)]
pub enum Authorization<'a> {
    Missing,
    /// There twice, or not text.
    Unreadable,
    Given(&'a str),
}

/// Why the gateway refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unsigned {
    NoAuthorization,
    Malformed,
    UnknownToken,
    OffClock,
    BadSignature,
}

impl Unsigned {
    /// Status, title and detail.
    pub fn words(self) -> (u16, &'static str, &'static str) {
        match self {
            // A: what the gateway says to these two is not known.
            Self::NoAuthorization => (401, "Not authorized", "The Authorization header is missing"),
            Self::Malformed => (400, "Bad request", "Invalid authorization header"),
            Self::OffClock => (400, "Bad request", "Invalid timestamp"),
            Self::UnknownToken | Self::BadSignature => {
                (401, "Not authorized", "The signature does not match")
            }
        }
    }
}

/// The header's values.
#[derive(Debug, PartialEq, Eq)]
struct Header<'a> {
    client_token: &'a str,
    access_token: &'a str,
    timestamp: &'a str,
    nonce: &'a str,
    signature: &'a str,
    /// Up to the signature.
    signed: &'a str,
}

impl<'a> Header<'a> {
    /// Reads it strictly: these five, in this order, none of them empty.
    fn read(header: &'a str) -> Option<Self> {
        let (signed, signature) = header.rsplit_once("signature=")?;
        let mut fields = signed.strip_prefix("EG1-HMAC-SHA256 ")?.split(';');
        let mut field = |name: &str| {
            let value = fields.next()?.strip_prefix(name)?.strip_prefix('=')?;
            (!value.is_empty() && value.bytes().all(|b| b.is_ascii_graphic())).then_some(value)
        };
        let (client_token, access_token) = (field("client_token")?, field("access_token")?);
        let (timestamp, nonce) = (field("timestamp")?, field("nonce")?);
        let at_its_end = fields.next() == Some("") && fields.next().is_none();
        let whole = at_its_end && !signature.is_empty() && !signature.contains([';', ' ']);
        whole.then_some(Self { client_token, access_token, timestamp, nonce, signature, signed })
    }
}

/// Checks that `known` signed it, and returns the nonce; `now` is the gateway's clock.
pub fn check(request: Signed<'_>, known: EdgeGrid, now: Millis) -> Result<&str, Unsigned> {
    let header = match request.authorization {
        Authorization::Missing => return Err(Unsigned::NoAuthorization),
        Authorization::Unreadable => return Err(Unsigned::Malformed),
        Authorization::Given(header) => Header::read(header).ok_or(Unsigned::Malformed)?,
    };
    if header.client_token != known.client_token || header.access_token != known.access_token {
        return Err(Unsigned::UnknownToken);
    }
    let at = read_timestamp(header.timestamp).ok_or(Unsigned::OffClock)?;
    if (now - at).abs() > APART {
        return Err(Unsigned::OffClock);
    }
    verify(request, &header, known.client_secret).ok_or(Unsigned::BadSignature)?;
    Ok(header.nonce)
}

/// `yyyyMMddTHH:mm:ss+0000`, and nothing else.
fn read_timestamp(text: &str) -> Option<Millis> {
    let shape = |(at, b): (usize, u8)| match at {
        8 => b == b'T',
        11 | 14 => b == b':',
        _ => b.is_ascii_digit(),
    };
    let local = text.strip_suffix("+0000").filter(|t| t.len() == 17 && t.bytes().enumerate().all(shape))?;
    let at = DateTime::strptime("%Y%m%dT%H:%M:%S", local).ok()?.to_zoned(TimeZone::UTC).ok()?;
    // A sixtieth second would be read as the one before it.
    (at.strftime("%Y%m%dT%H:%M:%S").to_string() == local).then(|| at.timestamp().as_millisecond())
}

/// Whether the signature is that of the request. It is compared in constant time.
fn verify(request: Signed<'_>, header: &Header<'_>, secret: &str) -> Option<()> {
    let hash = match request.method {
        "POST" if !request.body.is_empty() => {
            STANDARD.encode(Sha256::digest(&request.body[..request.body.len().min(MAX_BODY)]))
        }
        _ => String::new(),
    };
    let data = [request.method, "http", request.host, request.target, "", &hash, header.signed].join("\t");
    let key = STANDARD.encode(keyed(secret, header.timestamp)?.finalize().into_bytes());
    let signature = STANDARD.decode(header.signature).ok()?;
    keyed(&key, &data)?.verify_slice(&signature).ok()
}

fn keyed(key: &str, data: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(data.as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_strictly() {
        let good = "EG1-HMAC-SHA256 client_token=a;access_token=b;timestamp=c;nonce=d;signature=e=";
        let header = Header::read(good).unwrap();
        assert_eq!((header.client_token, header.access_token, header.timestamp), ("a", "b", "c"));
        assert_eq!(header.signature, "e=");
        assert_eq!(header.signed, good.strip_suffix("signature=e=").unwrap());
        for (from, to) in [
            ("EG1-HMAC-SHA256", "EG1-HMAC-SHA1"),
            ("EG1-HMAC-SHA256", "eg1-hmac-sha256"),
            ("SHA256 ", "SHA256  "),
            ("client_token=a;access_token=b", "access_token=b;client_token=a"),
            ("client_token=a", "client_token="),
            ("client_token=a;", ""),
            ("nonce=d;", ""),
            ("nonce=d;", "nonce=d"),
            ("nonce=d;", "nonce=d; "),
            ("nonce=d;", "nonce=d;nonce=d;"),
            ("nonce=d;", "nonce=d e;"),
            ("signature=e=", "signature="),
            ("signature=e=", "signature=e=;"),
            ("signature=e=", ""),
        ] {
            assert_eq!(Header::read(&good.replacen(from, to, 1)), None, "{from} -> {to}");
        }
    }

    #[test]
    fn a_timestamp_is_read_strictly() {
        assert_eq!(read_timestamp("20261126T12:00:01+0000"), Some(1_795_694_401_000));
        for text in [
            "2026-11-26T12:00:01Z",
            "20261126T12:00:01+0100",
            "20261126T12:00:01Z",
            "20261126T120001+0000",
            "20261326T12:00:01+0000",
            "20261126T24:00:01+0000",
            "20261126T12:00:60+0000",
            "20261126 12:00:01+0000",
            "20261126T12:00: 1+0000",
            "",
        ] {
            assert_eq!(read_timestamp(text), None, "{text}");
        }
    }
}
