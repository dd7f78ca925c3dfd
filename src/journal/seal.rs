//! Sealing, pure: XChaCha20-Poly1305 under a key of 32 bytes. Keys clear their memory when dropped.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// A key's bytes.
pub const KEY: usize = 32;
/// A nonce's bytes; long enough to be drawn at random for every sealing.
pub const NONCE: usize = 24;

/// A key that seals: the journal's own, or one thing's.
#[derive(Clone)]
pub struct Key(XChaCha20Poly1305);

impl Key {
    /// The key made of `bytes`.
    pub fn new(bytes: &[u8; KEY]) -> Self {
        Self(XChaCha20Poly1305::new(bytes.into()))
    }

    /// Seals `plain`: the nonce, then the ciphertext. It opens only with the same `about`.
    pub fn seal(&self, nonce: [u8; NONCE], about: &str, plain: &[u8]) -> Vec<u8> {
        let payload = Payload { msg: plain, aad: about.as_bytes() };
        #[expect(clippy::expect_used, reason = "it fails for more than 256 GiB alone")]
        let text = self.0.encrypt(&XNonce::from(nonce), payload).expect("what is sealed fits in memory");
        [nonce.as_slice(), &text].concat()
    }

    /// Opens what [`Key::seal`] made; `None` when key, text or `about` is another.
    pub fn open(&self, about: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: text, aad: about.as_bytes() };
        self.0.decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }

    /// Opens a sealed key.
    pub fn open_key(&self, about: &str, sealed: &[u8]) -> Option<Self> {
        let plain = self.open(about, sealed)?;
        plain.as_slice().try_into().ok().map(Self::new)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What the key of a thing is sealed with.
pub fn about_key(thing: &str) -> String {
    format!("key of {thing}")
}

/// What a journal's key check is sealed with.
pub const ABOUT_CHECK: &str = "pxdesk journal";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_and_the_same_place_open() {
        let key = Key::new(&[1; KEY]);
        let sealed = key.seal([2; NONCE], "here", b"secret");
        assert_eq!(key.open("here", &sealed).as_deref().map(Vec::as_slice), Some(b"secret".as_slice()));
        assert!(key.open("there", &sealed).is_none());
        assert!(Key::new(&[3; KEY]).open("here", &sealed).is_none());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open("here", &changed).is_none(), "byte {at}");
        }
        assert!(key.open("here", &sealed[..10]).is_none());
        assert_eq!(format!("{key:?}"), "[redacted]");
    }

    #[test]
    fn the_key_of_a_thing_is_no_other_things() {
        let key = Key::new(&[1; KEY]);
        let sealed = key.seal([2; NONCE], &about_key("one"), &[4; KEY]);
        assert!(key.open_key(&about_key("one"), &sealed).is_some());
        assert!(key.open_key(&about_key("other"), &sealed).is_none());
        assert!(key.open_key(ABOUT_CHECK, &sealed).is_none());
    }
}
