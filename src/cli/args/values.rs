//! Values of flags, with errors that show how to write them.

use jiff::Timestamp;
use jiff::civil::Date;
use std::net::{Ipv4Addr, SocketAddr};

/// A day, as 2026-11-20.
pub fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("`{text}` is not a day; write 2026-11-20"))
}

/// An instant, as 2026-11-20T15:00:00Z.
pub fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| format!("`{text}` is not a time; write 2026-11-20T15:00:00Z"))
}

/// An address with its port; a port alone is one of this machine alone.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    let port = text.trim_start_matches(':').parse().map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    port.or_else(|_| text.parse()).map_err(|_| {
        format!("`{text}` is neither a port, as 9464, nor an address with one, as 127.0.0.1:9464")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_one_of_this_machine_unless_an_address_is_given() {
        let read = |text: &str| address(text).map(|address| address.to_string());
        assert_eq!(read("9464").as_deref(), Ok("127.0.0.1:9464"));
        assert_eq!(read(":9464").as_deref(), Ok("127.0.0.1:9464"));
        assert_eq!(read("0.0.0.0:9464").as_deref(), Ok("0.0.0.0:9464"));
        assert!(
            address("everywhere").is_err() && address("70000").is_err() && address("localhost:80").is_err()
        );
    }

    #[test]
    fn a_wrong_day_or_time_is_shown_how_to_be_written() {
        assert!(day("11/20/2026").unwrap_err().ends_with("write 2026-11-20"));
        assert!(instant("yesterday").unwrap_err().ends_with("write 2026-11-20T15:00:00Z"));
        assert!(instant("2026-11-20").is_err() && day("2026-02-30").is_err());
    }
}
