//! Instants, as the servers count them.

/// Milliseconds since 1970, UTC.
pub type Millis = i64;

/// The system's clock.
pub fn now() -> Millis {
    jiff::Timestamp::now().as_millisecond()
}

/// RFC 3339, to the millisecond.
pub fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| String::new(), |t| t.to_string())
}

/// As the header `Date` has it (RFC 9110, 5.6.7).
pub fn http_date(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map_or_else(|_| String::new(), |at| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
}
