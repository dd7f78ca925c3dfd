//! The time zone of whoever sits here.

use jiff::tz::TimeZone;
use std::sync::LazyLock;

/// The zone of the clock on the wall.
///
/// Where the system names none by variable, the file that it keeps its own zone in is enough. To look the zone up by its
/// name would walk through the whole data base of zones at every start.
pub fn local_zone() -> TimeZone {
    static ZONE: LazyLock<TimeZone> = LazyLock::new(|| own_zone().unwrap_or_else(TimeZone::system));
    ZONE.clone()
}

#[cfg(unix)]
fn own_zone() -> Option<TimeZone> {
    if std::env::var_os("TZ").is_some() {
        return None;
    }
    match std::fs::read("/etc/localtime") {
        Ok(bytes) => TimeZone::tzif("local", &bytes).ok(),
        // Without one the system's own clock shows UTC.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(TimeZone::UTC),
        Err(_) => None,
    }
}

#[cfg(not(unix))]
fn own_zone() -> Option<TimeZone> {
    None
}
