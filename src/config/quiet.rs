//! How long a call of which nobody knows what became is left alone.

use crate::order::doubt::default_quiet;
use jiff::SignedDuration;
use std::time::Duration;

/// Our time-out ends our own patience, not the server's work. One elsewhere may be at work for longer than a Px on this
/// machine is waited for.
pub fn quiet(quiet_period: SignedDuration, timeout: Duration, elsewhere: bool) -> SignedDuration {
    let timeout = SignedDuration::try_from(timeout).unwrap_or(SignedDuration::MAX);
    if elsewhere { quiet_period.max(default_quiet(timeout)) } else { quiet_period }
}
