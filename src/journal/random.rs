//! Random bytes, from the system.

use super::error::Error;
use super::seal::NONCE;

/// A nonce, at random.
///
/// # Errors
/// When the system has no random bytes.
pub fn nonce() -> Result<[u8; NONCE], Error> {
    let mut nonce = [0; NONCE];
    random(&mut nonce)?;
    Ok(nonce)
}

/// Fills `bytes`.
///
/// # Errors
/// When the system has none.
pub fn random(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|e| Error::Failed {
        file: "/dev/urandom".into(),
        why: format!("the system gave no random bytes: {e}"),
    })
}
