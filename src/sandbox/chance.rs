//! Chance that a seed decides.

/// A number that looks drawn at random, the same for the same seed and count.
pub fn scramble(seed: u64, count: u64) -> u64 {
    // SplitMix64's finaliser: well mixed, and a page of nothing else.
    let mut z =
        seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(count.wrapping_mul(0xbf58_476d_1ce4_e5b9));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
