//! The signature of a request to the Registration API, against the bare hashes that it cannot do without.

use crate::in_turn;
use crate::table::Pair;
use hmac::{Hmac, KeyInit as _, Mac as _};
use pxdesk::order::{Secret, Timestamp};
use pxdesk::registration::{Credentials, MAX_BODY, Signable, sign};
use sha2::{Digest as _, Sha256};
use std::hint::black_box;
use std::time::Instant;

const SIGNATURES: u32 = 50_000;
const HOST: &str = "akab-host-xxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx.gateway.example";
const TARGET: &str = "/config-saas-registration/v1/customers?contractId=A-1234";
const BODY: &str = "providerCustomerId=customer-000123&customerName=A+customer+of+some+name";
const NONCE: &str = "0b5cf3a4-9f1e-4d7e-8a52-4f1f3ad0c9b7";

/// Nanoseconds for each: ours makes the whole header, the floor hashes as many bytes.
pub fn measure() -> Pair {
    let credentials = Credentials {
        client_token: Secret::new("akab-client-token-xxx-xxxxxxxxxxxxxxxx"),
        client_secret: Secret::new("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx="),
        access_token: Secret::new("akab-access-token-xxx-xxxxxxxxxxxxxxxx"),
        max_body: MAX_BODY,
    };
    let request = Signable {
        method: "POST",
        scheme: "https",
        host: HOST,
        path_and_query: TARGET,
        headers: &[],
        body: BODY.as_bytes(),
    };
    let now = Timestamp::now();
    let made = sign(&credentials, &request, now, NONCE);
    let header = made.len() - "signature=".len() - 44;
    let signed = vec![0x5a; "POST\thttps\t\t\t\t\t".len() + HOST.len() + TARGET.len() + 44 + header];
    let each = |begun: Instant| begun.elapsed().as_secs_f64() * 1e9 / f64::from(SIGNATURES);
    in_turn(
        9,
        || {
            let begun = Instant::now();
            for _ in 0..SIGNATURES {
                black_box(sign(black_box(&credentials), black_box(&request), black_box(now), NONCE));
            }
            each(begun)
        },
        || {
            let begun = Instant::now();
            for _ in 0..SIGNATURES {
                black_box(bare(black_box(&signed)));
            }
            each(begun)
        },
    )
}

/// The hash of the body, of the timestamp with the secret, and of all that is signed with the key of that second.
fn bare(signed: &[u8]) -> [u8; 32] {
    black_box(Sha256::digest(black_box(BODY.as_bytes())));
    let key = hashed(&[0x78; 44], b"20261120T15:04:05+0000");
    let key: [u8; 44] = std::array::from_fn(|at| key[at % 32]);
    hashed(&key, signed)
}

fn hashed(key: &[u8; 44], bytes: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}
