//! What the starter of PostgreSQL asks of those who use it.

/// Says that `what` is not there.
pub fn skip(what: &str) {
    println!("skipped: {what} is not there");
}
